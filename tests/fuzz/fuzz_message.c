/* First byte: what the rest is read as.  What is read is written again, and must be the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "base/message.h"

static void
as_message(struct str in, struct buf *out)
{
	struct message message;

	if (message_decode(in, &message) < 0)
		return;
	assert(message_begin(out, message.kind, message.order) == 0);
	assert(buf_str(out, message.body) == 0 && str_eq(buf_view(out), in));
	if (message.kind == MSG_FAIL)
		assert(message_failed(message.body) < 0);
}

static void
as_rows(struct str in, struct buf *out)
{
	struct dec dec = dec_of(in);
	struct row row;

	while (dec_more(&dec) && row_decode(&dec, &row))
		assert(row_encode(out, &row) == 0);
	if (dec_end(&dec, "rows") == 0)
		assert(str_eq(buf_view(out), in));
}

static void
as_releases(struct str in, struct buf *out)
{
	struct dec dec = dec_of(in);
	struct release release;

	while (dec_more(&dec) && release_decode(&dec, &release))
		assert(release_encode(out, &release) == 0);
	if (dec_end(&dec, "releases") == 0)
		assert(str_eq(buf_view(out), in));
}

static void
as_numbers(struct str in, struct buf *out)
{
	struct dec dec = dec_of(in);

	while (dec_more(&dec)) {
		uint64_t number = dec_num(&dec);
		if (!dec.bad)
			assert(enc_num(out, number) == 0);
	}
	if (dec_end(&dec, "numbers") == 0)
		assert(str_eq(buf_view(out), in));
}

#define AS(what, type) \
	static void as_##what(struct str in, struct buf *out) \
	{ \
		struct type value; \
		if (what##_decode(in, &value) == 0) \
			assert(what##_encode(out, &value) == 0 && str_eq(buf_view(out), in)); \
	}
AS(order, order)
AS(facts, facts)
AS(work, work)
AS(import_result, import_result)
AS(progress, progress)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct str in, struct buf * out) = { as_message, as_rows, as_releases,
		as_numbers, as_order, as_facts, as_work, as_import_result, as_progress };
	struct buf out = BUF(size + 64);

	if (size > 0)
		readers[data[0] % (sizeof readers / sizeof *readers)](
		    (struct str){ (const char *)data + 1, size - 1 }, &out);
	buf_release(&out);
	return 0;
}
