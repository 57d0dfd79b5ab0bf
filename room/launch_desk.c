#include "room/launch.h"

#include "base/inherit.h"
#include "base/mem.h"
#include "room/chain.h"
#include "room/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WORDS_MAX ((size_t)4096) /* bytes of what guard and ui say on their way out */
#define CLOSING_MS 5000

struct desk {
	int terminal;
	struct termios before; /* as the terminal was */
	bool dialogue;         /* it is a plain desk's, which may leave it without echo */
	int outer,
	    inner; /* the pty's two sides; with a script a pipe's: where the ui's screens come out, go in */
	int words[2];   /* a pipe: descriptor 2 of guard and ui */
	int verdict[2]; /* another, from guard to ui */
	int keeper;     /* the client's end of its socket */
	pid_t guard, ui;
	int guard_status, ui_status;
	struct servants servants; /* the chain */
};

static int
open_terminal(struct desk *desk)
{
	desk->terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (desk->terminal < 0 || tcgetattr(desk->terminal, &desk->before) < 0)
		return err_set(
		    ERR_USAGE, "the desk needs a terminal; 'carrel help' names the commands that need none");
	return 0;
}

static int
open_pipe(struct desk *desk)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys("pipe");
	desk->outer = ends[0];
	desk->inner = ends[1];
	return 0;
}

static int
open_pty(struct desk *desk)
{
	struct winsize size = { 0 };
	char name[64];

	desk->outer = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (desk->outer < 0 || grantpt(desk->outer) < 0 || unlockpt(desk->outer) < 0)
		return err_sys("cannot make a pseudo-terminal");
	if (ptsname_r(desk->outer, name, sizeof name) != 0)
		return err_sys("cannot name the pseudo-terminal");
	desk->inner = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (desk->inner < 0)
		return err_sys("%s", name);
	if (tcsetattr(desk->inner, TCSANOW, &desk->before) < 0)
		return err_sys("%s", name);
	if (ioctl(desk->terminal, TIOCGWINSZ, &size) == 0)
		ioctl(desk->outer, TIOCSWINSZ, &size);
	return 0;
}

static int
describe_script(json_t *object, const struct launch_script *script)
{
	json_t *member = json_object();

	if (!member || json_object_set_new(object, "script", member) < 0 ||
	    json_object_set_new(member, "ascii", json_boolean(script->ascii)) < 0 ||
	    json_object_set_new(member, "plain", json_boolean(script->plain)) < 0 ||
	    json_object_set_new(member, "terminal", json_boolean(script->terminal)) < 0)
		return err_set(ERR_MEMORY, "no memory");
	int r = json_set_num(member, "rows", (uint64_t)script->rows);
	return r < 0 ? r : json_set_num(member, "cols", (uint64_t)script->cols);
}

/* The ui's argv[1]; freed by the caller. */
static int
describe(const struct launch *launch, char **out)
{
	struct buf text = BUF(MESSAGE_BODY);
	json_t *object;

	int r = launch_describe(launch, NULL, &object);
	if (r < 0)
		return r;
	r = json_set_foreign(object, "path", str_from(launch->room->path));
	if (r == 0 && launch->script)
		r = describe_script(object, launch->script);
	if (r == 0)
		r = json_write_line(&text, object);
	json_decref(object);
	*out = r == 0 ? buf_take(&text) : NULL;
	buf_release(&text);
	return r == 0 && !*out ? err_set(ERR_MEMORY, "no memory") : r;
}

static int
start_screen(const struct launch *launch, struct desk *desk)
{
	char *how = NULL;
	struct spawn ui = {
		.path = "/proc/self/exe",
		.fds = { { desk->keeper, FD_PEER }, { desk->inner, FD_PTY },
		    { desk->verdict[0], FD_VERDICT } },
		.in_out = desk->inner,
		.err = desk->words[1],
		.new_session = true,
		.own_terminal = true,
		.dies_with_parent = true,
	};
	struct spawn guard = {
		.path = "/proc/self/exe",
		.argv = { LAUNCH_GUARD },
		.fds = { { desk->terminal, FD_TTY }, { desk->outer, FD_PTY },
		    { desk->verdict[1], FD_VERDICT } },
		.in_out = -1,
		.err = desk->words[1],
		.dies_with_parent = true,
	};

	int r = describe(launch, &how);
	if (r < 0)
		return r;
	ui.argv[0] = LAUNCH_UI;
	ui.argv[1] = how;
	if (launch->script) {
		ui.fds[2] = (struct spawn_fd){ launch->script->fd, FD_SCRIPT };
		ui.in_out = -1;
		ui.own_terminal = false;
	}
	r = spawn(&ui, &desk->ui);
	free(how);
	return r < 0 || launch->script ? r : spawn(&guard, &desk->guard);
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What only the others may hold from now on. */
static void
let_go(struct desk *desk, bool scripted)
{
	if (!scripted)
		close_one(&desk->outer);
	close_one(&desk->inner);
	close_one(&desk->keeper);
	close_one(&desk->words[1]);
	close_one(&desk->verdict[0]);
	close_one(&desk->verdict[1]);
}

static int
close_seal(const struct desk *desk)
{
	const int keep[] = { desk->terminal, desk->words[0], desk->outer };
	struct seal_paths none = SEAL_PATHS_NONE;
	struct seal_verdict verdict = { 0 };

	int r = seal_prepare(SEAL_COMMAND, keep, sizeof keep / sizeof *keep);
	return r < 0 ? r : seal_close(SEAL_COMMAND, &none, SEAL_ALL, &verdict);
}

/* Reads until both have closed the pipe, keeping the first words. */
static void
listen_to(int fd, struct buf *words)
{
	char piece[1024];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		size_t left = WORDS_MAX - words->len;
		if (buf_add(words, piece, (size_t)n < left ? (size_t)n : left) < 0)
			return;
	}
}

