/*
 * The SHA-256 of each object of a pack, beside its index: eight bytes "crlsums1", 32 bytes
 * for each object in the order of the index, and the SHA-256 of all that.
 */
#ifndef CARREL_INDEXER_INTAKE_SUMS_H
#define CARREL_INDEXER_INTAKE_SUMS_H

#include "base/buf.h"
#include "base/digest.h"

int sums_begin(struct buf *out) MUST_USE;
int sums_add(struct buf *out, const uint8_t sum[static SHA256_LEN]) MUST_USE;
int sums_end(struct buf *out) MUST_USE;

/* Whether this is such a file, whole, of so many objects; ERR_FORMAT if not. */
int sums_check(struct str file, size_t count) MUST_USE;
/* Of the object at this place of the index.  `file` was checked. */
void sums_get(struct str file, size_t at, uint8_t sum[static SHA256_LEN]);

#endif
