/* A bit a number, in u64s. */
#ifndef CARREL_INDEXER_INDEX_BITS_H
#define CARREL_INDEXER_INDEX_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
bit_get(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void
bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

#endif
