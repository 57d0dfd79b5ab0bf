#include "indexer/index/candidates.h"

#include "base/mem.h"
#include "indexer/index/bits.h"

#include <stdlib.h>

/* Reading one more blob costs about as much as this many bytes of trigrams' lists. */
#define BLOB_COST 10000

struct table {
	struct segment *text;
	const struct seg_gram *grams;
	uint64_t count;
	size_t words; /* u64s that hold a bit a blob */
	struct arena arena;
};

/* A query with its trigrams found in the table: what it takes to read, and its parts, the cheapest first. */
struct step {
	enum gram_op op;      /* GRAM_AND without parts: the one list at offset */
	uint64_t offset, len; /* in SEG_GRAM_BLOBS */
	unsigned low;         /* bits of a gap that are written as they are */
	uint64_t cost; /* bytes; of an AND those of its cheapest part, which is what it can come down to */
	struct step *parts;
	size_t count;
};

static size_t
bits_count(const uint64_t *bits, size_t words)
{
	size_t count = 0;

	for (size_t i = 0; i < words; i++)
		count += (size_t)__builtin_popcountll(bits[i]);
	return count;
}

/* ---- the plan ---- */

static int
find_list(const struct table *table, uint32_t gram, struct step *out)
{
	uint64_t low = 0, high = table->count;

	*out = (struct step){ .op = GRAM_AND };
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (SEG_GRAM(&table->grams[middle]) < gram)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == table->count || SEG_GRAM(&table->grams[low]) != gram)
		return 0;
	uint64_t total = segment_section(table->text, SEG_GRAM_BLOBS)->length;
	uint64_t end = low + 1 < table->count ? table->grams[low + 1].offset : total;
	out->offset = table->grams[low].offset;
	out->low = SEG_GRAM_LOW(&table->grams[low]);
	if (end < out->offset || out->low > SEG_GRAM_LOW_MAX)
		return segment_damaged(table->text, "list of a trigram");
	out->len = out->cost = end - out->offset;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	return (x->cost > y->cost) - (x->cost < y->cost);
}

static int
plan(struct table *table, const struct gram_query *query, struct step *out)
{
	size_t grams = query->op == GRAM_AND ? query->gram_count : 0;
	int r = 0;

	*out = (struct step){ .op = query->op, .count = grams + query->sub_count };
	out->parts = arena_alloc(&table->arena, (out->count + 1) * sizeof *out->parts);
	for (size_t i = 0; i < grams && r == 0; i++)
		r = find_list(table, query->grams[i], &out->parts[i]);
	for (size_t i = 0; i < query->sub_count && r == 0; i++)
		r = plan(table, query->sub[i], &out->parts[grams + i]);
	if (r < 0 || out->count == 0)
		return r;
	qsort(out->parts, out->count, sizeof *out->parts, compare);
	out->cost = out->parts[0].cost;
	for (size_t i = 1; i < out->count && out->op == GRAM_OR; i++)
		out->cost += out->parts[i].cost;
	return 0;
}

/* ---- and what comes of it ---- */

/* Bits of a list, from the low end of each byte. */
struct gap_bits {
	const uint8_t *at, *end;
	uint64_t held; /* those not taken yet, the next lowest; zeros above */
	unsigned count;
};

static void
gap_bits_fill(struct gap_bits *bits)
{
	uint64_t more;

	if (bits->end - bits->at >= 8 && bits->count <= 56) {
		unsigned bytes = (63 - bits->count) / 8;
		memcpy(&more, bits->at, sizeof more);
		bits->held |= more << bits->count;
		bits->at += bytes;
		bits->count += 8 * bytes;
		bits->held &= ((uint64_t)1 << bits->count) - 1;
		return;
	}
	for (; bits->count <= 56 && bits->at < bits->end; bits->count += 8)
		bits->held |= (uint64_t)*bits->at++ << bits->count;
}

