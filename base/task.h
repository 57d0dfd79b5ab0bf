/*
 * One thread for one piece of work at a time that goes on beside the caller's.  It is started before the seal
 * closes, and sleeps between two pieces.
 */
#ifndef CARREL_BASE_TASK_H
#define CARREL_BASE_TASK_H

#include "base/err.h"

struct task;

/* The thread is asleep when it returns.  *out is the caller's. */
int task_new(struct task **out) MUST_USE;
void task_free(struct task *task); /* nothing is under way; NULL is fine */
/* Calls work(ctx) on the thread.  What was started before has been waited for. */
void task_start(struct task *task, int (*work)(void *ctx), void *ctx);
/* What the work returned, with its reason; the thread is asleep again.  0 where nothing was started. */
int task_wait(struct task *task) MUST_USE;

#endif
