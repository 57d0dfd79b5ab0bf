/*
 * The reader: answers the keeper's reading orders, one at a time, from the index.  It
 * hears CANCEL within milliseconds and sends without ever blocking on a write while
 * there is something to read.
 *
 * Until the first list of releases it throws away what it reads: that was meant for a
 * reader that died.
 */
#ifndef CARREL_INDEXER_INDEX_READER_H
#define CARREL_INDEXER_INDEX_READER_H

#include "base/pool.h"
#include "base/wire.h"

struct reader_setup {
	int peer;  /* the keeper: SEQPACKET; taken */
	int index; /* ROOM/index */
	/* a pipe to the supervisor, or -1: 'b' with orders and each second, 'i' where none follows or it waits */
	int busy;
	struct pool *pool; /* borrowed */
};

/* Until the keeper is gone: 0.  Negative only when it cannot go on. */
int reader_run(const struct reader_setup *setup) MUST_USE;

#endif
