/*
 * Orders under way.  Views send and go on; what comes back reaches the function that
 * was given with the order, never from inside the call that sends it.  At most
 * MESSAGE_ORDERS are with the keeper, the others wait here.  A reading order that was
 * lost because the reader died is asked again.
 */
#ifndef CARREL_TUI_ORDERS_H
#define CARREL_TUI_ORDERS_H

#include "room/client.h"

enum answer_kind {
	ANSWER_ROW,
	ANSWER_JSON,
	ANSWER_DATA,
	ANSWER_DRAFT,
	ANSWER_NEED,
	ANSWER_PROGRESS,
	ANSWER_AGAIN, /* the order was sent anew: forget what it answered so far */
	ANSWER_DONE,
	ANSWER_FAIL,
};

struct answer {
	enum answer_kind kind;
	uint64_t id;
	uint64_t number;          /* the order's in the session: its records name it */
	const struct row *row;    /* ROW; borrowed, as all here */
	const json_t *json;       /* JSON, NEED, and DONE where it has one; else NULL */
	struct str data;          /* DATA, DRAFT */
	struct progress progress; /* PROGRESS */
	int code;                 /* FAIL: enum err, and why */
	const char *why;
};

typedef void orders_take(void *ctx, const struct answer *answer);

struct orders;

/* Takes the client.  Events (JSON {event, why}) go to `event`. */
struct orders *orders_new(struct client *client, void (*event)(void *ctx, const json_t *json), void *ctx);
/* Ends the session; what is under way is forgotten.  The error is the keeper's. */
int orders_free(struct orders *orders) MUST_USE;

/* Each gives the order's id, never 0.  `body` is borrowed. */
uint64_t orders_read(struct orders *orders, const struct order *order, orders_take *take, void *ctx);
uint64_t orders_json(struct orders *orders, enum message_kind kind, const json_t *body, orders_take *take, void *ctx);

/* For an order that showed a DRAFT or a NEED. */
void orders_sign(struct orders *orders, uint64_t id, struct str draft);
void orders_pass(struct orders *orders, uint64_t id, struct str passphrase);

/* Nothing of it reaches its function any more.  0 and ids that have ended do no harm. */
void orders_cancel(struct orders *orders, uint64_t id);
void orders_cancel_of(struct orders *orders, const void *ctx); /* all that were sent with ctx */
bool orders_runs(const struct orders *orders, uint64_t id);
size_t orders_running(const struct orders *orders); /* not counting cancelled ones */
bool orders_awaited(const struct orders *orders); /* one of them runs whose next step is not the person's */

int orders_fd(const struct orders *orders);
short orders_events(const struct orders *orders);
/* Hands out what has arrived.  An error: the keeper is gone. */
int orders_pump(struct orders *orders) MUST_USE;

#endif
