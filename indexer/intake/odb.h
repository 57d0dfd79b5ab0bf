/*
 * Objects of somebody else's repository: its packs and its loose objects, nothing else of
 * it: no configuration, no alternates, no references, no hooks.  May be used by several
 * threads.
 */
#ifndef CARREL_INDEXER_INTAKE_ODB_H
#define CARREL_INDEXER_INTAKE_ODB_H

#include "indexer/intake/store.h"

struct odb;

/* `objects`: the folder, borrowed.  *out is the caller's. */
int odb_open(int objects, struct odb **out) MUST_USE;
void odb_close(struct odb *odb);
const struct store *odb_packs(const struct odb *odb);
/* ERR_ABSENT if it is not there. */
int odb_header(const struct odb *odb, const uint8_t id[static OID_LEN], enum object_type *type,
    uint64_t *size) MUST_USE;
/* Held once for the caller.  The bytes are not hashed. */
int odb_read(const struct odb *odb, const uint8_t id[static OID_LEN], struct object **out) MUST_USE;
/* The one object whose id begins with these hexadecimal digits; ERR_USAGE if there are several. */
int odb_prefix(const struct odb *odb, struct str hex, uint8_t id[static OID_LEN]) MUST_USE;

#endif
