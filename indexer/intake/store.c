#include "indexer/intake/store.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/pack_index.h"
#include "indexer/intake/sums.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKS_MAX 65536
#define TABLE_BYTES ((size_t)96 * 1024 * 1024)

struct mapped {
	uint8_t *data;
	size_t len;
};

struct store {
	int dir;
	struct stored_pack {
		struct mapped index_file, pack, sums_file; /* the last may be empty */
		struct pack_index index;
	} * packs;
	size_t count;
	struct object_table *table; /* of a foreign one */
};

static int
map_file(int dir, const char *name, struct mapped *out)
{
	struct stat st;
	int fd;

	int r = fs_open(dir, name, O_RDONLY, &fd);
	if (r < 0)
		return r;
	void *data = MAP_FAILED;
	bool empty = fstat(fd, &st) == 0 && st.st_size == 0;
	if (!empty)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (empty)
		return err_set(ERR_FORMAT, "%s is empty", name);
	if (data == MAP_FAILED)
		return err_sys("%s: cannot map", name);
	*out = (struct mapped){ data, (size_t)st.st_size };
	return 0;
}

static void
unmap(struct mapped *file)
{
	if (file->data)
		munmap(file->data, file->len);
}

static void
unmap_pack(struct stored_pack *pack)
{
	unmap(&pack->index_file);
	unmap(&pack->pack);
	unmap(&pack->sums_file);
}

static int
map_pack(int dir, const struct store_names *names, struct stored_pack *pack)
{
	int r = map_file(dir, names->index, &pack->index_file);
	if (r == 0)
		r = map_file(dir, names->pack, &pack->pack);
	if (r == 0)
		r = pack_index_init(&pack->index, pack->index_file.data, pack->index_file.len);
	if (r == 0 &&
	    (pack->pack.len < PACK_HEAD + OID_LEN || memcmp(pack->pack.data, "PACK\0\0\0\2", 8) != 0))
		r = err_set(ERR_FORMAT, "not a pack of version 2");
	if (r < 0)
		return r;
	r = names->sums ? map_file(dir, names->sums, &pack->sums_file) : ERR_ABSENT;
	if (r == ERR_ABSENT)
		return 0;
	if (r == 0)
		r = sums_check((struct str){ (const char *)pack->sums_file.data, pack->sums_file.len },
		    pack->index.count);
	return r < 0 ? err_in(r, "%s (without it contents are compared byte by byte)", names->sums) : 0;
}

int
store_add(struct store *store, const struct store_names *names)
{
	struct stored_pack pack = { 0 };

	if (store->count == PACKS_MAX)
		return err_set(ERR_FORMAT, "more than %d packs; git repack -a -d makes them one", PACKS_MAX);
	int r = map_pack(store->dir, names, &pack);
	if (r < 0) {
		unmap_pack(&pack);
		return err_in(r, "%s", names->pack);
	}
	store->packs = mem_grow(store->packs, store->count + 1, sizeof *store->packs);
	store->packs[store->count++] = pack;
	return 0;
}

/* Every pack-*.idx whose pack is there too: one without the other is what a stopped import left. */
static int
add_all(struct store *store, DIR *dir)
{
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (entry = readdir(dir))) {
		struct str name = str_from(entry->d_name);
		char pack[sizeof entry->d_name + 8], sums[sizeof entry->d_name + 8];
		if (!str_starts(name, STR("pack-")) || !str_ends(name, STR(".idx")))
			continue;
		snprintf(pack, sizeof pack, "%.*s.pack", (int)(name.len - 4), name.data);
		snprintf(sums, sizeof sums, "%.*s.sha256", (int)(name.len - 4), name.data);
		if (fs_exists(store->dir, pack))
			r = store_add(
			    store, &(struct store_names){ entry->d_name, pack, store->table ? NULL : sums });
	}
	return r;
}

int
store_open(int pack_dir, bool foreign, struct store **out)
{
	int fd;

	int r = fs_open_dir(pack_dir, ".", &fd);
	if (r < 0)
		return r;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys("cannot list packs");
	}
	struct store *store = mem_new(struct store);
	store->dir = pack_dir;
	store->table = foreign ? object_table_new(TABLE_BYTES) : NULL;
	r = add_all(store, dir);
	closedir(dir);
	if (r < 0) {
		store_close(store);
		return r;
	}
	*out = store;
	return 0;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->count; i++)
		unmap_pack(&store->packs[i]);
	object_table_free(store->table);
	free(store->packs);
	free(store);
}

