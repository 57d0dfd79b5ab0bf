#include "indexer/intake/segment_known.h"

#include "base/mem.h"
#include "indexer/intake/segment_file.h"
#include "indexer/intake/segment_map.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static size_t
slot_of(const struct known *k, const uint8_t *id)
{
	uint64_t hash;

	memcpy(&hash, id, sizeof hash);
	size_t slot = hash & (k->slot_count - 1);
	while (k->slots[slot] && memcmp(k->blobs[k->slots[slot] - 1].id, id, OID_LEN) != 0)
		slot = (slot + 1) & (k->slot_count - 1);
	return slot;
}

static void
fill_slots(struct known *k)
{
	memset(k->slots, 0, k->slot_count * sizeof *k->slots);
	for (size_t i = 0; i < k->count; i++)
		k->slots[slot_of(k, k->blobs[i].id)] = (uint32_t)i + 1;
}

uint32_t
known_add(struct known *k, const struct known_blob *blob)
{
	if (2 * k->count >= k->slot_count) {
		free(k->slots);
		k->slot_count = k->slot_count ? 2 * k->slot_count : 4096;
		k->slots = mem_alloc(k->slot_count * sizeof *k->slots);
		fill_slots(k);
	}
	if (k->count == k->room) {
		k->room = k->room ? 2 * k->room : 1024;
		k->blobs = mem_grow(k->blobs, k->room, sizeof *k->blobs);
	}
	size_t slot = slot_of(k, blob->id);
	if (k->slots[slot])
		return k->slots[slot] - 1;
	k->blobs[k->count] = *blob;
	k->slots[slot] = (uint32_t)++k->count;
	return (uint32_t)k->count - 1;
}

bool
known_has(const struct known *k, const uint8_t id[static OID_LEN])
{
	return k->slot_count && k->slots[slot_of(k, id)];
}

size_t
known_add_pair(struct known *k, const struct seg_pair *pair)
{
	if (k->pair_count == k->pair_room) {
		k->pair_room = k->pair_room ? 2 * k->pair_room : 16;
		k->pairs = mem_grow(k->pairs, k->pair_room, sizeof *k->pairs);
		k->about = mem_grow(k->about, k->pair_room, sizeof *k->about);
	}
	k->pairs[k->pair_count] = *pair;
	k->about[k->pair_count] =
	    (struct known_pair){ .first = k->parts++, .parts = 1, .into = KNOWN_NOWHERE };
	return k->pair_count++;
}

size_t
known_find_pair(const struct known *k, const uint8_t text[static SHA256_LEN])
{
	size_t i = 0;

	while (i < k->pair_count && memcmp(k->pairs[i].text, text, SHA256_LEN) != 0)
		i++;
	return i;
}

static uint32_t
end_of(const struct known *k, size_t pair)
{
	return k->about[pair].first + k->about[pair].parts;
}

/* Whether it was merged into another, when there were so many parts. */
static bool
is_merged(const struct known *k, size_t pair, uint32_t parts)
{
	uint32_t into = k->about[pair].into;

	return into != KNOWN_NOWHERE && end_of(k, into) <= parts;
}

size_t
known_now(const struct known *k, size_t pair, uint32_t parts, uint32_t *base)
{
	*base = 0;
	for (; is_merged(k, pair, parts); pair = k->about[pair].into)
		*base += k->about[pair].base;
	return pair;
}

struct ordered {
	uint32_t first, place;
};

