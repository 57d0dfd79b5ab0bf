/* The inner side of a worker: orders in, parsed blobs out through shared memory. */
#ifndef CARREL_INDEXER_INTAKE_WORKER_CHILD_H
#define CARREL_INDEXER_INTAKE_WORKER_CHILD_H

#include "indexer/intake/segment_map.h"

#include <stdatomic.h>

#define WORKER_AREA ((size_t)72 * 1024 * 1024) /* bytes of results of one order; touched only as needed */
#define WORKER_FULL ((size_t)24 * 1024 * 1024) /* past this an order is answered as far as it got */
#define WORKER_BYTES ((uint64_t)256 * 1024)    /* of text that make an order */

struct worker_order {
	uint32_t first, count;
	uint32_t why; /* enum seg_why of the first: not NONE: do not parse it */
};

/* Shared: what is complete of the order at hand. */
struct worker_shared {
	_Atomic uint32_t done;   /* blobs */
	_Atomic uint32_t length; /* bytes: for each blob u32 length, parsed_encode's bytes */
	_Alignas(4096) uint8_t bytes[WORKER_AREA]; /* pages of it can be given back */
};

/* One byte from the child: it is sealed, and later: it is done with an order. */
enum worker_word { WORKER_READY = 'r', WORKER_DONE = 'd' };

/* How a child ends when it cannot go on. */
enum worker_exit { WORKER_GONE = 0, WORKER_UNSEALED = 3, WORKER_DAMAGED, WORKER_NO_MEMORY };

/* Never returns.  `layers`: of the seal. */
_Noreturn void worker_main(int socket, struct worker_shared *shared, struct seg_texts *texts, unsigned layers);

#endif
