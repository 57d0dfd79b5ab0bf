#include "tests/unit.h"

#include "base/canonical.h"
#include "base/json.h"
#include "base/row.h"
#include "tests/random.h"

static int
canonical(const char *text)
{
	json_t *value = NULL;
	int r = json_read_canonical(str_from(text), &value);
	json_decref(value);
	return r;
}

static void
the_canonical_form_is_read(void **state)
{
	static const char *good[] = { "{}", "[]", "\"a\"", "{\"a\":1,\"b\":[true,false,null]}",
		"{\"a\":\"x\\ny\\t\\\"\\\\/\"}", "{\"n\":9007199254740992}", "{\"n\":-5}",
		"{\"t\":\"größe 漢字\"}", "{\"A\":1,\"Z\":2,\"a\":3}" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(canonical(good[i]), 0);
}

/* What canonical_ok says, said by parsing, writing anew and comparing. */
static bool
written_anew_is_the_same(struct str text)
{
	struct buf again = BUF(4096);
	json_t *value = NULL;

	bool same = json_read(text, &value) == 0 && json_write_canonical(&again, value) == 0 &&
	    str_eq(buf_view(&again), text);
	json_decref(value);
	buf_release(&again);
	return same;
}

static void
one_pass_says_what_writing_anew_says(void **state)
{
	static const char *seeds[] = { "{\"a\":1,\"b\":[true,false,null]}", "{\"a\":\"x\\ny\\t\\\"\\\\/\"}",
		"[[[],{}],-5,0,10]",
		"{\"\":{\"A\":1,\"a!\":\"\\\\\"},\"t\":\"gr\xC3\xB6\xC3\x9F \xF0\x9F\x98\x80\"}",
		"{\"\\\"\":1,\"\\\\\":2,\"a\\\"\":3}", "{\"n\":9007199254740992,\"o\":-9007199254740993}" };
	static const char bytes[] = "\"\\{}[]:,-0129abntfue. \t\n\x7F\xC3\xB6\xED\xA0\x80\xFF/";
	struct random random = random_of(20261125);
	unsigned good = 0, bad = 0;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		char text[256];
		const char *seed = seeds[random_below(&random, sizeof seeds / sizeof *seeds)];
		size_t len = strlen(seed);
		memcpy(text, seed, len);
		for (unsigned changes = random_below(&random, 4); changes > 0 && len > 0; changes--) {
			size_t at = random_below(&random, (uint32_t)len);
			char byte = bytes[random_below(&random, sizeof bytes - 1)];
			switch (random_below(&random, 3)) {
			case 0:
				text[at] = byte;
				break;
			case 1:
				memmove(text + at, text + at + 1, --len - at);
				break;
			default:
				memmove(text + at + 1, text + at, len++ - at);
				text[at] = byte;
			}
		}
		struct str s = { text, len };
		bool ok = canonical_ok(s);
		if (ok != written_anew_is_the_same(s))
			fail_msg("%.*s: %d", STR_ARG(s), ok);
		good += ok;
		bad += !ok;
	}
	print_message("%u canonical, %u not\n", good, bad);
	assert_true(good > 5000 && bad > 5000);
}

/* Every byte at every place of a text: it stops before whatever is not plain, and less than eight before it. */
static void
plain_bytes_are_gone_over_by_eights(void **state)
{
	char text[27];

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
		for (size_t at = 0; at < sizeof text; at++) {
			memset(text, at % 2 ? '~' : ' ', sizeof text);
			text[at] = (char)c;
			size_t until = plain ? sizeof text : at, got = canonical_plain(text, text + sizeof text);
			if (got > until || until - got >= 8)
				fail_msg("byte %u at %zu: %zu", c, at, got);
		}
	}
	assert_int_equal(canonical_plain(text, text), 0);
}

static void
anything_else_is_refused(void **state)
{
	static const char *bad[] = { "", " {}", "{} ", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"a\": 1}",
		"{\"a\":1.0}", "{\"a\":1e3}", "{\"a\":01}", "{\"a\":-0}", "{\"n\":9007199254740993}",
		"{\"a\":\"\\u0041\"}", "{\"a\":\"\\/\"}", "{\"a\":\"\\u0001\"}", "{\"a\":\"\\r\"}",
		"{\"a\":\"\x7f\"}", "{\"ä\":1}", "{\"a\":\"\xff\"}", "{\"a\":\"\\u0000\"}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(canonical(bad[i]), ERR_FORMAT);
}

static void
foreign_bytes_come_back(void **state)
{
	static const struct str paths[] = { STR("src/a.c"), STR("größe"), STR("a\nb"), STR("\xff\xfe"),
		STR("a\x1b[2J"), STR("") };
	struct buf back = BUF(100);

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		json_t *object = json_object();
		assert_int_equal(json_set_foreign(object, "path", paths[i]), 0);
		assert_true(json_object_get(object, "path_b64") ? i >= 2 && i <= 4 : i < 2 || i == 5);
		buf_clear(&back);
		assert_int_equal(json_get_foreign(object, "path", &back), 0);
		assert_true(str_eq(buf_view(&back), paths[i]));
		json_decref(object);
	}
	buf_release(&back);
}

static void
lines_hold_no_control(void **state)
{
	struct buf out = BUF(1000);
	json_t *object = json_object();

	(void)state;
	assert_int_equal(json_set_str(object, "t", STR("a\x1b\x7f\u202e\xc2\x9b\n")), 0);
	assert_int_equal(json_write_line(&out, object), 0);
	assert_string_equal(out.data, "{\"t\":\"a\\u001B\\u007f\\u202E\\u009B\\n\"}\n");
	buf_release(&out);
	json_decref(object);
}

static void
a_row_becomes_an_object(void **state)
{
	struct row row = { 0 };
	struct buf out = BUF(1000);
	json_t *object;

	(void)state;
	row_set(&row, F_PATH, STR("a\xff"));
	row_set_num(&row, F_LINE, 3);
	row_set(&row, F_SPANS, STR("\x01\x01\x01"));
	row_set(&row, F_TEXT, STR("\tx\x1b"));
	assert_int_equal(json_from_row(&row, &object), 0);
	assert_int_equal(json_write_line(&out, object), 0);
	assert_string_equal(
	    out.data, "{\"path\":\"a<FF>\",\"path_b64\":\"Yf8=\",\"line\":3,\"text\":\"\\tx\\u001B\"}\n");
	buf_release(&out);
	json_decref(object);
}

static void
base64_is_strict(void **state)
{
	static const char *bad[] = { "YQ", "YQ=", "YR==", "Y Q==", "YQ==\n", "\x80\x80==", "Y===" };
	struct buf out = BUF(100);

	(void)state;
	assert_int_equal(base64_read(&out, STR("YWI=")), 0);
	assert_string_equal(out.data, "ab");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(base64_read(&out, str_from(bad[i])), ERR_FORMAT);
	assert_string_equal(out.data, "ab");
	buf_release(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_canonical_form_is_read),
	cmocka_unit_test(plain_bytes_are_gone_over_by_eights),
	cmocka_unit_test(one_pass_says_what_writing_anew_says),
	cmocka_unit_test(anything_else_is_refused),
	cmocka_unit_test(foreign_bytes_come_back),
	cmocka_unit_test(lines_hold_no_control),
	cmocka_unit_test(a_row_becomes_an_object),
	cmocka_unit_test(base64_is_strict),
};

UNIT(tests)
