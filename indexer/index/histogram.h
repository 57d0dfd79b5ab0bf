/*
 * Which elements of two sequences of numbers have no partner: the core of linediff.
 *
 * The two are parted at the stretch they have in common that holds the rarest number,
 * the longest of several; then what is before and behind it likewise.  Where all that
 * is common is frequent, the shortest edit script decides (myers.h).  So blocks of code
 * are told apart by what only they have, not by their braces.  (B. Cohen's patience
 * diff, as S. Pearce widened it in JGit from unique lines to rare ones.)
 */
#ifndef CARREL_INDEXER_INDEX_HISTOGRAM_H
#define CARREL_INDEXER_INDEX_HISTOGRAM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct histogram {
	const uint32_t *a, *b;
	size_t a_count, b_count;
	uint32_t numbers;               /* all elements are less */
	uint8_t *a_changed, *b_changed; /* zeroed by the caller; set to 1 for what has no partner */
	bool coarse;                    /* set where an input cost too much and more was marked than need be */
};

int histogram_run(struct histogram *histogram) MUST_USE;

#endif
