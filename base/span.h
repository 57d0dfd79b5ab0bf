/*
 * Highlight spans: what a stretch of text is, for the eye.  In a row's SPANS field:
 * triples of numbers (gap since the end of the span before, length in bytes,
 * class), in rising order, without overlap, zero-length spans left out.
 */
#ifndef CARREL_BASE_SPAN_H
#define CARREL_BASE_SPAN_H

#include "base/codec.h"

enum span_class {
	SPAN_PLAIN, /* never encoded */
	SPAN_KEYWORD,
	SPAN_TYPE,
	SPAN_FUNCTION,
	SPAN_VARIABLE,
	SPAN_CONSTANT,
	SPAN_NUMBER,
	SPAN_STRING,
	SPAN_COMMENT,
	SPAN_PREPROC,
	SPAN_OPERATOR,
	SPAN_PROPERTY,
	SPAN_LABEL,
	SPAN_ERROR, /* the parser could not make sense of this */
	SPAN_CLASSES
};

struct span {
	uint64_t start; /* byte in the text the spans belong to */
	uint64_t len;
	enum span_class class;
};

struct span_writer {
	uint64_t end; /* of the last span written */
};

int span_encode(struct buf *out, struct span_writer *writer, struct span span) MUST_USE;
/* The next span, `end` carrying the position between calls (0 at first); false at the end, or dec bad. */
bool span_decode(struct dec *dec, uint64_t *end, struct span *span);

#endif
