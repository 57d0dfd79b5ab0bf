#include "indexer/intake/store.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/deflate.h"
#include "indexer/intake/pack_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DELTA_DEPTH 512 /* git makes chains of 50, at most 4095 when forced */
#define OFFSET_DELTA 6
#define ID_DELTA 7
#define PACK_HEAD 12

struct mapped {
	uint8_t *data;
	size_t len;
};

struct store {
	int dir;
	struct stored_pack {
		struct mapped index_file, pack;
		struct pack_index index;
	} * packs;
	size_t count;
};

/* Where an object lies, and what its entry says. */
struct entry {
	const struct stored_pack *pack;
	uint64_t offset;
	unsigned kind; /* of object_type, or a delta */
	uint64_t size;
	struct str stream;      /* what is behind the entry's head, up to the end of the pack */
	uint64_t base_offset;   /* of OFFSET_DELTA */
	const uint8_t *base_id; /* of ID_DELTA */
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
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
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

int
store_add(struct store *store, const char *index_name, const char *pack_name)
{
	struct stored_pack pack = { 0 };

	int r = map_file(store->dir, index_name, &pack.index_file);
	if (r == 0)
		r = map_file(store->dir, pack_name, &pack.pack);
	if (r == 0)
		r = pack_index_init(&pack.index, pack.index_file.data, pack.index_file.len);
	if (r == 0 && (pack.pack.len < PACK_HEAD + OID_LEN || memcmp(pack.pack.data, "PACK\0\0\0\2", 8) != 0))
		r = err_set(ERR_FORMAT, "not a pack of version 2");
	if (r < 0) {
		unmap(&pack.index_file);
		unmap(&pack.pack);
		return err_in(r, "source.git: %s", pack_name);
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
		char pack[sizeof entry->d_name + 1];
		if (!str_starts(name, STR("pack-")) || !str_ends(name, STR(".idx")))
			continue;
		snprintf(pack, sizeof pack, "%.*s.pack", (int)(name.len - 4), name.data);
		if (fs_exists(store->dir, pack))
			r = store_add(store, entry->d_name, pack);
	}
	return r;
}

int
store_open(int pack_dir, struct store **out)
{
	int fd;

	int r = fs_open_dir(pack_dir, ".", &fd);
	if (r < 0)
		return r;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys("source.git: cannot list packs");
	}
	struct store *store = mem_new(struct store);
	store->dir = pack_dir;
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
	for (size_t i = 0; i < store->count; i++) {
		unmap(&store->packs[i].index_file);
		unmap(&store->packs[i].pack);
	}
	free(store->packs);
	free(store);
}

static bool
find(const struct store *store, const uint8_t *id, const struct stored_pack **pack, uint64_t *offset)
{
	/* the newest first: what was just written is what is read */
	for (size_t i = store->count; i-- > 0;)
		if (pack_index_find(&store->packs[i].index, id, offset)) {
			*pack = &store->packs[i];
			return true;
		}
	return false;
}

bool
store_has(const struct store *store, const uint8_t id[static OID_LEN])
{
	const struct stored_pack *pack;
	uint64_t offset;
	return find(store, id, &pack, &offset);
}

static int
damaged(void)
{
	return err_set(ERR_FORMAT, "source.git: damaged pack");
}

/* The distance back to a delta's base: seven bits a byte, each further byte one more than its bits say. */
static int
read_distance(const uint8_t **at, const uint8_t *end, uint64_t *distance)
{
	uint64_t value = 0;

	for (;;) {
		if (*at == end || value > UINT64_MAX >> 8)
			return damaged();
		uint8_t byte = *(*at)++;
		value = value << 7 | (byte & 127);
		if (!(byte & 128))
			break;
		value++;
	}
	*distance = value;
	return 0;
}

static int
entry_at(const struct stored_pack *pack, uint64_t offset, struct entry *entry)
{
	if (offset < PACK_HEAD || offset >= pack->pack.len - OID_LEN)
		return damaged();
	const uint8_t *at = pack->pack.data + offset, *end = pack->pack.data + pack->pack.len - OID_LEN;
	uint8_t byte = *at++;
	*entry = (struct entry){ .pack = pack, .offset = offset, .kind = byte >> 4 & 7, .size = byte & 15 };
	for (unsigned shift = 4; byte & 128; shift += 7) {
		if (at == end || shift > 56)
			return damaged();
		byte = *at++;
		entry->size |= (uint64_t)(byte & 127) << shift;
	}
	if (entry->kind == OFFSET_DELTA) {
		uint64_t distance;
		int r = read_distance(&at, end, &distance);
		if (r < 0 || distance == 0 || distance > offset)
			return damaged();
		entry->base_offset = offset - distance;
	} else if (entry->kind == ID_DELTA) {
		if (end - at < OID_LEN)
			return damaged();
		entry->base_id = at;
		at += OID_LEN;
	} else if (entry->kind < OBJECT_COMMIT || entry->kind > OBJECT_TAG) {
		return damaged();
	}
	entry->stream = (struct str){ (const char *)at, (size_t)(end - at) };
	return 0;
}

