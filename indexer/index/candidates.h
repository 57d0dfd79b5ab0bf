/* Which blobs of a text segment a pattern may be found in, by its trigram table. */
#ifndef CARREL_INDEXER_INDEX_CANDIDATES_H
#define CARREL_INDEXER_INDEX_CANDIDATES_H

#include "indexer/index/grams.h"
#include "indexer/index/segment_read.h"

/* Clears the bits of blobs of the segment that do not pass the query; `words` u64s hold them. */
int candidates_find(
    struct segment *text, const struct gram_query *query, uint64_t *bits, size_t words) MUST_USE;

#endif
