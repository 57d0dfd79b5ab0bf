/*
 * Which files differ between two releases, as `git diff --raw -M` has it: added, removed,
 * changed, mode; and of what was added and removed the pairs that are one file under a new
 * name.  Those with the same bytes first; then those with the same last component that are
 * alike to 75 %; then the most alike, 50 % at least.  Likeness is the share of bytes, in
 * lines or pieces of 64, that the larger text has from the other.
 */
#ifndef CARREL_INDEXER_INDEX_RELDIFF_H
#define CARREL_INDEXER_INDEX_RELDIFF_H

#include "indexer/index/pulse.h"
#include "indexer/index/tree.h"

#define RENAME_PAIRS ((size_t)1000 * 1000) /* pairs that are held against one another at most */
#define RENAME_SIZE ((uint64_t)8 * 1024 * 1024) /* bytes of a file that is held against others */

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED, CHANGE_MODE, CHANGE_RENAMED };

struct change {
	enum change_kind kind;
	const struct entry *old, *new; /* NULL where there is none */
	unsigned score;                /* renamed: per cent of likeness */
};

struct reldiff {
	const struct tree *old, *new;
	struct text_reader *reader;
	struct pulse *pulse;
	/* result */
	struct change *changes; /* in the order of paths, of the new one where there is one */
	size_t count;
	bool capped; /* too many files to look for renames among all of them */
};

int reldiff_run(struct reldiff *diff) MUST_USE; /* with the first four set */
void reldiff_release(struct reldiff *diff);
const char *change_word(enum change_kind kind);

#endif
