/*
 * The desk's options: one table of name, kind, values, default and words, which feeds
 * `o`, `:set`, the file kept for the person and the manual.  Pure.
 */
#ifndef CARREL_TUI_OPTIONS_H
#define CARREL_TUI_OPTIONS_H

#include "base/buf.h"
#include "tui/text.h"

/*
 * id, name, values, default, words.  values: "no yes" is a switch; other words are choices, and the option's value
 * is the place of its word; two numbers "1..16" are bounds.
 */
#define OPTIONS(X) \
	X(WRAP, "wrap", "no yes", 0, N_("long lines go on in the next row, none is cut")) \
	X(TAB, "tab", "1..16", 8, N_("columns between tab stops")) \
	X(NUMBERS, "numbers", "no yes", 1, N_("line numbers")) \
	X(INVISIBLES, "invisibles", "no yes", 0, N_("tabs, blanks at a line's end and ^M are shown")) \
	X(SCOPE, "scope", "no yes", 1, N_("what encloses the first row stays in sight above it")) \
	X(MOUSE, "mouse", "no yes", 1, N_("the mouse works; with Shift the terminal keeps it")) \
	X(WHITE, "white", "shown ignored", 0, N_("changes of white space in a diff")) \
	X(SIDE, "side", "auto on off", 0, N_("a diff side by side; auto: from 160 columns on")) \
	X(WORDS, "words", "no yes", 1, N_("words that changed in a line of a diff are marked")) \
	X(THEME, "theme", "16 256 mono", 0, N_("colours: the terminal's own 16, 256, or none")) \
	X(ASCII, "ascii", "no yes", 0, N_("signs are drawn with ASCII alone")) \
	X(VI, "vi", "no yes", 0, N_("vi's keys where one writes"))

enum desk_option {
#define X(id, name, values, normal, words) OPTION_##id,
	OPTIONS(X)
#undef X
	OPTION_COUNT
};

enum { SIDE_AUTO, SIDE_ON, SIDE_OFF };
enum { THEME_16, THEME_256, THEME_MONO };

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
