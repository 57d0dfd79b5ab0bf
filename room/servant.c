#include "room/servant.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static void
block_sigchld(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigprocmask(SIG_BLOCK, set, NULL);
}

void
servants_add(struct servants *servants, pid_t pid, const char *program)
{
	sigset_t set;

	if (servants->count == SERVANTS)
		return;
	block_sigchld(&set);
	servants->list[servants->count++] = (struct servant){ .pid = pid, .program = program };
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True if it has ended by then. */
static bool
collect(struct servant *servant, int64_t until)
{
	sigset_t set;

	block_sigchld(&set);
	while (servant->pid) {
		pid_t pid = waitpid(servant->pid, &servant->status, WNOHANG);
		if (pid == servant->pid || (pid < 0 && errno == ECHILD)) {
			servant->pid = 0;
			break;
		}
		int64_t left = until - now_ms();
		if (left <= 0)
			return false;
		struct timespec wait = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000 };
		sigtimedwait(&set, NULL, &wait);
	}
	return true;
}

int
servant_judge(const char *program, int status)
{
	if (status == 0)
		return 0;
	if (!WIFSIGNALED(status))
		return err_set(ERR_SYSTEM, "%s ended with status %d", program, WEXITSTATUS(status));
	/* not strsignal, which looks for message catalogues */
	const char *words = sigdescr_np(WTERMSIG(status));
	return err_set(ERR_SYSTEM, "%s died: %s (signal %d)", program, words ? words : "unknown signal",
	    WTERMSIG(status));
}

int
servants_collect(struct servants *servants, int ms)
{
	int64_t until = now_ms() + ms;
	int r = 0;

	for (size_t i = 0; i < servants->count; i++) {
		struct servant *servant = &servants->list[i];
		bool ended = collect(servant, until);
		if (r == 0)
			r = ended ? servant_judge(servant->program, servant->status)
				  : err_set(ERR_SYSTEM, "%s does not end", servant->program);
	}
	return r;
}
