#include "indexer/intake/segment_text.h"

#include "base/mem.h"

#include <lz4hc.h>
#include <stdlib.h>

#define LEVEL 2  /* of LZ4-HC: 3 makes two per cent less of it, in 1.2 times the time */
#define EXPECT 8 /* so many words ahead its place in the dictionary is brought near */
#define SHARDS (GRAM_SHARDS + WORD_SHARDS)

struct text_writer {
	struct seg_file *file;
	struct pool *pool;
	uint8_t *buffer; /* what is left of the batches before, less than a block, and the batch */
	size_t left, room;
	uint8_t *packed; /* blocks of the buffer, compressed, each at the place of its block */
	size_t packed_room;
	size_t *packed_len;
	size_t block_room; /* of packed_len */
	uint64_t text_len, blocks_len;
	struct buf block_ends; /* u64 */
	struct buf blobs;      /* struct seg_blob */
	struct buf lines;      /* u32 */
	struct buf parts;      /* u32 */
	struct buf suspects;   /* struct seg_suspects */
	struct gram_shard grams[GRAM_SHARDS];
	struct word_shard words[WORD_SHARDS];
	uint64_t gram_total, word_total, line_total;
	/* the batch, for the threads */
	const struct text_blob *batch;
	size_t batch_count;
	uint32_t batch_first; /* number of its first blob */
	size_t batch_len;     /* bytes in the buffer */
	bool settled;
};

int
text_writer_new(int dir, struct pool *pool, struct text_writer **out)
{
	struct seg_file *file;
	int r = seg_file_new(dir, SEG_TEXT, &file);

	if (r < 0)
		return r;
	struct text_writer *w = mem_new(struct text_writer);
	w->file = file;
	w->pool = pool;
	w->block_ends = w->blobs = w->lines = w->parts = w->suspects = BUF(UINT32_MAX);
	*out = w;
	return 0;
}

void
text_writer_free(struct text_writer *w)
{
	if (!w)
		return;
	seg_file_drop(w->file);
	buf_release(&w->block_ends);
	buf_release(&w->blobs);
	buf_release(&w->lines);
	buf_release(&w->parts);
	buf_release(&w->suspects);
	for (size_t i = 0; i < GRAM_SHARDS; i++)
		gram_shard_release(&w->grams[i]);
	for (size_t i = 0; i < WORD_SHARDS; i++)
		word_shard_release(&w->words[i]);
	free(w->buffer);
	free(w->packed);
	free(w->packed_len);
	free(w);
}

int
text_writer_part(struct text_writer *w, uint32_t end)
{
	return buf_add(&w->parts, &end, sizeof end);
}

uint32_t
text_writer_count(const struct text_writer *w)
{
	return (uint32_t)(w->blobs.len / sizeof(struct seg_blob));
}

bool
text_writer_full(const struct text_writer *w)
{
	return w->text_len >= TEXT_BYTES || text_writer_count(w) >= TEXT_BLOBS || w->word_total >= TEXT_WORDS;
}

int
text_writer_buffer(struct text_writer *w, size_t size, uint8_t **out)
{
	size_t need = w->left + size, blocks = need / SEG_BLOCK + 1;

	if (w->room <= need) {
		w->room = need + SEG_BLOCK;
		w->buffer = mem_grow(w->buffer, w->room, 1);
	}
	if (w->packed_room <= need) {
		w->packed_room = need + SEG_BLOCK;
		free(w->packed);
		w->packed = mem_alloc(w->packed_room);
	}
	if (w->block_room < blocks) {
		w->block_room = blocks;
		w->packed_len = mem_grow(w->packed_len, blocks, sizeof *w->packed_len);
	}
	w->batch_len = need;
	*out = w->buffer + w->left;
	return 0;
}

/* packed_len 0: it does not get shorter. */
static void
pack_block(struct text_writer *w, size_t block)
{
	size_t rest = w->batch_len - block * SEG_BLOCK, len = rest < SEG_BLOCK ? rest : SEG_BLOCK;
	int packed = LZ4_compress_HC((const char *)w->buffer + block * SEG_BLOCK,
	    (char *)w->packed + block * SEG_BLOCK, (int)len, (int)len - 1, LEVEL);

	w->packed_len[block] = packed > 0 ? (size_t)packed : 0;
}

static void
fill_grams(struct text_writer *w, unsigned shard)
{
	for (size_t i = 0; i < w->batch_count; i++) {
		const struct blob_facts *facts = &w->batch[i].facts;
		uint32_t from = shard ? facts->gram_ends[shard - 1] : 0;
		gram_shard_add(&w->grams[shard], w->batch_first + (uint32_t)i, facts->grams + from,
		    facts->gram_ends[shard] - from);
	}
}