bool
store_find(const struct store *store, const uint8_t id[static OID_LEN], struct store_place *place)
{
	/* the newest first: what was just written is what is read */
	for (size_t i = store->count; i-- > 0;)
		if (pack_index_find(&store->packs[i].index, id, &place->offset, NULL)) {
			place->pack = (uint32_t)i;
			return true;
		}
	return false;
}

bool
store_has(const struct store *store, const uint8_t id[static OID_LEN])
{
	struct store_place place;
	return store_find(store, id, &place);
}

bool
store_sha256(const struct store *store, const uint8_t id[static OID_LEN], uint8_t sum[static SHA256_LEN])
{
	uint64_t offset;
	size_t at;

	for (size_t i = store->count; i-- > 0;) {
		const struct stored_pack *pack = &store->packs[i];
		if (!pack->sums_file.data || !pack_index_find(&pack->index, id, &offset, &at))
			continue;
		sums_get((struct str){ (const char *)pack->sums_file.data, pack->sums_file.len }, at, sum);
		return true;
	}
	return false;
}

int
store_entry(const struct store *store, const struct store_place *place, struct pack_entry *entry)
{
	const struct mapped *file = &store->packs[place->pack].pack;
	return pack_entry_at((struct str){ (const char *)file->data, file->len }, place->offset, entry);
}

static int
base_place(const struct store *store, const struct pack_entry *entry, struct store_place *place)
{
	char hex[OID_HEX];

	if (entry->kind == OFFSET_DELTA)
		place->offset = entry->base_offset;
	else if (!store_find(store, entry->base_id, place)) {
		hex_from(entry->base_id, OID_LEN, hex);
		return err_set(ERR_FORMAT, "damaged pack: %s, which others are deltas on, is missing", hex);
	}
	return 0;
}

int
store_base(const struct store *store, struct store_place *place, bool *delta)
{
	struct pack_entry entry;

	int r = store_entry(store, place, &entry);
	*delta = r == 0 && entry.kind > OBJECT_TAG;
	return *delta ? base_place(store, &entry, place) : r;
}

static uint64_t
key_of(const struct store_place *place)
{
	return (uint64_t)place->pack << 48 ^ place->offset;
}

static int
inflate_new(const struct pack_entry *entry, struct object **out, size_t *used)
{
	struct object *made;

	int r = object_new(entry->size, &made);
	if (r < 0)
		return r;
	made->type = entry->kind;
	r = pack_entry_inflate(entry, made->data, used);
	if (r < 0)
		object_drop(made);
	else
		*out = made;
	return r;
}

/* What the delta makes of its base. */
static int
apply(const struct pack_entry *entry, const struct object *base, struct object **out, size_t *used)
{
	struct object *delta, *made = NULL;
	uint64_t from, to;

	int r = inflate_new(entry, &delta, used);
	if (r < 0)
		return r;
	struct str rest = object_view(delta);
	r = delta_sizes(&rest, &from, &to);
	if (r == 0 && from != base->len)
		r = err_set(ERR_FORMAT, "damaged pack");
	if (r == 0)
		r = object_new(to, &made);
	if (r == 0) {
		made->type = base->type;
		r = delta_apply(object_view(base), rest, made->data, to);
	}
	object_drop(delta);
	if (r < 0)
		object_drop(made);
	else
		*out = made;
	return r;
}

/* The entries from an object down to one that is whole, or whose base is at hand. */
struct chain {
	struct store_place *links;
	size_t count, cap;
};

static int
add_link(struct chain *chain, const struct store_place *place)
{
	if (chain->count > DELTA_DEPTH)
		return err_set(ERR_FORMAT, "damaged pack: a chain of more than %d deltas", DELTA_DEPTH);
	if (chain->count == chain->cap) {
		chain->cap = chain->cap ? 2 * chain->cap : 64;
		chain->links = mem_grow(chain->links, chain->cap, sizeof *chain->links);
	}
	chain->links[chain->count++] = *place;
	return 0;
}

static int
find_base(
    const struct store *store, const struct store_place *place, struct chain *chain, struct object **base)
{
	struct store_place at = *place;
	bool delta = true;
	int r = 0;

	while (r == 0 && delta) {
		/* the object itself is made in any case: the length of its stream is to be told */
		if (store->table && chain->count > 0 && (*base = object_table_get(store->table, key_of(&at))))
			return 0;
		r = add_link(chain, &at);
		if (r == 0)
			r = store_base(store, &at, &delta);
	}
	return r;
}

static int
make_link(const struct store *store, const struct store_place *place, const struct object *base,
    struct object **out, size_t *used)
{
	struct pack_entry entry;

