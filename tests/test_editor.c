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

static void
keys(struct editor *e, const char *typed)
{
	for (; *typed; typed++)
		if (e->vi.normal)
			assert_true(editor_vi_key(e, *typed, 20));
		else if (*typed == '|') /* stands for Esc here */
			assert_true(editor_vi_escape(e));
		else
			assert_true(editor_type(e, *typed));
}

static void
changes_are_undone_and_done_again(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, true, 60);
	assert_false(editor_undo(&e));
	types(&e, "one two");
	types(&e, "\nthree");
	acts(&e, ACT_EDIT_KILL_WORD);
	types(&e, "3");
	acts(&e, ACT_EDIT_UNDO);
	text_is(&e, "one two\n");
	acts(&e, ACT_EDIT_UNDO);
	text_is(&e, "one two\nthree");
	acts(&e, ACT_EDIT_UNDO);
	text_is(&e, "one two");
	acts(&e, ACT_EDIT_REDO);
	acts(&e, ACT_EDIT_REDO);
	acts(&e, ACT_EDIT_REDO);
	text_is(&e, "one two\n3");
	assert_false(editor_redo(&e));
	acts(&e, ACT_EDIT_BACKSPACE);
	acts(&e, ACT_EDIT_BACKSPACE);
	text_is(&e, "one two");
	acts(&e, ACT_EDIT_UNDO);
	text_is(&e, "one two\n3");
	acts(&e, ACT_EDIT_UNDO);
	types(&e, "x");
	assert_false(editor_redo(&e));
	assert_false(
	    editor_insert(&e, STR("does not fit into sixty bytes, whatever one thinks of it: no, no")));
	text_is(&e, "one two\nx");
	editor_release(&e);
}

static void
as_many_changes_as_there_is_room_for(void **state)
{
	static char big[90000];
	struct editor e;
	int undone = 0;

	(void)state;
	editor_init(&e, true, 100000);
	for (int i = 0; i < 3 * EDITOR_CHANGES; i++)
		assert_true(editor_insert(&e, STR("twelve bytes")));
	assert_int_equal(e.change_count, EDITOR_CHANGES);
	while (editor_undo(&e))
		undone++;
	assert_int_equal(undone, EDITOR_CHANGES);
	assert_int_equal(editor_text(&e).len, 2 * EDITOR_CHANGES * 12);
	editor_set(&e, STR(""));
	assert_false(editor_undo(&e));
	memset(big, 'x', sizeof big);
	for (int i = 0; i < 20; i++) {
		assert_true(editor_insert(&e, (struct str){ big, sizeof big }));
		acts(&e, ACT_EDIT_KILL_BACK);
	}
	assert_true(e.change_bytes <= EDITOR_UNDO);
	assert_true(editor_undo(&e));
	assert_int_equal(editor_text(&e).len, sizeof big);
	editor_release(&e);
}

static void
a_small_vi(void **state)
{
	static const struct {
		const char *text, *typed, *want;
		size_t cursor;
	} cases[] = {
		{ "one two three", "0x", "ne two three", 0 },
		{ "one two three", "03x", " two three", 0 },
		{ "one two three", "0wdw", "one three", 4 },
		{ "one two three", "02dw", "three", 0 },
		{ "one two three", "0wcwTWO|", "one TWO three", 6 },
		{ "one two three", "0wD", "one ", 3 },
		{ "one two three", "0wCrest|", "one rest", 7 },
		{ "one two three", "bdb", "one three", 4 },
		{ "one two three", "0d$", "", 0 },
		{ "one two three", "$x", "one two thre", 11 },
		{ "a\nb\nc", "ggdd", "b\nc", 0 },
		{ "a\nb\nc", "ddp", "a\nb\nc", 4 },
		{ "a\nb\nc", "ggddp", "b\na\nc", 2 },
		{ "a\nb\nc", "ggyyGP", "a\nb\na\nc", 4 },
		{ "a\nb\nc", "gg2ddP", "a\nb\nc", 0 },
		{ "a\nb\nc", "ggjdk", "c", 0 },
		{ "a\nb\nc", "2Gccx y|", "a\nx y\nc", 4 },
		{ "a\nb\nc", "ggdG", "", 0 },
		{ "a\n  b\nc", "ggJ", "a b\nc", 1 },
		{ "ab", "0ylp", "aab", 1 },
		{ "ab", "0ylP", "aab", 0 },
		{ "ab", "oline|", "ab\nline", 6 },
		{ "ab", "Oline|", "line\nab", 3 },
		{ "  ab", "Ix|", "  xab", 2 },
		{ "ab", "0ax|Ay|", "axby", 3 },
		{ "one", "0xxu", "ne", 0 },
		{ "one", "0xx2u", "one", 0 },
		{ "foo(bar)", "0dw", "(bar)", 0 },
		{ "foo(bar)", "0wdw", "foobar)", 3 },
		{ "end\nnext", "ggwx", "end\next", 4 },
		{ "end\nnext", "ggdw", "\nnext", 0 },
		{ "", "xdwddhjklwbp0$Gggu", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct editor e;
		editor_init(&e, true, 1000);
		editor_set(&e, str_from(cases[i].text));
		e.vi.on = true;
		assert_true(editor_vi_escape(&e));
		assert_false(editor_vi_escape(&e));
		keys(&e, cases[i].typed);
		if (!str_is(editor_text(&e), cases[i].want) || e.cursor != cases[i].cursor)
			fail_msg("%s on '%s' gives '%.*s' at %zu", cases[i].typed, cases[i].text,
			    STR_ARG(editor_text(&e)), e.cursor);
		editor_release(&e);
	}
}

static void
what_vi_has_not_is_refused(void **state)
{
	struct editor e;

	(void)state;
	editor_init(&e, true, 1000);
	editor_set(&e, STR("word"));
	assert_false(editor_vi_escape(&e));
	e.vi.on = true;
	editor_vi_escape(&e);
	assert_false(editor_vi_key(&e, 'q', 20));
	assert_true(editor_vi_key(&e, 'd', 20));
	assert_false(editor_vi_key(&e, 'q', 20));
	assert_true(editor_vi_key(&e, 'd', 20));
	assert_true(editor_vi_escape(&e));
	keys(&e, "x");
	text_is(&e, "wor");
	editor_release(&e);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(readline_keys_edit),
	cmocka_unit_test(changes_are_undone_and_done_again),
	cmocka_unit_test(as_many_changes_as_there_is_room_for),
	cmocka_unit_test(a_small_vi),
	cmocka_unit_test(what_vi_has_not_is_refused),
	cmocka_unit_test(characters_are_moved_over_whole),
	cmocka_unit_test(a_full_editor_takes_no_more),
	cmocka_unit_test(lines_wrap_at_blanks),
	cmocka_unit_test(wrapping_loses_nothing),
	cmocka_unit_test(closer_matches_score_higher),
};

UNIT(tests)
