/* A small index whose segments a test changes and makes whole again, with checksums that fit, and then asks everything. */
#ifndef CARREL_TESTS_SEGMENT_ROOM_H
#define CARREL_TESTS_SEGMENT_ROOM_H

#include "tests/index_room.h"

#include "indexer/index/job.h"

/* A segment in memory. */
struct kept {
	char name[HEX_LEN(SHA256_LEN)]; /* as the room has it now */
	struct buf bytes, original;
};

/* Two releases, r1 and r2, on one process-wide room. */
void segment_room_open(void);
void segment_room_close(void);
int segment_room_dir(void);
size_t segment_room_count(void);
struct kept *segment_room_file(size_t i); /* modulo their number */
uint32_t segment_room_kind(const struct kept *kept);

void segment_room_restore(void); /* all bytes as they were made */
/* Chunk hashes, heads and names anew, from the bottom upwards: text, what names it, releases. */
void segment_room_reseal(void);
/* Writes one file, or all, and says what MSG_RELEASES would hold. */
void segment_room_write_file(const char *name, struct str bytes);
void segment_room_write(struct buf *releases);
void segment_room_remove(void);

/* One order, in this process; *rows counts its answer. */
int segment_room_answer(struct store *store, int (*verb)(struct job *), const struct row *args, size_t *rows);
/* Every verb on every file there is; how many failed. */
size_t segment_room_ask(struct str releases);

#endif
