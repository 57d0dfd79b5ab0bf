/* The guard's process: the terminal on one side, the pty on the other, tui/guard.h between them. */

#include "tui/desk.h"

#include "base/err.h"
#include "base/inherit.h"
#include "base/message.h"
#include "base/seal.h"
#include "tui/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK 16384
#define KEY_PAUSE_MS 40 /* after which an Esc is a key of its own */

static volatile sig_atomic_t resized, ended;

static void
on_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

/* One direction: what was read, filtered, and is not yet written. */
struct stream {
	int from, to;
	struct guard guard;
	uint8_t out[GUARD_GROWTH * CHUNK + GUARD_SEQUENCE];
	size_t len, sent;
	bool ended, used; /* used: something passed */
};

static void
stream_read(struct stream *s)
{
	uint8_t in[CHUNK];
	ssize_t n = read(s->from, in, sizeof in);

	if (n > 0) {
		s->len = guard_pass(&s->guard, in, (size_t)n, s->out);
		s->sent = 0;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		s->ended = true;
}

static void
stream_write(struct stream *s)
{
	ssize_t n = write(s->to, s->out + s->sent, s->len - s->sent);

	if (n > 0) {
		s->sent += (size_t)n;
		s->used = true;
	} else if (n < 0 && errno != EAGAIN && errno != EINTR)
		s->ended = true;
}

static void
hand_on_size(void)
{
	struct winsize size;

	if (ioctl(FD_TTY, TIOCGWINSZ, &size) == 0)
		ioctl(FD_PTY, TIOCSWINSZ, &size);
}

static void
turn(struct stream *out, struct stream *in, const sigset_t *mask)
{
	struct pollfd polls[2] = { { .fd = FD_TTY }, { .fd = FD_PTY } };
	struct timespec pause = { 0, KEY_PAUSE_MS * 1000000L };
	bool held = guard_waiting(&in->guard);

	polls[0].events = (short)((in->sent == in->len ? POLLIN : 0) | (out->sent < out->len ? POLLOUT : 0));
	polls[1].events = (short)((out->sent == out->len ? POLLIN : 0) | (in->sent < in->len ? POLLOUT : 0));
	int n = ppoll(polls, 2, held ? &pause : NULL, mask);
	if (resized) {
		resized = 0;
		hand_on_size();
	}
	if (n == 0 && in->sent == in->len) {
		in->len = guard_flush(&in->guard, in->out);
		in->sent = 0;
	}
	if (n <= 0)
		return;
	for (int i = 0; i < 2; i++) {
		struct stream *reads = i ? out : in, *writes = i ? in : out;
		if (polls[i].revents & POLLOUT)
			stream_write(writes);
		if (polls[i].events & POLLIN && polls[i].revents & (POLLIN | POLLHUP | POLLERR))
			stream_read(reads);
		else if (polls[i].revents & (POLLHUP | POLLERR) && !(polls[i].revents & POLLOUT))
			reads->ended = true;
	}
}

/* Nothing that was shown stays: cleared, then everything that we may have switched on is off. */
static void
leave(const struct termios *before, bool used)
{
	static const char reset[] =
	    "\033[0m\033[H\033[2J\033[?2004l\033[?1006l\033[?1002l\033[?1000l\033[?1l\033>"
	    "\033[?7h\033[?1049l\033(B\033[0m\033[?25h\r";

	struct pollfd tty = { .fd = FD_TTY, .events = POLLOUT };
	for (size_t at = 0; used && at < sizeof reset - 1;) {
		ssize_t n = poll(&tty, 1, -1) > 0 ? write(FD_TTY, reset + at, sizeof reset - 1 - at) : 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	tcsetattr(FD_TTY, TCSADRAIN, before);
}

/* The signals that mean something here arrive in ppoll() alone, under the mask `waiting`. */
static void
catch_signals(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < 4; i++) {
		static const int numbers[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT };
		sigaddset(&block, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &block, waiting);
	for (size_t i = 0; i < 4; i++)
		sigdelset(waiting, (const int[]){ SIGWINCH, SIGTERM, SIGHUP, SIGINT }[i]);
}

/* True if the terminal was written to. */
static bool
serve(const sigset_t *waiting)
{
	static struct stream out = { .from = FD_PTY, .to = FD_TTY, .guard = { .way = GUARD_OUT } };
	static struct stream in = { .from = FD_TTY, .to = FD_PTY, .guard = { .way = GUARD_IN } };

	while (!ended && !in.ended && (!out.ended || out.sent < out.len))
		turn(&out, &in, waiting);
	return out.used;
}

static int
say_verdict(const struct seal_verdict *verdict)
{
	struct buf text = BUF(64);

	int r = sealed_encode(&text, seal_profile_name(SEAL_GUARD), verdict);
	/* a ui that is gone has said why itself, and what it leaves to us is to end */
	if (r == 0 && write(FD_VERDICT, text.data, text.len) != (ssize_t)text.len && errno != EPIPE)
		r = err_sys("verdict");
	buf_release(&text);
	close(FD_VERDICT);
	return r;
}

static int
start(struct termios *before, sigset_t *waiting)
{
	struct seal_paths paths = SEAL_PATHS_NONE;
	struct seal_verdict verdict = { 0 };
	struct termios raw;

	int r = seal_prepare(SEAL_GUARD, (const int[]){ FD_TTY, FD_PTY, FD_VERDICT }, 3);
	if (r < 0)
		return r;
	if (tcgetattr(FD_TTY, before) < 0)
		return err_set(ERR_USAGE, "the desk needs a terminal");
	if (fcntl(FD_TTY, F_SETFL, O_NONBLOCK) < 0 || fcntl(FD_PTY, F_SETFL, O_NONBLOCK) < 0)
		return err_sys("terminal");
	catch_signals(waiting);
	r = seal_close(SEAL_GUARD, &paths, SEAL_ALL, &verdict);
	if (r == 0)
		r = say_verdict(&verdict);
	if (r < 0)
		return r;
	raw = *before;
	cfmakeraw(&raw);
	return tcsetattr(FD_TTY, TCSADRAIN, &raw) < 0 ? err_sys("terminal") : 0;
}

int
desk_guard(void)
{
	struct termios before;
	sigset_t waiting;
	int r = start(&before, &waiting);

	if (r < 0) {
		/* no stdio: under the seal it may not ask what it writes to */
		char line[ERR_TEXT_MAX + 32];
		int len = snprintf(line, sizeof line, "carrel: guard: %s\n", err_text());
		(void)!write(STDERR_FILENO, line, (size_t)len);
		return err_exit(r);
	}
	hand_on_size();
	bool used = serve(&waiting);
	leave(&before, used);
	/* no exit handlers: a leak checker would wait for ever where a hung-up terminal's SIGCONT undoes its stop */
	_exit(0);
}
