#include "room/spawn.h"

#include "base/inherit.h"
#include "base/mem.h"
#include "base/message.h"
#include "base/seal.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SPAWN_FDS (sizeof((struct spawn *)0)->fds / sizeof(struct spawn_fd))
#define TREE "/../libexec/carrel"
#define ABOVE_ALL \
	64 /* descriptors are moved up here first, so that none is overwritten before it was moved */

/* "DIRECTORY/program", if that may be run. */
static char *
runnable(const char *directory, const char *program)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/%s", directory, program) >= (int)sizeof path ||
	    access(path, X_OK) < 0)
		return NULL;
	return mem_dup(path);
}

int
spawn_find(const char *program, char **out)
{
	char self[PATH_MAX];

	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
	if (len < 0)
		return err_sys("/proc/self/exe");
	self[len] = 0;
	*strrchr(self, '/') = 0;
	/* beside this one, as in the build directory; in the tree that this one lies in; where it was installed */
	char *path = runnable(self, program);
	if (!path && strlen(self) + sizeof TREE <= sizeof self)
		path = runnable(strcat(self, TREE), program);
	if (!path)
		path = runnable(CARREL_LIBEXECDIR, program);
	if (!path)
		return err_set(ERR_SYSTEM, "%s is neither in %s nor in %s", program, self, CARREL_LIBEXECDIR);
	*out = path;
	return 0;
}

static int
place_fds(const struct spawn *what)
{
	int moved[SPAWN_FDS];
	size_t count = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	int in_out = fcntl(what->in_out < 0 ? null : what->in_out, F_DUPFD_CLOEXEC, ABOVE_ALL);
	int err = fcntl(what->err < 0 ? null : what->err, F_DUPFD_CLOEXEC, ABOVE_ALL);
	for (; count < SPAWN_FDS && what->fds[count].to; count++) {
		int from = what->fds[count].from;
		moved[count] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, ABOVE_ALL);
		if (from >= 0 && moved[count] < 0)
			return err_sys("descriptor %d", from);
	}
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return err_sys("close_range");
	if (dup2(in_out, 0) < 0 || dup2(in_out, 1) < 0 || dup2(err, 2) < 0)
		return err_sys("standard descriptors");
	for (size_t i = 0; i < count; i++)
		if (moved[i] >= 0 && dup2(moved[i], what->fds[i].to) < 0)
			return err_sys("descriptor %d", what->fds[i].to);
	return 0;
}

static int
become(const struct spawn *what)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (what->dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return err_sys("prctl");
	if (what->new_session && setsid() < 0)
		return err_sys("setsid");
	int r = place_fds(what);
	if (r < 0)
		return r;
	if (what->own_terminal && ioctl(0, TIOCSCTTY, 0) < 0)
		return err_sys("TIOCSCTTY");
	char *argv[sizeof what->argv / sizeof *what->argv] = { 0 };
	for (size_t i = 0; what->argv[i]; i++)
		argv[i] = mem_dup(what->argv[i]);
	execve(what->path, argv, seal_environment());
	return err_sys("cannot run %s", what->path);
}

int
spawn(const struct spawn *what, pid_t *pid)
{
	struct buf packet = BUF(MESSAGE_MAX);

	pid_t child = fork();
	if (child < 0)
		return err_sys("fork");
	if (child == 0) {
		int r = become(what);
		if (message_fail(&packet, 0, (enum err)r, err_text()) == 0)
			(void)!write(FD_PEER, packet.data, packet.len);
		_exit(err_exit(r));
	}
	*pid = child;
	return 0;
}
