#include "indexer/index/candidates.h"

#include "base/codec.h"

#include <stdlib.h>

/* Reading one more blob costs about as much as this many entries of a trigram's list. */
#define BLOB_COST 20000

struct table {
	struct segment *text;
	size_t blobs, words; /* bits, and u64s that hold them */
};

/* A trigram's list: its place and bytes in SEG_GRAM_BLOBS. */
struct posting {
	uint64_t offset, len;
};

static uint64_t *
bits_new(const struct table *table)
{
	return mem_alloc((table->words + 1) * sizeof(uint64_t));
}

static size_t
bits_count(const struct table *table, const uint64_t *bits)
{
	size_t count = 0;

	for (size_t i = 0; i < table->words; i++)
		count += (size_t)__builtin_popcountll(bits[i]);
	return count;
}

static void
bits_combine(const struct table *table, uint64_t *bits, const uint64_t *other, bool both)
{
	for (size_t i = 0; i < table->words; i++)
		bits[i] = both ? bits[i] & other[i] : bits[i] | other[i];
}

/* 1 found, 0 not there. */
static int
find_posting(const struct table *table, uint32_t gram, struct posting *out)
{
	uint64_t count = segment_section(table->text, SEG_GRAMS)->count, low = 0, high = count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const struct seg_gram *is = segment_element(table->text, SEG_GRAMS, middle);
		if (!is)
			return ERR_FORMAT;
		if (is->gram < gram)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count)
		return 0;
	const struct seg_gram *is = segment_elements(table->text, SEG_GRAMS, low, low + 1 < count ? 2 : 1);
	if (!is)
		return ERR_FORMAT;
	if (is->gram != gram)
		return 0;
	uint64_t end = low + 1 < count ? is[1].offset : segment_section(table->text, SEG_GRAM_BLOBS)->length;
	if (end < is->offset)
		return segment_damaged(table->text, "list of a trigram");
	*out = (struct posting){ is->offset, end - is->offset };
	return 1;
}

static int
read_posting(const struct table *table, const struct posting *posting, uint64_t *bits)
{
	const uint8_t *bytes;
	uint64_t blob = 0;

	int r = segment_bytes(table->text, SEG_GRAM_BLOBS, posting->offset, posting->len, &bytes);
	if (r < 0)
		return r;
	struct dec dec = { .at = bytes, .end = bytes + posting->len };
	while (dec_more(&dec)) {
		blob += dec_num_max(&dec, UINT32_MAX);
		if (dec.bad || blob >= table->blobs)
			return segment_damaged(table->text, "list of a trigram");
		bit_set(bits, blob);
	}
	return dec.bad ? segment_damaged(table->text, "list of a trigram") : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;
	return (x->len > y->len) - (x->len < y->len);
}

/* Those of `bits` that hold all of the trigrams; lists that would cost more than they save are not read. */
static int
hold_all(const struct table *table, const uint32_t *grams, size_t count, uint64_t *bits)
{
	struct posting *postings = mem_alloc((count + 1) * sizeof *postings);
	uint64_t *these = bits_new(table);
	int r = 1;

	for (size_t i = 0; i < count && r == 1; i++)
		r = find_posting(table, grams[i], &postings[i]);
	if (r == 0)
		memset(bits, 0, table->words * sizeof *bits);
	if (r == 1) {
		r = 0;
		qsort(postings, count, sizeof *postings, compare);
		for (size_t i = 0; i < count && r == 0; i++) {
			if (i > 0 && bits_count(table, bits) * BLOB_COST < postings[i].len)
				break;
			memset(these, 0, table->words * sizeof *these);
			r = read_posting(table, &postings[i], these);
			bits_combine(table, bits, these, true);
		}
	}
	free(postings);
	free(these);
	return r;
}

static int evaluate(const struct table *table, const struct gram_query *query, uint64_t *bits);

/* Those of `bits` that pass any of the queries below. */
static int
pass_any(const struct table *table, const struct gram_query *query, uint64_t *bits)
{
	uint64_t *all = bits_new(table), *these = bits_new(table);
	int r = 0;

	for (size_t i = 0; i < query->sub_count && r == 0; i++) {
		memcpy(these, bits, table->words * sizeof *these);
		r = evaluate(table, query->sub[i], these);
		bits_combine(table, all, these, false);
	}
	memcpy(bits, all, table->words * sizeof *bits);
	free(all);
	free(these);
	return r;
}

/* Clears the bits of blobs that do not pass. */
static int
evaluate(const struct table *table, const struct gram_query *query, uint64_t *bits)
{
	int r = 0;

	if (query->op == GRAM_ANY)
		return 0;
	if (query->op == GRAM_OR)
		return pass_any(table, query, bits);
	if (query->gram_count > 0)
		r = hold_all(table, query->grams, query->gram_count, bits);
	for (size_t i = 0; i < query->sub_count && r == 0; i++)
		r = evaluate(table, query->sub[i], bits);
	return r;
}

/* Bits of all text, and in `scan` of that which is in no table. */
static int
text_blobs(const struct table *table, uint64_t *bits, uint64_t *scan)
{
	for (size_t i = 0; i < table->blobs; i++) {
		const struct seg_blob *blob = segment_element(table->text, SEG_BLOBS, i);
		if (!blob)
			return ERR_FORMAT;
		if (blob->class != SEG_PLAIN_TEXT)
			continue;
		bit_set(bits, i);
		if (blob->flags & SEG_SCAN)
			bit_set(scan, i);
	}
	return 0;
}

int
candidates_find(struct segment *text, const struct gram_query *query, uint64_t **out)
{
	size_t blobs = segment_section(text, SEG_BLOBS)->count;
	struct table table = { text, blobs, (blobs + 63) / 64 };
	uint64_t *bits = bits_new(&table), *scan = bits_new(&table);

	int r = text_blobs(&table, bits, scan);
	if (r == 0)
		r = evaluate(&table, query, bits);
	bits_combine(&table, bits, scan, false);
	free(scan);
	if (r < 0) {
		free(bits);
		return r;
	}
	*out = bits;
	return 0;
}
