/* First byte: which way, and how long the pieces are. */
#include "tests/fuzz/fuzz.h"

#include "tui/guard.h"

#include <stdlib.h>
#include <string.h>

static size_t
pass(enum guard_way way, const uint8_t *in, size_t len, size_t piece, uint8_t *out)
{
	struct guard guard = GUARD(way);
	size_t total = 0;

	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		size_t made = guard_pass(&guard, in + at, n, out + total);
		assert(made <= GUARD_GROWTH * n + GUARD_SEQUENCE);
		total += made;
	}
	return total + guard_flush(&guard, out + total);
}

/* What a terminal must never get, looked for without the machine's help: bytes that open a string or ask something. */
static void
check_out(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		assert(s[i] >= 0x20 || strchr("\a\b\t\n\r\016\017\033", s[i]));
		assert(s[i] != 0x7f);
		assert(!(s[i] == 0xc2 && i + 1 < len && s[i + 1] < 0xa0)); /* C1 */
		if (s[i] != '\033')
			continue;
		assert(i + 1 < len && strchr("[()78MDE=>", s[i + 1]));
		if (s[i + 1] != '[')
			continue;
		size_t end = i + 2;
		while (end < len && s[end] >= 0x20 && s[end] < 0x40)
			end++;
		assert(end < len && end - i < GUARD_SEQUENCE);
		assert(strchr("@ABCDEFGHIJKLMPSTXZ`abcdefhlmr", s[end]));
		assert(s[end] != 'c' || s[i + 2] == '?');
		for (size_t k = i + 2; k < end; k++)
			assert((s[k] >= '0' && s[k] <= '9') || s[k] == ';' || (s[k] == '?' && k == i + 2));
	}
}

/* Whether a byte is one of the three, of any value, that end a mouse report. */
static bool
in_report(const uint8_t *s, size_t at)
{
	for (size_t back = 3; back <= 5 && back <= at; back++)
		if (memcmp(s + at - back, "\033[M", 3) == 0)
			return true;
	return false;
}

static void
check_in(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert(in_report(s, i) || (s[i] != 0 && !(s[i] == 0xc2 && i + 1 < len && s[i + 1] < 0xa0)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	enum guard_way way = data[0] & 1 ? GUARD_IN : GUARD_OUT;
	size_t len = size - 1, room = GUARD_GROWTH * len + GUARD_SEQUENCE * (len + 1) + 1;
	uint8_t *whole = malloc(room), *pieces = malloc(room), *again = malloc(2 * room);
	assert(whole && pieces && again);
	size_t n = pass(way, data + 1, len, len ? len : 1, whole);
	size_t m = pass(way, data + 1, len, 1 + (data[0] >> 1), pieces);
	/* where a chunk ends makes no difference */
	assert(n == m && memcmp(whole, pieces, n) == 0);
	if (way == GUARD_OUT) {
		check_out(whole, n);
		m = pass(way, whole, n, n ? n : 1, again);
		assert(n == m && memcmp(whole, again, n) == 0);
	} else
		check_in(whole, n);
	free(whole);
	free(pieces);
	free(again);
	return 0;
}
