/*
 * Bundles: some records of a ledger with all that is needed to judge them elsewhere:
 * the roster's and the sessions' records, attachments, the hashes that lead to a
 * checkpoint, and the signature of the person who made it.  See carrel-bundle(5).
 */
#ifndef CARREL_ANNOTATIONS_BUNDLE_H
#define CARREL_ANNOTATIONS_BUNDLE_H

#include "annotations/checkpoint.h"
#include "annotations/ledger.h"

#define BUNDLE_MAX ((size_t)64 * 1024 * 1024) /* bytes of a file */
#define BUNDLE_STATEMENT_MAX ((size_t)1024)

struct bundle_statement { /* what is signed: the beginning of the file */
	uint64_t first, last; /* records that were asked for */
	uint64_t entries;     /* records in the file */
	uint64_t size;        /* of the body, bytes */
	uint8_t sha256[SHA256_LEN]; /* of the body */
	struct checkpoint checkpoint;
};

/* The body for records first..last under the tree of `size` records, added to out; sets all but the checkpoint. */
int bundle_body(struct ledger *ledger, uint64_t size, struct bundle_statement *statement, struct buf *out) MUST_USE;
/* The text that is signed; `note` is the checkpoint's. */
int bundle_text(const struct bundle_statement *statement, struct str note, struct buf *out) MUST_USE;

/* 1 the first time that it is asked about this attachment, 0 later; `taken` is a scratch database. */
int bundle_takes(struct db *taken, const uint8_t digest[static SHA256_LEN]) MUST_USE;

struct bundle_options {
	const struct public_key *host; /* that must have signed the genesis, or NULL */
	struct ledger *ledger;         /* of a room here: one of the same id must not contradict it; or NULL */
	const struct head *slips;      /* heads of that room that left it */
	size_t slip_count;
	/* Each record in the file, in order; `name` and `role` of its author.  May be NULL. */
	int (*record)(void *ctx, const struct entry *entry, struct str name, struct str role);
	void *ctx;
};

struct bundle_summary {
	struct bundle_statement statement;
	uint64_t attachments;
	struct buf signer; /* name; release with bundle_summary_release */
	bool compared;     /* with the ledger of its own room, up to its head */
};

/*
 * Everything that can be told of such a file by itself; ERR_FORMAT with the reason where something is off or
 * contradicts a ledger or slip at hand, and then nothing of it is to be believed.
 */
int bundle_check(struct str file, const struct bundle_options *options, struct bundle_summary *out) MUST_USE;
void bundle_summary_release(struct bundle_summary *summary);

#endif
