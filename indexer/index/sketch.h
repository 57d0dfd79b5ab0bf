/* What a text is made of, regardless of order: how alike two files are.  Pure. */
#ifndef CARREL_INDEXER_INDEX_SKETCH_H
#define CARREL_INDEXER_INDEX_SKETCH_H

#include "base/str.h"

struct sketch {
	struct sketch_piece {
		uint32_t hash;
		uint32_t bytes; /* of all pieces with that hash */
	} *pieces;         /* rising by hash */
	size_t count;
	uint64_t size;
};

void sketch_init(struct sketch *sketch, struct str text);
void sketch_release(struct sketch *sketch);
/* Per cent of the larger text's bytes that the other has too; 100 only if all of both. */
unsigned sketch_likeness(const struct sketch *a, const struct sketch *b);

#endif
