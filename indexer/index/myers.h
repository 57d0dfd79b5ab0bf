/* The core of linediff: which elements of two sequences of numbers are not in a (near) longest common one. */
#ifndef CARREL_INDEXER_INDEX_MYERS_H
#define CARREL_INDEXER_INDEX_MYERS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct myers {
	const uint32_t *a, *b;
	size_t a_count, b_count;
	uint8_t *a_changed, *b_changed; /* zeroed by the caller; set to 1 for what has no partner */
	bool coarse;                    /* set when the budget was spent */
};

int myers_run(struct myers *myers) MUST_USE;

#endif
