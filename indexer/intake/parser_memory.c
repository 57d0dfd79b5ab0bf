#include "indexer/intake/parser_memory.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <tree_sitter/api.h>

#define KEPT ((size_t)8 * 1024 * 1024) /* of pages that stay with us between two parses */
#define STEP 16
#define CLASSES 128 /* free lists: pieces of up to CLASSES * STEP bytes */

/* Before each piece: its size, a multiple of STEP. While it is free, its first bytes are the next free one. */
struct piece {
	size_t size;
	size_t unused; /* keeps the bytes behind at a multiple of 16 */
};

struct memory {
	uint8_t *base, *at, *end, *touched;
	void *freed[CLASSES + 1];
	jmp_buf *full;
};

/* tree-sitter's allocator has no argument to carry this. */
static struct memory memory;

static void *
take(size_t size)
{
	size = (size + STEP - 1) / STEP * STEP;
	size_t class = size / STEP;

	if (class <= CLASSES && memory.freed[class]) {
		void *found = memory.freed[class];
		memcpy(&memory.freed[class], found, sizeof(void *));
		return found;
	}
	if ((size_t)(memory.end - memory.at) < size + sizeof(struct piece))
		longjmp(*memory.full, 1);
	struct piece *piece = (struct piece *)(void *)memory.at;
	piece->size = size;
	memory.at += sizeof *piece + size;
	return piece + 1;
}

static void *
take_sized(size_t size)
{
	return take(size ? size : 1);
}

static void *
take_zeroed(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		longjmp(*memory.full, 1);
	return memset(take_sized(bytes), 0, bytes);
}

static void
give_back(void *data)
{
	if (!data)
		return;
	size_t class = ((struct piece *)data - 1)->size / STEP;
	if (class > CLASSES)
		return; /* large ones are rare: they wait for the end */
	memcpy(data, &memory.freed[class], sizeof(void *));
	memory.freed[class] = data;
}

static void *
resize(void *data, size_t size)
{
	if (!data)
		return take_sized(size);
	struct piece *piece = (struct piece *)data - 1;
	if (size <= piece->size)
		return data;
	if ((uint8_t *)data + piece->size == memory.at) { /* the last one grows where it is */
		size_t more = (size - piece->size + STEP - 1) / STEP * STEP;
		if ((size_t)(memory.end - memory.at) < more)
			longjmp(*memory.full, 1);
		memory.at += more;
		piece->size += more;
		return data;
	}
	void *moved = memcpy(take(size), data, piece->size);
	give_back(data);
	return moved;
}

void
parser_memory_begin(size_t size, jmp_buf *full)
{
	if (!memory.base) {
		memory.base = mmap(
		    NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		assert(memory.base != MAP_FAILED);
		memory.end = memory.base + size;
	}
	memory.at = memory.base;
	memory.full = full;
	ts_set_allocator(take_sized, take_zeroed, resize, give_back);
}

void
parser_memory_end(void)
{
	memset(memory.freed, 0, sizeof memory.freed);
	if ((size_t)(memory.at - memory.base) > KEPT)
		madvise(memory.base + KEPT, (size_t)(memory.end - memory.base) - KEPT, MADV_DONTNEED);
	memory.at = memory.base;
}

void
parser_memory_release(void)
{
	if (memory.base)
		munmap(memory.base, (size_t)(memory.end - memory.base));
	memset(&memory, 0, sizeof memory);
	ts_set_allocator(NULL, NULL, NULL, NULL);
}
