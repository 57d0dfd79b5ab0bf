#include "annotations/keyfile_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS 60000

struct answer {
	int32_t status; /* 0 or enum err */
	uint8_t key[DERIVED_LEN];
};

/* ---- the child ---- */

static void
serve(int fd)
{
	struct derivation request;
	struct answer answer;

	for (int tries = 0; tries < PASSPHRASE_TRIES; tries++) {
		ssize_t len = read(fd, &request, sizeof request);
		if (len != (ssize_t)sizeof request || request.len > PASSPHRASE_MAX)
			return;
		answer = (struct answer){ 0 };
		if (crypto_pwhash(answer.key, sizeof answer.key, request.passphrase, request.len,
			request.salt, request.rounds, (size_t)request.memory,
			crypto_pwhash_ALG_ARGON2ID13) != 0)
			answer.status = ERR_MEMORY;
		explicit_bzero(&request, sizeof request);
		len = write(fd, &answer, sizeof answer);
		explicit_bzero(&answer, sizeof answer);
		if (len < 0)
			return;
	}
}

static void
keep_only(int fd)
{
	if (fd > 0)
		close_range(0, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0U, 0);
}

int
unsealer_start(struct unsealer *out, int (*close_seal)(void))
{
	int fds[2];

	if (sodium_init() < 0)
		return err_set(ERR_SYSTEM, "libsodium does not start");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys("socketpair");
	pid_t pid = fork();
	if (pid < 0) {
		int r = err_sys("fork");
		close(fds[0]);
		close(fds[1]);
		return r;
	}
	if (pid == 0) {
		keep_only(fds[1]);
		if (close_seal && close_seal() < 0)
			_exit(3);
		serve(fds[1]);
		_exit(0);
	}
	close(fds[1]);
	*out = (struct unsealer){ pid, fds[0] };
	return 0;
}

void
unsealer_stop(struct unsealer *unsealer)
{
	if (unsealer->pid <= 0)
		return;
	close(unsealer->fd); /* the child reads the end of its work from that */
	while (waitpid(unsealer->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*unsealer = UNSEALER_NONE;
}

/* ---- the parent ---- */

int
unsealer_derive(struct unsealer *unsealer, const struct derivation *request, uint8_t key[static DERIVED_LEN])
{
	struct pollfd pfd = { .fd = unsealer->fd, .events = POLLIN };
	struct answer *answer = sodium_malloc(sizeof *answer);
	ssize_t len = -1;

	if (!answer)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	int r = 0;
	if (unsealer->pid <= 0 || write(unsealer->fd, request, sizeof *request) < 0)
		r = err_set(ERR_SYSTEM, "the helper that opens key files is gone (%d tries at most)",
		    PASSPHRASE_TRIES);
	int ready = 0;
	while (r == 0 && (ready = poll(&pfd, 1, ANSWER_MS)) < 0 && errno == EINTR)
		;
	if (r == 0 && ready > 0)
		len = read(unsealer->fd, answer, sizeof *answer);
	if (r == 0 && len != (ssize_t)sizeof *answer)
		r = err_set(ERR_SYSTEM, "the helper that opens key files died");
	else if (r == 0 && answer->status != 0)
		r = err_set(ERR_MEMORY, "not enough memory to open the key file (%llu MiB)",
		    (unsigned long long)request->memory >> 20);
	if (r == 0)
		memcpy(key, answer->key, DERIVED_LEN);
	sodium_free(answer);
	return r;
}
