/*
 * Loose objects of a repository.  Read here and not by libgit2, which does not come back
 * from one that is cut short (1.5.1 waits for input for ever).
 */
#ifndef CARREL_INDEXER_INTAKE_LOOSE_H
#define CARREL_INDEXER_INTAKE_LOOSE_H

#include "base/buf.h"
#include "indexer/intake/object.h"

/* `objects`: the folder. The bytes are added to `out`, which was empty.  ERR_ABSENT if there is no such object. */
int loose_read(int objects, const uint8_t id[static OID_LEN], enum object_type *type, struct buf *out) MUST_USE;
/* The one whose id begins with these digits (2 or more); `count` says how many do, at most 2. */
int loose_prefix(int objects, struct str hex, uint8_t id[static OID_LEN], size_t *count) MUST_USE;

#endif
