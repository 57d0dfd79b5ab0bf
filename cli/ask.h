/*
 * A command's conversation with the keeper: starts the chain, closes the seal, opens,
 * asks, and sees to what the keeper wants of the person meanwhile (passphrase, touch,
 * the word "sign") and to progress.
 */
#ifndef CARREL_CLI_ASK_H
#define CARREL_CLI_ASK_H

#include "cli/command.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "room/launch.h"

struct ask {
	const struct call *call;
	struct print print;
	struct progress_line progress;
	struct room room;
	struct client *client;
	json_t *session; /* what the keeper said of room, person and role */
	int terminal;    /* where the person is asked, or -1 */
	bool consents;   /* the command line alone is the agreement to sign: there is no terminal to ask at */
};

/* How the conversation is held. */
struct ask_how {
	enum chain chain;
	const char *mode;   /* "session", "read", "init", "file" */
	const char *source; /* CHAIN_INDEXER: what is imported; CHAIN_LEDGER: what is looked at */
	bool shows_source;  /* refused where standard output is no terminal and policy wants one */
	bool consents;      /* signs without asking even at a terminal (demo) */
	const json_t *more; /* members added to OPEN, or NULL */
};

/* Opens the room that the call names, and the conversation.  After an error *ask is all zeros, nothing to be closed. */
int ask_open(struct ask *ask, const struct call *call, const struct ask_how *how) MUST_USE;
/* As ask_open, in a room that the caller opened or made; it is the ask's from then on. */
int ask_open_in(
    struct ask *ask, const struct call *call, const struct room *room, const struct ask_how *how) MUST_USE;
/* Ends it and flushes standard output.  Gives `result` back if that is an error already, its reason kept. */
int ask_close(struct ask *ask, int result) MUST_USE;

/* What is done with answers; any may be NULL.  Below 0 ends the order with that error. */
struct answers {
	int (*row)(void *ctx, const struct row *row);
	int (*object)(void *ctx, const json_t *object);
	int (*data)(void *ctx, struct str bytes);
	void *ctx;
};

/* Each sends one order and waits for its end; *done is DONE's JSON (the caller's; NULL: not wanted). */
int ask_read(
    struct ask *ask, const struct order *order, const struct answers *answers, json_t **done) MUST_USE;
int ask_ledger(
    struct ask *ask, const json_t *question, const struct answers *answers, json_t **done) MUST_USE;
/* Words, with `data` behind them unless that is NULL. */
int ask_say(struct ask *ask, const json_t *words, const struct str *data, json_t **done) MUST_USE;
/* A whole session of `words` that put the file `name` into outbox/; says where it lies and what record holds it. */
int ask_publish(struct call *call, const json_t *words, const char *name) MUST_USE;
/* An order to the person's notebook: NOTE_ORDERS of base/message.h. */
int ask_note(struct ask *ask, const json_t *words, const struct answers *answers, json_t **done) MUST_USE;
int ask_work(struct ask *ask, const struct work *work, const struct answers *answers) MUST_USE;

/* answers' `data`, ctx the ask: the exact bytes, but on a terminal nothing in them may act on it. */
int ask_print_data(void *ctx, struct str bytes);

/* {"ask": what} or {"say": what} with the members of a format as json_pack has it; *out is the caller's. */
int ask_question(json_t **out, const char *fmt, ...) MUST_USE;

#endif
