#include "indexer/intake/unpack_ahead.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 48
#define SLOT ((size_t)1024 * 1024)

/* A ring: the thread fills, the reader empties; the reader's slot is not filled before it asks for the next. */
struct unpack_ahead {
	struct unpack *unpack;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	size_t first, count; /* slots that are full, the one that the reader has included */
	bool reading, stop;
	bool ended; /* nothing comes behind the slots that are full */
	int error;  /* what it ended with */
	char why[ERR_TEXT_MAX];
	size_t lens[SLOTS];
	uint8_t *slots;
};

/* One slot's worth; 0 bytes at the end. */
static int
fill(struct unpack_ahead *ahead, uint8_t *slot, size_t *len)
{
	const uint8_t *piece;
	size_t got = 1;
	int r = 0;

	*len = 0;
	while (r == 0 && got > 0 && *len + UNPACK_PIECE <= SLOT) {
		r = unpack_next(ahead->unpack, &piece, &got);
		if (r == 0) {
			memcpy(slot + *len, piece, got);
			*len += got;
		}
	}
	return r;
}

static void *
run(void *arg)
{
	struct unpack_ahead *ahead = arg;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop && !ahead->ended) {
		if (ahead->count == SLOTS) {
			pthread_cond_wait(&ahead->emptied, &ahead->lock);
			continue;
		}
		size_t at = (ahead->first + ahead->count) % SLOTS;
		pthread_mutex_unlock(&ahead->lock);
		int r = fill(ahead, ahead->slots + at * SLOT, &ahead->lens[at]);
		pthread_mutex_lock(&ahead->lock);
		ahead->ended = r < 0 || ahead->lens[at] == 0;
		if (r < 0) {
			ahead->error = r;
			memcpy(ahead->why, err_text(), strlen(err_text()) + 1);
		}
		/* what came before an error is read before it */
		ahead->count += ahead->lens[at] > 0;
		pthread_cond_signal(&ahead->filled);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

int
unpack_ahead_start(struct unpack *unpack, struct unpack_ahead **out)
{
	struct unpack_ahead *ahead = mem_new(struct unpack_ahead);

	ahead->unpack = unpack;
	ahead->slots = malloc(SLOTS * SLOT);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->filled, NULL);
	pthread_cond_init(&ahead->emptied, NULL);
	if (!ahead->slots || pthread_create(&ahead->thread, NULL, run, ahead) != 0) {
		unpack_close(unpack);
		free(ahead->slots);
		free(ahead);
		return err_set(ERR_MEMORY, "no memory to unpack");
	}
	*out = ahead;
	return 0;
}

int
unpack_ahead_next(struct unpack_ahead *ahead, const uint8_t **piece, size_t *len)
{
	int r = 0;

	*len = 0;
	pthread_mutex_lock(&ahead->lock);
	if (ahead->reading) {
		ahead->first = (ahead->first + 1) % SLOTS;
		ahead->count--;
		pthread_cond_signal(&ahead->emptied);
	}
	while (ahead->count == 0 && !ahead->ended)
		pthread_cond_wait(&ahead->filled, &ahead->lock);
	ahead->reading = ahead->count > 0;
	if (ahead->reading) {
		*piece = ahead->slots + ahead->first * SLOT;
		*len = ahead->lens[ahead->first];
	} else if (ahead->error < 0) {
		r = err_set((enum err)ahead->error, "%s", ahead->why);
	}
	pthread_mutex_unlock(&ahead->lock);
	return r;
}

void
unpack_ahead_stop(struct unpack_ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->emptied);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	unpack_close(ahead->unpack);
	pthread_mutex_destroy(&ahead->lock);
	pthread_cond_destroy(&ahead->filled);
	pthread_cond_destroy(&ahead->emptied);
	free(ahead->slots);
	free(ahead);
}
