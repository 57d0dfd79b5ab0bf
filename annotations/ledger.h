/*
 * The ledger: records in the order of their append, an RFC 6962 tree over their
 * leaves, their attachments; everything else in room.db is a projection of it.  See
 * carrel-ledger(5).
 *
 * What an append must hold is checked inside its transaction: bytes, signature, tree
 * head, session, no twin; then the role by hooks->judge; then hooks->project brings
 * the projections up to date.  It is durable when ledger_append returns.
 */
#ifndef CARREL_ANNOTATIONS_LEDGER_H
#define CARREL_ANNOTATIONS_LEDGER_H

#include "annotations/db.h"
#include "annotations/record.h"

struct entry {
	uint64_t index;
	uint8_t hash[SHA256_LEN];
	struct str bytes;     /* of the record */
	struct str signature; /* SSHSIG blob */
	struct record record;
	struct public_key signer; /* filled by entry_check, and before hooks are called */
};

/* ERR_ABSENT, or ERR_FORMAT, unless the signature is good and by the key that the type and header ask for. */
int entry_check(struct entry *entry) MUST_USE;
/* The same for one of many: most are signed by the key of the one before, whose fingerprint `known` keeps. */
struct known_key {
	struct public_key key;
	char print[FINGERPRINT_LEN]; /* "" of none */
};
int entry_check_next(struct entry *entry, struct known_key *known) MUST_USE;

/*
 * What the ledger does not know itself: roles and projections, both functions of the
 * records alone.  `db` is the room's inside an append, or the scratch one of verify;
 * projections hold what records before entry->index made of them.
 */
struct ledger_hooks {
	/*
	 * 0, or ERR_REFUSED with the reason (an append fails; verify calls the record void).  Of access records it may
	 * ask for actor, session and type alone, against what records of other types made.
	 */
	int (*judge)(void *ctx, struct db *db, const struct entry *entry);
	/* Not for what judge refused.  Access records make nothing: verify does not call it for them. */
	int (*project)(void *ctx, struct db *db, const struct entry *entry);
	void *ctx;
};

struct ledger;

struct head {
	uint64_t size;
	uint8_t root[SHA256_LEN];
};

/* The boot id is read here, so call it before the seal closes.  The hooks are borrowed until ledger_close. */
int ledger_open(int room, enum db_mode mode, const struct ledger_hooks *hooks, struct ledger **out) MUST_USE;
void ledger_close(struct ledger *ledger);
struct db *ledger_db(struct ledger *ledger); /* for queries on projections; borrowed */
const uint8_t *ledger_room(const struct ledger *ledger); /* RECORD_ROOM_LEN bytes */

/* ---- a new room ---- */

struct genesis {
	struct str product, host;
	const struct public_key *key;  /* the host's, who signs */
	const uint8_t *box;            /* the host's box key, 32 bytes, or NULL */
	bool practice;
	char boot[RECORD_BOOT];        /* by record_boot before the seal closed */
	struct secret *room_key;       /* made by genesis_draft */
	struct buf record;             /* made by genesis_draft: what the host signs */
};

int genesis_draft(struct genesis *genesis) MUST_USE;
void genesis_release(struct genesis *genesis);
/* Writes ROOM/room.key and, last and all at once, ROOM/room.db.  ERR_REFUSED if there is a room. */
int ledger_create(int room, const struct genesis *genesis, struct str signature,
    const struct ledger_hooks *hooks) MUST_USE;

/* ---- appending ---- */

/* Who acts.  Outside a session (at init alone) `secret` is NULL and `session` empty. */
struct actor {
	char actor[FINGERPRINT_LEN];
	char session[FINGERPRINT_LEN];
	const struct secret *secret; /* the session key */
};

struct appended {
	uint64_t index;
	uint8_t hash[SHA256_LEN];
};

/*
 * The bytes of a record over the head of now, for a person to see and sign.  For type
 * RECORD_SESSION actor->session is the new session key's fingerprint.  The payload is borrowed; "attach" is in it.
 */
int ledger_draft(struct ledger *ledger, const struct actor *actor, enum record_type type, json_t *payload,
    struct buf *out) MUST_USE;
/* Appends what a person signed.  Attachments must be those that the record names. */
int ledger_append(struct ledger *ledger, struct str record, struct str signature, const struct attachment *attachments,
    size_t count, struct appended *out) MUST_USE;
/* Builds, signs with the session key and appends, in one transaction. */
int ledger_append_session(struct ledger *ledger, const struct actor *actor, enum record_type type, json_t *payload,
    struct appended *out) MUST_USE;
/* The same with attachments; the payload gets its "attach" here. */
int ledger_append_session_with(struct ledger *ledger, const struct actor *actor, enum record_type type, json_t *payload,
    const struct attachment *attachments, size_t count, struct appended *out) MUST_USE;

/*
 * Appends between these are one commit: all of them are durable when ledger_settle gives 0, none is there when it
 * fails.  `result` below 0 undoes them and is returned, its reason kept.
 */
int ledger_hold(struct ledger *ledger) MUST_USE;
int ledger_settle(struct ledger *ledger, int result) MUST_USE;
uint64_t ledger_last(const struct ledger *ledger); /* position of what was last appended here, 0 before that */

/* ---- reading ---- */

int ledger_head(struct ledger *ledger, struct head *out) MUST_USE;
int ledger_head_at(struct ledger *ledger, uint64_t size, struct head *out) MUST_USE; /* ERR_ABSENT past the end */
/* ERR_ABSENT if there is none; *leaf is added to, entry borrows from it; release entry->record with record_release. */
int ledger_get(struct ledger *ledger, uint64_t index, struct buf *leaf, struct entry *entry) MUST_USE;
int ledger_find(struct ledger *ledger, const uint8_t hash[static SHA256_LEN], uint64_t *index) MUST_USE;
/*
 * Records from..to-1 in order (to 0: to the end), in short reads; `each` returns 0 to go on.  Signatures are
 * not checked here: see entry_check.
 */
int ledger_each(struct ledger *ledger, uint64_t from, uint64_t to, int (*each)(void *ctx, const struct entry *entry),
    void *ctx) MUST_USE;
/* The bytes of an attachment, added to out, digest checked. */
int ledger_attachment(struct ledger *ledger, const uint8_t digest[static SHA256_LEN], struct buf *out) MUST_USE;
/* A node of the tree: what proof.h asks for.  ctx is a struct ledger. */
int ledger_node(void *ledger, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN]) MUST_USE;

#endif
