#include "tests/unit.h"

#include "annotations/policy.h"

/* Member by member: what lies between them means nothing. */
static void
same(const struct policy *a, const struct policy *b)
{
	assert_memory_equal(a->allows, b->allows, sizeof a->allows);
	assert_memory_equal(a->numbers, b->numbers, sizeof a->numbers);
}

static void
a_practice_room_allows_what_a_real_one_does_not(void **state)
{
	struct policy practice, real;

	(void)state;
	policy_default(true, &practice);
	policy_default(false, &real);
	for (unsigned i = 0; i < POLICY_COUNT; i++) {
		assert_true(practice.allows[i] == (i < POLICY_TWO_PEOPLE)); /* that, and what follows, is never the default */
		assert_false(real.allows[i]);
	}
}

static void
text_overrides_the_defaults(void **state)
{
	struct policy policy;

	(void)state;
	policy_default(true, &policy);
	assert_int_equal(policy_parse(STR("# a comment\n\npipe-source no\nopen-ledger yes\n"), &policy), 0);
	assert_false(policy.allows[POLICY_PIPE_SOURCE]);
	assert_true(policy.allows[POLICY_OPEN_LEDGER]);
	assert_true(policy.allows[POLICY_READING_COMMANDS]);
	assert_int_equal(policy_parse(STR(""), &policy), 0);
	assert_false(policy.allows[POLICY_PIPE_SOURCE]);
	assert_int_equal(policy.numbers[POLICY_LOCK_AFTER], 600);
	assert_int_equal(policy_parse(STR("lock-after 0\n"), &policy), 0);
	assert_int_equal(policy.numbers[POLICY_LOCK_AFTER], 0);
}

static void
what_it_says_comes_back(void **state)
{
	struct policy policy, again;
	struct buf text = BUF(POLICY_MAX);

	(void)state;
	policy_default(false, &policy);
	policy.allows[POLICY_BARE_KEYS] = true;
	assert_int_equal(policy_text(&policy, &text), 0);
	policy_default(true, &again);
	assert_int_equal(policy_parse(buf_view(&text), &again), 0);
	same(&policy, &again);
	buf_release(&text);
}

static void
anything_else_is_refused_by_its_line(void **state)
{
	static const struct {
		struct str text;
		const char *why;
	} bad[] = {
		{ STR("pipe-source maybe\n"),
		    "policy: line 1: 'pipe-source maybe' is not KEY yes or KEY no" },
		{ STR("pipe-source  yes\n"), "policy: line 1: 'pipe-source  yes' is not KEY yes or KEY no" },
		{ STR("pipe-source yes \n"), "policy: line 1: 'pipe-source yes ' is not KEY yes or KEY no" },
		{ STR("\npipe-source\n"), "policy: line 2: 'pipe-source' is not KEY yes or KEY no" },
		{ STR("colour yes\n"), "policy: line 1: there is no key 'colour'" },
		{ STR("bare-keys no\nbare-keys no\n"), "policy: line 2: 'bare-keys' is there twice" },
		{ STR("bare-keys \xff\n"), "policy: not UTF-8" },
		{ STR("lock-after yes\n"), "policy: line 1: 'lock-after' takes a number from 0 to 86400" },
		{ STR("lock-after 86401\n"), "policy: line 1: 'lock-after' takes a number from 0 to 86400" },
		{ STR("lock-after 1\nlock-after 2\n"), "policy: line 2: 'lock-after' is there twice" },
	};
	struct policy policy, before;

	(void)state;
	policy_default(true, &policy);
	before = policy;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(policy_parse(bad[i].text, &policy), ERR_USAGE);
		assert_string_equal(err_text(), bad[i].why);
		same(&policy, &before);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_practice_room_allows_what_a_real_one_does_not),
	cmocka_unit_test(text_overrides_the_defaults),
	cmocka_unit_test(what_it_says_comes_back),
	cmocka_unit_test(anything_else_is_refused_by_its_line),
};

UNIT(tests)
