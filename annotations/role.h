/*
 * Who may append what: the one table of roles, record types and thread states.  Pure;
 * the append's transaction, the projection and verify all ask here.  carrel-record(5)
 * prints the same table.
 */
#ifndef CARREL_ANNOTATIONS_ROLE_H
#define CARREL_ANNOTATIONS_ROLE_H

#include "annotations/record.h"

#define ROLES(X) \
	X(HOST, "host")           /* runs the room: people, policy, imports */ \
	X(INSPECTOR, "inspector") /* reads, opens threads, decides on them */ \
	X(AUDITOR, "auditor")     /* judges and exports */ \
	X(VENDOR, "vendor")       /* answers threads */

enum role {
#define X(id, word) ROLE_##id,
	ROLES(X)
#undef X
	ROLE_COUNT
};

#define THREAD_STATES(X) \
	X(OPEN, "open") \
	X(ANSWERED, "answered") \
	X(PROMISED, "fix promised") \
	X(VERIFY, "verify requested") \
	X(DISPUTED, "disputed") \
	X(RESOLVED, "resolved") \
	X(ACCEPTED, "risk accepted") \
	X(WITHDRAWN, "withdrawn") \
	X(REOPENED, "re-opened")

enum thread_state {
#define X(id, word) STATE_##id,
	THREAD_STATES(X)
#undef X
	STATE_COUNT
};

const char *role_word(enum role role);
bool role_find(struct str word, enum role *role);
const char *thread_state_word(enum thread_state state);
bool thread_state_find(struct str word, enum thread_state *state);

/* 0, or ERR_REFUSED in words for the person. */
int role_may(enum role role, enum record_type type) MUST_USE;
/* A state record from `role` on a thread of `kind` ("finding", "question", "note") that is in `from`. */
int role_may_state(enum role role, struct str kind, enum thread_state from, enum thread_state to) MUST_USE;

#endif
