#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(16) unsigned char data[];
};

void *
mem_try_alloc(size_t count, size_t size)
{
	return calloc(count ? count : 1, size ? size : 1);
}

void *
mem_try_grow(void *old, size_t count, size_t size)
{
	return reallocarray(old, count ? count : 1, size ? size : 1);
}

void *
mem_alloc(size_t size)
{
	void *p = mem_try_alloc(1, size);
	if (!p)
		abort();
	return p;
}

void *
mem_grow(void *old, size_t count, size_t size)
{
	void *p = mem_try_grow(old, count, size);
	if (!p)
		abort();
	return p;
}

char *
mem_dup(const char *text)
{
	size_t len = strlen(text) + 1;
	return memcpy(mem_alloc(len), text, len);
}

static struct arena_block *
arena_block_new(struct arena *arena, size_t size)
{
	size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
	struct arena_block *block = mem_alloc(sizeof *block + room);
	block->size = room;
	block->next = arena->head;
	arena->head = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t need = (size + 15) & ~(size_t)15;
	if (need < size)
		abort();
	struct arena_block *block = arena->head;
	if (!block || block->size - block->used < need)
		block = arena_block_new(arena, need);
	void *p = block->data + block->used;
	block->used += need;
	return p;
}

char *
arena_copy(struct arena *arena, const void *data, size_t len)
{
	char *p = arena_alloc(arena, len + 1);
	if (len)
		memcpy(p, data, len);
	return p;
}

void
arena_release(struct arena *arena)
{
	while (arena->head) {
		struct arena_block *next = arena->head->next;
		free(arena->head);
		arena->head = next;
	}
}
