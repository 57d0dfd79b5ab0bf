/*
 * A segment file, mapped and mistrusted: carrel-segment(5).  Its name is the digest of
 * its head, the head vouches for the table of chunk hashes, and every chunk is hashed
 * before the first byte of it is used.  Nothing outside of a section is ever read.
 * What a chunk says once it is genuine is still checked by those who read it.
 *
 * Threads may share a segment.
 */
#ifndef CARREL_INDEXER_INDEX_SEGMENT_READ_H
#define CARREL_INDEXER_INDEX_SEGMENT_READ_H

#include "base/err.h"
#include "base/segment.h"

#include <stdatomic.h>

enum segment_known { KNOWN_NOT, KNOWN_RIGHT, KNOWN_WRONG };

struct segment {
	char name[HEX_LEN(SHA256_LEN)];
	struct seg_head head;
	const uint8_t *map;
	size_t mapped;          /* bytes of it: the file's own length, whatever its head says */
	const uint8_t *table;   /* chunk hashes */
	size_t chunks;
	_Atomic uint8_t *checked; /* of a chunk: its hash agreed */
	_Atomic uint8_t *known;   /* of a blob of a text segment: whether its git id agrees, enum segment_known */
	uint32_t *suspects;       /* of a blob: its element of SEG_SUSPECTS, and 1; 0: it has none */
};

/* `name` is the digest in hex, a file in `dir`.  ERR_ABSENT if there is none, ERR_FORMAT if its name does not fit. */
int segment_open(int dir, const char *name, enum seg_kind kind, struct segment **out) MUST_USE;
void segment_free(struct segment *segment);

const struct seg_section *segment_section(const struct segment *segment, enum seg_section_id id);
/* Bytes offset..offset+len of a section, verified; borrowed from the map. */
int segment_bytes(struct segment *segment, enum seg_section_id id, uint64_t offset, uint64_t len,
    const uint8_t **out) MUST_USE;
/* Element `index` of a section of fixed-size elements; NULL with the error set if there is none. */
const void *segment_element(struct segment *segment, enum seg_section_id id, uint64_t index);
/* Elements index..index+count of one. */
const void *segment_elements(struct segment *segment, enum seg_section_id id, uint64_t index, uint64_t count);
/* ERR_FORMAT "not served, damaged: segment NAME: what". */
int segment_damaged(const struct segment *segment, const char *what);

#endif
