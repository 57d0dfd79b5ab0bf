#include "cli/apart.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int
wait_for(pid_t child, const char *why)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys("wait");
	if (!WIFEXITED(status))
		return err_set(ERR_SYSTEM, "a process of ours was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) == 0 ? 0 : err_set((enum err) - WEXITSTATUS(status), "%s", why);
}

int
apart(int (*work)(void *ctx), void *ctx)
{
	/* not a pipe: the seal closes descriptors that it does not know */
	char *why = mmap(NULL, ERR_TEXT_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (why == MAP_FAILED)
		return err_sys("mmap");

	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		int r = work(ctx);
		snprintf(why, ERR_TEXT_MAX, "%s", r < 0 ? err_text() : "");
		fflush(stdout);
		_exit(r < 0 ? -r : 0);
	}
	int r = child < 0 ? err_sys("fork") : wait_for(child, why);
	munmap(why, ERR_TEXT_MAX);
	return r;
}
