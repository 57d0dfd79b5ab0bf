/*
 * Which language a file is in, and how that language is cut into words without a parser.
 * Numbers, names and grammars of languages: base/segment.h.
 */
#ifndef CARREL_INDEXER_INTAKE_LANGUAGE_H
#define CARREL_INDEXER_INTAKE_LANGUAGE_H

#include "base/segment.h"

/*
 * By name, extension and, where these leave it open, the text: its "#!" line, or what a
 * header or a ".in" file holds.  `path` may have folders; LANG_NONE where nothing is known.
 */
enum seg_language language_of(struct str path, struct str text);

enum lexis_flag {
	LEXIS_CPP = 1 << 0,      /* preprocessor lines: #WORD, #include <...> */
	LEXIS_TRIPLE = 1 << 1,   /* a quote three times opens a string over lines */
	LEXIS_RAW_CPP = 1 << 2,  /* R"x(...)x" */
	LEXIS_RAW_RUST = 1 << 3, /* r#"..."#; a single quote may begin a lifetime */
	LEXIS_NEST = 1 << 4,     /* block comments nest */
	LEXIS_DOUBLED = 1 << 5,  /* a quote in a string is written twice, backslash is plain */
	LEXIS_SPACED = 1 << 6,   /* a line comment begins a line or stands behind white space */
	LEXIS_POD = 1 << 7,      /* lines from =WORD to =cut are comment */
	LEXIS_VERBATIM = 1 << 8, /* @"..." over lines, quotes doubled */
	LEXIS_CHAR = 1 << 9,     /* a single quote is closed within a few bytes, or is none */
};

#define LEXIS_LINES 3

struct lexis {
	const char *line[LEXIS_LINES]; /* what opens a comment up to the end of the line */
	const char *open, *close; /* of block comments */
	const char *quotes;      /* of strings that end in their line */
	const char *across;      /* of strings that may go over lines */
	unsigned flags;
	const char *keywords; /* a space between; NULL or more words than LEXIS_KEYWORDS: none */
};

#define LEXIS_KEYWORDS 120

/* NULL for a language whose comments and strings are not known. */
const struct lexis *language_lexis(enum seg_language language);

#endif
