/* Repeatable random numbers for property tests: the seed is in the test's source. */
#ifndef CARREL_TESTS_RANDOM_H
#define CARREL_TESTS_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline struct random
random_of(uint64_t seed)
{
	return (struct random){ seed * 2 + 1 };
}

static inline uint32_t
random_next(struct random *random)
{
	random->state = random->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random->state >> 33);
}

/* 0..limit-1; 0 if limit is 0. */
static inline uint32_t
random_below(struct random *random, uint32_t limit)
{
	return limit ? random_next(random) % limit : 0;
}

#endif
