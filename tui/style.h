/*
 * What things look like.  A cell has an ink (what the text is) and a ground (what
 * the line or stretch is part of).  One table gives the look of each on 16 colours,
 * one on 256, and without any; whatever a colour says, a sign or a word says too.
 */
#ifndef CARREL_TUI_STYLE_H
#define CARREL_TUI_STYLE_H

#include "base/span.h"

enum ink {
	INK_SPAN = 0, /* INK_SPAN + enum span_class: source */
	INK_TEXT = SPAN_CLASSES,
	INK_TITLE,
	INK_DIM,
	INK_KEY,    /* a key in the help line */
	INK_SIGN,   /* a marker in the gutter */
	INK_MARKER, /* a foreign byte that base/show replaced */
	INK_CUT,    /* « and » */
	INK_NUMBER, /* line numbers */
	INK_THREAD,
	INK_ADDED,
	INK_REMOVED,
	INK_CHANGED,
	INK_GOOD,
	INK_WARN,
	INK_BAD,
	INK_COUNT
};

enum ground {
	GROUND_NONE,
	GROUND_BAR,     /* status line and the titles of panes */
	GROUND_FOCUS,   /* title of the pane that has the keys */
	GROUND_CURSOR,  /* the selected row, its pane focused */
	GROUND_RESTING, /* the selected row of another pane */
	GROUND_SELECT,  /* selected lines */
	GROUND_MATCH,
	GROUND_WORD, /* the word under the cursor, and a bracket and its fellow */
	GROUND_ADDED,
	GROUND_REMOVED,
	GROUND_ADDED_WORD, /* what differs within a changed line */
	GROUND_REMOVED_WORD,
	GROUND_COUNT
};

enum look_attr { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct look {
	short fg, bg; /* 0..7, with THEME_256 ..255; -1: the terminal's own */
	unsigned char attrs;
};

enum theme { THEME_16, THEME_256, THEME_MONO }; /* as the option has them */

struct look style_look(enum ink ink, enum ground ground, enum theme theme);

#endif
