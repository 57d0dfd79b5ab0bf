/*
 * Reads objects out of a directory of packs: objects/pack of source.git, or of a
 * repository that is imported.  Loose objects are not looked at.  Reading is safe from
 * several threads.
 *
 * Of our own packs the SHA-256 of every object is known too: beside pack-X.idx lies
 * pack-X.sha256 (sums.h).
 */
#ifndef CARREL_INDEXER_INTAKE_STORE_H
#define CARREL_INDEXER_INTAKE_STORE_H

#include "base/buf.h"
#include "indexer/intake/object_table.h"
#include "indexer/intake/object.h"
#include "indexer/intake/pack_entry.h"

struct store;

/*
 * `foreign`: somebody else's, to be read through as a whole: objects that others are deltas on are kept at hand, and
 * sums that may lie there say nothing.  The descriptor is borrowed.  *out is the caller's.
 */
int store_open(int pack_dir, bool foreign, struct store **out) MUST_USE;
void store_close(struct store *store);

/* The names of a pack's files; `sums` may be NULL, or not there. */
struct store_names {
	const char *index, *pack, *sums;
};

int store_add(struct store *store, const struct store_names *names) MUST_USE; /* one more pack */
bool store_has(const struct store *store, const uint8_t id[static OID_LEN]);
/* False where it is not written down. */
bool store_sha256(const struct store *store, const uint8_t id[static OID_LEN], uint8_t sum[static SHA256_LEN]);
/* ERR_ABSENT if it is not there; ERR_FORMAT if the pack is damaged. */
int store_header(const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type,
    uint64_t *size) MUST_USE;
/* The object's bytes added to `out`; they are not hashed. */
int store_read(const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type,
    struct buf *out) MUST_USE;
/* A blob of exactly `size` bytes, unhashed. */
int store_blob(const struct store *store, const uint8_t id[static OID_LEN], uint8_t *out, uint64_t size) MUST_USE;

/* Where an object lies: this says more about an entry, and in this order deltas are made fastest. */
struct store_place {
	uint32_t pack;
	uint64_t offset;
};

bool store_find(const struct store *store, const uint8_t id[static OID_LEN], struct store_place *place);
int store_entry(const struct store *store, const struct store_place *place, struct pack_entry *entry) MUST_USE;
/* From a delta to what it is a delta on; *delta says whether it was one. */
int store_base(const struct store *store, struct store_place *place, bool *delta) MUST_USE;
/* The object, held once for the caller, unhashed; *packed, if wanted: the length of its stream in the pack. */
int store_make(const struct store *store, const struct store_place *place, struct object **out,
    size_t *packed) MUST_USE;
/* Of a foreign one: bytes that were unpacked and put together so far, bases included. */
uint64_t store_cost(const struct store *store);

#endif
