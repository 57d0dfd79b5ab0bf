#include "tests/unit.h"

#include "base/json.h"
#include "base/row.h"

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
	cmocka_unit_test(anything_else_is_refused),
	cmocka_unit_test(foreign_bytes_come_back),
	cmocka_unit_test(lines_hold_no_control),
	cmocka_unit_test(a_row_becomes_an_object),
	cmocka_unit_test(base64_is_strict),
};

UNIT(tests)
