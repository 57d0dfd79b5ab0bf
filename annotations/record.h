/*
 * Records: the exact bytes that are signed, hashed, stored and shown; see
 * carrel-record(5).  Header lines in one order, an empty line, a canonical JSON
 * payload whose keys one table fixes for every type.
 */
#ifndef CARREL_ANNOTATIONS_RECORD_H
#define CARREL_ANNOTATIONS_RECORD_H

#include "annotations/sign.h"
#include "base/digest.h"
#include "base/json.h"

#define RECORD_MAX ((size_t)64 * 1024) /* bytes */
#define RECORD_ROOM_LEN 16             /* bytes of a room's id */
#define RECORD_TIME 21                 /* "2026-01-31T12:00:00Z" with its NUL */
#define RECORD_BOOT 37                 /* a UUID with its NUL */

/* Whose key signs: the person's own, or the key of the session. */
enum record_signer { SIGNED_BY_PERSON, SIGNED_BY_SESSION };

/* enum name, word, who signs, whether it says or shows nothing that a report could hold (skipped in finding S) */
#define RECORD_TYPES(X) \
	X(ROOM, "room", PERSON, false)         /* genesis: product, host's keys, room key */ \
	X(ROOMKEY, "roomkey", PERSON, false)   /* another room key from here on */ \
	X(PERSON, "person", PERSON, false)     /* name, role and key, from here on */ \
	X(REVOKE, "revoke", PERSON, false)     \
	X(CONFIRM, "confirm", PERSON, false)   /* a second person stands behind a record */ \
	X(POLICY, "policy", PERSON, false)     \
	X(SESSION, "session", PERSON, true)    /* the person's key vouches for a session key */ \
	X(CLOSE, "close", SESSION, true)       \
	X(VISIT, "visit", PERSON, false)       \
	X(IMPORT, "import", PERSON, false)     \
	X(INDEX, "index", SESSION, false)      /* segments that were finished after their import */ \
	X(PAGE, "page", SESSION, true)         \
	X(SEARCH, "search", SESSION, true)     \
	X(LIST, "list", SESSION, true)         \
	X(DIFF, "diff", SESSION, true)         \
	X(REVEAL, "reveal", PERSON, false)     /* opens a search's commitment */ \
	X(ANNOTATE, "annotate", PERSON, false) /* opens a thread */ \
	X(AMEND, "amend", PERSON, false)       /* better words for what a thread was opened with */ \
	X(REPLY, "reply", PERSON, false)       \
	X(STATE, "state", PERSON, false)       \
	X(MARK, "mark", PERSON, false)         /* coverage */ \
	X(CARRY, "carry", PERSON, false)       \
	X(VERDICT, "verdict", PERSON, false)   \
	X(CHECK, "check", PERSON, false)       /* a release held against an archive, a tag, a binary */ \
	X(REPORT, "report", PERSON, true)      \
	X(REQUEST, "request", PERSON, false)   \
	X(RELEASE, "release", PERSON, false)   /* of what was requested */ \
	X(REFUSE, "refuse", PERSON, false)     \
	X(FOREIGN, "foreign", PERSON, false)   /* another room's record, untouched */ \
	X(BATCH, "batch", PERSON, false)       /* several entries under one signature */ \
	X(CHECKPOINT, "checkpoint", SESSION, true) \
	X(COSIGN, "cosign", PERSON, true)      \
	X(SELFTEST, "selftest", SESSION, false) \
	X(NOTE, "note", SESSION, false)        /* a killed process, a clock step, an unclosed session */

enum record_type {
#define X(id, word, signer, quiet) RECORD_##id,
	RECORD_TYPES(X)
#undef X
	RECORD_TYPE_COUNT
};

const char *record_type_word(enum record_type type);
bool record_type_find(struct str word, enum record_type *type);
enum record_signer record_type_signer(enum record_type type);
/* Says what was shown: page, search, list, diff. */
bool record_type_access(enum record_type type);
/* Left out when the S of a report is looked for: session, close, access records, report, checkpoint, cosign. */
bool record_type_quiet(enum record_type type);

struct record {
	enum record_type type;
	uint8_t room[RECORD_ROOM_LEN];
	char time[RECORD_TIME]; /* UTC, untrusted */
	char boot[RECORD_BOOT]; /* boot id */
	uint64_t boot_ns;       /* monotonic clock */
	char actor[FINGERPRINT_LEN];
	char session[FINGERPRINT_LEN]; /* of the session key; "" outside a session */
	uint64_t tree_size;            /* a head of the ledger that the signer saw */
	uint8_t tree_root[SHA256_LEN];
	json_t *payload; /* owned after record_parse, NULL after record_scan */
	struct str text; /* after either: the payload as it stands in the bytes, borrowed */
	bool attaches;   /* after either: the payload names attachments */
};

/* Adds the bytes of a record to `out`; ERR_FORMAT if it, or its payload, is not as carrel-record(5) has it. */
int record_build(const struct record *record, struct buf *out) MUST_USE;
/* The reverse, as strict: record_build of the result gives the same bytes.  Free with record_release. */
int record_parse(struct str bytes, struct record *out) MUST_USE;
/* All of its checks, but no tree is made of the payload: record_load makes it later, if it is wanted. */
int record_scan(struct str bytes, struct record *out) MUST_USE;
int record_load(struct record *record) MUST_USE;
void record_release(struct record *record);
/* The name by which other records speak of this one: SHA-256 of its bytes. */
void record_hash(struct str bytes, uint8_t out[static SHA256_LEN]);

/* Now, by the wall clock and the monotonic one. `boot` is what record_boot gave before the seal closed. */
void record_stamp(struct record *record, const char boot[static RECORD_BOOT]);
void record_boot(char boot[static RECORD_BOOT]); /* zeros if it cannot be read */

/*
 * Payload against the table of its type (record_schema.h): no key missing, none unknown, each of its kind.  The text
 * is canonical; *attaches, if asked for: whether it names attachments.
 */
int record_check_text(enum record_type type, struct str payload, bool *attaches) MUST_USE;
int record_check_payload(enum record_type type, const json_t *payload) MUST_USE;

/* ---- attachments: payload key "attach": [{name, sha256, size}] ---- */

#define ATTACHMENT_MAX ((uint64_t)1 << 30) /* bytes of one */
#define ATTACHMENTS 16                     /* of one record */

struct attachment {
	struct str name; /* [A-Za-z0-9._+-]{1,64}, once in a record */
	struct str bytes;
};

/* Sets payload's "attach" from the bytes; nothing is set when count is 0. */
int record_attach(json_t *payload, const struct attachment *attachments, size_t count) MUST_USE;

struct attached {
	struct str name;
	uint64_t size;
	uint8_t sha256[SHA256_LEN];
};

size_t record_attached_count(const json_t *payload);
/* One of a checked payload; borrowed. */
void record_attached(const json_t *payload, size_t i, struct attached *out);

/* ---- leaves: u32 length, record, u32 length, SSHSIG blob ---- */

#define LEAF_MAX (RECORD_MAX + SSHSIG_MAX + 8)

int leaf_build(struct str record, struct str signature, struct buf *out) MUST_USE;
int leaf_parse(struct str leaf, struct str *record, struct str *signature) MUST_USE; /* borrowed */

#endif