	int r = store_entry(store, place, &entry);
	if (r == 0)
		r = base ? apply(&entry, base, out, used) : inflate_new(&entry, out, used);
	if (r < 0)
		return r;
	/* chains are as long as they are, whatever was at hand */
	(*out)->depth = base ? base->depth + 1 : 0;
	if ((*out)->depth > DELTA_DEPTH) {
		object_drop(*out);
		return err_set(ERR_FORMAT, "damaged pack: a chain of more than %d deltas", DELTA_DEPTH);
	}
	return 0;
}

int
store_make(const struct store *store, const struct store_place *place, struct object **out, size_t *packed)
{
	struct chain chain = { 0 };
	struct object *made = NULL, *next = NULL;
	size_t used = 0;

	int r = find_base(store, place, &chain, &made);
	while (r == 0 && chain.count > 0) {
		const struct store_place *link = &chain.links[--chain.count];
		r = make_link(store, link, made, &next, &used);
		if (r < 0)
			break;
		object_drop(made);
		made = next;
		if (store->table)
			object_table_put(store->table, key_of(link), made);
	}
	free(chain.links);
	if (r < 0) {
		object_drop(made);
		return r;
	}
	if (packed)
		*packed = used;
	*out = made;
	return 0;
}

uint64_t
store_cost(const struct store *store)
{
	return store->table ? object_table_cost(store->table) : 0;
}

static int
find_place(const struct store *store, const uint8_t *id, struct store_place *place)
{
	char hex[OID_HEX];

	if (store_find(store, id, place))
		return 0;
	hex_from(id, OID_LEN, hex);
	return err_set(ERR_ABSENT, "no object %s", hex);
}

/* Straight to where it is wanted. */
static int
read_whole(const struct pack_entry *entry, enum object_type *type, struct buf *out)
{
	int r = buf_room(out, entry->size);
	if (r == 0)
		r = pack_entry_inflate(entry, out->data + out->len, NULL);
	if (r == 0)
		out->len += entry->size;
	*type = (enum object_type)entry->kind;
	return r;
}

int
store_read(
    const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type, struct buf *out)
{
	struct store_place place;
	struct pack_entry entry;
	struct object *made;

	int r = find_place(store, id, &place);
	if (r == 0)
		r = store_entry(store, &place, &entry);
	if (r == 0 && entry.kind <= OBJECT_TAG)
		return read_whole(&entry, type, out);
	if (r == 0)
		r = store_make(store, &place, &made, NULL);
	if (r < 0)
		return r;
	*type = (enum object_type)made->type;
	r = buf_str(out, object_view(made));
	object_drop(made);
	return r;
}

int
store_blob(const struct store *store, const uint8_t id[static OID_LEN], uint8_t *out, uint64_t size)
{
	struct store_place place;
	struct pack_entry entry;
	struct object *made;

	int r = find_place(store, id, &place);
	if (r == 0)
		r = store_entry(store, &place, &entry);
	if (r == 0 && entry.kind == OBJECT_BLOB && entry.size == size)
		return pack_entry_inflate(&entry, out, NULL);
	if (r == 0)
		r = store_make(store, &place, &made, NULL);
	if (r < 0)
		return r;
	struct str bytes = object_view(made);
	if (made->type != OBJECT_BLOB || bytes.len != size)
		r = err_set(ERR_FORMAT, "a %s of %zu bytes where a file of %llu is named",
		    object_type_name((enum object_type)made->type), bytes.len, (unsigned long long)size);
	else
		memcpy(out, bytes.data, size);
	object_drop(made);
	return r;
}

/* The size of what a delta makes is its second number; its stream has to be inflated for that. */
static int
delta_result_size(const struct pack_entry *entry, uint64_t *size)
{
	struct object *delta;
	uint64_t from;

	int r = inflate_new(entry, &delta, NULL);
	if (r < 0)
		return r;
	struct str rest = object_view(delta);
	r = delta_sizes(&rest, &from, size);
	object_drop(delta);
	return r;
}

int
store_header(
    const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type, uint64_t *size)
{
	struct store_place place;
	struct pack_entry entry;

	int r = find_place(store, id, &place);
	if (r == 0)
		r = store_entry(store, &place, &entry);
	if (r == 0) {
		*size = entry.size;
		if (entry.kind > OBJECT_TAG)
			r = delta_result_size(&entry, size);
	}
	bool delta = r == 0 && entry.kind > OBJECT_TAG;
	for (int depth = 0; delta && r == 0; depth++)
		r = depth > DELTA_DEPTH ? err_set(ERR_FORMAT, "damaged pack: an endless chain of deltas")
					: store_base(store, &place, &delta);
	if (r == 0)
		r = store_entry(store, &place, &entry);
	if (r == 0)
		*type = (enum object_type)entry.kind;
	return r;
}
