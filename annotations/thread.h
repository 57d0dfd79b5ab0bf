/* Threads as the records have them: who said what, what holds of it at a position. */
#ifndef CARREL_ANNOTATIONS_THREAD_H
#define CARREL_ANNOTATIONS_THREAD_H

#include "annotations/projection.h"

/*
 * A thread up to record `at`, as JSON.  *out is the caller's:
 *
 *	thread, id (hash in hex), kind, state, author (a name), opened, last (times), index, entries (a number)
 *	and what it was opened with, amended since: title, severity, cwe, anchors, impact, ... as in carrel-record(5)
 */
int thread_load(struct ledger *ledger, const char *name, uint64_t at, json_t **out) MUST_USE;
/* As `threads` and `show` give it: cwe as one text, anchors as {release, path, lines, blob, symbol}. */
int thread_brief(json_t *thread) MUST_USE;
/* One object a record of the thread up to `at`: index, hash, type, author, role, key, time, text, state, signature. */
int thread_entries(struct ledger *ledger, const char *name, uint64_t at, int (*each)(void *ctx, json_t *entry),
    void *ctx) MUST_USE;
/* The hashes that a new record of the thread names as "after": its latest. */
int thread_after(struct ledger *ledger, const char *name, json_t **out) MUST_USE;

/* Whose record it is, at its own position: name, or the fingerprint where the roster has none.  "role" too if known. */
int record_author(struct db *db, const struct entry *entry, json_t *object, const char *key) MUST_USE;

#endif
