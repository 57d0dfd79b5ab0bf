/*
 * What one blob brings to a text segment: its lines, trigrams and words, found without
 * regard to any other blob, so that threads can share the work.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_WORDS_H
#define CARREL_INDEXER_INTAKE_SEGMENT_WORDS_H

#include "base/suspect.h"
#include "indexer/intake/lexer.h"
#include "indexer/intake/segment_shard.h"

#define WORDS_MAX 131072 /* trigrams or words of a blob beyond which it is in their table no more */

#define WORDS_BYTES ((size_t)64 * 1024 * 1024) /* of a blob beyond which it is in that of words no more */

struct blob_word {
	uint32_t start, hash; /* of its first occurrence in the text */
	uint16_t len;
	uint32_t data, data_len; /* in words_data: how many lines, the lines */
};

struct blob_facts {
	enum seg_class class;
	enum seg_language language;
	bool scan, beyond, wordless; /* SEG_SCAN, SEG_BEYOND, SEG_WORDLESS */
	uint32_t suspects[SUSPECT_END]; /* by class */
	uint32_t lines;
	uint32_t *line_offsets; /* of lines 65, 129, ... */
	uint32_t *grams; /* by shard, in no other order */
	uint32_t gram_ends[GRAM_SHARDS];
	struct blob_word *words; /* likewise */
	uint32_t word_ends[WORD_SHARDS];
	uint8_t *words_data;
	uint64_t line_count; /* in words_data */
};

/* Memory of one thread, used again for each blob. */
struct word_scratch;

struct word_scratch *word_scratch_new(void);
void word_scratch_free(struct word_scratch *scratch);
/* Fills `facts`, which is the caller's to release; `language`: what it is if it is text. */
void blob_facts_find(
    struct blob_facts *facts, struct word_scratch *scratch, enum seg_language language, struct str text);
void blob_facts_release(struct blob_facts *facts);

#endif
