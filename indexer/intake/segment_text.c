#include "indexer/intake/segment_text.h"

#include "base/mem.h"
#include "indexer/intake/segment_list.h"

#include <lz4hc.h>
#include <stdlib.h>

#define GRAMS ((size_t)1 << 24)
#define LEVEL 5    /* of LZ4-HC: beyond it a per cent less for twice the time */
#define WAITING 64 /* blocks that are compressed together */

struct text_writer {
	struct seg_file *file;
	struct pool *pool;
	uint8_t *waiting; /* WAITING blocks */
	size_t waiting_len;
	uint8_t *packed; /* the same, compressed, each at the place of its block */
	size_t packed_len[WAITING];
	uint64_t text_len, blocks_len;
	struct buf block_ends; /* u64 */
	struct buf blobs;      /* struct seg_blob */
	struct buf lines;      /* u32 */
	uint32_t *gram_lists;  /* number of each trigram's list + 1 */
	struct lists gram_blobs;
	struct dictionary words;
	struct lists word_lines; /* of the words, by number */
	uint64_t gram_total, line_total;
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
	w->waiting = mem_alloc(WAITING * SEG_BLOCK);
	w->packed = mem_alloc(WAITING * SEG_BLOCK);
	w->gram_lists = mem_alloc(GRAMS * sizeof *w->gram_lists);
	w->block_ends = w->blobs = w->lines = BUF(UINT32_MAX);
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
	lists_release(&w->gram_blobs);
	lists_release(&w->word_lines);
	dictionary_release(&w->words);
	free(w->gram_lists);
	free(w->waiting);
	free(w->packed);
	free(w);
}

uint32_t
text_writer_count(const struct text_writer *w)
{
	return (uint32_t)(w->blobs.len / sizeof(struct seg_blob));
}

bool
text_writer_full(const struct text_writer *w)
{
	return w->text_len >= TEXT_BYTES || text_writer_count(w) >= TEXT_BLOBS ||
	    w->words.count >= TEXT_WORDS;
}

static size_t
block_len(const struct text_writer *w, size_t block)
{
	size_t rest = w->waiting_len - block * SEG_BLOCK;

	return rest < SEG_BLOCK ? rest : SEG_BLOCK;
}

/* packed_len 0: it does not get shorter. */
static int
pack_block(void *ctx, size_t block, unsigned thread)
{
	struct text_writer *w = ctx;
	size_t len = block_len(w, block);

	(void)thread;
	int packed = LZ4_compress_HC((const char *)w->waiting + block * SEG_BLOCK,
	    (char *)w->packed + block * SEG_BLOCK, (int)len, (int)len - 1, LEVEL);
	w->packed_len[block] = packed > 0 ? (size_t)packed : 0;
	return 0;
}

static int
pack_waiting(struct text_writer *w)
{
	size_t blocks = (w->waiting_len + SEG_BLOCK - 1) / SEG_BLOCK;
	int r = pool_run(w->pool, blocks, pack_block, w);

	for (size_t i = 0; r == 0 && i < blocks; i++) {
		bool packed = w->packed_len[i] != 0;
		size_t len = packed ? w->packed_len[i] : block_len(w, i);
		w->blocks_len += len;
		r = buf_add(&w->block_ends, &w->blocks_len, sizeof w->blocks_len);
		if (r == 0)
			r = seg_file_put(
			    w->file, SEG_BLOCKS, (packed ? w->packed : w->waiting) + i * SEG_BLOCK, len);
	}
	w->waiting_len = 0;
	return r;
}

static int
add_text(struct text_writer *w, struct str text)
{
	int r = 0;

	w->text_len += text.len;
	while (r == 0 && text.len) {
		size_t room = WAITING * SEG_BLOCK - w->waiting_len, n = text.len < room ? text.len : room;
		memcpy(w->waiting + w->waiting_len, text.data, n);
		w->waiting_len += n;
		text.data += n;
		text.len -= n;
		if (w->waiting_len == WAITING * SEG_BLOCK)
			r = pack_waiting(w);
	}
	return r;
}

static void
add_grams(struct text_writer *w, uint32_t blob, const struct blob_facts *facts)
{
	for (size_t i = 0; i < facts->gram_count; i++) {
		uint32_t *number = &w->gram_lists[facts->grams[i]];
		if (*number == 0)
			*number = lists_new(&w->gram_blobs) + 1;
		struct list *list = &w->gram_blobs.items[*number - 1];
		uint32_t gap = blob - list->last;
		list->last = blob;
		lists_num(&w->gram_blobs, *number - 1, gap);
	}
	w->gram_total += facts->gram_count;
}

