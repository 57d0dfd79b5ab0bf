#include "indexer/index/pulse.h"

#include <time.h>

#define INTERVAL 3000000 /* ns */

uint64_t
pulse_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void
pulse_init(struct pulse *pulse, int (*look)(void *ctx), void *ctx)
{
	*pulse = (struct pulse){ .look = look, .ctx = ctx, .owner = pthread_self() };
}

int
pulse_beat(struct pulse *pulse)
{
	if (!pulse)
		return 0;
	int stopped = atomic_load_explicit(&pulse->stopped, memory_order_relaxed);
	if (stopped != 0)
		return err_set((enum err)stopped, "not wanted any more");
	if (!pulse->look || !pthread_equal(pulse->owner, pthread_self()))
		return 0;
	uint64_t now = pulse_clock();
	if (now < pulse->next)
		return 0;
	pulse->next = now + INTERVAL;
	int r = pulse->look(pulse->ctx);
	if (r < 0)
		atomic_store_explicit(&pulse->stopped, r, memory_order_relaxed);
	return r;
}
