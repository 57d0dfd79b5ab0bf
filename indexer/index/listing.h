/*
 * Places of names as symbol rows: one row for each file of the release that has the blob,
 * with its line, what the parser knows of it, and the symbol around it.
 */
#ifndef CARREL_INDEXER_INDEX_LISTING_H
#define CARREL_INDEXER_INDEX_LISTING_H

#include "indexer/index/job.h"
#include "indexer/index/names.h"

/* How near a file is to the one that is asked from: less is nearer. */
typedef unsigned listing_rank(const void *ctx, uint32_t entry);

struct listing {
	struct job *job;
	struct str release;
	const struct tree *tree;
	uint64_t left; /* rows */
	uint64_t sent; /* rows */
	bool calls;    /* of words only those that look like calls */
	listing_rank *rank; /* definitions in this order, declarations behind; NULL: in the order of paths and lines */
	const void *rank_ctx;
};

/* Rows of all places; in the order of paths and lines where there is no rank. */
int listing_places(struct listing *listing, const struct places *places) MUST_USE;
/* The rows of one file's outline, in its order, with LEVEL. */
int listing_outline(struct listing *listing, const struct entry *entry) MUST_USE;

#endif
