#include "indexer/index/symdiff.h"

#include <stdlib.h>

#define ALIKE_MAX 64 /* definitions of one name that are held against one another by their bytes */

/* A definition in lines that changed, or that has no partner where its lines went. */
struct touched {
	size_t symbol;
	struct str name;
	struct str bytes; /* its lines */
	struct touched *partner;
	struct essence essence; /* unless its partner has the same bytes */
};

struct half {
	struct symdiff_side *side;
	const struct lines *lines;
	struct touched *touched; /* in the order of the outline */
	struct touched **by_name;
	size_t count;
};

static bool
counts(const struct symbol *symbol)
{
	switch (symbol->flags & SEG_DECLARED ? 0 : symbol->kind) {
	case SYM_FUNCTION:
	case SYM_METHOD:
	case SYM_MACRO:
	case SYM_STRUCT:
	case SYM_UNION:
	case SYM_ENUM:
	case SYM_TYPE:
	case SYM_CLASS:
	case SYM_INTERFACE:
	case SYM_TRAIT:
		return true;
	default:
		return false;
	}
}

/* What holds methods changes with them, and is no change of its own. */
static bool
holds_others(unsigned kind)
{
	return kind == SYM_CLASS || kind == SYM_INTERFACE || kind == SYM_TRAIT;
}

/* Whether edits touch lines first..last (from 0) of a side, and by how many lines what lies before them is shifted. */
static bool
is_edited(const struct linediff *diff, bool new, uint64_t first, uint64_t last, int64_t *shift)
{
	size_t low = 0, high = diff->count;

	/* the first edit that ends behind `first` */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct edit *e = &diff->edits[middle];
		uint64_t stop = new ? e->new_first + e->new_lines : e->old_first + e->old_lines;
		if (stop <= first)
			low = middle + 1;
		else
			high = middle;
	}
	*shift = 0;
	if (low > 0) {
		const struct edit *e = &diff->edits[low - 1];
		*shift = (int64_t)(e->new_first + e->new_lines) - (int64_t)(e->old_first + e->old_lines);
	}
	if (low == diff->count)
		return false;
	const struct edit *e = &diff->edits[low];
	/* lines taken out or put in between two of them are an edit too; in front of the first they are not */
	return (new ? e->new_first : e->old_first) <= last;
}

