#include "indexer/index/selection.h"

#include "indexer/index/candidates.h"
#include "indexer/index/glob.h"

#include <stdlib.h>

struct finding {
	const struct tree *tree;
	const struct gram_query *query;
	uint64_t **bits; /* of each pair */
};

static int
find_in_pair(void *ctx, size_t index, unsigned thread)
{
	struct finding *f = ctx;
	const struct tree_pair *pair = &f->tree->pairs[index];
	size_t words = (size_t)pair->blobs / 64 + 1;

	(void)thread;
	memcpy(f->bits[index], pair->texts, words * sizeof(uint64_t));
	int r = candidates_find(pair->text, f->query, f->bits[index], words);
	for (size_t w = 0; w < words; w++)
		f->bits[index][w] |= pair->scans[w];
	return r;
}

static bool
passes(const struct selection *s, const struct entry *entry)
{
	return entry_regular(entry) && (s->language == LANG_END || entry->language == s->language) &&
	    (s->glob.len == 0 || glob_matches(s->glob, entry->path));
}

static int
take_owners(struct selection *s, size_t pair, uint32_t blob, size_t *capacity)
{
	const uint32_t *owners;
	size_t count;

	int r = tree_owners(s->tree, pair, blob, &owners, &count);
	if (r < 0)
		return r;
	if (s->count + count > *capacity) {
		*capacity = *capacity * 2 + count + 64;
		s->entries = mem_grow(s->entries, *capacity, sizeof *s->entries);
	}
	for (size_t i = 0; i < count; i++)
		if (passes(s, &s->tree->entries[owners[i]]))
			s->entries[s->count++] = owners[i];
	return 0;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

int
selection_make(struct selection *s, const struct gram_query *query, struct pool *pool)
{
	const struct tree *tree = s->tree;
	struct finding finding = { tree, query,
		arena_alloc(&s->arena, (tree->pair_count + 1) * sizeof *finding.bits) };
	size_t capacity = 0;

	for (size_t i = 0; i < tree->pair_count; i++)
		finding.bits[i] =
		    arena_alloc(&s->arena, ((size_t)tree->pairs[i].blobs / 64 + 1) * sizeof(uint64_t));
	int r = pool_run(pool, tree->pair_count, find_in_pair, &finding);
	for (size_t i = 0; i < tree->pair_count && r == 0; i++)
		for (size_t w = 0; w <= tree->pairs[i].blobs / 64 && r == 0; w++)
			for (uint64_t rest = finding.bits[i][w]; rest != 0 && r == 0; rest &= rest - 1)
				r = take_owners(
				    s, i, (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(rest), &capacity);
	if (r == 0 && s->count > 0)
		qsort(s->entries, s->count, sizeof *s->entries, compare);
	return r;
}

void
selection_release(struct selection *s)
{
	free(s->entries);
	s->entries = NULL;
	s->count = 0;
	arena_release(&s->arena);
}

void
selection_count(const struct selection *s, size_t entries, uint64_t counts[static SEG_CLASS_END])
{
	const struct tree *tree = s->tree;

	if (entries < tree->count || s->glob.len > 0) {
		for (size_t i = 0; i < entries; i++)
			if (passes(s, &tree->entries[i]))
				counts[tree->entries[i].class]++;
		return;
	}
	for (unsigned language = 0; language < LANG_END; language++)
		for (unsigned class = 0; class < SEG_CLASS_END; class ++)
			if (s->language == LANG_END || s->language == language)
				counts[class] += tree->files[language][class];
}
