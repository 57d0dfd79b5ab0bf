#include "tests/unit.h"

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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_profile_closes),
	cmocka_unit_test(a_socket_kills),
	cmocka_unit_test(a_file_is_refused_or_kills),
	cmocka_unit_test(code_cannot_be_mapped),
};

UNIT(tests)
