#include "indexer/intake/segment_shard.h"

#include "base/mem.h"

#include <endian.h>
#include <stdlib.h>

#define SHARD_GRAMS ((size_t)1 << 18)

/* ---- trigrams ---- */

void
gram_shard_add(struct gram_shard *shard, uint32_t blob, const uint32_t *grams, size_t count)
{
	if (count && !shard->numbers)
		shard->numbers = mem_alloc(SHARD_GRAMS * sizeof *shard->numbers);
	for (size_t i = 0; i < count; i++) {
		uint32_t *number = &shard->numbers[grams[i] & (SHARD_GRAMS - 1)];
		if (*number == 0)
			*number = lists_new(&shard->lists) + 1;
		struct list *list = &shard->lists.items[*number - 1];
		/* the gap to the one before, where -1 is before the first */
		uint32_t gap = list->bytes ? blob - list->last : blob + 1;
		list->last = blob;
		list->count++;
		lists_num(&shard->lists, *number - 1, gap);
	}
}

struct bits {
	uint64_t held;
	unsigned count; /* of them, fewer than 8 */
	uint8_t *at;    /* has room for 8 bytes */
};

/* At most 56. */
static inline void
put_bits(struct bits *bits, uint64_t value, unsigned count)
{
	bits->held |= value << bits->count;
	bits->count += count;
	uint64_t out = htole64(bits->held);
	memcpy(bits->at, &out, sizeof out);
	bits->at += bits->count / 8;
	bits->held >>= bits->count & ~7u;
	bits->count &= 7;
}

/* Rice codes: a gap less 1 as its upper bits in so many zeros and a one, then its `low` low bits. */
static inline void
put_gap(struct bits *bits, uint64_t gap, unsigned low)
{
	uint64_t zeros = (gap - 1) >> low, rest = (gap - 1) & (((uint64_t)1 << low) - 1);

	for (; zeros > 24; zeros -= 24)
		put_bits(bits, 0, 24);
	put_bits(bits, (1 | rest << 1) << zeros, (unsigned)zeros + 1 + low);
}

/* About the logarithm of the usual gap, where the codes are shortest. */
static unsigned
low_bits(uint32_t blobs, uint32_t count)
{
	uint64_t usual = (uint64_t)blobs * 11 / 16 / count;

	return usual ? 63 - (unsigned)__builtin_clzll(usual) : 0;
}

static int
pack_list(struct gram_shard *shard, uint32_t number, unsigned low, struct buf *bytes)
{
	struct list *list = &shard->lists.items[number];
	struct buf *data = &shard->data;

	buf_clear(bytes);
	int r = lists_copy(&shard->lists, number, bytes);
	/* a code has low + 1 bits and its zeros, and those are at most as many as all gaps are long */
	if (r == 0)
		r = buf_room(
		    data, ((uint64_t)list->count * (low + 1) + ((uint64_t)list->last >> low)) / 8 + 16);
	if (r < 0)
		return r;
	struct bits bits = { .at = data->data + data->len };
	struct dec dec = dec_of(buf_view(bytes));
	while (dec.at < dec.end && !dec.bad)
		put_gap(&bits, dec_num(&dec), low);
	if (bits.count)
		*bits.at++ = (uint8_t)bits.held;
	data->len = (size_t)(bits.at - data->data);
	return 0;
}

int
gram_shard_finish(struct gram_shard *shard, unsigned number, uint32_t blobs)
{
	struct buf bytes = BUF(UINT32_MAX);
	int r = 0;

	shard->entries = shard->data = BUF(UINT32_MAX);
	for (uint32_t i = 0; r == 0 && shard->numbers && i < SHARD_GRAMS; i++) {
		if (shard->numbers[i] == 0)
			continue;
		uint32_t list = shard->numbers[i] - 1;
		unsigned low = low_bits(blobs, shard->lists.items[list].count);
		struct seg_gram entry = { (uint32_t)low << 24 | number << 18 | i, (uint32_t)shard->data.len };
		r = buf_add(&shard->entries, &entry, sizeof entry);
		if (r == 0)
			r = pack_list(shard, list, low, &bytes);
	}
	buf_release(&bytes);
	lists_release(&shard->lists);
	free(shard->numbers);
	shard->numbers = NULL;
	return r;
}

void
gram_shard_release(struct gram_shard *shard)
{
	lists_release(&shard->lists);
	free(shard->numbers);
	buf_release(&shard->entries);
	buf_release(&shard->data);
}

/* ---- words ---- */

void
word_shard_add(struct word_shard *shard, uint32_t blob, struct str word, uint32_t hash, struct str lines)
{
	uint32_t number = dictionary_add(&shard->words, word, hash);

	if (number == shard->lists.count)
		lists_new(&shard->lists);
	lists_blob(&shard->lists, number, blob, lines);
}

int
word_shard_finish(struct word_shard *shard)
{
	int r = 0;

	shard->data = BUF(UINT32_MAX);
	shard->order = dictionary_order(&shard->words);
	for (size_t i = 0; r == 0 && i < shard->words.count; i++)
		r = lists_copy(&shard->lists, shard->order[i], &shard->data);
	free(shard->lists.memory);
	shard->lists.memory = NULL;
	return r;
}

void
word_shard_release(struct word_shard *shard)
{
	dictionary_release(&shard->words);
	lists_release(&shard->lists);
	free(shard->order);
	buf_release(&shard->data);
}