static void
fill_words(struct text_writer *w, unsigned shard)
{
	for (size_t i = 0; i < w->batch_count; i++) {
		const struct text_blob *blob = &w->batch[i];
		const struct blob_facts *facts = &blob->facts;
		uint32_t k = shard ? facts->word_ends[shard - 1] : 0;
		for (; k < facts->word_ends[shard]; k++) {
			const struct blob_word *word = &facts->words[k];
			if (k + EXPECT < facts->word_ends[shard])
				dictionary_expect(&w->words[shard].words, word[EXPECT].hash);
			struct str is = { blob->text.data + word->start, word->len };
			struct str lines = { (const char *)facts->words_data + word->data, word->data_len };
			word_shard_add(&w->words[shard], w->batch_first + (uint32_t)i, is, word->hash, lines);
		}
	}
}

/* Shards first, which take longest. */
static int
work_on_batch(void *ctx, size_t piece, unsigned thread)
{
	struct text_writer *w = ctx;

	(void)thread;
	if (piece < GRAM_SHARDS)
		fill_grams(w, (unsigned)piece);
	else if (piece < SHARDS)
		fill_words(w, (unsigned)piece - GRAM_SHARDS);
	else
		pack_block(w, piece - SHARDS);
	return 0;
}

static int
put_blocks(struct text_writer *w, size_t blocks)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < blocks; i++) {
		size_t rest = w->batch_len - i * SEG_BLOCK, len = rest < SEG_BLOCK ? rest : SEG_BLOCK;
		bool packed = w->packed_len[i] != 0;
		if (packed)
			len = w->packed_len[i];
		w->blocks_len += len;
		r = buf_add(&w->block_ends, &w->blocks_len, sizeof w->blocks_len);
		if (r == 0)
			r = seg_file_put(
			    w->file, SEG_BLOCKS, (packed ? w->packed : w->buffer) + i * SEG_BLOCK, len);
	}
	return r;
}

static int
add_suspects(struct text_writer *w, const struct blob_facts *facts)
{
	struct seg_suspects suspects = { .blob = text_writer_count(w) };
	uint32_t any = 0;

	for (unsigned i = 0; i < SEG_SUSPECT_CLASSES; i++)
		any |= suspects.places[i] = facts->suspects[i + 1];
	return any ? buf_add(&w->suspects, &suspects, sizeof suspects) : 0;
}

static int
add_entry(struct text_writer *w, const struct text_blob *blob)
{
	const struct blob_facts *facts = &blob->facts;
	struct seg_blob entry = { .lines = facts->lines,
		.size = blob->size,
		.offset = w->text_len,
		.first = (uint32_t)(w->lines.len / sizeof(uint32_t)),
		.class = (uint8_t)facts->class,
		.flags = (uint8_t)((facts->scan ? SEG_SCAN : 0) | (facts->beyond ? SEG_BEYOND : 0) |
		    (facts->wordless ? SEG_WORDLESS : 0)),
		.language = (uint16_t)facts->language };

	memcpy(entry.id, blob->id, OID_LEN);
	int r = add_suspects(w, facts);
	if (r == 0)
		r = buf_add(&w->blobs, &entry, sizeof entry);
	if (r == 0 && facts->lines > SEG_LINE_STEP)
		r = buf_add(
		    &w->lines, facts->line_offsets, (facts->lines - 1) / SEG_LINE_STEP * sizeof(uint32_t));
	w->text_len += blob->text.len;
	w->gram_total += facts->gram_ends[GRAM_SHARDS - 1];
	w->line_total += facts->line_count;
	return r;
}

int
text_writer_add(struct text_writer *w, const struct text_blob *blobs, size_t count)
{
	size_t blocks = w->batch_len / SEG_BLOCK;
	int r = 0;

	w->batch = blobs;
	w->batch_count = count;
	w->batch_first = text_writer_count(w);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_entry(w, &blobs[i]);
	if (r == 0)
		r = pool_run(w->pool, SHARDS + blocks, work_on_batch, w);
	if (r == 0)
		r = put_blocks(w, blocks);
	w->left = w->batch_len - blocks * SEG_BLOCK;
	if (blocks)
		memmove(w->buffer, w->buffer + blocks * SEG_BLOCK, w->left);
	w->batch_len = w->left;
	w->word_total = 0;
	for (size_t i = 0; i < WORD_SHARDS; i++)
		w->word_total += w->words[i].words.count;
	return r;
}

/* ---- the end ---- */

