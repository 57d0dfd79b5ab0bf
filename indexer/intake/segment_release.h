/* Release segments: carrel-segment(5), "RELEASE SEGMENTS". */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_RELEASE_H
#define CARREL_INDEXER_INTAKE_SEGMENT_RELEASE_H

#include "indexer/intake/segment_file.h"

#define RELEASE_NO_SEGMENT UINT32_MAX

struct release_entry {
	struct str path;
	uint32_t mode;
	uint64_t size;
	uint32_t segment; /* place in the caller's list of pairs; RELEASE_NO_SEGMENT: a submodule */
	uint32_t blob;
	const uint8_t *id; /* of a submodule */
};

struct release_source {
	const struct seg_pair *pairs; /* all there are, in the order in which they were written */
	size_t pair_count;
	size_t entries;
	/* The entries in order of paths. */
	void (*entry)(void *ctx, size_t number, struct release_entry *entry);
	void *ctx;
	struct str odd; /* triples */
};

/* Writes the segment; pairs without a blob of the release are left out. */
int release_write(int dir, const struct release_source *source, uint8_t digest[static SHA256_LEN], uint64_t *bytes,
    bool *fresh) MUST_USE;

/* Where the blobs of a release's pairs are now. */
struct release_change {
	const struct release_move {
		uint32_t pair; /* place in `pairs` */
		uint32_t base; /* number there of its blob 0 */
	} *moves; /* of each pair of the segment as it is */
	size_t count;
	const struct seg_pair *pairs; /* as in release_source */
	size_t pair_count;
};

/* Writes the segment `old` again.  The same digest comes out where nothing changed. */
int release_renew(int dir, const uint8_t old[static SHA256_LEN], const struct release_change *change,
    uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;

#endif
