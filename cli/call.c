#include "cli/command.h"

#include "base/fs.h"
#include "base/mem.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --json belongs to listings alone, and so is not among the common options. */
static const struct option json_option = { .name = "json", .help = "one JSON object a line" };

static size_t
count_words(const char *name)
{
	return strchr(name, ' ') ? 2 : 1;
}

const struct command *
command_find(const char *const *words, size_t count, size_t *used)
{
	for (const struct command *c = commands; count > 0 && c->name; c++) {
		size_t n = count_words(c->name);
		char name[64];

		if (n > count)
			continue;
		snprintf(name, sizeof name, n == 2 ? "%s %s" : "%s", words[0], n == 2 ? words[1] : "");
		if (n == 2 && strcmp(name, c->name) == 0) {
			*used = 2;
			return c;
		}
	}
	for (const struct command *c = commands; count > 0 && c->name; c++)
		if (strcmp(words[0], c->name) == 0) {
			*used = 1;
			return c;
		}
	return NULL;
}

/* Levenshtein's distance, or something larger than any that counts as alike. */
static size_t
distance(const char *a, const char *b)
{
	size_t n = strlen(b), row[32];

	if (n >= sizeof row / sizeof *row || strlen(a) >= sizeof row / sizeof *row)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t best = corner + (a[i] != b[j]);
			corner = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[j + 1] = best;
		}
	}
	return row[n];
}

/* Whether `name` is more like `word` than the best so far, and like it at all. */
static bool
is_better(const char *word, const char *name, size_t *best)
{
	size_t d = distance(word, name);

	if (d >= *best || d > 1 + strlen(name) / 4)
		return false;
	*best = d;
	return true;
}

const char *
command_like(const char *word)
{
	const char *found = NULL;
	size_t best = SIZE_MAX;

	for (const struct command *c = commands; c->name; c++) {
		char first[32];
		snprintf(first, sizeof first, "%.*s", (int)strcspn(c->name, " "), c->name);
		if (is_better(word, first, &best))
			found = c->name;
	}
	return found;
}

static bool
has_name(const struct option *option, const char *name, size_t len)
{
	return option->name && strlen(option->name) == len && memcmp(option->name, name, len) == 0;
}

/* The command's own come before the common ones: verify's --key is not everybody's. */
static const struct option *
find_option(const struct command *command, const char *name, size_t len, char letter)
{
	const struct option *const lists[] = { command ? command->options : NULL, common_options };

	for (size_t l = 0; l < 2; l++)
		for (const struct option *o = lists[l]; o && o->name; o++)
			if (name ? has_name(o, name, len) : o->letter == letter)
				return o;
	if (name && command && command->listing && has_name(&json_option, name, len))
		return &json_option;
	return NULL;
}

static int
unknown_option(const struct command *command, const char *given)
{
	const struct option *const lists[] = { command ? command->options : NULL, common_options };
	const char *like = NULL, *name = command ? command->name : "help";
	size_t best = SIZE_MAX;

	for (size_t l = 0; l < 2; l++)
		for (const struct option *o = lists[l]; o && o->name; o++)
			if (given[1] == '-' && is_better(given + 2, o->name, &best))
				like = o->name;
	if (like)
		return err_set(ERR_USAGE, "%s: no such option; did you mean --%s?", given, like);
	if (command && strcmp(given, "--json") == 0)
		return err_set(ERR_USAGE, "--json: '%s' lists nothing", command->name);
	return err_set(
	    ERR_USAGE, "%s: no such option; see 'carrel %s%s'", given, command ? "help " : "", name);
}

static int
check_value(const struct option *option, const char *value)
{
	struct str rest = str_from(option->values), word;

	if (!option->values)
		return 0;
	while (str_next(&rest, ' ', &word))
		if (str_is(word, value))
			return 0;
	return err_set(ERR_USAGE, "--%s %s: one of these, please: %s", option->name, value, option->values);
}

static int
add_option(struct call *call, const struct option *option, const char *value)
{
	if (call->options == CALL_OPTIONS)
		return err_set(ERR_USAGE, "more than %d options", CALL_OPTIONS);
	for (size_t i = 0; i < call->options && !option->repeat; i++)
		if (call->given[i].option == option && value)
			return err_set(ERR_USAGE, "--%s: given twice", option->name);
	if (value) {
		int r = check_value(option, value);
		if (r < 0)
			return r;
	}
	call->given[call->options].option = option;
	call->given[call->options++].value = value;
	return 0;
}

/* "--name", "--name VALUE", "--name=VALUE"; argv[*next] is what follows, and *next moves on if that was the value. */
static int
read_long(struct call *call, const char *word, char **argv, int *next)
{
	size_t len = strcspn(word + 2, "=");
	const char *value = word[2 + len] ? word + 2 + len + 1 : NULL;
	const struct option *option = find_option(call->command, word + 2, len, 0);

	if (!option)
		return unknown_option(call->command, word);
	if (!option->argument && value)
		return err_set(ERR_USAGE, "--%s takes no value", option->name);
	if (option->argument && !value) {
		if (!argv[*next])
			return err_set(ERR_USAGE, "--%s: %s is missing", option->name, option->argument);
		value = argv[(*next)++];
	}
	return add_option(call, option, value);
}

