/*
 * carrel-enter: set-uid to the system user to whom a real room belongs, in a copy of its
 * own for each room; see carrel-review(7).  It does one thing: opens that room, and starts
 * the keeper there, with the reader or the indexer behind it.
 *
 *	carrel-enter NAME ledger|reader|indexer
 *	FD_PEER the client's socket; FD_AGENT, FD_KEY, FD_PASS as in base/inherit.h; FD_ENTER_SOURCE
 *
 * Everything that the caller can shape is the caller's attack: environment, descriptors,
 * arguments, working directory, umask, limits, timers, signals.  Which room it is says a
 * file that only root can write, and the room's own owner must be the user that this
 * program became.  The socket between keeper and reader is made here: whoever held an end
 * of it could read source without a record of it.
 */
#include "base/err.h"
#include "base/inherit.h"
#include "base/message.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOMS CARREL_SYSCONFDIR "/rooms/"
#define CONFIG_MAX 4096
#define NEXT 10 /* where the next program's end lies until it is placed */

struct config {
	char text[CONFIG_MAX];
	const char *room, *programs;
};

/* ---- the caller's circumstances, made ours ---- */

static int
reset_signals(void)
{
	const struct itimerval none = { 0 };
	sigset_t all;

	for (int number = 1; number < NSIG; number++)
		(void)!signal(number, SIG_DFL); /* some cannot be set, and need not be */
	sigemptyset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		return err_sys("signals");
	for (int timer = ITIMER_REAL; timer <= ITIMER_PROF; timer++)
		if (setitimer((__itimer_which_t)timer, &none, NULL) < 0)
			return err_sys("timers");
	return 0;
}

/* A limit that the caller lowered for good would stop the keeper in the middle of its work. */
static int
check_limits(void)
{
	static const struct {
		int resource;
		rlim_t least;
		const char *name;
	} wanted[] = {
		{ RLIMIT_FSIZE, RLIM_INFINITY, "file size" },
		{ RLIMIT_NOFILE, 1024, "open files" },
		{ RLIMIT_CPU, RLIM_INFINITY, "processor time" },
		{ RLIMIT_AS, RLIM_INFINITY, "address space" },
		{ RLIMIT_DATA, RLIM_INFINITY, "data" },
	};
	const struct rlimit none = { 0, 0 };

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct rlimit limit;
		if (getrlimit((__rlimit_resource_t)wanted[i].resource, &limit) < 0)
			return err_sys("limits");
		if (limit.rlim_max < wanted[i].least)
			return err_set(
			    ERR_REFUSED, "the limit on %s is too low: see ulimit -H", wanted[i].name);
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit((__rlimit_resource_t)wanted[i].resource, &limit) < 0)
			return err_sys("limits");
	}
	return setrlimit(RLIMIT_CORE, &none) < 0 ? err_sys("limits") : 0;
}

/* 0 to 2 are open, whatever they are; what is not named in base/inherit.h is closed. */
static int
keep_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return err_sys("/dev/null");
	close(FD_ROOM);
	close(FD_NEXT);
	if (close_range(FD_ENTER_SOURCE + 1, ~0U, 0) < 0)
		return err_sys("descriptors");
	return fcntl(FD_PEER, F_GETFD) < 0 ? err_set(ERR_USAGE, "not a program to be started by hand") : 0;
}

/* ---- which room ---- */

static bool
is_chain(const char *word)
{
	return strcmp(word, "ledger") == 0 || strcmp(word, "reader") == 0 || strcmp(word, "indexer") == 0;
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return release_name_ok((struct str){ name, len }) && name[0] != '.';
}

/* The rest of the line that begins with KEY and a space; an absolute path. */
static const char *
value_of(char *text, const char *key)
{
	size_t len = strlen(key);

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			next++;
		if (strncmp(line, key, len) == 0 && line[len] == ' ' && line[len + 1] == '/')
			return line + len + 1;
	}
	return NULL;
}

static void
cut_lines(char *text)
{
	for (; *text; text++)
		if (*text == '\n')
			*text = 0;
}

static int
read_config(const char *name, struct config *config)
{
	char path[sizeof ROOMS + 256];
	struct stat st;

	snprintf(path, sizeof path, ROOMS "%s", name);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_set(ERR_USAGE, "there is no room '%s' on this machine", name);
	ssize_t len = read(fd, config->text, sizeof config->text - 1);
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 && (st.st_mode & 022) == 0;
	close(fd);
	if (!ok || len <= 0 || len == sizeof config->text - 1)
		return err_set(ERR_REFUSED, "%s: not a file that root alone can write", path);
	config->text[len] = 0;
	config->room = value_of(config->text, "room");
	config->programs = value_of(config->text, "programs");
	cut_lines(config->text);
	if (!config->room || !config->programs)
		return err_set(ERR_REFUSED, "%s: wants a line 'room /...' and a line 'programs /...'", path);
	return 0;
}

