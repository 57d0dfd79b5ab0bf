#include "base/utf8.h"

#include <assert.h>

/* Length and least value by the first byte; 0 where no code point begins so. */
static size_t
lead(uint8_t byte, int32_t *bits, int32_t *least)
{
	if (byte < 0x80) {
		*bits = byte;
		*least = 0;
		return 1;
	}
	if (byte >= 0xC2 && byte <= 0xDF) {
		*bits = byte & 0x1F;
		*least = 0x80;
		return 2;
	}
	if (byte >= 0xE0 && byte <= 0xEF) {
		*bits = byte & 0x0F;
		*least = 0x800;
		return 3;
	}
	if (byte >= 0xF0 && byte <= 0xF4) {
		*bits = byte & 0x07;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

int32_t
utf8_next(struct str s, size_t at, size_t *len)
{
	const uint8_t *p = (const uint8_t *)s.data + at;
	int32_t code, least;

	assert(at < s.len);
	size_t want = lead(p[0], &code, &least);
	*len = 1;
	if (want == 0 || s.len - at < want)
		return -1;
	for (size_t i = 1; i < want; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return -1;
		code = code << 6 | (p[i] & 0x3F);
	}
	if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return -1;
	*len = want;
	return code;
}

bool
utf8_ok(struct str s)
{
	size_t len;

	for (size_t at = 0; at < s.len; at += len)
		if (utf8_next(s, at, &len) < 0)
			return false;
	return true;
}

size_t
utf8_put(int32_t code, char out[static UTF8_MAX])
{
	assert(code >= 0 && code <= 0x10FFFF);
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

int
utf8_escape(struct buf *out, struct str s)
{
	size_t len;
	int r = 0;

	for (size_t at = 0; at < s.len && r == 0; at += len) {
		int32_t code = utf8_next(s, at, &len);
		if (code < 0)
			r = buf_printf(out, "<%02X>", (uint8_t)s.data[at]);
		else if (code < 0x20 || code == 0x7F)
			r = buf_printf(out, "^%c", (int)(code ^ 0x40));
		else
			r = buf_add(out, s.data + at, len);
	}
	return r;
}
