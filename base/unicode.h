/*
 * What Unicode says of code points, as far as an eye may be deceived: from tables that
 * base/unicode_make.c writes at build time.
 */
#ifndef CARREL_BASE_UNICODE_H
#define CARREL_BASE_UNICODE_H

#include "base/buf.h"
#include "base/utf8.h"

enum show_class {
	SHOW_PLAIN,
	SHOW_CONTROL,   /* C0, DEL, C1 */
	SHOW_BIDI,      /* U+061C, U+200E-F, U+202A-E, U+2066-9 */
	SHOW_INVISIBLE, /* zero width, format, tag, variation selector, filler, blanks that are no space */
	SHOW_PRIVATE,   /* private use, unassigned, noncharacter */
	SHOW_INVALID,   /* not UTF-8 */
};

extern const char unicode_version[]; /* "Unicode 15.0, from ICU 72.1" */

/* Never SHOW_INVALID; SHOW_CONTROL for all of C0, tab and newline too. */
enum show_class unicode_class(int32_t code);

/* Of a script of its own, or a mark that combines: what words beyond ASCII are made of. */
bool unicode_letter(int32_t code);

/* What names can be spelt with: also letters and digits that are common to all scripts, as of mathematics. */
bool unicode_spells(int32_t code);

/*
 * The skeleton of UTS #39, 4: words that have the same one look the same.  What is ignored
 * by default (zero width and the like) is left out; bytes that are not UTF-8 stay.
 */
int unicode_skeleton(struct buf *out, struct str word) MUST_USE;

/*
 * Whether a word's letters are of scripts that do not belong together: UTS #39, 5.2, not
 * "highly restrictive", that is neither of one script nor Latin with Chinese, Japanese or Korean.
 */
bool unicode_mixed(struct str word);
/* The scripts of its letters, commas between: "Latin, Cyrillic". */
int unicode_script_list(struct buf *out, struct str word) MUST_USE;

/* Sets of scripts, one bit a script; all bits for what is common to all. */
struct unicode_scripts {
	uint64_t bits[4];
};

#endif
