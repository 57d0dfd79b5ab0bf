/*
 * How near files of a release are to one of them, for the order of candidates: the file
 * itself; what it includes or imports, and what that does; its directory; the same
 * language, the more directories they share the nearer; the rest.
 */
#ifndef CARREL_INDEXER_INDEX_NEAR_H
#define CARREL_INDEXER_INDEX_NEAR_H

#include "indexer/index/pulse.h"
#include "indexer/index/tree.h"

struct near {
	const struct tree *tree;
	const struct entry *from;
	uint8_t *depth; /* of each entry: steps of inclusion from the file, 0 where there are none */
};

int near_init(struct near *near, const struct tree *tree, const struct entry *from, struct text_reader *reader,
    struct pulse *pulse) MUST_USE;
void near_release(struct near *near);
/* 0 for the file itself; `near` is a struct near. */
unsigned near_rank(const void *near, uint32_t entry);

#endif
