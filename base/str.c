#include "base/str.h"

struct str
str_from(const char *text)
{
	return (struct str){ text ? text : "", text ? strlen(text) : 0 };
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
str_is(struct str a, const char *text)
{
	return str_eq(a, str_from(text));
}

int
str_cmp(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.data, b.data, common) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq((struct str){ s.data, prefix.len }, prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	if (s.len < suffix.len)
		return false;
	return str_eq((struct str){ s.data + s.len - suffix.len, suffix.len }, suffix);
}

bool
str_next(struct str *rest, char sep, struct str *piece)
{
	if (!rest->data)
		return false;
	const char *at = rest->len ? memchr(rest->data, sep, rest->len) : NULL;
	if (!at) {
		*piece = *rest;
		*rest = (struct str){ NULL, 0 };
		return true;
	}
	size_t len = (size_t)(at - rest->data);
	*piece = (struct str){ rest->data, len };
	*rest = (struct str){ at + 1, rest->len - len - 1 };
	return true;
}

bool
str_take(struct str *rest, size_t len, struct str *out)
{
	if (rest->len < len)
		return false;
	*out = (struct str){ rest->data, len };
	*rest = (struct str){ rest->data + len, rest->len - len };
	return true;
}

size_t
str_count(struct str s, char c)
{
	size_t count = 0;

	/* so many at a time that a byte can count them, which the compiler makes wide */
	for (size_t at = 0, part; at < s.len; at += part) {
		uint8_t found = 0;
		part = s.len - at < UINT8_MAX ? s.len - at : UINT8_MAX;
		for (size_t i = 0; i < part; i++)
			found += s.data[at + i] == c;
		count += found;
	}
	return count;
}

bool
str_u64(struct str s, uint64_t *value)
{
	uint64_t n = 0;

	if (s.len == 0 || (s.len > 1 && s.data[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(n, 10u, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(s.data[i] - '0'), &n))
			return false;
	}
	*value = n;
	return true;
}

size_t
str_from_u64(uint64_t value, char out[static STR_U64_MAX])
{
	char digits[STR_U64_MAX];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	for (size_t i = 0; i < len; i++)
		out[i] = digits[len - 1 - i];
	out[len] = 0;
	return len;
}