static int
open_room(const struct config *config)
{
	struct stat st;

	int fd = open(config->room, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return err_sys("%s", config->room);
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return err_set(ERR_REFUSED, "%s: does not belong to its room's user alone", config->room);
	if (fd != FD_ROOM && (dup2(fd, FD_ROOM) < 0 || close(fd) < 0))
		return err_sys("%s", config->room);
	return 0;
}

/* For good: real, effective and saved. */
static int
become(void)
{
	uid_t user = geteuid();

	if (user == getuid())
		return err_set(ERR_REFUSED,
		    "set-uid has no effect: a file system mounted nosuid, no_new_privs, or this program is "
		    "not "
		    "installed as carrel-review(7) says");
	if (user == 0)
		return err_set(ERR_REFUSED, "it is set-uid to root, and must be to the room's own user");
	if (setresuid(user, user, user) < 0)
		return err_sys("setresuid");
	if (setuid(getuid()) < 0 || getuid() != user || geteuid() != user)
		return err_set(ERR_REFUSED, "the caller's identity is still here");
	return 0;
}

/* ---- starting ---- */

static int
run(const struct config *config, const char *program)
{
	char path[CONFIG_MAX + 64], name[64];
	char *argv[] = { name, NULL };
	char lang[] = "LANG=C.UTF-8";
	char *environment[] = { lang, NULL };

	snprintf(name, sizeof name, "%s", program);
	snprintf(path, sizeof path, "%s/%s", config->programs, program);
	execve(path, argv, environment);
	return err_sys("%s", path);
}

/* The reader has index/ for its room, the indexer the room and what is imported. */
static int
run_next(const struct config *config, bool reader)
{
	if (reader) {
		int index = openat(FD_ROOM, "index", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		if (index < 0)
			return err_sys("index");
		if (dup2(index, FD_ROOM) < 0)
			return err_sys("index");
		close(index);
	}
	if (dup2(NEXT, FD_PEER) < 0)
		return err_sys("socket");
	close(FD_NEXT);
	if (!reader && fcntl(FD_ENTER_SOURCE, F_GETFD) >= 0 && dup2(FD_ENTER_SOURCE, FD_SOURCE) < 0)
		return err_sys("source");
	if (close_range(FD_AGENT, ~0U, 0) < 0)
		return err_sys("descriptors");
	if (setsid() < 0)
		return err_sys("setsid");
	return run(config, reader ? "carrel-reader" : "carrel-indexer");
}

/* The socket between them: the keeper's end in its place, the other one at NEXT. */
static int
make_socket(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return err_sys("socketpair");
	/* neither end may lie where the other is to be put */
	int keeper = fcntl(pair[0], F_DUPFD, NEXT + 1), next = fcntl(pair[1], F_DUPFD, NEXT + 1);
	close(pair[0]);
	close(pair[1]);
	if (keeper < 0 || next < 0 || dup2(keeper, FD_NEXT) < 0 || dup2(next, NEXT) < 0)
		return err_sys("socketpair");
	close(keeper);
	close(next);
	return 0;
}

/* A child that runs what `config` has under `chain`, or the keeper. */
static int
start(const struct config *config, const char *chain, pid_t *out)
{
	pid_t child = fork();

	if (child < 0)
		return err_sys("fork");
	if (child > 0) {
		*out = child;
		return 0;
	}
	int r;
	if (chain) {
		r = run_next(config, strcmp(chain, "reader") == 0);
	} else {
		close(NEXT);
		close(FD_ENTER_SOURCE);
		r = run(config, "carrel-keeper");
	}
	fprintf(stderr, "carrel-enter: %s\n", err_text());
	_exit(err_exit(r));
}

/* Until both have ended, for an import is done when its indexer is; the keeper's end is ours. */
static int
wait_for(pid_t keeper)
{
	int status, result = 0;
	pid_t child;

	close_range(0, ~0U, 0);
	while ((child = waitpid(-1, &status, 0)) > 0 || errno == EINTR) {
		int end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (child == keeper || (child > 0 && result == 0))
			result = end;
	}
	return result;
}

static int
enter(const char *name, const char *chain)
{
	struct config config = { 0 };
	pid_t keeper, next;

	int r = keep_descriptors();
	if (r == 0)
		r = reset_signals();
	if (r == 0 && !is_chain(chain))
		r = err_set(ERR_USAGE, "no chain '%s'", chain);
	if (r == 0 && !is_name(name))
		r = err_set(ERR_USAGE, "that is no room's name");
	if (r == 0)
		r = read_config(name, &config);
	if (r == 0)
		r = become();
	umask(077);
	if (r == 0 && chdir("/") < 0)
		r = err_sys("/");
	if (r == 0)
		r = check_limits();
	if (r == 0)
		r = open_room(&config);
	if (r == 0 && strcmp(chain, "ledger") == 0)
		return run(&config, "carrel-keeper");
	if (r == 0)
		r = make_socket();
	if (r == 0)
		r = start(&config, NULL, &keeper);
	if (r == 0)
		r = start(&config, chain, &next);
	return r == 0 ? wait_for(keeper) : r;
}

int
main(int argc, char **argv)
{
	struct buf packet = BUF(MESSAGE_MAX);

	int r =
	    argc == 3 ? enter(argv[1], argv[2]) : err_set(ERR_USAGE, "not a program to be started by hand");
	if (r >= 0)
		return r;
	if (message_fail(&packet, 0, (enum err)r, err_text()) == 0 &&
	    write(FD_PEER, packet.data, packet.len) < 0 && errno != EPIPE)
		fprintf(stderr, "carrel-enter: %s\n", err_text());
	return err_exit(r);
}
