/*
 * Searching blobs: from a pattern and a blob to the lines that match, each with where
 * it stands and whether that is code, comment or string.
 */
#ifndef CARREL_INDEXER_INDEX_SEARCH_H
#define CARREL_INDEXER_INDEX_SEARCH_H

#include "indexer/index/pattern.h"
#include "indexer/index/text.h"

struct hit {
	uint64_t line, column, length; /* line from 1; column from 0 */
	bool around;     /* no match: a line of context */
	enum text_in in; /* IN_CODE where nobody asked */
	struct str text;   /* the line, or as much of it as row_set_line() will want; from the searcher's memory */
	uint64_t offset;   /* bytes of the line before text */
	uint64_t line_len; /* of the whole line */
};

struct hits {
	struct hit *hits;
	size_t count, capacity;
	size_t matches; /* of these */
	struct buf text; /* of all lines, one behind another; hits' text points in here once all is found */
	bool limited;    /* the pattern's limits were reached somewhere */
	bool unplaced;   /* it is not known yet what is comment and string, and that was asked */
};

/* One a thread. */
struct searcher {
	struct matcher *matcher;
	struct text_reader reader;
	unsigned flags;       /* ORDER_CODE, _COMMENTS, _STRINGS, _IN, _FILES */
	uint64_t most;        /* matches of one blob */
	uint64_t before, behind; /* lines of context */
	struct pulse *pulse;
};

/* Adds nothing to hits that are there: they are cleared first. */
int search_blob(struct searcher *searcher, const struct blob *blob, struct hits *hits) MUST_USE;
void hits_release(struct hits *hits);

#endif
