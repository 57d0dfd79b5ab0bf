/* The locked screen: nothing of what was shown, and a line for the passphrase.  No key reaches a view meanwhile. */
#ifndef CARREL_TUI_LOCK_H
#define CARREL_TUI_LOCK_H

#include "tui/editor.h"
#include "tui/grid.h"
#include "tui/orders.h"

struct lock {
	unsigned seconds;  /* without a key, after which it closes; 0: never */
	uint64_t last;     /* monotonic ms of the last key */
	bool closed;
	uint64_t order;    /* 0: none is under way */
	bool asks;         /* a passphrase is wanted */
	char why[80];      /* "" or what was wrong */
	struct editor line;
};

void lock_init(struct lock *lock);
void lock_release(struct lock *lock);
/* Ms until it closes, for poll(); -1: not by itself. */
int lock_wait(const struct lock *lock, uint64_t now);
/* Closes it if it is time; true if it just did. */
bool lock_tick(struct lock *lock, uint64_t now);
/* A key while it is closed: typed, or an order to open it. */
void lock_key(struct lock *lock, struct orders *orders, int code);
void lock_draw(const struct lock *lock, struct grid *grid, struct str person);

#endif
