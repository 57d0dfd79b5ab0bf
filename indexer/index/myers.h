/*
 * Which elements of two sequences of numbers are not in a (near) longest common one.
 *
 * E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b:
 * linear space, the middle of the path sought from both ends.  A search that costs too
 * much takes the furthest point reached instead of the best, so that no input costs
 * more than the budget; when that is spent, what is left becomes one change and
 * `coarse` is set.
 */
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
	int64_t budget;                 /* steps along diagonals; what was used is taken off */
	bool coarse;                    /* set when the budget was spent */
};

#define MYERS_BUDGET ((int64_t)400000000) /* about a second */

int myers_run(struct myers *myers) MUST_USE;

#endif
