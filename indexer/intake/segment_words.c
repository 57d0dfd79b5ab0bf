#include "indexer/intake/segment_words.h"

#include "base/mem.h"
#include "base/suspect.h"
#include "indexer/intake/segment_list.h"

#include <stdlib.h>

#define SLOTS ((size_t)4 * WORDS_MAX)
#define LINES_LOOK 255 /* bytes in which newlines are counted at once */
#define BITS_ASCII 7   /* a byte: the bits of all trigrams of ASCII are 256 KiB, near the processor */

struct occurrence {
	uint32_t word, line;
};

struct found_word {
	uint32_t start, hash, last_line, count;
	uint16_t len;
};

struct word_scratch {
	uint64_t *seen, *seen_ascii; /* a bit for each trigram; between blobs those with a newline are set */
	uint32_t *grams;
	struct found_word *words;
	uint32_t *slots; /* number of a word + 1 */
	size_t mask;     /* of the slots that the text at hand needs: few are near the processor */
	struct occurrence *occurrences;
	size_t occurrence_count, occurrence_room;
	uint32_t *ordered;
	size_t ordered_room;
};

/* The bits of 64 trigrams, numbers of `bits` a byte, in which a newline is. */
static inline uint64_t
newline_bits(size_t word, unsigned bits)
{
	size_t gram = word << 6, byte = ((size_t)1 << bits) - 1;

	if ((gram >> bits & byte) == '\n' || gram >> 2 * bits == '\n')
		return UINT64_MAX;
	return gram & byte ? 0 : (uint64_t)1 << '\n';
}

static uint64_t *
seen_new(unsigned bits)
{
	size_t words = (size_t)1 << (3 * bits - 6);
	uint64_t *seen = mem_alloc(words * sizeof *seen);

	for (size_t i = 0; i < words; i++)
		seen[i] = newline_bits(i, bits);
	return seen;
}

struct word_scratch *
word_scratch_new(void)
{
	struct word_scratch *scratch = mem_new(struct word_scratch);

	scratch->seen = seen_new(8);
	scratch->seen_ascii = seen_new(BITS_ASCII);
	scratch->grams = mem_alloc((WORDS_MAX + 1) * sizeof *scratch->grams);
	scratch->words = mem_alloc((WORDS_MAX + 1) * sizeof *scratch->words);
	scratch->slots = mem_alloc(SLOTS * sizeof *scratch->slots);
	return scratch;
}

void
word_scratch_free(struct word_scratch *scratch)
{
	if (!scratch)
		return;
	free(scratch->seen);
	free(scratch->seen_ascii);
	free(scratch->grams);
	free(scratch->words);
	free(scratch->slots);
	free(scratch->occurrences);
	free(scratch->ordered);
	free(scratch);
}

void
blob_facts_release(struct blob_facts *facts)
{
	free(facts->line_offsets);
	free(facts->grams);
	free(facts->words);
	free(facts->words_data);
	*facts = (struct blob_facts){ 0 };
}

static enum seg_class
class_of(struct str text)
{
	if (str_starts(text, STR("\xfe\xff")) || str_starts(text, STR("\xff\xfe")))
		return SEG_UTF16;
	size_t look = text.len < SEG_BINARY_LOOK ? text.len : SEG_BINARY_LOOK;
	return look && memchr(text.data, '\0', look) ? SEG_BINARY : SEG_PLAIN_TEXT;
}

static size_t
count_newlines(const char *at, size_t len)
{
	uint8_t count = 0; /* at most LINES_LOOK of them */

	for (size_t i = 0; i < len; i++)
		count += at[i] == '\n';
	return count;
}

/* Offsets of lines SEG_LINE_STEP + 1, 2 * SEG_LINE_STEP + 1, ...: where none begins newlines are only counted. */
static void
find_lines(struct blob_facts *facts, struct str text)
{
	size_t room = 0, count = 0, lines = 0;

	for (size_t at = 0, len; at < text.len; at += len) {
		len = text.len - at < LINES_LOOK ? text.len - at : LINES_LOOK;
		size_t more = count_newlines(text.data + at, len);
		if (lines % SEG_LINE_STEP + more < SEG_LINE_STEP) {
			lines += more;
			continue;
		}
		for (size_t i = at; i < at + len; i++) {
			lines += text.data[i] == '\n';
			if (text.data[i] != '\n' || lines % SEG_LINE_STEP || i + 1 == text.len)
				continue;
			if (count == room) {
				room = room ? 2 * room : 16;
				facts->line_offsets =
				    mem_grow(facts->line_offsets, room, sizeof *facts->line_offsets);
			}
			facts->line_offsets[count++] = (uint32_t)(i + 1);
		}
	}
	facts->lines = (uint32_t)(lines + (text.len && text.data[text.len - 1] != '\n'));
}

