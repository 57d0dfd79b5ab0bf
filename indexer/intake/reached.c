#include "indexer/intake/reached.h"

#include "base/mem.h"

#include <stdlib.h>

void
reached_release(struct reached *reached)
{
	free(reached->list);
	oid_map_release(&reached->seen);
	*reached = (struct reached){ 0 };
}

int
reached_add(struct reached *reached, const struct store *packs, const uint8_t id[static OID_LEN],
    enum object_type type)
{
	int r = oid_map_add(&reached->seen, id, reached->count);

	if (r <= 0)
		return r;
	if (reached->count == reached->cap) {
		size_t cap = reached->cap ? 2 * reached->cap : 1024;
		struct found *list = mem_try_grow(reached->list, cap, sizeof *list);
		if (!list)
			return err_set(ERR_MEMORY, "no memory for %zu objects", cap);
		reached->list = list;
		reached->cap = cap;
	}
	struct found *found = &reached->list[reached->count++];
	*found = (struct found){ .type = (uint8_t)type };
	memcpy(found->id, id, OID_LEN);
	found->loose = !packs || !store_find(packs, id, &found->place);
	return 0;
}

static int
compare_places(const struct store_place *a, const struct store_place *b)
{
	if (a->pack != b->pack)
		return a->pack < b->pack ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static int
by_place(const void *a, const void *b, void *ctx)
{
	const struct reached *reached = ctx;
	const size_t *x = a, *y = b;
	const struct found *f = &reached->list[*x], *g = &reached->list[*y];

	if (f->loose != g->loose)
		return f->loose ? 1 : -1;
	int order = f->loose ? 0 : compare_places(&f->place, &g->place);
	return order ? order : *x < *y ? -1 : 1;
}

void
reached_sort(const struct reached *reached, size_t *numbers, size_t count)
{
	struct reached view = *reached;

	if (count)
		qsort_r(numbers, count, sizeof *numbers, by_place, &view);
}

int
reached_order(const struct reached *reached, size_t **out)
{
	size_t *order = mem_try_alloc(reached->count ? reached->count : 1, sizeof *order);

	if (!order)
		return err_set(ERR_MEMORY, "no memory for %zu objects", reached->count);
	for (size_t i = 0; i < reached->count; i++)
		order[i] = i;
	reached_sort(reached, order, reached->count);
	*out = order;
	return 0;
}

struct found *
reached_at(const struct reached *reached, const size_t *order, const struct store_place *place)
{
	size_t low = 0, high = reached->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct found *found = &reached->list[order[middle]];
		int way = found->loose ? 1 : compare_places(&found->place, place);
		if (way == 0)
			return found;
		if (way < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
