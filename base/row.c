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

bool
row_has(const struct row *row, enum field field)
{
	return row->present >> field & 1;
}

struct str
row_get(const struct row *row, enum field field)
{
	return row_has(row, field) ? row->bytes[field] : (struct str){ "", 0 };
}

uint64_t
row_get_num(const struct row *row, enum field field)
{
	return row_has(row, field) ? row->num[field] : 0;
}

int
row_encode(struct buf *out, const struct row *row)
{
	int r = 0;

	for (unsigned f = 1; f < F_COUNT && r == 0; f++) {
		if (!row_has(row, f))
			continue;
		r = enc_num(out, f);
		if (r == 0 && fields[f].kind == FIELD_NUM)
			r = enc_num(out, row->num[f]);
		else if (r == 0)
			r = enc_str(out, row->bytes[f]);
	}
	return r == 0 ? enc_num(out, 0) : r;
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
		if (fields[f].kind == FIELD_NUM)
			row_set_num(row, (enum field)f, dec_num(dec));
		else
			row_set(row, (enum field)f, dec_str(dec));
	}
}
