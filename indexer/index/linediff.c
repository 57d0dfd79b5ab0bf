#include "indexer/index/linediff.h"

#include "base/mem.h"
#include "indexer/index/histogram.h"

#include <stdlib.h>

#define BINARY_WINDOW 8000

struct side {
	uint32_t *class;  /* of every line: the same where the bytes are */
	uint8_t *changed; /* of every line, and one 0 more */
};

struct slot {
	uint32_t line; /* of `lines`, plus 1; 0: free */
	uint32_t class;
	bool of_new;
};

struct classes {
	struct slot *slots;
	size_t mask;
	uint64_t key[2];
	uint32_t count;
};

bool
text_is_binary(struct str text)
{
	size_t window = text.len < BINARY_WINDOW ? text.len : BINARY_WINDOW;
	return window > 0 && memchr(text.data, 0, window) != NULL;
}

static uint32_t
class_of(struct classes *classes, const struct linediff *diff, bool of_new, size_t index)
{
	const struct lines *mine = of_new ? &diff->new : &diff->old;
	struct str line = lines_get(mine, index);

	for (size_t i = line_hash(classes->key, line) & classes->mask;; i = (i + 1) & classes->mask) {
		struct slot *slot = &classes->slots[i];
		if (slot->line == 0) {
			*slot = (struct slot){ (uint32_t)index + 1, classes->count++, of_new };
			return slot->class;
		}
		if (str_eq(line, lines_get(slot->of_new ? &diff->new : &diff->old, slot->line - 1)))
			return slot->class;
	}
}

static int
classes_init(struct classes *classes, size_t lines)
{
	size_t size = 16;

	while (size < lines * 2)
		size *= 2;
	*classes = (struct classes){ .mask = size - 1 };
	classes->slots = mem_try_alloc(size, sizeof *classes->slots);
	if (!classes->slots)
		return err_set(ERR_MEMORY, "no memory to compare %zu lines", lines);
	return line_key(classes->key);
}

static int
side_init(struct side *side, size_t lines)
{
	*side = (struct side){
		.class = mem_try_alloc(lines, sizeof *side->class),
		.changed = mem_try_alloc(lines + 1, 1),
	};
	if (!side->class || !side->changed)
		return err_set(ERR_MEMORY, "no memory to compare %zu lines", lines);
	return 0;
}

static void
side_release(struct side *side)
{
	free(side->class);
	free(side->changed);
}

static bool
is_common(const struct linediff *diff, size_t old, size_t new)
{
	return str_eq(lines_get(&diff->old, old), lines_get(&diff->new, new));
}

/* Only what stands between the lines that both begin and end with is looked at. */
static int
align(struct linediff *diff, struct side *old, struct side *new)
{
	size_t olds = diff->old.count, news = diff->new.count, head = 0;
	struct classes classes;

	while (head < olds && head < news && is_common(diff, head, head))
		head++;
	while (olds > head && news > head && is_common(diff, olds - 1, news - 1)) {
		olds--;
		news--;
	}
	int r = classes_init(&classes, olds - head + (news - head));
	for (size_t i = head; r == 0 && i < olds; i++)
		old->class[i] = class_of(&classes, diff, false, i);
	for (size_t i = head; r == 0 && i < news; i++)
		new->class[i] = class_of(&classes, diff, true, i);
	free(classes.slots);
	struct histogram histogram = {
		.a = old->class + head,
		.b = new->class + head,
		.a_count = olds - head,
		.b_count = news - head,
		.numbers = classes.count,
		.a_changed = old->changed + head,
		.b_changed = new->changed + head,
	};
	if (r == 0)
		r = histogram_run(&histogram);
	diff->coarse = histogram.coarse;
	return r;
}

static int
collect(struct linediff *diff, const struct side *old, const struct side *new)
{
	size_t capacity = 0;

	for (size_t i = 0, j = 0; i < diff->old.count || j < diff->new.count;) {
		if (!old->changed[i] && !new->changed[j]) {
			i++;
			j++;
			continue;
		}
		struct edit edit = { .old_first = i, .new_first = j };
		while (i < diff->old.count && old->changed[i])
			i++;
		while (j < diff->new.count &&new->changed[j])
			j++;
		edit.old_lines = i - edit.old_first;
		edit.new_lines = j - edit.new_first;
		if (diff->count == capacity) {
			capacity = capacity ? capacity * 2 : 16;
			struct edit *grown = mem_try_grow(diff->edits, capacity, sizeof *grown);
			if (!grown)
				return err_set(ERR_MEMORY, "no memory for %zu changes", capacity);
			diff->edits = grown;
		}
		diff->edits[diff->count++] = edit;
		diff->added += edit.new_lines;
		diff->removed += edit.old_lines;
	}
	return 0;
}

/* ---- where a change stands that could stand in several places ---- */

/* Columns of white space before the first other byte; -1 for a blank line. */
static int
indent_of(struct str line)
{
	int columns = 0;

	for (size_t i = 0; i < line.len && columns < 200; i++) {
		if (line.data[i] == ' ')
			columns++;
		else if (line.data[i] == '\t')
			columns += 8 - columns % 8;
		else
			return line.data[i] == '\n' || line.data[i] == '\r' ? -1 : columns;
	}
	return -1;
}

