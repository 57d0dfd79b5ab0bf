/*
 * Files searched a batch at a time by all threads, in the order in which they are given;
 * what one batch found goes on from the caller's thread while the others search the next.
 */
#ifndef CARREL_INDEXER_INDEX_BATCH_H
#define CARREL_INDEXER_INDEX_BATCH_H

#include "base/pool.h"
#include "indexer/index/search.h"
#include "indexer/index/tree.h"

#define BATCH_MAX 256 /* files of one */

struct piece {
	const struct entry *entry;
	struct blob blob;
	struct hits hits; /* give() may take them and leave zeros */
	const struct hits *known; /* found before: not to be searched; borrowed */
};

struct batch {
	struct piece pieces[BATCH_MAX];
	size_t count;
	size_t runs[BATCH_MAX + 1]; /* first pieces of runs that one thread searches: they share blocks of text */
	size_t run_count;
	uint64_t bytes;
};

struct batches {
	struct pool *pool;
	struct searcher *searchers; /* one a thread of the pool */
	struct pulse *pulse;
	/* on the caller's thread, file after file in order; negative ends all */
	int (*give)(void *ctx, struct piece *piece);
	void *ctx;
	/* inside */
	struct batch batch[2]; /* the one being filled or searched, and the one before */
	unsigned now;
	size_t given; /* files of the one before that have gone on */
	size_t full;  /* files of the next: few at first, so that the first hits come soon */
	_Atomic size_t dear; /* files in which the pattern took too many steps */
};

int batches_add(struct batches *batches, const struct entry *entry, const struct blob *blob,
    const struct hits *known) MUST_USE;
/* Searches what is left, and gives all on. */
int batches_end(struct batches *batches) MUST_USE;
void batches_release(struct batches *batches);

#endif
