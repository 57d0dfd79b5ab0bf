/*
 * The sorted, front-coded lists of a segment: words (SEG_NAMES, one value each) and
 * symbols (SEG_SYMBOLS, two).  A value is a number of bytes of the string's data.
 */
#ifndef CARREL_INDEXER_INDEX_SEGMENT_LIST_H
#define CARREL_INDEXER_INDEX_SEGMENT_LIST_H

#include "base/codec.h"
#include "indexer/index/segment_read.h"

struct list {
	struct segment *segment;
	enum seg_section_id strings, groups, data;
	enum seg_section_id ends; /* of the blocks of strings */
	unsigned values; /* 1 or 2 */
	bool lz4;        /* how blocks are packed; else zstd */
};

struct list list_of_words(struct segment *text);
struct list list_of_symbols(struct segment *syntax);

/* Walks the strings in order; `name`, `number` and the data of the string that stands. */
struct cursor {
	struct list list;
	uint64_t number;  /* of the string, from 0 */
	uint64_t next;    /* the string that is read next */
	struct dec group; /* rest of the group */
	uint64_t data;    /* offset of the data of the next string */
	struct str name;  /* borrowed from bytes */
	struct str value[2]; /* data of the string, borrowed from the segment; filled by cursor_data */
	uint64_t lengths[2];
	char bytes[SEG_NAME_MAX];
	size_t len;
	uint64_t block; /* that is unpacked, + 1; 0: none */
	size_t block_len;
	uint8_t unpacked[SEG_NAME_BLOCK_MAX];
};

/* Stands before the first string that is not less than `from`. */
int cursor_seek(struct cursor *cursor, struct list list, struct str from) MUST_USE;
/* Stands before string `number`, which may be past the last. */
int cursor_at(struct cursor *cursor, struct list list, uint64_t number) MUST_USE;
/* The same for one that is zero or has been used: the block that it has unpacked is not unpacked again. */
int cursor_move(struct cursor *cursor, struct list list, uint64_t number) MUST_USE;
/* 1: stands at the next string; 0: there is none. */
int cursor_next(struct cursor *cursor) MUST_USE;
/* Fills value[] for the string that stands. */
int cursor_data(struct cursor *cursor) MUST_USE;
/*
 * The next blob in a string's data, and how many places follow for it; false at the end, or where dec->bad.  *blob is
 * 0 before the first.
 */
bool data_next(struct dec *dec, uint64_t blobs, uint64_t *blob, uint64_t *count);
/* The string `name` itself: 1 found, with its data; 0 not. */
int list_find(struct list list, struct str name, struct cursor *cursor) MUST_USE;

#endif
