#include "tests/unit.h"

#include "base/buf.h"
#include "indexer/index/fuzzy.h"
#include "indexer/index/glob.h"
#include "indexer/index/sketch.h"

static void
globs(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} cases[] = {
		{ "*.c", "a.c", true },
		{ "*.c", "src/deep/a.c", true },
		{ "*.c", "a.c.h", false },
		{ "a?c", "x/abc", true },
		{ "a?c", "a/c", false },
		{ "src/*.c", "src/a.c", true },
		{ "src/*.c", "src/b/a.c", false },
		{ "src/**/a.c", "src/a.c", true },
		{ "src/**/a.c", "src/b/c/a.c", true },
		{ "**/b/*.c", "src/b/a.c", true },
		{ "src/**", "src/b/a.c", true },
		{ "src/", "src/b/a.c", true },
		{ "src/", "srcs/a.c", false },
		{ "/a.c", "a.c", true },
		{ "/a.c", "b/a.c", false },
		{ "[a-c]x", "bx", true },
		{ "[!a-c]x", "bx", false },
		{ "[]]x", "]x", true },
		{ "[x", "[x", true },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "a*b*c", "aXbXbXc", true },
		{ "a*b*c", "aXbXbX", false },
		{ "", "a", false },
		{ "**", "a/b", true },
		{ "src/**/x*y/**/z", "src/a/xby/xcy/q/z", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (glob_matches(str_from(cases[i].pattern), str_from(cases[i].path)) != cases[i].matches)
			fail_msg("%s against %s", cases[i].pattern, cases[i].path);
}

static void
a_glob_of_many_stars_ends(void **state)
{
	char pattern[401], path[4001];

	(void)state;
	for (size_t i = 0; i < 400; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	memset(path, 'a', 4000);
	path[3999] = 'b';
	pattern[400] = path[4000] = 0;
	assert_false(glob_matches(str_from(pattern), str_from(path)));
}

static int
score(const char *pattern, const char *text)
{
	struct fuzzy fuzzy;
	int s = 0;

	fuzzy_init(&fuzzy, str_from(pattern));
	return fuzzy_score(&fuzzy, str_from(text), &s) ? s : -1000;
}

static void
fuzzy_prefers_what_a_person_means(void **state)
{
	(void)state;
	assert_int_equal(score("xyz", "abc"), -1000);
	assert_int_equal(score("A", "a"), -1000);
	assert_true(score("auth", "src/auth.c") > score("auth", "src/a_user_thing.c"));
	assert_true(score("auth", "src/auth.c") > score("auth", "authors/x/y/z/readme"));
	assert_true(score("sa", "ssl_accept") > score("sa", "ssla"));
	assert_true(score("main", "main.c") > score("main", "domain.c"));
	assert_true(score("", "x") > -1000);
}

static void
fuzzy_keeps_the_best(void **state)
{
	struct fuzzy_hit hits[20];
	struct fuzzy_best best = { .hits = hits, .limit = 10 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		fuzzy_add(&best, i * 37 % 1000, (size_t)i);
	fuzzy_sort(&best);
	assert_int_equal(best.count, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(best.hits[i].score, 999 - i);
}

static unsigned
likeness(const char *a, const char *b)
{
	struct sketch x, y;

	sketch_init(&x, str_from(a));
	sketch_init(&y, str_from(b));
	unsigned result = sketch_likeness(&x, &y);
	assert_int_equal(result, sketch_likeness(&y, &x));
	sketch_release(&x);
	sketch_release(&y);
	return result;
}

static void
likeness_is_a_share_of_bytes(void **state)
{
	(void)state;
	assert_int_equal(likeness("", ""), 100);
	assert_int_equal(likeness("a\n", ""), 0);
	assert_int_equal(likeness("aaa\nbbb\n", "bbb\naaa\n"), 100);
	assert_int_equal(likeness("aaa\nbbb\nccc\nddd\n", "aaa\nbbb\nccc\nxxx\n"), 75);
	assert_int_equal(likeness("aaa\naaa\n", "aaa\n"), 50);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(globs),
	cmocka_unit_test(a_glob_of_many_stars_ends),
	cmocka_unit_test(fuzzy_prefers_what_a_person_means),
	cmocka_unit_test(fuzzy_keeps_the_best),
	cmocka_unit_test(likeness_is_a_share_of_bytes),
};

UNIT(tests)