/* Whether a definition of the kind stands in that line and column. */
static bool
stands(const struct outline *outline, uint64_t line, const struct symbol *like)
{
	size_t low = 0, high = outline->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (outline->symbols[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < outline->count && outline->symbols[low].line == line; low++)
		if (outline->symbols[low].kind == like->kind &&
		    outline->symbols[low].column == like->column &&
		    outline->symbols[low].flags == like->flags)
			return true;
	return false;
}

static int
find_touched(
    struct half *half, const struct half *other, const struct linediff *diff, bool new, struct arena *arena)
{
	const struct outline *outline = &half->side->outline;

	half->touched = mem_alloc((outline->count + 1) * sizeof *half->touched);
	for (size_t i = 0; i < outline->count; i++) {
		const struct symbol *symbol = &outline->symbols[i];
		int64_t shift;
		if (!counts(symbol))
			continue;
		if (symbol->line == 0 || symbol->end_line < symbol->line ||
		    symbol->end_line > half->lines->count)
			return segment_damaged(outline->syntax, "lines of a symbol");
		bool edited = is_edited(diff, new, symbol->line - 1, symbol->end_line - 1, &shift);
		uint64_t there = symbol->line + (uint64_t)(new ? -shift : shift);
		if (!edited && stands(&other->side->outline, there, symbol))
			continue;
		half->touched[half->count++] = (struct touched){
			.symbol = i,
			.name = outline_full_name(outline, i, arena),
			.bytes =
			    lines_range(half->lines, symbol->line - 1, symbol->end_line - symbol->line + 1),
		};
	}
	return 0;
}

/* ---- partners ---- */

static unsigned
kind_of(const struct half *half, const struct touched *touched)
{
	return half->side->outline.symbols[touched->symbol].kind;
}

static int
compare_keys(
    const struct half *x_half, const struct touched *x, const struct half *y_half, const struct touched *y)
{
	unsigned x_kind = kind_of(x_half, x), y_kind = kind_of(y_half, y);
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : (x_kind > y_kind) - (x_kind < y_kind);
}

static int
compare(const void *a, const void *b, void *ctx)
{
	const struct touched *x = *(struct touched *const *)a, *y = *(struct touched *const *)b;
	int order = compare_keys(ctx, x, ctx, y);

	return order != 0 ? order : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static void
sort_by_name(struct half *half)
{
	half->by_name = mem_alloc((half->count + 1) * sizeof(struct touched *));
	for (size_t i = 0; i < half->count; i++)
		half->by_name[i] = &half->touched[i];
	if (half->count > 0)
		qsort_r(half->by_name, half->count, sizeof(struct touched *), compare, half);
}

static void
pair_up(struct touched *old, struct touched *new)
{
	old->partner = new;
	new->partner = old;
}

/* Definitions of one name and kind: those with the same bytes first, then in order. */
static void
pair_alike(struct touched **old, size_t old_count, struct touched **new, size_t new_count)
{
	for (size_t i = 0; i < old_count && old_count <= ALIKE_MAX && new_count <= ALIKE_MAX; i++)
		for (size_t j = 0; j < new_count && !old[i]->partner; j++)
			if (!new[j]->partner && str_eq(old[i]->bytes, new[j]->bytes))
				pair_up(old[i], new[j]);
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		if (old[i]->partner)
			i++;
		else if (new[j]->partner)
			j++;
		else
			pair_up(old[i], new[j]);
	}
}

static size_t
group_end(const struct half *half, size_t from)
{
	size_t end = from + 1;

	while (end < half->count && compare_keys(half, half->by_name[from], half, half->by_name[end]) == 0)
		end++;
	return end;
}

static void
find_partners(struct half *old, struct half *new)
{
	size_t i = 0, j = 0;

	sort_by_name(old);
	sort_by_name(new);
	while (i < old->count && j < new->count) {
		int order = compare_keys(old, old->by_name[i], new, new->by_name[j]);
		size_t i_end = group_end(old, i), j_end = group_end(new, j);
		if (order == 0)
			pair_alike(old->by_name + i, i_end - i, new->by_name + j, j_end - j);
		i = order <= 0 ? i_end : i;
		j = order >= 0 ? j_end : j;
	}
}

/* ---- results ---- */

/* A partner that differs, or none. */
static bool
is_change(const struct half *half, const struct touched *touched)
{
	return !touched->partner ||
	    (!str_eq(touched->bytes, touched->partner->bytes) && !holds_others(kind_of(half, touched)));
}

static int
find_essences(struct half *half, struct arena *arena)
{
	const struct symdiff_side *side = half->side;
	struct span_walk walk;
	uint64_t reached = UINT64_MAX; /* by the walk, which goes only forward */
	int r = 0;

	for (size_t i = 0; i < half->count && r == 0; i++) {
		struct touched *touched = &half->touched[i];
		uint64_t from = (uint64_t)(touched->bytes.data - side->text.data);
		struct stretch stretch = {
			.text = side->text,
			.from = from,
			.to = from + touched->bytes.len,
			.language = side->blob.is.language,
		};
		if (!is_change(half, touched))
			continue;
		if (from < reached)
			r = span_walk_begin(&walk, side->reader, &side->blob);
		if (r < 0)
			break;
		stretch.name = outline_name(&side->outline, touched->symbol, arena);
		essence_find(&touched->essence, &stretch, &walk);
		reached = stretch.to;
	}
	return r;
}

static struct symdiff_symbol
symbol_of(const struct half *half, const struct touched *touched)
{
	return (struct symdiff_symbol){
		.name = touched->name,
		.kind = kind_of(half, touched),
		.line = half->side->outline.symbols[touched->symbol].line,
		.essence = touched->essence,
	};
}

static struct symdiff_change *
add(struct symdiff *s)
{
	if (s->count == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 16;
		s->changes = mem_grow(s->changes, s->capacity, sizeof *s->changes);
	}
	s->changes[s->count] = (struct symdiff_change){ .difference = DIFFERENT };
	return &s->changes[s->count++];
}

static void
collect(struct symdiff *s, const struct half halves[2])
{
	for (size_t i = 0; i < halves[0].count; i++) {
		const struct touched *old = &halves[0].touched[i];
		if (!is_change(&halves[0], old))
			continue;
		struct symdiff_change *change = add(s);
		change->old = symbol_of(&halves[0], old);
		if (!old->partner)
			continue;
		change->new = symbol_of(&halves[1], old->partner);
		change->difference = essence_compare(&change->old.essence, &change->new.essence);
	}
	for (size_t i = 0; i < halves[1].count; i++)
		if (!halves[1].touched[i].partner)
			add(s)->new = symbol_of(&halves[1], &halves[1].touched[i]);
}

int
symdiff_run(struct symdiff *s, struct symdiff_side sides[2], const struct linediff *diff)
{
	struct half halves[2] = { { .side = &sides[0], .lines = &diff->old },
		{ .side = &sides[1], .lines = &diff->new } };

	int r = find_touched(&halves[0], &halves[1], diff, false, &s->arena);
	if (r == 0)
		r = find_touched(&halves[1], &halves[0], diff, true, &s->arena);
	if (r == 0) {
		find_partners(&halves[0], &halves[1]);
		r = find_essences(&halves[0], &s->arena);
	}
	if (r == 0)
		r = find_essences(&halves[1], &s->arena);
	if (r == 0)
		collect(s, halves);
	for (int i = 0; i < 2; i++) {
		free(halves[i].touched);
		free(halves[i].by_name);
	}
	return r;
}

void
symdiff_release(struct symdiff *s)
{
	free(s->changes);
	arena_release(&s->arena);
	*s = (struct symdiff){ 0 };
}
