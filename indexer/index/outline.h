/* The symbols of one blob, in the order of its outline: carrel-segment(5), "Symbols". */
#ifndef CARREL_INDEXER_INDEX_OUTLINE_H
#define CARREL_INDEXER_INDEX_OUTLINE_H

#include "base/mem.h"
#include "indexer/index/segment_list.h"
#include "indexer/index/text.h"

#define NO_SYMBOL SIZE_MAX

struct symbol {
	uint64_t line, column, end_line;
	unsigned kind, flags;
	uint64_t name, qualifier; /* numbers of strings; qualifier counts if flags has SEG_QUALIFIED */
	size_t parent;            /* before this one, or NO_SYMBOL */
	unsigned level;           /* 0 without a parent */
};

struct outline {
	struct segment *syntax;
	unsigned language;
	struct symbol *symbols;
	size_t count, capacity;
	struct cursor *cursor; /* the caller's, zero at first, for names of several outlines; NULL: none is kept */
};

#define OUTLINE_ALL UINT64_MAX

/* The symbols up to line `last`, or all; some behind it may be there too.  Zero-initialise; memory is used again. */
int outline_load(struct outline *outline, const struct blob *blob, uint64_t last) MUST_USE;
void outline_release(struct outline *outline);
/* Strings in the arena; empty where the segment is damaged. */
struct str outline_name(const struct outline *outline, size_t symbol, struct arena *arena);
struct str outline_scope(const struct outline *outline, size_t symbol, struct arena *arena);
struct str outline_full_name(const struct outline *outline, size_t symbol, struct arena *arena); /* scope and name */
/*
 * The innermost definition that holds lines first..last; NO_SYMBOL if none does.  *passed, 0 for the
 * first of several questions in rising order of `first`, remembers what ends before it.
 */
size_t outline_around(const struct outline *outline, uint64_t first, uint64_t last, size_t *passed);

#endif
