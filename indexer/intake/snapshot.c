#include "indexer/intake/snapshot.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define ODDS_MAX ((size_t)64 * 1024 * 1024)
#define TREE_MAX ((size_t)1024 * 1024 * 1024)

struct entry {
	struct str path;
	uint32_t mode;
	struct content *content;
};

struct snapshot {
	struct arena arena;
	struct entry *entries; /* in the order they came, a replaced one in its first place */
	size_t count, cap;
	uint32_t *slots; /* hash table by path: index + 1 */
	size_t slots_cap;
	uint64_t seed;
	struct buf odds;
	bool spare; /* contents may have been put into the pack that the commit does not reach */
	bool note;  /* ids of what it reaches, in `used` */
	struct oid_map used;
};

struct snapshot *
snapshot_new(void)
{
	struct snapshot *snapshot = mem_new(struct snapshot);
	snapshot->odds = BUF(ODDS_MAX);
	/* without random bytes the table is still right, and only an attacker's names slow */
	if (getrandom(&snapshot->seed, sizeof snapshot->seed, 0) < 0)
		snapshot->seed = 0x9e3779b97f4a7c15;
	return snapshot;
}

void
snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	arena_release(&snapshot->arena);
	free(snapshot->entries);
	free(snapshot->slots);
	buf_release(&snapshot->odds);
	oid_map_release(&snapshot->used);
	free(snapshot);
}

struct content *
snapshot_content(struct snapshot *snapshot)
{
	return arena_alloc(&snapshot->arena, sizeof(struct content));
}

int
snapshot_odd(struct snapshot *snapshot, struct str path, enum odd odd)
{
	return odd_add(&snapshot->odds, path, odd);
}

static size_t
slot_of(const struct snapshot *snapshot, struct str path)
{
	uint64_t hash = snapshot->seed;

	for (size_t i = 0; i < path.len; i++) {
		hash = (hash ^ (uint8_t)path.data[i]) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	size_t at = hash & (snapshot->slots_cap - 1);
	while (snapshot->slots[at] && !str_eq(snapshot->entries[snapshot->slots[at] - 1].path, path))
		at = (at + 1) & (snapshot->slots_cap - 1);
	return at;
}

static void
rehash(struct snapshot *snapshot, size_t cap)
{
	free(snapshot->slots);
	snapshot->slots = mem_alloc(cap * sizeof *snapshot->slots);
	snapshot->slots_cap = cap;
	for (size_t i = 0; i < snapshot->count; i++)
		snapshot->slots[slot_of(snapshot, snapshot->entries[i].path)] = (uint32_t)i + 1;
}

bool
snapshot_find(const struct snapshot *snapshot, struct str path, uint32_t *mode, struct content **content)
{
	if (snapshot->count == 0)
		return false;
	uint32_t slot = snapshot->slots[slot_of(snapshot, path)];
	if (slot == 0)
		return false;
	*mode = snapshot->entries[slot - 1].mode;
	*content = snapshot->entries[slot - 1].content;
	return true;
}

int
snapshot_add(struct snapshot *snapshot, struct str path, uint32_t mode, struct content *content)
{
	if (2 * (snapshot->count + 1) > snapshot->slots_cap)
		rehash(snapshot, snapshot->slots_cap ? 2 * snapshot->slots_cap : 1024);
	uint32_t *slot = &snapshot->slots[slot_of(snapshot, path)];
	if (*slot) {
		struct entry *entry = &snapshot->entries[*slot - 1];
		entry->mode = mode;
		entry->content = content;
		snapshot->spare = true;
		return snapshot_odd(snapshot, path, ODD_DUPLICATE);
	}
	if (snapshot->count == SNAPSHOT_ENTRIES)
		return err_set(ERR_FORMAT, "more than %d entries", SNAPSHOT_ENTRIES);
	if (snapshot->count == snapshot->cap) {
		snapshot->cap = snapshot->cap ? 2 * snapshot->cap : 256;
		snapshot->entries = mem_grow(snapshot->entries, snapshot->cap, sizeof *snapshot->entries);
	}
	char *copy = arena_copy(&snapshot->arena, path.data, path.len);
	snapshot->entries[snapshot->count++] = (struct entry){ { copy, path.len }, mode, content };
	*slot = (uint32_t)snapshot->count;
	return 0;
}

static struct str
first_part(struct str path)
{
	const char *slash = memchr(path.data, '/', path.len);
	return slash ? (struct str){ path.data, (size_t)(slash - path.data) } : path;
}

/* Takes the top folder off all paths if they share one. */
static struct str
strip_top(struct snapshot *snapshot)
{
	struct str top = first_part(snapshot->entries[0].path);

	for (size_t i = 0; i < snapshot->count; i++) {
		struct str path = snapshot->entries[i].path;
		if (path.len <= top.len || path.data[top.len] != '/' ||
		    memcmp(path.data, top.data, top.len) != 0)
			return STR("");
	}
	for (size_t i = 0; i < snapshot->count; i++) {
		struct str *path = &snapshot->entries[i].path;
		*path = (struct str){ path->data + top.len + 1, path->len - top.len - 1 };
	}
	return top;
}

static int
by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return str_cmp(x->path, y->path);
}

