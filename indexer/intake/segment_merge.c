/*
 * Text and syntax segments merged, carrel-segment(5), "MERGING".  Which are is a function of the segments that were
 * ever written, in their order, and of no moment at which it is asked: a rebuild, which writes all of them first, comes
 * to the same.  Text goes through the same hands again as when it was imported; syntax is not parsed again.
 */
#include "base/fs.h"
#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_private.h"
#include "indexer/intake/segment_syntax.h"

#include <stdlib.h>
#include <unistd.h>

struct merge {
	struct index *index;
	uint32_t places[INDEX_MERGED]; /* in known.pairs */
	struct text_writer *text;
	struct text_blob *blobs; /* of the batch */
	size_t count, bytes;
};

/* ---- text ---- */

static int
find_facts(void *ctx, size_t piece, unsigned thread)
{
	struct merge *m = ctx;
	struct text_blob *blob = &m->blobs[piece];

	if (blob->size > SEG_BLOB_MAX)
		blob->facts.class = SEG_LARGE;
	else
		blob_facts_find(
		    &blob->facts, index_scratch(m->index, thread), blob->facts.language, blob->text);
	return 0;
}

/* Blobs from `first` on, as many as make a batch. */
static void
choose_batch(struct merge *m, const struct seg_texts *texts, uint32_t first)
{
	m->count = m->bytes = 0;
	for (uint32_t i = first;
	     i < texts->count && m->count < INDEX_BATCH_BLOBS && m->bytes < INDEX_BATCH_BYTES; i++) {
		const struct seg_blob *blob = &texts->blobs[i];
		struct text_blob *to = &m->blobs[m->count++];
		*to = (struct text_blob){ .size = blob->size, .facts.language = blob->language };
		memcpy(to->id, blob->id, OID_LEN);
		m->bytes += blob->size > SEG_BLOB_MAX ? 0 : blob->size;
	}
}

static int
merge_batch(struct merge *m, struct seg_texts *texts, uint32_t first)
{
	uint8_t *place;
	struct str text;

	choose_batch(m, texts, first);
	int r = text_writer_buffer(m->text, m->bytes, &place);
	for (size_t i = 0; r == 0 && i < m->count; i++) {
		r = seg_texts_get(texts, first + (uint32_t)i, &text);
		if (r < 0)
			break;
		memcpy(place, text.data, text.len);
		m->blobs[i].text = (struct str){ (const char *)place, text.len };
		place += text.len;
	}
	if (r == 0)
		r = pool_run(m->index->options.pool, m->count, find_facts, m);
	if (r == 0)
		r = text_writer_add(m->text, m->blobs, m->count);
	for (size_t i = 0; i < m->count; i++)
		blob_facts_release(&m->blobs[i].facts);
	return r < 0 ? r
		     : index_progress(m->index, text_writer_count(m->text), 0, "files", "merging segments");
}

static int
merge_text(struct merge *m, const uint8_t *digest)
{
	struct seg_map map;
	struct seg_texts texts = { 0 };
	struct str parts = { 0 };
	uint64_t count = 0;
	uint32_t first = text_writer_count(m->text);

	int r = seg_map_open(&map, m->index->options.dir, digest, SEG_TEXT);
	if (r < 0)
		return r;
	r = seg_texts_open(&texts, &map);
	if (r == 0)
		r = seg_map_section(&map, SEG_PARTS, &parts, &count);
	for (uint64_t i = 0; r == 0 && i < count; i++)
		r = text_writer_part(m->text, first + ((const uint32_t *)(const void *)parts.data)[i]);
	for (uint32_t i = 0; r == 0 && i < texts.count; i += (uint32_t)m->count)
		r = merge_batch(m, &texts, i);
	seg_texts_close(&texts);
	seg_map_close(&map);
	return r;
}

static int
merge_texts(struct merge *m, struct seg_pair *out, bool *fresh)
{
	struct index *x = m->index;
	uint64_t bytes;

	m->blobs = mem_alloc(INDEX_BATCH_BLOBS * sizeof *m->blobs);
	int r = text_writer_new(x->options.dir, x->options.pool, &m->text);
	for (size_t i = 0; r == 0 && i < INDEX_MERGED; i++)
		r = merge_text(m, x->known.pairs[m->places[i]].text);
	if (r == 0)
		r = text_writer_end(m->text, out->text, &bytes, fresh);
	else
		text_writer_free(m->text);
	index_trim(x);
	free(m->blobs);
	return r;
}

/* ---- syntax ---- */

