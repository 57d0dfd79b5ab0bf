/* The index of a pack, version 2, as gitformat-pack(5) has it. */
#ifndef CARREL_INDEXER_INTAKE_PACK_INDEX_H
#define CARREL_INDEXER_INTAKE_PACK_INDEX_H

#include "base/buf.h"
#include "indexer/intake/object.h"

struct pack_place {
	uint8_t id[OID_LEN];
	uint32_t crc; /* of the entry's bytes in the pack */
	uint64_t offset;
	uint8_t sha256[SHA256_LEN]; /* of the object's bytes */
};

/* Sorts the places by id and adds the whole file to `out`. */
int pack_index_write(struct pack_place *places, size_t count, const uint8_t pack_sha[static OID_LEN],
    struct buf *out) MUST_USE;

/* A look at one that is mapped. */
struct pack_index {
	const uint8_t *data;
	size_t len;
	uint32_t count;
};

/* Checks the lengths, the fan-out table and its rise. */
int pack_index_init(struct pack_index *index, const uint8_t *data, size_t len) MUST_USE;
/* *at, if wanted: its place in the order of the index. */
bool pack_index_find(
    const struct pack_index *index, const uint8_t id[static OID_LEN], uint64_t *offset, size_t *at);

#endif
