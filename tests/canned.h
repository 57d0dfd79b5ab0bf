/*
 * A keeper played for tests of the desk: two releases of a small product, answered over a real socket in the real
 * messages.  Each call of canned_serve() answers everything that has arrived.
 */
#ifndef CARREL_TESTS_CANNED_H
#define CARREL_TESTS_CANNED_H

#include "base/json.h"
#include "base/wire.h"
#include "tui/app.h"

struct canned {
	struct wire wire;
	struct orders *orders;
	struct app app;
	size_t most;      /* orders that were under way at once */
	size_t under_way; /* not answered yet, while `hold` is set */
	bool hold;        /* nothing is answered */
	bool die;         /* the next reading order is lost with the reader */
	char last_say[4096], signed_hex[HEX_LEN(SHA256_LEN)];
	size_t cancels, reads;
};

void canned_start(struct canned *room, int rows, int cols, bool ascii, bool releases);
void canned_end(struct canned *room);
/* Answers, hands out, draws, until nothing more happens. */
void canned_settle(struct canned *room);
/* Keys as they are typed: "gd", or one name of enum key_name. */
void canned_type(struct canned *room, const char *keys);
void canned_key(struct canned *room, int code);
/* The screen as text, rows ended by newlines; borrowed until the next call. */
const char *canned_screen(struct canned *room);

#endif
