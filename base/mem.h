/*
 * Memory of sizes that we choose ourselves: these abort when there is none.
 * Sizes that an outsider chooses go through struct buf with its maximum.  The
 * keeper and the verifier allocate through buf and mem_try_* only.
 */
#ifndef CARREL_BASE_MEM_H
#define CARREL_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *mem_grow(void *old, size_t count, size_t size) __attribute__((returns_nonnull)); /* tail not zeroed */
char *mem_dup(const char *text) __attribute__((malloc, returns_nonnull));
#define mem_new(type) ((type *)mem_alloc(sizeof(type)))

/* As above, NULL when there is no memory or count * size overflows. */
void *mem_try_alloc(size_t count, size_t size); /* zeroed */
void *mem_try_grow(void *old, size_t count, size_t size);

/*
 * An arena: many small pieces, freed together.  Zero-initialise it; aligned to 16.
 * Pieces never move.
 */
struct arena {
	struct arena_block *head;
};

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)); /* zeroed */
char *arena_copy(struct arena *arena, const void *data, size_t len) __attribute__((returns_nonnull)); /* NUL behind */
void arena_release(struct arena *arena);

#endif