static int
base_of(const struct store *store, const struct entry *entry, struct entry *base)
{
	const struct stored_pack *pack = entry->pack;
	uint64_t offset = entry->base_offset;

	if (entry->kind == ID_DELTA && !find(store, entry->base_id, &pack, &offset))
		return damaged();
	return entry_at(pack, offset, base);
}

static int
inflate_new(const struct entry *entry, struct buf *out)
{
	int r = buf_room(out, entry->size);
	if (r == 0)
		r = inflate_exact(entry->stream, out->data + out->len, entry->size, NULL);
	if (r == 0)
		out->len += entry->size;
	return r;
}

static bool
delta_size(struct str *delta, uint64_t *size)
{
	*size = 0;
	for (unsigned shift = 0; delta->len > 0 && shift < 63; shift += 7) {
		uint8_t byte = (uint8_t)*delta->data++;
		delta->len--;
		*size |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return true;
	}
	return false;
}

/* The bytes of a number that `bits` says are there, lowest first; false past the end. */
static bool
delta_number(struct str *delta, unsigned bits, unsigned count, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < count; i++) {
		if (!(bits >> i & 1))
			continue;
		if (delta->len == 0)
			return false;
		*value |= (uint64_t)(uint8_t)*delta->data++ << (8 * i);
		delta->len--;
	}
	return true;
}

static int
delta_apply(struct str base, struct str delta, struct buf *out)
{
	uint64_t from, to, offset, len;
	size_t start = out->len;

	if (!delta_size(&delta, &from) || !delta_size(&delta, &to) || from != base.len)
		return damaged();
	int r = buf_room(out, to);
	while (r == 0 && delta.len > 0) {
		uint8_t op = (uint8_t)*delta.data++;
		delta.len--;
		struct str piece = { delta.data, op };
		if (op & 128) {
			if (!delta_number(&delta, op & 15, 4, &offset) ||
			    !delta_number(&delta, op >> 4 & 7, 3, &len))
				return damaged();
			if (len == 0)
				len = 0x10000;
			if (offset > base.len || len > base.len - offset)
				return damaged();
			piece = (struct str){ base.data + offset, len };
		} else if (op == 0 || op > delta.len) {
			return damaged();
		} else {
			delta = (struct str){ delta.data + op, delta.len - op };
		}
		if (piece.len > to - (out->len - start))
			return damaged();
		r = buf_str(out, piece);
	}
	return r == 0 && out->len - start != to ? damaged() : r;
}

static int
read_entry(
    const struct store *store, const struct entry *entry, int depth, enum object_type *type, struct buf *out)
{
	struct buf base_bytes = BUF(out->max), delta = BUF(out->max);
	struct entry base;

	if (entry->kind <= OBJECT_TAG) {
		*type = (enum object_type)entry->kind;
		return inflate_new(entry, out);
	}
	if (depth == DELTA_DEPTH)
		return damaged();
	int r = base_of(store, entry, &base);
	if (r == 0)
		r = read_entry(store, &base, depth + 1, type, &base_bytes);
	if (r == 0)
		r = inflate_new(entry, &delta);
	if (r == 0)
		r = delta_apply(buf_view(&base_bytes), buf_view(&delta), out);
	buf_release(&base_bytes);
	buf_release(&delta);
	return r;
}

static int
find_entry(const struct store *store, const uint8_t *id, struct entry *entry)
{
	const struct stored_pack *pack;
	char hex[OID_HEX];
	uint64_t offset;

	if (find(store, id, &pack, &offset))
		return entry_at(pack, offset, entry);
	hex_from(id, OID_LEN, hex);
	return err_set(ERR_ABSENT, "source.git: no object %s", hex);
}

int
store_read(
    const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type, struct buf *out)
{
	struct entry entry;
	int r = find_entry(store, id, &entry);
	return r == 0 ? read_entry(store, &entry, 0, type, out) : r;
}

/* The size of what a delta makes is its second number; its stream has to be inflated for that. */
static int
delta_result_size(const struct entry *entry, uint64_t *size)
{
	struct buf delta = BUF(entry->size);
	uint64_t from;

	int r = inflate_new(entry, &delta);
	struct str rest = buf_view(&delta);
	if (r == 0 && (!delta_size(&rest, &from) || !delta_size(&rest, size)))
		r = damaged();
	buf_release(&delta);
	return r;
}

int
store_header(
    const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type, uint64_t *size)
{
	struct entry entry;

	int r = find_entry(store, id, &entry);
	if (r == 0) {
		*size = entry.size;
		if (entry.kind > OBJECT_TAG)
			r = delta_result_size(&entry, size);
	}
	for (int depth = 0; r == 0 && entry.kind > OBJECT_TAG; depth++)
		r = depth == DELTA_DEPTH ? damaged() : base_of(store, &entry, &entry);
	if (r == 0)
		*type = (enum object_type)entry.kind;
	return r;
}
