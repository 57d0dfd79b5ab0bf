/*
 * Blobs of a text segment: what they are, their bytes, their lines; and the highlight
 * spans that the syntax segment beside it has for them.
 */
#ifndef CARREL_INDEXER_INDEX_TEXT_H
#define CARREL_INDEXER_INDEX_TEXT_H

#include "base/buf.h"
#include "base/span.h"
#include "indexer/index/segment_read.h"

/* A blob in its segments. */
struct blob {
	struct segment *text, *syntax;
	uint32_t number;
	struct seg_blob is;
};

/* ERR_FORMAT if there is no such blob, or what is said of it cannot be. */
int blob_get(struct segment *text, struct segment *syntax, uint64_t number, struct blob *out) MUST_USE;
/* Whether it begins in the block of text in which the other ends. */
bool blob_follows(const struct blob *before, const struct blob *blob);
bool blob_stored(const struct blob *blob);
void blob_hex(const struct blob *blob, char out[static HEX_LEN(OID_LEN)]);
int blob_state(const struct blob *blob, struct seg_state *out) MUST_USE;

/* Reads blobs, keeping the block it unpacked last; one a thread.  Zero-initialise. */
struct text_reader {
	struct block_cache {
		struct segment *segment;
		uint64_t block;
		uint8_t *bytes;
		size_t len;  /* bytes of it that are unpacked */
	} text, spans;
	bool whole_blocks; /* set by the caller: the next to be read begins in the block in which this ends */
	struct buf whole;
	struct buf packed; /* span data of a blob */
	void *zstd;
};

void text_reader_release(struct text_reader *reader);

/* Bytes from..from+len of the blob; borrowed until the next call. */
int text_read(struct text_reader *reader, const struct blob *blob, uint64_t from, uint64_t len,
    struct str *out) MUST_USE;
int text_whole(struct text_reader *reader, const struct blob *blob, struct str *out) MUST_USE;
/* Where line `line` (from 1; one past the last: the end) begins. */
int text_line_start(struct text_reader *reader, const struct blob *blob, uint64_t line, uint64_t *offset) MUST_USE;
/* Line `line` without its newline, at most `max` bytes of it; its whole length in *len. */
int text_line(struct text_reader *reader, const struct blob *blob, uint64_t line, size_t max, struct str *out,
    uint64_t *len) MUST_USE;
/*
 * Whether the bytes are what the blob's id says; read through once a session.  One of more than
 * TEXT_CHECK_MAX bytes rests on its chunks' hashes alone; of one with more than TEXT_CHECK_SOON
 * the first page goes out on these, and its end only when the id is found to be right.
 */
#define TEXT_CHECK_MAX ((uint64_t)16 * 1024 * 1024)
#define TEXT_CHECK_SOON ((uint64_t)1024 * 1024)
bool text_check_waits(const struct blob *blob); /* until the first page is out */
int text_check(struct text_reader *reader, const struct blob *blob) MUST_USE;

/* All spans of the blob, to be read by span_decode(); borrowed until the next call. */
int text_spans(struct text_reader *reader, const struct blob *blob, struct dec *out) MUST_USE;
/* Those of the stretch from..from+len, cut and moved to it, as a row's SPANS. */
int text_spans_cut(struct text_reader *reader, const struct blob *blob, uint64_t from, uint64_t len,
    struct buf *out) MUST_USE;

/* The same for stretches one behind the other; the reader's spans stay those of this blob meanwhile. */
struct span_feed {
	struct dec dec;
	uint64_t end;
	struct span span; /* the one read last, with len 0 before the first */
};

int span_feed_begin(struct span_feed *feed, struct text_reader *reader, const struct blob *blob) MUST_USE;
int span_feed_cut(struct span_feed *feed, uint64_t from, uint64_t len, struct buf *out) MUST_USE;

/* Walks spans along rising offsets and says what is there: code, comment or string. */
struct span_walk {
	struct dec dec;
	uint64_t end;
	struct span span;
	bool none;    /* no further span */
	bool pending; /* the spans are not there yet */
};

int span_walk_begin(struct span_walk *walk, struct text_reader *reader, const struct blob *blob) MUST_USE;
enum text_in { IN_CODE, IN_COMMENT, IN_STRING, IN_UNKNOWN /* not yet */ };
enum text_in span_walk_at(struct span_walk *walk, uint64_t offset);
/* Asked for an offset, where what it is there ends at the latest. */
uint64_t span_walk_end(const struct span_walk *walk, uint64_t offset);
struct str text_in_word(enum text_in in);

#endif
