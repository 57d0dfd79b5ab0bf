/*
 * Objects as they were made out of packs, and a table of those made lately: the deltas of a
 * pack lean on one another, and a base that is at hand is not made again.  Safe from
 * several threads.
 */
#ifndef CARREL_INDEXER_INTAKE_OBJECT_TABLE_H
#define CARREL_INDEXER_INTAKE_OBJECT_TABLE_H

#include "base/err.h"
#include "base/str.h"

#include <stdatomic.h>
#include <stdint.h>

struct object {
	atomic_uint holders;
	unsigned type; /* enum object_type */
	unsigned depth; /* deltas that it took */
	size_t len;
	uint8_t data[];
};

/* Held once.  ERR_MEMORY if there is none. */
int object_new(uint64_t len, struct object **out) MUST_USE;
struct object *object_hold(struct object *made);
void object_drop(struct object *made); /* NULL will do */
struct str object_view(const struct object *made);

struct object_table;

struct object_table *object_table_new(size_t bytes); /* that it holds at most */
void object_table_free(struct object_table *table);
/* NULL if it is not there; else held for the caller. */
struct object *object_table_get(struct object_table *table, uint64_t key);
void object_table_put(struct object_table *table, uint64_t key, struct object *made);
uint64_t object_table_cost(struct object_table *table); /* bytes of all that was ever put, kept or not */

#endif
