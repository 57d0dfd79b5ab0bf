#include "indexer/intake/reach.h"

#include "base/mem.h"
#include "indexer/intake/reached.h"
#include "indexer/intake/source.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SLICE 4096 /* objects that the threads read before somebody looks at them */
#define HELD_BYTES ((uint64_t)48 * 1024 * 1024) /* of trees that wait to be looked at */
/* What reading may cost: so many times the bytes that come out, and this many for nothing. */
#define COST_RATIO 16
#define COST_FREE ((uint64_t)8 * 1024 * 1024 * 1024)

struct reach {
	struct reach_job job;
	struct reached all;
	size_t commits, trees; /* of `all`, up to where those have been looked at */
	struct fsck *fsck;
	/* a slice */
	size_t numbers[SLICE];
	struct object *made[SLICE]; /* NULL: not read yet */
	atomic_uint_least64_t held;
	atomic_uint_least64_t bytes; /* of all objects hashed so far */
	uint64_t objects;
};

struct reach *
reach_new(const struct reach_job *job)
{
	struct reach *reach = mem_new(struct reach);

	reach->job = *job;
	return reach;
}

void
reach_free(struct reach *reach)
{
	if (!reach)
		return;
	for (size_t i = 0; i < SLICE; i++)
		object_drop(reach->made[i]);
	reached_release(&reach->all);
	free(reach);
}

/* ---- reading ---- */

static int
in_object(int r, const uint8_t *id)
{
	char hex[OID_HEX];

	hex_from(id, OID_LEN, hex);
	if (r == ERR_ABSENT)
		return err_in(ERR_FORMAT, "broken repository");
	return r == ERR_CANCELLED ? r : err_in(r, "object %s", hex);
}

static int
check(const struct found *found, const struct object *object)
{
	const char *name = object_type_name((enum object_type)found->type);
	uint8_t id[OID_LEN];

	if (object->type != (unsigned)found->type)
		return err_set(ERR_FORMAT, "is a %s where a %s is named",
		    object_type_name((enum object_type)object->type), name);
	git_oid(name, object->data, object->len, id);
	return memcmp(id, found->id, OID_LEN) == 0
	    ? 0
	    : err_set(ERR_FORMAT, "damaged: its bytes hash to something else");
}

/* Reads and hashes one, on any thread. */
static int
read_one(const struct reach *reach, const struct found *found, struct object **out)
{
	struct object *object;

	int r = odb_read(reach->job.odb, found->id, &object);
	if (r < 0)
		return in_object(r, found->id);
	r = check(found, object);
	if (r < 0) {
		object_drop(object);
		return in_object(r, found->id);
	}
	*out = object;
	return 0;
}

/* The same of one that will be moved as it stands: it is the entry's own bytes that are hashed. */
static int
unpack_one(const struct reach *reach, struct found *found, struct object **out)
{
	struct object *object;
	size_t packed;

	int r = store_make(reach->job.packs, &found->place, &object, &packed);
	if (r < 0)
		return in_object(r, found->id);
	found->packed = packed;
	sha256(object->data, object->len, found->sha256);
	r = check(found, object);
	if (r < 0) {
		object_drop(object);
		return in_object(r, found->id);
	}
	*out = object;
	return 0;
}

static int
check_budget(const struct reach *reach)
{
	uint64_t bytes = atomic_load(&reach->bytes);
	const struct store *packs = reach->job.packs;

	if (bytes > SOURCE_BYTES)
		return err_set(ERR_FORMAT, "the repository holds more than %" PRIu64 " bytes", SOURCE_BYTES);
	if (packs && store_cost(packs) > COST_FREE && store_cost(packs) / COST_RATIO > bytes)
		return err_set(ERR_FORMAT,
		    "the repository's deltas cost too much to put together; git repack -a -d -f makes them "
		    "anew");
	return 0;
}

/* ---- finding ---- */

static int
visit(struct reach *reach, const uint8_t id[static OID_LEN], enum object_type type)
{
	if (pack_has(reach->job.pack, id))
		return 0;
	return reached_add(&reach->all, reach->job.packs, id, type);
}

static int
visit_tree(struct reach *reach, struct str bytes)
{
	struct tree_entry entry;
	int r;

	while ((r = tree_next(&bytes, &entry)) > 0) {
		uint32_t mode = mode_canonical(entry.mode);
		if (mode == MODE_SUBMODULE)
			continue;
		r = visit(reach, entry.id, mode == MODE_TREE ? OBJECT_TREE : OBJECT_BLOB);
		if (r < 0)
			break;
	}
	return r;
}

