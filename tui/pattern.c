#include "tui/pattern.h"

#include "tui/text.h"

static const struct {
	const char *word;
	unsigned flag;
} options[] = {
	{ "-i", ORDER_NOCASE },
	{ "-w", ORDER_WORD },
	{ "-F", ORDER_LITERAL },
	{ "-l", ORDER_FILES },
	{ "--code", ORDER_CODE },
	{ "--comments", ORDER_COMMENTS },
	{ "--strings", ORDER_STRINGS },
};

/* Those with a word behind them. */
static const struct {
	const char *word;
	enum field field;
} valued[] = {
	{ "--path", F_GLOB },
	{ "--lang", F_LANGUAGE },
	{ "--in", F_RELEASE },
};

/* One option off the front of *rest into the order; false if what stands there is none. */
static bool
take_option(struct str *rest, struct row *args, unsigned *flags)
{
	struct str after = *rest, word, value;

	str_next(&after, ' ', &word);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (str_is(word, options[i].word)) {
			*flags |= options[i].flag;
			*rest = after;
			return true;
		}
	for (size_t i = 0; i < sizeof valued / sizeof *valued; i++)
		if (str_is(word, valued[i].word) && after.len && str_next(&after, ' ', &value)) {
			row_set(args, valued[i].field, value);
			*rest = after;
			return true;
		}
	if (!str_is(word, "--all"))
		return false;
	args->present &= ~((uint64_t)1 << F_RELEASE);
	*rest = after;
	return true;
}

int
pattern_read(struct str typed, struct row *args)
{
	struct str rest = typed, word;
	unsigned flags = 0;

	while (rest.len && rest.data[0] == '-') {
		struct str after = rest;
		str_next(&after, ' ', &word);
		if (str_is(word, "--")) {
			rest = after;
			break;
		}
		if (!take_option(&rest, args, &flags))
			return err_set(ERR_USAGE,
			    _("search: %.*s is no option; -- stands before a pattern that begins with -"),
			    STR_ARG(word));
	}
	if (rest.len == 0)
		return err_set(ERR_USAGE, _("search: no pattern"));
	row_set(args, F_PATTERN, rest);
	row_set_num(args, F_FLAGS, flags);
	return 0;
}

/* Where an option stands in front of the pattern, and how long it is with the blank behind it. */
static bool
find_option(struct str typed, const char *option, size_t *at, size_t *len)
{
	struct row args = { 0 };
	struct str rest = typed, word;
	unsigned flags = 0;

	while (rest.len && rest.data[0] == '-') {
		struct str before = rest, after = rest;
		str_next(&after, ' ', &word);
		if (str_is(word, option)) {
			*at = (size_t)(rest.data - typed.data);
			*len = before.len - after.len;
			return true;
		}
		if (!take_option(&rest, &args, &flags))
			break;
	}
	return false;
}

bool
pattern_has(struct str typed, const char *option)
{
	size_t at, len;
	return find_option(typed, option, &at, &len);
}

int
pattern_toggle(struct str typed, const char *option, struct buf *out)
{
	size_t at, len;

	if (!find_option(typed, option, &at, &len))
		return buf_printf(out, "%s %.*s", option, STR_ARG(typed));
	int r = buf_str(out, (struct str){ typed.data, at });
	return r == 0 ? buf_str(out, (struct str){ typed.data + at + len, typed.len - at - len }) : r;
}

int
pattern_write(const struct row *args, struct buf *out)
{
	struct str pattern = row_get(args, F_PATTERN);
	uint64_t flags = row_get_num(args, F_FLAGS);
	int r = 0;

	for (size_t i = 0; i < sizeof options / sizeof *options && r == 0; i++)
		if (flags & options[i].flag)
			r = buf_printf(out, "%s ", options[i].word);
	for (size_t i = 0; i < sizeof valued / sizeof *valued && r == 0; i++)
		if (valued[i].field != F_RELEASE && row_has(args, valued[i].field))
			r = buf_printf(
			    out, "%s %.*s ", valued[i].word, STR_ARG(row_get(args, valued[i].field)));
	if (r == 0 && pattern.len && pattern.data[0] == '-')
		r = buf_text(out, "-- ");
	return r == 0 ? buf_str(out, pattern) : r;
}

int
pattern_glob(struct buf *out, struct str path)
{
	int r = 0;

	for (size_t i = 0; i < path.len && r == 0; i++) {
		if (path.data[i] && strchr("*?[]{}\\!", path.data[i]))
			r = buf_byte(out, '\\');
		if (r == 0)
			r = buf_byte(out, (uint8_t)path.data[i]);
	}
	return r;
}
