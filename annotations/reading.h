/*
 * One reading order, from the reader to whoever asked: rows are held back until the
 * record of them is durable.  See let_through() in reading.c: no other function gives
 * on what the reader sent.
 */
#ifndef CARREL_ANNOTATIONS_READING_H
#define CARREL_ANNOTATIONS_READING_H

#include "annotations/keeper.h"

struct reading {
	enum verb verb;
	/* Where a unit's rows go once they are recorded: to the client if NULL, else to the keeper's own use. */
	int (*own)(void *ctx, struct str rows);
	void *ctx;
	uint8_t salt[32], commitment[SHA256_LEN]; /* of a search */
	struct buf order; /* its bytes, for the notebook */
	struct buf held;  /* the unit's PARTs: u32 length, bytes, ... */
	struct sha256 sum; /* over their bytes */
	uint64_t sent;    /* bytes in `held` that are rows */
	uint64_t units;
	json_t *records;  /* positions */
};

/* Sends the order (its encoded bytes) to the reader; ERR_REFUSED, ERR_FORMAT. Release in any case. */
int reading_begin(struct keeper *keeper, struct job *job, struct str order, struct reading *reading) MUST_USE;
/* Takes what the reader says: 0 it goes on, 1 it is complete, or its failure. */
int reading_take(struct keeper *keeper, struct job *job, struct reading *reading,
    const struct message *message) MUST_USE;
void reading_release(struct reading *reading);

#endif
