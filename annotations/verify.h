/*
 * Everything that can be checked of a room with nothing but its room.db: bytes of
 * every leaf, record and payload, signatures, sessions, order, tree nodes, the heads
 * that records name, attachments, roles, projections, schema and pages of the file.
 */
#ifndef CARREL_ANNOTATIONS_VERIFY_H
#define CARREL_ANNOTATIONS_VERIFY_H

#include "annotations/checkpoint.h"
#include "base/pool.h"

#define VERIFY_CHECKS(X) \
	X(PAGES, "pages")             /* SQLite's quick_check; the schema's text was compared at open */ \
	X(BYTES, "bytes")             /* leaves, records and payloads are as carrel-record(5) has them */ \
	X(SIGNATURES, "signatures")   \
	X(HOST, "host")               /* the genesis is signed by the key it names, and by the one asked for */ \
	X(SESSIONS, "sessions")       /* session keys vouched for, not used when closed */ \
	X(ORDER, "order")             /* no gap, no twin */ \
	X(TREE, "tree")               /* every node */ \
	X(HEADS, "heads")             /* the tree line of every record */ \
	X(ATTACHMENTS, "attachments") \
	X(CHECKPOINTS, "checkpoints") /* those on record, and their cosignatures */ \
	X(SLIPS, "slips")             /* heads that left the room: given to verify, or brought back on a visit */ \
	X(REVEALS, "reveals")         /* searches that were opened are those that were committed to */ \
	X(FILE, "file")               /* room.db has the SHA-256 asked for */ \
	X(ROLES, "roles")             /* no record beyond its actor's role */ \
	X(PROJECTIONS, "projections")

enum verify_check {
#define X(id, name) VERIFY_##id,
	VERIFY_CHECKS(X)
#undef X
	VERIFY_CHECK_COUNT
};

const char *verify_check_name(enum verify_check check);

/* A head that left the room: of a slip, or of a whole checkpoint. */
struct verify_given {
	bool is_note;
	struct checkpoint checkpoint; /* of a slip, the head alone */
};

struct verify_options {
	const struct ledger_hooks *hooks;
	const struct public_key *host; /* that must have signed the genesis, or NULL */
	const struct verify_given *given;
	size_t given_count;
	const uint8_t *file;           /* SHA-256 that room.db must have, or NULL */
	struct pool *pool;             /* or NULL: in this thread alone */
	/* May be NULL; a return below 0 stops the run and is returned. */
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* One call a check, in the order of the table, at the end. */
	int (*result)(void *ctx, enum verify_check check, bool ok, const char *detail);
	void *ctx;
};

struct verify_summary {
	uint64_t records, checkpoints, failures; /* failures: checks that did not hold */
	struct head head;
	bool damaged; /* pages or bytes: the file itself is broken, not only what it says */
};

/*
 * 0 when it could be done, whatever it found.  One snapshot; other keepers may append meanwhile.  The hooks are
 * called from one thread at a time, but not always the same one.
 */
int verify_run(struct ledger *ledger, const struct verify_options *options, struct verify_summary *out) MUST_USE;

#endif
