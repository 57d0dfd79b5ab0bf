/*
 * The difference of two texts by lines, as `git diff` would show it.  Pure.
 *
 * E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b:
 * linear space, the middle of the path sought from both ends.  A search that costs too
 * much takes the furthest point reached instead of the best, so that no input costs
 * more than a fixed budget; when that is spent, what is left becomes one change and
 * `coarse` is set.  Lines that stand on one side only are taken out beforehand, and
 * changes that could stand in several places are put where a reader expects them.
 */
#ifndef CARREL_INDEXER_INDEX_LINEDIFF_H
#define CARREL_INDEXER_INDEX_LINEDIFF_H

#include "indexer/index/lines.h"

/* Old lines [old_first, +old_lines) became new lines [new_first, +new_lines); from 0. */
struct edit {
	size_t old_first, old_lines;
	size_t new_first, new_lines;
};

struct linediff {
	struct lines old, new;
	struct edit *edits; /* in order; between two of them is at least one common line */
	size_t count;
	uint64_t added, removed; /* lines */
	bool coarse;             /* correct, but larger than need be: the comparison was cut short */
};

/* Borrows both texts.  ERR_MEMORY if a text is too long or there is no memory. */
int linediff_init(struct linediff *diff, struct str old, struct str new) MUST_USE;
void linediff_release(struct linediff *diff);

/* A hunk: edits [first, +count) with up to `context` common lines around each; line ranges as in struct edit. */
struct hunk {
	size_t first, count;
	struct edit span;
};

/* The next hunk; zero-initialise it before the first call. */
bool linediff_next(const struct linediff *diff, size_t context, struct hunk *hunk);

/* What git calls binary: a NUL in the first 8000 bytes. */
bool text_is_binary(struct str text);

#endif
