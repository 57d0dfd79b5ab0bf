#include "indexer/index/gram_sets.h"

#include <stdlib.h>

#define EXACT_MAX 16   /* strings of an exact set of more than one */
#define SET_MAX 24     /* strings of a prefix or suffix set */
#define NEEDLE_MAX 256 /* bytes of a string that alone is exact */

struct gram_query *
gram_any(struct arena *arena)
{
	struct gram_query *query = arena_alloc(arena, sizeof *query);
	query->op = GRAM_ANY;
	return query;
}

static struct gram_query *
gram_pair(struct arena *arena, enum gram_op op, struct gram_query *a, struct gram_query *b)
{
	struct gram_query *query = arena_alloc(arena, sizeof *query);

	query->op = op;
	query->sub = arena_alloc(arena, 2 * sizeof *query->sub);
	query->sub[0] = a;
	query->sub[1] = b;
	query->sub_count = 2;
	return query;
}

struct gram_query *
gram_and(struct arena *arena, struct gram_query *a, struct gram_query *b)
{
	if (a->op == GRAM_ANY)
		return b;
	return b->op == GRAM_ANY ? a : gram_pair(arena, GRAM_AND, a, b);
}

struct gram_query *
gram_or(struct arena *arena, struct gram_query *a, struct gram_query *b)
{
	if (a->op == GRAM_ANY)
		return a;
	return b->op == GRAM_ANY ? b : gram_pair(arena, GRAM_OR, a, b);
}

/* ---- sets ---- */

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
set_tidy(struct gram_set *set)
{
	size_t kept = 0;

	qsort(set->strings, set->count, sizeof *set->strings, compare);
	for (size_t i = 0; i < set->count; i++)
		if (kept == 0 || !str_eq(set->strings[kept - 1], set->strings[i]))
			set->strings[kept++] = set->strings[i];
	set->count = kept;
}

static struct gram_set
set_of(struct arena *arena, const struct str *strings, size_t count)
{
	struct gram_set set = { arena_alloc(arena, count * sizeof *strings), count, true };

	if (count)
		memcpy(set.strings, strings, count * sizeof *strings);
	set_tidy(&set);
	return set;
}

static struct gram_set
set_empty_string(struct arena *arena)
{
	return set_of(arena, &STR(""), 1);
}

static struct gram_set
set_union(struct arena *arena, struct gram_set a, struct gram_set b)
{
	struct gram_set set = { arena_alloc(arena, (a.count + b.count) * sizeof *set.strings),
		a.count + b.count, true };

	memcpy(set.strings, a.strings, a.count * sizeof *a.strings);
	memcpy(set.strings + a.count, b.strings, b.count * sizeof *b.strings);
	set_tidy(&set);
	return set;
}

static struct gram_set
set_cross(struct arena *arena, struct gram_set a, struct gram_set b)
{
	struct gram_set set = { arena_alloc(arena, a.count * b.count * sizeof *set.strings), 0, true };

	for (size_t i = 0; i < a.count; i++)
		for (size_t j = 0; j < b.count; j++) {
			char *text = arena_alloc(arena, a.strings[i].len + b.strings[j].len + 1);
			memcpy(text, a.strings[i].data, a.strings[i].len);
			memcpy(text + a.strings[i].len, b.strings[j].data, b.strings[j].len);
			set.strings[set.count++] = (struct str){ text, a.strings[i].len + b.strings[j].len };
		}
	set_tidy(&set);
	return set;
}

static size_t
set_shortest(struct gram_set set)
{
	size_t shortest = SIZE_MAX;

	for (size_t i = 0; i < set.count; i++)
		if (set.strings[i].len < shortest)
			shortest = set.strings[i].len;
	return set.count ? shortest : 0;
}

/* Some string of the set is there: one of them with all of its trigrams. */
static struct gram_query *
set_query(struct arena *arena, struct gram_set set)
{
	if (set_shortest(set) < 3)
		return gram_any(arena);
	struct gram_query *either = arena_alloc(arena, sizeof *either);
	either->op = GRAM_OR;
	either->sub = arena_alloc(arena, set.count * sizeof *either->sub);
	for (size_t i = 0; i < set.count; i++) {
		const uint8_t *bytes = (const uint8_t *)set.strings[i].data;
		struct gram_query *all = arena_alloc(arena, sizeof *all);
		all->op = GRAM_AND;
		all->gram_count = set.strings[i].len - 2;
		all->grams = arena_alloc(arena, all->gram_count * sizeof *all->grams);
		for (size_t g = 0; g < all->gram_count; g++)
			all->grams[g] = (uint32_t)bytes[g] << 16 | (uint32_t)bytes[g + 1] << 8 | bytes[g + 2];
		either->sub[either->sub_count++] = all;
	}
	return either->sub_count == 1 ? either->sub[0] : either;
}

/* ---- parts ---- */

static void
set_shorten(struct gram_set *set, size_t len, bool front)
{
	for (size_t i = 0; i < set->count; i++) {
		struct str *s = &set->strings[i];
		if (s->len > len) {
			s->data += front ? 0 : s->len - len;
			s->len = len;
		}
	}
	set_tidy(set);
}

/* Only the two bytes at the border can still become part of a further trigram. */
static void
simplify_border(struct arena *arena, struct gram_set *set, bool front)
{
	*set = set_of(arena, set->strings, set->count);
	set_shorten(set, 2, front);
	for (size_t len = 1; set->count > SET_MAX; len--)
		set_shorten(set, len, front);
}

