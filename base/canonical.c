#include "base/canonical.h"

#include "base/utf8.h"

#define NUM_MAX (UINT64_C(1) << 53)
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* of eight */

/* What is left to be read. */
struct scan {
	const char *at, *end;
};

static bool value_ok(struct scan *s, unsigned depth);

static bool
takes(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool
takes_word(struct scan *s, struct str word)
{
	if ((size_t)(s->end - s->at) < word.len || memcmp(s->at, word.data, word.len) != 0)
		return false;
	s->at += word.len;
	return true;
}

/* Has a byte of the eight the value `c`?  Its high bit is set then, and perhaps that of others. */
static uint64_t
bytes_equal(uint64_t bytes, uint8_t c)
{
	uint64_t zero = bytes ^ EACH(c);

	return (zero - EACH(1)) & ~zero & EACH(0x80);
}

size_t
canonical_plain(const char *at, const char *end)
{
	const char *start = at;

	for (uint64_t bytes; end - at >= 8; at += 8) {
		memcpy(&bytes, at, 8);
		uint64_t control = (bytes - EACH(0x20)) & ~bytes & EACH(0x80);
		if ((bytes & EACH(0x80)) | control | bytes_equal(bytes, 0x7F) | bytes_equal(bytes, '"') |
		    bytes_equal(bytes, '\\'))
			break;
	}
	return (size_t)(at - start);
}

/* An escape that the canonical form has: of a quote, a backslash, and, but for keys, newline and tab. */
static bool
escape_ok(char c, bool key)
{
	return c == '"' || c == '\\' || (!key && (c == 'n' || c == 't'));
}

/* One character within a string; 0 if it may not stand there, else its length. */
static size_t
character(const struct scan *s, bool key)
{
	unsigned char c = (unsigned char)*s->at;
	size_t len = 1;

	if (c == '\\')
		return s->end - s->at > 1 && escape_ok(s->at[1], key) ? 2 : 0;
	if (c < 0x80)
		return c >= 0x20 && c != 0x7F;
	if (key || utf8_next((struct str){ s->at, (size_t)(s->end - s->at) }, 0, &len) < 0)
		return 0;
	return len;
}

/* *raw: what stands between the quotes, escapes and all. */
static bool
string_ok(struct scan *s, bool key, struct str *raw)
{
	if (!takes(s, '"'))
		return false;
	raw->data = s->at;
	s->at += canonical_plain(s->at, s->end);
	while (s->at < s->end && *s->at != '"') {
		bool plain = *s->at >= 0x20 && *s->at < 0x7F && *s->at != '\\'; /* nearly all of them */
		size_t len = plain ? 1 : character(s, key);
		if (len == 0)
			return false;
		s->at += len;
	}
	raw->len = (size_t)(s->at - raw->data);
	return takes(s, '"');
}

/* Keys by what they mean: an escaped character is itself. */
static bool
key_before(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		i += a.data[i] == '\\';
		k += b.data[k] == '\\';
		if (a.data[i] != b.data[k])
			return a.data[i] < b.data[k];
		i++;
		k++;
	}
	return i == a.len && k < b.len;
}

static bool
number_ok(struct scan *s)
{
	struct str digits = { s->at, 0 };
	bool negative = takes(s, '-');
	uint64_t value;

	digits.data = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	digits.len = (size_t)(s->at - digits.data);
	return str_u64(digits, &value) && value <= NUM_MAX && !(negative && value == 0);
}

static bool
object_ok(struct scan *s, unsigned depth)
{
	struct str before = { 0 }, key;

	if (takes(s, '}'))
		return true;
	for (bool first = true;; first = false) {
		if (!string_ok(s, true, &key) || (!first && !key_before(before, key)))
			return false;
		if (!takes(s, ':') || !value_ok(s, depth + 1))
			return false;
		if (takes(s, '}'))
			return true;
		if (!takes(s, ','))
			return false;
		before = key;
	}
}

static bool
list_ok(struct scan *s, unsigned depth)
{
	if (takes(s, ']'))
		return true;
	do {
		if (!value_ok(s, depth + 1))
			return false;
	} while (takes(s, ','));
	return takes(s, ']');
}

static bool
value_ok(struct scan *s, unsigned depth)
{
	struct str raw;

	if (depth > CANONICAL_DEPTH || s->at == s->end)
		return false;
	switch (*s->at) {
	case '{':
		s->at++;
		return object_ok(s, depth);
	case '[':
		s->at++;
		return list_ok(s, depth);
	case '"':
		return string_ok(s, false, &raw);
	case 't':
		return takes_word(s, STR("true"));
	case 'f':
		return takes_word(s, STR("false"));
	case 'n':
		return takes_word(s, STR("null"));
	default:
		return number_ok(s);
	}
}

bool
canonical_ok(struct str text)
{
	struct scan s = { text.data, text.data + text.len };

	return text.len > 0 && value_ok(&s, 0) && s.at == s.end;
}
