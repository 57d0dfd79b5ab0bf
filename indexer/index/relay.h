/*
 * Pieces of work done a batch at a time by all threads, in the order in which they are
 * added; what one batch gave goes on, in order, from the caller's thread while the others
 * work at the next.  The caller keeps the pieces in an array of RELAY_SLOTS.
 */
#ifndef CARREL_INDEXER_INDEX_RELAY_H
#define CARREL_INDEXER_INDEX_RELAY_H

#include "base/pool.h"
#include "indexer/index/pulse.h"

#define RELAY_BATCH 256 /* pieces of one */
#define RELAY_SLOTS (2 * RELAY_BATCH)
#define RELAY_AT_ONCE 64 /* where there are no more pieces than these, they are best done in one batch */

struct relay {
	struct pool *pool;
	struct pulse *pulse;
	int (*work)(void *ctx, size_t slot, unsigned thread);
	int (*give)(void *ctx, size_t slot); /* on the caller's thread; negative ends all */
	void *ctx;
	size_t full; /* pieces of the next batch; 0: few at first, so that the first answers come soon */
	/* inside */
	struct relay_batch {
		size_t count;
		size_t runs[RELAY_BATCH + 1]; /* first pieces of runs, which one thread works at */
		size_t run_count;
		uint64_t bytes;
	} batch[2]; /* the one being filled or worked at, and the one before */
	unsigned now;
	size_t given; /* pieces of the one before that have gone on */
};

/* Where the piece that is added next is to be. */
size_t relay_slot(const struct relay *relay);
/* It is there.  `bytes`: about what it costs; `joined`: better done by the thread that does the one before. */
int relay_add(struct relay *relay, uint64_t bytes, bool joined) MUST_USE;
/* Works at what is left, and gives all on. */
int relay_end(struct relay *relay) MUST_USE;

#endif