/* How badly lines part between `at` - 1 and `at`: small where a block begins after a blank line at low indent. */
static int
cut_cost(const struct lines *lines, size_t at)
{
	if (at == 0 || at >= lines->count)
		return 0;
	int here = indent_of(lines_get(lines, at)), before = indent_of(lines_get(lines, at - 1));
	if (here < 0)
		return 4 * (before < 0 ? 0 : before) +
		    6; /* in front of a blank line: the block ended above */
	return 4 * here + (before < 0 ? 0 : 10) + (before > here ? 2 : 0) +
	    (before >= 0 && before < here ? 6 : 0);
}

struct slide {
	const struct lines *lines; /* the side that has the changed lines */
	size_t *own, *other;       /* first line on that side and on the other */
	size_t count;
};

static struct slide
slide_of(struct linediff *diff, struct edit *edit)
{
	if (edit->old_lines == 0)
		return (struct slide){ &diff->new, &edit->new_first, &edit->old_first, edit->new_lines };
	return (struct slide){ &diff->old, &edit->old_first, &edit->new_first, edit->old_lines };
}

static bool
same_line(const struct lines *lines, size_t a, size_t b)
{
	return str_eq(lines_get(lines, a), lines_get(lines, b));
}

/* Up to `room` common lines are between this edit and the one before; moves it up past as many as it can. */
static size_t
slide_up(const struct slide *slide, size_t room)
{
	size_t moved = 0;

	while (moved < room && same_line(slide->lines, *slide->own - 1, *slide->own + slide->count - 1)) {
		--*slide->own;
		--*slide->other;
		moved++;
	}
	return moved;
}

static void
slide_down(const struct slide *slide, size_t room)
{
	size_t best_own = *slide->own, best_other = *slide->other;
	int best = INT32_MAX;

	for (;; room--) {
		int cost =
		    cut_cost(slide->lines, *slide->own) + cut_cost(slide->lines, *slide->own + slide->count);
		if (cost <= best) {
			best = cost;
			best_own = *slide->own;
			best_other = *slide->other;
		}
		if (room == 0 || !same_line(slide->lines, *slide->own, *slide->own + slide->count))
			break;
		++*slide->own;
		++*slide->other;
	}
	*slide->own = best_own;
	*slide->other = best_other;
}

/* Two edits with no common line between them are one. */
static void
settle(struct linediff *diff)
{
	size_t kept = 0;

	for (size_t i = 0; i < diff->count; i++) {
		struct edit edit = diff->edits[i];
		struct edit *before = kept > 0 ? &diff->edits[kept - 1] : NULL;
		size_t floor = before ? before->old_first + before->old_lines : 0;
		size_t ceiling = i + 1 < diff->count ? diff->edits[i + 1].old_first : diff->old.count;
		if (edit.old_lines == 0 || edit.new_lines == 0) {
			struct slide slide = slide_of(diff, &edit);
			slide_up(&slide, edit.old_first - floor);
			if (!before || edit.old_first > floor)
				slide_down(&slide, ceiling - (edit.old_first + edit.old_lines));
		}
		if (before && edit.old_first == floor) {
			before->old_lines += edit.old_lines;
			before->new_lines += edit.new_lines;
		} else {
			diff->edits[kept++] = edit;
		}
	}
	diff->count = kept;
}

int
linediff_init(struct linediff *diff, struct str old_text, struct str new_text)
{
	struct side old = { 0 }, new = { 0 };

	*diff = (struct linediff){ 0 };
	int r = lines_init(&diff->old, old_text);
	if (r == 0)
		r = lines_init(&diff->new, new_text);
	if (r == 0)
		r = side_init(&old, diff->old.count);
	if (r == 0)
		r = side_init(&new, diff->new.count);
	if (r == 0)
		r = align(diff, &old, &new);
	if (r == 0)
		r = collect(diff, &old, &new);
	if (r == 0)
		settle(diff);
	side_release(&old);
	side_release(&new);
	if (r < 0)
		linediff_release(diff);
	return r;
}

void
linediff_release(struct linediff *diff)
{
	lines_release(&diff->old);
	lines_release(&diff->new);
	free(diff->edits);
	diff->edits = NULL;
	diff->count = 0;
}

bool
linediff_next(const struct linediff *diff, size_t context, struct hunk *hunk)
{
	size_t first = hunk->first + hunk->count;
	if (first >= diff->count)
		return false;
	size_t last = first;
	for (; last + 1 < diff->count; last++) {
		const struct edit *here = &diff->edits[last];
		size_t common = diff->edits[last + 1].old_first - (here->old_first + here->old_lines);
		if (common > context * 2)
			break;
	}
	const struct edit *top = &diff->edits[first], *bottom = &diff->edits[last];
	size_t before = top->old_first < context ? top->old_first : context;
	size_t old_end = bottom->old_first + bottom->old_lines,
	       new_end = bottom->new_first + bottom->new_lines;
	size_t behind = diff->old.count - old_end < context ? diff->old.count - old_end : context;
	*hunk = (struct hunk){ .first = first, .count = last - first + 1 };
	hunk->span = (struct edit){
		.old_first = top->old_first - before,
		.new_first = top->new_first - before,
		.old_lines = old_end + behind - (top->old_first - before),
		.new_lines = new_end + behind - (top->new_first - before),
	};
	return true;
}