/* "-i", "-iw", "-m VALUE", "-mVALUE" */
static int
read_short(struct call *call, const char *word, char **argv, int *next)
{
	for (const char *at = word + 1; *at; at++) {
		const struct option *option = find_option(call->command, NULL, 0, *at);
		const char *value = NULL;

		if (!option)
			return unknown_option(call->command, (char[]){ '-', *at, 0 });
		if (option->argument) {
			value = at[1] ? at + 1 : argv[*next];
			if (!value)
				return err_set(ERR_USAGE, "-%c: %s is missing", *at, option->argument);
			*next += !at[1];
		}
		int r = add_option(call, option, value);
		if (r < 0 || option->argument)
			return r;
	}
	return 0;
}

/* Options before the command may only be common ones. */
static int
read_command(struct call *call, char **argv, int *next)
{
	size_t used = 0, words = 0;

	while (argv[*next + (int)words] && words < 2)
		words++;
	call->command = command_find((const char *const *)argv + *next, words, &used);
	if (call->command) {
		*next += (int)used;
		return 0;
	}
	const char *word = argv[*next], *like = command_like(word);
	for (const struct command *c = commands; c->name; c++)
		if (strncmp(c->name, word, strlen(word)) == 0 && c->name[strlen(word)] == ' ')
			return err_set(ERR_USAGE, "%s: what of it? See 'carrel help %s'", word, word);
	if (like)
		return err_set(ERR_USAGE, "%s: no such command; did you mean '%s'?", word, like);
	return err_set(ERR_USAGE, "%s: no such command; see 'carrel help'", word);
}

static int
check_arguments(const struct call *call)
{
	const struct command *c = call->command;

	if (!c || call_has(call, "help"))
		return 0;
	if (call->count < c->least)
		return err_set(ERR_USAGE, "%s: %s %s missing; see 'carrel help %s'", c->name, c->arguments,
		    c->least > 1 ? "are" : "is", c->name);
	if (call->count > c->most)
		return err_set(ERR_USAGE, "%s: '%s' is one argument too many; see 'carrel help %s'", c->name,
		    call->arguments[c->most], c->name);
	return 0;
}

int
call_read(int argc, char **argv, struct call *call)
{
	bool options = true;
	int next = 1, r = 0;

	*call =
	    (struct call){ .program = argv[0], .arguments = mem_alloc((size_t)(argc + 1) * sizeof(char *)) };
	while (r == 0 && argv[next]) {
		const char *word = argv[next];

		if (options && strcmp(word, "--") == 0) {
			options = false;
			next++;
		} else if (options && word[0] == '-' && word[1] == '-') {
			next++;
			r = read_long(call, word, argv, &next);
		} else if (options && word[0] == '-' && word[1]) {
			next++;
			r = read_short(call, word, argv, &next);
		} else if (!call->command) {
			r = read_command(call, argv, &next);
		} else {
			call->arguments[call->count++] = word;
			next++;
		}
	}
	if (r == 0)
		r = check_arguments(call);
	if (r < 0)
		call_release(call);
	return r;
}

void
call_release(struct call *call)
{
	free(call->arguments);
	*call = (struct call){ 0 };
}

static bool
takes(const struct call *call, const char *name)
{
	return strcmp(name, json_option.name) == 0 || find_option(call->command, name, strlen(name), 0);
}

bool
call_has(const struct call *call, const char *name)
{
	assert(takes(call, name));
	for (size_t i = 0; i < call->options; i++)
		if (strcmp(call->given[i].option->name, name) == 0)
			return true;
	return false;
}

const char *
call_get(const struct call *call, const char *name, const char *otherwise)
{
	assert(takes(call, name));
	for (size_t i = call->options; i > 0; i--)
		if (strcmp(call->given[i - 1].option->name, name) == 0)
			return call->given[i - 1].value;
	return otherwise;
}

int
call_number(const struct call *call, const char *name, uint64_t *value)
{
	const char *text = call_get(call, name, NULL);

	if (text && !str_u64(str_from(text), value))
		return err_set(ERR_USAGE, "--%s %s: not a number", name, text);
	return 0;
}

struct str
call_argument(const struct call *call, size_t i)
{
	return i < call->count ? str_from(call->arguments[i]) : (struct str){ "", 0 };
}

int
call_require(const struct call *call, const char *name, const char **value)
{
	*value = call_get(call, name, NULL);
	if (!*value)
		return err_set(ERR_USAGE, "%s: --%s is missing; see 'carrel help %s'", call->command->name,
		    name, call->command->name);
	return 0;
}

int
call_join(const struct call *call, const char *name, char sep, struct buf *room, struct str *out)
{
	int r = 0;

	assert(takes(call, name));
	for (size_t i = 0; r == 0 && i < call->options; i++) {
		if (strcmp(call->given[i].option->name, name) != 0)
			continue;
		if (room->len)
			r = buf_byte(room, (uint8_t)sep);
		if (r == 0)
			r = buf_text(room, call->given[i].value);
	}
	*out = buf_view(room);
	return r;
}

int
call_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(ERR_USAGE, "%s: cannot be opened: %m", path);
	int r = fs_read_fd(fd, out);
	close(fd);
	if (r == ERR_MEMORY)
		r = err_set(ERR_FORMAT, "%s: more than %zu bytes", path, out->max);
	return r;
}
