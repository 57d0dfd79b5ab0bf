/* Choosing by typing: view_pick.c is the view, pick_commands.c and pick_places.c are what can be chosen from. */
#ifndef CARREL_TUI_PICK_H
#define CARREL_TUI_PICK_H

#include "tui/list.h"

struct item {
	struct str left, middle, right; /* what is shown */
	struct str path, release;
	uint64_t line, column;
	enum action action;
	const char *off; /* why it is not to be had here; NULL: it is */
	bool declared;   /* a symbol: the definition is elsewhere */
	bool recent;     /* a file that was open lately */
	int score;
	size_t index; /* of a thread or a release in the model */
	/* of a file, or of the line that a symbol stands on: for the preview */
	struct str kind, language, scope, text;
	uint64_t size, lines;
};

struct pick;

struct source_of_items {
	const char *title, *hint;
	void (*fill)(struct pick *pick);                            /* sets items, or orders them */
	void (*accept)(struct pick *pick, const struct item *item); /* the pick is gone when it returns */
	int left, middle;                                           /* columns of these parts; 0 0: left alone */
	/* One line about the item that is selected, never of source that is not recorded; may be NULL. */
	void (*preview)(struct pick *pick, const struct item *item, struct buf *out);
	int rows; /* of the popup */
};

struct pick {
	struct list list;
	const struct source_of_items *from;
	struct editor line;
	struct item *items;
	size_t count;
	enum view_kind under; /* help, palette: the view it was called from */
	struct thread thread; /* states: of this one; strings interned */
	uint64_t waiting;     /* the order whose rows replace what is shown */
	struct str asked;     /* what was typed when it was sent.  Interned */
	size_t found;         /* its rows */
	bool too_short;       /* more has to be typed before anything is looked for */
	bool accepting;       /* Enter was pressed before they were there */
};

struct str pick_typed(const struct pick *pick);
struct item *pick_add(struct pick *pick);
/* The best scores first; those that are not to be had last. */
void pick_sort(struct pick *pick);
void pick_refill(struct pick *pick);
/* Takes what is selected; if it is not known yet, when it is. */
void pick_accept(struct pick *pick);
struct pick *pick_new(struct app *app, const struct source_of_items *from);
void pick_push(struct pick *pick);

#endif
