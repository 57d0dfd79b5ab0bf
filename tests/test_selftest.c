#include "tests/unit.h"

#include "room/selftest.h"

#include <stdio.h>

struct seen {
	unsigned rows, names;
	unsigned worked_alone[SEAL_ALL]; /* by layer */
	bool by[4];                      /* a denial by: process, namespace, landlock, seccomp */
	char last[80];
	const char *must_work[8]; /* controls that work on any machine */
	bool worked[8];
};

static int
look(void *ctx, const struct selftest_row *row)
{
	static const char *const layers[] = { "process", "namespace", "landlock", "seccomp" };
	struct seen *seen = ctx;

	seen->rows++;
	if (strcmp(row->attempt, seen->last) != 0)
		seen->names++;
	snprintf(seen->last, sizeof seen->last, "%s", row->attempt);
	for (size_t i = 0; i < 8 && seen->must_work[i]; i++)
		if (strcmp(row->attempt, seen->must_work[i]) == 0 && strcmp(row->control, "worked") == 0)
			seen->worked[i] = true;
	if (row->layers != SEAL_ALL) {
		seen->worked_alone[row->layers] += row->end == SELFTEST_WORKED;
		return 0;
	}
	for (size_t i = 0; i < 4; i++)
		seen->by[i] = seen->by[i] || strcmp(row->by, layers[i]) == 0;
	if (row->end == SELFTEST_WORKED && !seal_widened())
		print_error("%s: %s\n", seal_profile_name(row->profile), row->attempt);
	assert_true((row->end == SELFTEST_DENIED) == (row->by[0] != 0));
	return 0;
}

static void
nothing_works_under_the_whole_seal(void **state)
{
	struct seen seen = { .must_work = { "connect by TCP over IPv4", "send a UDP datagram over IPv4",
				 "read /etc/passwd", "create a file elsewhere", "run a program",
				 "signal another process", "use a descriptor left open by mistake",
				 "map memory as code" } };
	struct selftest_summary summary;

	(void)state;
	assert_int_equal(selftest_run(true, look, &seen, &summary), 0);
	assert_true(seen.names >= 66);
	assert_int_equal(summary.attempts, seen.names * SEAL_PROFILES);
	assert_int_equal(summary.attempts, summary.denied + summary.not_possible + summary.worked);
	for (size_t i = 0; i < 8; i++)
		assert_true(seen.worked[i]);
	/* no layer would do alone */
	assert_true(seen.worked_alone[SEAL_NAMESPACE] > 0);
	assert_true(seen.worked_alone[SEAL_LANDLOCK] > 0);
	if (seal_widened())
		return;
	assert_int_equal(summary.worked, 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(seen.by[i]);
}

static int
stop_at_once(void *ctx, const struct selftest_row *row)
{
	json_t *object;

	(void)ctx;
	assert_int_equal(selftest_row_json(row, &object), 0);
	assert_true(json_str(object, "attempt").len > 0);
	assert_true(json_str(object, "control").len > 0);
	assert_true(json_bool(object, "ok"));
	json_decref(object);
	return err_set(ERR_SYSTEM, "enough");
}

static void
a_taker_ends_it(void **state)
{
	struct selftest_summary summary;
	json_t *object;

	(void)state;
	assert_int_equal(selftest_run(false, stop_at_once, NULL, &summary), ERR_SYSTEM);
	assert_string_equal(err_text(), "enough");
	assert_int_equal(summary.attempts, 1);
	assert_int_equal(selftest_summary_json(&summary, &object), 0);
	assert_true(json_num(object, "attempts") == 1);
	json_decref(object);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(nothing_works_under_the_whole_seal),
	cmocka_unit_test(a_taker_ends_it),
};

UNIT(tests)
