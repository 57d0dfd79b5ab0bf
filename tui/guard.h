/*
 * What the guard lets through between the terminal and the pty behind which curses
 * runs: text, and the sequences that curses and keyboards use.  Everything else is
 * dropped: OSC, DCS, APC, PM, SOS, printing, user-defined keys, requests for reports
 * and reports, and strings that never end.  A state machine over bytes: a chunk may
 * end anywhere.
 */
#ifndef CARREL_TUI_GUARD_H
#define CARREL_TUI_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_SEQUENCE 64 /* bytes of the longest sequence that passes */
#define GUARD_GROWTH 3    /* bytes that may come of one: U+FFFD of what is no character */

enum guard_way {
	GUARD_OUT, /* from curses to the terminal */
	GUARD_IN,  /* from the terminal to curses */
};

struct guard {
	enum guard_way way;
	int state;                    /* see guard.c */
	uint8_t held[GUARD_SEQUENCE]; /* a sequence not yet complete */
	size_t len;
	size_t need;                  /* bytes still to come of a character, a mouse report, a palette entry */
};

#define GUARD(way_) ((struct guard){ .way = way_ })

/* Passes `count` bytes; `out` has room for GUARD_GROWTH * count + GUARD_SEQUENCE.  Returns the bytes written. */
size_t guard_pass(struct guard *guard, const uint8_t *in, size_t count, uint8_t *out);
/* Whether something is held back; then guard_flush() is called if nothing follows within a moment. */
bool guard_waiting(const struct guard *guard);
/* Lets a lone Esc through (a key, not a sequence), drops anything else that is held.  As guard_pass. */
size_t guard_flush(struct guard *guard, uint8_t *out);

#endif
