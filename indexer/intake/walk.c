#include "indexer/intake/walk.h"

#include <inttypes.h>
#include <stdlib.h>

#define TREE_MAX ((size_t)1024 * 1024 * 1024)

struct walking {
	struct walk *walk;
	const struct store *store;
	struct fsck *fsck;
	struct buf path;
	size_t trees; /* read so far, again and again */
};

static int
add_file(struct walking *w, const struct tree_entry *entry, uint32_t mode)
{
	struct walk *walk = w->walk;
	enum object_type type;
	uint64_t size = 0;

	if (walk->count == SNAPSHOT_ENTRIES)
		return err_set(ERR_FORMAT, "the release has more than %d paths", SNAPSHOT_ENTRIES);
	if (mode != MODE_SUBMODULE) {
		int r = store_header(w->store, entry->id, &type, &size);
		if (r < 0)
			return r;
	}
	if (walk->count == walk->cap) {
		walk->cap = walk->cap ? 2 * walk->cap : 1024;
		walk->files = mem_grow(walk->files, walk->cap, sizeof *walk->files);
	}
	struct walk_file *file = &walk->files[walk->count++];
	const char *path = arena_copy(&walk->arena, w->path.data, w->path.len);
	*file = (struct walk_file){ .path = { path, w->path.len }, .mode = mode, .size = size };
	memcpy(file->id, entry->id, OID_LEN);
	return 0;
}

static int
walk_one(struct walking *w, const uint8_t *tree, int depth)
{
	struct buf bytes = BUF(TREE_MAX);
	struct tree_entry entry;
	enum object_type type;
	size_t prefix = w->path.len;
	int more;

	if (++w->trees > SNAPSHOT_ENTRIES)
		return err_set(ERR_FORMAT, "the release has more than %d folders", SNAPSHOT_ENTRIES);
	if (depth == WALK_DEPTH)
		return err_set(ERR_FORMAT, "the release's trees are more than %d deep", WALK_DEPTH);
	int r = store_read(w->store, tree, &type, &bytes);
	if (r == 0 && type != OBJECT_TREE)
		r = err_set(ERR_FORMAT, "a %s where a tree is named", object_type_name(type));
	if (r == 0 && w->fsck)
		r = fsck_object(w->fsck, OBJECT_TREE, tree, buf_view(&bytes));
	struct str rest = buf_view(&bytes);
	while (r == 0 && (more = tree_next(&rest, &entry)) != 0) {
		uint32_t mode = mode_canonical(entry.mode);
		w->path.len = prefix;
		r = more < 0 ? more : buf_str(&w->path, entry.name);
		if (r == 0 && mode == MODE_TREE) {
			r = buf_byte(&w->path, '/');
			if (r == 0)
				r = walk_one(w, entry.id, depth + 1);
		} else if (r == 0) {
			r = add_file(w, &entry, mode);
		}
	}
	w->path.len = prefix;
	buf_release(&bytes);
	return r;
}

int
walk_tree(struct walk *walk, const struct store *store, const uint8_t tree[static OID_LEN], struct fsck *fsck)
{
	struct walking w = { .walk = walk, .store = store, .fsck = fsck, .path = BUF(WALK_PATH) };

	int r = walk_one(&w, tree, 0);
	buf_release(&w.path);
	return r == ERR_MEMORY ? err_in(ERR_FORMAT, "the release's paths") : r;
}

void
walk_release(struct walk *walk)
{
	free(walk->files);
	arena_release(&walk->arena);
	*walk = (struct walk){ 0 };
}

int
walk_manifest(const struct walk *walk, size_t *at, struct buf *out)
{
	char hex[OID_HEX];
	int r = 0;

	for (; *at < walk->count && out->len < out->max / 2 && r == 0; ++*at) {
		const struct walk_file *file = &walk->files[*at];
		hex_from(file->id, OID_LEN, hex);
		if (file->mode == MODE_SUBMODULE)
			r = buf_printf(out, "%06o commit %s %7s\t", file->mode, hex, "-");
		else
			r = buf_printf(out, "%06o blob %s %7" PRIu64 "\t", file->mode, hex, file->size);
		if (r == 0)
			r = buf_str(out, file->path);
		if (r == 0)
			r = buf_byte(out, 0);
	}
	return r;
}

static int
by_path(const void *a, const void *b)
{
	const struct walk_file *x = a, *y = b;
	int order = str_cmp(x->path, y->path);
	return order ? order : memcmp(x->id, y->id, OID_LEN);
}

int
walk_sort(struct walk *walk, struct buf *odds)
{
	size_t kept = 0;
	int r = 0;

	if (walk->count)
		qsort(walk->files, walk->count, sizeof *walk->files, by_path);
	for (size_t i = 0; i < walk->count && r == 0; i++) {
		if (walk->files[i].path.len > PATH_BYTES)
			r = odd_add(odds, walk->files[i].path, ODD_NOT_INDEXED);
		else if (i + 1 < walk->count && str_eq(walk->files[i].path, walk->files[i + 1].path))
			r = odd_add(odds, walk->files[i].path, ODD_SAME_NAME);
		else
			walk->files[kept++] = walk->files[i];
	}
	walk->count = kept;
	return r;
}
