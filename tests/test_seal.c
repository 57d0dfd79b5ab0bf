#include "tests/unit.h"

#include "base/pool.h"
#include "base/seal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLOSED = 40, NOT_CLOSED, OPENED };

/* Runs `what` in a child that is sealed under the profile; its exit status, or minus the signal that ended it. */
static int
sealed(enum seal_profile profile, unsigned layers, int (*what)(void))
{
	int status;

	pid_t pid = fork();
	if (pid == 0) {
		struct seal_verdict verdict = { 0 };
		struct seal_paths paths = SEAL_PATHS_NONE;
		if (seal_prepare(profile, NULL, 0) < 0 || seal_close(profile, &paths, layers, &verdict) < 0) {
			fprintf(stderr, "%s: %s\n", seal_profile_name(profile), err_text());
			_exit(NOT_CLOSED);
		}
		if (layers == SEAL_ALL && !seal_whole(&verdict))
			_exit(NOT_CLOSED);
		_exit(what());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
nothing(void)
{
	return CLOSED;
}

static int
open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? CLOSED : OPENED;
}

static int
outlive_a_call(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	sigaction(SIGSYS, &action, NULL);
	return OPENED;
}

static int
block_and_call(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return open_socket();
}

/* What a process says before it dies of a call: its number, between the words that were prepared. */
static void
the_last_words_name_the_call(void **state)
{
	char words[64] = "", name[SEAL_CALL_NAME];
	int fds[2], status;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct seal_verdict verdict = { 0 };
		seal_last_words(fds[1], STR("<"), STR(">"));
		if (seal_prepare(SEAL_COMMAND, fds, 2) < 0 ||
		    seal_close(SEAL_COMMAND, &SEAL_PATHS_NONE, SEAL_ALL, &verdict) < 0)
			_exit(NOT_CLOSED);
		_exit(open_socket());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	close(fds[1]);
	/* the probe's own child has said nothing */
	assert_int_equal(read(fds[0], words, sizeof words - 1), SEAL_CALL_DIGITS + 2);
	assert_true(words[0] == '<' && words[SEAL_CALL_DIGITS + 1] == '>');
	assert_string_equal(seal_call_name((struct str){ words + 1, SEAL_CALL_DIGITS }, name), "socket");
	assert_string_equal(seal_call_name(STR("9999"), name), "9999");
	assert_string_equal(seal_call_name(STR(""), name), "");
	assert_string_equal(seal_call_name(STR("12a"), name), "");
	close(fds[0]);
}

static void
nothing_outlives_a_call(void **state)
{
	(void)state;
	if (seal_widened())
		return;
	for (int p = 0; p < SEAL_PROFILES; p++) {
		assert_int_equal(sealed((enum seal_profile)p, SEAL_ALL, outlive_a_call), -SIGSYS);
		assert_int_equal(sealed((enum seal_profile)p, SEAL_ALL, block_and_call), -SIGSYS);
	}
}

static int
open_file(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? CLOSED : OPENED;
}

static int
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? CLOSED
	    : OPENED;
}

static void
every_profile_closes(void **state)
{
	(void)state;
	for (int p = 0; p < SEAL_PROFILES; p++)
		assert_int_equal(sealed((enum seal_profile)p, SEAL_ALL, nothing), CLOSED);
}

static void
a_socket_kills(void **state)
{
	(void)state;
	for (int p = 0; p < SEAL_PROFILES; p++)
		assert_int_equal(sealed((enum seal_profile)p, SEAL_ALL, open_socket), -SIGSYS);
}

static void
a_file_is_refused_or_kills(void **state)
{
	(void)state;
	for (int p = 0; p < SEAL_PROFILES; p++) {
		int r = sealed((enum seal_profile)p, SEAL_ALL, open_file);
		assert_true(r == CLOSED || r == -SIGSYS);
	}
	assert_int_equal(sealed(SEAL_KEEPER, SEAL_LANDLOCK, open_file), CLOSED);
	assert_int_equal(sealed(SEAL_KEEPER, SEAL_NAMESPACE, open_file), OPENED);
}

static void
code_cannot_be_mapped(void **state)
{
	(void)state;
	assert_int_equal(sealed(SEAL_READER, SEAL_NAMESPACE | SEAL_LANDLOCK, map_code), OPENED);
	assert_int_equal(sealed(SEAL_READER, SEAL_ALL, map_code), -SIGSYS);
}

