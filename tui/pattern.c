#include "tui/pattern.h"

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

int
pattern_read(struct str typed, struct row *args)
{
	struct str rest = typed, word;
	unsigned flags = 0;

	while (rest.len && rest.data[0] == '-') {
		struct str after = rest;
		unsigned flag = 0;
		str_next(&after, ' ', &word);
		if (str_is(word, "--")) {
			rest = after;
			break;
		}
		for (size_t i = 0; i < sizeof options / sizeof *options; i++)
			if (str_is(word, options[i].word))
				flag = options[i].flag;
		if (str_is(word, "--path") && after.len && str_next(&after, ' ', &word))
			row_set(args, F_GLOB, word);
		else if (!flag)
			return err_set(ERR_USAGE,
			    "search: %.*s is no option; -- stands before a pattern that begins with -",
			    STR_ARG(word));
		flags |= flag;
		rest = after;
	}
	if (rest.len == 0)
		return err_set(ERR_USAGE, "search: no pattern");
	row_set(args, F_PATTERN, rest);
	row_set_num(args, F_FLAGS, flags);
	return 0;
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