static void
add_words(struct text_writer *w, uint32_t blob, const struct text_blob *from)
{
	const struct blob_facts *facts = from->facts;

	for (size_t i = 0; i < facts->word_count; i++) {
		const struct blob_word *word = &facts->words[i];
		uint32_t number = dictionary_add(
		    &w->words, (struct str){ from->text.data + word->start, word->len }, word->hash);
		if (number == w->word_lines.count)
			lists_new(&w->word_lines);
		struct list *list = &w->word_lines.items[number];
		uint32_t gap = blob - list->last;
		list->last = blob;
		lists_num(&w->word_lines, number, gap);
		lists_add(&w->word_lines, number, facts->words_data + word->data, word->data_len);
	}
	w->line_total += facts->line_count;
}

int
text_writer_add(struct text_writer *w, const struct text_blob *blob)
{
	const struct blob_facts *facts = blob->facts;
	struct seg_blob entry = { .lines = facts->lines,
		.size = blob->size,
		.offset = w->text_len,
		.first = (uint32_t)(w->lines.len / sizeof(uint32_t)),
		.class = (uint8_t)facts->class,
		.flags = (uint8_t)((facts->scan ? SEG_SCAN : 0) | (facts->beyond ? SEG_BEYOND : 0) |
		    (facts->wordless ? SEG_WORDLESS : 0)),
		.language = (uint16_t)facts->language };
	uint32_t number = text_writer_count(w);

	memcpy(entry.id, blob->id, OID_LEN);
	int r = buf_add(&w->blobs, &entry, sizeof entry);
	if (r == 0 && facts->lines > SEG_LINE_STEP)
		r = buf_add(
		    &w->lines, facts->line_offsets, (facts->lines - 1) / SEG_LINE_STEP * sizeof(uint32_t));
	if (r == 0)
		r = add_text(w, blob->text);
	if (r < 0)
		return r;
	add_grams(w, number, facts);
	add_words(w, number, blob);
	return 0;
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

	for (uint32_t gram = 0; r == 0 && gram < GRAMS; gram++) {
		if (w->gram_lists[gram] == 0)
			continue;
		struct seg_gram entry = { gram, (uint32_t)offset };
		r = seg_file_put(w->file, SEG_GRAMS, &entry, sizeof entry);
		offset += w->gram_blobs.items[w->gram_lists[gram] - 1].bytes;
	}
	for (uint32_t gram = 0; r == 0 && gram < GRAMS; gram++)
		if (w->gram_lists[gram])
			r = lists_put(&w->gram_blobs, w->gram_lists[gram] - 1, w->file, SEG_GRAM_BLOBS);
	return r;
}

static int
put_words(struct text_writer *w)
{
	struct front_writer front;
	uint32_t *order = dictionary_order(&w->words);
	int r = 0;

	front_init(&front);
	for (size_t i = 0; r == 0 && i < w->words.count; i++) {
		r = front_add(&front, dictionary_get(&w->words, order[i]));
		if (r == 0)
			r = front_data(&front, w->word_lines.items[order[i]].bytes);
	}
	if (r == 0)
		r = seg_file_put(w->file, SEG_NAME_GROUPS, front.groups.data, front.groups.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_NAMES, front.text.data, front.text.len);
	for (size_t i = 0; r == 0 && i < w->words.count; i++)
		r = lists_put(&w->word_lines, order[i], w->file, SEG_NAME_LINES);
	front_release(&front);
	free(order);
	return r;
}

static int
put_tables(struct text_writer *w)
{
	int r = pack_waiting(w);

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
	return r;
}

int
text_writer_end(struct text_writer *w, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	int r = put_tables(w);

	if (r == 0) {
		seg_file_count(w->file, SEG_BLOCKS, w->text_len);
		seg_file_count(w->file, SEG_GRAM_BLOBS, w->gram_total);
		seg_file_count(w->file, SEG_NAMES, w->words.count);
		seg_file_count(w->file, SEG_NAME_LINES, w->line_total);
		struct seg_file *file = w->file;
		w->file = NULL;
		r = seg_file_end(file, digest, bytes, fresh);
	}
	text_writer_free(w);
	return r;
}
