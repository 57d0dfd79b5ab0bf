/*
 * The text of one file of one release, page by page: what is needed is ordered, and
 * what came is kept as long as it is not too much.  Lines count from 1.
 */
#ifndef CARREL_TUI_SOURCE_H
#define CARREL_TUI_SOURCE_H

#include "tui/codeline.h"
#include "tui/orders.h"

struct source_line {
	struct str text; /* without its newline; borrowed until the next answer arrives */
	const struct span *spans;
	size_t span_count;
	uint64_t offset; /* of a line longer than a page: bytes of it before text */
	uint64_t cut;    /* and behind it */
	uint64_t order;  /* that brought it, by its number in the session */
};

struct source;

/* Sends the order for the page that holds `line`.  *out: the caller's, who closes it. */
struct source *source_open(struct orders *orders, struct str release, struct str path, uint64_t line);
void source_close(struct source *source);
struct str source_release(const struct source *source);
struct str source_path(const struct source *source);
struct str source_blob(const struct source *source); /* empty until the first page is there */

/* Lines of the file; 0 until the first page is there, and in an empty file. */
uint64_t source_lines(const struct source *source);
bool source_ready(const struct source *source); /* the first page is there */
/* Why the file cannot be shown, or NULL. */
const char *source_failed(const struct source *source);
/* "" where it was parsed; else what it is, and why: "not parsed: too deep", "binary". */
const char *source_remark(const struct source *source);
/* False if the line is not there (yet). */
bool source_get(const struct source *source, uint64_t line, struct source_line *out);
/* Whence it is, for what draws it. */
struct origin source_origin(const struct source *source, uint64_t line);
/* Orders what is missing of these lines, and one page ahead. */
void source_need(struct source *source, uint64_t first, uint64_t last);
/* Of a line longer than a page: orders the piece from this byte on, which takes the place of what was there. */
void source_piece(struct source *source, uint64_t line, uint64_t offset);
/* Stops what runs; what is needed again is ordered again. */
void source_cancel(struct source *source);

/* Spans of one line out of those of a whole text: for texts that come line by line.  Adds to the arena. */
struct arena;
const struct span *spans_read(struct arena *arena, struct str encoded, size_t *count);

#endif
