#include "tui/match.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
letter(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool
match_part(struct str text, struct str part, size_t *at)
{
	for (size_t i = 0; i + part.len <= text.len; i++) {
		size_t n = 0;
		while (n < part.len && lower(text.data[i + n]) == lower(part.data[n]))
			n++;
		if (n == part.len) {
			*at = i;
			return true;
		}
	}
	return false;
}

int
match_score(struct str typed, struct str name)
{
	int score = 0, run = 0;
	size_t at = 0;

	for (size_t i = 0; i < typed.len; i++) {
		if (typed.data[i] == ' ')
			continue;
		size_t from = at;
		while (at < name.len && lower(name.data[at]) != lower(typed.data[i]))
			at++;
		if (at == name.len)
			return -1;
		run = at == from && i > 0 ? run + 1 : 0;
		bool start = at == 0 || !letter(name.data[at - 1]);
		score += 10 + 6 * run + (start ? 12 : 0) - (at - from > 8 ? 8 : (int)(at - from));
		at++;
	}
	size_t whole;
	if (typed.len && match_part(name, typed, &whole))
		score += 20 + (whole == 0 ? 20 : 0);
	score = score > 0 ? score : 0;
	return 16 * score + (name.len < 15 ? 15 - (int)name.len : 0);
}
