/* The write path on a disk whose power fails, or that fails itself.  What was acknowledged stays, and verifies. */
#include "tests/unit.h"

#include "annotations/projection.h"
#include "annotations/verify.h"
#include "tests/faulty_disk.h"
#include "tests/ledger_fixture.h"
#include "tests/random.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEED 20261126u

static int
verified(struct fixture *f, struct verify_summary *summary)
{
	struct verify_options options = { .hooks = f->hooks };

	ledger_close(f->ledger);
	f->ledger = NULL;
	int r = ledger_open(f->scratch.dir, DB_READ, f->hooks, &f->ledger);
	return r == 0 ? verify_run(f->ledger, &options, summary) : r;
}

static void
must_verify(struct fixture *f, uint64_t at_least)
{
	struct verify_summary summary;

	if (verified(f, &summary) < 0)
		fail_msg("%s", err_text());
	assert_true(summary.failures == 0);
	if (summary.records < at_least)
		fail_msg("%lu of %lu records", (unsigned long)summary.records, (unsigned long)at_least);
}

/* Appends until the power fails, and now and then leaves and comes back, which empties the journal. */
static void
append_on(struct fixture *f, const struct faulty_plan *plan, int told)
{
	faulty_install(plan);
	fixture_reopen(f, DB_WRITE);
	for (unsigned i = 1;; i++) {
		struct appended out;
		if (fixture_page(f, i, &out) < 0)
			_exit(1);
		uint64_t size = out.index + 1;
		if (write(told, &size, sizeof size) != sizeof size)
			_exit(1);
		if (i % 6 == 0)
			fixture_reopen(f, DB_WRITE);
	}
}

/* Runs until the power fails; the records that were acknowledged, or `before`. */
static uint64_t
lose_power(struct fixture *f, const struct faulty_plan *plan, uint64_t before)
{
	int ends[2], status;

	ledger_close(f->ledger);
	f->ledger = NULL;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0)
		append_on(f, plan, ends[1]);
	close(ends[1]);
	for (uint64_t size; read(ends[0], &size, sizeof size) == sizeof size;)
		before = size;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == FAULTY_LOST);
	return before;
}

static void
without_power_nothing_acknowledged_is_lost(void **state)
{
	enum { POINTS = 200, A_LEDGER = 20 };
	struct random random = random_of(SEED);
	uint64_t acknowledged = 0, all = 0;
	struct fixture f;

	(void)state;
	for (unsigned point = 0; point < POINTS; point++) {
		if (point % A_LEDGER == 0) {
			fixture_make(&f, &projection_hooks);
			fixture_session(&f);
			all += acknowledged;
			acknowledged = 2;
		}
		struct faulty_plan plan = {
			.power = random_below(&random, 600), .seed = SEED + point, .error = -1
		};
		acknowledged = lose_power(&f, &plan, acknowledged);
		must_verify(&f, acknowledged);
		if (point % A_LEDGER == A_LEDGER - 1)
			fixture_release(&f);
	}
	print_message("seed %u, %lu records\n", SEED, (unsigned long)(all + acknowledged));
}

/* The same on a disk that only says that it flushes: the test sees it. */
static void
a_disk_that_lies_is_found_out(void **state)
{
	unsigned lost = 0;

	(void)state;
	for (unsigned point = 0; point < 20; point++) {
		struct faulty_plan plan = {
			.power = 150, .seed = SEED + point, .error = -1, .never_flushes = true
		};
		struct verify_summary summary = { 0 };
		struct fixture f;
		fixture_make(&f, &projection_hooks);
		fixture_session(&f);
		uint64_t acknowledged = lose_power(&f, &plan, 2);
		lost += verified(&f, &summary) < 0 || summary.failures || summary.records < acknowledged;
		fixture_release(&f);
	}
	assert_true(lost > 10);
}

/* Each call to the disk in turn fails while a record is appended: once, and with all that follow. */
static void
appending_on_a_disk_that_fails(void **state)
{
	long points[2] = { 0, 0 }, refused = 0;

	(void)state;
	for (int mode = 0; mode < 2; mode++) {
		for (struct faulty_seen seen = { .struck = true }; seen.struck; points[mode]++) {
			struct faulty_plan plan = {
				.power = -1, .error = points[mode], .for_good = mode == 1
			};
			struct fixture f;
			fixture_make(&f, &projection_hooks);
			fixture_session(&f);
			ledger_close(f.ledger);
			f.ledger = NULL;
			faulty_install(&plan);
			int r = ledger_open(f.scratch.dir, DB_WRITE, f.hooks, &f.ledger);
			if (r == 0)
				r = fixture_page(&f, 1, NULL);
			ledger_close(f.ledger); /* which may fail as well */
			f.ledger = NULL;
			seen = faulty_seen();
			faulty_remove();
			refused += r < 0;
			must_verify(&f, r == 0 ? 3 : 2);
			fixture_reopen(&f, DB_WRITE);
			assert_int_equal(fixture_page(&f, 2, NULL), 0);
			fixture_release(&f);
		}
	}
	print_message("%ld and %ld calls failed, %ld times it was refused\n", points[0], points[1], refused);
	assert_true(points[0] > 40 && refused > 40);
}

/* A disk that cannot be read never makes a shorter ledger, or a broken one, of a good one. */
static void
verifying_on_a_disk_that_fails(void **state)
{
	struct verify_summary whole, summary;
	long refused = 0, at = 0;
	struct fixture f;

	(void)state;
	fixture_make(&f, &projection_hooks);
	fixture_session(&f);
	for (unsigned i = 1; i < 40; i++)
		assert_int_equal(fixture_page(&f, i, NULL), 0);
	ledger_close(f.ledger);
	f.ledger = NULL;
	assert_int_equal(verified(&f, &whole), 0);
	for (struct faulty_seen seen = { .struck = true }; seen.struck; at++) {
		struct faulty_plan plan = { .power = -1, .error = at };
		ledger_close(f.ledger);
		f.ledger = NULL;
		summary = (struct verify_summary){ 0 };
		faulty_install(&plan);
		int r = verified(&f, &summary);
		seen = faulty_seen();
		faulty_remove();
		refused += r < 0;
		if (r == 0 && (summary.records != whole.records || summary.failures))
			fail_msg("call %ld: %lu of %lu records, %lu failures", at,
			    (unsigned long)summary.records, (unsigned long)whole.records,
			    (unsigned long)summary.failures);
	}
	print_message("%ld calls failed, %ld times it was refused\n", at, refused);
	assert_true(refused > 20);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(without_power_nothing_acknowledged_is_lost),
	cmocka_unit_test(a_disk_that_lies_is_found_out),
	cmocka_unit_test(appending_on_a_disk_that_fails),
	cmocka_unit_test(verifying_on_a_disk_that_fails),
};

UNIT(tests)
