#include "base/task.h"

#include "base/mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct task {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool ready, quit;
	int (*work)(void *ctx); /* NULL: none is under way */
	void *ctx;
	int result;
	char reason[ERR_TEXT_MAX];
};

static void *
task_main(void *arg)
{
	struct task *task = arg;

	pthread_mutex_lock(&task->lock);
	task->ready = true;
	for (;;) {
		pthread_cond_broadcast(&task->changed);
		while (!task->quit && !task->work)
			pthread_cond_wait(&task->changed, &task->lock);
		if (task->quit)
			break;
		pthread_mutex_unlock(&task->lock);
		int r = task->work(task->ctx);
		pthread_mutex_lock(&task->lock);
		task->result = r;
		if (r < 0)
			memcpy(task->reason, err_text(), strlen(err_text()) + 1);
		task->work = NULL;
	}
	pthread_mutex_unlock(&task->lock);
	return NULL;
}

int
task_new(struct task **out)
{
	struct task *task = mem_new(struct task);

	pthread_mutex_init(&task->lock, NULL);
	pthread_cond_init(&task->changed, NULL);
	if (pthread_create(&task->thread, NULL, task_main, task) != 0) {
		free(task);
		return err_set(ERR_SYSTEM, "cannot start a thread");
	}
	/* asleep, as a pool's: who forks then leaves no lock of the allocator behind */
	pthread_mutex_lock(&task->lock);
	while (!task->ready)
		pthread_cond_wait(&task->changed, &task->lock);
	pthread_mutex_unlock(&task->lock);
	*out = task;
	return 0;
}

void
task_free(struct task *task)
{
	if (!task)
		return;
	pthread_mutex_lock(&task->lock);
	task->quit = true;
	pthread_cond_broadcast(&task->changed);
	pthread_mutex_unlock(&task->lock);
	pthread_join(task->thread, NULL);
	pthread_cond_destroy(&task->changed);
	pthread_mutex_destroy(&task->lock);
	free(task);
}

void
task_start(struct task *task, int (*work)(void *ctx), void *ctx)
{
	pthread_mutex_lock(&task->lock);
	assert(!task->work);
	task->work = work;
	task->ctx = ctx;
	task->result = 0;
	pthread_cond_broadcast(&task->changed);
	pthread_mutex_unlock(&task->lock);
}

int
task_wait(struct task *task)
{
	pthread_mutex_lock(&task->lock);
	while (task->work)
		pthread_cond_wait(&task->changed, &task->lock);
	int r = task->result;
	task->result = 0;
	pthread_mutex_unlock(&task->lock);
	return r < 0 ? err_set((enum err)r, "%s", task->reason) : 0;
}
