#include "tests/unit.h"

#include "tui/model.h"
#include "tui/pattern.h"

static void
times_are_told_from_now(void **state)
{
	static const struct {
		const char *time;
		int64_t now;
		const char *words;
	} cases[] = {
		{ "1970-01-01T00:00:10Z", 20, "just now" },
		{ "1970-01-01T00:00:00Z", 60, "1 minute ago" },
		{ "1970-01-01T00:00:00Z", 7300, "2 hours ago" },
		{ "2024-02-29T00:00:00Z", 1709251200, "yesterday" },
		{ "2024-02-29T12:00:00Z", 1709208000 + 3 * 86400, "3 days ago" },
		{ "2000-03-01T00:00:00Z", 951868800 + 61 * 86400, "on 2000-03-01" },
		{ "2026-11-23T20:34:46Z", 0, "2026-11-23T20:34:46Z" },
		{ "soon", 0, "soon" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(time_ago(str_from(cases[i].time), cases[i].now, out), cases[i].words);
}

static void
a_typed_search_is_taken_apart(void **state)
{
	struct row args = { 0 };

	(void)state;
	assert_int_equal(pattern_read(STR("-i --code --path src/*.c a b"), &args), 0);
	assert_true(str_is(row_get(&args, F_PATTERN), "a b"));
	assert_true(str_is(row_get(&args, F_GLOB), "src/*.c"));
	assert_int_equal(row_get_num(&args, F_FLAGS), ORDER_NOCASE | ORDER_CODE);
	row_clear(&args);
	args = (struct row){ 0 };
	row_set(&args, F_RELEASE, STR("1.0"));
	assert_int_equal(pattern_read(STR("--lang c --in 1.1 x"), &args), 0);
	assert_true(str_is(row_get(&args, F_LANGUAGE), "c") && str_is(row_get(&args, F_RELEASE), "1.1"));
	assert_int_equal(pattern_read(STR("--all x"), &args), 0);
	assert_false(row_has(&args, F_RELEASE));
	assert_int_equal(pattern_read(STR("-- -x"), &args), 0);
	assert_true(str_is(row_get(&args, F_PATTERN), "-x"));
	assert_int_equal(pattern_read(STR("-x"), &args), ERR_USAGE);
	assert_int_equal(pattern_read(STR("-i"), &args), ERR_USAGE);
	assert_int_equal(pattern_read(STR(""), &args), ERR_USAGE);
}

static void
a_path_is_made_a_glob_of_itself(void **state)
{
	struct buf out = BUF(100);

	(void)state;
	assert_int_equal(pattern_glob(&out, STR("a*[b]?.c")), 0);
	assert_true(str_is(buf_view(&out), "a\\*\\[b\\]\\?.c"));
	buf_release(&out);
}

static void
one_open_seal_opens_all(void **state)
{
	static const struct {
		const char *opened, *words;
		bool sealed;
	} cases[] = {
		{ "{\"seal\":{\"keeper\":{\"refused\":7},\"client\":{\"refused\":7}}}", "sealed: no way out",
		    true },
		{ "{\"seal\":{\"keeper\":{\"refused\":7},\"client\":{\"refused\":3}}}", "sealed: no way out",
		    false },
		{ "{\"seal\":{\"keeper\":{\"refused\":0},\"client\":{\"refused\":7}}}", "sealed: no way out",
		    false },
		{ "{\"seal\":{\"client\":{\"refused\":7}}}", "sealed: no way out", false },
		{ "{}", "sealed: no way out", false },
		{ "{\"accepted\":[\"landlock\"],\"seal\":{\"keeper\":{\"refused\":5}}}",
		    "sealed without landlock", true },
		{ "{\"accepted\":[\"landlock\"],\"seal\":{\"keeper\":{\"refused\":1}}}",
		    "sealed without landlock", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct model model = { 0 };
		json_t *json;
		assert_int_equal(json_read(str_from(cases[i].opened), &json), 0);
		model_opened(&model, json);
		assert_int_equal(model.sealed, cases[i].sealed);
		assert_true(str_is(model.seal, cases[i].words));
		json_decref(json);
		model_release(&model);
	}
}

static void
options_of_a_search_are_switched(void **state)
{
	struct buf text = BUF(1000);
	struct row args = { 0 };

	(void)state;
	assert_true(pattern_has(STR("--path a/* -i x"), "-i"));
	assert_false(pattern_has(STR("--path -i x"), "-i"));
	assert_false(pattern_has(STR("x -i"), "-i"));
	assert_false(pattern_has(STR("-- -i"), "-i"));
	assert_int_equal(pattern_toggle(STR("-w x y"), "-i", &text), 0);
	assert_true(str_is(buf_view(&text), "-i -w x y"));
	buf_clear(&text);
	assert_int_equal(pattern_toggle(STR("-i -w x y"), "-w", &text), 0);
	assert_true(str_is(buf_view(&text), "-i x y"));
	buf_clear(&text);
	assert_int_equal(pattern_read(STR("--strings -i --path *.c --lang c -- -x"), &args), 0);
	assert_int_equal(pattern_write(&args, &text), 0);
	assert_true(str_is(buf_view(&text), "-i --strings --path *.c --lang c -- -x"));
	buf_release(&text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(options_of_a_search_are_switched),
	cmocka_unit_test(times_are_told_from_now),
	cmocka_unit_test(a_typed_search_is_taken_apart),
	cmocka_unit_test(a_path_is_made_a_glob_of_itself),
	cmocka_unit_test(one_open_seal_opens_all),
};

UNIT(tests)
