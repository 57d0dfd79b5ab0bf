/* Which files of a release a search looks into, and how many it need not or cannot. */
#ifndef CARREL_INDEXER_INDEX_SELECTION_H
#define CARREL_INDEXER_INDEX_SELECTION_H

#include "base/pool.h"
#include "indexer/index/grams.h"
#include "indexer/index/tree.h"

struct selection {
	const struct tree *tree;
	struct str glob;   /* of paths; empty: any */
	unsigned language; /* LANG_END: any */
	/* result */
	uint32_t *entries; /* files that may match, rising; the caller's, from malloc */
	size_t count;
	struct arena arena;
};

/* With the first three set: by the trigrams of text in the segments, and by path and language. */
int selection_make(struct selection *selection, const struct gram_query *query, struct pool *pool) MUST_USE;
void selection_release(struct selection *selection);
/* Regular files among the first `entries` of the tree that pass path and language, by class: adds to counts. */
void selection_count(const struct selection *selection, size_t entries, uint64_t counts[static SEG_CLASS_END]);

#endif
