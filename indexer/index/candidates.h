/* Which blobs of a text segment a pattern may be found in, by its trigram table. */
#ifndef CARREL_INDEXER_INDEX_CANDIDATES_H
#define CARREL_INDEXER_INDEX_CANDIDATES_H

#include "indexer/index/grams.h"
#include "indexer/index/segment_read.h"

/* One bit a blob: 1 for text that passes the query or is in no table.  *out is the caller's, from malloc. */
int candidates_find(struct segment *text, const struct gram_query *query, uint64_t **out) MUST_USE;

static inline bool
bit_get(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void
bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

#endif
