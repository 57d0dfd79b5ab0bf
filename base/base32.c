#include "base/base32.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void
base32_from(const uint8_t *bytes, size_t len, char *out)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | bytes[i]) & 0xFFFF;
		for (have += 8; have >= 5; have -= 5)
			*out++ = alphabet[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*out++ = alphabet[bits << (5 - have) & 31];
	*out = 0;
}

bool
base32_to(struct str text, uint8_t *out, size_t len)
{
	unsigned bits = 0, have = 0;
	size_t at = 0;

	if (text.len != BASE32_LEN(len) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *digit = text.data[i] ? strchr(alphabet, text.data[i]) : NULL;
		if (!digit)
			return false;
		bits = (bits << 5 | (unsigned)(digit - alphabet)) & 0xFFFF;
		have += 5;
		if (have >= 8 && at < len) {
			have -= 8;
			out[at++] = (uint8_t)(bits >> have);
		}
	}
	return (bits & ((1u << have) - 1)) == 0; /* what fills the last digit is nothing */
}
