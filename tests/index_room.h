/* For tests of the reader: a small ROOM/index made by the writer, and the keeper's side of carrel-reader's socket. */
#ifndef CARREL_TESTS_INDEX_ROOM_H
#define CARREL_TESTS_INDEX_ROOM_H

#include "base/mem.h"
#include "base/message.h"
#include "base/wire.h"

#include <sys/types.h>

struct test_file {
	const char *path;
	struct str bytes;
	uint32_t mode; /* 0: 0100644 */
	bool false_id; /* the index is told another one than its bytes have */
};

struct index_room {
	char path[64];
	int dir;
	struct buf releases; /* what MSG_RELEASES holds */
	struct index *index;
	struct pool *pool;
};

void index_room_open(struct index_room *room);
/* Files in the order of their paths. */
void index_room_add(struct index_room *room, const char *name, const struct test_file *files, size_t count);
void index_room_close(struct index_room *room);

/* Everything that came back for one order. */
struct reply {
	struct arena arena;
	struct row *rows;
	size_t count, capacity;
	struct facts units[128]; /* strings in the arena */
	size_t unit_count;
	int code;               /* 0 or the FAIL's */
	char why[ERR_TEXT_MAX];
};

struct asker {
	struct wire wire;
	pid_t pid; /* of the supervisor */
	uint64_t order;
};

/* Starts the program that lies beside the directory of the tests. */
void asker_open(struct asker *asker, const struct index_room *room);
void asker_releases(struct asker *asker, const struct index_room *room);
int asker_close(struct asker *asker); /* the program's status */
/* Sends an order and returns its number. */
uint64_t asker_send(struct asker *asker, enum verb verb, const struct row *args);
/* The next message, waited for. */
void asker_next(struct asker *asker, struct message *message);
/* An order and all of its answer, with units, bytes and roots held against the rows. */
void asker_ask(struct asker *asker, enum verb verb, const struct row *args, struct reply *reply);
void reply_release(struct reply *reply);

#endif
