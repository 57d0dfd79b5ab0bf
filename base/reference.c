#include "base/reference.h"

#include "base/segment.h"

#define ROLE(number) ((number) & ((1u << SEG_ROLE_BITS) - 1))

int
reference_encode(struct buf *out, const struct reference *is)
{
	uint64_t place = is->column ? (uint64_t)is->column << 1 | 1 : (uint64_t)is->before << 1;
	int r = enc_num(out, (uint64_t)is->line_gap << SEG_ROLE_BITS | (place ? 0 : is->role));

	return r == 0 && place ? enc_num(out, place << SEG_ROLE_BITS | is->role) : r;
}

struct reference
reference_decode(struct dec *dec)
{
	uint64_t number = dec_num_max(dec, ((uint64_t)1 << (32 + SEG_ROLE_BITS)) - 1);
	struct reference is = { .line_gap = (uint32_t)(number >> SEG_ROLE_BITS) };

	if (ROLE(number) == 0) {
		number = dec_num_max(dec, ((uint64_t)1 << (32 + SEG_ROLE_BITS)) - 1);
		uint64_t place = number >> SEG_ROLE_BITS;
		*(place & 1 ? &is.column : &is.before) = (uint32_t)(place >> 1);
		dec->bad |= place < 2;
	}
	is.role = ROLE(number);
	dec->bad |= is.role == 0 || is.role >= ROLE_END;
	return is;
}
