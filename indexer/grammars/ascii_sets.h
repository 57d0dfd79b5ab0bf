/*
 * Given to every generated parser ahead of its own lines.  Their lexers ask of each character whether it is in a set of
 * hundreds of ranges, by halving it; ASCII, which source is, stands in the first few.
 */
#ifndef CARREL_INDEXER_GRAMMARS_ASCII_SETS_H
#define CARREL_INDEXER_GRAMMARS_ASCII_SETS_H

#include "tree_sitter/parser.h"

static inline bool
set_contains_ascii(const TSCharacterRange *ranges, uint32_t len, int32_t lookahead)
{
	if (lookahead < 0 || lookahead > 127)
		return set_contains(ranges, len, lookahead);
	for (uint32_t i = 0; i < len && ranges[i].start <= lookahead; i++)
		if (lookahead <= ranges[i].end)
			return true;
	return false;
}
#define set_contains set_contains_ascii

#endif
