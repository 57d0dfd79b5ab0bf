/*
 * Objects of somebody else's repository, its packs through libgit2 and its loose objects,
 * nothing else of it: no configuration, no alternates, no references, no hooks.
 */
#ifndef CARREL_INDEXER_INTAKE_ODB_H
#define CARREL_INDEXER_INTAKE_ODB_H

#include "base/buf.h"
#include "indexer/intake/object.h"
#include "indexer/intake/object_table.h"

/* Once in a process, before the seal: libgit2 is made to look for no configuration anywhere. */
int odb_library_init(void) MUST_USE;

struct odb; /* may be used by as many threads at a time as it was opened for */

/* `objects`: a directory's path, kept in use.  *out is the caller's. */
int odb_open(const char *objects, unsigned threads, struct odb **out) MUST_USE;
void odb_close(struct odb *odb);
/* ERR_ABSENT if it is not there. */
int odb_header(struct odb *odb, const uint8_t id[static OID_LEN], enum object_type *type, uint64_t *size) MUST_USE;
/* Held once for the caller.  The bytes are not hashed. */
int odb_read(struct odb *odb, const uint8_t id[static OID_LEN], struct object **out) MUST_USE;
/* The one object whose id begins with these hexadecimal digits; ERR_USAGE if there are several. */
int odb_prefix(struct odb *odb, struct str hex, uint8_t id[static OID_LEN]) MUST_USE;

#endif
