/*
 * How long work learns that it is not wanted any more: it calls pulse_beat() every now
 * and then from any of its threads; the one that made the pulse looks, every few
 * milliseconds, and all see what it saw.
 */
#ifndef CARREL_INDEXER_INDEX_PULSE_H
#define CARREL_INDEXER_INDEX_PULSE_H

#include "base/err.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct pulse {
	int (*look)(void *ctx); /* negative: stop, with the reason set; may be NULL */
	void *ctx;
	pthread_t owner;
	uint64_t next; /* nanoseconds of the monotonic clock at which to look again */
	_Atomic int stopped;
};

void pulse_init(struct pulse *pulse, int (*look)(void *ctx), void *ctx);
/* ERR_CANCELLED or what look() gave, once it did; NULL beats never stop. */
int pulse_beat(struct pulse *pulse) MUST_USE;
uint64_t pulse_clock(void); /* monotonic, nanoseconds */

#endif
