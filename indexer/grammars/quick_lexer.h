/*
 * Given to every generated parser ahead of its own lines, and makes its lexers quick without changing what they find.
 *
 * They ask tree-sitter for each character by a call, which looks for ranges and chunks of the text and decodes it.  As
 * long as this character and the next are ASCII and lie in the chunk at hand, nothing of this is needed: they are read
 * here, and where the lexer stands is written back at its end, or before anything else happens.  Belongs to the
 * version of tree-sitter that package.json names.
 */
#ifndef CARREL_INDEXER_GRAMMARS_QUICK_LEXER_H
#define CARREL_INDEXER_GRAMMARS_QUICK_LEXER_H

#include <tree_sitter/api.h>

#include "tree_sitter/parser.h"

#include <lib/src/lexer.h>

struct quick_place {
	const uint8_t *at, *line; /* line: where its line begins */
	uint32_t row;
};

struct quick {
	struct quick_place now, start, end; /* start, end: of the token, as in Lexer; no end: not written back */
	const uint8_t *last;                /* that may be read here; NULL: ask tree-sitter */
};

/* ---- between tree-sitter's lexer and ours ---- */

static inline struct quick_place
quick_place(const Lexer *self, Length length)
{
	const uint8_t *at = (const uint8_t *)self->chunk + length.bytes - self->chunk_start;

	return (struct quick_place){ at, at - length.extent.column, length.extent.row };
}

static inline Length
quick_length(const Lexer *self, struct quick_place place)
{
	uint32_t bytes = (uint32_t)(place.at - (const uint8_t *)self->chunk) + self->chunk_start;

	return (Length){ bytes, { place.row, (uint32_t)(place.at - place.line) } };
}

static inline struct quick
quick_begin(const TSLexer *lexer)
{
	const Lexer *self = (const Lexer *)lexer;
	struct quick quick = { .last = NULL };

	if (!self->chunk || self->lookahead_size != 1 || (uint32_t)self->data.lookahead > 127 ||
	    self->included_range_count != 1 || self->included_ranges[0].end_byte != UINT32_MAX ||
	    self->current_position.bytes - self->chunk_start >= self->chunk_size)
		return quick;
	quick.now = quick_place(self, self->current_position);
	quick.start = quick_place(self, self->token_start_position);
	quick.last = (const uint8_t *)self->chunk + self->chunk_size - 1;
	return quick;
}

/* Writes back where the lexer stands: at an ASCII character. */
static inline void
quick_finish(TSLexer *lexer, struct quick quick)
{
	Lexer *self = (Lexer *)lexer;

	if (!quick.last)
		return;
	Length now = quick_length(self, quick.now);
	if (now.extent.row != self->current_position.extent.row)
		self->column_data = (ColumnData){ now.extent.column, true };
	else if (self->column_data.valid)
		self->column_data.value += now.bytes - self->current_position.bytes;
	self->current_position = now;
	self->token_start_position = quick_length(self, quick.start);
	if (quick.end.at)
		self->token_end_position = quick_length(self, quick.end);
	self->data.lookahead = *quick.now.at;
}

static __attribute__((noinline)) struct quick
quick_slow(TSLexer *lexer, struct quick quick, bool skip)
{
	quick_finish(lexer, quick);
	lexer->advance(lexer, skip);
	return quick_begin(lexer);
}

/* ---- in place of what parser.h gives to generated lexers ---- */

#undef START_LEXER
#define START_LEXER() \
	bool result = false, skip = false; \
	UNUSED bool eof = false; \
	int32_t lookahead; \
	struct quick quick = quick_begin(lexer); \
	goto start; \
finish: \
	quick_finish(lexer, quick); \
	return result; \
next_state: \
	if (quick.now.at < quick.last && quick.now.at[1] < 128) { \
		const uint8_t *next = quick.now.at + 1; \
		if (lookahead == '\n') { \
			quick.now.row++; \
			quick.now.line = next; \
		} \
		quick.now.at = next; \
		if (skip) { \
			skip = false; \
			quick.start = quick.now; \
		} \
		lookahead = *next; \
	} else { \
		quick = quick_slow(lexer, quick, skip); \
		skip = false; \
	start: \
		lookahead = lexer->lookahead; \
	}

/* eof = lexer->eof(lexer): it is not where characters are read here */
#define eof(lexer) lookahead &&false || (!quick.last && ((lexer)->eof)(lexer))

#undef ACCEPT_TOKEN
#define ACCEPT_TOKEN(symbol_value) \
	result = true; \
	lexer->result_symbol = symbol_value; \
	if (quick.last) \
		quick.end = quick.now; \
	else \
		lexer->mark_end(lexer);

#undef END_STATE
#define END_STATE() goto finish;

/* Pairs of a character and the state behind it. */
static __attribute__((noinline)) uint32_t
quick_find(const uint16_t *map, uint32_t count, int32_t lookahead)
{
	for (uint32_t i = 0; i < count; i += 2)
		if (map[i] == lookahead)
			return i + 1;
	return 0;
}

#undef ADVANCE_MAP
#define ADVANCE_MAP(...) \
	{ \
		static const uint16_t map[] = { __VA_ARGS__ }; \
		uint32_t found = quick_find(map, sizeof map / sizeof *map, lookahead); \
		if (found) { \
			state = map[found]; \
			goto next_state; \
		} \
	}

/* Sets have hundreds of ranges, which the lexers halve; ASCII stands in the first few, whose bounds are constants. */
#define QUICK_IN(i) ((i) < len && lookahead >= ranges[i].start && lookahead <= ranges[i].end)

static inline __attribute__((always_inline)) bool
quick_contains(const TSCharacterRange *ranges, uint32_t len, int32_t lookahead)
{
	if (lookahead < 0 || lookahead > 127 || (len > 8 && ranges[8].start <= lookahead))
		return set_contains(ranges, len, lookahead);
	return QUICK_IN(0) || QUICK_IN(1) || QUICK_IN(2) || QUICK_IN(3) || QUICK_IN(4) || QUICK_IN(5) ||
	    QUICK_IN(6) || QUICK_IN(7);
}
#define set_contains quick_contains

#endif
