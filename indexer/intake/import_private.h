/* What import.c and import_finish.c share: an import at work. */
#ifndef CARREL_INDEXER_INTAKE_IMPORT_PRIVATE_H
#define CARREL_INDEXER_INTAKE_IMPORT_PRIVATE_H

#include "indexer/intake/feed.h"
#include "indexer/intake/import.h"

#define TEXT_MAX ((size_t)64 * 1024 * 1024)

/* What goes with a plan once its segments are there. */
struct made {
	struct index_result index;
	bool known;    /* by name and content: nothing to be done */
	bool finished; /* rebuilt whole, where the ledger has it with stand-ins */
};

/* A release of the ledger, this import's included, and its segment now. */
struct held {
	char name[RELEASE_NAME_MAX + 1];
	uint8_t segment[SHA256_LEN];
	bool finished;
};

struct run {
	struct import *import;
	const struct work *work;
	struct gitdir git;
	int index_dir;
	struct store *store;
	struct pack *pack;
	struct index *index;
	struct plans plans;
	struct made *made; /* as many as plans, once there */
	size_t recorded;   /* plans that are through */
	struct held *held; /* oldest first */
	size_t held_count;
	bool published; /* the pack has its name */
};

/* A release that the ledger has from here on, with its segment. */
int import_hold(struct run *run, struct str name, struct str segment) MUST_USE;
/* `known`: with the releases there are, and swept of all else. */
int import_open_index(struct run *run, bool known) MUST_USE;
/* As import_result.segments has it. */
int import_list_segments(const struct index_result *index, struct buf *out) MUST_USE;
int import_attach(const struct run *run, const char *name, struct str bytes) MUST_USE;
/* One release to the keeper, to be recorded or compared. */
int import_hand_over(struct run *run, const struct plan *plan, const struct made *made) MUST_USE;

/* The third phase: what is not complete, record by record; then merges, likewise. */
int import_finish(struct run *run) MUST_USE;
int import_finish_only(struct run *run) MUST_USE;
int import_rebuild(struct run *run) MUST_USE;

#endif
