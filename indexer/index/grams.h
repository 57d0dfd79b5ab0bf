/*
 * Which trigrams a blob must hold before a pattern can match in it.  R. Cox, "Regular
 * Expression Matching with a Trigram Index" (2012): from the inside out, each part of the
 * expression is known by the strings that it matches exactly, or by those it begins and
 * ends with, and by the query that they allow.  What is not understood asks for nothing,
 * so that no match is ever missed.
 */
#ifndef CARREL_INDEXER_INDEX_GRAMS_H
#define CARREL_INDEXER_INDEX_GRAMS_H

#include "base/mem.h"
#include "base/str.h"

enum gram_op {
	GRAM_ANY, /* every blob */
	GRAM_AND, /* all of the trigrams and all of the queries below */
	GRAM_OR,  /* any of them; none if there are none */
};

struct gram_query {
	enum gram_op op;
	uint32_t *grams; /* as in struct seg_gram */
	size_t gram_count;
	struct gram_query **sub;
	size_t sub_count;
};

enum gram_flag {
	GRAM_LITERAL = 1 << 0, /* the pattern is no expression */
	GRAM_NOCASE = 1 << 1,
	GRAM_UTF = 1 << 2,     /* matched with PCRE2_UTF: folding is Unicode's */
	GRAM_LINES = 1 << 3,   /* a match may hold newlines, which no trigram does */
};

struct gram_analysis {
	const struct gram_query *query;
	struct str needle; /* bytes that every match holds, in small letters with GRAM_NOCASE; may be empty */
	bool newline;      /* parts of the pattern may match, or look past, a newline: give it single lines only */
};

/* Never fails; all lies in the arena. */
void gram_analyse(struct arena *arena, struct str pattern, unsigned flags, struct gram_analysis *out);

/* Whether a text passes the query: the slow way, for tests and for blobs that are in no table. */
bool gram_passes(const struct gram_query *query, struct str text);

#endif
