/*
 * A view: one thing on the screen that draws itself and acts on keys.  What it can do
 * is its table of handlers; keys.c says by which keys.  A view is used by the app alone.
 */
#ifndef CARREL_TUI_VIEW_H
#define CARREL_TUI_VIEW_H

#include "tui/grid.h"
#include "tui/scroll.h"

struct app;
struct target;
struct view;

struct handler {
	enum action action;
	void (*run)(struct view *view);
};

enum view_place {
	PLACE_PANE,  /* in the reading screen */
	PLACE_FULL,  /* all of the screen's body */
	PLACE_SIDE,  /* beside or below what is under it */
	PLACE_POPUP, /* in a box over what is under it */
	PLACE_LINE,  /* in the message line */
};

struct view_ops {
	enum view_kind kind;
	enum view_place place;
	const struct handler *handlers; /* up to one with ACT_NONE */
	void (*free)(struct view *view);
	void (*draw)(struct view *view, struct area area, bool focus);
	struct scroll *(*scroll)(struct view *view); /* NULL: nothing to move in */
	void (*moved)(struct view *view);            /* after the cursor moved; may be NULL */
	bool (*type)(struct view *view, int code);   /* a character; NULL: takes no text */
	void (*pasted)(struct view *view);           /* after a paste; may be NULL */
	/* A press inside the area drawn last: selects.  True: on what was selected, so open it.  May be NULL. */
	bool (*click)(struct view *view, int row, int col);
	/* The button, pressed in the area, is held or let go in another place.  May be NULL. */
	void (*drag)(struct view *view, int row, int col);
	/* Row `row` of the scroll as text, to be searched; NULL: the view has a search of its own or none. */
	int (*row_text)(struct view *view, size_t row, struct buf *out);
	int (*popup_rows)(struct view *view); /* PLACE_POPUP: rows wanted; PLACE_SIDE: likewise when below */
	bool (*cancel)(struct view *view);    /* stops what runs; true if something did.  May be NULL */
	bool (*reads)(const struct view *view); /* what it shows is still on its way.  May be NULL: never */
	/* of views of source (tui/source_act.h): the name at the cursor, or "" */
	struct str (*name)(struct view *view);
	/* the lines at the cursor, or the whole file, to speak about; false: there is nothing, which was said */
	bool (*target)(struct view *view, bool whole, struct target *out);
};

struct view {
	const struct view_ops *ops;
	struct app *app;
	struct area area; /* drawn last */
};

/* Draws it there, and remembers where. */
void view_draw(struct view *view, struct area area, bool focus);
/* Runs the view's handler; false if it has none. */
bool view_act(struct view *view, enum action action);
/* Whether it has a handler, or a scroll that the app moves. */
bool view_handles(const struct view_ops *ops, enum action action);

/* The bar over a pane: what it is, and at its right what there is to say about it. */
void view_title(struct area area, bool focus, struct str left, const char *right);
/* Words of ours or made safe, in as many rows as they take at this width: their number. */
int view_words(struct area area, int row, struct pen pen, const char *words);
/* A line in the middle of an empty pane, and one below it that says what to do. */
void view_empty(struct area area, const char *what, const char *then);
/* For lists: the row under a press, or -1; top is the area's first row that holds rows. */
long view_row_at(const struct scroll *scroll, int row, int top);

#endif
