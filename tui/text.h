/*
 * The desk's texts in the person's language.  Every text that the desk shows stands in _(); a table's stand
 * in N_() and are translated where they are drawn; what is counted goes through ngettext.  Words of a record
 * (kinds, states) are the record's and stay as they are.
 */
#ifndef CARREL_TUI_TEXT_H
#define CARREL_TUI_TEXT_H

#include <libintl.h>
#include <stdbool.h>

#define _(text) gettext(text)
#define N_(text) text

/* The character set of the terminal, from LC_ALL, LC_CTYPE or LANG; UTF-8 also where the locale is not installed. */
void text_charset(void);
bool text_ascii(void); /* it is not UTF-8 */
/*
 * Loads the catalogue for LC_ALL, LC_MESSAGES or LANG, whether or not the system has that locale; English where
 * there is none.  To be called before the seal closes: no file can be opened afterwards.
 */
void text_open(void);

#endif
