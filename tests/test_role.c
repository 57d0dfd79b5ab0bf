#include "tests/unit.h"

#include "annotations/role.h"
#include "base/str.h"

static void
words_come_back(void **state)
{
	enum role role;
	enum thread_state thread;

	(void)state;
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		assert_true(role_find(str_from(role_word(i)), &role));
		assert_int_equal(role, i);
	}
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		assert_true(thread_state_find(str_from(thread_state_word(i)), &thread));
		assert_int_equal(thread, i);
	}
	assert_false(role_find(STR("root"), &role));
	assert_false(thread_state_find(STR("Resolved"), &thread));
}

static void
only_the_host_runs_the_room(void **state)
{
	static const enum record_type types[] = { RECORD_PERSON, RECORD_REVOKE, RECORD_POLICY, RECORD_IMPORT,
		RECORD_ROOM };

	(void)state;
	for (size_t t = 0; t < sizeof types / sizeof *types; t++)
		for (unsigned role = 0; role < ROLE_COUNT; role++)
			assert_int_equal(role_may(role, types[t]), role == ROLE_HOST ? 0 : ERR_REFUSED);
}

static void
everyone_enrolled_reads_and_is_recorded(void **state)
{
	static const enum record_type types[] = { RECORD_SESSION, RECORD_CLOSE, RECORD_PAGE, RECORD_SEARCH,
		RECORD_LIST, RECORD_DIFF, RECORD_NOTE };

	(void)state;
	for (size_t t = 0; t < sizeof types / sizeof *types; t++)
		for (unsigned role = 0; role < ROLE_COUNT; role++)
			assert_int_equal(role_may(role, types[t]), 0);
}

static void
every_type_is_somebodys(void **state)
{
	(void)state;
	for (unsigned type = 0; type < RECORD_TYPE_COUNT; type++) {
		bool allowed = false;
		for (unsigned role = 0; role < ROLE_COUNT; role++)
			allowed |= role_may(role, type) == 0;
		assert_true(allowed);
	}
}

static void
a_vendor_answers_and_does_not_resolve(void **state)
{
	static const enum thread_state vendors[] = { STATE_ANSWERED, STATE_PROMISED, STATE_VERIFY,
		STATE_DISPUTED };
	static const enum thread_state inspectors[] = { STATE_RESOLVED, STATE_ACCEPTED, STATE_WITHDRAWN,
		STATE_REOPENED };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(role_may_state(ROLE_VENDOR, STR("finding"), STATE_OPEN, vendors[i]), 0);
		assert_int_equal(
		    role_may_state(ROLE_INSPECTOR, STR("finding"), STATE_OPEN, vendors[i]), ERR_REFUSED);
		assert_int_equal(
		    role_may_state(ROLE_VENDOR, STR("finding"), STATE_DISPUTED, inspectors[i]), ERR_REFUSED);
		assert_int_equal(
		    role_may_state(ROLE_INSPECTOR, STR("finding"), STATE_DISPUTED, inspectors[i]), 0);
		assert_int_equal(
		    role_may_state(ROLE_HOST, STR("finding"), STATE_DISPUTED, inspectors[i]), ERR_REFUSED);
		assert_int_equal(
		    role_may_state(ROLE_AUDITOR, STR("finding"), STATE_DISPUTED, inspectors[i]), ERR_REFUSED);
	}
	assert_int_equal(
	    role_may_state(ROLE_VENDOR, STR("finding"), STATE_ANSWERED, STATE_RESOLVED), ERR_REFUSED);
	assert_string_equal(err_text(), "a vendor may not set 'resolved': that is the inspector's to decide");
}

static void
what_is_settled_is_first_reopened(void **state)
{
	static const enum thread_state settled[] = { STATE_RESOLVED, STATE_ACCEPTED, STATE_WITHDRAWN };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
		    role_may_state(ROLE_VENDOR, STR("finding"), settled[i], STATE_DISPUTED), ERR_REFUSED);
		assert_int_equal(
		    role_may_state(ROLE_INSPECTOR, STR("finding"), settled[i], STATE_REOPENED), 0);
		assert_int_equal(
		    role_may_state(ROLE_INSPECTOR, STR("finding"), settled[i], settled[i]), ERR_REFUSED);
		assert_int_equal(
		    role_may_state(ROLE_INSPECTOR, STR("finding"), settled[i], settled[(i + 1) % 3]),
		    ERR_REFUSED);
	}
	assert_int_equal(
	    role_may_state(ROLE_INSPECTOR, STR("finding"), STATE_OPEN, STATE_REOPENED), ERR_REFUSED);
	assert_int_equal(
	    role_may_state(ROLE_INSPECTOR, STR("finding"), STATE_RESOLVED, STATE_OPEN), ERR_REFUSED);
}

static void
a_note_is_only_withdrawn(void **state)
{
	(void)state;
	assert_int_equal(role_may_state(ROLE_INSPECTOR, STR("note"), STATE_OPEN, STATE_WITHDRAWN), 0);
	assert_int_equal(role_may_state(ROLE_INSPECTOR, STR("note"), STATE_WITHDRAWN, STATE_REOPENED), 0);
	assert_int_equal(
	    role_may_state(ROLE_INSPECTOR, STR("note"), STATE_OPEN, STATE_RESOLVED), ERR_REFUSED);
	assert_int_equal(role_may_state(ROLE_VENDOR, STR("note"), STATE_OPEN, STATE_ANSWERED), ERR_REFUSED);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(words_come_back),
	cmocka_unit_test(only_the_host_runs_the_room),
	cmocka_unit_test(everyone_enrolled_reads_and_is_recorded),
	cmocka_unit_test(every_type_is_somebodys),
	cmocka_unit_test(a_vendor_answers_and_does_not_resolve),
	cmocka_unit_test(what_is_settled_is_first_reopened),
	cmocka_unit_test(a_note_is_only_withdrawn),
};

UNIT(tests)
