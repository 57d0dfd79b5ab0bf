/* First byte: a record, a leaf, or a payload of one type. */
#include "tests/fuzz/fuzz.h"

#include "annotations/record.h"

static void
as_record(struct str in)
{
	struct buf out = BUF(RECORD_MAX);
	struct record record;

	if (record_parse(in, &record) == 0) {
		assert(record_build(&record, &out) == 0 && str_eq(buf_view(&out), in));
		record_release(&record);
	}
	buf_release(&out);
}

static void
as_leaf(struct str in)
{
	struct buf out = BUF(LEAF_MAX);
	struct str record, signature;

	if (leaf_parse(in, &record, &signature) == 0) {
		assert(leaf_build(record, signature, &out) == 0 && str_eq(buf_view(&out), in));
		as_record(record);
	}
	buf_release(&out);
}

static void
as_payload(struct str in)
{
	struct buf out = BUF(RECORD_MAX);
	json_t *payload;

	if (json_read(in, &payload) < 0)
		return;
	for (unsigned type = 0; type < RECORD_TYPE_COUNT; type++)
		if (record_check_payload((enum record_type)type, payload) == 0) {
			buf_clear(&out);
			(void)!json_write_canonical(&out, payload); /* it refuses what a title may not hold */
		}
	json_decref(payload);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct str in = { (const char *)data + 1, size - 1 };
	if (data[0] == 'l')
		as_leaf(in);
	else if (data[0] == 'p')
		as_payload(in);
	else
		as_record(in);
	return 0;
}
