/*
 * The client's end of the keeper's socket: numbered orders out, messages in.
 *
 * An order is sent, and answered by messages of its number until one DONE or FAIL.
 * In between come PART, JSON, DATA, DRAFT, NEED and PROGRESS; EVENTs have number 0.
 * A FAIL of number 0, or the socket's end, is the end of the keeper: every call
 * then fails with the reason, and says how the program died where we are its parent.
 *
 * Two ways to use it: client_wait() answers one order at a time through a callback
 * (commands); client_next() with client_fd() in a poll loop of one's own (the desk).
 */
#ifndef CARREL_ROOM_CLIENT_H
#define CARREL_ROOM_CLIENT_H

#include "base/json.h"
#include "base/message.h"

#include <sys/types.h>

struct client;

/* Takes the socket.  *out is the caller's. */
int client_new(int fd, struct client **out) MUST_USE;
/* Names a child of ours that serves this client, so that its death can be told; at most SERVANTS. */
void client_serves(struct client *client, pid_t pid, const char *program);
/* Closes the socket, which ends a session; waits for nobody.  client_close() is the orderly way. */
void client_free(struct client *client);

/* ---- orders: each gives its number, and queues without blocking ---- */

/* kind: MSG_OPEN, MSG_ASK, MSG_SAY */
int client_send_json(struct client *client, enum message_kind kind, const json_t *body, uint64_t *order) MUST_USE;
int client_read_order(struct client *client, const struct order *what, uint64_t *order) MUST_USE;
int client_work(struct client *client, const struct work *work, uint64_t *order) MUST_USE;

/* ---- what belongs to an order that is under way ---- */

/* MSG_DATA in pieces, then one empty piece: publish, policy.  Blocks while the queue is full. */
int client_data(struct client *client, uint64_t order, struct str bytes) MUST_USE;
/* Agrees to a DRAFT: `draft` is the message's body, exactly as it was shown. */
int client_sign(struct client *client, uint64_t order, struct str draft) MUST_USE;
int client_pass(struct client *client, uint64_t order, struct str passphrase) MUST_USE;
int client_cancel(struct client *client, uint64_t order) MUST_USE;

/* ---- answers ---- */

/*
 * The next message, borrowed until the next call on this client.  Waits at most timeout_ms (-1: for ever, 0: only
 * takes what is there).  1: a message; 0: none in time, or a signal came; else the keeper is gone or said something
 * malformed.
 */
int client_next(struct client *client, struct message *message, int timeout_ms) MUST_USE;
/* For poll(): call client_next(.., 0) until it gives 0 whenever the descriptor is ready for these events. */
int client_fd(const struct client *client);
short client_events(const struct client *client);

/*
 * Answers what comes for `order` until it ends: DONE gives 0 and, where `answer` is not NULL, its JSON (NULL for an
 * empty DONE; the caller's); FAIL its code and reason.  Every other message, EVENTs too, goes to `take`; what
 * that returns below 0 cancels the order and, once it has ended, is returned with the reason it set.
 */
typedef int client_take(void *ctx, struct client *client, const struct message *message);
int client_wait(struct client *client, uint64_t order, client_take *take, void *ctx, json_t **answer) MUST_USE;
/*
 * A signal handler's hand on client_wait: when *stop is 1 the order is cancelled, and the keeper's answer waited for
 * (ERR_CANCELLED, unless it was done already); when it is more, client_wait returns at once.
 */
void client_stop_on(struct client *client, const volatile int *stop);
/* OPEN and its answer; see launch_describe() for the question.  NEEDs go to `take`. */
int client_open(struct client *client, const json_t *how, client_take *take, void *ctx, json_t **answer) MUST_USE;
/*
 * Ends the session: CLOSE, the keeper's DONE, the end of the socket, the children's ends (a minute each).
 * Frees the client in any case; the error is what the keeper said, or how a child died.
 */
int client_close(struct client *client) MUST_USE;

#endif
