#include "indexer/index/histogram.h"

#include "base/mem.h"
#include "indexer/index/myers.h"

#include <stdlib.h>
#include <string.h>

#define RARE 64 /* occurrences in a box of a at which a number is no longer rare */
#define BUDGET \
	((int64_t)200000000) /* elements looked at in all; then the edit script decides: about a second */
#define STACK_MAX 128

struct box {
	uint32_t a_from, a_to, b_from, b_to;
};

/* Of the box at hand: how often each number is in a, and where: a list from `first` along `next`, plus 1. */
struct search {
	struct histogram *h;
	uint32_t *count, *first; /* by number */
	uint32_t *next;          /* by element of a */
	int64_t budget;
	int64_t myers_budget;
};

struct best {
	struct box run; /* empty: none */
	uint32_t rarest;
	bool common; /* something is common, rare or not */
};

static void
list_numbers(struct search *s, const struct box *box)
{
	const uint32_t *a = s->h->a;

	for (uint32_t i = box->a_to; i-- > box->a_from;) {
		s->next[i] = s->first[a[i]];
		s->first[a[i]] = i + 1;
		s->count[a[i]]++;
	}
}

static void
unlist_numbers(struct search *s, const struct box *box)
{
	for (uint32_t i = box->a_from; i < box->a_to; i++) {
		s->first[s->h->a[i]] = 0;
		s->count[s->h->a[i]] = 0;
	}
}

/* The stretch around a[i] == b[j] that is the same in both, and its rarest number's count. */
static struct box
stretch_around(struct search *s, const struct box *box, uint32_t i, uint32_t j, uint32_t *rarest)
{
	const uint32_t *a = s->h->a, *b = s->h->b;
	struct box run = { i, i + 1, j, j + 1 };

	*rarest = s->count[a[i]];
	while (
	    run.a_from > box->a_from && run.b_from > box->b_from && a[run.a_from - 1] == b[run.b_from - 1]) {
		run.a_from--;
		run.b_from--;
		if (s->count[a[run.a_from]] < *rarest)
			*rarest = s->count[a[run.a_from]];
	}
	while (run.a_to < box->a_to && run.b_to < box->b_to && a[run.a_to] == b[run.b_to]) {
		if (s->count[a[run.a_to]] < *rarest)
			*rarest = s->count[a[run.a_to]];
		run.a_to++;
		run.b_to++;
	}
	s->budget -= run.a_to - run.a_from;
	return run;
}

/* Looks at every partner of b[j]; returns where in b the longest stretch around it ends. */
static uint32_t
try_partners(struct search *s, const struct box *box, uint32_t j, struct best *best)
{
	uint32_t end = j + 1;

	for (uint32_t at = s->first[s->h->b[j]]; at > 0;) {
		uint32_t rarest;
		struct box run = stretch_around(s, box, at - 1, j, &rarest);
		uint32_t len = run.a_to - run.a_from;
		if (run.b_to > end)
			end = run.b_to;
		if (rarest < best->rarest ||
		    (rarest == best->rarest && len > best->run.a_to - best->run.a_from)) {
			best->run = run;
			best->rarest = rarest;
		}
		while (at > 0 && at - 1 < run.a_to)
			at = s->next[at - 1];
	}
	return end;
}

static struct best
find_best(struct search *s, const struct box *box)
{
	struct best best = { .rarest = RARE };

	list_numbers(s, box);
	for (uint32_t j = box->b_from; j < box->b_to;) {
		uint32_t count = s->count[s->h->b[j]];
		best.common |= count > 0;
		j = count > 0 && count <= best.rarest ? try_partners(s, box, j, &best) : j + 1;
		if (s->budget <= 0)
			break;
	}
	unlist_numbers(s, box);
	s->budget -= 2 * (int64_t)(box->a_to - box->a_from) + (box->b_to - box->b_from);
	return best;
}

static void
mark(struct search *s, const struct box *box)
{
	memset(s->h->a_changed + box->a_from, 1, box->a_to - box->a_from);
	memset(s->h->b_changed + box->b_from, 1, box->b_to - box->b_from);
}

/* Elements from..to of one side whose number the other has too, and which they are. */
static size_t
keep(const uint32_t *all, uint32_t from, uint32_t to, const uint32_t *is_there, uint32_t *kept)
{
	size_t count = 0;

	for (uint32_t i = from; i < to; i++)
		if (is_there[all[i]])
			kept[count++] = i;
	return count;
}

static void
look_up(const uint32_t *all, const uint32_t *kept, size_t count, uint32_t *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = all[kept[i]];
}

