/* What views that are lists have in common: a title, rows of which one is selected, an order that fills them. */
#ifndef CARREL_TUI_LIST_H
#define CARREL_TUI_LIST_H

#include "tui/app.h"

struct list {
	struct view view; /* first: a view is cast to its list */
	struct scroll scroll;
	struct arena arena;
	uint64_t order;  /* that fills it */
	bool done;       /* all rows are there */
	char title[256]; /* made safe */
	char note[256];  /* beside the title: counts, or why there is nothing */
	bool failed;
};

typedef void list_row(struct list *list, struct area area, int row, size_t at, enum ground ground);

void list_init(struct list *list, const struct view_ops *ops, struct app *app);
void list_release(struct list *list); /* cancels its order */
struct list *list_of(struct view *view);
/* A list that has nothing of its own, pushed; its view_ops have list_free. */
struct list *list_open(const struct view_ops *ops, struct app *app);
void list_free(struct view *view);
void list_draw(struct list *list, struct area area, bool focus, size_t count, list_row *draw_row, const char *empty,
    const char *then);
/* The list's order needs something of the person: asks for it. */
void list_need(struct list *list, const json_t *need);
/* FAIL into the note, DONE into done; true if it was one of the two. */
bool list_ended(struct list *list, const struct answer *answer);

/* For view_ops: what a list that fills the screen has, its functions by these names. */
#define LIST_VIEW \
	.place = PLACE_FULL, .handlers = handlers, .draw = draw, .scroll = list_scroll, .click = list_click, \
	.row_text = row_text
struct scroll *list_scroll(struct view *view);
bool list_click(struct view *view, int row, int col);
bool list_cancel(struct view *view);
bool list_reads(const struct view *view); /* no row is there yet */

/* One more place at the end of an array that doubles. */
void *list_grow(void *items, size_t count, size_t size);

#endif
