#include "tests/unit.h"

#include "tui/codeline.h"
#include "tui/grid.h"

static void
row_is(struct grid *grid, int row, const char *want)
{
	struct buf text = BUF(4096);

	assert_int_equal(grid_row(grid, row, &text), 0);
	assert_string_equal(text.data ? (char *)text.data : "", want);
	buf_release(&text);
}

static const struct pen plain = { INK_TEXT, GROUND_NONE };

static void
text_is_clipped_to_its_area(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 3, 10, false);
	struct area area = area_part(grid_area(&grid), 1, 2, 1, 5);
	assert_int_equal(area_words(area, 0, 0, plain, "abcdefgh"), 5);
	area_words(area, 1, 0, plain, "below");
	area_words(area, -1, 0, plain, "above");
	row_is(&grid, 0, "");
	row_is(&grid, 1, "  abcde");
	row_is(&grid, 2, "");
	assert_int_equal(area_part(area, 0, 3, 9, 9).cols, 2);
	assert_int_equal(area_part(area, 5, 9, 1, 1).rows, 0);
	grid_release(&grid);
}

static void
a_wide_character_takes_two_cells(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 2, 5, false);
	area_words(grid_area(&grid), 0, 0, plain, "漢字x");
	row_is(&grid, 0, "漢字x");
	assert_int_equal(grid_at(&grid, 0, 1)->width, 0);
	area_words(grid_area(&grid), 0, 1, plain, "y"); /* the half of 漢 that is left is blank */
	row_is(&grid, 0, " y字x");
	area_words(grid_area(&grid), 1, 0, plain, "abcd漢"); /* does not fit: no half */
	row_is(&grid, 1, "abcd");
	grid_release(&grid);
}

static void
combining_marks_stay_on_their_character(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 2, 40, false);
	assert_int_equal(area_words(grid_area(&grid), 0, 0, plain, "e\xcc\x81x"), 2);
	row_is(&grid, 0, "e\xcc\x81x");
	assert_string_equal(grid_at(&grid, 0, 0)->text, "e\xcc\x81");
	area_words(grid_area(&grid), 1, 0, plain,
	    "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
	    "b");
	row_is(&grid, 1, "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0301>b");
	grid_release(&grid);
}

static void
what_acts_or_hides_is_marked(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 1, 60, false);
	area_text(grid_area(&grid), 0, 0, plain,
	    STR("a\033[2J\xe2\x80\xae"
		"b\xff\n"));
	row_is(&grid, 0, "a^[[2J<U+202E>b<FF>^J");
	assert_int_equal(grid_at(&grid, 0, 1)->ink, INK_MARKER);
	assert_int_equal(grid_at(&grid, 0, 0)->ink, INK_TEXT);
	grid_release(&grid);
}

static void
cuts_are_marked(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 4, 20, false);
	struct area area = grid_area(&grid);
	assert_int_equal(area_cut(area, 0, 0, 5, plain, STR("abcde")), 5);
	area_cut(area, 1, 0, 5, plain, STR("abcdef"));
	area_tail(area, 2, 0, 9, plain, STR("src/long/name.c"));
	area_cut(area, 3, 0, 4, plain, STR("abc漢"));
	row_is(&grid, 0, "abcde");
	row_is(&grid, 1, "abcd»");
	row_is(&grid, 2, "«g/name.c");
	row_is(&grid, 3, "abc»");
	grid_release(&grid);
}

static void
ascii_has_a_sign_for_every_sign(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, 1, 40, true);
	for (int i = 0; i < SIGN_COUNT; i++) {
		area_sign(grid_area(&grid), 0, i, plain, (enum sign)i);
		assert_true((unsigned char)grid_at(&grid, 0, i)->text[0] < 0x80);
	}
	grid_clear(&grid);
	area_words(grid_area(&grid), 0, 0, plain, "é");
	row_is(&grid, 0, "<U+00E9>");
	assert_int_equal(text_width(STR("é"), true), 8);
	assert_int_equal(text_width(STR("é漢"), false), 3);
	grid_release(&grid);
}

/* Colours are those of the theme, and what matters is told from what does not in each of them. */
static void
themes_keep_to_their_colours(void **state)
{
	static const short most[] = { [THEME_16] = 7, [THEME_256] = 255, [THEME_MONO] = -1 };
	static const enum ground seen[] = { GROUND_BAR, GROUND_FOCUS, GROUND_CURSOR, GROUND_RESTING,
		GROUND_SELECT, GROUND_MATCH, GROUND_WORD, GROUND_ADDED_WORD, GROUND_REMOVED_WORD };

	(void)state;
	for (enum theme theme = THEME_16; theme <= THEME_MONO; theme++) {
		for (int ink = 0; ink < INK_COUNT; ink++)
			for (int ground = 0; ground < GROUND_COUNT; ground++) {
				struct look look = style_look((enum ink)ink, (enum ground)ground, theme);
				assert_in_range(look.fg + 1, 0, most[theme] + 1);
				assert_in_range(look.bg + 1, 0, most[theme] + 1);
			}
		struct look ordinary = style_look(INK_TEXT, GROUND_NONE, theme);
		for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
			struct look look = style_look(INK_TEXT, seen[i], theme);
			assert_true(
			    look.fg != ordinary.fg || look.bg != ordinary.bg || look.attrs != ordinary.attrs);
		}
		struct look marker = style_look(INK_MARKER, GROUND_NONE, theme);
		assert_true(marker.attrs & LOOK_REVERSE); /* what is foreign stands out without any colour */
	}
}

/* Rows of a wrapped line go on where the one before ended, and none holds more than fits. */
static void
wrapped_rows_lose_nothing(void **state)
{
	static const char text[] =
	    "\tint x;\t\t/* \xe4\xb8\xad\xe6\x96\x87 \xe2\x80\xae e\xcc\x81 */ \xff\x01 last  ";
	struct codeline line = { .text = { text, sizeof text - 1 } };

	(void)state;
	for (line.tab = 1; line.tab <= 16; line.tab++)
		for (int width = 1; width <= 60; width++) {
			struct line_row row = { 0 }, next = { 0 };
			size_t rows = 1;
			for (; codeline_wrap(&line, &next, width, false); rows++) {
				assert_true(next.byte > row.byte && next.byte < line.text.len);
				assert_int_equal(next.column, codeline_column(&line, next.byte, false));
				assert_int_equal(codeline_back(line.text, next.byte + 1), next.byte);
				bool fits = next.column - row.column <= (size_t)width;
				bool alone = codeline_next(line.text, row.byte) == next.byte;
				bool tab = line.text.data[next.byte - 1] == '\t';
				assert_true(fits || alone || tab);
				row = next;
			}
			assert_int_equal(next.byte, row.byte);
			assert_true(rows <= line.text.len);
		}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(wrapped_rows_lose_nothing),
	cmocka_unit_test(themes_keep_to_their_colours),
	cmocka_unit_test(text_is_clipped_to_its_area),
	cmocka_unit_test(a_wide_character_takes_two_cells),
	cmocka_unit_test(combining_marks_stay_on_their_character),
	cmocka_unit_test(what_acts_or_hides_is_marked),
	cmocka_unit_test(cuts_are_marked),
	cmocka_unit_test(ascii_has_a_sign_for_every_sign),
};

UNIT(tests)
