#include "base/row.h"

#include <assert.h>

static_assert(F_COUNT <= 64, "row.present has a bit for every field");

static const struct {
	const char *key;
	enum field_kind kind;
} fields[F_COUNT] = {
#define X(number, id, key, kind) [number] = { key, kind },
	FIELDS(X)
#undef X
};

const char *
field_key(enum field field)
{
	return fields[field].key;
}

enum field_kind
field_kind(enum field field)
{
	return fields[field].kind;
}

void
row_clear(struct row *row)
{
	row->present = 0;
}

void
row_set(struct row *row, enum field field, struct str value)
{
	assert(fields[field].kind == FIELD_BYTES);
	row->present |= UINT64_C(1) << field;
	row->bytes[field] = value;
}

void
row_set_num(struct row *row, enum field field, uint64_t value)
{
	assert(fields[field].kind == FIELD_NUM);
	row->present |= UINT64_C(1) << field;
	row->num[field] = value;
}

/* Bytes of a row, and its fields' numbers rising: the lowest bit of what is left is the next. */
static size_t
encoded_len(const struct row *row)
{
	size_t len = 1;

	for (uint64_t left = row->present; left != 0; left &= left - 1) {
		unsigned f = (unsigned)__builtin_ctzll(left);
		bool number = fields[f].kind == FIELD_NUM;
		len += enc_num_len(f) + enc_num_len(number ? row->num[f] : row->bytes[f].len) +
		    (number ? 0 : row->bytes[f].len);
	}
	return len;
}

int
row_encode(struct buf *out, const struct row *row)
{
	size_t len = encoded_len(row);
	int r = buf_room(out, len);

	if (r < 0)
		return r;
	uint8_t *at = out->data + out->len;
	for (uint64_t left = row->present; left != 0; left &= left - 1) {
		unsigned f = (unsigned)__builtin_ctzll(left);
		struct str bytes = fields[f].kind == FIELD_NUM ? STR("") : row->bytes[f];
		at += enc_num_raw(at, f);
		at += enc_num_raw(at, fields[f].kind == FIELD_NUM ? row->num[f] : bytes.len);
		if (bytes.len > 0)
			memcpy(at, bytes.data, bytes.len);
		at += bytes.len;
	}
	*at++ = 0;
	*at = 0; /* the NUL behind a buf */
	out->len += len;
	return 0;
}

bool
row_decode(struct dec *dec, struct row *row)
{
	uint64_t last = 0;

	row_clear(row);
	for (;;) {
		uint64_t f = dec_num_max(dec, F_COUNT - 1);
		if (dec->bad)
			return false;
		if (f == 0)
			return true;
		if (f <= last) {
			dec->bad = true;
			return false;
		}
		last = f;
		row->present |= UINT64_C(1) << f;
		if (fields[f].kind == FIELD_NUM)
			row->num[f] = dec_num(dec);
		else
			row->bytes[f] = dec_str(dec);
	}
}