static void
wait_for(pid_t pid, int *status)
{
	while (pid > 0 && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

/* Modes that a desk may have set, and that a guard which was killed did not take back. */
static void
put_back(const struct desk *desk)
{
	static const char reset[] =
	    "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?1l\033>\033[?1049l\033[?25h"
	    "\033[0m\r\n";

	tcsetattr(desk->terminal, TCSAFLUSH, &desk->before);
	(void)!write(desk->terminal, reset, sizeof reset - 1);
}

/* The ui's exit status as an error. */
static enum err
code_of(int status)
{
	for (int code = ERR_ABSENT; code >= ERR_CANCELLED; code--)
		if (WIFEXITED(status) && err_exit(code) == WEXITSTATUS(status))
			return (enum err)code;
	return ERR_SYSTEM;
}

static int
judge(const struct desk *desk, const struct buf *words)
{
	struct str said = buf_view(words);

	while (said.len > 0 && said.data[said.len - 1] == '\n')
		said.len--;
	if (str_starts(said, STR("carrel: ")))
		said = (struct str){ said.data + 8, said.len - 8 };
	int r = servant_judge("the desk's ui", desk->ui_status);
	if (r < 0 && WIFEXITED(desk->ui_status) && said.len > 0)
		return err_set(code_of(desk->ui_status), "%.*s", STR_ARG(said));
	if (r < 0 && said.len > 0)
		return err_set(ERR_SYSTEM, "%s; it said: %.*s", err_text(), STR_ARG(said));
	return r;
}

/* What the ui photographs, to standard output, up to its end; what cannot be written is let go. */
static int
hand_on_screens(int fd)
{
	char piece[16384];
	int r = 0;

	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return r;
		for (ssize_t at = 0, wrote; r == 0 && at<n; at += wrote> 0 ? wrote : 0) {
			wrote = write(STDOUT_FILENO, piece + at, (size_t)(n - at));
			if (wrote < 0 && errno != EINTR)
				r = err_sys("cannot write the screens");
		}
	}
}

/* The guard's end is told first: when it dies, the ui's terminal is gone, and it ends for that. */
static int
wait_for_all(struct desk *desk)
{
	struct buf words = BUF(WORDS_MAX);
	char why[ERR_TEXT_MAX];

	/* words are far fewer than a pipe holds */
	int written = desk->terminal < 0 ? hand_on_screens(desk->outer) : 0;
	listen_to(desk->words[0], &words);
	if (desk->dialogue)
		tcsetattr(STDIN_FILENO, TCSANOW, &desk->before);
	wait_for(desk->guard, &desk->guard_status);
	wait_for(desk->ui, &desk->ui_status);
	if (desk->terminal >= 0 && desk->guard_status != 0)
		put_back(desk);
	int chain = servants_collect(&desk->servants, CLOSING_MS);
	snprintf(why, sizeof why, "%s", err_text());
	int r = written < 0 ? written : servant_judge("the terminal's guard", desk->guard_status);
	if (r == 0)
		r = judge(desk, &words);
	if (r == 0 && chain < 0)
		r = err_set(chain, "%s", why);
	else if (r < 0 && chain < 0)
		r = err_set(r, "%s (%s)", err_text(), why);
	buf_release(&words);
	return r;
}

int
launch_desk(struct launch *launch)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU };
	struct desk desk = { .terminal = -1,
		.outer = -1,
		.inner = -1,
		.words = { -1, -1 },
		.verdict = { -1, -1 },
		.keeper = -1 };

	int r = launch->script ? open_pipe(&desk) : open_terminal(&desk);
	if (r == 0 && !launch->script)
		r = open_pty(&desk);
	if (r == 0 && (pipe2(desk.words, O_CLOEXEC) < 0 || pipe2(desk.verdict, O_CLOEXEC) < 0))
		r = err_sys("pipe");
	if (r == 0)
		r = chain_start(launch, &desk.servants, &desk.keeper);
	if (r == 0)
		r = start_screen(launch, &desk);
	let_go(&desk, launch->script);
	desk.dialogue = launch->script && launch->script->plain && tcgetattr(launch->script->fd, &desk.before) == 0;
	if (r == 0) {
		for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
			signal(ignored[i], SIG_IGN);
		r = close_seal(&desk);
	}
	if (r == 0)
		r = wait_for_all(&desk);
	close_one(&desk.words[0]);
	close_one(&desk.outer);
	close_one(&desk.terminal);
	return r;
}
