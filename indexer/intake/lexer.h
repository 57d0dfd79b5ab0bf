/*
 * The plain lexer: words, comments, strings and numbers of a text, for languages whose
 * lexis is known, without a parser and without failing.  Linear in the text.
 *
 * Where a quote or comment does not end as its language wants it, its first byte is
 * taken for a sign of its own: rather too much counts as code than too little.
 */
#ifndef CARREL_INDEXER_INTAKE_LEXER_H
#define CARREL_INDEXER_INTAKE_LEXER_H

#include "indexer/intake/language.h"

enum lex_kind {
	LEX_END,
	LEX_WORD,      /* an identifier as carrel-segment(5) defines words, of any length */
	LEX_KEYWORD,
	LEX_DIRECTIVE, /* the word behind the # of a preprocessor line */
	LEX_NUMBER,
	LEX_STRING,  /* with its quotes; may go over lines */
	LEX_COMMENT, /* with its marks, without the newline that ends it; may go over lines */
};

struct lex_token {
	enum lex_kind kind;
	size_t start, len;
	uint32_t line; /* of its first byte, from 1 */
};

struct lexer {
	const char *text;
	size_t at, len;
	uint32_t line;
	const struct lexis *lexis; /* NULL: words and nothing else */
	struct str comment_line[LEXIS_LINES], open, close; /* the lexis' marks of comments; empty: none */
	bool fresh;                /* nothing but white space stands before `at` in its line */
	bool directive;            /* the next word is a preprocessor's */
	bool include;              /* behind #include: <...> is a string */
	uint8_t unclosed[256];     /* quotes and marks of which no further end is in the text */
	size_t open_until[256];    /* no string with this quote that begins before ends in its line */
	uint8_t class[256];
	struct str keywords[LEXIS_KEYWORDS];
	uint8_t slots[512]; /* hash of keywords: index + 1 */
};

void lexer_init(struct lexer *lexer, enum seg_language language, struct str text);
/* As lexer_init for another text in the same language, and cheaper. */
void lexer_again(struct lexer *lexer, struct str text);
/* The next token; false, and LEX_END, at the end of the text. */
bool lexer_next(struct lexer *lexer, struct lex_token *token);
/* Whether a word is a keyword of the language. */
bool lexer_is_keyword(const struct lexer *lexer, struct str word);

#endif
