/* A use of a name in a list of carrel-segment(5), "Names and references". */
#ifndef CARREL_BASE_REFERENCE_H
#define CARREL_BASE_REFERENCE_H

#include "base/codec.h"

struct reference {
	uint32_t line_gap; /* from the one before in the blob */
	uint32_t column;   /* 0: to be found by the text of the line ... */
	uint32_t before;   /* ... in which the name stands so often before this place, word_find() */
	uint8_t role;      /* enum seg_role */
};

int reference_encode(struct buf *out, const struct reference *reference) MUST_USE;
/* dec->bad if it is none. */
struct reference reference_decode(struct dec *dec);

#endif
