/* From a release in the store to its segments and its manifest. */
#ifndef CARREL_INDEXER_INTAKE_FEED_H
#define CARREL_INDEXER_INTAKE_FEED_H

#include "indexer/intake/segment_write.h"
#include "indexer/intake/walk.h"
#include "indexer/intake/watch.h"

struct feed {
	const struct store *store;
	struct index *index;
	struct watch *watch;
};

/*
 * Gives every path of `walk` (sorted) to the index and ends the release there.  On failure the release is aborted.
 * `result` is the caller's to release.
 */
int feed_release(const struct feed *feed, const struct walk *walk, struct str verdicts, struct str odds,
    struct index_result *result) MUST_USE;

/* Before feed_release: the ids of all blobs of `walk` that the index has not, sorted, one behind the other. */
int feed_new(const struct feed *feed, const struct walk *walk, struct buf *ids) MUST_USE;
/* A line "BLOB SP SHA256", added to `out`. */
int feed_sum(const struct store *store, const uint8_t id[static OID_LEN], struct buf *out) MUST_USE;

/* What an import record counts. */
struct counts {
	uint64_t files, blobs, bytes; /* regular files, distinct blobs, bytes of the regular files */
};

int feed_count(const struct walk *walk, struct counts *counts) MUST_USE;

#endif
