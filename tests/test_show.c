#include "tests/unit.h"

#include "base/show.h"

static void
expect(struct str in, const char *out)
{
	struct buf b = BUF(4096);

	assert_int_equal(show(&b, in, SHOW_TAB), 0);
	assert_string_equal(b.data ? (const char *)b.data : "", out);
	buf_release(&b);
}

static void
clean_text_passes(void **state)
{
	(void)state;
	expect(STR(""), "");
	expect(STR("int main(void)\t{ }"), "int main(void)\t{ }");
	expect(STR("größe 漢字 кириллица ﷺ é"), "größe 漢字 кириллица ﷺ é");
}

static void
what_acts_or_hides_is_marked(void **state)
{
	(void)state;
	expect(STR("\x1b[31mred\x1b[0m"), "^[[31mred^[[0m");
	expect(STR("a\rb\nc\x7f\0d"), "a^Mb^Jc^?^@d");
	expect(STR("/*\u202e } */"), "/*<U+202E> } */");
	expect(STR("a\u200bb\ufeff"), "a<U+200B>b<U+FEFF>");
	expect(STR("\u2066x\u2069"), "<U+2066>x<U+2069>");
	expect(STR("\U000e0041"), "<U+E0041>");
	expect(STR("\ufe0f"), "<U+FE0F>");
	expect(STR("\ue000"), "<U+E000>");
	expect(STR("\u3164\u115f"), "<U+3164><U+115F>");
	expect(STR("\xc2\x9b"
		   "31m"),
	    "<U+009B>31m");
	expect(STR("\u2028"), "<U+2028>");
}

static void
bytes_that_are_not_utf8_are_marked_one_by_one(void **state)
{
	(void)state;
	expect(STR("a\xff\xfe"), "a<FF><FE>");
	expect(STR("\xc0\x80"), "<C0><80>");
	expect(STR("\xed\xa0\x80"), "<ED><A0><80>");
	expect(STR("\xe6\xbc"), "<E6><BC>");
	expect(STR("\xf4\x90\x80\x80"), "<F4><90><80><80>");
}

/* Whatever goes in, no control byte and no format character comes out. */
static void
nothing_raw_comes_out_of_any_code_point(void **state)
{
	char cell[SHOW_CELL_MAX];
	size_t len;

	(void)state;
	for (int32_t code = 0; code <= 0x10FFFF; code++) {
		if (code >= 0xD800 && code <= 0xDFFF)
			continue;
		char bytes[UTF8_MAX];
		struct str s = { bytes, utf8_put(code, bytes) };
		assert_int_equal(utf8_next(s, 0, &len), code);
		assert_int_equal(len, s.len);
		enum show_class class = show_at(s, 0, 0, &len, cell);
		assert_true(strlen(cell) < SHOW_CELL_MAX);
		for (const char *p = cell; *p; p++)
			assert_true((uint8_t)*p >= 0x20 && *p != 0x7F);
		if (class == SHOW_PLAIN)
			assert_true(code < 0x80 || code >= 0xA0);
		else
			assert_true(cell[0] == '<' || cell[0] == '^');
	}
}

static void
a_small_place_is_cut_with_a_mark(void **state)
{
	char out[10];

	(void)state;
	assert_string_equal(show_in(out, sizeof out, STR("123456789")), "123456789");
	assert_string_equal(show_in(out, sizeof out, STR("1234567890")), "123456...");
	assert_string_equal(show_in(out, sizeof out, STR("12345\u202e7")), "12345...");
	assert_string_equal(show_in(out, sizeof out, STR("1\x1b")), "1^[");
}

static void
widths(void **state)
{
	(void)state;
	assert_int_equal(show_width('a'), 1);
	assert_int_equal(show_width(0x6F22), 2);
	assert_int_equal(show_width(0x0301), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(clean_text_passes),
	cmocka_unit_test(what_acts_or_hides_is_marked),
	cmocka_unit_test(bytes_that_are_not_utf8_are_marked_one_by_one),
	cmocka_unit_test(nothing_raw_comes_out_of_any_code_point),
	cmocka_unit_test(a_small_place_is_cut_with_a_mark),
	cmocka_unit_test(widths),
};

UNIT(tests)
