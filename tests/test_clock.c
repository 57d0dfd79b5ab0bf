#include "tests/unit.h"

#include "annotations/clock.h"
#include "tests/ledger_fixture.h"

#include <sys/stat.h>

#define BOOT_A "11111111-1111-1111-1111-111111111111"
#define BOOT_B "22222222-2222-2222-2222-222222222222"

static int64_t
step(const char *boot_before, int64_t mono_before, int64_t wall_before, const char *boot, int64_t mono,
    int64_t wall)
{
	struct clock_reading before = { .monotonic_ms = mono_before, .wall_ms = wall_before };
	struct clock_reading after = { .monotonic_ms = mono, .wall_ms = wall };

	memcpy(before.boot, boot_before, sizeof before.boot);
	memcpy(after.boot, boot, sizeof after.boot);
	return clock_step(&before, &after);
}

static void
a_step_is_told_from_time_that_passed(void **state)
{
	(void)state;
	assert_int_equal(step(BOOT_A, 1000, 500000, BOOT_A, 61000, 560000), 0);
	assert_int_equal(step(BOOT_A, 1000, 500000, BOOT_A, 61000, 564000), 0);
	assert_int_equal(step(BOOT_A, 1000, 500000, BOOT_A, 61000, 3660000), 3100000);
	assert_int_equal(step(BOOT_A, 1000, 5000000, BOOT_A, 61000, 560000), -4500000);
	/* another boot: how long the machine was off is nobody's to say, but time does not run backwards */
	assert_int_equal(step(BOOT_A, 900000, 500000, BOOT_B, 10, 99500000), 0);
	assert_int_equal(step(BOOT_A, 900000, 500000, BOOT_B, 10, 400000), -100000);
	assert_int_equal(step(BOOT_A, 900000, 500000, BOOT_B, 10, 499000), 0);
}

static void
a_records_time_is_read(void **state)
{
	int64_t ms;

	(void)state;
	assert_true(clock_of("1970-01-02T00:00:01Z", &ms));
	assert_int_equal(ms, 86401000);
	assert_true(clock_of("2026-11-23T19:27:22Z", &ms));
	assert_int_equal(ms, 1795462042000);
	assert_false(clock_of("2026-11-23 19:27:22Z", &ms));
	assert_false(clock_of("2026-11-23T19:27Z   ", &ms));
}

/* A session of the fixture's, as the keeper would hold it. */
static void
hold(struct fixture *f, struct session *session)
{
	struct head head;
	struct stat st;

	assert_int_equal(ledger_head(f->ledger, &head), 0);
	assert_int_equal(stat(fixture_file(f), &st), 0);
	session_init(session);
	session->room = f->scratch.dir;
	session->device = st.st_dev;
	session->inode = st.st_ino;
	session->ledger = f->ledger;
	session->actor = f->actor;
	session->is_open = true;
	session->index = head.size - 1;
	record_boot(session->boot);
}

static json_t *
last_note(struct fixture *f, struct buf *leaf, struct entry *entry)
{
	struct head head;

	assert_int_equal(ledger_head(f->ledger, &head), 0);
	assert_int_equal(ledger_get(f->ledger, head.size - 1, leaf, entry), 0);
	assert_int_equal(entry->record.type, RECORD_NOTE);
	return entry->record.payload;
}

static void
steps_are_noted_once(void **state)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct session session;
	struct entry entry;
	struct fixture f;
	struct head before, after;

	(void)state;
	fixture_make(&f, &projection_hooks);
	fixture_session(&f);
	hold(&f, &session);
	assert_int_equal(clock_begin(&session), 0);
	assert_int_equal(clock_watch(&session), 0);
	assert_int_equal(ledger_head(f.ledger, &before), 0);
	assert_int_equal(before.size, 2);
	/* as if the clock had been two hours ahead before, and a half second, for the two clocks are not read at once */
	session.clock_ms += 7200 * 1000 + 500;
	assert_int_equal(clock_watch(&session), 0);
	json_t *payload = last_note(&f, &leaf, &entry);
	assert_string_equal(json_str(payload, "what").data, "clock");
	assert_non_null(strstr(json_str(payload, "why").data, "back by 7200 seconds"));
	record_release(&entry.record);
	buf_release(&leaf);
	assert_int_equal(clock_watch(&session), 0);
	assert_int_equal(ledger_head(f.ledger, &after), 0);
	assert_int_equal(after.size, 3);
	session.ledger = NULL;
	session_release(&session);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_step_is_told_from_time_that_passed),
	cmocka_unit_test(a_records_time_is_read),
	cmocka_unit_test(steps_are_noted_once),
};

UNIT(tests)
