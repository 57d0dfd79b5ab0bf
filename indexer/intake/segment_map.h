/*
 * The little that the indexer reads of segments: which blobs are there already, and the
 * text that is to be parsed.  Head and chunk table are checked at the opening, chunks
 * before a section is given out.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_MAP_H
#define CARREL_INDEXER_INTAKE_SEGMENT_MAP_H

#include "base/err.h"
#include "base/segment.h"

struct seg_map {
	const uint8_t *data; /* NULL: not open */
	size_t len;
	struct seg_head head;
	uint8_t *checked; /* a byte for each chunk */
};

/* ERR_ABSENT: no such file; ERR_FORMAT: damaged, or of another kind. */
int seg_map_open(struct seg_map *map, int dir, const uint8_t digest[static SHA256_LEN], enum seg_kind kind) MUST_USE;
void seg_map_close(struct seg_map *map);
/* A section's bytes, checked, and its count; borrowed until the close. */
int seg_map_section(struct seg_map *map, enum seg_section_id id, struct str *bytes, uint64_t *count) MUST_USE;

/* What the head counts of a section, which is not looked into; 0 for one that is not there. */
uint64_t seg_map_count(const struct seg_map *map, enum seg_section_id id);

/* The text of the blobs of a text segment. */
struct seg_texts {
	const struct seg_blob *blobs;
	uint32_t count;
	const uint8_t *blocks;
	const uint64_t *block_ends;
	uint64_t block_count, text_len;
	uint8_t *buffer; /* of the blob asked for last */
	size_t buffer_room;
	uint8_t block[SEG_BLOCK]; /* decompressed last */
	uint64_t block_at;        /* its number + 1; 0: none */
};

int seg_texts_open(struct seg_texts *texts, struct seg_map *map) MUST_USE;
void seg_texts_close(struct seg_texts *texts);
/* Borrowed until the next one; empty for a blob that is not stored. */
int seg_texts_get(struct seg_texts *texts, uint32_t blob, struct str *text) MUST_USE;

#endif