static int
merge_syntax(struct merge *m, struct seg_pair *out)
{
	int dir = m->index->options.dir;
	struct syntax_writer *writer;
	struct seg_map map;
	uint64_t bytes;
	bool fresh;

	int r = syntax_writer_new(dir, out->text, &writer);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < INDEX_MERGED; i++) {
		r = seg_map_open(&map, dir, m->index->known.pairs[m->places[i]].syntax, SEG_SYNTAX);
		if (r < 0)
			break;
		r = syntax_writer_take(writer, &map);
		seg_map_close(&map);
		if (r == 0)
			r = index_progress(m->index, i + 1, INDEX_MERGED, "segments", "merging symbols");
	}
	if (r == 0)
		return syntax_writer_end(writer, out->syntax, &bytes, &fresh);
	syntax_writer_free(writer);
	return r;
}

/* ---- which ---- */

/* Whether those from `first` in order on are of equally many parts, and together no larger than one may be. */
static bool
can_be_merged(const struct index *x, const uint32_t *order, size_t first)
{
	uint64_t bytes = 0, blobs = 0, words = 0;
	uint32_t parts = x->known.about[order[first]].parts;

	for (size_t i = first; i < first + INDEX_MERGED; i++) {
		const struct known_pair *about = &x->known.about[order[i]];
		if (about->parts != parts)
			return false;
		bytes += about->bytes;
		words += about->words;
		blobs += x->known.pairs[order[i]].blobs;
	}
	return bytes <= TEXT_BYTES && blobs <= TEXT_BLOBS && words <= TEXT_WORDS;
}

/* The first that can; false if none can. */
static bool
choose(const struct index *x, uint32_t places[static INDEX_MERGED])
{
	struct known_order order;
	bool found = false;

	known_order(&x->known, KNOWN_ALL, &order);
	uint32_t *list = mem_alloc((order.count + 1) * sizeof *list);
	for (size_t i = 0; i < x->known.pair_count; i++)
		if (order.places[i] != KNOWN_NOWHERE)
			list[order.places[i]] = (uint32_t)i;
	for (size_t i = 0; !found && i + INDEX_MERGED <= order.count; i++) {
		found = can_be_merged(x, list, i);
		if (found)
			memcpy(places, list + i, INDEX_MERGED * sizeof *places);
	}
	free(list);
	known_order_release(&order);
	return found;
}

static int
note_merged(struct index *x, const struct merge *m, const struct seg_pair *pair)
{
	struct known_pair about;
	uint32_t base = 0, blobs, parts = x->known.parts;

	int r = known_describe(x->options.dir, pair->text, &about, &blobs);
	if (r < 0)
		return r;
	uint32_t place = (uint32_t)known_add_pair(&x->known, pair);
	known_about(&x->known, place, &about);
	x->known.pairs[place].blobs = blobs;
	x->known.about[place].first = x->known.about[m->places[0]].first;
	x->known.parts = parts; /* none of them is new */
	for (size_t i = 0; i < INDEX_MERGED; i++) {
		struct known_pair *of = &x->known.about[m->places[i]];
		of->into = place;
		of->base = base;
		base += x->known.pairs[m->places[i]].blobs;
	}
	return base == blobs ? 0 : err_set(ERR_FORMAT, "index: a merged segment has lost blobs");
}

/* What is written and leads to nothing is in the way where the disk is full. */
static void
take_back(struct merge *m, const uint8_t *digest)
{
	char name[HEX_LEN(SHA256_LEN)];

	hex_from(digest, SHA256_LEN, name);
	unlinkat(m->index->options.dir, name, 0);
}

static int
merge(struct merge *m)
{
	struct seg_pair pair = { 0 };
	bool fresh;

	int r = merge_texts(m, &pair, &fresh);
	if (r < 0)
		return r;
	r = merge_syntax(m, &pair);
	if (r == 0)
		r = fs_sync_dir(m->index->options.dir);
	if (r == 0)
		r = note_merged(m->index, m, &pair);
	if (r < 0 && fresh)
		take_back(m, pair.text);
	return r;
}

int
index_merge(struct index *x)
{
	struct merge m = { .index = x };
	int r = 0;

	assert(!x->open);
	while (r == 0 && index_unfinished(x) == 0 && choose(x, m.places))
		r = merge(&m);
	return r;
}

bool
index_merged(const struct index *x)
{
	for (size_t i = 0; i < x->known.pair_count; i++)
		if (x->known.about[i].into != KNOWN_NOWHERE)
			return true;
	return false;
}
