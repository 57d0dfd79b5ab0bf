/*
 * Parser workers: forked children of the indexer that read one mapped text segment, parse
 * its blobs under their own seal and limits, and can be killed at any time.  What they
 * hand over comes in the order of blobs, however they finish.
 */
#ifndef CARREL_INDEXER_INTAKE_WORKER_H
#define CARREL_INDEXER_INTAKE_WORKER_H

#include "indexer/intake/segment_map.h"

#include <sys/types.h>

struct worker_options {
	unsigned workers;        /* processes; 0: as many as there are processors */
	unsigned patience_ms;    /* in which a worker must get on by a blob, whoever holds it up; 0: two minutes */
	unsigned seal_layers;    /* enum seal_layer bits that a worker closes itself, the others being closed already */
	/* The verdict of an earlier import, SEG_WHY_NONE if there is none: such a blob is not parsed. */
	enum seg_why (*verdict)(void *ctx, const struct seg_blob *blob);
	/* Each blob in order; `parsed` as parsed_encode wrote it.  A failure stops the run. */
	int (*take)(void *ctx, uint32_t blob, struct str parsed);
	/* Called about every tenth of a second; a failure stops the run. */
	int (*tick)(void *ctx, uint32_t blobs_done);
	void (*started)(void *ctx, pid_t worker); /* may be NULL; tests */
	void *ctx;
};

int workers_run(struct seg_texts *texts, const struct worker_options *options) MUST_USE;

#endif
