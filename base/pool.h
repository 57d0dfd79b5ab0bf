/*
 * A thread pool for work that is cut into numbered pieces.  Threads are started
 * before the seal closes and sleep between runs.
 */
#ifndef CARREL_BASE_POOL_H
#define CARREL_BASE_POOL_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct pool;

/* `threads` 0: as many as there are processors.  All are asleep when it returns.  *out is the caller's. */
int pool_new(unsigned threads, struct pool **out) MUST_USE;
void pool_free(struct pool *pool);
unsigned pool_threads(const struct pool *pool);
/*
 * Calls work(ctx, piece, thread) for every piece 0..pieces-1, each once, in rising order of
 * start, from all threads (thread: 0..pool_threads-1), and returns when all have ended.  The
 * first failure (lowest piece) ends the run early and is returned with its reason.
 */
int pool_run(struct pool *pool, size_t pieces, int (*work)(void *ctx, size_t piece, unsigned thread),
    void *ctx) MUST_USE;

#endif
