/*
 * A search pattern and how it is found in a text, line by line, as `git grep -F` and
 * `git grep -P` find it.
 *
 * A line is what stands between newlines; a carriage return is a byte like others, so
 * that `$` does not match before one.  Expressions are PCRE2 without JIT.  In a line of
 * ASCII alone bytes are characters.  In any other, if the pattern is UTF-8, characters are
 * those of UTF-8 (`.` matches a whole one, -i folds as Unicode does) and a byte that is
 * not UTF-8 matches nothing; if the pattern is not UTF-8, bytes are characters there as well.
 * \w, \d, \s and -w know ASCII only.  -w: no letter, digit or `_` on either side of the match,
 * which is not empty; if there is one, the line is tried again behind it.
 * A literal with -i is an expression too where folding leads out of ASCII, and else is sought as bytes.
 *
 * With ORDER_MULTILINE a match may hold newlines: an expression is then tried on the whole text at once, as one of
 * ASCII or of UTF-8; `.` still matches none, (?s) does.
 *
 * Each attempt on a line has a limit of steps and memory.  A line on which it was reached
 * counts in `limited` and is no match; after LIMITED_MAX of them the rest of the text is left.  So it is
 * where the limit of an attempt on a whole text was reached, ten times as high.
 */
#ifndef CARREL_INDEXER_INDEX_PATTERN_H
#define CARREL_INDEXER_INDEX_PATTERN_H

#include "base/row.h"
#include "indexer/index/grams.h"
#include "indexer/index/pulse.h"

#define PATTERN_MAX 1024 /* bytes */
#define LIMITED_MAX 16

struct pattern;

/* `flags`: ORDER_LITERAL, _NOCASE, _WORD, _MULTILINE.  ERR_USAGE if it is empty, too long, or no expression. */
int pattern_new(struct str text, unsigned flags, struct pattern **out) MUST_USE;
void pattern_free(struct pattern *pattern);
const struct gram_analysis *pattern_analysis(const struct pattern *pattern);

struct match {
	struct str line; /* without its newline; with ORDER_MULTILINE all lines that the match touches */
	size_t start;    /* of the line in the text */
	size_t column;   /* of the first match in the line, from 0 */
	size_t length;
};

/* Finds matches; one a thread. */
struct matcher;

int matcher_new(const struct pattern *pattern, struct matcher **out) MUST_USE;
void matcher_free(struct matcher *matcher);
/* The text is borrowed until the next matcher_begin. */
void matcher_begin(struct matcher *matcher, struct str text, struct pulse *pulse);
/* 1: the next line, or lines, that match; 0: no more; or ERR_CANCELLED. */
int matcher_next(struct matcher *matcher, struct match *match) MUST_USE;
unsigned matcher_limited(const struct matcher *matcher); /* lines of this text so far */

#endif
