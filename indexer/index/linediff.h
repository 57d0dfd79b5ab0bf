/*
 * The difference of two texts by lines, as `git diff --histogram` would show it.  Pure.
 *
 * Texts are parted at lines that are rare (histogram.h), and between them compared by
 * the shortest edit script (myers.h).  Changes that could stand in several places are
 * put where a reader expects them.
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
