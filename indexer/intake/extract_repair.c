#include "indexer/intake/extract_repair.h"

#include "base/mem.h"
#include "indexer/intake/lexer.h"
#include "indexer/intake/scan.h"

#include <ctype.h>
#include <stdlib.h>

static bool
all_upper(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (islower((unsigned char)name.data[i]))
			return false;
	return name.len > 1;
}

static bool
in_body(const struct scanned *s, uint32_t line)
{
	size_t low = 0, high = s->body_count;

	while (low < high) { /* the first that ends at the line or behind it */
		size_t middle = (low + high) / 2;
		if (s->bodies[middle].last < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->body_count && s->bodies[low].first <= line;
}

/* Where a symbol of the walk stands. */
struct standing {
	uint64_t place;
	size_t symbol;
};

static int
compare_standing(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

static uint64_t
place(uint32_t line, uint32_t column)
{
	return (uint64_t)line << 32 | column;
}

/* The symbols of the walk in order of their places; how many. */
static size_t
stand(const struct parsed *out, struct standing *standing)
{
	size_t count = 0;

	for (size_t i = 0; i < out->symbol_count; i++)
		if (out->symbols[i].kind)
			standing[count++] =
			    (struct standing){ place(out->symbols[i].line, out->symbols[i].column), i };
	qsort(standing, count, sizeof *standing, compare_standing);
	return count;
}

/* The first that stands in the line or behind it. */
static size_t
first_found(const struct scanned *s, uint32_t line)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (s->found[middle].name.line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
inside_function(const struct scanned *s, uint32_t line)
{
	size_t low = first_found(s, line);

	while (low-- > 0) {
		const struct found *f = &s->found[low];
		if (f->kind != SYM_MACRO)
			return f->kind == SYM_FUNCTION && f->end_line > line;
	}
	return false;
}

/* What the walk took for something in a body loses its kind, and so is not written: nothing has it as its parent. */
static void
drop_locals(const struct scanned *s, struct parsed *out)
{
	for (size_t i = 0; i < out->symbol_count; i++) {
		struct parsed_symbol *symbol = &out->symbols[i];
		bool local = symbol->kind == SYM_VARIABLE ||
		    ((symbol->kind == SYM_FUNCTION || symbol->kind == SYM_METHOD) && symbol->declared);
		if (local && symbol->parent < 0 && inside_function(s, symbol->line))
			symbol->kind = 0;
	}
}

/*
 * Where both have found something, braces and #if are surer than a tree with errors in it: a
 * definition at the top level is at the top level, and ends where its brace is closed.
 */
static void
correct(const struct found *f, struct parsed_symbol *symbol)
{
	if (f->kind == SYM_FIELD || f->kind == SYM_MACRO)
		return;
	if (symbol->kind != f->kind || f->kind != SYM_VARIABLE)
		symbol->end_line = f->end_line;
	symbol->kind = f->kind;
	symbol->declared = false;
	symbol->parent = -1;
	symbol->qualifier.len = 0;
}

/* What lies behind the end of its parent lies in an outer one, or in none. */
static void
find_parents(struct parsed *out)
{
	for (size_t i = 0; i < out->symbol_count; i++) {
		struct parsed_symbol *symbol = &out->symbols[i];
		int32_t parent = symbol->parent;
		while (parent >= 0 && out->symbols[parent].end_line < symbol->line)
			parent = out->symbols[parent].parent;
		if (parent != symbol->parent)
			symbol->qualifier.len = 0;
		symbol->parent = parent;
	}
}

/* int name __attribute = ...: the walk may have taken the attribute for a name of its own. */
static bool
is_attribute(const struct scanned *s, const struct parsed_symbol *symbol)
{
	if (symbol->kind != SYM_VARIABLE || !str_starts(symbol->name, STR("__")))
		return false;
	size_t low = first_found(s, symbol->line);
	return low < s->count && s->found[low].name.line == symbol->line &&
	    s->found[low].kind == SYM_VARIABLE && s->found[low].column < symbol->column;
}

static bool
is_found(const struct scanned *s, const struct parsed_symbol *symbol)
{
	size_t at = first_found(s, symbol->line);

	for (; at < s->count && s->found[at].name.line == symbol->line; at++)
		if (s->found[at].column == symbol->column)
			return true;
	return false;
}

/* MAKE_FUNCTIONS(type) alone, and a function behind it: the parser took the macro for the function's name. */
static void
drop_makers(const struct scanned *s, struct parsed *out)
{
	for (size_t i = 0; i < out->symbol_count; i++) {
		struct parsed_symbol *symbol = &out->symbols[i];
		if (symbol->kind != SYM_FUNCTION || symbol->declared || symbol->column != 1 ||
		    symbol->parent >= 0 || !all_upper(symbol->name) || is_found(s, symbol))
			continue;
		symbol->kind = 0;
		parsed_use(out,
		    &(struct parsed_use){ .line = symbol->line,
			.column = symbol->column,
			.role = ROLE_MACRO,
			.name = symbol->name });
	}
	for (size_t i = 0; i < out->symbol_count; i++) {
		struct parsed_symbol *symbol = &out->symbols[i];
		if (symbol->parent >= 0 && out->symbols[symbol->parent].kind == 0)
			symbol->parent = -1;
	}
}

/* Keywords are no names; in C nothing but a struct has fields, and nothing methods. */
static void
drop_impossible(const struct scanned *s, enum seg_language language, struct parsed *out)
{
	struct lexer lexer;
	size_t kept = 0;

	lexer_init(&lexer, language, (struct str){ "", 0 });
	for (size_t i = 0; i < out->symbol_count; i++) {
		struct parsed_symbol *symbol = &out->symbols[i];
		bool orphan = symbol->parent < 0 && symbol->qualifier.len == 0 && !in_body(s, symbol->line);
		if ((symbol->kind != SYM_MACRO && lexer_is_keyword(&lexer, symbol->name)) ||
		    is_attribute(s, symbol) ||
		    (language == LANG_C &&
			(symbol->kind == SYM_METHOD || (symbol->kind == SYM_FIELD && orphan))))
			symbol->kind = 0;
	}
	for (size_t i = 0; i < out->use_count; i++)
		if (!lexer_is_keyword(&lexer, out->uses[i].name))
			out->uses[kept++] = out->uses[i];
	out->use_count = kept;
}

/* Where a symbol stands its name is not used. */
static void
drop_own_uses(struct parsed *out)
{
	struct standing *standing = mem_alloc((out->symbol_count + 1) * sizeof *standing);
	size_t count = stand(out, standing), kept = 0;

	for (size_t i = 0; i < out->use_count; i++) {
		struct standing key = { .place = place(out->uses[i].line, out->uses[i].column) };
		if (!bsearch(&key, standing, count, sizeof *standing, compare_standing))
			out->uses[kept++] = out->uses[i];
	}
	out->use_count = kept;
	free(standing);
}

static void
add_found(const struct scanned *s, const struct found *f, struct str text, struct parsed *out)
{
	struct parsed_symbol symbol = { .line = f->name.line,
		.column = f->column,
		.end_line = f->end_line,
		.kind = f->kind,
		.parent = -1,
		.name = { text.data + f->name.start, f->name.len } };

	if (f->scope) {
		const struct lex_token *scope = &s->found[f->scope - 1].name;
		symbol.qualifier = (struct str){ text.data + scope->start, scope->len };
	}
	parsed_symbol(out, &symbol);
}

/* BIT(name); in a struct, and of C++ any name(...): what the tree says of it holds. */
static bool
is_made(enum seg_language language, const struct found *f, struct str text)
{
	size_t behind = f->name.start + f->name.len;

	return f->kind == SYM_FIELD && behind < text.len && text.data[behind] == '(' &&
	    (language == LANG_CPP || all_upper((struct str){ text.data + f->name.start, f->name.len }));
}

void
extract_repair(enum seg_language language, struct str text, struct parsed *out)
{
	struct scanned s;
	struct standing *standing = mem_alloc((out->symbol_count + 1) * sizeof *standing);

	scan_c(language, text, &s);
	size_t count = stand(out, standing);
	for (size_t i = 0; i < s.count; i++) {
		const struct found *f = &s.found[i];
		struct standing key = { .place = place(f->name.line, f->column) };
		const struct standing *same =
		    bsearch(&key, standing, count, sizeof *standing, compare_standing);
		if (!same && !is_made(language, f, text))
			add_found(&s, f, text, out);
		else if (!same)
			continue;
		else if (language == LANG_C)
			correct(f, &out->symbols[same->symbol]);
	}
	find_parents(out);
	drop_locals(&s, out);
	if (language == LANG_C)
		drop_makers(&s, out);
	drop_impossible(&s, language, out);
	drop_own_uses(out);
	free(standing);
	scanned_release(&s);
}