/* A name in one folder: an entry, or a folder of the entries first..end. */
struct child {
	struct str name;
	size_t first, end;
	bool folder;
	uint32_t mode;
	uint8_t id[OID_LEN];
};

struct children {
	struct child *list;
	size_t count, cap;
};

/* By name; of a clash the folder comes first. */
static int
by_name(const void *a, const void *b)
{
	const struct child *x = a, *y = b;
	int order = str_cmp(x->name, y->name);
	return order ? order : (int)y->folder - (int)x->folder;
}

/* As git has it: a folder's name counts with a slash behind it. */
static int
by_git(const void *a, const void *b)
{
	const struct child *x = a, *y = b;
	size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = memcmp(x->name.data, y->name.data, len);

	if (order)
		return order;
	uint8_t c = x->name.len > len ? (uint8_t)x->name.data[len] : x->folder ? '/' : 0;
	uint8_t d = y->name.len > len ? (uint8_t)y->name.data[len] : y->folder ? '/' : 0;
	return (int)c - (int)d;
}

static void
gather(const struct snapshot *snapshot, size_t first, size_t end, size_t prefix, struct children *out)
{
	for (size_t i = first; i < end;) {
		struct str path = snapshot->entries[i].path, rest = { path.data + prefix, path.len - prefix };
		struct child child = {
			.name = first_part(rest), .first = i, .mode = snapshot->entries[i].mode
		};
		child.folder = child.name.len < rest.len;
		size_t same = prefix + child.name.len + 1;
		for (i++; child.folder && i < end; i++) {
			struct str next = snapshot->entries[i].path;
			if (next.len < same || memcmp(next.data + prefix, rest.data, same - prefix) != 0)
				break;
		}
		child.end = i;
		if (out->count == out->cap) {
			out->cap = out->cap ? 2 * out->cap : 32;
			out->list = mem_grow(out->list, out->cap, sizeof *out->list);
		}
		out->list[out->count++] = child;
	}
}

/* Leaves out a file whose name a folder has. */
static int
drop_clashes(struct snapshot *snapshot, struct children *children)
{
	size_t kept = 0;
	int r = 0;

	qsort(children->list, children->count, sizeof *children->list, by_name);
	for (size_t i = 0; i < children->count && r == 0; i++) {
		struct child *child = &children->list[i];
		if (kept == 0 || !str_eq(children->list[kept - 1].name, child->name)) {
			children->list[kept++] = *child;
			continue;
		}
		snapshot->spare = true;
		r = snapshot_odd(snapshot, snapshot->entries[child->first].path, ODD_CLASH);
	}
	children->count = kept;
	return r;
}

static int
note_used(struct snapshot *snapshot, const uint8_t id[static OID_LEN])
{
	int r = snapshot->note ? oid_map_add(&snapshot->used, id, 0) : 0;
	return r < 0 ? r : 0;
}

