#include "tests/unit.h"

#include "base/mem.h"
#include "tui/diff_layout.h"
#include "tui/worddiff.h"

#include <stdlib.h>

static uint64_t seed = 88172645463325252;

static size_t
below(size_t n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (seed >> 11) % n;
}

/* ---- rows from "-text\n+text\n text\n" ---- */

#define ROWS 256

static size_t
rows_of(const char *diff, struct diff_row rows[static ROWS])
{
	struct str rest = str_from(diff), line;
	uint64_t old_line = 1, new_line = 1;
	size_t count = 0;

	while (rest.len && str_next(&rest, '\n', &line)) {
		struct diff_row *row = &rows[count++];
		*row = (struct diff_row){ .sign = line.data[0], .text = { line.data + 1, line.len - 1 } };
		row->old_line = row->sign == '+' ? 0 : old_line++;
		row->new_line = row->sign == '-' ? 0 : new_line++;
	}
	return count;
}

static void
lines_that_are_alike_are_mates(void **state)
{
	struct diff_row rows[ROWS];

	(void)state;
	diff_pair(rows,
	    rows_of("-int i;\n-for (i = 0; i < n; i++)\n-\treturn strcmp(a, b);\n"
		    "+for (size_t i = 0; i < n; i++)\n+\treturn ct_equal(a, b);\n+}\n",
		rows));
	assert_int_equal(rows[0].mate, NO_ROW);
	assert_int_equal(rows[1].mate, 3);
	assert_int_equal(rows[3].mate, 1);
	assert_int_equal(rows[2].mate, 4);
	assert_int_equal(rows[5].mate, NO_ROW);
	assert_false(rows[1].space);
}

static void
a_block_that_moved_is_marked_on_both_sides(void **state)
{
	struct diff_row rows[ROWS];
	size_t count = rows_of("-one\n-two\n-three\n stays\n+one\n+two\n+three\n+}\n", rows);

	(void)state;
	assert_int_equal(diff_pair(rows, count), 1);
	assert_int_equal(rows[0].moved, 2);
	assert_int_equal(rows[6].moved, 3);
	assert_int_equal(rows[7].moved, 0);
	count = rows_of("-one\n-two\n stays\n+one\n+two\n", rows);
	assert_int_equal(diff_pair(rows, count), 0);
	count = rows_of("-\n-}\n-\n stays\n+\n+}\n+\n", rows);
	assert_int_equal(diff_pair(rows, count), 0);
}

static void
white_space_is_hidden_and_counted(void **state)
{
	struct diff_row rows[ROWS];
	size_t count = rows_of("-a = 1;\n-b;\n+    a = 1;\n+b + 2;\n+\n c\n", rows);
	struct diff_layout layout = { 0 };

	(void)state;
	diff_pair(rows, count);
	diff_layout(&layout, rows, count, false, true);
	assert_int_equal(layout.hidden, 2);
	assert_int_equal(layout.lines[0].hidden, 1);
	assert_int_equal(layout.lines[1].old, 0);
	assert_int_equal(layout.lines[1].new, 2);
	diff_layout(&layout, rows, count, false, false);
	assert_int_equal(layout.hidden, 0);
	assert_int_equal(layout.count, count);
	diff_layout(&layout, rows, count, true, false);
	assert_int_equal(layout.lines[0].old, 0);
	assert_int_equal(layout.lines[0].new, 2);
	diff_layout_release(&layout);
}

