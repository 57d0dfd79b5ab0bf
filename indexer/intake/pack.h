/*
 * Writes one pack and its index (version 2) of git's format beside the others in
 * objects/pack, in the order in which objects were put: whole ones, deflated by the pool's
 * threads, and entries of other packs as they stand.  What the store has already, and what
 * was put before, is left out; that it is the same bytes and not only the same git id is
 * checked by SHA-256, which is taken of every object.
 *
 *	pack_open, pack_put..., pack_finish, pack_publish, pack_close
 *
 * Nothing is visible to git before pack_publish.
 */
#ifndef CARREL_INDEXER_INTAKE_PACK_H
#define CARREL_INDEXER_INTAKE_PACK_H

#include "base/buf.h"
#include "base/pool.h"
#include "indexer/intake/object.h"
#include "indexer/intake/store.h"

#define PACK_LARGE ((uint64_t)64 * 1024 * 1024) /* bytes of an object above which it goes in as a stream */

struct pack;

/* An object on its way in.  Functions may be NULL; those marked * run on any thread, several items at a time. */
struct pack_item {
	enum object_type type;
	bool expected; /* id says what the bytes must hash to */
	uint8_t id[OID_LEN]; /* else set before `done` */
	uint64_t size;       /* of bytes; an estimate until load has run */
	struct str bytes;    /* owned through `handle`; stand until `drop` */
	void *ctx, *handle;
	size_t number; /* the giver's own */
	int (*measure)(struct pack_item *item); /* *sets size, cheaply, where the giver does not know it */
	int (*load)(struct pack_item *item);    /* *sets bytes, size and type */
	int (*check)(struct pack_item *item);   /* *looks at the bytes */
	int (*done)(struct pack_item *item);    /* in the order put, after the object is in */
	void (*drop)(struct pack_item *item);   /* frees; called once whatever happens */
};

/* `dir`: objects/pack; dir, store and pool are borrowed.  *out is the caller's. */
int pack_open(int dir, const struct store *store, struct pool *pool, struct pack **out) MUST_USE;
/* Takes the item over, failed or not.  Work is done in batches: an item may be `done` in a later call. */
int pack_put(struct pack *pack, const struct pack_item *item) MUST_USE;
int pack_flush(struct pack *pack) MUST_USE; /* all that was put is done, and so is what `done` put */
/* Whether the object is in the store or this pack (as far as it was flushed). */
bool pack_has(const struct pack *pack, const uint8_t id[static OID_LEN]);

/* An entry as it stands in another pack. */
struct pack_raw {
	enum object_type type;
	uint8_t id[OID_LEN], sha256[SHA256_LEN];
	const uint8_t *base; /* the id of what it is a delta on, which is in this pack already; NULL: it is whole */
	uint64_t size;       /* of what the stream unpacks to */
	struct str stream;
};

/* Nothing waits to be flushed, and the object is neither in the pack nor in the store.  Nothing is checked. */
int pack_put_raw(struct pack *pack, const struct pack_raw *raw) MUST_USE;

/* One blob as a stream of exactly `size` bytes; nothing else may be put meanwhile. */
int pack_large_begin(struct pack *pack, uint64_t size) MUST_USE;
int pack_large_add(struct pack *pack, const void *data, size_t len) MUST_USE;
int pack_large_end(struct pack *pack, uint8_t id[static OID_LEN]) MUST_USE;

/* Takes out again what was put and is not in `keep`.  Everything is flushed. */
int pack_keep(struct pack *pack, const struct oid_map *keep) MUST_USE;

/* Completes the files under temporary names and opens them in the store. */
int pack_finish(struct pack *pack, struct store *store) MUST_USE;
size_t pack_count(const struct pack *pack); /* objects written */
uint64_t pack_bytes(const struct pack *pack); /* of the pack file */
/* "pack-HEX" once finished; "" if there was nothing to write. */
const char *pack_name(const struct pack *pack);
int pack_publish(struct pack *pack) MUST_USE; /* syncs, renames, syncs the directory */
/* Frees; removes what was not published. */
void pack_close(struct pack *pack);

#endif
