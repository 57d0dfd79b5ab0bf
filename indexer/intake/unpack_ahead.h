/*
 * Unpacks on a thread of its own, some megabytes ahead of who reads: taking compression
 * off is one thread's work, and others hash and deflate what came out meanwhile.  Reads
 * as unpack.h does.
 */
#ifndef CARREL_INDEXER_INTAKE_UNPACK_AHEAD_H
#define CARREL_INDEXER_INTAKE_UNPACK_AHEAD_H

#include "indexer/intake/unpack.h"

struct unpack_ahead;

/* Takes `unpack` over, failed or not. */
int unpack_ahead_start(struct unpack *unpack, struct unpack_ahead **out) MUST_USE;
/* As unpack_next. */
int unpack_ahead_next(struct unpack_ahead *ahead, const uint8_t **piece, size_t *len) MUST_USE;
void unpack_ahead_stop(struct unpack_ahead *ahead); /* waits for the thread, frees */

#endif
