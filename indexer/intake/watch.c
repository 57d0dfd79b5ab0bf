#include "indexer/intake/watch.h"

#include <time.h>

#define INTERVAL_MS 100

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int
report(struct watch *watch, uint64_t done, uint64_t total, const char *unit, const char *what)
{
	struct progress progress = { done, total, str_from(unit), str_from(what) };
	return watch->report ? watch->report(watch->ctx, &progress) : 0;
}

int
watch_tick(struct watch *watch, uint64_t done, uint64_t total, const char *unit, const char *what)
{
	uint64_t now = now_ms();

	if (watch->last_ms != 0 && now - watch->last_ms < INTERVAL_MS)
		return 0;
	watch->last_ms = now;
	return report(watch, done, total, unit, what);
}

int
watch_stage(struct watch *watch, uint64_t total, const char *unit, const char *what)
{
	watch->last_ms = now_ms();
	return report(watch, 0, total, unit, what);
}
