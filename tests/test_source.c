#include "tests/unit.h"

#include "indexer/intake/names.h"
#include "indexer/intake/source.h"
#include "tests/random.h"

#include <stdio.h>

static void
paths_are_made_clean(void **state)
{
	static const struct {
		const char *from, *to;
		enum odd odd;
	} cases[] = {
		{ "a/b", "a/b", ODD_NONE },
		{ "./a//b/./c/", "a/b/c", ODD_NONE },
		{ ".", "", ODD_NONE },
		{ "/etc/passwd", "etc/passwd", ODD_ABSOLUTE },
		{ "//x", "x", ODD_ABSOLUTE },
		{ "a/..", "a/..", ODD_PARENT },
		{ "/../x", "../x", ODD_PARENT },
		{ "...", "...", ODD_NONE },
		{ "x/.git/y", "x/.git/y", ODD_GIT_NAME },
		{ ".git/../x", ".git/../x", ODD_PARENT },
		{ ".gitx", ".gitx", ODD_NONE },
		{ "", "", ODD_LEFT_EMPTY },
		{ "a\nb\x1b[m", "a\nb\x1b[m", ODD_NONE },
	};
	struct buf out = BUF(2 * PATH_BYTES);
	enum odd odd;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(path_clean(str_from(cases[i].from), &out, &odd), 0);
		assert_true(str_is(buf_view(&out), cases[i].to));
		assert_int_equal(odd, cases[i].odd);
	}
	buf_release(&out);
}

static void
long_and_deep_paths_are_told(void **state)
{
	static char path[3 * PATH_BYTES];
	struct buf out = BUF(2 * PATH_BYTES);
	enum odd odd;

	(void)state;
	memset(path, 'x', sizeof path);
	assert_int_equal(path_clean((struct str){ path, PATH_BYTES }, &out, &odd), 0);
	assert_int_equal(odd, ODD_NONE);
	assert_int_equal(path_clean((struct str){ path, PATH_BYTES + 1 }, &out, &odd), 0);
	assert_int_equal(odd, ODD_TOO_LONG);
	assert_int_equal(path_clean((struct str){ path, sizeof path }, &out, &odd), 0);
	assert_int_equal(odd, ODD_TOO_LONG);
	for (size_t i = 1; i < sizeof path; i += 2)
		path[i] = '/';
	assert_int_equal(path_clean((struct str){ path, 2 * PATH_DEPTH }, &out, &odd), 0);
	assert_int_equal(odd, ODD_NONE);
	assert_int_equal(path_clean((struct str){ path, 2 * PATH_DEPTH + 1 }, &out, &odd), 0);
	assert_int_equal(odd, ODD_TOO_DEEP);
	buf_release(&out);
}

static void
links_out_are_seen(void **state)
{
	(void)state;
	assert_true(link_leads_out(STR("a"), STR("/x")));
	assert_true(link_leads_out(STR("a"), STR("..")));
	assert_true(link_leads_out(STR("d/a"), STR("../../x")));
	assert_true(link_leads_out(STR("d/a"), STR("x/../../../y")));
	assert_false(link_leads_out(STR("d/a"), STR("../x")));
	assert_false(link_leads_out(STR("d/a"), STR("x/../../y")));
	assert_false(link_leads_out(STR("a"), STR("./x//y")));
}

static void
releases_get_names(void **state)
{
	static const struct {
		const char *from, *name;
	} cases[] = {
		{ "v1.0", "v1.0" },
		{ "rel/1.0 final", "rel-1.0-final" },
		{ "a..b", "a.-b" },
		{ ".hidden", "-hidden" },
		{ "x.lock", "x.loc-" },
		{ "end.", "end-" },
		{ "\xc3\xbc", "--" },
	};
	struct plans plans = { 0 };
	struct plan *plan = plans_add(&plans, "git");

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(plan_name(plan, STR(""), str_from(cases[i].from)), 0);
		assert_string_equal(plan->name, cases[i].name);
		assert_true(name_is_ref(str_from(plan->name)));
	}
	assert_int_equal(plan_name(plan, STR("given"), STR("from")), 0);
	assert_string_equal(plan->name, "given");
	assert_int_equal(plan_name(plan, STR("a/b"), STR("from")), ERR_USAGE);
	assert_int_equal(plan_name(plan, STR(".x"), STR("from")), ERR_USAGE);
	assert_int_equal(plan_name(plan, STR(""), STR("")), ERR_USAGE);
	plans_release(&plans);
}

