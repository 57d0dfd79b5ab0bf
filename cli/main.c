/* carrel: reads the command line and runs a command, or the desk where none is named. */
#include "cli/command.h"
#include "cli/commands.h"
#include "room/launch.h"
#include "tui/desk.h"

#include "base/show.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile int stop;

/* The first asks the command to stop and leave nothing half-done; the second does not ask. */
static void
on_signal(int number)
{
	if (stop)
		_exit(128 + number);
	stop = 1;
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int
fail(int result)
{
	char why[ERR_TEXT_MAX * 4];

	if (result < 0) {
		fflush(stdout);
		fprintf(stderr, "carrel: %s\n", show_in(why, sizeof why, str_from(err_text())));
	}
	return result > 0 ? result : err_exit(result);
}

static int
run(struct call *call)
{
	call->stop = &stop;
	if (!call->command && call_has(call, "help"))
		return help_all();
	if (!call->command)
		return run_desk(call);
	if (call_has(call, "help"))
		return help_command(call);
	return call->command->run(call);
}

int
main(int argc, char **argv)
{
	struct call call;

	if (strcmp(argv[0], LAUNCH_GUARD) == 0)
		return desk_guard();
	if (argc == 2 && strcmp(argv[0], LAUNCH_UI) == 0)
		return desk_ui(argv[1]);
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return printf("carrel %s\n%s\n", CARREL_VERSION, unicode_version) < 0 || fflush(stdout) != 0 ? 5 : 0;
	int r = launch_clean(argv);
	if (r < 0)
		return fail(r);
	setlocale(LC_CTYPE, "");
	catch_signals();
	r = call_read(argc, argv, &call);
	if (r < 0)
		return fail(r);
	r = run(&call);
	call_release(&call);
	return fail(r);
}
