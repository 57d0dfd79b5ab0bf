/* What verify.c, which reads and checks, and verify_walk.c, which goes over the records in order, share. */
#ifndef CARREL_ANNOTATIONS_VERIFY_PRIVATE_H
#define CARREL_ANNOTATIONS_VERIFY_PRIVATE_H

#include "annotations/ledger_private.h"
#include "annotations/verify.h"

#define BATCH 4096
#define BATCH_BYTES ((size_t)8 * 1024 * 1024)
#define PAGES_MIB 16 /* of room.db in memory: each table is gone over from front to end, and more costs more */
#define GROUP 16 /* records of one piece of work */
#define WHY 256

struct item {
	struct str leaf;
	struct entry entry;
	uint8_t leaf_hash[SHA256_LEN];
	int parsed, signature; /* results of these two checks */
	char why[WHY];
};

struct batch {
	uint64_t first;
	size_t count;
	struct buf leaves;
	size_t ends[BATCH];
	struct item items[BATCH];
};

struct finding {
	uint64_t bad;
	char first[WHY + 32];
};

/* An access record that held, of a session, if nothing but access records came since: its next of kin hold too. */
struct kin {
	uint64_t era;   /* that of the run while this counts */
	unsigned types; /* a bit each */
	char actor[FINGERPRINT_LEN], session[FINGERPRINT_LEN];
	uint64_t tree_size;
};

#define KINS 64 /* sessions at once whose access records are known by kin */

struct run {
	struct ledger *ledger;
	const struct verify_options *options;
	struct db *scratch;
	struct batch *current, *before; /* being parsed; being walked over, then read anew */
	struct frontier frontier;       /* of the leaves walked over */
	struct query *nodes, *log;      /* rows of the tables beside the records walked over */
	struct buf hashes;              /* SHA-256 of each record walked over */
	uint64_t next;                  /* record to be read */
	uint64_t size, attachments, checkpoints, slips, reveals; /* records; what was checked of the others */
	uint64_t era;                   /* records other than access records so far, and one */
	struct kin kins[KINS];
	bool is_hashed;
	char file[HEX_LEN(SHA256_LEN)]; /* SHA-256 of room.db, if it is */
	struct finding findings[VERIFY_CHECK_COUNT];
};

void verify_found(struct run *run, enum verify_check check, uint64_t index, const char *why);
void verify_found_whole(struct run *run, enum verify_check check, const char *why); /* of no one record */
/* Whether a failure is one of what is verified, and not of this machine. */
bool verify_is_verdict(int r);

/* ---- verify_rows.c: the ledger's own projections, row by row and not by way of the scratch database ---- */

/* The row of the log for this record, which is void if `why` is not empty; for one that cannot be read, NULL. */
int verify_log_row(struct run *run, const struct entry *entry, const char *why) MUST_USE;
int verify_log_end(struct run *run) MUST_USE;  /* that no row is left */
int verify_positions(struct run *run) MUST_USE; /* after all records: the table, and that none of them is there twice */

/* ---- verify_walk.c ---- */

/* The next record, its bytes and signature checked: everything that depends on those before it. */
int verify_walk(struct run *run, struct item *item) MUST_USE;
/* A head that left the room. */
int verify_given(struct run *run, const struct verify_given *given) MUST_USE;

#endif
