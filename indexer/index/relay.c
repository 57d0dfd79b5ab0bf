#include "indexer/index/relay.h"

#define FIRST 4                                /* pieces of the first batch */
#define RUN_MAX 16                             /* pieces of a run */
#define BYTES_MAX ((uint64_t)16 * 1024 * 1024) /* of a batch, but for a single piece */

size_t
relay_slot(const struct relay *relay)
{
	return (size_t)relay->now * RELAY_BATCH + relay->batch[relay->now].count;
}

/* What the batch before gave. */
static int
give_behind(struct relay *relay)
{
	unsigned before = !relay->now;
	int r = 0;

	for (; relay->given < relay->batch[before].count && r == 0; relay->given++)
		r = relay->give(relay->ctx, (size_t)before * RELAY_BATCH + relay->given);
	return r;
}

static int
work_at_run(void *ctx, size_t index, unsigned thread)
{
	struct relay *relay = ctx;
	const struct relay_batch *now = &relay->batch[relay->now];
	int r = 0;

	if (thread == pool_threads(relay->pool) - 1)
		r = give_behind(relay);
	for (size_t i = now->runs[index]; i < now->runs[index + 1] && r == 0; i++)
		r = relay->work(relay->ctx, (size_t)relay->now * RELAY_BATCH + i, thread);
	return r;
}

static int
run(struct relay *relay)
{
	struct relay_batch *now = &relay->batch[relay->now];

	int r = pulse_beat(relay->pulse);
	now->runs[now->run_count] = now->count;
	if (r == 0 && now->count > 0)
		r = pool_run(relay->pool, now->run_count, work_at_run, relay);
	if (r == 0)
		r = give_behind(relay);
	relay->now = !relay->now;
	relay->given = 0;
	relay->batch[relay->now].count = relay->batch[relay->now].run_count = 0;
	relay->batch[relay->now].bytes = 0;
	relay->full = relay->full * 2 < RELAY_BATCH ? relay->full * 2 : RELAY_BATCH;
	return r;
}

int
relay_add(struct relay *relay, uint64_t bytes, bool joined)
{
	struct relay_batch *now = &relay->batch[relay->now];

	if (relay->full == 0)
		relay->full = FIRST;
	if (now->count == 0 || !joined || now->count - now->runs[now->run_count - 1] == RUN_MAX)
		now->runs[now->run_count++] = now->count;
	now->count++;
	now->bytes += bytes;
	return now->count >= relay->full || now->bytes >= BYTES_MAX ? run(relay) : 0;
}

int
relay_end(struct relay *relay)
{
	int r = run(relay);
	return r == 0 ? run(relay) : r;
}
