/* A cursor in rows of which a window shows some: what lists and texts have in common.  Pure. */
#ifndef CARREL_TUI_SCROLL_H
#define CARREL_TUI_SCROLL_H

#include "tui/keys.h"

struct scroll {
	size_t count;  /* rows there are */
	size_t cursor; /* 0 .. count - 1; 0 if there are none */
	size_t top;    /* first row in the window */
	size_t height; /* rows of the window; set by every draw */
};

#define SCROLL_MARGIN 3 /* rows kept in sight above and below the cursor where there is room */

/* Sets the window's height and the number of rows, and brings cursor and top back into bounds. */
void scroll_fit(struct scroll *scroll, size_t count, size_t height);
void scroll_to(struct scroll *scroll, size_t row);
/* As scroll_to, with the row a third from the top of the window if it was not in sight. */
void scroll_show(struct scroll *scroll, size_t row);
/* Moves the window, and the cursor only if it would leave it: the wheel. */
void scroll_by(struct scroll *scroll, long rows);
/* ACT_DOWN .. ACT_END; false for any other action. */
bool scroll_act(struct scroll *scroll, enum action action);

#endif
