#include "indexer/intake/object_table.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS 8192
#define LARGEST 4 /* this part of the table, at most, for one object */

int
object_new(uint64_t len, struct object **out)
{
	struct object *made = malloc(sizeof *made + len);

	if (!made)
		return err_set(ERR_MEMORY, "no memory for an object of %llu bytes", (unsigned long long)len);
	atomic_init(&made->holders, 1);
	made->type = made->depth = 0;
	made->len = len;
	*out = made;
	return 0;
}

struct object *
object_hold(struct object *made)
{
	atomic_fetch_add_explicit(&made->holders, 1, memory_order_relaxed);
	return made;
}

void
object_drop(struct object *made)
{
	if (made && atomic_fetch_sub_explicit(&made->holders, 1, memory_order_acq_rel) == 1)
		free(made);
}

struct str
object_view(const struct object *made)
{
	return (struct str){ (const char *)made->data, made->len };
}

/* What was put longest ago goes first; a use does not count, for families of deltas lie together. */
struct object_table {
	pthread_mutex_t lock;
	size_t bytes, max;
	uint64_t cost;
	struct kept {
		struct kept *next; /* of the same slot */
		struct kept *later;
		uint64_t key;
		struct object *made;
	} * slots[SLOTS], *first, **last;
};

struct object_table *
object_table_new(size_t bytes)
{
	struct object_table *table = mem_new(struct object_table);

	pthread_mutex_init(&table->lock, NULL);
	table->max = bytes;
	table->last = &table->first;
	return table;
}

static size_t
weight(const struct object *made)
{
	return made->len + sizeof *made + sizeof(struct kept);
}

static struct kept **
slot_of(struct object_table *table, uint64_t key)
{
	return &table->slots[key * 0x9e3779b97f4a7c15 >> 51];
}

static void
drop_first(struct object_table *table)
{
	struct kept *kept = table->first, **at = slot_of(table, kept->key);

	while (*at != kept)
		at = &(*at)->next;
	*at = kept->next;
	table->first = kept->later;
	if (!table->first)
		table->last = &table->first;
	table->bytes -= weight(kept->made);
	object_drop(kept->made);
	free(kept);
}

void
object_table_free(struct object_table *table)
{
	if (!table)
		return;
	while (table->first)
		drop_first(table);
	pthread_mutex_destroy(&table->lock);
	free(table);
}

static struct kept *
find(struct object_table *table, uint64_t key)
{
	struct kept *kept = *slot_of(table, key);

	while (kept && kept->key != key)
		kept = kept->next;
	return kept;
}

struct object *
object_table_get(struct object_table *table, uint64_t key)
{
	pthread_mutex_lock(&table->lock);
	struct kept *kept = find(table, key);
	struct object *made = kept ? object_hold(kept->made) : NULL;
	pthread_mutex_unlock(&table->lock);
	return made;
}

void
object_table_put(struct object_table *table, uint64_t key, struct object *made)
{
	pthread_mutex_lock(&table->lock);
	table->cost += made->len;
	if (made->len <= table->max / LARGEST && !find(table, key)) {
		struct kept *kept = mem_new(struct kept), **slot = slot_of(table, key);
		*kept = (struct kept){ .next = *slot, .key = key, .made = object_hold(made) };
		*slot = kept;
		*table->last = kept;
		table->last = &kept->later;
		table->bytes += weight(made);
		while (table->bytes > table->max)
			drop_first(table);
	}
	pthread_mutex_unlock(&table->lock);
}

uint64_t
object_table_cost(struct object_table *table)
{
	pthread_mutex_lock(&table->lock);
	uint64_t cost = table->cost;
	pthread_mutex_unlock(&table->lock);
	return cost;
}
