/*
 * The bytes of an archive's file with its compression taken off, checked to their end: a
 * gzip member's CRC and length (RFC 1952), and what libarchive's other filters check when
 * they are read to the end.  An archive's own end lies before that of the file.
 */
#ifndef CARREL_INDEXER_INTAKE_UNPACK_H
#define CARREL_INDEXER_INTAKE_UNPACK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNPACK_PIECE ((size_t)256 * 1024) /* bytes at a time, at most */

struct unpack;

/* Reads `fd`, which stays the caller's, from its beginning.  *plain: nothing to take off, and *out is NULL. */
int unpack_open(int fd, bool *plain, struct unpack **out) MUST_USE;
/* The next piece, borrowed until the call after; *len 0 at the end.  ERR_FORMAT if damaged. */
int unpack_next(struct unpack *unpack, const uint8_t **piece, size_t *len) MUST_USE;
void unpack_close(struct unpack *unpack);

#endif
