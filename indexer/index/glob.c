#include "indexer/index/glob.h"

/* "[...]" at p; *used its length, 0 if it is none. */
static bool
bracket(struct str p, char c, size_t *used)
{
	size_t at = 1;
	bool negated = at < p.len && (p.data[at] == '!' || p.data[at] == '^'), in = false;

	at += negated;
	for (size_t first = at; at < p.len && (p.data[at] != ']' || at == first); at++) {
		char low = p.data[at], high = low;
		if (at + 2 < p.len && p.data[at + 1] == '-' && p.data[at + 2] != ']') {
			high = p.data[at + 2];
			at += 2;
		}
		in |= (uint8_t)c >= (uint8_t)low && (uint8_t)c <= (uint8_t)high;
	}
	*used = at < p.len ? at + 1 : 0;
	return in != negated;
}

/* Whether the single element at the front of p matches c; *used its length. */
static bool
one(struct str p, char c, size_t *used)
{
	*used = 1;
	if (p.data[0] == '?')
		return c != '/';
	if (p.data[0] == '[') {
		bool in = bracket(p, c, used);
		if (*used > 0)
			return in && c != '/';
		*used = 1;
	}
	if (p.data[0] == '\\' && p.len > 1) {
		*used = 2;
		return p.data[1] == c;
	}
	return p.data[0] == c;
}

static bool
is_deep(struct str p, size_t at)
{
	return p.len - at >= 2 && p.data[at] == '*' && p.data[at + 1] == '*' &&
	    (at == 0 || p.data[at - 1] == '/') && (p.len - at == 2 || p.data[at + 2] == '/');
}

/*
 * Greedy with two places to come back to, the last `*` and the last `**`: a later one of a
 * kind makes an earlier one needless, so that the cost is bounded by the product of lengths.
 */
static bool
matches(struct str p, struct str s)
{
	size_t pi = 0, si = 0, used;
	size_t star = SIZE_MAX, star_at = 0, deep = SIZE_MAX, deep_at = 0;

	for (;;) {
		if (pi < p.len && is_deep(p, pi)) {
			pi += p.len - pi > 2 ? 3 : 2;
			deep = pi;
			deep_at = si;
			star = SIZE_MAX;
			if (pi == p.len)
				return true;
			continue;
		}
		if (pi < p.len && p.data[pi] == '*') {
			star = ++pi;
			star_at = si;
			continue;
		}
		if (pi == p.len && si == s.len)
			return true;
		if (pi < p.len && si < s.len &&
		    one((struct str){ p.data + pi, p.len - pi }, s.data[si], &used)) {
			pi += used;
			si++;
			continue;
		}
		if (star != SIZE_MAX && star_at < s.len && s.data[star_at] != '/') {
			pi = star;
			si = ++star_at;
			continue;
		}
		/* `**` takes one component more */
		const char *slash = deep != SIZE_MAX && deep_at < s.len
		    ? memchr(s.data + deep_at, '/', s.len - deep_at)
		    : NULL;
		if (!slash)
			return false;
		deep_at = (size_t)(slash - s.data) + 1;
		pi = deep;
		si = deep_at;
		star = SIZE_MAX;
	}
}

bool
glob_matches(struct str pattern, struct str path)
{
	char below[1024];

	if (pattern.len > 1 && pattern.data[pattern.len - 1] == '/' && pattern.len + 2 <= sizeof below) {
		memcpy(below, pattern.data, pattern.len);
		memcpy(below + pattern.len, "**", 2);
		pattern = (struct str){ below, pattern.len + 2 };
	}
	if (!memchr(pattern.data, '/', pattern.len)) {
		const char *slash = memrchr(path.data, '/', path.len);
		if (slash)
			path = (struct str){ slash + 1, (size_t)(path.data + path.len - slash) - 1 };
	} else if (pattern.data[0] == '/') {
		pattern = (struct str){ pattern.data + 1, pattern.len - 1 };
	}
	return matches(pattern, path);
}
