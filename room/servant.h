/* The programs that a launcher started, and how they ended. */
#ifndef CARREL_ROOM_SERVANT_H
#define CARREL_ROOM_SERVANT_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

#define SERVANTS 4

struct servants {
	struct servant {
		pid_t pid; /* 0: waited for */
		const char *program;
		int status;
	} list[SERVANTS];
	size_t count;
};

/* Blocks SIGCHLD, so that a child's end can be waited for with a limit. */
void servants_add(struct servants *servants, pid_t pid, const char *program);
/*
 * Waits for all of them, at most `ms` milliseconds.  ERR_SYSTEM, naming the first that was killed, failed or does not
 * end: "carrel-keeper died: Bad system call (signal 31)".
 */
int servants_collect(struct servants *servants, int ms) MUST_USE;
/* The same of one wait status. */
int servant_judge(const char *program, int status) MUST_USE;

#endif
