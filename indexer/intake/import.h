/*
 * An import or a rebuild, from the order to the last reference.  An import is three
 * phases: everything but the syntax of a large import is made and synced beside what is
 * there; then release by release is handed to the keeper, who records it, and only then
 * the references move; then the syntax is made, and the keeper records what is finished.
 * Whatever stops the first phase leaves the room as it was; what a kill leaves behind is
 * swept at the next start.  The third phase goes on with the next import, or with the
 * order to finish.
 */
#ifndef CARREL_INDEXER_INTAKE_IMPORT_H
#define CARREL_INDEXER_INTAKE_IMPORT_H

#include "indexer/intake/gitdir.h"

/* The keeper's side, as an import sees it. */
struct keeper {
	/* One attachment of the release that follows, in as many pieces as it takes. */
	int (*attach)(void *ctx, const char *name, struct str bytes);
	/* Returns once the keeper has it in the ledger; ERR_* if it has not. */
	int (*record)(void *ctx, const struct import_result *result);
	/* From here on a stop leaves what was recorded whole. */
	void (*settled)(void *ctx);
	void *ctx;
};

/* What the keeper gave along for a rebuild: attachments of a release. */
struct given {
	struct str release;
	struct buf verdicts, odds;
};

struct import {
	int room, source; /* borrowed; source -1: none (rebuild) */
	struct pool *pool;
	struct task *task;
	unsigned worker_layers; /* of the seal, that parsers close themselves */
	struct watch watch;
	struct keeper keeper;
	struct release *releases; /* that the ledger has, oldest first */
	size_t release_count;
	struct given *given;
	size_t given_count;
};

int import_run(struct import *import, const struct work *work) MUST_USE;

#endif
