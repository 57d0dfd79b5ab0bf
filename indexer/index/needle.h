/* A string sought again and again: found by its two rarest bytes, sixteen places at a time where the processor can. */
#ifndef CARREL_INDEXER_INDEX_NEEDLE_H
#define CARREL_INDEXER_INDEX_NEEDLE_H

#include "base/str.h"

struct needle {
	struct str text; /* borrowed; in small letters if nocase */
	bool nocase;     /* capitals of ASCII count as their small letters */
	size_t rare[2];  /* places in text, the rarest first; the same if it is one byte */
};

void needle_init(struct needle *needle, struct str text, bool nocase);
/* The first place at or behind `from` where it stands whole before `to`; SIZE_MAX: nowhere. */
size_t needle_find(const struct needle *needle, struct str hay, size_t from, size_t to);

#endif
