#include "indexer/intake/segment_release.h"

#include "base/mem.h"
#include "indexer/intake/segment_list.h"
#include "indexer/intake/segment_map.h"

#include <stdlib.h>

struct release_writer {
	const struct release_source *source;
	uint32_t *renumbered; /* pair of the source -> pair of the release + 1; 0: left out */
	struct seg_pair *pairs;
	size_t pair_count;
	uint32_t *owner_ends; /* first counts, then ends */
	size_t blob_count;
	uint32_t *owners;
	size_t owner_count;
};

static void
choose_pairs(struct release_writer *w)
{
	struct release_entry e;

	w->renumbered = mem_alloc((w->source->pair_count + 1) * sizeof *w->renumbered);
	w->pairs = mem_alloc((w->source->pair_count + 1) * sizeof *w->pairs);
	for (size_t i = 0; i < w->source->entries; i++) {
		w->source->entry(w->source->ctx, i, &e);
		if (e.segment != RELEASE_NO_SEGMENT)
			w->renumbered[e.segment] = 1;
	}
	for (size_t i = 0; i < w->source->pair_count; i++) {
		if (!w->renumbered[i])
			continue;
		w->pairs[w->pair_count] = w->source->pairs[i];
		w->pairs[w->pair_count].first = (uint32_t)w->blob_count;
		w->blob_count += w->source->pairs[i].blobs;
		w->renumbered[i] = (uint32_t)++w->pair_count;
	}
}

static size_t
owned_blob(const struct release_writer *w, const struct release_entry *e)
{
	return w->pairs[w->renumbered[e->segment] - 1].first + e->blob;
}

static void
find_owners(struct release_writer *w)
{
	struct release_entry e;
	uint32_t total = 0;

	w->owner_ends = mem_alloc((w->blob_count + 1) * sizeof *w->owner_ends);
	for (size_t i = 0; i < w->source->entries; i++) {
		w->source->entry(w->source->ctx, i, &e);
		if (e.segment != RELEASE_NO_SEGMENT)
			w->owner_ends[owned_blob(w, &e)]++;
	}
	for (size_t i = 0; i < w->blob_count; i++) {
		uint32_t count = w->owner_ends[i];
		w->owner_ends[i] =
		    total; /* where its first entry goes; it moves to the end as they are filled in */
		total += count;
	}
	w->owner_count = total;
	w->owners = mem_alloc((total + 1) * sizeof *w->owners);
	for (size_t i = 0; i < w->source->entries; i++) {
		w->source->entry(w->source->ctx, i, &e);
		if (e.segment != RELEASE_NO_SEGMENT)
			w->owners[w->owner_ends[owned_blob(w, &e)]++] = (uint32_t)i;
	}
}

static int
add_entry(struct release_writer *w, struct front_writer *front, const struct release_entry *e)
{
	bool none = e->segment == RELEASE_NO_SEGMENT;
	int r = front_add(front, e->path);

	if (r == 0)
		r = front_value(front, e->mode);
	if (r == 0)
		r = front_value(front, e->size);
	if (r == 0)
		r = front_value(front, none ? 0 : w->renumbered[e->segment]);
	if (r < 0)
		return r;
	return none ? buf_add(&front->text, e->id, OID_LEN) : front_value(front, e->blob);
}

static int
put_paths(struct release_writer *w, struct seg_file *file)
{
	struct front_writer front;
	struct buf ends = BUF(UINT32_MAX);
	struct release_entry e;
	int r = 0;

	front_init(&front, FRONT_PLAIN);
	for (size_t i = 0; r == 0 && i < w->source->entries; i++) {
		w->source->entry(w->source->ctx, i, &e);
		r = add_entry(w, &front, &e);
		uint32_t end = (uint32_t)front.text.len;
		if (r == 0 && (i % SEG_GROUP == SEG_GROUP - 1 || i + 1 == w->source->entries))
			r = buf_add(&ends, &end, sizeof end);
	}
	if (r == 0)
		r = seg_file_put(file, SEG_PATH_ENDS, ends.data, ends.len);
	if (r == 0)
		r = seg_file_put(file, SEG_PATHS, front.text.data, front.text.len);
	seg_file_count(file, SEG_PATHS, w->source->entries);
	front_release(&front);
	buf_release(&ends);
	return r;
}

