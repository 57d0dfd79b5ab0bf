#include "tests/unit.h"

#include "base/message.h"
#include "base/reference.h"
#include "base/segment.h"

static void
numbers_come_back(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX - 1,
		UINT64_MAX };
	struct buf b = BUF(1000);

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_int_equal(enc_num(&b, values[i]), 0);
	struct dec d = dec_of(buf_view(&b));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_true(dec_num(&d) == values[i]);
	assert_int_equal(dec_end(&d, "test"), 0);
	buf_release(&b);
}

static void
only_the_shortest_form_is_read(void **state)
{
	static const struct str bad[] = { STR("\x80\x00"), STR("\xff\x80\x00"), STR("\x80"), STR(""),
		STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
		STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct dec d = dec_of(bad[i]);
		assert_true(dec_num(&d) == 0);
		assert_true(d.bad);
		assert_int_equal(dec_end(&d, "test"), ERR_FORMAT);
	}
}

static void
a_string_may_not_reach_past_the_end(void **state)
{
	struct dec d = dec_of(STR("\x05"
				  "abcd"));

	(void)state;
	assert_int_equal(dec_str(&d).len, 0);
	assert_true(d.bad);
}

static void
references_come_back(void **state)
{
	static const struct reference values[] = { { .line_gap = 3, .role = ROLE_CALL },
		{ .before = 1, .role = ROLE_READ }, { .column = 1, .role = ROLE_ADDRESS },
		{ .line_gap = UINT32_MAX, .column = INT32_MAX, .role = ROLE_END - 1 } };
	static const struct str bad[] = { STR("\x1f"), STR("\x10"), STR("\x10\x01"), STR("\x10\x11"),
		STR("\x10\x20"), STR("") };
	struct buf b = BUF(1000);

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_int_equal(reference_encode(&b, &values[i]), 0);
	struct dec d = dec_of(buf_view(&b));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct reference is = reference_decode(&d);
		assert_int_equal(is.line_gap, values[i].line_gap);
		assert_int_equal(is.column, values[i].column);
		assert_int_equal(is.before, values[i].before);
		assert_int_equal(is.role, values[i].role);
	}
	assert_int_equal(dec_end(&d, "test"), 0);
	buf_release(&b);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		d = dec_of(bad[i]);
		reference_decode(&d);
		assert_true(d.bad);
	}
}

static void
a_row_comes_back(void **state)
{
	struct buf b = BUF(1000);
	struct row in = { 0 }, out;

	(void)state;
	row_set(&in, F_PATH, STR("src/a\nb.c"));
	row_set_num(&in, F_LINE, 12);
	assert_int_equal(row_encode(&b, &in), 0);
	struct dec d = dec_of(buf_view(&b));
	assert_true(row_decode(&d, &out));
	assert_int_equal(dec_end(&d, "row"), 0);
	assert_true(str_is(row_get(&out, F_PATH), "src/a\nb.c"));
	assert_true(row_get_num(&out, F_LINE) == 12);
	assert_false(row_has(&out, F_NAME));
	buf_release(&b);
}

/* A row of all fields, each number and length at a border of what so many bytes hold. */
static void
a_row_takes_what_it_needs(void **state)
{
	static char text[20000];
	struct row in = { 0 }, out;
	struct buf b = BUF(1 << 20);

	(void)state;
	for (enum field f = 1; f < F_COUNT; f++)
		if (field_kind(f) == FIELD_NUM)
			row_set_num(&in, f, ((uint64_t)1 << f) - f % 2);
		else
			row_set(&in, f,
			    (struct str){ text,
				f % 3 == 0       ? 0
				    : f % 3 == 1 ? 127 + f % 2
						 : 16383 + f % 2 });
	assert_int_equal(row_encode(&b, &in), 0);
	struct dec d = dec_of(buf_view(&b));
	assert_true(row_decode(&d, &out));
	assert_int_equal(dec_end(&d, "row"), 0);
	assert_true(in.present == out.present);
	for (enum field f = 1; f < F_COUNT; f++)
		assert_true(field_kind(f) == FIELD_NUM ? row_get_num(&in, f) == row_get_num(&out, f)
						       : str_eq(row_get(&in, f), row_get(&out, f)));
	struct buf fits = BUF(b.len + 1), small = BUF(b.len);
	assert_int_equal(buf_byte(&fits, 7), 0);
	assert_int_equal(buf_byte(&small, 7), 0);
	assert_int_equal(row_encode(&fits, &in), 0);
	assert_int_equal(fits.len, b.len + 1);
	assert_memory_equal(fits.data + 1, b.data, b.len + 1);
	assert_int_equal(row_encode(&small, &in), ERR_MEMORY);
	assert_int_equal(small.len, 1);
	buf_release(&b);
	buf_release(&fits);
	buf_release(&small);
}

static void
a_row_out_of_order_is_refused(void **state)
{
	struct row out;
	struct dec d = dec_of(STR("\x0e\x01\x03\x01"
				  "a\x00"));

	(void)state;
	assert_false(row_decode(&d, &out));
	assert_true(d.bad);
}

static void
a_failure_comes_back(void **state)
{
	struct buf b = BUF(MESSAGE_MAX);
	struct message m;

	(void)state;
	assert_int_equal(message_fail(&b, 7, ERR_REFUSED, "not yours"), 0);
	assert_int_equal(message_decode(buf_view(&b), &m), 0);
	assert_int_equal(m.kind, MSG_FAIL);
	assert_true(m.order == 7);
	assert_int_equal(message_failed(m.body), ERR_REFUSED);
	assert_string_equal(err_text(), "not yours");
	buf_release(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(numbers_come_back),
	cmocka_unit_test(only_the_shortest_form_is_read),
	cmocka_unit_test(a_string_may_not_reach_past_the_end),
	cmocka_unit_test(references_come_back),
	cmocka_unit_test(a_row_comes_back),
	cmocka_unit_test(a_row_takes_what_it_needs),
	cmocka_unit_test(a_row_out_of_order_is_refused),
	cmocka_unit_test(a_failure_comes_back),
};

UNIT(tests)