static int
descriptor_lives(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
only_what_is_kept_stays_open(void **state)
{
	int status;

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		const int keep[] = { 21, 3, 9, 400 }; /* 400 is not open */
		for (int fd = 3; fd < 30; fd++)
			dup2(2, fd);
		if (seal_prepare(SEAL_COMMAND, keep, 4) < 0)
			_exit(1);
		int wrong = 0;
		for (int fd = 0; fd < 64; fd++)
			wrong += descriptor_lives(fd) != (fd < 4 || fd == 9 || fd == 21);
		_exit(wrong);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
the_environment_is_fixed(void **state)
{
	(void)state;
	setenv("TERM", "xterm", 1);
	setenv("LANG", "../../tmp/evil", 1);
	setenv("LD_PRELOAD", "/tmp/evil.so", 1);
	char **list = seal_environment();
	bool term = false;
	for (char **entry = list; *entry; entry++) {
		term = term || strcmp(*entry, "TERM=xterm") == 0;
		assert_null(strstr(*entry, "evil"));
	}
	assert_true(term);
	free(list);
	unsetenv("LANG");
	unsetenv("LD_PRELOAD");
}

/* What the keeper does to open a key file: a child with much memory, and its answer through a pipe. */
static int
fork_and_wait(void)
{
	int fds[2], status;
	char word = 0;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return OPENED;
	pid_t pid = fork();
	if (pid == 0) {
		size_t len = (size_t)256 << 20;
		char *much = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (much == MAP_FAILED)
			_exit(1);
		much[len - 1] = 'x';
		_exit(write(fds[1], much + len - 1, 1) == 1 ? 0 : 1);
	}
	if (read(fds[0], &word, 1) != 1 || waitpid(pid, &status, 0) != pid)
		return OPENED;
	return word == 'x' && status == 0 ? CLOSED : OPENED;
}

static void
the_keeper_may_fork(void **state)
{
	(void)state;
	assert_int_equal(sealed(SEAL_KEEPER, SEAL_ALL, fork_and_wait), CLOSED);
	assert_int_equal(sealed(SEAL_INDEXER, SEAL_ALL, fork_and_wait), CLOSED);
	if (!seal_widened())
		assert_int_equal(sealed(SEAL_COMMAND, SEAL_ALL, fork_and_wait), -SIGSYS);
}

/* A supervisor's life: fork a reader that seals itself further, kill it, fork another. */
static int
restart_reader(void)
{
	for (int i = 0; i < 3; i++) {
		int fds[2], status;
		char word;
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
			return OPENED;
		pid_t pid = fork();
		if (pid == 0) {
			struct seal_paths paths = SEAL_PATHS_NONE;
			struct seal_verdict verdict = { 0 };
			const int keep[] = { fds[1] };
			if (seal_prepare(SEAL_READER, keep, 1) < 0 ||
			    seal_close(SEAL_READER, &paths, SEAL_LANDLOCK | SEAL_SECCOMP, &verdict) < 0) {
				dprintf(2, "reader: %s\n", err_text());
				_exit(NOT_CLOSED);
			}
			(void)!write(fds[1], "r", 1);
			for (;;)
				(void)!read(fds[1], &word, 1);
		}
		close(fds[1]);
		if (read(fds[0], &word, 1) != 1 || kill(pid, SIGKILL) < 0 || waitpid(pid, &status, 0) != pid)
			return OPENED;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			return OPENED;
		close(fds[0]);
	}
	return CLOSED;
}

static void
the_supervisor_restarts_its_reader(void **state)
{
	(void)state;
	assert_int_equal(sealed(SEAL_SUPERVISOR, SEAL_ALL, restart_reader), CLOSED);
}

static int
count_up(void *ctx, size_t piece, unsigned thread)
{
	(void)piece, (void)thread;
	__atomic_add_fetch((int *)ctx, 1, __ATOMIC_RELAXED);
	return 0;
}

static int
socket_in_thread(void *ctx, size_t piece, unsigned thread)
{
	(void)ctx, (void)piece;
	return thread == 0 ? 0 : socket(AF_INET, SOCK_STREAM, 0);
}

/* The reader's order: namespaces and Landlock, threads, seccomp for all of them. */
static int
reader_with_threads(int (*work)(void *ctx, size_t piece, unsigned thread))
{
	int status;

	pid_t pid = fork();
	if (pid == 0) {
		struct seal_paths paths = SEAL_PATHS_NONE;
		struct seal_verdict verdict = { 0 };
		struct pool *pool;
		int count = 0;
		if (seal_prepare(SEAL_READER, NULL, 0) < 0 ||
		    seal_close(SEAL_READER, &paths, SEAL_NAMESPACE | SEAL_LANDLOCK, &verdict) < 0 ||
		    pool_new(4, &pool) < 0 || seal_close(SEAL_READER, &paths, SEAL_SECCOMP, &verdict) < 0 ||
		    !seal_whole(&verdict)) {
			dprintf(2, "reader: %s\n", err_text());
			_exit(NOT_CLOSED);
		}
		if (pool_run(pool, 1000, work, &count) < 0)
			_exit(OPENED);
		_exit(count == 1000 ? CLOSED : OPENED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
threads_are_sealed_too(void **state)
{
	(void)state;
	assert_int_equal(reader_with_threads(count_up), CLOSED);
	assert_int_equal(reader_with_threads(socket_in_thread), -SIGSYS);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_profile_closes),
	cmocka_unit_test(a_socket_kills),
	cmocka_unit_test(the_last_words_name_the_call),
	cmocka_unit_test(nothing_outlives_a_call),
	cmocka_unit_test(a_file_is_refused_or_kills),
	cmocka_unit_test(code_cannot_be_mapped),
	cmocka_unit_test(only_what_is_kept_stays_open),
	cmocka_unit_test(the_environment_is_fixed),
	cmocka_unit_test(the_keeper_may_fork),
	cmocka_unit_test(the_supervisor_restarts_its_reader),
	cmocka_unit_test(threads_are_sealed_too),
};

UNIT(tests)
