/*
 * What is left of a piece of source when its layout, or its comments too, are left out:
 * digests that agree where only these differ.  What is comment or string goes by the
 * highlight spans.  In languages in which indentation means something it stays.
 */
#ifndef CARREL_INDEXER_INDEX_ESSENCE_H
#define CARREL_INDEXER_INDEX_ESSENCE_H

#include "base/digest.h"
#include "indexer/index/text.h"

struct essence {
	uint8_t code[SHA256_LEN];    /* without comments and layout */
	uint8_t all[SHA256_LEN];     /* without layout */
	uint8_t unnamed[SHA256_LEN]; /* as code, with every word that is `name` made the same */
	size_t code_bytes;
};

struct stretch {
	struct str text; /* the blob's */
	uint64_t from, to; /* whole lines */
	unsigned language;
	struct str name; /* of what the piece defines, or empty */
};

/* `spans` from span_walk_begin() for the same blob, asked in rising order. */
void essence_find(struct essence *essence, const struct stretch *piece, struct span_walk *spans);

enum difference { DIFFERENT, DIFFERENT_FORMATTING, DIFFERENT_COMMENT };

/* Of texts that are not the same. */
enum difference essence_compare(const struct essence *a, const struct essence *b);
const char *difference_word(enum difference difference); /* "none", "formatting", "comment" */

#endif
