/*
 * The room's clock decides nothing, and is not believed; but when it steps, the record
 * should have it.  It is held against the kernel's monotonic clock, and at the start of a
 * session against the ledger's last record.
 */
#ifndef CARREL_ANNOTATIONS_CLOCK_H
#define CARREL_ANNOTATIONS_CLOCK_H

#include "annotations/session.h"

#define CLOCK_STEP_MS 5000 /* a smaller difference is no step: whole seconds, and clocks that are being trimmed */

/* A reading: the boot, its monotonic clock, and the room's clock in milliseconds since 1970. */
struct clock_reading {
	char boot[RECORD_BOOT];
	int64_t monotonic_ms, wall_ms;
};

/*
 * By how many milliseconds the room's clock was put forward (back: negative) between two readings; 0: by none worth
 * a word.  After another boot only that it went back can be told.
 */
int64_t clock_step(const struct clock_reading *before, const struct clock_reading *after);
/* Milliseconds since 1970 of a record's time.  False if it is none. */
bool clock_of(const char time[static RECORD_TIME], int64_t *ms);

/* At the start of a session, and now and then in it: a note record where the clock stepped. */
int clock_begin(struct session *session) MUST_USE;
int clock_watch(struct session *session) MUST_USE;

#endif
