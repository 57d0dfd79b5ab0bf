/*
 * The one way foreign bytes reach an eye.  Source, paths, refs, messages, authors,
 * errors of libraries: all pass through here.  What would act on the terminal, hide
 * or reorder is replaced by a marker at its place:
 *
 *	<U+202E>   bidirectional, invisible, tag, variation, private-use, unassigned, C1
 *	^[ ^M ^?   C0 and DEL, in caret notation
 *	<FF>       a byte that is not UTF-8
 *
 * Text that contains none of these comes out as it went in.
 */
#ifndef CARREL_BASE_SHOW_H
#define CARREL_BASE_SHOW_H

#include "base/unicode.h"

enum show_flag {
	SHOW_TAB = 1 << 0,     /* tabs pass */
	SHOW_NEWLINE = 1 << 1, /* newlines pass */
};

/* One step: the class of what stands at s[at], its bytes in *len, how it is shown in `out` (NUL-terminated). */
#define SHOW_CELL_MAX 16
enum show_class show_at(struct str s, size_t at, unsigned flags, size_t *len, char out[static SHOW_CELL_MAX]);

int show(struct buf *out, struct str s, unsigned flags) MUST_USE;
/* For messages: shown into a caller's array, cut with "..." where it does not fit.  Returns `out`. */
const char *show_in(char *out, size_t size, struct str s);
/* Whether show would change anything. */
bool show_plain(struct str s, unsigned flags);
/* Columns a shown code point takes on a terminal: 0 combining, 1, or 2 (East Asian wide). */
int show_width(int32_t code);

#endif
