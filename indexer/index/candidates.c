#include "indexer/index/candidates.h"

#include "base/mem.h"
#include "indexer/index/bits.h"

#include <stdlib.h>

/* What it takes, counted in codes of lists: to look into a blob, to begin a list. */
#define BLOB_COST 4000
#define LIST_COST 200

struct table {
	struct segment *text;
	const struct seg_gram *grams;
	uint64_t count, blobs;
	size_t words; /* u64s that hold a bit a blob */
	struct arena arena;
};

/* A query with its trigrams found in the table: how many blobs pass, about, what it takes to find out, its parts. */
struct step {
	enum gram_op op;      /* GRAM_AND without parts: the one list at offset */
	uint64_t offset, len; /* in SEG_GRAM_BLOBS */
	unsigned low;         /* bits of a gap that are written as they are */
	uint64_t pass;
	uint64_t cost;      /* of an AND that of its first part, which is what it can come down to */
	struct step *parts; /* of an AND those through which least pass first */
	size_t count;
};

/* ---- the plan ---- */

/* A code takes low + 1 bits and its zeros, of which there are about blobs >> low in all. */
static void
estimate(const struct table *table, struct step *list)
{
	if (list->len == 0) {
		list->pass = list->cost = 0;
	} else if (list->low == 0) {
		list->pass = table->blobs * 2 / 3;
		list->cost = LIST_COST + list->len / 32; /* a bit a blob */
	} else {
		uint64_t bits = list->len * 8 << list->low;
		list->pass = bits > table->blobs
		    ? (bits - table->blobs) / (((uint64_t)(list->low + 1) << list->low) - 1) + 1
		    : 1;
		list->cost = LIST_COST + list->pass;
	}
}

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
	out->len = end - out->offset;
	estimate(table, out);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	return (x->pass > y->pass) - (x->pass < y->pass);
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
	out->pass = out->parts[0].pass;
	out->cost = out->parts[0].cost;
	for (size_t i = 1; i < out->count && out->op == GRAM_OR; i++) {
		out->pass += out->parts[i].pass;
		out->cost += out->parts[i].cost;
	}
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

/* Codes without low bits are a bit a blob. */
static bool
read_bits(const struct table *table, const uint8_t *bytes, size_t len, uint64_t *bits)
{
	uint64_t last = bytes[len - 1], word;
	size_t at = 0;

	if (last == 0 || (len - 1) * 8 + (63 - (unsigned)__builtin_clzll(last)) >= table->blobs)
		return false;
	for (; at + sizeof word <= len; at += sizeof word) {
		memcpy(&word, bytes + at, sizeof word);
		bits[at / sizeof word] |= word;
	}
	for (; at < len; at++)
		bits[at / 8] |= (uint64_t)bytes[at] << at % 8 * 8;
	return true;
}

/* Sets the bits of a list. */
static int
read_list(const struct table *table, const struct step *list, uint64_t *bits)
{
	uint64_t blob = 0, gap, blobs = table->blobs;
	const uint8_t *bytes;

	int r = segment_bytes(table->text, SEG_GRAM_BLOBS, list->offset, list->len, &bytes);
	if (r < 0)
		return r;
	if (list->low == 0)
		return read_bits(table, bytes, list->len, bits)
		    ? 0
		    : segment_damaged(table->text, "list of a trigram");
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

/* Whether to look into the blobs that are left costs less than a step that would take some of them away. */
static bool
enough(const struct table *table, const struct step *step, const uint64_t *bits)
{
	uint64_t stay = step->pass < table->blobs ? step->pass : table->blobs, count = 0, most;

	if (stay == table->blobs)
		return true;
	/* at so many, what it takes away costs as much as it does: count * BLOB_COST * (blobs - stay) / blobs */
	most = step->cost * table->blobs / (BLOB_COST * (table->blobs - stay));
	for (size_t i = 0; i < table->words && count <= most; i++)
		if (bits[i] != 0)
			count += (uint64_t)__builtin_popcountll(bits[i]);
	return count <= most;
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
		if (i > 0 && enough(table, part, bits))
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
		.text = text,
		.count = segment_section(text, SEG_GRAMS)->count,
		.blobs = segment_section(text, SEG_BLOBS)->count,
		.words = words,
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