static int
visit_commit(struct reach *reach, struct str bytes)
{
	struct commit_head head;
	uint8_t parent[OID_LEN];

	int r = commit_read(bytes, &head);
	if (r == 0)
		r = visit(reach, head.tree, OBJECT_TREE);
	while (r == 0 && commit_parent(&head, parent))
		r = visit(reach, parent, OBJECT_COMMIT);
	return r;
}

static int
visit_tag(struct reach *reach, struct str bytes)
{
	uint8_t target[OID_LEN];
	enum object_type type;

	int r = tag_read(bytes, target, &type);
	return r == 0 ? visit(reach, target, type) : r;
}

/* What an object, read, is followed to. */
static int
look_at(struct reach *reach, size_t number, const struct object *made)
{
	uint8_t id[OID_LEN];
	enum object_type type = (enum object_type)made->type;
	struct str bytes = object_view(made);

	memcpy(id, reach->all.list[number].id, OID_LEN);
	int r = fsck_object(reach->fsck, type, id, bytes);
	if (r == 0 && type == OBJECT_TREE)
		r = visit_tree(reach, bytes);
	else if (r == 0 && type == OBJECT_COMMIT)
		r = visit_commit(reach, bytes);
	else if (r == 0 && type == OBJECT_TAG)
		r = visit_tag(reach, bytes);
	if (r < 0)
		return in_object(r, id);
	return watch_tick(reach->job.watch, ++reach->objects, 0, "objects", "copying history");
}

/* One by one: a history is a chain, of which each link names the next. */
static int
follow_commits(struct reach *reach)
{
	struct object *made;
	int r = 0;

	for (; reach->commits < reach->all.count && r == 0; reach->commits++) {
		struct found *found = &reach->all.list[reach->commits];
		if (found->type != OBJECT_COMMIT && found->type != OBJECT_TAG)
			continue;
		r = read_one(reach, found, &made);
		if (r < 0)
			return r;
		r = look_at(reach, reach->commits, made);
		object_drop(made);
		if (r == 0)
			r = check_budget(reach);
	}
	return r;
}

static int
read_tree(void *ctx, size_t piece, unsigned thread)
{
	struct reach *reach = ctx;

	(void)thread;
	/* the first is always read; what is left over comes with the next slice */
	if (piece > 0 && atomic_load(&reach->held) > HELD_BYTES)
		return 0;
	int r = read_one(reach, &reach->all.list[reach->numbers[piece]], &reach->made[piece]);
	if (r == 0)
		atomic_fetch_add(&reach->held, reach->made[piece]->len);
	return r;
}

/* Reads the slice's trees as far as memory goes; the others move to its front, and *count says how many. */
static int
follow_slice(struct reach *reach, size_t *count)
{
	size_t left = 0;

	reached_sort(&reach->all, reach->numbers, *count);
	atomic_store(&reach->held, 0);
	int r = pool_run(reach->job.pool, *count, read_tree, reach);
	for (size_t i = 0; i < *count && r == 0; i++) {
		struct object *made = reach->made[i];
		reach->made[i] = NULL;
		if (!made) {
			reach->numbers[left++] = reach->numbers[i];
			continue;
		}
		r = look_at(reach, reach->numbers[i], made);
		object_drop(made);
	}
	*count = left;
	return r == 0 ? check_budget(reach) : r;
}

static int
follow_trees(struct reach *reach)
{
	size_t count = 0;
	int r = 0;

	do {
		for (; reach->trees < reach->all.count && count < SLICE; reach->trees++)
			if (reach->all.list[reach->trees].type == OBJECT_TREE)
				reach->numbers[count++] = reach->trees;
		if (count > 0)
			r = follow_slice(reach, &count);
	} while (r == 0 && (count > 0 || reach->trees < reach->all.count));
	return r;
}

int
reach_from(struct reach *reach, const uint8_t id[static OID_LEN], enum object_type type, struct fsck *fsck)
{
	reach->fsck = fsck;
	int r = visit(reach, id, type);
	/* tags may name trees and blobs too */
	if (r == 0)
		r = follow_commits(reach);
	return r == 0 ? follow_trees(reach) : r;
}

/* ---- moving ---- */

static int
hash_one(void *ctx, size_t piece, unsigned thread)
{
	struct reach *reach = ctx;
	struct found *found = &reach->all.list[reach->numbers[piece]];
	struct object *object;

	(void)thread;
	int r = found->loose ? read_one(reach, found, &object) : unpack_one(reach, found, &object);
	if (r < 0)
		return r;
	atomic_fetch_add(&reach->bytes, object->len);
	object_drop(object);
	return 0;
}

