/*
 * What became of the definitions of a file: functions, methods, macros and types by name,
 * in the lines that a comparison by lines found changed.
 */
#ifndef CARREL_INDEXER_INDEX_SYMDIFF_H
#define CARREL_INDEXER_INDEX_SYMDIFF_H

#include "indexer/index/essence.h"
#include "indexer/index/linediff.h"
#include "indexer/index/outline.h"

/* One side: a text with what was found in it; text "" where there is no file. */
struct symdiff_side {
	bool there;
	struct blob blob;
	struct text_reader *reader; /* the blob's spans are read by it */
	struct str text;
	struct outline outline;
};

struct symdiff_symbol {
	struct str name; /* full */
	unsigned kind;   /* enum seg_symbol_kind */
	uint64_t line;
	struct essence essence; /* of one that is on one side alone */
};

struct symdiff_change {
	struct symdiff_symbol old, new; /* line 0: not on this side */
	enum difference difference;     /* of one that is on both */
};

struct symdiff {
	struct symdiff_change *changes; /* by old lines, then the new ones alone by theirs */
	size_t count, capacity;
	struct arena arena; /* names */
};

/* The linediff is of both texts. */
int symdiff_run(struct symdiff *symdiff, struct symdiff_side sides[2], const struct linediff *diff) MUST_USE;
void symdiff_release(struct symdiff *symdiff);

#endif
