#include "cli/complete.h"

#include "cli/command.h"
#include "cli/print.h"

static size_t
first_word(const struct command *c)
{
	return strcspn(c->name, " ");
}

static bool
same_family(const struct command *a, const struct command *b)
{
	size_t len = first_word(a);

	return len == first_word(b) && memcmp(a->name, b->name, len) == 0;
}

static bool
first_of_family(const struct command *command)
{
	for (const struct command *c = commands; c != command; c++)
		if (same_family(c, command))
			return false;
	return true;
}

static const char *
second_word(const struct command *c)
{
	return c->name[first_word(c)] ? c->name + first_word(c) + 1 : NULL;
}

/* ---- bash: what stands on the line so far, without options, picks the words ---- */

static void
bash_values(const struct command *c)
{
	for (const struct option *o = c->options; o->name; o++)
		if (o->values)
			print_format(
			    "\t\"%s\"*\"|--%s\") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
			    c->name, o->name, o->values);
}

static void
bash_words(const struct command *c)
{
	print_format("\t\"%s\" | \"%s \"*) words='", c->name, c->name);
	for (const struct command *d = commands; !second_word(c) && d->name; d++)
		if (same_family(c, d) && second_word(d))
			print_format("%s ", second_word(d));
	for (const struct option *o = c->options; o->name; o++)
		print_format("--%s ", o->name);
	print_format("%s' ;;\n", c->listing ? "--json" : "");
}

static void
bash_family(const struct command *c)
{
	print_format("\t\"%.*s\") words='", (int)first_word(c), c->name);
	for (const struct command *d = c; d->name; d++)
		if (same_family(c, d))
			print_format("%s ", second_word(d));
	print_format("' ;;\n");
}

static void
print_bash(void)
{
	print_format(
	    "# bash completion for carrel, made from its table of commands\n\n_carrel()\n{\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} cmd='' words='' i\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n"
	    "\t\t-C | --room | --key | --as | --passphrase-fd) ((i++)) ;;\n\t\t-*) ;;\n"
	    "\t\t*) cmd=\"$cmd${cmd:+ }${COMP_WORDS[i]}\" ;;\n\t\tesac\n\tdone\n"
	    "\tcase $prev in\n\t-C | --room) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n"
	    "\t--key | --pub | --box) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\tesac\n"
	    "\tcase \"$cmd|$prev\" in\n");
	for (const struct command *c = commands; c->name; c++)
		bash_values(c);
	print_format("\tesac\n\tcase $cmd in\n\t'') words='");
	for (const struct command *c = commands; c->name; c++)
		if (first_of_family(c))
			print_format("%.*s ", (int)first_word(c), c->name);
	print_format("' ;;\n");
	for (const struct command *c = commands; c->name; c++)
		if (second_word(c))
			bash_words(c);
	for (const struct command *c = commands; c->name; c++)
		if (!second_word(c))
			bash_words(c);
		else if (first_of_family(c))
			bash_family(c);
	print_format("\tesac\n\tif [[ $cur == -* ]]; then\n\t\twords=\"$words");
	for (const struct option *o = common_options; o->name; o++)
		print_format(" --%s", o->name);
	print_format("\"\n\tfi\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		     "\tif [[ ${#COMPREPLY[@]} -eq 0 && $cur != -* ]]; then\n\t\tCOMPREPLY=($(compgen -f -- "
		     "\"$cur\"))\n\tfi\n"
		     "}\ncomplete -o filenames -F _carrel carrel\n");
}

/* ---- zsh ---- */

/* Help is put between [ ] and ' ': neither may be in it. */
static void
zsh_text(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			print_format("'\\''");
		else if (*text == '[' || *text == ']' || *text == ':')
			print_format("\\%c", *text);
		else
			print_format("%c", *text);
}

static void
zsh_option(const struct option *o)
{
	print_format(" \\\n\t\t\t'%s", o->repeat ? "*" : "");
	print_format("--%s%s[", o->name, o->argument ? "=" : "");
	zsh_text(o->help);
	print_format("]");
	if (o->values)
		print_format(":%s:(%s)", o->argument, o->values);
	else if (o->argument)
		print_format(":%s:_files", o->argument);
	print_format("'");
}

static void
print_zsh(void)
{
	print_format("#compdef carrel\n# zsh completion for carrel, made from its table of commands\n\n"
		     "local -a names\nnames=(\n");
	for (const struct command *c = commands; c->name; c++) {
		if (!first_of_family(c))
			continue;
		print_format("\t'%.*s:", (int)first_word(c), c->name);
		zsh_text(c->summary);
		print_format("'\n");
	}
	print_format(
	    ")\n_arguments -C '-C[the room]:ROOM:_files -/' '1: :->name' '*:: :->rest'\ncase $state in\n"
	    "name) _describe command names ;;\nrest)\n\tcase \"$words[1] $words[2]\" in\n");
	for (int pass = 2; pass > 0; pass--)
		for (const struct command *c = commands; c->name; c++) {
			if ((second_word(c) != NULL) != (pass == 2))
				continue;
			print_format("\t'%s%s'*)\n\t\t_arguments", c->name, pass == 2 ? "" : " ");
			for (const struct option *o = c->options; o->name; o++)
				zsh_option(o);
			if (c->listing)
				print_format(" \\\n\t\t\t'--json[one JSON object a line]'");
			print_format(" \\\n\t\t\t'*::argument:_files' ;;\n");
		}
	for (const struct command *c = commands; c->name; c++)
		if (second_word(c) && first_of_family(c)) {
			print_format("\t'%.*s '*) compadd", (int)first_word(c), c->name);
			for (const struct command *d = c; d->name; d++)
				if (same_family(c, d))
					print_format(" %s", second_word(d));
			print_format(" ;;\n");
		}
	print_format("\tesac ;;\nesac\n");
}

/* ---- fish ---- */

static void
fish_text(const char *text)
{
	for (; *text; text++)
		print_format(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void
fish_option(const char *when, int len, const struct option *o)
{
	print_format("complete -c carrel");
	if (len)
		print_format(" -n '__fish_seen_subcommand_from %.*s'", len, when);
	if (o->letter)
		print_format(" -s %c", o->letter);
	print_format(" -l %s%s", o->name, o->argument ? " -r" : "");
	if (o->values)
		print_format(" -f -a '%s'", o->values);
	print_format(" -d '");
	fish_text(o->help);
	print_format("'\n");
}

static void
print_fish(void)
{
	static const struct option json = { .name = "json", .help = "one JSON object a line" };

	print_format("# fish completion for carrel, made from its table of commands\n\n");
	for (const struct option *o = common_options; o->name; o++)
		fish_option("", 0, o);
	for (const struct command *c = commands; c->name; c++) {
		int len = (int)first_word(c);

		if (first_of_family(c)) {
			print_format(
			    "complete -c carrel -n __fish_use_subcommand -a %.*s -d '", len, c->name);
			fish_text(c->summary);
			print_format("'\n");
		}
		if (second_word(c))
			print_format("complete -c carrel -n '__fish_seen_subcommand_from %.*s' -a %s\n", len,
			    c->name, second_word(c));
		for (const struct option *o = c->options; o->name; o++)
			fish_option(c->name, len, o);
		if (c->listing)
			fish_option(c->name, len, &json);
	}
}

int
complete_print(const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else
		print_fish();
	return print_end();
}
