/*
 * Reads objects out of a directory of packs (objects/pack of source.git): those that
 * pack.h wrote, and what git itself may have made of them since.  Loose objects are not
 * looked at.  Reading is safe from several threads.
 */
#ifndef CARREL_INDEXER_INTAKE_STORE_H
#define CARREL_INDEXER_INTAKE_STORE_H

#include "base/buf.h"
#include "indexer/intake/object.h"

struct store;

/* Opens every pack there.  The descriptor is borrowed.  *out is the caller's. */
int store_open(int pack_dir, struct store **out) MUST_USE;
void store_close(struct store *store);
/* One more pack, by the names of its files. */
int store_add(struct store *store, const char *index_name, const char *pack_name) MUST_USE;
bool store_has(const struct store *store, const uint8_t id[static OID_LEN]);
/* ERR_ABSENT if it is not there; ERR_FORMAT if the pack is damaged. */
int store_header(const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type,
    uint64_t *size) MUST_USE;
/* The object's bytes added to `out`; they are not hashed. */
int store_read(const struct store *store, const uint8_t id[static OID_LEN], enum object_type *type,
    struct buf *out) MUST_USE;

#endif
