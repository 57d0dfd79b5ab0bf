/*
 * The tables of a text segment while it is written, cut into shards that threads fill
 * side by side.  A shard holds what begins with certain bytes, so that the shards'
 * contents, one behind the other, are in order; and a shard is given blobs in order.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_SHARD_H
#define CARREL_INDEXER_INTAKE_SEGMENT_SHARD_H

#include "base/buf.h"
#include "indexer/intake/segment_list.h"

#define GRAM_SHARDS 64
#define WORD_SHARDS 54

static inline unsigned
gram_shard_of(uint32_t gram)
{
	return gram >> 18;
}

/* By the first byte of a word: A-Z, _, a-z, from 128 on. */
static inline unsigned
word_shard_of(uint8_t first)
{
	return first >= 128 ? 53 : first >= 'a' ? first - 'a' + 27u : first == '_' ? 26 : first - 'A' + 0u;
}

/* Trigrams and the blobs that hold them. */
struct gram_shard {
	uint32_t *numbers; /* by the low 18 bits: number of its list + 1; NULL until one is there */
	struct lists lists;
	struct buf entries; /* when finished: struct seg_gram, offsets within data */
	struct buf data;
};

void gram_shard_add(struct gram_shard *shard, uint32_t blob, const uint32_t *grams, size_t count);
/* Fills entries and data, and frees the rest; `blobs` are all in the segment. */
int gram_shard_finish(struct gram_shard *shard, unsigned number, uint32_t blobs) MUST_USE;
void gram_shard_release(struct gram_shard *shard);

/* Words with the lines they stand on. */
struct word_shard {
	struct dictionary words;
	struct lists lists; /* by number of the word */
	uint32_t *order;    /* when finished: numbers in order of words, ... */
	struct buf data;    /* ... and what the lists hold, in that order */
};

/* `lines`: how many, as packed by blob_facts_find. */
void word_shard_add(struct word_shard *shard, uint32_t blob, struct str word, uint32_t hash, struct str lines);
int word_shard_finish(struct word_shard *shard) MUST_USE;
void word_shard_release(struct word_shard *shard);

#endif
