/* Two releases side by side, file by file: what the answers to all comparisons have in common. */
#ifndef CARREL_INDEXER_INDEX_SIDES_H
#define CARREL_INDEXER_INDEX_SIDES_H

#include "indexer/index/job.h"
#include "indexer/index/reldiff.h"

/* One side of a comparison of files. */
struct side {
	const struct tree *tree;
	const struct entry *entry; /* NULL: not on this side */
	struct blob blob;
	struct text_reader reader;
	struct str text;
	struct span_feed feed;
	char hex[HEX_LEN(OID_LEN)];
};

/* RELEASE: "OLD NEW". */
int sides_trees(struct job *job, struct str names[2], const struct tree *trees[2]) MUST_USE;
/* The text of an entry of side->tree, or the empty one where there is none; false if there is one without text. */
int side_load(struct side *side, const struct entry *entry, bool *comparable) MUST_USE;
void sides_release(struct side sides[2]);
bool change_in_glob(struct str glob, const struct change *change);

#endif
