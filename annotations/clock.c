#include "annotations/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

bool
clock_of(const char time[static RECORD_TIME], int64_t *ms)
{
	struct tm tm = { 0 };
	int end = 0;

	if (sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		&tm.tm_min, &tm.tm_sec, &end) != 6 ||
	    end != RECORD_TIME - 1)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

int64_t
clock_step(const struct clock_reading *before, const struct clock_reading *after)
{
	int64_t step = after->wall_ms - before->wall_ms;

	if (strcmp(before->boot, after->boot) == 0)
		step -= after->monotonic_ms - before->monotonic_ms;
	else if (step > 0)
		return 0; /* the machine was off, nobody knows how long */
	return llabs(step) < CLOCK_STEP_MS ? 0 : step;
}

static int64_t
read_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
note(struct session *session, int64_t step, const char *since)
{
	struct appended appended;
	char why[160];

	snprintf(why, sizeof why, "the room's clock went %s by %lld seconds %s",
	    step > 0 ? "forward" : "back", llabs((long long)step) / 1000, since);
	json_t *payload = json_pack("{s:s,s:s}", "what", "clock", "why", why);
	int r = payload ? session_append(session, RECORD_NOTE, payload, &appended)
			: err_set(ERR_MEMORY, "no memory");
	json_decref(payload);
	return r;
}

/* The reading in the record that stands before this session's own. */
static int
read_last(struct session *session, struct clock_reading *out)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	int r = session->index == 0 ? err_set(ERR_ABSENT, "the first record")
				    : ledger_get(session->ledger, session->index - 1, &leaf, &entry);
	if (r == 0) {
		memcpy(out->boot, entry.record.boot, sizeof out->boot);
		out->monotonic_ms = (int64_t)(entry.record.boot_ns / 1000000);
		if (!clock_of(entry.record.time, &out->wall_ms))
			r = err_set(ERR_FORMAT, "record: malformed time");
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

int
clock_begin(struct session *session)
{
	struct clock_reading last = { 0 },
			     now = { .monotonic_ms = read_ms(CLOCK_MONOTONIC),
				     .wall_ms = read_ms(CLOCK_REALTIME) };

	memcpy(now.boot, session->boot, sizeof now.boot);
	session->clock_ms = now.wall_ms - now.monotonic_ms;
	int r = read_last(session, &last);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r;
	int64_t step = clock_step(&last, &now);
	return step ? note(session, step, "since the record before this session") : 0;
}

int
clock_watch(struct session *session)
{
	int64_t ahead = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_MONOTONIC), step = ahead - session->clock_ms;

	if (!session->is_open || llabs(step) < CLOCK_STEP_MS)
		return 0;
	session->clock_ms = ahead;
	return note(session, step, "in this session");
}
