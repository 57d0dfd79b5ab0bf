/* One line of source on the grid: tabs, highlight, matches, what is foreign, what is cut.  Pure. */
#ifndef CARREL_TUI_CODELINE_H
#define CARREL_TUI_CODELINE_H

#include "tui/grid.h"

#define TAB_WIDTH 8

struct stretch {
	size_t start, len; /* bytes */
};

/* Where a row of a wrapped line begins. */
struct line_row {
	size_t byte, column;
};

struct codeline {
	struct str text; /* without its newline */
	struct origin origin;
	const struct span *spans; /* in rising order, from the start of text */
	size_t span_count;
	const struct stretch *matches;
	size_t match_count;
	enum ground match_ground; /* of them; GROUND_NONE: GROUND_MATCH */
	size_t left; /* columns scrolled off */
	enum ground ground;
	uint64_t offset; /* bytes of the line before text */
	uint64_t cut;    /* and behind it that are not here */
	int tab;         /* columns between tab stops; 0: TAB_WIDTH */
	bool invisibles; /* tabs and blanks at the end are shown */
	bool wraps;      /* drawn from row `from` on, in rows as wide as the area; `left` is not looked at */
	struct line_row from;
	struct str word;   /* lit wherever it stands whole; empty: none */
	size_t bracket[2]; /* bytes that are lit too, + 1; 0: none */
};

/*
 * Fills the area's row from its first to its last column; « and » stand where the line goes on.  Returns the column
 * behind the text.
 */
int codeline_draw(struct area area, int row, const struct codeline *line);
/* The column at which text[byte] stands, and the step that covers a column (text.len behind the end). */
size_t codeline_column(const struct codeline *line, size_t byte, bool ascii);
size_t codeline_byte(const struct codeline *line, size_t column, bool ascii);
/* Where the row behind that which begins at *row begins, with `width` columns to a row; false if it was the last. */
bool codeline_wrap(const struct codeline *line, struct line_row *row, int width, bool ascii);
/* The span that covers a byte, or NULL. */
const struct span *codeline_span(const struct codeline *line, size_t byte);
/* The next step and the one before: whole characters with their marks. */
size_t codeline_next(struct str text, size_t byte);
size_t codeline_back(struct str text, size_t byte);
/*
 * The identifier at `byte`, else the next one behind it: what may have a definition, so no
 * keywords and numbers, and words of comments and strings only where `byte` (not 0) points
 * at them.  Empty if there is none.
 */
struct str codeline_word(const struct codeline *line, size_t byte);
/* Whether an identifier stands there. */
bool codeline_on_word(struct str text, size_t byte);
/* The start of the next identifier behind (before) byte; text.len (0) if there is none. */
size_t codeline_word_next(struct str text, size_t byte);
size_t codeline_word_back(struct str text, size_t byte);

#endif
