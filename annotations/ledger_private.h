/* What ledger.c, ledger_append.c and verify.c share. */
#ifndef CARREL_ANNOTATIONS_LEDGER_PRIVATE_H
#define CARREL_ANNOTATIONS_LEDGER_PRIVATE_H

#include "annotations/ledger.h"
#include "base/merkle.h"

#define LEDGER_FILE "room.db"
#define ATTACHMENT_PART ((size_t)1024 * 1024) /* bytes of a row in the table attachment */

struct ledger {
	struct db *db;
	const struct ledger_hooks *hooks;
	uint8_t room[RECORD_ROOM_LEN];
	char boot[RECORD_BOOT];
	bool held;     /* between ledger_hold and ledger_settle */
	uint64_t last; /* position of what was last appended here */
};

/* Number of a node in the order in which appending completes nodes: leaf 0, leaf 1, their parent, leaf 2, ... */
uint64_t ledger_node_id(unsigned level, uint64_t index);
int ledger_size(struct db *db, uint64_t *out) MUST_USE;
int ledger_frontier(struct db *db, struct frontier *out) MUST_USE;

/* An entry from its leaf; borrows from it. */
int ledger_open_leaf(struct str leaf, uint64_t index, struct entry *entry) MUST_USE;
int ledger_scan_leaf(struct str leaf, uint64_t index, struct entry *entry) MUST_USE; /* by record_scan */
/* record->payload's session key; ERR_FORMAT unless it is the one that the header names. */
int ledger_session_key(const struct record *record, struct public_key *out) MUST_USE;
/* The session rules for a record about to stand at entry->index, by the session table of db. */
int ledger_check_session(struct db *db, const struct entry *entry) MUST_USE;
/* The ledger's own projections: log, position, session.  `why` it is void, or "".  ERR_REFUSED: it is there already. */
int ledger_project(struct db *db, const struct entry *entry, struct str why) MUST_USE;

#endif