/* 1: how many blobs lie between; 0: nothing but the zeros behind the last code; ERR_FORMAT. */
static int
next_gap(struct gap_bits *bits, unsigned low, uint64_t limit, uint64_t *gap)
{
	uint64_t high = 0;

	if (bits->count < 32)
		gap_bits_fill(bits);
	while (bits->held == 0) {
		high += bits->count;
		bits->count = 0;
		if (bits->at == bits->end)
			return high < 8 ? 0 : ERR_FORMAT;
		gap_bits_fill(bits);
	}
	unsigned zeros = (unsigned)__builtin_ctzll(bits->held);
	high += zeros;
	bits->held = zeros == 63 ? 0 : bits->held >> (zeros + 1);
	bits->count -= zeros + 1;
	if (bits->count < low)
		gap_bits_fill(bits);
	if (bits->count < low || high > limit >> low)
		return ERR_FORMAT;
	*gap = high << low | (bits->held & (((uint64_t)1 << low) - 1));
	bits->held >>= low;
	bits->count -= low;
	return 1;
}

/* Sets the bits of a list. */
static int
read_list(const struct table *table, const struct step *list, uint64_t *bits)
{
	uint64_t blob = 0, gap, blobs = segment_section(table->text, SEG_BLOBS)->count;
	const uint8_t *bytes;

	int r = segment_bytes(table->text, SEG_GRAM_BLOBS, list->offset, list->len, &bytes);
	if (r < 0)
		return r;
	struct gap_bits gaps = { .at = bytes, .end = bytes + list->len };
	while ((r = next_gap(&gaps, list->low, blobs, &gap)) == 1) {
		blob += gap;
		if (blob >= blobs)
			return segment_damaged(table->text, "list of a trigram");
		bit_set(bits, blob++);
	}
	return r < 0 ? segment_damaged(table->text, "list of a trigram") : 0;
}

static int evaluate(struct table *table, const struct step *step, uint64_t *bits);

static int
pass_list(struct table *table, const struct step *list, uint64_t *bits)
{
	uint64_t *these = arena_alloc(&table->arena, (table->words + 1) * sizeof *these);

	int r = list->len > 0 ? read_list(table, list, these) : 0;
	for (size_t i = 0; i < table->words; i++)
		bits[i] &= these[i];
	return r;
}

static int
pass_any(struct table *table, const struct step *step, uint64_t *bits)
{
	size_t bytes = (table->words + 1) * sizeof *bits;
	uint64_t *all = arena_alloc(&table->arena, bytes), *these = arena_alloc(&table->arena, bytes);
	int r = 0;

	for (size_t i = 0; i < step->count && r == 0; i++) {
		const struct step *part = &step->parts[i];
		if (part->op == GRAM_AND && part->count == 1 && part->parts[0].op == GRAM_AND &&
		    part->parts[0].count == 0) {
			r = part->parts[0].len > 0 ? read_list(table, &part->parts[0], all) : 0;
			continue;
		}
		memcpy(these, bits, table->words * sizeof *these);
		r = evaluate(table, part, these);
		for (size_t w = 0; w < table->words; w++)
			all[w] |= these[w];
	}
	for (size_t w = 0; w < table->words; w++)
		bits[w] &= all[w];
	return r;
}

/* Clears the bits of blobs that do not pass; lists that would cost more than they save are not read. */
static int
evaluate(struct table *table, const struct step *step, uint64_t *bits)
{
	int r = 0;

	if (step->op == GRAM_OR)
		return pass_any(table, step, bits);
	for (size_t i = 0; i < step->count && r == 0; i++) {
		const struct step *part = &step->parts[i];
		if (part->op == GRAM_ANY)
			continue;
		if (i > 0 && bits_count(bits, table->words) * BLOB_COST < part->cost)
			break;
		r = part->count == 0 && part->op == GRAM_AND ? pass_list(table, part, bits)
							     : evaluate(table, part, bits);
	}
	return r;
}

int
candidates_find(struct segment *text, const struct gram_query *query, uint64_t *bits, size_t words)
{
	struct table table = {
		.text = text, .count = segment_section(text, SEG_GRAMS)->count, .words = words
	};
	struct step step;

	if (query->op == GRAM_ANY)
		return 0;
	table.grams = segment_elements(text, SEG_GRAMS, 0, table.count);
	if (!table.grams)
		return ERR_FORMAT;
	int r = plan(&table, query, &step);
	if (r == 0)
		r = evaluate(&table, &step, bits);
	arena_release(&table.arena);
	return r;
}