static uint64_t
count_triples(struct str odd)
{
	uint64_t zeros = 0;

	for (size_t i = 0; i < odd.len; i++)
		zeros += odd.data[i] == '\0';
	return zeros / 3;
}

static int
put_all(struct release_writer *w, struct seg_file *file)
{
	int r = seg_file_put(file, SEG_PAIRS, w->pairs, w->pair_count * sizeof *w->pairs);

	if (r == 0)
		r = put_paths(w, file);
	if (r == 0)
		r = seg_file_put(file, SEG_OWNER_ENDS, w->owner_ends, w->blob_count * sizeof *w->owner_ends);
	if (r == 0)
		r = seg_file_put(file, SEG_OWNERS, w->owners, w->owner_count * sizeof *w->owners);
	if (r == 0)
		r = seg_file_put(file, SEG_ODD, w->source->odd.data, w->source->odd.len);
	seg_file_count(file, SEG_ODD, count_triples(w->source->odd));
	return r;
}

int
release_write(int dir, const struct release_source *source, uint8_t digest[static SHA256_LEN],
    uint64_t *bytes, bool *fresh)
{
	struct release_writer w = { .source = source };
	struct seg_file *file;
	int r = seg_file_new(dir, SEG_RELEASE, &file);

	if (r < 0)
		return r;
	choose_pairs(&w);
	find_owners(&w);
	r = put_all(&w, file);
	if (r == 0)
		r = seg_file_end(file, digest, bytes, fresh);
	else
		seg_file_drop(file);
	free(w.renumbered);
	free(w.pairs);
	free(w.owner_ends);
	free(w.owners);
	return r;
}

/* ---- a release written again ---- */

struct renewing {
	const struct release_change *change;
	struct str paths; /* SEG_PATHS as it is */
	struct dec dec;
	struct buf path;
};

/* Entries are asked for from the first on, one after the other. */
static void
moved_entry(void *ctx, size_t number, struct release_entry *out)
{
	struct renewing *n = ctx;
	struct dec *dec = &n->dec;

	if (number == 0)
		*dec = dec_of(n->paths);
	n->path.len = number % SEG_GROUP ? dec_num_max(dec, n->path.len) : 0;
	if (buf_str(&n->path, dec_str(dec)) < 0)
		dec->bad = true;
	*out = (struct release_entry){ .path = buf_view(&n->path), .segment = RELEASE_NO_SEGMENT };
	out->mode = (uint32_t)dec_num_max(dec, UINT32_MAX);
	out->size = dec_num(dec);
	uint64_t pair = dec_num_max(dec, n->change->count);
	if (pair == 0) {
		out->id = dec_fixed(dec, OID_LEN);
		return;
	}
	const struct release_move *move = &n->change->moves[pair - 1];
	uint64_t blob = move->base + dec_num_max(dec, UINT32_MAX);
	if (blob >= n->change->pairs[move->pair].blobs)
		dec->bad = true;
	if (dec->bad)
		return;
	out->segment = move->pair;
	out->blob = (uint32_t)blob;
}

static int
renew(int dir, struct seg_map *map, struct renewing *n, uint8_t *digest, uint64_t *bytes, bool *fresh)
{
	struct release_source source = {
		.pairs = n->change->pairs, .pair_count = n->change->pair_count, .entry = moved_entry, .ctx = n
	};
	struct release_entry entry;
	uint64_t elements, odd;

	int r = seg_map_section(map, SEG_PATHS, &n->paths, &elements);
	if (r == 0)
		r = seg_map_section(map, SEG_ODD, &source.odd, &odd);
	if (r < 0)
		return r;
	n->dec = dec_of(n->paths);
	for (uint64_t i = 0; i < elements && !n->dec.bad; i++)
		moved_entry(n, i, &entry);
	source.entries = elements;
	r = dec_end(&n->dec, "index: a release segment");
	return r == 0 ? release_write(dir, &source, digest, bytes, fresh) : r;
}

int
release_renew(int dir, const uint8_t old[static SHA256_LEN], const struct release_change *change,
    uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	struct renewing n = { .change = change, .path = BUF(SEG_PATH_MAX) };
	struct seg_map map;

	int r = seg_map_open(&map, dir, old, SEG_RELEASE);
	if (r < 0)
		return r;
	r = renew(dir, &map, &n, digest, bytes, fresh);
	buf_release(&n.path);
	seg_map_close(&map);
	return r;
}
