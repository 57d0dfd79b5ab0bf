#include "indexer/index/myers.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * A diagonal is a - b; forward[d] is the furthest element of a that a path of the cost
 * at hand reaches on diagonal d from the top left, backward[d] the same from the bottom
 * right.  Where the two meet, the rest is two smaller problems.
 */
#define COST_MIN 512 /* edits sought before the search may be cut short */
#define STACK_MAX 128

struct box {
	int32_t a_from, a_to, b_from, b_to;
};

struct search {
	struct myers *myers;
	int32_t *memory, *forward, *backward;
	int32_t cost_max;
};

struct reach {
	int32_t low, high; /* diagonals of this cost */
};

struct point {
	int32_t a, b;
};

/* One step more in the band: the next cost's diagonals, with walls beside them that no path comes from. */
static void
widen(int32_t *furthest, struct reach *reach, struct reach limit, int32_t wall)
{
	if (reach->low > limit.low)
		furthest[--reach->low - 1] = wall;
	else
		reach->low++;
	if (reach->high < limit.high)
		furthest[++reach->high + 1] = wall;
	else
		reach->high--;
}

static bool
step_forward(struct search *s, const struct box *box, struct reach reach, const struct reach *other,
    struct point *meet)
{
	const uint32_t *a = s->myers->a, *b = s->myers->b;
	int32_t *f = s->forward;

	for (int32_t d = reach.high; d >= reach.low; d -= 2) {
		int32_t x = f[d - 1] >= f[d + 1] ? f[d - 1] + 1 : f[d + 1];
		int32_t y = x - d, from = x;
		while (x < box->a_to && y < box->b_to && a[x] == b[y]) {
			x++;
			y++;
		}
		s->myers->budget -= 1 + x - from;
		f[d] = x;
		if (other && d >= other->low && d <= other->high && s->backward[d] <= x) {
			*meet = (struct point){ x, y };
			return true;
		}
	}
	return false;
}

static bool
step_backward(struct search *s, const struct box *box, struct reach reach, const struct reach *other,
    struct point *meet)
{
	const uint32_t *a = s->myers->a, *b = s->myers->b;
	int32_t *k = s->backward;

	for (int32_t d = reach.high; d >= reach.low; d -= 2) {
		int32_t x = k[d - 1] < k[d + 1] ? k[d - 1] : k[d + 1] - 1;
		int32_t y = x - d, from = x;
		while (x > box->a_from && y > box->b_from && a[x - 1] == b[y - 1]) {
			x--;
			y--;
		}
		s->myers->budget -= 1 + from - x;
		k[d] = x;
		if (other && d >= other->low && d <= other->high && x <= s->forward[d]) {
			*meet = (struct point){ x, y };
			return true;
		}
	}
	return false;
}

/* The point furthest from its corner that either search has reached. */
static struct point
furthest(const struct search *s, const struct box *box, struct reach fwd, struct reach bwd)
{
	int64_t best_forward = -1, best_backward = INT64_MAX;
	struct point forward = { box->a_from, box->b_from }, backward = { box->a_to, box->b_to };

	for (int32_t d = fwd.high; d >= fwd.low; d -= 2) {
		int32_t x = s->forward[d] < box->a_to ? s->forward[d] : box->a_to;
		if (x - d > box->b_to)
			x = box->b_to + d;
		if ((int64_t)x + x - d > best_forward) {
			best_forward = (int64_t)x + x - d;
			forward = (struct point){ x, x - d };
		}
	}
	for (int32_t d = bwd.high; d >= bwd.low; d -= 2) {
		int32_t x = s->backward[d] > box->a_from ? s->backward[d] : box->a_from;
		if (x - d < box->b_from)
			x = box->b_from + d;
		if ((int64_t)x + x - d < best_backward) {
			best_backward = (int64_t)x + x - d;
			backward = (struct point){ x, x - d };
		}
	}
	int64_t gained = best_forward - ((int64_t)box->a_from + box->b_from);
	int64_t gained_behind = (int64_t)box->a_to + box->b_to - best_backward;
	return gained >= gained_behind ? forward : backward;
}

