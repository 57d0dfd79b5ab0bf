/* A practice ledger in a scratch directory, with a host, a session and its key: for tests of what stands on it. */
#ifndef CARREL_TESTS_LEDGER_FIXTURE_H
#define CARREL_TESTS_LEDGER_FIXTURE_H

#include "annotations/ledger.h"
#include "tests/scratch.h"

struct fixture {
	struct scratch scratch;
	struct ledger *ledger;
	struct secret *host;    /* the person's key */
	struct secret *session; /* the session's */
	struct actor actor;
	const struct ledger_hooks *hooks;
};

/* A room with its genesis, opened for writing; no session yet. */
void fixture_make(struct fixture *f, const struct ledger_hooks *hooks);
void fixture_release(struct fixture *f);
void fixture_reopen(struct fixture *f, enum db_mode mode);
/* The path of room.db, in a static array. */
const char *fixture_file(const struct fixture *f);
/* Opens a session: a record by the host's key. */
void fixture_session(struct fixture *f);
/* JSON text of a payload as a new object. */
json_t *payload_of(const char *text);
/* Drafts, signs with the person's key, appends. */
int fixture_say(struct fixture *f, enum record_type type, const char *payload, struct appended *out);
/* A page record by the session key. */
int fixture_page(struct fixture *f, unsigned line, struct appended *out);

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#endif
