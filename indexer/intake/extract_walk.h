/* From a syntax tree to symbols, uses and spans, by the tables of a grammar. */
#ifndef CARREL_INDEXER_INTAKE_EXTRACT_WALK_H
#define CARREL_INDEXER_INTAKE_EXTRACT_WALK_H

#include "indexer/intake/grammar.h"
#include "indexer/intake/parsed.h"

struct extract_limits {
	uint32_t depth;
	uint64_t nodes;
	/* Asked now and then; true: stop. */
	bool (*late)(void *ctx);
	void *ctx;
};

/* SEG_WHY_NONE, or the limit that was met. */
enum seg_why extract_walk(const struct grammar_table *table, enum seg_language language, const TSTree *tree,
    struct str text, const struct extract_limits *limits, struct parsed *out);

#endif
