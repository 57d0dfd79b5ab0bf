/*
 * Where a name is: its definitions and declarations, the references that the parser saw,
 * and the lines where the word stands in code without either.
 */
#ifndef CARREL_INDEXER_INDEX_NAMES_H
#define CARREL_INDEXER_INDEX_NAMES_H

#include "base/pool.h"
#include "indexer/index/outline.h"
#include "indexer/index/pulse.h"
#include "indexer/index/tree.h"

enum place_kind { PLACE_DEFINITION, PLACE_DECLARATION, PLACE_REFERENCE, PLACE_WORD };

struct place {
	uint32_t pair, blob;
	uint32_t line, column; /* column 0: not known, look for the word ... */
	uint32_t before;       /* ... which stands so often before it in the line */
	uint32_t last;         /* definition: the last line of it */
	uint32_t symbol;       /* definition, declaration: number in the blob's outline */
	uint8_t kind;          /* enum place_kind */
	uint8_t role;          /* reference: enum seg_role */
	struct str name;
};

struct places {
	struct place *places;
	size_t count, capacity;
	struct arena arena; /* names */
	/* of which these are put together, and whose names they use; NULL: none */
	struct places *parts;
	size_t part_count;
};

void places_release(struct places *places);

struct names {
	const struct tree *tree;
	struct text_reader *reader;
	struct pulse *pulse;
	struct pool *pool;
	/* only this blob */
	bool one_blob;
	uint32_t pair, blob;
};

/* Adds the symbols of `name`, or with `prefix` of all names that begin so, in the order of their names and blobs. */
int names_symbols(const struct names *names, struct str name, bool prefix, struct places *places) MUST_USE;
/*
 * All places of the name into empty `places`, sorted by pair, blob, line, known columns behind those that are not; no
 * word on a line with anything better.
 */
int names_places(const struct names *names, struct str name, bool prefix, struct places *places) MUST_USE;
/* Adds what the parser saw of the name's uses. */
int names_references(const struct names *names, struct str name, struct places *places) MUST_USE;
/* Adds the symbols of the string that stands in a list of symbols of pair `pair`. */
int names_symbols_at(const struct names *names, size_t pair, struct cursor *cursor, struct places *places) MUST_USE;
/* Whether an opening parenthesis follows the name somewhere in the line. */
bool names_called(struct str line, struct str name);

/* Different words, for a moment. */
struct name_set {
	struct str *names; /* rising */
	size_t count, capacity;
	struct arena arena;
};

void name_set_release(struct name_set *set);
/* The words of code in lines first..last of a blob. */
int words_between(struct text_reader *reader, const struct blob *blob, uint64_t first, uint64_t last,
    struct name_set *set) MUST_USE;

#endif
