#include "tui/worddiff.h"

#include "base/mem.h"

#include <stdlib.h>

static bool
blank_byte(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\n';
}

static bool
word_byte(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (unsigned char)c >= 0x80;
}

/* ---- likeness ---- */

struct sketch
sketch_of(struct str line)
{
	struct sketch sketch = { .hash = 14695981039346656037u };
	unsigned before = 0;

	for (size_t i = 0; i < line.len; i++) {
		unsigned byte = (unsigned char)line.data[i];
		if (blank_byte(line.data[i]))
			continue;
		if (sketch.len++) {
			unsigned pair = (before * 31 + byte) * 2654435761u >> 24;
			sketch.bits[pair / 64] |= (uint64_t)1 << pair % 64;
		}
		sketch.hash = (sketch.hash ^ byte) * 1099511628211u;
		before = byte;
	}
	return sketch;
}

int
sketch_alike(const struct sketch *a, const struct sketch *b)
{
	int both = 0, any = 0;

	if (a->len == b->len && a->hash == b->hash)
		return 101;
	for (int i = 0; i < 4; i++) {
		both += __builtin_popcountll(a->bits[i] & b->bits[i]);
		any += __builtin_popcountll(a->bits[i] | b->bits[i]);
	}
	return any ? 100 * both / any : 0;
}

/* ---- words ---- */

struct words {
	struct str at[WORDS_MAX];
	size_t count;
	bool common[WORDS_MAX];
};

/* Identifiers and numbers whole, runs of blanks whole, everything else byte by byte. */
static void
split(struct str line, struct words *words)
{
	words->count = 0;
	for (size_t i = 0; i < line.len && words->count < WORDS_MAX;) {
		size_t end = i + 1;
		if (word_byte(line.data[i]))
			while (end < line.len && word_byte(line.data[end]))
				end++;
		else if (blank_byte(line.data[i]))
			while (end < line.len && blank_byte(line.data[end]))
				end++;
		words->common[words->count] = false;
		words->at[words->count++] = (struct str){ line.data + i, end - i };
		i = end;
	}
}

/* The longest common subsequence of what lies between the common ends, by the table of its lengths from behind. */
static void
match(struct words *a, struct words *b, size_t from, size_t a_end, size_t b_end)
{
	static const size_t side = WORDS_MAX + 1;
	size_t rows = a_end - from, cols = b_end - from;
	uint16_t *table = mem_alloc((rows + 1) * side * sizeof *table);

	for (size_t i = rows + 1; i-- > 0;)
		for (size_t j = cols + 1; j-- > 0;) {
			uint16_t *cell = &table[i * side + j];
			if (i == rows || j == cols)
				*cell = 0;
			else if (str_eq(a->at[from + i], b->at[from + j]))
				*cell = (uint16_t)(cell[side + 1] + 1);
			else
				*cell = cell[side] > cell[1] ? cell[side] : cell[1];
		}
	for (size_t i = 0, j = 0; i < rows && j < cols;) {
		const uint16_t *cell = &table[i * side + j];
		if (str_eq(a->at[from + i], b->at[from + j]))
			a->common[from + i++] = b->common[from + j++] = true;
		else if (cell[side] >= cell[1])
			i++;
		else
			j++;
	}
	free(table);
}

static size_t
common_bytes(const struct words *words)
{
	size_t bytes = 0;

	for (size_t i = 0; i < words->count; i++)
		bytes += words->common[i] && !blank_byte(words->at[i].data[0]) ? words->at[i].len : 0;
	return bytes;
}

/* Stretches of words that are not common; those with nothing but one run of blanks between them are one. */
static void
gather(const struct words *words, struct str line, struct stretches *out)
{
	out->count = 0;
	for (size_t i = 0; i < words->count; i++) {
		if (words->common[i])
			continue;
		size_t start = (size_t)(words->at[i].data - line.data), last = i;
		while (last + 1 < words->count &&
		    (!words->common[last + 1] ||
			(last + 2 < words->count && !words->common[last + 2] &&
			    blank_byte(words->at[last + 1].data[0]))))
			last++;
		struct str end = words->at[last];
		if (out->count == STRETCHES_MAX)
			start = out->at[--out->count].start;
		out->at[out->count++] =
		    (struct stretch){ start, (size_t)(end.data + end.len - line.data) - start };
		i = last;
	}
}

void
worddiff(struct str old, struct str new, struct stretches *in_old, struct stretches *in_new)
{
	struct words *words = mem_alloc(2 * sizeof *words), *a = &words[0], *b = &words[1];
	size_t from = 0, a_end, b_end;

	split(old, a);
	split(new, b);
	a_end = a->count, b_end = b->count;
	while (from < a_end && from < b_end && str_eq(a->at[from], b->at[from])) {
		a->common[from] = b->common[from] = true;
		from++;
	}
	while (a_end > from && b_end > from && str_eq(a->at[a_end - 1], b->at[b_end - 1]))
		a->common[--a_end] = b->common[--b_end] = true;
	match(a, b, from, a_end, b_end);
	size_t less = old.len < new.len ? old.len : new.len;
	in_old->count = in_new->count = 0;
	if (4 * common_bytes(a) >= less) {
		gather(a, old, in_old);
		gather(b, new, in_new);
	}
	free(words);
}