static int
compare_ordered(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

void
known_order(const struct known *k, uint32_t parts, struct known_order *out)
{
	struct ordered *list = mem_alloc((k->pair_count + 1) * sizeof *list);

	*out = (struct known_order){ .pairs = mem_alloc((k->pair_count + 1) * sizeof *out->pairs),
		.places = mem_alloc((k->pair_count + 1) * sizeof *out->places) };
	for (size_t i = 0; i < k->pair_count; i++) {
		out->places[i] = KNOWN_NOWHERE;
		if (!is_merged(k, i, parts) && (k->about[i].parts == 1 || end_of(k, i) <= parts))
			list[out->count++] = (struct ordered){ k->about[i].first, (uint32_t)i };
	}
	qsort(list, out->count, sizeof *list, compare_ordered);
	for (size_t i = 0; i < out->count; i++) {
		out->pairs[i] = k->pairs[list[i].place];
		out->places[list[i].place] = (uint32_t)i;
	}
	free(list);
}

void
known_order_release(struct known_order *order)
{
	free(order->pairs);
	free(order->places);
	*order = (struct known_order){ 0 };
}

int
known_describe(int dir, const uint8_t text[static SHA256_LEN], struct known_pair *out, uint32_t *blobs)
{
	struct seg_map map;

	int r = seg_map_open(&map, dir, text, SEG_TEXT);
	if (r < 0)
		return r;
	out->bytes = seg_map_count(&map, SEG_BLOCKS);
	out->words = seg_map_count(&map, SEG_NAMES);
	out->parts = (uint32_t)seg_map_count(&map, SEG_PARTS);
	*blobs = (uint32_t)seg_map_count(&map, SEG_BLOBS);
	seg_map_close(&map);
	return out->parts ? 0 : err_set(ERR_FORMAT, "index: a text segment of no parts");
}

void
known_about(struct known *k, size_t pair, const struct known_pair *about)
{
	struct known_pair *now = &k->about[pair];

	k->parts += about->parts - now->parts;
	now->parts = about->parts;
	now->bytes = about->bytes;
	now->words = about->words;
}

/* A stand-in has the reason "pending" for what is to be parsed, and no finished segment has. */
static int
is_unfinished(struct known *k, const struct seg_pair *pair, bool *unfinished)
{
	struct seg_map map;
	struct str states;
	uint64_t count;

	int r = seg_map_open(&map, k->dir, pair->syntax, SEG_SYNTAX);
	if (r < 0)
		return r;
	*unfinished = false;
	r = seg_map_section(&map, SEG_STATES, &states, &count);
	const struct seg_state *state = (const void *)states.data;
	for (uint64_t i = 0; r == 0 && i < count && !*unfinished; i++)
		*unfinished = state[i].why == SEG_WHY_PENDING;
	seg_map_close(&map);
	return r;
}

/* Of a text segment that is known: a release may still name the stand-in of what another names finished. */
static int
know_syntax(struct known *k, size_t place, const struct seg_pair *pair)
{
	bool unfinished;

	if (!k->about[place].unfinished || memcmp(k->pairs[place].syntax, pair->syntax, SHA256_LEN) == 0)
		return 0;
	int r = is_unfinished(k, pair, &unfinished);
	if (r == 0 && !unfinished) {
		memcpy(k->pairs[place].syntax, pair->syntax, SHA256_LEN);
		k->about[place].unfinished = false;
	}
	return r;
}

/*
 * What was merged into a segment that is known has the same blobs, one behind the other: a release that was not written
 * again yet names it.
 */
static int
know_blobs(struct known *k, size_t place, const struct seg_blob *blobs, uint32_t count)
{
	struct known_pair *about = &k->about[place];

	for (uint32_t i = 0; i < count; i++) {
		struct known_blob blob = { .segment = (uint32_t)place, .number = i };
		memcpy(blob.id, blobs[i].id, OID_LEN);
		uint32_t at = known_add(k, &blob);
		const struct known_blob *there = &k->blobs[at];
		if (i == 0 && there->segment != place) {
			about->into = there->segment;
			about->base = there->number;
			about->first = k->about[about->into].first;
			k->parts -= about->parts;
		}
		bool fits = about->into == KNOWN_NOWHERE
		    ? there->segment == place && there->number == i
		    : there->segment == about->into && there->number == about->base + i;
		if (!fits)
			return err_set(ERR_FORMAT, "index: a blob is in two text segments");
	}
	return 0;
}

static int
know_text(struct known *k, const struct seg_pair *pair)
{
	struct known_pair about;
	struct seg_map map;
	struct str blobs;
	uint64_t count;
	uint32_t described;
	bool unfinished = false;

	size_t place = known_find_pair(k, pair->text);
	if (place < k->pair_count)
		return know_syntax(k, place, pair);
	int r = known_describe(k->dir, pair->text, &about, &described);
	if (r == 0)
		r = seg_map_open(&map, k->dir, pair->text, SEG_TEXT);
	if (r < 0)
		return r;
	r = seg_map_section(&map, SEG_BLOBS, &blobs, &count);
	if (r == 0 && (count != pair->blobs || count != described))
		r = err_set(ERR_FORMAT, "index: a release does not fit its text segment");
	if (r == 0)
		r = is_unfinished(k, pair, &unfinished);
	if (r == 0) {
		known_add_pair(k, pair);
		known_about(k, place, &about);
		k->about[place].unfinished = unfinished;
		r = know_blobs(k, place, (const void *)blobs.data, (uint32_t)count);
	}
	seg_map_close(&map);
	return r;
}

void
known_add_release(struct known *k, const uint8_t segment[static SHA256_LEN])
{
	k->releases = mem_grow(k->releases, k->release_count + 1, sizeof *k->releases);
	memcpy(k->releases[k->release_count++], segment, SHA256_LEN);
}

void
known_renew_release(
    struct known *k, const uint8_t before[static SHA256_LEN], const uint8_t after[static SHA256_LEN])
{
	for (size_t i = 0; i < k->release_count; i++)
		if (memcmp(k->releases[i], before, SHA256_LEN) == 0)
			memcpy(k->releases[i], after, SHA256_LEN);
}

int
known_load(struct known *k, const uint8_t segment[static SHA256_LEN])
{
	struct seg_map map;
	struct str pairs;
	uint64_t count;

	int r = seg_map_open(&map, k->dir, segment, SEG_RELEASE);
	if (r < 0)
		return r == ERR_ABSENT ? err_set(ERR_FORMAT, "index: a release's segment is missing") : r;
	r = seg_map_section(&map, SEG_PAIRS, &pairs, &count);
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		struct seg_pair pair;
		memcpy(&pair, pairs.data + i * sizeof pair, sizeof pair);
		r = know_text(k, &pair);
		if (r == ERR_ABSENT)
			r = err_set(ERR_FORMAT, "index: a text or syntax segment is missing");
	}
	seg_map_close(&map);
	if (r == 0)
		known_add_release(k, segment);
	return r;
}

