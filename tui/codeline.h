/* One line of source on the grid: tabs, highlight, matches, what is foreign, what is cut.  Pure. */
#ifndef CARREL_TUI_CODELINE_H
#define CARREL_TUI_CODELINE_H

#include "tui/grid.h"

#define TAB_WIDTH 8

struct stretch {
	size_t start, len; /* bytes */
};

struct codeline {
	struct str text; /* without its newline */
	const struct span *spans; /* in rising order, from the start of text */
	size_t span_count;
	const struct stretch *matches;
	size_t match_count;
	enum ground match_ground; /* of them; GROUND_NONE: GROUND_MATCH */
	size_t left; /* columns scrolled off */
	enum ground ground;
	uint64_t offset; /* bytes of the line before text */
	uint64_t cut;    /* and behind it that are not here */
};

/* Fills the area's row from its first to its last column; « and » stand where the line goes on. */
void codeline_draw(struct area area, int row, const struct codeline *line);
/* The column at which text[byte] stands, and the step that covers a column (text.len behind the end). */
size_t codeline_column(struct str text, size_t byte, bool ascii);
size_t codeline_byte(struct str text, size_t column, bool ascii);
/* The next step and the one before: whole characters with their marks. */
size_t codeline_next(struct str text, size_t byte);
size_t codeline_back(struct str text, size_t byte);
/*
 * The identifier at `byte`, else the next one behind it: what may have a definition, so no
 * keywords and numbers, and words of comments and strings only where `byte` (not 0) points
 * at them.  Empty if there is none.
 */
struct str codeline_word(const struct codeline *line, size_t byte);
/* The start of the next identifier behind (before) byte; text.len (0) if there is none. */
size_t codeline_word_next(struct str text, size_t byte);
size_t codeline_word_back(struct str text, size_t byte);

#endif
