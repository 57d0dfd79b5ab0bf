/*
 * C and C++ by their braces: macros, and what is defined at the top level, whatever macros and
 * branches of #if that do not balance make of the rest.
 */
#ifndef CARREL_INDEXER_INTAKE_SCAN_H
#define CARREL_INDEXER_INTAKE_SCAN_H

#include "indexer/intake/lexer.h"

struct found {
	struct lex_token name;
	uint32_t column;
	uint32_t end_line;
	uint8_t kind; /* enum seg_symbol_kind */
	size_t scope; /* place in found + 1 of the struct that it is a member of */
};

/* Lines of a pair of braces at the top level. */
struct body {
	uint32_t first, last;
};

/* All in the order of lines. */
struct scanned {
	struct found *found;
	size_t count, room;
	struct body *bodies;
	size_t body_count, body_room;
};

void scan_c(enum seg_language language, struct str text, struct scanned *out);
void scanned_release(struct scanned *scanned);

#endif
