/* Text segments while they are written: carrel-segment(5), "TEXT SEGMENTS". */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_TEXT_H
#define CARREL_INDEXER_INTAKE_SEGMENT_TEXT_H

#include "base/pool.h"
#include "indexer/intake/segment_file.h"
#include "indexer/intake/segment_words.h"

#define TEXT_BYTES ((uint64_t)256 * 1024 * 1024) /* a segment ends behind the blob that reaches one of these */
#define TEXT_BLOBS ((size_t)1024 * 1024)
#define TEXT_WORDS ((size_t)2 * 1024 * 1024)

struct text_writer;

struct text_blob {
	uint8_t id[OID_LEN];
	uint64_t size;
	struct str text;                 /* borrowed for the call; empty if it is too large */
	const struct blob_facts *facts; /* borrowed for the call */
};

int text_writer_new(int dir, struct pool *pool, struct text_writer **out) MUST_USE;
int text_writer_add(struct text_writer *writer, const struct text_blob *blob) MUST_USE;
uint32_t text_writer_count(const struct text_writer *writer);
bool text_writer_full(const struct text_writer *writer);
/* As seg_file_end.  Frees `writer` whatever happens, as does text_writer_free. */
int text_writer_end(
    struct text_writer *writer, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;
void text_writer_free(struct text_writer *writer); /* NULL is fine */

#endif
