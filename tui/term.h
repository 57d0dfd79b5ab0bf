/*
 * The terminal, on the inner side of the guard's pty: the only file that knows curses.
 * term_open() reads terminfo and must run before the seal closes; nothing behind it
 * opens a file.
 */
#ifndef CARREL_TUI_TERM_H
#define CARREL_TUI_TERM_H

#include "tui/grid.h"
#include "tui/keys.h"

struct term;

enum term_mouse { MOUSE_PRESS, MOUSE_DOUBLE, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct key {
	int code; /* see tui/keys.h */
	enum term_mouse mouse; /* of K_MOUSE, at row and col */
	int row, col;
};

/* ERR_USAGE for a $TERM that is not served: unknown, or unable to place its cursor.  *out is the caller's. */
int term_open(int fd, bool colour, struct term **out) MUST_USE;
void term_close(struct term *term);
/* The names of terminals that are served. */
bool term_served(const char *name);

void term_size(const struct term *term, int *rows, int *cols);
bool term_ascii(const struct term *term);
bool term_colour(const struct term *term);
void term_mouse(struct term *term, bool on);
/* Whatever differs from what is on the terminal is written. */
void term_paint(struct term *term, const struct grid *grid);
void term_redraw(struct term *term); /* the next paint writes everything */
/* The next key that has arrived; false if there is none. */
bool term_key(struct term *term, struct key *key);

#endif
