#include "indexer/intake/numbers.h"

#include <ctype.h>

static size_t
skip_number(struct str line, size_t at)
{
	while (at < line.len &&
	    (isalnum((unsigned char)line.data[at]) || line.data[at] == '.' || line.data[at] == '_'))
		at++;
	return at;
}

/*
 * Numbers, with keys or without, signs, commas, and brackets that close where they open: what is before and behind it
 * in a list is a list without it too.
 */
static bool
is_numbers(struct str line)
{
	unsigned depth = 0;
	char last = 0;

	for (size_t at = 0; at < line.len; at++) {
		char c = line.data[at];
		if (c == ' ' || c == '\t' || c == '\r')
			continue;
		last = c;
		if (isdigit((unsigned char)c))
			at = skip_number(line, at) - 1;
		else if (c == '{' || c == '[' || c == '(')
			depth++;
		else if ((c == '}' || c == ']' || c == ')') && depth > 0)
			depth--;
		else if (c != ',' && c != ':' && c != '-' && c != '+')
			return false;
	}
	return last == ',' && depth == 0;
}

size_t
numbers_blank(struct str text, struct buf *shown)
{
	struct str rest = text, line;
	size_t blanked = 0;

	while (str_next(&rest, '\n', &line)) {
		if (!is_numbers(line))
			continue;
		memset(shown->data + (line.data - text.data), ' ', line.len);
		blanked += line.len;
	}
	return blanked;
}
