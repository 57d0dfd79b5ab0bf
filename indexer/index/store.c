#include "indexer/index/store.h"

#include <stdlib.h>

struct kept {
	char name[RELEASE_NAME_MAX + 1];
	char segment[HEX_LEN(SHA256_LEN)];
	struct tree *tree; /* NULL: not asked for yet */
};

struct store {
	int dir;
	struct kept *releases;
	size_t count;
	struct segment **segments; /* text and syntax, shared among releases */
	size_t segment_count;
};

struct store *
store_new(int dir)
{
	struct store *store = mem_new(struct store);
	store->dir = dir;
	return store;
}

void
store_free(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->count; i++)
		tree_free(store->releases[i].tree);
	for (size_t i = 0; i < store->segment_count; i++)
		segment_free(store->segments[i]);
	free(store->releases);
	free(store->segments);
	free(store);
}

/* A tree that was read for the same segment moves to the new list. */
static struct tree *
take_tree(struct store *store, const char *segment)
{
	for (size_t i = 0; i < store->count; i++) {
		struct kept *old = &store->releases[i];
		if (old->tree && strcmp(old->segment, segment) == 0) {
			struct tree *tree = old->tree;
			old->tree = NULL;
			return tree;
		}
	}
	return NULL;
}

int
store_releases(struct store *store, struct str list)
{
	struct kept *releases = NULL;
	size_t count = 0;
	struct release release;
	struct dec dec = dec_of(list);

	while (dec_more(&dec) && release_decode(&dec, &release)) {
		uint8_t digest[SHA256_LEN];
		if (!hex_to(release.segment, digest, sizeof digest)) {
			dec.bad = true;
			break;
		}
		releases = mem_grow(releases, count + 1, sizeof *releases);
		struct kept *kept = &releases[count++];
		*kept = (struct kept){ 0 };
		memcpy(kept->name, release.name.data, release.name.len);
		memcpy(kept->segment, release.segment.data, release.segment.len);
	}
	int r = dec_end(&dec, "list of releases");
	if (r < 0) {
		free(releases);
		return r;
	}
	for (size_t i = 0; i < count; i++)
		releases[i].tree = take_tree(store, releases[i].segment);
	for (size_t i = 0; i < store->count; i++)
		tree_free(store->releases[i].tree);
	free(store->releases);
	store->releases = releases;
	store->count = count;
	return 0;
}

size_t
store_count(const struct store *store)
{
	return store->count;
}

struct str
store_name(const struct store *store, size_t release)
{
	return str_from(store->releases[release].name);
}

int
store_find(const struct store *store, struct str name, size_t *release)
{
	for (size_t i = 0; i < store->count; i++)
		if (str_is(name, store->releases[i].name)) {
			*release = i;
			return 0;
		}
	return err_set(ERR_ABSENT, "no release %.*s", STR_ARG(name));
}

static int
open_shared(void *ctx, const char *name, enum seg_kind kind, struct segment **out)
{
	struct store *store = ctx;

	for (size_t i = 0; i < store->segment_count; i++)
		if (strcmp(store->segments[i]->name, name) == 0 &&
		    store->segments[i]->head.kind == (uint32_t)kind) {
			*out = store->segments[i];
			return 0;
		}
	int r = segment_open(store->dir, name, kind, out);
	if (r < 0)
		return r;
	store->segments = mem_grow(store->segments, store->segment_count + 1, sizeof *store->segments);
	store->segments[store->segment_count++] = *out;
	return 0;
}

int
store_tree(struct store *store, size_t release, const struct tree **out)
{
	struct kept *kept = &store->releases[release];
	const struct tree_opener opener = { open_shared, store };
	struct segment *segment;

	if (!kept->tree) {
		int r = segment_open(store->dir, kept->segment, SEG_RELEASE, &segment);
		if (r == 0)
			r = tree_load(segment, &opener, &kept->tree);
		if (r < 0)
			/* what a recorded release needs and is not there is damage */
			return err_in(r == ERR_ABSENT ? ERR_FORMAT : r, "release %s", kept->name);
	}
	*out = kept->tree;
	return 0;
}
