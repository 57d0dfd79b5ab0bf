/*
 * Checkpoints and cosignatures as records: what such a record must hold besides what
 * every record must (rule 10 of carrel-ledger(5)), and the issuing of checkpoints in a
 * session: at its open and close, at exports, every 64 records or five minutes.
 */
#ifndef CARREL_ANNOTATIONS_ISSUE_H
#define CARREL_ANNOTATIONS_ISSUE_H

#include "annotations/checkpoint.h"

#define ISSUE_RECORDS 64  /* records without a checkpoint, at most ... */
#define ISSUE_SECONDS 300 /* ... or time since the last, where there were any */
#define ISSUE_TEXT "checkpoint"      /* names of attachments */
#define ISSUE_SIGNATURE "signature"

struct session;

/* ---- what such a record must hold ---- */

/*
 * entry is of type checkpoint or cosign, `text` and `armour` its attachments (armour: of a cosign alone).  The room
 * keys and people of `db` are those at its position.  0, or the reason; that the head is one of this ledger
 * is the caller's to check.
 */
int issue_check(struct db *db, const struct entry *entry, struct str text, struct str armour) MUST_USE;
/* ERR_REFUSED unless it is signed by the room key in force at `at`, or, with `ever`, by any up to then. */
int issue_check_key(struct db *db, const struct checkpoint *checkpoint, uint64_t at, bool ever) MUST_USE;
/* The head that such a record names. */
int issue_head(const json_t *payload, struct head *out) MUST_USE;
/* Sets "head" of a payload. */
int issue_set_head(json_t *payload, const struct head *head) MUST_USE;

/* ---- issuing ---- */

/* A note for `head` by ROOM/room.key, which must be the key in force. */
int issue_note(struct session *session, const struct head *head, struct buf *out) MUST_USE;
/* A checkpoint record over the head of now; `why` as carrel-record(5) has it. */
int issue_checkpoint(struct session *session, const char *why) MUST_USE;
/* Issues one where it is due.  *wait: milliseconds until one may be, or -1. */
int issue_due(struct session *session, int *wait) MUST_USE;
/* {size, root, slip} of the head of now. *out is the caller's. */
int issue_slip(struct session *session, json_t **out) MUST_USE;

/* A new room key, in a file beside the old one; its public line.  Then, when its record is durable: in its place. */
int issue_new_key(struct session *session, struct buf *line) MUST_USE;
int issue_take_key(struct session *session) MUST_USE;

#endif