static int
put_object(struct snapshot *snapshot, struct pack *pack, enum object_type type, struct buf *bytes,
    uint8_t id[static OID_LEN])
{
	git_oid(object_type_name(type), bytes->data, bytes->len, id);
	int r = note_used(snapshot, id);
	if (r < 0)
		return r;
	struct pack_item item = { .type = type, .size = bytes->len, .bytes = buf_view(bytes) };
	r = pack_put(pack, &item);
	/* the pack does not own the bytes */
	return r == 0 ? pack_flush(pack) : r;
}

static int write_tree(struct snapshot *snapshot, struct pack *pack, size_t first, size_t end, size_t prefix,
    uint8_t id[static OID_LEN]);

static int
write_children(struct snapshot *snapshot, struct pack *pack, size_t prefix, struct children *children)
{
	int r = 0;

	for (size_t i = 0; i < children->count && r == 0; i++) {
		struct child *child = &children->list[i];
		if (child->folder) {
			child->mode = MODE_TREE;
			r = write_tree(snapshot, pack, child->first, child->end, prefix + child->name.len + 1,
			    child->id);
		} else {
			memcpy(child->id, snapshot->entries[child->first].content->id, OID_LEN);
			r = note_used(snapshot, child->id);
		}
	}
	return r;
}

/* The entries first..end, sorted, all begin with the same `prefix` bytes. Depth is bounded by PATH_DEPTH. */
static int
write_tree(struct snapshot *snapshot, struct pack *pack, size_t first, size_t end, size_t prefix,
    uint8_t id[static OID_LEN])
{
	struct children children = { 0 };
	struct buf bytes = BUF(TREE_MAX);

	gather(snapshot, first, end, prefix, &children);
	int r = drop_clashes(snapshot, &children);
	if (r == 0)
		r = write_children(snapshot, pack, prefix, &children);
	if (r == 0 && children.count)
		qsort(children.list, children.count, sizeof *children.list, by_git);
	for (size_t i = 0; i < children.count && r == 0; i++) {
		struct child *child = &children.list[i];
		r = buf_printf(&bytes, "%o %.*s", child->mode, STR_ARG(child->name));
		if (r == 0)
			r = buf_byte(&bytes, 0);
		if (r == 0)
			r = buf_add(&bytes, child->id, OID_LEN);
	}
	if (r == 0)
		r = put_object(snapshot, pack, OBJECT_TREE, &bytes, id);
	buf_release(&bytes);
	free(children.list);
	return r;
}

static int
write_commit(struct snapshot *snapshot, struct pack *pack, struct snapshot_result *result)
{
	static const char person[] = "carrel <carrel@localhost> 0 +0000";
	struct buf bytes = BUF(1024);
	char hex[OID_HEX];

	hex_from(result->tree, OID_LEN, hex);
	int r = buf_printf(&bytes, "tree %s\nauthor %s\ncommitter %s\n\nimported\n", hex, person, person);
	if (r == 0)
		r = put_object(snapshot, pack, OBJECT_COMMIT, &bytes, result->commit);
	buf_release(&bytes);
	return r;
}

static int
write_all(struct snapshot *snapshot, struct pack *pack, struct snapshot_result *result)
{
	int r = write_tree(snapshot, pack, 0, snapshot->count, 0, result->tree);
	return r == 0 ? write_commit(snapshot, pack, result) : r;
}

int
snapshot_finish(struct snapshot *snapshot, struct pack *pack, bool strip, struct snapshot_result *result)
{
	*result = (struct snapshot_result){ .odds = BUF(ODDS_MAX), .stripped = STR("") };
	if (snapshot->count == 0)
		return err_set(ERR_FORMAT, "holds no file");
	if (strip)
		result->stripped = strip_top(snapshot);
	qsort(snapshot->entries, snapshot->count, sizeof *snapshot->entries, by_path);
	size_t odds = snapshot->odds.len;
	int r = write_all(snapshot, pack, result);
	if (r == 0 && snapshot->spare) {
		/* the ids of all it reaches are seldom wanted, and many: they are found by going the same way again */
		snapshot->odds.len = odds;
		snapshot->note = true;
		r = write_all(snapshot, pack, result);
	}
	if (r == 0 && snapshot->spare)
		r = pack_keep(pack, &snapshot->used);
	if (r < 0)
		return r;
	result->odds = snapshot->odds;
	snapshot->odds = BUF(ODDS_MAX);
	return 0;
}
