/*
 * The desk's options: one table of name, values and default, which feeds
 * `o`, `:set`, the file kept for the person and the manual.  Pure.
 */
#ifndef CARREL_TUI_OPTIONS_H
#define CARREL_TUI_OPTIONS_H

#include "base/buf.h"

/*
 * id, name, values, default.  values: "no yes" is a switch; other words are choices, and the option's value
 * is the place of its word; two numbers "1..16" are bounds.
 */
#define OPTIONS(X) \
	X(WRAP, "wrap", "no yes", 0) \
	X(TAB, "tab", "1..16", 8) \
	X(NUMBERS, "numbers", "no yes", 1) \
	X(INVISIBLES, "invisibles", "no yes", 0) \
	X(SCOPE, "scope", "no yes", 1) \
	X(MOUSE, "mouse", "no yes", 1) \
	X(WHITE, "white", "shown ignored", 0) \
	X(SIDE, "side", "auto on off", 0) \
	X(WORDS, "words", "no yes", 1) \
	X(THEME, "theme", "16 256 mono", 0) \
	X(ASCII, "ascii", "no yes", 0) \
	X(VI, "vi", "no yes", 0)

enum desk_option {
#define X(id, name, values, normal) OPTION_##id,
	OPTIONS(X)
#undef X
	OPTION_COUNT
};

enum { SIDE_AUTO, SIDE_ON, SIDE_OFF };

struct options {
	int value[OPTION_COUNT];
};

void options_init(struct options *options); /* all as they are by default */
const char *option_name(enum desk_option option);
const char *option_words(enum desk_option option);
const char *option_values(enum desk_option option); /* as the table has them */
bool option_is_number(enum desk_option option);
/* The value as it is written. */
const char *option_text(const struct options *options, enum desk_option option, char out[static 16]);
/* To the next value, round; a number stays as it is. */
void option_step(struct options *options, enum desk_option option);
/*
 * "name value", "name" (yes, of a switch), "noname" (no).  *which tells the option.  ERR_USAGE, with words for the
 * person: no such option, or no such value.
 */
int options_set(struct options *options, struct str words, enum desk_option *which) MUST_USE;
/* Lines "name value": all that is not as by default.  Reading passes over what it does not know. */
int options_write(const struct options *options, struct buf *out) MUST_USE;
void options_read(struct options *options, struct str text);

#endif
