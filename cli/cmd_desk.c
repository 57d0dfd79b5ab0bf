#include "cli/command.h"
#include "cli/commands.h"
#include "cli/dialogue.h"
#include "room/launch.h"
#include "tui/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The desk's call may name no command at all: then it has no options of its own. */
static const char *
own_option(const struct call *call, const char *name)
{
	return call->command ? call_get(call, name, NULL) : NULL;
}

static int
read_script(const struct call *call, const char *path, struct launch_script *script)
{
	script->ascii = call_has(call, "ascii");
	int r = script_size(str_from(call_get(call, "size", "100x28")), &script->rows, &script->cols);
	if (r < 0)
		return err_in(r, "--size");
	if (strcmp(path, "-") == 0)
		script->fd = STDIN_FILENO;
	else if ((script->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return err_set(ERR_USAGE, "%s: %s", path, strerrordesc_np(errno));
	return 0;
}

int
run_desk(struct call *call)
{
	const char *path = own_option(call, "script");
	bool plain = call->command && call_has(call, "plain");
	struct launch_script script = {
		.fd = STDIN_FILENO, .plain = plain, .terminal = isatty(STDOUT_FILENO) == 1
	};
	struct launch launch = {
		.chain = CHAIN_READER,
		.mode = "session",
		.command = "desk",
		.pass = -1,
		.key = call_get(call, "key", getenv("CARREL_KEY")),
		.as = call_get(call, "as", NULL),
		.script = path || plain ? &script : NULL,
	};
	struct room room;
	int r = 0;

	if (call->command && call_has(call, "show"))
		r = err_set(
		    ERR_USAGE, "desk: --show is for commands: 'carrel log --mine' shows what was signed");
	else if (path && plain)
		r = err_set(ERR_USAGE, "--plain takes its words from standard input, not from a script");
	else if (path)
		r = read_script(call, path, &script);
	else if (own_option(call, "size") || (call->command && call_has(call, "ascii")))
		r = err_set(ERR_USAGE, "--size and --ascii are for --script: a terminal has its own");
	else if (plain)
		r = 0;
	else if (dialogue_terminal() < 0 || isatty(STDOUT_FILENO) != 1)
		r = err_set(
		    ERR_USAGE, "the desk needs a terminal; 'carrel help' lists the commands that do not");
	if (r == 0)
		r = room_open(call_get(call, "room", NULL), &room);
	if (r < 0)
		return r;
	launch.room = &room;
	r = launch_desk(&launch);
	room_release(&room);
	return r;
}