static int
finish_shard(void *ctx, size_t piece, unsigned thread)
{
	struct text_writer *w = ctx;

	(void)thread;
	return piece < GRAM_SHARDS
	    ? gram_shard_finish(&w->grams[piece], (unsigned)piece, text_writer_count(w))
	    : word_shard_finish(&w->words[piece - GRAM_SHARDS]);
}

static int
compare_ids(const void *a, const void *b, void *ctx)
{
	const struct seg_blob *blobs = ctx;

	return memcmp(blobs[*(const uint32_t *)a].id, blobs[*(const uint32_t *)b].id, OID_LEN);
}

static int
put_ids(struct text_writer *w)
{
	uint32_t count = text_writer_count(w);
	uint32_t *order = mem_alloc((count + 1) * sizeof *order);

	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	qsort_r(order, count, sizeof *order, compare_ids, w->blobs.data);
	int r = seg_file_put(w->file, SEG_IDS, order, count * sizeof *order);
	free(order);
	return r;
}

static int
put_grams(struct text_writer *w)
{
	uint64_t offset = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < GRAM_SHARDS; i++) {
		struct gram_shard *shard = &w->grams[i];
		struct seg_gram *entries = (void *)shard->entries.data;
		for (size_t k = 0; k < shard->entries.len / sizeof *entries; k++)
			entries[k].offset += (uint32_t)offset;
		offset += shard->data.len;
		r = seg_file_put(w->file, SEG_GRAMS, entries, shard->entries.len);
	}
	for (size_t i = 0; r == 0 && i < GRAM_SHARDS; i++)
		r = seg_file_put(w->file, SEG_GRAM_BLOBS, w->grams[i].data.data, w->grams[i].data.len);
	return r;
}

static int
put_words(struct text_writer *w)
{
	struct front_writer front;
	int r = 0;

	front_init(&front, FRONT_ZSTD);
	for (size_t i = 0; r == 0 && i < WORD_SHARDS; i++) {
		const struct word_shard *shard = &w->words[i];
		for (size_t k = 0; r == 0 && k < shard->words.count; k++) {
			r = front_add(&front, dictionary_get(&shard->words, shard->order[k]));
			if (r == 0)
				r = front_data(&front, shard->lists.items[shard->order[k]].bytes);
		}
	}
	if (r == 0)
		r = front_end(&front);
	if (r == 0)
		r = seg_file_put(w->file, SEG_NAME_GROUPS, front.groups.data, front.groups.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_NAMES, front.packed.data, front.packed.len);
	for (size_t i = 0; r == 0 && i < WORD_SHARDS; i++)
		r = seg_file_put(w->file, SEG_NAME_LINES, w->words[i].data.data, w->words[i].data.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_NAME_BLOCK_ENDS, front.ends.data, front.ends.len);
	front_release(&front);
	return r;
}

int
text_writer_settle(struct text_writer *w)
{
	int r = pool_run(w->pool, SHARDS, finish_shard, w);

	w->settled = r == 0;
	return r == 0 ? seg_file_aside(w->file) : r;
}

static int
put_tables(struct text_writer *w)
{
	int r = w->settled ? 0 : text_writer_settle(w);

	if (r == 0 && w->left > 0) {
		pack_block(w, 0);
		r = put_blocks(w, 1);
	}
	if (r == 0)
		r = seg_file_put(w->file, SEG_BLOCK_ENDS, w->block_ends.data, w->block_ends.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_BLOBS, w->blobs.data, w->blobs.len);
	if (r == 0)
		r = put_ids(w);
	if (r == 0)
		r = seg_file_put(w->file, SEG_LINES, w->lines.data, w->lines.len);
	if (r == 0)
		r = put_grams(w);
	if (r == 0)
		r = put_words(w);
	if (r == 0 && w->parts.len == 0)
		r = text_writer_part(w, text_writer_count(w));
	if (r == 0)
		r = seg_file_put(w->file, SEG_PARTS, w->parts.data, w->parts.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_SUSPECTS, w->suspects.data, w->suspects.len);
	return r;
}

int
text_writer_end(struct text_writer *w, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	int r = put_tables(w);

	if (r == 0) {
		seg_file_count(w->file, SEG_BLOCKS, w->text_len);
		seg_file_count(w->file, SEG_GRAM_BLOBS, w->gram_total);
		seg_file_count(w->file, SEG_NAMES, w->word_total);
		seg_file_count(w->file, SEG_NAME_LINES, w->line_total);
		struct seg_file *file = w->file;
		w->file = NULL;
		r = seg_file_end(file, digest, bytes, fresh);
	}
	text_writer_free(w);
	return r;
}
