#include "cli/command.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/print.h"

/* How an option is written: "-m, --message TEXT". */
static void
option_name(char *out, size_t size, const struct option *option)
{
	char letter[8] = "    ";

	if (option->letter)
		snprintf(letter, sizeof letter, "-%c, ", option->letter);
	snprintf(out, size, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
	    option->argument ? option->argument : "");
}

static void
print_option(const struct option *option)
{
	char name[64];

	option_name(name, sizeof name, option);
	print_format("  %-26s %s\n", name, option->help);
	if (option->values)
		print_format("  %-26s (%s)\n", "", option->values);
}

static void
print_command(const struct command *c)
{
	print_format("usage: carrel %s%s%s%s\n\n  %s\n", c->name,
	    c->options[0].name || c->listing ? " [OPTION]..." : "", *c->arguments ? " " : "", c->arguments,
	    c->summary);
	print_format("  for: %s\n\n", c->roles);
	for (const struct option *o = c->options; o->name; o++)
		print_option(o);
	if (c->listing)
		print_format("  %-26s %s\n", "    --json", "one JSON object a line");
	for (const struct option *o = common_options; o->name; o++)
		print_option(o);
}

int
help_command(const struct call *call)
{
	print_command(call->command);
	return print_end();
}

int
help_all(void)
{
	print_format("usage: carrel [-C ROOM] [COMMAND [OPTION]... [ARGUMENT]...]\n\n"
		     "  Read source code that may not leave the building.  Without a command: the desk.\n");
	for (enum command_group group = 0; group < GROUP_COUNT; group++) {
		print_format("\n%s\n", command_group_name(group));
		for (const struct command *c = commands; c->name; c++) {
			char line[96];

			if (c->group != group)
				continue;
			snprintf(
			    line, sizeof line, "%s%s%s", c->name, *c->arguments ? " " : "", c->arguments);
			print_format("  %-34s %s\n", line, c->summary);
		}
	}
	print_format("\n'carrel help COMMAND' says more, carrel(1) all of it.\n");
	return print_end();
}

static json_t *
describe_options(const struct option *options)
{
	json_t *list = json_array();

	for (const struct option *o = options; o->name; o++) {
		char letter[2] = { o->letter, 0 };
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:b}", "name", o->name, "letter", letter,
			"argument", o->argument, "values", o->values, "help", o->help, "repeat", o->repeat));
	}
	return list;
}

static int
print_described(json_t *object)
{
	int r = object ? print_object(object, "name") : err_set(ERR_MEMORY, "no memory");

	json_decref(object);
	return r;
}

/* One JSON object a command; the first, without a name, holds the common options. */
static int
print_table(void)
{
	int r = print_described(json_pack("{s:o}", "options", describe_options(common_options)));

	for (const struct command *c = commands; r == 0 && c->name; c++)
		r = print_described(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "name", c->name, "group",
		    command_group_name(c->group), "arguments", c->arguments, "roles", c->roles, "summary",
		    c->summary, "listing", c->listing, "options", describe_options(c->options)));
	return r;
}

/* `help roster`: all that begin so. */
static int
print_family(const char *word)
{
	size_t len = strlen(word), found = 0;

	for (const struct command *c = commands; c->name; c++) {
		if (strncmp(c->name, word, len) != 0 || (c->name[len] != ' ' && c->name[len] != 0))
			continue;
		if (found++)
			print_format("\n");
		print_command(c);
	}
	if (found)
		return 0;
	const char *like = command_like(word);
	if (like)
		return err_set(ERR_USAGE, "help: no command '%s'; did you mean '%s'?", word, like);
	return err_set(ERR_USAGE, "help: no command '%s'; see 'carrel help'", word);
}

int
run_help(struct call *call)
{
	const char *shell = call_get(call, "completion", NULL);
	size_t used = 0;
	int r;

	if (call_has(call, "table"))
		r = print_table();
	else if (shell)
		r = complete_print(shell);
	else if (call->count == 0)
		return help_all();
	else if (call->count == 1)
		r = print_family(call->arguments[0]);
	else {
		const struct command *c = command_find(call->arguments, 2, &used);
		if (!c || used != 2)
			return err_set(ERR_USAGE, "help: no command '%s %s'; see 'carrel help'",
			    call->arguments[0], call->arguments[1]);
		print_command(c);
		r = 0;
	}
	return r < 0 ? r : print_end();
}
