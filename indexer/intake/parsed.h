/*
 * What the parser, or for want of one the lexer, found in a blob, and the bytes in which
 * a worker hands it over.  Strings are borrowed from the blob's text.
 */
#ifndef CARREL_INDEXER_INTAKE_PARSED_H
#define CARREL_INDEXER_INTAKE_PARSED_H

#include "base/codec.h"
#include "base/segment.h"
#include "base/span.h"

struct parsed_symbol {
	uint32_t line, column, end_line;
	uint8_t kind; /* enum seg_symbol_kind; 0: not to be written */
	bool declared;
	int32_t parent;   /* place in symbols, or -1 */
	struct str name, qualifier; /* qualifier: empty if none */
};

struct parsed_use {
	uint32_t line, column;
	uint8_t role; /* enum seg_role */
	struct str name;
};

struct parsed {
	struct seg_state state;
	struct buf spans; /* base/span.h */
	struct span_writer span_writer;
	struct parsed_symbol *symbols;
	size_t symbol_count, symbol_room;
	struct parsed_use *uses;
	size_t use_count, use_room;
};

void parsed_init(struct parsed *parsed);
void parsed_clear(struct parsed *parsed); /* empty; memory is kept unless it is much */
void parsed_release(struct parsed *parsed);
/* The place of a new symbol, valid until parsed_encode; -1 if its name is empty or longer than SEG_NAME_MAX. */
int32_t parsed_symbol(struct parsed *parsed, const struct parsed_symbol *symbol);
/* Ignores what has no name or too long a one. */
void parsed_use(struct parsed *parsed, const struct parsed_use *use);
/* Ignores a span that begins before the end of the last one. */
int parsed_span(struct parsed *parsed, size_t start, size_t len, enum span_class class) MUST_USE;

/*
 * The hand-over, of the blob whose text this is: state (status, why, errors, error_lines), string spans,
 * symbols as an outline
 * of carrel-segment(5) with names and qualifiers as strings, names in use: string, how
 * many, and each as in carrel-segment(5).  Brings everything into order and drops doubles.
 */
int parsed_encode(struct parsed *parsed, struct str text, struct buf *out) MUST_USE;

#endif