static bool
is_named(const struct known *k, const char *name, bool merged)
{
	uint8_t digest[SHA256_LEN];

	if (!hex_to(str_from(name), digest, SHA256_LEN))
		return !seg_file_unfinished(name); /* not ours */
	for (size_t i = 0; i < k->release_count; i++)
		if (memcmp(k->releases[i], digest, SHA256_LEN) == 0)
			return true;
	for (size_t i = 0; i < k->pair_count; i++)
		if (!(merged && is_merged(k, i, KNOWN_ALL)) &&
		    (memcmp(k->pairs[i].text, digest, SHA256_LEN) == 0 ||
			memcmp(k->pairs[i].syntax, digest, SHA256_LEN) == 0))
			return true;
	return false;
}

int
known_sweep(const struct known *k, bool merged)
{
	int fd = openat(k->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return err_sys("index: cannot list it");
	}
	for (struct dirent *d; (d = readdir(dir));) {
		if (d->d_name[0] == '.' || is_named(k, d->d_name, merged))
			continue;
		if (unlinkat(k->dir, d->d_name, 0) < 0)
			r = err_sys("index: %s", d->d_name);
	}
	closedir(dir);
	return r;
}

void
known_cut(struct known *k, size_t blobs, size_t pairs)
{
	k->count = blobs;
	k->pair_count = pairs;
	k->parts = 0;
	for (size_t i = 0; i < pairs; i++)
		if (!is_merged(k, i, KNOWN_ALL) && end_of(k, i) > k->parts)
			k->parts = end_of(k, i);
	if (k->slot_count)
		fill_slots(k);
}

void
known_release(struct known *k)
{
	free(k->blobs);
	free(k->slots);
	free(k->pairs);
	free(k->about);
	free(k->releases);
	*k = (struct known){ 0 };
}
