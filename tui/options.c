#include "tui/options.h"

#include "tui/text.h"

#include <assert.h>
#include <stdio.h>

static const struct {
	const char *name, *values;
	int normal;
} table[] = {
#define X(id, name, values, normal) [OPTION_##id] = { name, values, normal },
	OPTIONS(X)
#undef X
};

static const char *const words_of[] = {
	[OPTION_WRAP] = N_("long lines go on in the next row, none is cut"),
	[OPTION_TAB] = N_("columns between tab stops"),
	[OPTION_NUMBERS] = N_("line numbers"),
	[OPTION_INVISIBLES] = N_("tabs, blanks at a line's end and ^M are shown"),
	[OPTION_SCOPE] = N_("what encloses the first row stays in sight above it"),
	[OPTION_MOUSE] = N_("the mouse works; with Shift the terminal keeps it"),
	[OPTION_WHITE] = N_("changes of white space in a diff"),
	[OPTION_SIDE] = N_("a diff side by side; auto: from 160 columns on"),
	[OPTION_WORDS] = N_("words that changed in a line of a diff are marked"),
	[OPTION_THEME] = N_("colours: the terminal's own 16, 256, or none"),
	[OPTION_ASCII] = N_("signs are drawn with ASCII alone"),
	[OPTION_VI] = N_("vi's keys where one writes"),
};

static_assert(sizeof words_of / sizeof *words_of == OPTION_COUNT, "every option has words");

void
options_init(struct options *options)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		options->value[i] = table[i].normal;
}

const char *
option_name(enum desk_option option)
{
	return table[option].name;
}

const char *
option_words(enum desk_option option)
{
	return _(words_of[option]);
}

const char *
option_values(enum desk_option option)
{
	return table[option].values;
}

static bool
bounds(enum desk_option option, int *low, int *high)
{
	return sscanf(table[option].values, "%d..%d", low, high) == 2;
}

bool
option_is_number(enum desk_option option)
{
	int low, high;

	return bounds(option, &low, &high);
}

static bool
is_switch(enum desk_option option)
{
	return strcmp(table[option].values, "no yes") == 0;
}

const char *
option_text(const struct options *options, enum desk_option option, char out[static 16])
{
	struct str rest = str_from(table[option].values), word = STR("");

	if (option_is_number(option)) {
		snprintf(out, 16, "%d", options->value[option]);
		return out;
	}
	for (int i = 0; i <= options->value[option]; i++)
		str_next(&rest, ' ', &word);
	snprintf(out, 16, "%.*s", STR_ARG(word));
	return out;
}

static int
word_count(enum desk_option option)
{
	return (int)str_count(str_from(table[option].values), ' ') + 1;
}

void
option_step(struct options *options, enum desk_option option)
{
	if (!option_is_number(option))
		options->value[option] = (options->value[option] + 1) % word_count(option);
}

/* The value that a word means, or -1. */
static int
value_of(enum desk_option option, struct str text)
{
	struct str rest = str_from(table[option].values), word;
	uint64_t number;
	int low, high;

	if (bounds(option, &low, &high))
		return str_u64(text, &number) && number >= (uint64_t)low && number <= (uint64_t)high
		    ? (int)number
		    : -1;
	for (int i = 0; str_next(&rest, ' ', &word); i++)
		if (str_eq(word, text))
			return i;
	return -1;
}

static int
find(struct str name)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (str_is(name, table[i].name))
			return i;
	return -1;
}

static struct str
trim(struct str s)
{
	while (s.len && (s.data[0] == ' ' || s.data[0] == '='))
		s.data++, s.len--;
	while (s.len && s.data[s.len - 1] == ' ')
		s.len--;
	return s;
}

int
options_set(struct options *options, struct str words, enum desk_option *which)
{
	struct str rest = trim(words), name = STR("");
	bool negated = false;

	size_t end = 0;
	while (end < rest.len && rest.data[end] != ' ' && rest.data[end] != '=')
		end++;
	name = (struct str){ rest.data, end };
	struct str text = trim((struct str){ rest.data + end, rest.len - end });
	int at = find(name);
	if (at < 0 && str_starts(name, STR("no"))) {
		at = find((struct str){ name.data + 2, name.len - 2 });
		negated = true;
	}
	if (at < 0)
		return err_set(ERR_USAGE, _("There is no option '%.*s'; o lists them."), STR_ARG(name));
	enum desk_option option = (enum desk_option)at;
	if (text.len == 0 && is_switch(option))
		text = negated ? STR("no") : STR("yes");
	else if (negated)
		text = STR("");
	int value = value_of(option, text);
	if (value < 0)
		return err_set(ERR_USAGE, _("%s is one of: %s"), table[at].name, table[at].values);
	options->value[option] = value;
	*which = option;
	return 0;
}

int
options_write(const struct options *options, struct buf *out)
{
	char text[16];
	int r = 0;

	for (int i = 0; i < OPTION_COUNT && r == 0; i++)
		if (options->value[i] != table[i].normal)
			r = buf_printf(
			    out, "%s %s\n", table[i].name, option_text(options, (enum desk_option)i, text));
	return r;
}

void
options_read(struct options *options, struct str text)
{
	struct str line;
	enum desk_option which;

	options_init(options);
	while (str_next(&text, '\n', &line))
		if (options_set(options, line, &which) < 0)
			continue; /* of a later release, or spoilt: the others hold all the same */
}
