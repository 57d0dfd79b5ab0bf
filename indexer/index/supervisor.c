#include "indexer/index/supervisor.h"

#include "base/seal.h"
#include "indexer/index/pulse.h"
#include "indexer/index/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL_SIGN "k"     /* on the reader's pipe, before the digits of a call that it dies of */
#define SILENCE_MAX 30000 /* ms without a sign of life while busy */
#define DEATHS_MAX \
	20 /* in a row, each less than DEATHS_APART after the one before: something is wrong for good */
#define DEATHS_APART UINT64_C(1000000000) /* ns */

struct supervisor {
	const struct supervisor_setup *setup;
	struct seal_verdict verdict;
	pid_t reader;
	char call[SEAL_CALL_DIGITS]; /* that the reader died of */
	size_t call_len;
	int signs; /* the reader's pipe */
	bool busy;
	unsigned deaths;
	uint64_t died; /* when the last one did */
};

/* A packet out to the keeper, whose socket does not block. */
static int
say(int peer, const struct buf *packet)
{
	while (write(peer, packet->data, packet->len) < 0) {
		struct pollfd pfd = { .fd = peer, .events = POLLOUT };
		if (errno == EAGAIN)
			(void)!poll(&pfd, 1, -1);
		else if (errno != EINTR)
			return err_sys("the keeper is gone");
	}
	return 0;
}

static int
tell_verdict(int peer, enum seal_profile profile, const struct seal_verdict *verdict)
{
	struct buf packet = BUF(MESSAGE_MAX);

	int r = message_begin(&packet, MSG_SEALED, 0);
	if (r == 0)
		r = sealed_encode(&packet, seal_profile_name(profile), verdict);
	if (r == 0)
		r = say(peer, &packet);
	buf_release(&packet);
	return r;
}

static int
refuse(int peer)
{
	struct buf packet = BUF(MESSAGE_MAX);

	if (message_fail(&packet, 0, ERR_REFUSED, err_text()) == 0)
		(void)!say(peer, &packet);
	buf_release(&packet);
	return err_exit(ERR_REFUSED);
}

/* ---- the reader's side of the fork ---- */

static int
reader_main(const struct supervisor *s, int busy)
{
	const struct seal_paths paths = { { s->setup->index, -1, -1, -1 }, { -1, -1, -1, -1 } };
	struct seal_verdict verdict = { .applied = s->verdict.applied & SEAL_NAMESPACE,
		.refused = s->verdict.refused & SEAL_NAMESPACE,
		.missing = s->verdict.missing & SEAL_NAMESPACE };
	struct pool *pool = NULL;

	seal_last_words(busy, STR(CALL_SIGN), STR(""));
	int r = seal_close(SEAL_READER, &paths, SEAL_LANDLOCK, &verdict);
	if (r == 0)
		r = pool_new(s->setup->threads, &pool);
	if (r == 0)
		r = seal_close(SEAL_READER, &paths, SEAL_SECCOMP, &verdict);
	if (r < 0)
		return refuse(s->setup->peer);
	r = tell_verdict(s->setup->peer, SEAL_READER, &verdict);
	if (r < 0)
		return err_exit(r);
	r = reader_run(&(struct reader_setup){ s->setup->peer, s->setup->index, busy, pool });
	return err_exit(r);
}

static int
start(struct supervisor *s)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys("pipe");
	s->reader = fork();
	if (s->reader < 0)
		return err_sys("fork");
	if (s->reader == 0) {
		close(ends[0]);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
			_exit(err_exit(ERR_SYSTEM));
		_exit(reader_main(s, ends[1]));
	}
	close(ends[1]);
	s->signs = ends[0];
	s->busy = false;
	s->call_len = 0;
	return 0;
}

/* ---- the supervisor's ---- */

static int
report(struct supervisor *s, int status)
{
	struct buf packet = BUF(MESSAGE_MAX);
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	char why[80];

	if (number)
		snprintf(why, sizeof why, "signal %d", number);
	else
		snprintf(why, sizeof why, "it ended with status %d", WEXITSTATUS(status));
	struct death death = { str_from(seal_profile_name(SEAL_READER)), (uint64_t)number,
		{ s->call, s->call_len }, str_from(why) };
	int r = message_begin(&packet, MSG_DIED, 0);
	if (r == 0)
		r = death_encode(&packet, &death);
	if (r == 0)
		r = say(s->setup->peer, &packet);
	buf_release(&packet);
	return r;
}

/* Signs of life; false once the reader has gone. */
static bool
hear(struct supervisor *s)
{
	char signs[256];
	ssize_t n = read(s->signs, signs, sizeof signs);

	const char *call = n > 0 ? memchr(signs, CALL_SIGN[0], (size_t)n) : NULL;

	if (call && (size_t)(signs + n - call - 1) == SEAL_CALL_DIGITS) {
		memcpy(s->call, call + 1, SEAL_CALL_DIGITS);
		s->call_len = SEAL_CALL_DIGITS;
	} else if (n > 0)
		s->busy = signs[n - 1] == 'b';
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Until the reader has died; its status. */
static int
watch(struct supervisor *s)
{
	struct pollfd fds[2] = { { .fd = s->signs, .events = POLLIN },
		{ .fd = s->setup->peer, .events = 0 } };
	int status = 0;

	for (;;) {
		int n = poll(fds, 2, s->busy ? SILENCE_MAX : -1);
		if (n < 0)
			continue;
		if (n == 0)
			kill(s->reader, SIGKILL);
		if (fds[0].revents && !hear(s))
			break;
		if (fds[1].revents & POLLHUP) {
			kill(s->reader, SIGKILL);
			break;
		}
	}
	close(s->signs);
	while (waitpid(s->reader, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool
keeper_gone(const struct supervisor *s)
{
	struct pollfd pfd = { .fd = s->setup->peer };
	return poll(&pfd, 1, 0) > 0 && pfd.revents & POLLHUP;
}

static bool
hopeless(struct supervisor *s)
{
	uint64_t now = pulse_clock();

	s->deaths = now - s->died < DEATHS_APART ? s->deaths + 1 : 1;
	s->died = now;
	return s->deaths > DEATHS_MAX;
}

int
supervisor_run(const struct supervisor_setup *setup)
{
	struct supervisor s = { .setup = setup };
	const struct seal_paths paths = { { setup->index, -1, -1, -1 }, { -1, -1, -1, -1 } };

	if (death_prepare(setup->peer, seal_profile_name(SEAL_SUPERVISOR)) < 0 ||
	    seal_close(SEAL_SUPERVISOR, &paths, SEAL_ALL, &s.verdict) < 0)
		return refuse(setup->peer);
	if (tell_verdict(setup->peer, SEAL_SUPERVISOR, &s.verdict) < 0)
		return err_exit(ERR_SYSTEM);
	for (;;) {
		if (start(&s) < 0)
			return err_exit(ERR_SYSTEM);
		int status = watch(&s);
		bool ended = WIFEXITED(status) &&
		    (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == err_exit(ERR_REFUSED));
		if (ended || keeper_gone(&s))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
		if (report(&s, status) < 0 || hopeless(&s))
			return err_exit(ERR_SYSTEM);
	}
}
