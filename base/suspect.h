/*
 * What in a text is not what it seems: characters that reorder, hide or act, bytes that
 * are no UTF-8, words that mix scripts.  Not suspicious are tab, the line ends LF and
 * CR LF, a form feed, and a byte order mark at the start.
 */
#ifndef CARREL_BASE_SUSPECT_H
#define CARREL_BASE_SUSPECT_H

#include "base/unicode.h"

/* number, enum, word in --json */
#define SUSPECT_CLASSES(X) \
	X(1, SUSPECT_BIDI, "bidi") \
	X(2, SUSPECT_INVISIBLE, "invisible") \
	X(3, SUSPECT_CONTROL, "control") \
	X(4, SUSPECT_ENCODING, "encoding")   /* not UTF-8; code points that Unicode gives no meaning */ \
	X(5, SUSPECT_MIXED, "mixed-script")  /* a word: unicode_mixed() */ \
	X(6, SUSPECT_CONFUSABLE, "confusable") /* a word that looks like another: found by comparing, not here */ \
	X(7, SUSPECT_ALIKE, "alike")         /* the same of two words of ASCII: on demand alone */

enum suspect_class {
#define X(number, id, word) id = number,
	SUSPECT_CLASSES(X)
#undef X
	SUSPECT_END
};

struct suspect {
	enum suspect_class class;
	size_t at, len;        /* bytes: one character, or a run of the same on one line, or a word */
	uint64_t line, column; /* from 1 */
	int32_t code;          /* the (first) code point; the byte where it is not UTF-8 */
};

/* Walks a text. */
struct suspect_walk {
	struct str text;
	size_t at, start; /* start: of the line */
	uint64_t line;
};

/* Adds the places of a text by class; of what is no text, whether its first bytes say how it is encoded. */
void suspect_count(struct str bytes, bool text, uint32_t places[static SUSPECT_END]);

#define SUSPECT_HEAD ((size_t)64 * 1024) /* bytes by which the encoding of what is no text is told */

void suspect_begin(struct suspect_walk *walk, struct str text);
bool suspect_next(struct suspect_walk *walk, struct suspect *out);
const char *suspect_word(enum suspect_class of);
/* Whether suspect_next could find anything: false for plain ASCII with tabs and line ends. */
bool suspect_possible(struct str text);
/* The word as an eye should have it: every character that is not ASCII as <U+...>. */
int suspect_spell(struct buf *out, struct str word) MUST_USE;
/* What the encoding is: of a text, or by the first bytes of a file that is none; NULL: UTF-8, or nothing is likely. */
const char *suspect_encoding(struct str head);

#endif