static struct str
longer(struct str a, struct str b)
{
	return a.len >= b.len ? a : b;
}

static void
simplify(struct arena *arena, struct gram_part *part, bool finish)
{
	struct gram_set exact = part->exact;

	if (exact.known) {
		size_t shortest = set_shortest(exact);
		bool keep =
		    exact.count == 1 ? shortest <= NEEDLE_MAX : exact.count <= EXACT_MAX && shortest < 4;
		if (keep && !finish)
			return;
		if (exact.count == 1)
			part->needle = longer(part->needle, exact.strings[0]);
		part->prefix = exact;
		part->suffix = exact;
		part->exact = (struct gram_set){ 0 };
	}
	part->match = gram_and(arena, part->match, set_query(arena, part->prefix));
	if (!exact.known)
		part->match = gram_and(arena, part->match, set_query(arena, part->suffix));
	simplify_border(arena, &part->prefix, true);
	simplify_border(arena, &part->suffix, false);
}

/* As simplify, for a part that no longer may be exact. */
static struct gram_part
blur(struct arena *arena, struct gram_part part)
{
	simplify(arena, &part, true);
	return part;
}

struct gram_part
part_strings(struct arena *arena, const struct str *strings, size_t count)
{
	struct gram_part part = { .exact = set_of(arena, strings, count), .match = gram_any(arena) };

	part.empty = set_shortest(part.exact) == 0;
	return part;
}

struct gram_part
part_empty(struct arena *arena)
{
	return part_strings(arena, &STR(""), 1);
}

struct gram_part
part_any(struct arena *arena)
{
	return (struct gram_part){
		.prefix = set_empty_string(arena),
		.suffix = set_empty_string(arena),
		.match = gram_any(arena),
	};
}

struct gram_part
part_anything(struct arena *arena)
{
	struct gram_part part = part_any(arena);
	part.empty = true;
	return part;
}

/* The strings at the seam of two parts, if both are known well enough to make trigrams. */
static struct gram_query *
seam(struct arena *arena, const struct gram_part *a, const struct gram_part *b)
{
	if (a->suffix.count * b->prefix.count > 4 * SET_MAX ||
	    set_shortest(a->suffix) + set_shortest(b->prefix) < 3)
		return gram_any(arena);
	return set_query(arena, set_cross(arena, a->suffix, b->prefix));
}

struct gram_part
part_concat(struct arena *arena, struct gram_part a, struct gram_part b)
{
	struct gram_part part = {
		.empty = a.empty && b.empty,
		.match = gram_and(arena, a.match, b.match),
		.needle = longer(a.needle, b.needle),
	};

	if (a.exact.known && b.exact.known) {
		part.exact = set_cross(arena, a.exact, b.exact);
		simplify(arena, &part, false);
		return part;
	}
	if (a.exact.known && a.exact.count == 1)
		part.needle = longer(part.needle, a.exact.strings[0]);
	if (b.exact.known && b.exact.count == 1)
		part.needle = longer(part.needle, b.exact.strings[0]);
	if (a.exact.known)
		part.prefix = set_cross(arena, a.exact, b.prefix);
	else
		part.prefix =
		    a.empty ? set_union(arena, a.prefix, b.exact.known ? b.exact : b.prefix) : a.prefix;
	if (b.exact.known)
		part.suffix = set_cross(arena, a.suffix, b.exact);
	else
		part.suffix =
		    b.empty ? set_union(arena, b.suffix, a.exact.known ? a.exact : a.suffix) : b.suffix;
	if (!a.exact.known && !b.exact.known)
		part.match = gram_and(arena, part.match, seam(arena, &a, &b));
	simplify(arena, &part, false);
	return part;
}

struct gram_part
part_either(struct arena *arena, struct gram_part a, struct gram_part b)
{
	if (a.exact.known && b.exact.known) {
		struct gram_part part = { .empty = a.empty || b.empty,
			.match = gram_or(arena, a.match, b.match) };
		part.exact = set_union(arena, a.exact, b.exact);
		simplify(arena, &part, false);
		return part;
	}
	a = blur(arena, a);
	b = blur(arena, b);
	struct gram_part part = {
		.empty = a.empty || b.empty,
		.match = gram_or(arena, a.match, b.match),
		.prefix = set_union(arena, a.prefix, b.prefix),
		.suffix = set_union(arena, a.suffix, b.suffix),
	};
	simplify(arena, &part, false);
	return part;
}

struct gram_part
part_repeat(struct arena *arena, struct gram_part part)
{
	return blur(arena, part);
}

struct gram_part
part_finish(struct arena *arena, struct gram_part part)
{
	return blur(arena, part);
}

/* ---- the slow way ---- */

static bool
holds(struct str text, uint32_t gram)
{
	const char bytes[3] = { (char)(gram >> 16), (char)(gram >> 8), (char)gram };
	return memmem(text.data, text.len, bytes, sizeof bytes) != NULL;
}

bool
gram_passes(const struct gram_query *query, struct str text)
{
	bool all = query->op != GRAM_OR;

	if (query->op == GRAM_ANY)
		return true;
	for (size_t i = 0; i < query->gram_count; i++)
		if (holds(text, query->grams[i]) != all)
			return !all;
	for (size_t i = 0; i < query->sub_count; i++)
		if (gram_passes(query->sub[i], text) != all)
			return !all;
	return all;
}
