/*
 * Text segments while they are written: carrel-segment(5), "TEXT SEGMENTS".  Blobs come
 * in batches, whose bytes the caller puts into the writer's buffer, and whose tables the
 * threads of the pool fill shard by shard.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_TEXT_H
#define CARREL_INDEXER_INTAKE_SEGMENT_TEXT_H

#include "base/pool.h"
#include "indexer/intake/segment_file.h"
#include "indexer/intake/segment_words.h"

#define TEXT_BYTES ((uint64_t)256 * 1024 * 1024) /* a segment ends with the batch that reaches one of these */
#define TEXT_BLOBS ((size_t)256 * 1024)
#define TEXT_WORDS ((size_t)1024 * 1024)

struct text_writer;

struct text_blob {
	uint8_t id[OID_LEN];
	uint64_t size;
	struct str text; /* in the writer's buffer; empty if it is too large */
	struct blob_facts facts;
};

int text_writer_new(int dir, struct pool *pool, struct text_writer **out) MUST_USE;
/* Where the bytes of the next batch go, one blob's behind the other's. */
int text_writer_buffer(struct text_writer *writer, size_t size, uint8_t **out) MUST_USE;
/* The next batch, whose bytes are all in the buffer. */
int text_writer_add(struct text_writer *writer, const struct text_blob *blobs, size_t count) MUST_USE;
/* One of the segments that are merged into this one ends behind so many blobs.  Without any, it is one itself. */
int text_writer_part(struct text_writer *writer, uint32_t end) MUST_USE;
uint32_t text_writer_count(const struct text_writer *writer);
bool text_writer_full(const struct text_writer *writer);
/* What the pool does at the end.  Then text_writer_end may go on on another thread while the next writer is filled. */
int text_writer_settle(struct text_writer *writer) MUST_USE;
/* As seg_file_end.  Frees `writer` whatever happens, as does text_writer_free. */
int text_writer_end(
    struct text_writer *writer, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;
void text_writer_free(struct text_writer *writer); /* NULL is fine */

#endif
