#include "base/fs.h"
#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_private.h"
#include "indexer/intake/segment_release.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A release as it is on disk, and what its pairs are now, or were when there were so many parts. */
struct renewal {
	struct seg_pair *pairs; /* on disk */
	size_t count;
	uint32_t *now; /* of each, its place in known.pairs */
	struct release_move *moves;
	struct known_order order;
};

static void
renewal_release(struct renewal *w)
{
	free(w->pairs);
	free(w->now);
	free(w->moves);
	known_order_release(&w->order);
}

static int
load_pairs(struct index *x, const uint8_t *segment, struct renewal *w)
{
	struct seg_map map;
	struct str pairs;
	uint64_t count;

	int r = seg_map_open(&map, x->options.dir, segment, SEG_RELEASE);
	if (r < 0)
		return r;
	r = seg_map_section(&map, SEG_PAIRS, &pairs, &count);
	if (r == 0) {
		w->count = count;
		w->pairs = mem_alloc((count + 1) * sizeof *w->pairs);
		memcpy(w->pairs, pairs.data, pairs.len);
	}
	seg_map_close(&map);
	return r;
}

static int
renewal_load(struct index *x, const uint8_t *segment, uint32_t parts, struct renewal *w)
{
	*w = (struct renewal){ 0 };
	known_order(&x->known, parts, &w->order);
	int r = load_pairs(x, segment, w);
	if (r < 0)
		return r;
	w->now = mem_alloc((w->count + 1) * sizeof *w->now);
	w->moves = mem_alloc((w->count + 1) * sizeof *w->moves);
	for (size_t i = 0; i < w->count; i++) {
		size_t place = known_find_pair(&x->known, w->pairs[i].text);
		if (place == x->known.pair_count)
			return err_set(ERR_FORMAT, "index: a release names a text segment that is not known");
		w->now[i] = (uint32_t)known_now(&x->known, place, parts, &w->moves[i].base);
		w->moves[i].pair = w->order.places[w->now[i]];
	}
	return 0;
}

static int
renewal_write(struct index *x, const uint8_t *segment, const struct renewal *w, uint8_t *digest, bool *fresh)
{
	const struct release_change change = {
		.moves = w->moves, .count = w->count, .pairs = w->order.pairs, .pair_count = w->order.count
	};
	uint64_t bytes;

	return release_renew(x->options.dir, segment, &change, digest, &bytes, fresh);
}

static int
add_file(struct index *x, struct index_result *result, enum seg_kind kind, const uint8_t *digest)
{
	char name[HEX_LEN(SHA256_LEN)];
	struct stat st;

	hex_from(digest, SHA256_LEN, name);
	if (fstatat(x->options.dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys("index: %s", name);
	result->files = mem_grow(result->files, result->count + 1, sizeof *result->files);
	struct index_file *file = &result->files[result->count++];
	*file = (struct index_file){ .kind = kind, .bytes = (uint64_t)st.st_size };
	memcpy(file->digest, digest, SHA256_LEN);
	return 0;
}

/* What the release will name and does not yet. */
static int
add_changed(struct index *x, const struct renewal *w, struct index_result *result)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->count; i++) {
		const struct seg_pair *now = &x->known.pairs[w->now[i]];
		result->finished &= !x->known.about[w->now[i]].unfinished;
		if (i > 0 && w->now[i] == w->now[i - 1])
			continue;
		if (memcmp(now->text, w->pairs[i].text, SHA256_LEN) != 0)
			r = add_file(x, result, SEG_TEXT, now->text);
		if (r == 0 && memcmp(now->syntax, w->pairs[i].syntax, SHA256_LEN) != 0)
			r = add_file(x, result, SEG_SYNTAX, now->syntax);
	}
	return r;
}

int
index_release_renew(struct index *x, const uint8_t segment[static SHA256_LEN], struct index_result *result)
{
	struct renewal w;
	bool fresh;

	*result = (struct index_result){ .finished = true };
	int r = renewal_load(x, segment, KNOWN_ALL, &w);
	if (r == 0)
		r = add_changed(x, &w, result);
	if (r == 0 && result->count > 0) {
		r = renewal_write(x, segment, &w, result->segment, &fresh);
		if (r == 0)
			r = add_file(x, result, SEG_RELEASE, result->segment);
		if (r == 0)
			r = fs_sync_dir(x->options.dir);
		if (r == 0)
			r = index_verdicts(x, &result->verdicts);
		if (r == 0)
			known_renew_release(&x->known, segment, result->segment);
	}
	renewal_release(&w);
	if (r < 0)
		index_result_release(result);
	return r;
}

/* The release's segment as it was when its pairs from `finished` on were stand-ins. */
static int
digest_before(
    struct index *x, const uint8_t *segment, const struct renewal *w, size_t finished, uint8_t *digest)
{
	struct index_file file;
	char name[HEX_LEN(SHA256_LEN)];
	bool fresh;
	int r = 0;

	for (size_t i = finished; r == 0 && i < w->count; i++)
		r = index_stand_in(x, &w->order.pairs[w->moves[i].pair], &file, &fresh);
	if (r == 0)
		r = renewal_write(x, segment, w, digest, &fresh);
	if (r == 0 && fresh) {
		hex_from(digest, SHA256_LEN, name);
		if (unlinkat(x->options.dir, name, 0) < 0)
			r = err_sys("index: %s", name);
	}
	return r;
}

/* As it was when there were so many parts; their syntax finished, or from one on not. */
static int
was_with(struct index *x, const uint8_t *segment, uint32_t parts, const uint8_t *wanted, bool *was)
{
	uint8_t digest[SHA256_LEN];
	struct renewal w;

	int r = renewal_load(x, segment, parts, &w);
	for (size_t i = w.count + 1; r == 0 && i-- > 0 && !*was;) {
		r = digest_before(x, segment, &w, i, digest);
		*was = r == 0 && memcmp(digest, wanted, SHA256_LEN) == 0;
	}
	renewal_release(&w);
	return r;
}

int
index_release_was(struct index *x, const uint8_t segment[static SHA256_LEN],
    const uint8_t wanted[static SHA256_LEN], bool *was)
{
	int r = 0;

	*was = false;
	/* between two merges nothing changes */
	for (size_t i = x->known.pair_count + 1; r == 0 && i-- > 0 && !*was;) {
		const struct known_pair *about = i ? &x->known.about[i - 1] : NULL;
		if (!about)
			r = was_with(x, segment, 0, wanted, was);
		else if (about->parts > 1)
			r = was_with(x, segment, about->first + about->parts, wanted, was);
	}
	return r;
}
