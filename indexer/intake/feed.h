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

/*
 * Before feed_release: lines "BLOB SP SHA256" for every blob of `walk` that the index has not, sorted, added to `out`.
 */
int feed_sums(const struct feed *feed, const struct walk *walk, struct buf *out) MUST_USE;

/* What an import record counts. */
struct counts {
	uint64_t files, blobs, bytes; /* regular files, distinct blobs, bytes of the regular files */
};

int feed_count(const struct walk *walk, struct counts *counts) MUST_USE;

#endif