/* Whatever a tag is called, the name made of it is one that both git and we take. */
static void
names_of_any_bytes_are_good(void **state)
{
	struct plans plans = { 0 };
	struct plan *plan = plans_add(&plans, "git");
	struct random random = random_of(11);
	char from[100];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = 1 + random_below(&random, sizeof from - 1);
		for (size_t i = 0; i < len; i++)
			from[i] = random_below(&random, 3) ? "..lock-/"[random_below(&random, 8)]
							   : (char)random_below(&random, 256);
		assert_int_equal(plan_name(plan, STR(""), (struct str){ from, len }), 0);
		assert_true(release_name_ok(str_from(plan->name)));
		assert_true(name_is_ref(str_from(plan->name)));
	}
	plans_release(&plans);
}

static void
sources_have_a_stem(void **state)
{
	(void)state;
	assert_true(str_is(source_stem(STR("/a/openssl-3.0.17.tar.gz")), "openssl-3.0.17"));
	assert_true(str_is(source_stem(STR("x.zip")), "x"));
	assert_true(str_is(source_stem(STR("dir/1.0///")), "1.0"));
	assert_true(str_is(source_stem(STR("..")), ""));
	assert_true(str_is(source_stem(STR("/")), ""));
	assert_true(str_is(source_stem(STR(".tar")), ".tar"));
}

static void
trees_and_commits_are_read_or_refused(void **state)
{
	static const struct str bad[] = { STR("100644 a"), STR("100644 a\0short"),
		STR("x a\0aaaaaaaaaaaaaaaaaaaa"), STR(" a\0aaaaaaaaaaaaaaaaaaaa"),
		STR("100644 \0aaaaaaaaaaaaaaaaaaaa"), STR("777777777777 a\0aaaaaaaaaaaaaaaaaaaa") };
	struct str good = STR("100644 a b\0aaaaaaaaaaaaaaaaaaaa"), head = STR("tree x\n");
	struct tree_entry entry;
	struct commit_head commit;

	(void)state;
	assert_int_equal(tree_next(&good, &entry), 1);
	assert_true(str_is(entry.name, "a b"));
	assert_int_equal(entry.mode, MODE_FILE);
	assert_int_equal(tree_next(&good, &entry), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct str bytes = bad[i];
		assert_int_equal(tree_next(&bytes, &entry), ERR_FORMAT);
	}
	assert_int_equal(commit_read(head, &commit), ERR_FORMAT);
	assert_int_equal(commit_read(STR(""), &commit), ERR_FORMAT);
}

static void
ids_are_found_again(void **state)
{
	struct oid_map map = { 0 };
	uint8_t id[OID_LEN];
	uint64_t value;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		git_oid("blob", &i, sizeof i, id);
		assert_int_equal(oid_map_add(&map, id, i), 1);
		assert_int_equal(oid_map_add(&map, id, i + 1), 0);
	}
	for (uint64_t i = 0; i < 10000; i++) {
		git_oid("blob", &i, sizeof i, id);
		assert_int_equal(oid_map_get(&map, id, &value), i < 5000);
		if (i < 5000)
			assert_true(value == i);
	}
	oid_map_release(&map);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(paths_are_made_clean),
	cmocka_unit_test(long_and_deep_paths_are_told),
	cmocka_unit_test(links_out_are_seen),
	cmocka_unit_test(releases_get_names),
	cmocka_unit_test(names_of_any_bytes_are_good),
	cmocka_unit_test(sources_have_a_stem),
	cmocka_unit_test(trees_and_commits_are_read_or_refused),
	cmocka_unit_test(ids_are_found_again),
};

UNIT(tests)
