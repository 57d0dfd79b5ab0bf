/*
 * Heads that leave the room: checkpoints, which are C2SP signed notes by the room key,
 * slips, which are a head written so that a person can carry it, and the two kinds of
 * proof as text.  See carrel-ledger(5).  Pure: nothing here knows a ledger's tables.
 */
#ifndef CARREL_ANNOTATIONS_CHECKPOINT_H
#define CARREL_ANNOTATIONS_CHECKPOINT_H

#include "annotations/ledger.h"
#include "annotations/proof.h"

#define CHECKPOINT_MAX ((size_t)512)   /* bytes of a note */
#define PROOF_TEXT_MAX ((size_t)8192)  /* bytes of a proof */
#define SLIP_MAX 74                    /* size, a full stop, 52 digits of base32, NUL */

struct checkpoint {
	uint8_t room[RECORD_ROOM_LEN];
	struct head head;
	uint8_t key_hash[4];
	uint8_t signature[SIGNATURE_LEN];
};

/* The note for a head, signed by the room key. */
int checkpoint_make(const struct secret *room_key, const uint8_t room[static RECORD_ROOM_LEN],
    const struct head *head, struct buf *out) MUST_USE;
/* Strict: only what checkpoint_make writes.  The signature is not checked. */
int checkpoint_read(struct str note, struct checkpoint *out) MUST_USE;
/* ERR_ABSENT unless it is signed by this key. */
int checkpoint_check(const struct checkpoint *checkpoint, const struct public_key *room_key) MUST_USE;

/* "1042.ABCD..." */
void slip_write(const struct head *head, char out[static SLIP_MAX]);
/* In capitals or in small letters, not both; spaces and newlines count for nothing.  ERR_USAGE. */
int slip_read(struct str text, struct head *out) MUST_USE;

/* c2sp.org/tlog-proof@v1: that leaf `index` is in the tree of the note. */
int proof_inclusion_text(const struct proof *proof, uint64_t index, struct str note, struct buf *out) MUST_USE;
/* The body of a tlog-witness add-checkpoint request: that the tree of the note goes on from that of size `from`. */
int proof_consistency_text(const struct proof *proof, uint64_t from, struct str note, struct buf *out) MUST_USE;
/* Either of them, strict; *number is the index, or the size that it goes on from. */
int proof_text_read(struct str text, bool *inclusion, uint64_t *number, struct proof *proof, struct str *note) MUST_USE;

#endif