/* Counts become where each shard's first goes, which moves to its end as they are put there. */
static void
starts_of(uint32_t *ends, size_t shards)
{
	uint32_t total = 0;

	for (size_t i = 0; i < shards; i++) {
		uint32_t count = ends[i];
		ends[i] = total;
		total += count;
	}
}

static bool
is_ascii(struct str text)
{
	const char *at = text.data, *end = at + text.len;
	uint64_t eight, all = 0;

	for (; end - at >= 8; at += 8) {
		memcpy(&eight, at, 8);
		all |= eight;
	}
	for (; at < end; at++)
		all |= (uint8_t)*at;
	return (all & 0x8080808080808080u) == 0;
}

/*
 * The new ones of a text, as numbers of `bits` a byte.  Which are cannot be guessed, so each is put down and counts or
 * does not; and those with a newline are none, for their bits are set.
 */
static inline size_t
find_new(uint64_t *seen, uint32_t *grams, struct str text, unsigned bits)
{
	const uint8_t *at = (const uint8_t *)text.data, *end = at + text.len, *stop;
	uint32_t gram = '\n', mask = ((uint32_t)1 << 3 * bits) - 1;
	size_t count = 0;

	for (gram |= gram << bits; at < end && count <= WORDS_MAX;) {
		size_t room = WORDS_MAX + 1 - count;
		for (stop = (size_t)(end - at) < room ? end : at + room; at < stop; at++) {
			gram = (gram << bits | *at) & mask;
			uint64_t *bit = &seen[gram >> 6], before = *bit;
			grams[count] = gram;
			count += ~(before >> (gram & 63)) & 1;
			*bit = before | (uint64_t)1 << (gram & 63);
		}
	}
	for (size_t i = 0; i < count; i++)
		seen[grams[i] >> 6] = newline_bits(grams[i] >> 6, bits);
	return count;
}

static size_t
find_ascii(struct word_scratch *scratch, struct str text)
{
	size_t count = find_new(scratch->seen_ascii, scratch->grams, text, BITS_ASCII);

	for (size_t i = 0; i < count; i++) {
		uint32_t gram = scratch->grams[i];
		scratch->grams[i] = (gram >> 14) << 16 | (gram >> 7 & 127) << 8 | (gram & 127);
	}
	return count;
}

/* Distinct trigrams without a newline; false if there are too many. */
static bool
find_grams(struct blob_facts *facts, struct word_scratch *scratch, struct str text)
{
	size_t count =
	    is_ascii(text) ? find_ascii(scratch, text) : find_new(scratch->seen, scratch->grams, text, 8);

	if (count > WORDS_MAX)
		return false;
	facts->grams = mem_alloc((count + 1) * sizeof *facts->grams);
	for (size_t i = 0; i < count; i++)
		facts->gram_ends[gram_shard_of(scratch->grams[i])]++;
	starts_of(facts->gram_ends, GRAM_SHARDS);
	for (size_t i = 0; i < count; i++)
		facts->grams[facts->gram_ends[gram_shard_of(scratch->grams[i])]++] = scratch->grams[i];
	return true;
}

/* The number of a word in the scratch, a new one if need be. */
static size_t
word_number(struct word_scratch *scratch, size_t *count, struct str text, const struct lex_token *token)
{
	uint32_t hash = dictionary_hash(text.data + token->start, token->len);
	size_t slot = hash & scratch->mask;

	for (; scratch->slots[slot]; slot = (slot + 1) & scratch->mask) {
		const struct found_word *word = &scratch->words[scratch->slots[slot] - 1];
		if (word->hash == hash && word->len == token->len &&
		    same_word(text.data + word->start, text.data + token->start, token->len))
			return scratch->slots[slot] - 1;
	}
	scratch->words[*count] =
	    (struct found_word){ .start = (uint32_t)token->start, .hash = hash, .len = (uint16_t)token->len };
	scratch->slots[slot] = (uint32_t)++ * count;
	return *count - 1;
}

static void
add_occurrence(struct word_scratch *scratch, size_t word, uint32_t line)
{
	if (scratch->occurrence_count == scratch->occurrence_room) {
		scratch->occurrence_room = scratch->occurrence_room ? 2 * scratch->occurrence_room : 4096;
		scratch->occurrences =
		    mem_grow(scratch->occurrences, scratch->occurrence_room, sizeof *scratch->occurrences);
	}
	scratch->occurrences[scratch->occurrence_count++] = (struct occurrence){ (uint32_t)word, line };
}

