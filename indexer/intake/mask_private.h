/* What mask.c and mask_declaration.c share. */
#ifndef CARREL_INDEXER_INTAKE_MASK_PRIVATE_H
#define CARREL_INDEXER_INTAKE_MASK_PRIVATE_H

#include "indexer/intake/lexer.h"
#include "indexer/intake/mask.h"

#define WORDS 8      /* between struct and {, and in a declaration */
#define REACH 400    /* bytes from struct to {, and between parentheses */
#define COMMENT 4096 /* bytes of a comment that is looked past */

struct word {
	size_t start, len; /* the word */
	size_t end;        /* behind it, and behind the (...) that follows */
};

struct masker {
	struct str text;
	struct buf *masked;
	struct parsed *out;
	const char *line_start; /* of the line that was counted last */
	uint32_t line;
	bool cpp;
	struct lexer lexer; /* for its keywords */
};

bool mask_is_word(char c);
size_t mask_skip_space(struct str s, size_t at);
/* Behind the ) that closes the ( at `at`; 0 if there is none nearby. */
size_t mask_skip_parens(struct str s, size_t at);
/* The letters of FOO_2 at the start of a line. */
size_t mask_capitals(struct str piece);
/* Between two declarations, or at the beginning of a body. */
bool mask_begins_declaration(const struct masker *m, size_t at);
/* NAME(...) or NAME at `at` between two declarations, behind a directive or a comment of a line. */
bool mask_stands_alone(const struct masker *m, size_t at);
/* The parser is shown `sign` from `from` up to `to`, lines staying as they are. */
int mask_blank(struct masker *m, size_t from, size_t to, char sign);
/* Blanks a word and what belongs to it, and notes it as a macro that is used. */
int mask_word(struct masker *m, const struct word *word);

/*
 * Macros in the declaration that may begin at `at`, the first letter of a line: EXPORT int CALL name(...) ATTRIBUTE.
 * They are told from types by the type beside them, of which there is one.
 */
int mask_declaration(struct masker *m, size_t at);
/* MACRO(int, name, 1 << 8, "text"); at `at`: types among the arguments, with which it is no call, become numbers. */
int mask_arguments(struct masker *m, size_t at);

#endif
