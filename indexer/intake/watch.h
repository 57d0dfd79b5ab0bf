/* What long work tells its peer, and asks it: progress ten times a second at most, and whether to stop. */
#ifndef CARREL_INDEXER_INTAKE_WATCH_H
#define CARREL_INDEXER_INTAKE_WATCH_H

#include "base/message.h"

struct watch {
	/* Sends; fails with ERR_CANCELLED when the peer wants no more or is gone. */
	int (*report)(void *ctx, const struct progress *progress);
	void *ctx;
	uint64_t last_ms; /* of the report before; 0: none */
};

/* Cheap enough for every file.  total 0: unknown.  The words are literals or outlive the call. */
int watch_tick(struct watch *watch, uint64_t done, uint64_t total, const char *unit, const char *what) MUST_USE;
/* A report now, whatever the time: at the beginning of a stage. */
int watch_stage(struct watch *watch, uint64_t total, const char *unit, const char *what) MUST_USE;

#endif
