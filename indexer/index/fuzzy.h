/* Fuzzy matching of names: all letters of the pattern, in order, with others between. Pure. */
#ifndef CARREL_INDEXER_INDEX_FUZZY_H
#define CARREL_INDEXER_INDEX_FUZZY_H

#include "base/str.h"

#define FUZZY_MAX 64 /* bytes of a pattern that count */

struct fuzzy {
	size_t count;
	char letters[FUZZY_MAX];
	char folded[256]; /* by byte: capitals are small, unless the pattern has one */
};

void fuzzy_init(struct fuzzy *fuzzy, struct str pattern);
/*
 * Whether `text` holds the pattern, and how well: letters at the start of words and in a
 * row score, gaps and length cost.  ASCII case is ignored unless the pattern has a capital.
 */
bool fuzzy_score(const struct fuzzy *fuzzy, struct str text, int *score);

struct fuzzy_hit {
	int score;
	size_t index;
};

/* The best `limit` hits seen, in any order until fuzzy_sort.  `hits` has room for 2 * limit. */
struct fuzzy_best {
	struct fuzzy_hit *hits;
	size_t count, limit;
};

void fuzzy_add(struct fuzzy_best *best, int score, size_t index);
void fuzzy_sort(struct fuzzy_best *best); /* best first, then by index; at most limit */

#endif
