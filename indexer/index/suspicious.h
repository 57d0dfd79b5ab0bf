/*
 * Going over the files of a release for what is not what it seems (base/suspect.h): the
 * bytes of those that hold anything beyond plain ASCII, several at once, in path order.
 */
#ifndef CARREL_INDEXER_INDEX_SUSPICIOUS_H
#define CARREL_INDEXER_INDEX_SUSPICIOUS_H

#include "base/suspect.h"
#include "indexer/index/job.h"

#define FOUND_MAX 256 /* places of a file that are kept; all are counted */

struct found {
	struct suspect is;
	enum text_in in;
	struct str shown; /* as an eye should have it, cut where it is long */
	struct str why;   /* of a word: its scripts */
};

struct suspicious_file {
	const struct entry *entry;
	struct blob blob;
	struct found *found;
	size_t count, capacity;
	uint64_t total; /* places, those not kept too */
	const char *encoding; /* where it is none of UTF-8; NULL */
	/* inside */
	struct buf shown;
};

/*
 * Calls `visit` for every regular file of the tree whose path matches the glob (empty: all), in path order, for
 * those without anything too; what it is given is borrowed.
 */
int suspicious_survey(struct job *job, const struct tree *tree, struct str glob,
    int (*visit)(void *ctx, const struct suspicious_file *file), void *ctx) MUST_USE;

#endif
