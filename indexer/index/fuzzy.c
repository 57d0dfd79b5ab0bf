#include "indexer/index/fuzzy.h"

#include <stdlib.h>

#define TEXT_LOOK 256 /* bytes of a text that are looked at: its last ones */
#define NEVER (-1000000)

static char
small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
}

static bool
same(char wanted, char is, bool exact)
{
	return exact ? wanted == is : small(wanted) == small(is);
}

/* What a match at text[at] is worth by where it stands. */
static int
place(struct str text, size_t at)
{
	if (at == 0 || text.data[at - 1] == '/')
		return 9;
	char before = text.data[at - 1], here = text.data[at];
	if (strchr("_-. ", before))
		return 8;
	bool hump = here >= 'A' && here <= 'Z' && !(before >= 'A' && before <= 'Z');
	return hump ? 7 : 0;
}

static bool
holds(struct str pattern, struct str text, bool exact)
{
	size_t at = 0;

	for (size_t i = 0; i < text.len && at < pattern.len; i++)
		at += same(pattern.data[at], text.data[i], exact);
	return at == pattern.len;
}

bool
fuzzy_score(struct str pattern, struct str text, int *score)
{
	int ending[TEXT_LOOK],
	    best[TEXT_LOOK]; /* best score of the pattern so far, ending at / up to this byte */
	bool exact = false;

	if (pattern.len > FUZZY_MAX)
		pattern.len = FUZZY_MAX;
	if (text.len > TEXT_LOOK)
		text = (struct str){ text.data + text.len - TEXT_LOOK, TEXT_LOOK };
	for (size_t i = 0; i < pattern.len; i++)
		exact |= pattern.data[i] >= 'A' && pattern.data[i] <= 'Z';
	if (!holds(pattern, text, exact))
		return false;
	const char *slash = memrchr(text.data, '/', text.len);
	size_t name = slash ? (size_t)(slash - text.data) + 1 : 0;
	for (size_t i = 0; i < pattern.len; i++) {
		int run = NEVER, above = NEVER,
		    above_ending = NEVER; /* best up to here; the row before, one byte to the left */
		for (size_t j = 0; j < text.len; j++) {
			int old_best = best[j], old_ending = ending[j];
			ending[j] = NEVER;
			if (same(pattern.data[i], text.data[j], exact)) {
				int worth = 4 + place(text, j) + (j >= name ? 3 : 0);
				if (i == 0)
					ending[j] = worth - (int)(j >= name ? j - name : j) / 8;
				else if (above_ending + 10 > above)
					ending[j] = above_ending + 10 + worth;
				else
					ending[j] = above + worth - 2;
			}
			run = ending[j] > run - 1 ? ending[j] : run - 1;
			best[j] = run;
			if (i > 0) {
				above = old_best;
				above_ending = old_ending;
			}
		}
	}
	*score = text.len ? best[text.len - 1] - (int)text.len / 8 : 0;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct fuzzy_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

void
fuzzy_sort(struct fuzzy_best *best)
{
	qsort(best->hits, best->count, sizeof *best->hits, compare);
	if (best->count > best->limit)
		best->count = best->limit;
}

void
fuzzy_add(struct fuzzy_best *best, int score, size_t index)
{
	if (best->count == best->limit * 2)
		fuzzy_sort(best);
	if (best->limit > 0)
		best->hits[best->count++] = (struct fuzzy_hit){ score, index };
}
