#include "indexer/index/fuzzy.h"

#include <stdlib.h>

#define TEXT_LOOK 256 /* bytes of a text that are looked at: its last ones */
#define NEVER (-1000000)

static char
folded(const struct fuzzy *fuzzy, char c)
{
	return fuzzy->folded[(uint8_t)c];
}

void
fuzzy_init(struct fuzzy *fuzzy, struct str pattern)
{
	bool exact = false;

	fuzzy->count = pattern.len < FUZZY_MAX ? pattern.len : FUZZY_MAX;
	for (size_t i = 0; i < fuzzy->count; i++)
		exact |= pattern.data[i] >= 'A' && pattern.data[i] <= 'Z';
	for (int c = 0; c < 256; c++)
		fuzzy->folded[c] = (char)(!exact && c >= 'A' && c <= 'Z' ? c | 32 : c);
	for (size_t i = 0; i < fuzzy->count; i++)
		fuzzy->letters[i] = folded(fuzzy, pattern.data[i]);
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

/* Most names do not hold the pattern: this is what a search of all of them costs. */
static bool
holds(const struct fuzzy *fuzzy, struct str text)
{
	size_t at = 0;
	char wanted = fuzzy->letters[0];

	for (size_t i = 0; i < text.len && at < fuzzy->count; i++)
		if (folded(fuzzy, text.data[i]) == wanted)
			wanted = fuzzy->letters[++at % FUZZY_MAX];
	return at == fuzzy->count;
}

/* Between which bytes of a text that holds the pattern each letter may stand. */
struct bounds {
	size_t first[FUZZY_MAX], last[FUZZY_MAX];
};

static void
find_bounds(const struct fuzzy *fuzzy, struct str text, struct bounds *b)
{
	for (size_t i = 0, at = 0; at < fuzzy->count; i++)
		if (folded(fuzzy, text.data[i]) == fuzzy->letters[at])
			b->first[at++] = i;
	for (size_t i = text.len, at = fuzzy->count; at > 0; i--)
		if (folded(fuzzy, text.data[i - 1]) == fuzzy->letters[at - 1])
			b->last[--at] = i - 1;
}

/* Apart, as its tables are zeroed on entry. */
static __attribute__((noinline)) int
weigh(const struct fuzzy *fuzzy, struct str text)
{
	/* The best score of the pattern so far, ending at a byte, and up to it. */
	int ending[TEXT_LOOK], best[TEXT_LOOK];
	struct bounds b;
	const char *slash = memrchr(text.data, '/', text.len);
	size_t name = slash ? (size_t)(slash - text.data) + 1 : 0;

	find_bounds(fuzzy, text, &b);
	for (size_t i = 0; i < fuzzy->count; i++) {
		/* The row before, one byte to the left: it begins at first[i - 1], which is less than first[i]. */
		int run = NEVER, above = i ? best[b.first[i] - 1] : 0,
		    above_ending = i ? ending[b.first[i] - 1] : 0;
		size_t end = i + 1 < fuzzy->count ? b.last[i + 1] : text.len;
		for (size_t j = b.first[i]; j < end; j++) {
			int old_best = best[j], old_ending = ending[j];
			ending[j] = NEVER;
			if (folded(fuzzy, text.data[j]) == fuzzy->letters[i]) {
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
			above = old_best;
			above_ending = old_ending;
		}
	}
	return (fuzzy->count > 0 ? best[text.len - 1] : 0) - (int)text.len / 8;
}

bool
fuzzy_score(const struct fuzzy *fuzzy, struct str text, int *score)
{
	if (text.len > TEXT_LOOK)
		text = (struct str){ text.data + text.len - TEXT_LOOK, TEXT_LOOK };
	if (!holds(fuzzy, text))
		return false;
	*score = weigh(fuzzy, text);
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