static void
unmark_partners(uint8_t *changed, const uint32_t *kept, size_t count, const uint8_t *kept_changed)
{
	for (size_t i = 0; i < count; i++)
		changed[kept[i]] = kept_changed[i];
}

/* The edit script of a box: of the elements that are in both of its sides, which is quicker and says the same. */
static int
run_myers(struct search *s, const struct box *box)
{
	struct histogram *h = s->h;
	size_t a_size = box->a_to - box->a_from, size = a_size + (box->b_to - box->b_from);
	uint32_t *kept = mem_try_alloc(size, sizeof *kept), *numbers = mem_try_alloc(size, sizeof *numbers);
	uint8_t *changed = mem_try_alloc(size, 1);
	int r = 0;

	if (!kept || !numbers || !changed) {
		r = err_set(ERR_MEMORY, "no memory to compare %zu lines", size);
		goto out;
	}
	mark(s, box);
	for (uint32_t i = box->b_from; i < box->b_to; i++)
		s->count[h->b[i]] = 1;
	struct myers myers = {
		.a = numbers,
		.b = numbers + a_size,
		.a_count = keep(h->a, box->a_from, box->a_to, s->count, kept),
		.a_changed = changed,
		.b_changed = changed + a_size,
		.budget = s->myers_budget,
	};
	for (uint32_t i = box->b_from; i < box->b_to; i++)
		s->count[h->b[i]] = 0;
	for (size_t i = 0; i < myers.a_count; i++)
		s->count[h->a[kept[i]]] = 1;
	myers.b_count = keep(h->b, box->b_from, box->b_to, s->count, kept + a_size);
	unlist_numbers(s, box);
	look_up(h->a, kept, myers.a_count, numbers);
	look_up(h->b, kept + a_size, myers.b_count, numbers + a_size);
	r = myers_run(&myers);
	s->myers_budget = myers.budget;
	h->coarse |= myers.coarse;
	unmark_partners(h->a_changed, kept, myers.a_count, myers.a_changed);
	unmark_partners(h->b_changed, kept + a_size, myers.b_count, myers.b_changed);
out:
	free(kept);
	free(numbers);
	free(changed);
	return r;
}

static uint64_t
box_size(const struct box *box)
{
	return (uint64_t)(box->a_to - box->a_from) + (box->b_to - box->b_from);
}

/* The larger part waits on the stack and the smaller goes first, so that the stack stays logarithmic. */
static int
divide(struct search *s, struct box whole)
{
	struct box stack[STACK_MAX];
	size_t depth = 0;
	int r = 0;

	stack[depth++] = whole;
	while (depth > 0 && r == 0) {
		struct box box = stack[--depth];
		if (box.a_from == box.a_to || box.b_from == box.b_to) {
			mark(s, &box);
			continue;
		}
		struct best best = s->budget > 0 ? find_best(s, &box) : (struct best){ .common = true };
		if (best.run.a_from == best.run.a_to || s->budget <= 0 || depth + 2 > STACK_MAX) {
			if (best.common || s->budget <= 0)
				r = run_myers(s, &box);
			else
				mark(s, &box);
			continue;
		}
		struct box head = { box.a_from, best.run.a_from, box.b_from, best.run.b_from },
			   tail = { best.run.a_to, box.a_to, best.run.b_to, box.b_to };
		bool head_larger = box_size(&head) > box_size(&tail);
		stack[depth++] = head_larger ? head : tail;
		stack[depth++] = head_larger ? tail : head;
	}
	return r;
}

int
histogram_run(struct histogram *h)
{
	if (h->a_count >= INT32_MAX / 2 || h->b_count >= INT32_MAX / 2)
		return err_set(ERR_MEMORY, "too many lines to compare");
	struct search s = {
		.h = h,
		.count = mem_try_alloc((size_t)h->numbers + 1, sizeof *s.count),
		.first = mem_try_alloc((size_t)h->numbers + 1, sizeof *s.first),
		.next = mem_try_alloc(h->a_count + 1, sizeof *s.next),
		.budget = BUDGET,
		.myers_budget = MYERS_BUDGET,
	};
	int r = s.count && s.first && s.next
	    ? divide(&s, (struct box){ 0, (uint32_t)h->a_count, 0, (uint32_t)h->b_count })
	    : err_set(ERR_MEMORY, "no memory to compare %zu lines", h->a_count + h->b_count);
	free(s.count);
	free(s.first);
	free(s.next);
	return r;
}
