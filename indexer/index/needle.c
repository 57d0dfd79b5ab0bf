#include "indexer/index/needle.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* How common a byte is in source: its place here, the most common first; what is not here is rare. */
static const char common[] =
    " etrnsai\to_cdlpu,f0m;)(=\n-*>gbhvxkyw/1\"T.E{}SIRCADPNLO2&q3M#:zU48F65jGBVH|[]+W79<!'K%\\XYQ@?$J^~Z`";

static size_t
rank(char c)
{
	const char *at = c ? strchr(common, c) : NULL;
	return at ? (size_t)(at - common) : sizeof common;
}

static char
fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
}

void
needle_init(struct needle *needle, struct str text, bool nocase)
{
	*needle = (struct needle){ .text = text, .nocase = nocase };
	for (size_t i = 1; i < text.len; i++)
		if (rank(text.data[i]) > rank(text.data[needle->rare[0]]))
			needle->rare[0] = i;
	needle->rare[1] = needle->rare[0] == 0 && text.len > 1 ? 1 : 0;
	for (size_t i = 1; i < text.len; i++)
		if (i != needle->rare[0] && rank(text.data[i]) > rank(text.data[needle->rare[1]]))
			needle->rare[1] = i;
}

static bool
stands(const struct needle *needle, const char *at)
{
	const char *text = needle->text.data;
	size_t len = needle->text.len, i = 0;

	if (!needle->nocase)
		return memcmp(at, text, len) == 0;
	while (i < len && fold(at[i]) == text[i])
		i++;
	return i == len;
}

#ifdef __SSE2__
static __m128i
load(const char *at)
{
	__m128i bytes;
	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

/* Places among sixteen that hold the byte, in either case if so wanted. */
static __m128i
equal(__m128i bytes, __m128i small, __m128i capital)
{
	return _mm_or_si128(_mm_cmpeq_epi8(bytes, small), _mm_cmpeq_epi8(bytes, capital));
}

static char
other_case(const struct needle *needle, char c)
{
	return (char)(needle->nocase && c >= 'a' && c <= 'z' ? c & ~32 : c);
}

/* As far as sixteen places at a time reach; *from: where to go on. */
static size_t
find_wide(const struct needle *needle, const char *hay, size_t *from, size_t last)
{
	size_t a = needle->rare[0], b = needle->rare[1];
	char x = needle->text.data[a], y = needle->text.data[b];
	__m128i x_small = _mm_set1_epi8(x), x_capital = _mm_set1_epi8(other_case(needle, x)),
		y_small = _mm_set1_epi8(y), y_capital = _mm_set1_epi8(other_case(needle, y));

	for (; *from + 16 <= last + 1; *from += 16) {
		const char *at = hay + *from;
		__m128i both = _mm_and_si128(
		    equal(load(at + a), x_small, x_capital), equal(load(at + b), y_small, y_capital));
		for (unsigned mask = (unsigned)_mm_movemask_epi8(both); mask != 0; mask &= mask - 1) {
			size_t i = (size_t)__builtin_ctz(mask);
			if (stands(needle, at + i))
				return *from + i;
		}
	}
	return SIZE_MAX;
}
#endif

size_t
needle_find(const struct needle *needle, struct str hay, size_t from, size_t to)
{
	size_t len = needle->text.len;

	if (to > hay.len)
		to = hay.len;
	if (from > to || to - from < len)
		return SIZE_MAX;
	size_t last = to - len;
#ifdef __SSE2__
	size_t found = find_wide(needle, hay.data, &from, last);
	if (found != SIZE_MAX)
		return found;
#endif
	for (; from <= last; from++)
		if (stands(needle, hay.data + from))
			return from;
	return SIZE_MAX;
}
