#include "indexer/index/sketch.h"

#include "base/mem.h"

#include <stdlib.h>

#define PIECE 64 /* bytes of a piece of a long line */

static int
compare(const void *a, const void *b)
{
	const struct sketch_piece *x = a, *y = b;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

static uint32_t
piece_hash(const char *data, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)data[i]) * 0x100000001b3u;
	return (uint32_t)(hash ^ hash >> 32);
}

void
sketch_init(struct sketch *sketch, struct str text)
{
	size_t capacity = 0, kept = 0;

	*sketch = (struct sketch){ .size = text.len };
	for (size_t at = 0; at < text.len;) {
		size_t rest = text.len - at < PIECE ? text.len - at : PIECE;
		const char *end = memchr(text.data + at, '\n', rest);
		size_t len = end ? (size_t)(end - text.data) + 1 - at : rest;
		if (sketch->count == capacity) {
			capacity = capacity ? capacity * 2 : 64;
			sketch->pieces = mem_grow(sketch->pieces, capacity, sizeof *sketch->pieces);
		}
		sketch->pieces[sketch->count++] =
		    (struct sketch_piece){ piece_hash(text.data + at, len), (uint32_t)len };
		at += len;
	}
	if (sketch->count == 0)
		return;
	qsort(sketch->pieces, sketch->count, sizeof *sketch->pieces, compare);
	for (size_t i = 1; i < sketch->count; i++) {
		if (sketch->pieces[i].hash == sketch->pieces[kept].hash)
			sketch->pieces[kept].bytes += sketch->pieces[i].bytes;
		else
			sketch->pieces[++kept] = sketch->pieces[i];
	}
	sketch->count = kept + 1;
}

void
sketch_release(struct sketch *sketch)
{
	free(sketch->pieces);
	*sketch = (struct sketch){ 0 };
}

unsigned
sketch_likeness(const struct sketch *a, const struct sketch *b)
{
	uint64_t larger = a->size > b->size ? a->size : b->size, common = 0;

	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		const struct sketch_piece *x = &a->pieces[i], *y = &b->pieces[j];
		if (x->hash == y->hash)
			common += x->bytes < y->bytes ? x->bytes : y->bytes;
		i += x->hash <= y->hash;
		j += y->hash <= x->hash;
	}
	if (larger == 0)
		return 100;
	return (unsigned)(common >= larger ? 100 : common * 100 / larger);
}
