#include "base/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPIN 2000 /* looks at the others' end before it is slept for: some tens of microseconds */

#ifdef __x86_64__
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	unsigned threads;
	/* threads that are starting, or at pieces; who sleeps through a short run is not waited for */
	_Atomic unsigned busy;
	uint64_t run; /* counts runs, so that a thread knows a new one */
	bool quit;
	/* the run */
	int (*work)(void *ctx, size_t piece, unsigned thread);
	void *ctx;
	size_t next, pieces;
	size_t failed_piece;
	int failed; /* 0 or the code of failed_piece */
	char reason[ERR_TEXT_MAX];
	struct member {
		struct pool *pool;
		pthread_t thread;
		unsigned number;
	} members[];
};

static void
note_failure(struct pool *pool, size_t piece, int code)
{
	if (pool->failed != 0 && pool->failed_piece < piece)
		return;
	pool->failed = code;
	pool->failed_piece = piece;
	memcpy(pool->reason, err_text(), strlen(err_text()) + 1);
}

/* Takes pieces until none is left; called and returns with the lock held. */
static void
take_pieces(struct pool *pool, unsigned thread)
{
	while (pool->next < pool->pieces && pool->failed == 0) {
		size_t piece = pool->next++;
		pthread_mutex_unlock(&pool->lock);
		int r = pool->work(pool->ctx, piece, thread);
		pthread_mutex_lock(&pool->lock);
		if (r < 0)
			note_failure(pool, piece, r);
	}
}

static void *
member_main(void *arg)
{
	struct member *member = arg;
	struct pool *pool = member->pool;
	uint64_t seen = 0;

	pthread_mutex_lock(&pool->lock);
	if (--pool->busy == 0)
		pthread_cond_signal(&pool->idle);
	for (;;) {
		while (!pool->quit && pool->run == seen)
			pthread_cond_wait(&pool->wake, &pool->lock);
		if (pool->quit)
			break;
		seen = pool->run;
		pool->busy++;
		take_pieces(pool, member->number);
		if (--pool->busy == 0)
			pthread_cond_signal(&pool->idle);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

int
pool_new(unsigned threads, struct pool **out)
{
	if (threads == 0) {
		long online = sysconf(_SC_NPROCESSORS_ONLN);
		threads = online > 0 ? (unsigned)online : 1;
	}
	struct pool *pool = mem_alloc(sizeof *pool + threads * sizeof pool->members[0]);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pthread_cond_init(&pool->idle, NULL);
	/* the caller's thread is the last member */
	pool->busy = threads - 1;
	for (unsigned i = 0; i + 1 < threads; i++) {
		pool->members[i].pool = pool;
		pool->members[i].number = i;
		if (pthread_create(&pool->members[i].thread, NULL, member_main, &pool->members[i]) != 0) {
			pool_free(pool);
			return err_set(ERR_SYSTEM, "cannot start a thread");
		}
		pool->threads = i + 1;
	}
	/* all asleep: a caller that forks now leaves no lock of the allocator held by a thread that starts */
	pthread_mutex_lock(&pool->lock);
	while (pool->busy > 0)
		pthread_cond_wait(&pool->idle, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	*out = pool;
	return 0;
}

void
pool_free(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->quit = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->threads; i++)
		pthread_join(pool->members[i].thread, NULL);
	pthread_cond_destroy(&pool->wake);
	pthread_cond_destroy(&pool->idle);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

unsigned
pool_threads(const struct pool *pool)
{
	return pool->threads + 1;
}

/* Until no other thread is at a piece; called and returns with the lock held. */
static void
wait_for_others(struct pool *pool)
{
	/* they mostly end soon: to sleep and to be woken would take longer */
	if (pool->busy > 0) {
		pthread_mutex_unlock(&pool->lock);
		for (unsigned i = 0; i < SPIN && atomic_load_explicit(&pool->busy, memory_order_relaxed) > 0;
		     i++)
			PAUSE();
		pthread_mutex_lock(&pool->lock);
	}
	while (pool->busy > 0)
		pthread_cond_wait(&pool->idle, &pool->lock);
}

int
pool_run(struct pool *pool, size_t pieces, int (*work)(void *ctx, size_t piece, unsigned thread), void *ctx)
{
	pthread_mutex_lock(&pool->lock);
	pool->work = work;
	pool->ctx = ctx;
	pool->next = 0;
	pool->pieces = pieces;
	pool->failed = 0;
	pool->run++;
	if (pieces > 1)
		pthread_cond_broadcast(&pool->wake);
	take_pieces(pool, pool->threads);
	wait_for_others(pool);
	int failed = pool->failed;
	pthread_mutex_unlock(&pool->lock);
	return failed != 0 ? err_set((enum err)failed, "%s", pool->reason) : 0;
}