/* `order`: of the packs. */
static int
hash_all(struct reach *reach, const size_t *order)
{
	size_t count = reach->all.count, slice;
	int r = watch_stage(reach->job.watch, count, "objects", "hashing history");

	for (size_t at = 0; at < count && r == 0; at += slice) {
		slice = count - at < SLICE ? count - at : SLICE;
		memcpy(reach->numbers, order + at, slice * sizeof *order);
		r = pool_run(reach->job.pool, slice, hash_one, reach);
		if (r == 0)
			r = check_budget(reach);
		if (r == 0)
			r = watch_tick(reach->job.watch, at, count, "objects", "hashing history");
	}
	return r;
}

static int
load(struct pack_item *item)
{
	struct reach *reach = item->ctx;
	struct object *made;

	int r = odb_read(reach->job.odb, item->id, &made);
	if (r < 0)
		return in_object(r, item->id);
	item->handle = made;
	item->bytes = object_view(made);
	item->size = made->len;
	return 0;
}

static int
measure(struct pack_item *item)
{
	const struct reach *reach = item->ctx;
	enum object_type type;

	int r = odb_header(reach->job.odb, item->id, &type, &item->size);
	return r < 0 ? in_object(r, item->id) : 0;
}

static void
drop(struct pack_item *item)
{
	object_drop(item->handle);
}

static int
put_whole(struct reach *reach, const struct found *found)
{
	struct pack_item item = { .type = (enum object_type)found->type,
		.expected = true,
		.ctx = reach,
		.measure = measure,
		.load = load,
		.drop = drop };

	memcpy(item.id, found->id, OID_LEN);
	return pack_put(reach->job.pack, &item);
}

/* The stream as it stands; `base` is what it is a delta on, or NULL. */
static int
put_raw(struct reach *reach, struct found *found, const struct found *base)
{
	struct pack_entry entry;

	int r = store_entry(reach->job.packs, &found->place, &entry);
	if (r < 0)
		return r;
	struct pack_raw raw = { .type = (enum object_type)found->type,
		.base = base ? base->id : NULL,
		.size = entry.size,
		.stream = { entry.stream.data, found->packed } };
	memcpy(raw.id, found->id, OID_LEN);
	memcpy(raw.sha256, found->sha256, SHA256_LEN);
	found->moved = true;
	return pack_put_raw(reach->job.pack, &raw);
}

/* What a found object is a delta on, if that comes along; *delta: whether it is one. */
static int
base_of(const struct reach *reach, const size_t *order, const struct found *found, bool *delta,
    struct found **base)
{
	const struct store *packs = reach->job.packs;
	struct store_place place = found->place;

	int r = store_base(packs, &place, delta);
	*base = r == 0 && *delta ? reached_at(&reach->all, order, &place) : NULL;
	return r;
}

/* An object and before it what it is a delta on, down to one that is there already. */
static int
move_one(struct reach *reach, const size_t *order, struct found *found)
{
	struct found *chain[DELTA_DEPTH + 1], *base = NULL;
	size_t count = 0;
	bool delta;
	int r = 0;

	for (; r == 0 && found && !found->moved && count <= DELTA_DEPTH; found = base) {
		chain[count++] = found;
		r = base_of(reach, order, found, &delta, &base);
	}
	while (r == 0 && count > 0) {
		r = put_raw(reach, chain[--count], base);
		base = chain[count];
	}
	return r;
}

/* What cannot go as it stands goes first: others may be deltas on it. */
static int
move_whole(struct reach *reach, const size_t *order)
{
	struct found *base;
	int r = 0;

	for (size_t i = 0; i < reach->all.count && r == 0; i++) {
		struct found *found = &reach->all.list[order[i]];
		bool delta = false;
		base = NULL;
		if (!found->loose)
			r = base_of(reach, order, found, &delta, &base);
		if (r == 0 && (found->loose || (delta && !base))) {
			found->moved = true;
			r = put_whole(reach, found);
		}
	}
	return r == 0 ? pack_flush(reach->job.pack) : r;
}

int
reach_move(struct reach *reach)
{
	size_t count = reach->all.count, *order;

	int r = reached_order(&reach->all, &order);
	if (r < 0)
		return r;
	r = hash_all(reach, order);
	if (r == 0)
		r = move_whole(reach, order);
	for (size_t i = 0; i < count && r == 0; i++) {
		struct found *found = &reach->all.list[order[i]];
		if (!found->moved)
			r = move_one(reach, order, found);
		if (r == 0)
			r = watch_tick(reach->job.watch, i, count, "objects", "copying");
	}
	free(order);
	return r;
}
