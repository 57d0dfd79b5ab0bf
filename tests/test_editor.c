#include "tests/unit.h"

#include "tui/editor.h"
#include "tui/match.h"

static void
types(struct editor *e, const char *text)
{
	for (; *text; text++)
		assert_true(editor_type(e, *text));
}

static void
text_is(const struct editor *e, const char *want)
{
	assert_true(str_is(editor_text(e), want));
}

static void
acts(struct editor *e, enum action action)
{
	assert_true(editor_act(e, action, 20));
}

static void
readline_keys_edit(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, false, 100);
	types(&e, "one two three");
	acts(&e, ACT_EDIT_KILL_WORD);
	text_is(&e, "one two ");
	acts(&e, ACT_EDIT_HOME);
	acts(&e, ACT_EDIT_YANK);
	text_is(&e, "threeone two ");
	acts(&e, ACT_EDIT_KILL);
	text_is(&e, "three");
	acts(&e, ACT_EDIT_WORD_LEFT);
	acts(&e, ACT_EDIT_DELETE);
	text_is(&e, "hree");
	acts(&e, ACT_EDIT_END);
	acts(&e, ACT_EDIT_BACKSPACE);
	acts(&e, ACT_EDIT_KILL_BACK);
	text_is(&e, "");
	assert_false(editor_type(&e, '\n'));
	assert_false(editor_type(&e, 27));
	assert_false(editor_type(&e, 0x9b));
	assert_false(editor_act(&e, ACT_DOWN, 20));
	editor_release(&e);
}

static void
characters_are_moved_over_whole(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, false, 100);
	assert_true(editor_type(&e, 0x6f22));
	assert_true(editor_type(&e, 0xe9));
	acts(&e, ACT_EDIT_LEFT);
	acts(&e, ACT_EDIT_BACKSPACE);
	text_is(&e, "é");
	editor_release(&e);
}

static void
a_full_editor_takes_no_more(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, true, 3);
	types(&e, "abc");
	assert_false(editor_type(&e, 'd'));
	text_is(&e, "abc");
	editor_release(&e);
}

static void
place_is(const struct editor *e, size_t want_row, int want_col, size_t want_rows)
{
	size_t row, rows;
	int col;

	editor_place(e, 10, &row, &col, &rows);
	assert_int_equal(row, want_row);
	assert_int_equal(col, want_col);
	assert_int_equal(rows, want_rows);
}

static void
lines_wrap_at_blanks(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, true, 1000);
	place_is(&e, 0, 0, 1);
	types(&e, "hello big world");
	place_is(&e, 1, 5, 2); /* "hello big " and "world" */
	types(&e, "\n");
	place_is(&e, 2, 0, 3);
	types(&e, "0123456789ab");
	place_is(&e, 3, 2, 4);
	editor_act(&e, ACT_EDIT_UP, 10);
	place_is(&e, 2, 2, 4);
	editor_act(&e, ACT_EDIT_UP, 10);
	place_is(&e, 1, 2, 4);
	editor_act(&e, ACT_EDIT_DOWN, 10);
	place_is(&e, 2, 2, 4);
	editor_release(&e);
}

/* Every byte of the text lies in exactly one row, or is a newline between two. */
static void
wrapping_loses_nothing(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15;

	(void)state;
	print_message("seed %llx\n", (unsigned long long)seed);
	for (int run = 0; run < 3000; run++) {
		char text[60];
		size_t len = (size_t)run % 60, at = 0, next;
		struct editor_row r;
		for (size_t i = 0; i < len; i++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			text[i] = "ab \nxyz  "[seed % 9];
		}
		struct str s = { text, len };
		for (size_t start = 0; editor_wrap(s, start, 1 + run % 12, &r, &next); start = next) {
			assert_int_equal(r.start, start);
			assert_int_equal(r.start, at);
			assert_true(next > start);
			for (at += r.len; at < next && at < len; at++)
				assert_int_equal(text[at], '\n');
		}
		assert_int_equal(at, len);
	}
}

static void
closer_matches_score_higher(void **state)
{
	(void)state;
	assert_int_equal(match_score(STR("xyz"), STR("next-change")), -1);
	assert_true(match_score(STR("nc"), STR("next-change")) > match_score(STR("nc"), STR("open-cache")));
	assert_true(match_score(STR("diff"), STR("diff")) > match_score(STR("diff"), STR("do-if-found")));
	assert_true(match_score(STR("DIFF"), STR("diff")) > 0);
	size_t at;
	assert_true(match_part(STR("Next Change"), STR("change"), &at));
	assert_int_equal(at, 5);
	assert_false(match_part(STR("ab"), STR("abc"), &at));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(readline_keys_edit),
	cmocka_unit_test(characters_are_moved_over_whole),
	cmocka_unit_test(a_full_editor_takes_no_more),
	cmocka_unit_test(lines_wrap_at_blanks),
	cmocka_unit_test(wrapping_loses_nothing),
	cmocka_unit_test(closer_matches_score_higher),
};

UNIT(tests)
