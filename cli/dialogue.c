#include "cli/dialogue.h"

#include "base/fs.h"
#include "base/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

int
dialogue_terminal(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 ? STDIN_FILENO : -1;
}

int
dialogue_passphrase_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* One line, its newline included; nothing at the end of the input. */
static int
read_line(int terminal, struct buf *line, const volatile int *stop)
{
	char c;

	for (;;) {
		if (*stop)
			return err_set(ERR_CANCELLED, "cancelled");
		ssize_t n = read(terminal, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys("terminal");
		if (n == 0)
			return 0;
		int r = buf_byte(line, (uint8_t)c);
		if (r < 0 || c == '\n')
			return r < 0 ? err_set(ERR_USAGE, "that line is too long") : 0;
	}
}

static void
drop_newline(struct buf *line)
{
	if (line->len && line->data[line->len - 1] == '\n')
		line->data[--line->len] = 0;
}

int
dialogue_passphrase(int terminal, const char *prompt, struct buf *secret, const volatile int *stop)
{
	struct termios before, quiet;

	if (terminal < 0 || tcgetattr(terminal, &before) < 0)
		return err_set(ERR_REFUSED,
		    "a passphrase is needed, and there is no terminal to ask at: use --passphrase-fd N");
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(terminal, TCSAFLUSH, &quiet) < 0)
		return err_sys("terminal");
	fputs(prompt, stderr);
	int r = read_line(terminal, secret, stop);
	if (tcsetattr(terminal, TCSAFLUSH, &before) < 0 && r == 0)
		r = err_sys("terminal");
	fputs("\n", stderr);
	drop_newline(secret);
	return r;
}

int
dialogue_show(struct str draft)
{
	struct buf shown = BUF(SHOW_CELL_MAX * (draft.len + 1));

	int r = show(&shown, draft, SHOW_NEWLINE);
	if (r == 0)
		fprintf(stderr, "These bytes are to be signed:\n\n%.*s\n\n", STR_ARG(buf_view(&shown)));
	buf_release(&shown);
	return r;
}

int
dialogue_sign(int terminal, struct str draft, const volatile int *stop)
{
	struct buf line = BUF(256);

	int r = dialogue_show(draft);
	if (r == 0) {
		fprintf(stderr, "Type '%s' to sign them: ", DIALOGUE_WORD);
		r = read_line(terminal, &line, stop);
	}
	drop_newline(&line);
	if (r == 0 && !str_is(buf_view(&line), DIALOGUE_WORD))
		r = err_set(ERR_CANCELLED, "not signed");
	buf_release(&line);
	return r;
}

int
dialogue_words(int terminal, const char *prompt, struct buf *words, const volatile int *stop)
{
	fprintf(stderr, "%s (end with a line that holds a full stop alone):\n", prompt);
	for (;;) {
		size_t start = words->len;
		int r = read_line(terminal, words, stop);
		if (r < 0)
			return r;
		struct str line = { (const char *)words->data + start, words->len - start };
		if (line.len == 0)
			return 0;
		if (str_is(line, ".\n")) {
			words->len = start;
			return 0;
		}
	}
}