/* However it is laid out, each row is shown where it belongs, in order; what is hidden is blank or like its mate. */
static void
nothing_is_lost(void **state)
{
	static const char *const texts[] = { "", " ", "}", "\t}", "a = b;", "  a = b;", "a = b + 1;",
		"return a;", "\treturn a;", "return b;", "x", "y" };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 4000; round++) {
		char text[4096] = "";
		struct diff_row rows[ROWS];
		struct diff_layout layout = { 0 };
		for (size_t run = below(4) + 1; run > 0; run--) {
			for (size_t n = below(7); n > 0; n--)
				strcat(strcat(strcat(text, "-"), texts[below(12)]), "\n");
			for (size_t n = below(7); n > 0; n--)
				strcat(strcat(strcat(text, "+"), texts[below(12)]), "\n");
			strcat(text, " same\n");
		}
		size_t count = rows_of(text, rows);
		bool sides = below(2), hide = below(2);
		diff_pair(rows, count);
		diff_layout(&layout, rows, count, sides, hide);
		size_t old_shown = 0, new_shown = 0, old_last = 0, new_last = 0;
		for (size_t i = 0; i < layout.count; i++) {
			const struct diff_shown *s = &layout.lines[i];
			assert_true(s->hidden || s->old != NO_ROW || s->new != NO_ROW);
			if (s->old != NO_ROW) {
				assert_true(rows[s->old].old_line > old_last);
				old_last = rows[s->old].old_line;
				old_shown++;
			}
			if (s->new != NO_ROW) {
				assert_true(rows[s->new].new_line > new_last);
				new_last = rows[s->new].new_line;
				new_shown++;
			}
		}
		size_t old_rows = 0, new_rows = 0, old_blank = 0;
		for (size_t i = 0; i < count; i++) {
			old_rows += rows[i].sign != '+';
			new_rows += rows[i].sign != '-';
			old_blank += hide && rows[i].sign == '-' && rows[i].space && rows[i].mate == NO_ROW;
			if (rows[i].mate != NO_ROW)
				assert_int_equal(rows[rows[i].mate].mate, i);
		}
		assert_int_equal(new_shown, new_rows);
		assert_int_equal(old_shown, old_rows - old_blank);
		assert_int_equal(layout.hidden > 0, layout.hidden > 0 && hide);
		diff_layout_release(&layout);
	}
}

/* ---- words ---- */

static void
words_that_differ_are_found(void **state)
{
	struct stretches old, new;

	(void)state;
	worddiff(STR("return strcmp(want, pw);"), STR("return ct_equal(want, pw);"), &old, &new);
	assert_int_equal(old.count, 1);
	assert_int_equal(old.at[0].start, 7);
	assert_int_equal(old.at[0].len, 6);
	assert_int_equal(new.at[0].len, 8);
	worddiff(STR("quite another thing"), STR("x = 1"), &old, &new);
	assert_int_equal(old.count + new.count, 0);
}

static void
without(struct str text, const struct stretches *gone, struct buf *out)
{
	size_t at = 0;

	buf_clear(out);
	for (size_t i = 0; i <= gone->count; i++) {
		size_t end = i < gone->count ? gone->at[i].start : text.len;
		assert_true(at <= end && end <= text.len);
		for (; at < end; at++)
			if (text.data[at] != ' ')
				assert_int_equal(buf_byte(out, (uint8_t)text.data[at]), 0);
		if (i < gone->count)
			at = end + gone->at[i].len;
	}
}

/* What is not marked is the same on both sides, blanks aside. */
static void
what_is_left_is_common(void **state)
{
	static const char *const words[] = { "a", "b", " ", " ", "(", ")", "name", "_x1", "\xc3\xa4", "+" };
	struct buf left[2] = { BUF(8192), BUF(8192) };

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char line[2][4096] = { "", "" };
		struct stretches marked[2];
		for (int side = 0; side < 2; side++)
			for (size_t n = below(round % 50 == 0 ? 600 : 12); n > 0; n--)
				strcat(line[side], words[below(10)]);
		worddiff(str_from(line[0]), str_from(line[1]), &marked[0], &marked[1]);
		if (marked[0].count + marked[1].count == 0 || strlen(line[0]) > WORDS_MAX ||
		    strlen(line[1]) > WORDS_MAX)
			continue;
		for (int side = 0; side < 2; side++)
			without(str_from(line[side]), &marked[side], &left[side]);
		assert_true(str_eq(buf_view(&left[0]), buf_view(&left[1])));
	}
	buf_release(&left[0]);
	buf_release(&left[1]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(lines_that_are_alike_are_mates),
	cmocka_unit_test(a_block_that_moved_is_marked_on_both_sides),
	cmocka_unit_test(white_space_is_hidden_and_counted),
	cmocka_unit_test(nothing_is_lost),
	cmocka_unit_test(words_that_differ_are_found),
	cmocka_unit_test(what_is_left_is_common),
};

UNIT(tests)
