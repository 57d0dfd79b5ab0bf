#include "base/codec.h"

int
enc_num(struct buf *out, uint64_t value)
{
	uint8_t bytes[CODEC_NUM_MAX];
	return buf_add(out, bytes, enc_num_raw(bytes, value));
}

int
enc_fixed(struct buf *out, const void *data, size_t len)
{
	return buf_add(out, data, len);
}

int
enc_str(struct buf *out, struct str s)
{
	int r = enc_num(out, s.len);
	return r < 0 ? r : buf_str(out, s);
}

struct dec
dec_of(struct str bytes)
{
	const uint8_t *data = (const uint8_t *)bytes.data;
	return (struct dec){ .at = data, .end = data + bytes.len };
}

uint64_t
dec_fail(struct dec *dec)
{
	dec->bad = true;
	dec->at = dec->end;
	return 0;
}

uint64_t
dec_num_long(struct dec *dec)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (dec->at == dec->end)
			return dec_fail(dec);
		uint8_t byte = *dec->at++;
		uint64_t part = byte & 0x7f;
		if (shift == 63 && part > 1)
			return dec_fail(dec);
		value |= part << shift;
		if (!(byte & 0x80))
			return shift > 0 && byte == 0 ? dec_fail(dec) : value;
	}
	return dec_fail(dec);
}

const uint8_t *
dec_fixed(struct dec *dec, size_t len)
{
	if (dec->bad || (size_t)(dec->end - dec->at) < len) {
		dec_fail(dec);
		return NULL;
	}
	const uint8_t *data = dec->at;
	dec->at += len;
	return data;
}

struct str
dec_str(struct dec *dec)
{
	uint64_t len = dec_num(dec);
	const uint8_t *data = len > SIZE_MAX ? NULL : dec_fixed(dec, (size_t)len);
	return data ? (struct str){ (const char *)data, (size_t)len } : (struct str){ "", 0 };
}

bool
dec_more(const struct dec *dec)
{
	return !dec->bad && dec->at < dec->end;
}

int
dec_end(const struct dec *dec, const char *what)
{
	if (dec->bad || dec->at != dec->end)
		return err_set(ERR_FORMAT, "%s: malformed", what);
	return 0;
}