/* Words and the lines on which each stands; the number of words, WORDS_MAX + 1 if there are too many. */
static size_t
find_occurrences(struct word_scratch *scratch, enum seg_language language, struct str text)
{
	struct lexer lexer;
	struct lex_token token;
	size_t count = 0;

	scratch->occurrence_count = 0;
	/* a word takes two bytes, one of them behind it */
	for (scratch->mask = 1023; scratch->mask < SLOTS - 1 && scratch->mask <= text.len / 2;)
		scratch->mask = 2 * scratch->mask + 1;
	lexer_init(&lexer, language, text);
	while (count <= WORDS_MAX && lexer_next(&lexer, &token)) {
		if (token.kind != LEX_WORD || token.len > SEG_NAME_MAX)
			continue;
		size_t number = word_number(scratch, &count, text, &token);
		struct found_word *word = &scratch->words[number];
		if (word->last_line == token.line)
			continue;
		word->last_line = token.line;
		word->count++;
		add_occurrence(scratch, number, token.line);
	}
	for (size_t i = 0; i < count; i++) {
		size_t slot = scratch->words[i].hash & scratch->mask;
		while (scratch->slots[slot]) {
			scratch->slots[slot] = 0;
			slot = (slot + 1) & scratch->mask;
		}
	}
	return count;
}

/* Brings the lines of each word together, in order. */
static void
order_occurrences(struct word_scratch *scratch, size_t count)
{
	if (scratch->ordered_room < scratch->occurrence_count) {
		scratch->ordered_room = scratch->occurrence_room;
		scratch->ordered =
		    mem_grow(scratch->ordered, scratch->ordered_room, sizeof *scratch->ordered);
	}
	for (size_t i = 0, at = 0; i < count; i++) {
		scratch->words[i].last_line = (uint32_t)at; /* from here on: where its next line goes */
		at += scratch->words[i].count;
	}
	for (size_t i = 0; i < scratch->occurrence_count; i++) {
		struct found_word *word = &scratch->words[scratch->occurrences[i].word];
		scratch->ordered[word->last_line++] = scratch->occurrences[i].line;
	}
}

static unsigned
shard_of(struct str text, const struct found_word *word)
{
	return word_shard_of((uint8_t)text.data[word->start]);
}

static void
encode_words(struct blob_facts *facts, const struct word_scratch *scratch, size_t count, struct str text)
{
	size_t len = 0, at = 0;

	facts->words = mem_alloc((count + 1) * sizeof *facts->words);
	facts->words_data = mem_alloc((scratch->occurrence_count + count) * 5 + CODEC_NUM_MAX);
	for (size_t i = 0; i < count; i++)
		facts->word_ends[shard_of(text, &scratch->words[i])]++;
	starts_of(facts->word_ends, WORD_SHARDS);
	for (size_t i = 0; i < count; i++) {
		const struct found_word *word = &scratch->words[i];
		uint32_t last = 0, start = (uint32_t)len;
		len += enc_num_raw(facts->words_data + len, word->count);
		for (size_t k = 0; k < word->count; k++, at++) {
			len += enc_num_raw(facts->words_data + len, scratch->ordered[at] - last);
			last = scratch->ordered[at];
		}
		facts->words[facts->word_ends[shard_of(text, word)]++] =
		    (struct blob_word){ word->start, word->hash, word->len, start, (uint32_t)len - start };
	}
	facts->words_data = mem_grow(facts->words_data, len + 1, 1);
	facts->line_count = scratch->occurrence_count;
}

void
blob_facts_find(
    struct blob_facts *facts, struct word_scratch *scratch, enum seg_language language, struct str text)
{
	*facts = (struct blob_facts){ .class = class_of(text) };
	find_lines(facts, text);
	facts->beyond = facts->class == SEG_PLAIN_TEXT && suspect_possible(text);
	if (facts->beyond || facts->class != SEG_PLAIN_TEXT)
		suspect_count(text, facts->beyond, facts->suspects);
	if (facts->class != SEG_PLAIN_TEXT)
		return;
	facts->language = language;
	facts->scan = !find_grams(facts, scratch, text);
	if (facts->scan)
		return;
	size_t count =
	    text.len > WORDS_BYTES ? WORDS_MAX + 1 : find_occurrences(scratch, facts->language, text);
	if (count > WORDS_MAX) {
		facts->wordless = true;
		return;
	}
	order_occurrences(scratch, count);
	encode_words(facts, scratch, count, text);
}
