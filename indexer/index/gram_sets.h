/* Inside of gram_analyse: sets of strings, and what is known of a part of an expression. */
#ifndef CARREL_INDEXER_INDEX_GRAM_SETS_H
#define CARREL_INDEXER_INDEX_GRAM_SETS_H

#include "indexer/index/grams.h"

struct gram_set {
	struct str *strings; /* rising, each once */
	size_t count;
	bool known; /* false: no such set */
};

struct gram_part {
	bool empty;             /* may match nothing at all */
	struct gram_set exact;  /* all that it matches; else not known, and */
	struct gram_set prefix, suffix; /* what each match begins and ends with; a "" says nothing */
	struct gram_query *match;       /* beside what the sets say */
	struct str needle;
};

struct gram_query *gram_any(struct arena *arena);
struct gram_query *gram_and(struct arena *arena, struct gram_query *a, struct gram_query *b);
struct gram_query *gram_or(struct arena *arena, struct gram_query *a, struct gram_query *b);

struct gram_part part_empty(struct arena *arena);  /* matches the empty string */
struct gram_part part_any(struct arena *arena);    /* one thing that nothing is known of */
struct gram_part part_anything(struct arena *arena); /* as before, maybe nothing */
struct gram_part part_strings(struct arena *arena, const struct str *strings, size_t count);
struct gram_part part_concat(struct arena *arena, struct gram_part a, struct gram_part b);
struct gram_part part_either(struct arena *arena, struct gram_part a, struct gram_part b);
struct gram_part part_repeat(struct arena *arena, struct gram_part part); /* once or more */
/* The query of a whole expression, its sets used up. */
struct gram_part part_finish(struct arena *arena, struct gram_part part);

#endif
