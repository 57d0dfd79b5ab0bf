/*
 * The room's policy: text of lines "KEY VALUE", "#" before a comment, kept whole in a
 * record.  A key that is missing has the default of its kind of room; an unknown or
 * repeated key, or another value, is an error that names the line.
 */
#ifndef CARREL_ANNOTATIONS_POLICY_H
#define CARREL_ANNOTATIONS_POLICY_H

#include "base/buf.h"

#define POLICY_MAX ((size_t)32 * 1024) /* bytes */

/* id, key, in a practice room, in a real one; what it allows */
#define POLICY_KEYS(X) \
	X(PIPE_SOURCE, "pipe-source", true, false)           /* source on a standard output that is no terminal */ \
	X(READING_COMMANDS, "reading-commands", true, false) /* source by commands, not by the desk alone */ \
	X(OPEN_LEDGER, "open-ledger", true, false)           /* the ledger is read without an identity */ \
	X(BARE_KEYS, "bare-keys", true, false)               /* key files without a passphrase */ \
	X(TWO_PEOPLE, "two-people", false, false)            /* a second person confirms who is enrolled, policy */ \
	X(WITHOUT_NAMESPACE, "without-namespace", false, false) /* the seal lacks what the machine does not have */ \
	X(WITHOUT_LANDLOCK, "without-landlock", false, false) \
	X(WITHOUT_SECCOMP, "without-seccomp", false, false) \
	X(COSIGNED_INSPECTOR, "cosigned-by-inspector", false, false) /* on a checkpoint, before a report */ \
	X(COSIGNED_AUDITOR, "cosigned-by-auditor", false, false) \
	X(COSIGNED_VENDOR, "cosigned-by-vendor", false, false)

enum policy_key {
#define X(id, key, practice, real) POLICY_##id,
	POLICY_KEYS(X)
#undef X
	POLICY_COUNT
};

/* id, key, default, most; what it counts */
#define POLICY_NUMBERS(X) \
	X(LOCK_AFTER, "lock-after", 600, 86400) /* seconds without a key, then the desk locks; 0: never */

enum policy_number {
#define X(id, key, value, most) POLICY_##id,
	POLICY_NUMBERS(X)
#undef X
	POLICY_NUMBER_COUNT
};

struct policy {
	bool allows[POLICY_COUNT];
	unsigned numbers[POLICY_NUMBER_COUNT];
};

void policy_default(bool practice, struct policy *out);
/* The layers of the seal that may be missing: bits of enum seal_layer. */
unsigned policy_accepted(const struct policy *policy);
/* Over the defaults that `out` holds.  ERR_USAGE, with the line's number. */
int policy_parse(struct str text, struct policy *out) MUST_USE;
/* The text that says what `policy` is. */
int policy_text(const struct policy *policy, struct buf *out) MUST_USE;

#endif
