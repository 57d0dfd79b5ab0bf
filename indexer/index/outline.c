#include "indexer/index/outline.h"

#include <stdlib.h>

#define DEPTH_MAX 16 /* scopes that a name is written with */

static bool
read_symbol(
    struct dec *dec, const struct outline *outline, uint64_t names, uint64_t line, struct symbol *symbol)
{
	symbol->line = line + dec_num_max(dec, UINT32_MAX);
	symbol->column = dec_num_max(dec, UINT32_MAX);
	uint64_t kind = dec_num_max(dec, UINT32_MAX);
	symbol->kind = (unsigned)(kind >> SEG_SYMBOL_BITS);
	symbol->flags = kind & ((1u << SEG_SYMBOL_BITS) - 1);
	bool is_short = symbol->flags & SEG_SHORT;
	uint64_t more = is_short ? 0 : dec_num_max(dec, UINT32_MAX);
	symbol->end_line = symbol->line + more;
	symbol->name = dec_num_max(dec, names ? names - 1 : 0);
	uint64_t up = is_short ? 0 : dec_num_max(dec, outline->count);
	if (!is_short && more == 0 && up == 0)
		dec->bad = true;
	symbol->parent = up ? outline->count - up : NO_SYMBOL;
	symbol->level = up ? outline->symbols[symbol->parent].level + 1 : 0;
	symbol->qualifier = symbol->flags & SEG_QUALIFIED ? dec_num_max(dec, names ? names - 1 : 0) : 0;
	return !dec->bad && names > 0 && symbol->line > 0 && symbol->kind > 0 && symbol->kind < SYM_KIND_END;
}

static int
make_room(struct outline *outline, size_t count)
{
	if (count <= outline->capacity)
		return 0;
	free(outline->symbols);
	outline->capacity = 0;
	outline->symbols = mem_try_grow(NULL, count, sizeof *outline->symbols);
	if (!outline->symbols)
		return err_set(ERR_MEMORY, "no memory for an outline");
	outline->capacity = count;
	return 0;
}

int
outline_load(struct outline *outline, const struct blob *blob, uint64_t last)
{
	uint64_t names = segment_section(blob->syntax, SEG_SYMBOLS)->count;
	uint32_t n = blob->number, from = 0;
	const uint8_t *bytes;
	uint64_t line = 0;

	outline->syntax = blob->syntax;
	outline->language = blob->is.language;
	outline->count = 0;
	const uint32_t *ends = segment_elements(blob->syntax, SEG_OUTLINE_ENDS, n ? n - 1 : 0, n ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (n)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(blob->syntax, "outline");
	int r = segment_bytes(blob->syntax, SEG_OUTLINES, from, *ends - from, &bytes);
	if (r < 0)
		return r;
	r = make_room(outline, (*ends - from) / 4 + 1); /* a symbol takes at least four bytes */
	if (r < 0)
		return r;
	struct dec dec = { .at = bytes, .end = bytes + (*ends - from) };
	while (dec_more(&dec) && line <= last) {
		struct symbol *symbol = &outline->symbols[outline->count];
		if (!read_symbol(&dec, outline, names, line, symbol))
			return segment_damaged(blob->syntax, "symbol of an outline");
		line = symbol->line;
		outline->count++;
	}
	return 0;
}

void
outline_release(struct outline *outline)
{
	free(outline->symbols);
	*outline = (struct outline){ 0 };
}

static struct str
string(const struct outline *outline, uint64_t number, struct arena *arena)
{
	struct cursor own, *cursor = outline->cursor ? outline->cursor : &own;
	struct list list = list_of_symbols(outline->syntax);

	int r = outline->cursor ? cursor_move(cursor, list, number) : cursor_at(cursor, list, number);
	if (r < 0 || cursor_next(cursor) != 1)
		return STR("");
	return (struct str){ arena_copy(arena, cursor->name.data, cursor->name.len), cursor->name.len };
}

struct str
outline_name(const struct outline *outline, size_t symbol, struct arena *arena)
{
	return string(outline, outline->symbols[symbol].name, arena);
}

static struct str
separator(unsigned language)
{
	switch (language) {
	case LANG_C:
	case LANG_CPP:
	case LANG_RUST:
	case LANG_RUBY:
	case LANG_PHP:
	case LANG_PERL:
		return STR("::");
	default:
		return STR(".");
	}
}

static struct str
join(const struct outline *outline, struct str a, struct str b, struct arena *arena)
{
	struct str between = separator(outline->language);

	if (a.len == 0)
		return b;
	if (b.len == 0)
		return a;
	char *text = arena_alloc(arena, a.len + between.len + b.len + 1);
	memcpy(text, a.data, a.len);
	memcpy(text + a.len, between.data, between.len);
	memcpy(text + a.len + between.len, b.data, b.len);
	return (struct str){ text, a.len + between.len + b.len };
}

struct str
outline_scope(const struct outline *outline, size_t symbol, struct arena *arena)
{
	const struct symbol *is = &outline->symbols[symbol];
	struct str scope = is->flags & SEG_QUALIFIED ? string(outline, is->qualifier, arena) : STR("");

	for (unsigned depth = 0; is->parent != NO_SYMBOL && depth < DEPTH_MAX; depth++) {
		scope = join(outline, outline_name(outline, is->parent, arena), scope, arena);
		is = &outline->symbols[is->parent];
		if (is->flags & SEG_QUALIFIED)
			scope = join(outline, string(outline, is->qualifier, arena), scope, arena);
	}
	return scope;
}

struct str
outline_full_name(const struct outline *outline, size_t symbol, struct arena *arena)
{
	return join(
	    outline, outline_scope(outline, symbol, arena), outline_name(outline, symbol, arena), arena);
}

size_t
outline_around(const struct outline *outline, uint64_t first, uint64_t last, size_t *passed)
{
	size_t best = NO_SYMBOL;

	while (*passed < outline->count && outline->symbols[*passed].end_line < first)
		++*passed;
	for (size_t i = *passed; i < outline->count && outline->symbols[i].line <= first; i++) {
		const struct symbol *symbol = &outline->symbols[i];
		if (symbol->end_line < last || symbol->flags & SEG_DECLARED)
			continue;
		/* later ones begin further in; of two that begin alike the shorter is inside */
		if (best == NO_SYMBOL || symbol->end_line <= outline->symbols[best].end_line)
			best = i;
	}
	return best;
}
