/*
 * From the rows of a diff to the lines of a screen: which removed line became which added
 * one, which blocks moved, what differs in white space alone, and how all that stands one
 * below the other or side by side.  Pure.
 */
#ifndef CARREL_TUI_DIFF_LAYOUT_H
#define CARREL_TUI_DIFF_LAYOUT_H

#include "base/span.h"
#include "base/str.h"

#define NO_ROW SIZE_MAX
#define MOVED_LINES 3 /* the shortest block that counts as moved */

struct diff_row {
	char sign; /* ' ' + - ; '@': the head of a hunk */
	uint64_t old_line, new_line;
	struct str text;
	const struct span *spans;
	size_t span_count;
	uint64_t cut;
	uint64_t order; /* that brought it, by its number in the session */
	bool filled;    /* from between hunks: a page of the newer release, for both sides */
	/* set by diff_pair */
	size_t mate;    /* of a + or -: the row of the other sign that it stands for; NO_ROW */
	bool space;     /* nothing but white space differs: from its mate, or it is blank and has none */
	uint64_t moved; /* the line on the other side where its block stands; 0 */
	struct str moved_path; /* it stands in that file; empty: in this one.  Set by diff_pair_rows */
};

/* A line of the screen.  What is on both sides unchanged has old == new. */
struct diff_shown {
	size_t old, new; /* rows; NO_ROW: nothing on that side */
	size_t hidden;   /* instead of rows: differing lines of which the other side is not shown */
};

struct diff_layout {
	struct diff_shown *lines;
	size_t count;
	size_t hidden; /* differences not shown, all together */
};

/* Finds mates, white space and moved blocks; returns the number of moved blocks. */
size_t diff_pair(struct diff_row *rows, size_t count);
void diff_layout(struct diff_layout *layout, const struct diff_row *rows, size_t count, bool sides, bool hide_space);
void diff_layout_release(struct diff_layout *layout);

#endif