/* Where to part a box whose first and last elements differ and that is empty on neither side. */
static struct point
part(struct search *s, const struct box *box)
{
	struct reach limit = { box->a_from - box->b_to, box->a_to - box->b_from };
	int32_t top = box->a_from - box->b_from, bottom = box->a_to - box->b_to;
	struct reach fwd = { top, top }, bwd = { bottom, bottom };
	bool odd = (top - bottom) & 1;
	struct point meet;

	s->forward[top] = box->a_from;
	s->backward[bottom] = box->a_to;
	for (int32_t cost = 1;; cost++) {
		widen(s->forward, &fwd, limit, -1);
		if (step_forward(s, box, fwd, odd ? &bwd : NULL, &meet))
			return meet;
		widen(s->backward, &bwd, limit, INT32_MAX);
		if (step_backward(s, box, bwd, odd ? NULL : &fwd, &meet))
			return meet;
		if (cost >= s->cost_max || s->myers->budget <= 0)
			return furthest(s, box, fwd, bwd);
	}
}

static void
mark(struct search *s, const struct box *box)
{
	memset(s->myers->a_changed + box->a_from, 1, (size_t)(box->a_to - box->a_from));
	memset(s->myers->b_changed + box->b_from, 1, (size_t)(box->b_to - box->b_from));
}

static void
trim(const struct myers *myers, struct box *box)
{
	const uint32_t *a = myers->a, *b = myers->b;

	while (box->a_from < box->a_to && box->b_from < box->b_to && a[box->a_from] == b[box->b_from]) {
		box->a_from++;
		box->b_from++;
	}
	while (box->a_from < box->a_to && box->b_from < box->b_to && a[box->a_to - 1] == b[box->b_to - 1]) {
		box->a_to--;
		box->b_to--;
	}
}

/* The larger part waits on the stack and the smaller goes first, so that the stack stays logarithmic. */
static void
divide(struct search *s, struct box whole)
{
	struct box stack[STACK_MAX];
	size_t depth = 0;

	stack[depth++] = whole;
	while (depth > 0) {
		struct box box = stack[--depth];
		trim(s->myers, &box);
		bool empty = box.a_from == box.a_to || box.b_from == box.b_to;
		if (empty || s->myers->budget <= 0 || depth + 2 > STACK_MAX) {
			s->myers->coarse |= !empty;
			mark(s, &box);
			continue;
		}
		struct point at = part(s, &box);
		struct box head = { box.a_from, at.a, box.b_from, at.b },
			   tail = { at.a, box.a_to, at.b, box.b_to };
		bool head_larger =
		    (at.a - box.a_from) + (at.b - box.b_from) > (box.a_to - at.a) + (box.b_to - at.b);
		stack[depth++] = head_larger ? head : tail;
		stack[depth++] = head_larger ? tail : head;
	}
}

int
myers_run(struct myers *myers)
{
	if (myers->a_count >= INT32_MAX / 2 || myers->b_count >= INT32_MAX / 2)
		return err_set(ERR_MEMORY, "too many lines to compare");
	size_t diagonals = myers->a_count + myers->b_count + 3;
	struct search s = { .myers = myers, .cost_max = COST_MIN };
	while ((int64_t)s.cost_max * s.cost_max < (int64_t)diagonals)
		s.cost_max *= 2;
	s.memory = mem_try_alloc(diagonals * 2, sizeof *s.memory);
	if (!s.memory)
		return err_set(ERR_MEMORY, "no memory to compare %zu lines", diagonals);
	s.forward = s.memory + myers->b_count + 1;
	s.backward = s.forward + diagonals;
	divide(&s, (struct box){ 0, (int32_t)myers->a_count, 0, (int32_t)myers->b_count });
	free(s.memory);
	return 0;
}
