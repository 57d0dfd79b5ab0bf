/* A real carrel-keeper on a real room; the test plays its client, and its reader or indexer. */
#ifndef CARREL_TESTS_KEEPER_FIXTURE_H
#define CARREL_TESTS_KEEPER_FIXTURE_H

#include "annotations/projection.h"
#include "base/wire.h"
#include "tests/scratch.h"

#include <sys/types.h>

#define WAIT_MS 20000 /* until a test gives up on the keeper */

enum who { HOST, INSPECTOR, VENDOR, STRANGER, SEALED, PEOPLE }; /* SEALED: an inspector's key with a passphrase */

struct kept {
	struct scratch scratch;       /* the keys: files named as below */
	struct scratch room;
	struct buf files[PEOPLE];     /* key files */
	char names[PEOPLE][16];
	pid_t keeper;
	struct wire client, next;
	uint64_t order;               /* the last one */
	struct buf packet;
};

/* A practice room with its host, and everyone but the stranger enrolled; and release 1.0 imported by hand. */
void kept_make(struct kept *k, const char *program);
void kept_release(struct kept *k);
/* Another release, by hand, whoever has the room open. */
void kept_import(struct kept *k, const char *release);

/* Starts the keeper with that person's key and OPENs; the answer's JSON, or NULL where it failed (reason in err_text). */
void kept_start(struct kept *k, enum who who);
/* The same with a reader that says this of its seal, not "whole". */
void kept_start_sealed(struct kept *k, enum who who, const struct seal_verdict *reader);
/* Another word of the reader's about its seal. */
#define KEPT_WHOLE ((struct seal_verdict){ SEAL_ALL, SEAL_ALL, 0, 7 })
void kept_next_sealed(struct kept *k, const char *process, const struct seal_verdict *verdict);
json_t *kept_open(struct kept *k, const char *mode);
/* Start, open, and the answer thrown away. */
void kept_session(struct kept *k, enum who who);
/* CLOSE, DONE, the process's end. */
void kept_close(struct kept *k);
/* Waits for the end of the keeper without a word; its exit status. */
int kept_wait(struct kept *k);

/* Orders: each gives its number. */
uint64_t kept_json(struct kept *k, enum message_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
uint64_t kept_read(struct kept *k, enum verb verb, const char *release, const char *path);
void kept_send(struct kept *k, enum message_kind kind, uint64_t order, struct str body);
void kept_next_send(struct kept *k, enum message_kind kind, uint64_t order, struct str body);
/* As the reader: rows of `text` as one PART, and FACTS. */
void kept_rows(struct kept *k, uint64_t order, const char *text);
void kept_facts(struct kept *k, uint64_t order, bool last);

/* The next message on a side, which must be of that kind; borrowed. */
struct message kept_expect(struct kept *k, enum message_kind kind);
struct message kept_expect_after_progress(struct kept *k, enum message_kind kind);
struct message kept_next_expect(struct kept *k, enum message_kind kind);
/* A FAIL: its code; the reason is in err_text. */
int kept_failure(struct kept *k);
json_t *kept_answer(struct kept *k, enum message_kind kind); /* its JSON */

/* What the room holds: opened by the test itself, read-only. */
struct ledger *kept_ledger(struct kept *k);
uint64_t kept_size(struct kept *k);
uint64_t kept_count(struct kept *k, const char *type);

#endif
