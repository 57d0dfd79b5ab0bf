/*
 * Words of a release's code that look the same and are not: UTS #39, 4, over the tables of
 * words.  Words of ASCII alone are compared with one another where that is asked for.
 */
#ifndef CARREL_INDEXER_INDEX_SUSPICIOUS_WORDS_H
#define CARREL_INDEXER_INDEX_SUSPICIOUS_WORDS_H

#include "indexer/index/pulse.h"
#include "indexer/index/tree.h"

#define CONFUSABLE_PLACES 64 /* lines of a word that are listed; of one that is ASCII, the first */

/* A line where a word stands that looks like another. */
struct confusable {
	uint32_t entry; /* of the tree */
	uint64_t line;
	struct str word, other; /* other: the first that looks the same */
	uint64_t places; /* lines of the word in all files */
	bool alike;      /* it and all that look the same are of ASCII */
};

struct confusables {
	struct confusable *items; /* by entry, line */
	size_t count, capacity;
	struct arena arena;
};

int confusables_find(const struct tree *tree, struct pulse *pulse, bool alike, struct confusables *out) MUST_USE;
void confusables_release(struct confusables *confusables);

#endif
