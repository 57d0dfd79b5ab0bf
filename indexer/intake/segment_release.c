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

	front_init(&front, false);
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

static int
put_renewed(struct seg_file *file, const struct seg_pair *old, uint64_t old_count,
    const struct seg_pair *pairs, size_t count)
{
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < old_count; i++) {
		struct seg_pair pair = old[i];
		for (size_t k = 0; k < count; k++)
			if (memcmp(pairs[k].text, pair.text, SHA256_LEN) == 0)
				memcpy(pair.syntax, pairs[k].syntax, SHA256_LEN);
		r = seg_file_put(file, SEG_PAIRS, &pair, sizeof pair);
	}
	return r;
}

int
release_renew(int dir, const uint8_t old[static SHA256_LEN], const struct seg_pair *pairs, size_t count,
    uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	static const enum seg_section_id rest[] = { SEG_PATH_ENDS, SEG_PATHS, SEG_OWNER_ENDS, SEG_OWNERS,
		SEG_ODD };
	struct seg_map map;
	struct seg_file *file = NULL;
	struct str section;
	uint64_t elements;

	int r = seg_map_open(&map, dir, old, SEG_RELEASE);
	if (r < 0)
		return r;
	r = seg_file_new(dir, SEG_RELEASE, &file);
	if (r == 0)
		r = seg_map_section(&map, SEG_PAIRS, &section, &elements);
	if (r == 0)
		r = put_renewed(file, (const void *)section.data, elements, pairs, count);
	for (size_t i = 0; r == 0 && i < sizeof rest / sizeof *rest; i++) {
		r = seg_map_section(&map, rest[i], &section, &elements);
		if (r == 0)
			r = seg_file_put(file, rest[i], section.data, section.len);
		if (r == 0)
			seg_file_count(file, rest[i], elements);
	}
	if (r == 0)
		r = seg_file_end(file, digest, bytes, fresh);
	else
		seg_file_drop(file);
	seg_map_close(&map);
	return r;
}
