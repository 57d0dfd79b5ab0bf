/*
 * The supervisor: forks the reader, kills it when it gives no sign of life, and starts
 * another when it has died.  It never touches the index or what the keeper says; both
 * processes hold the same end of the keeper's socket, where a packet goes whole or not at
 * all, so that a reader that is killed never leaves half a message.  After DIED the keeper
 * sends its list of releases, and until then the new reader throws away what it reads.
 */
#ifndef CARREL_INDEXER_INDEX_SUPERVISOR_H
#define CARREL_INDEXER_INDEX_SUPERVISOR_H

#include "base/err.h"

struct supervisor_setup {
	int peer, index; /* inherited descriptors: the keeper, ROOM/index */
	unsigned threads; /* of the reader */
};

/* Seals itself first.  The program's exit status. */
int supervisor_run(const struct supervisor_setup *setup) MUST_USE;

#endif
