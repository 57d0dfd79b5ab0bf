#include "indexer/intake/scan.h"

#include "base/mem.h"
#include "indexer/intake/kinds.h"
#include "indexer/intake/lexer.h"

#include <stdlib.h>

#define BRANCHES 64 /* #if within one another of which braces are counted apart */

struct scan {
	struct str text;
	struct lexer lexer;
	struct scanned *out;
	/* at the top level */
	bool cpp;
	unsigned braces, parens;
	unsigned saved[BRANCHES]; /* braces where an #if began */
	unsigned branch;
	struct lex_token word;   /* the last one, if nothing but space stands behind it */
	struct lex_token called; /* the word before the last (...) at the top level; len 0: none */
	struct lex_token
	    old; /* name(a, b) behind which declarations began: a function's as it was once written; len 0: none */
	struct lex_token
	    argument;          /* the first word in these (...); in C++ the second if it is an argument too */
	struct lex_token tag;  /* the word behind struct, union, enum, class */
	uint8_t tag_kind;      /* which of them; 0: none, or something came between */
	bool aliases;          /* a typedef has begun */
	bool members;          /* the braces are those of a struct or union */
	bool frozen;           /* behind the name of a member: an array's size, a bit-field's width */
	struct lex_token last; /* the last word of a typedef or member outside parentheses */
	struct lex_token before;  /* the word before that */
	unsigned words;           /* so many stand in the declaration at hand, words for types included */
	bool initial;             /* behind the = of a variable */
	unsigned angles;          /* < of C++'s templates that are open in it */
	struct lex_token pointer; /* the name in a (*name) of it */
	bool transparent;         /* the next brace is that of extern "C" or a namespace */
	unsigned transparents;    /* so many of these are open */
	uint32_t line;            /* of the last name that was added */
	size_t line_start;        /* where that line begins */
	size_t open;              /* place in found + 1 of what the braces belong to */
};

static size_t
add(struct scan *s, const struct lex_token *name, uint8_t kind)
{
	if (s->out->count == s->out->room) {
		s->out->room = s->out->room ? 2 * s->out->room : 256;
		s->out->found = mem_grow(s->out->found, s->out->room, sizeof *s->out->found);
	}
	if (name->line != s->line) { /* names come in order: a line's beginning is looked for once */
		const char *newline = memrchr(s->text.data, '\n', name->start);
		s->line = name->line;
		s->line_start = newline ? (size_t)(newline + 1 - s->text.data) : 0;
	}
	s->out->found[s->out->count] = (struct found){ .name = *name,
		.kind = kind,
		.end_line = name->line,
		.column = (uint32_t)(name->start - s->line_start) + 1 };
	return ++s->out->count;
}

static void
forget(struct scan *s)
{
	s->called.len = s->tag.len = 0;
	s->tag_kind = 0;
	s->transparent = s->aliases = false;
	s->last.len = s->before.len = s->pointer.len = 0;
	s->words = 0;
	s->frozen = false;
}

/* In SYSCALL_DEFINE1(name, ...) and TEST(Suite, name) the name is that of the function. */
static const struct lex_token *
function_name(const struct scan *s)
{
	const char *called = s->text.data + s->called.start;

	for (size_t i = 0; i < s->called.len; i++)
		if (called[i] >= 'a' && called[i] <= 'z')
			return &s->called;
	size_t behind = s->argument.start + s->argument.len;
	while (behind < s->text.len && s->text.data[behind] == ' ')
		behind++;
	bool alone = s->argument.len && behind < s->text.len && strchr(",)", s->text.data[behind]);
	return alone ? &s->argument : &s->called; /* NAME(type *parameter) is a function's own name */
}

static void
begin_body(struct scan *s, uint32_t line)
{
	if (s->out->body_count == s->out->body_room) {
		s->out->body_room = s->out->body_room ? 2 * s->out->body_room : 64;
		s->out->bodies = mem_grow(s->out->bodies, s->out->body_room, sizeof *s->out->bodies);
	}
	s->out->bodies[s->out->body_count++] = (struct body){ line, UINT32_MAX };
}

static void
open_brace(struct scan *s, uint32_t line)
{
	if (s->braces == 0)
		begin_body(s, line);
	if (s->braces == 0 && s->parens == 0) {
		if (s->transparent && s->called.len == 0) {
			if (s->cpp && s->last.len)
				add(s, &s->last, SYM_NAMESPACE);
			s->transparents++;
			s->out->body_count--;
			forget(s);
			return;
		}
		s->open = 0;
		if (s->called.len)
			s->open = add(s, function_name(s), SYM_FUNCTION);
		else if (s->tag_kind && s->tag.len)
			s->open = add(s, &s->tag, s->tag_kind);
		else if (s->old.len && s->tag_kind == 0)
			s->open = add(s, &s->old, SYM_FUNCTION);
		s->old.len = 0;
		s->members = s->called.len == 0 && (s->tag_kind == SYM_STRUCT || s->tag_kind == SYM_UNION);
		bool aliases = s->aliases;
		forget(s);
		s->aliases = aliases;
	}
	s->braces++;
}

static void
close_brace(struct scan *s, size_t at, uint32_t line)
{
	bool first = at == 0 || s->text.data[at - 1] == '\n';

	if (s->braces == 0) {
		s->transparents -= s->transparents > 0;
		forget(s);
		return;
	}
	s->braces = first && s->transparents == 0 ? 0 : s->braces - 1;
	if (s->braces == 0) {
		if (s->out->body_count)
			s->out->bodies[s->out->body_count - 1].last = line;
		if (s->open)
			s->out->found[s->open - 1].end_line = line;
		bool aliases = s->aliases;
		s->open = 0;
		s->parens = 0;
		s->members = false;
		forget(s);
		s->aliases = aliases;
	}
}

static void
open_paren(struct scan *s)
{
	if (s->braces == 0 && s->parens == 0 && s->word.len) {
		const char *name = s->text.data + s->word.start;
		bool attribute = s->called.len && s->word.len > 2 && name[0] == '_' && name[1] == '_';
		if (!attribute) {
			s->old.len = 0;
			s->called = s->word;
			s->argument.len = 0;
		}
	}
	s->parens++;
}

/* int name, name[2], name __attribute: what ends here at the top level is a variable. */
static bool
add_variable(struct scan *s)
{
	const struct lex_token *name = s->pointer.len ? &s->pointer : &s->last;
	const char *text = s->text.data + name->start;
	bool attribute = name->len > 2 && text[0] == '_' && text[1] == '_';

	if (attribute && s->words > 2 && s->before.len && s->before.start != s->tag.start)
		name = &s->before;
	if (s->words < 2 || name->len == 0 || s->called.len || s->initial || s->transparent ||
	    (s->tag_kind && name->start == s->tag.start))
		return false;
	add(s, name, SYM_VARIABLE);
	return true;
}

static bool
is_attribute(const struct scan *s, const struct lex_token *name)
{
	return name_is_attribute((struct str){ s->text.data + name->start, name->len });
}

/* The end of a declarator: at the top level, in a typedef, in a struct. */
static void
end_of_name(struct scan *s, char sign)
{
	if (is_attribute(s, &s->last)) {
		s->last = s->before;
		s->before.len = 0;
		s->words -= s->words > 0;
	}
	const struct lex_token *name = s->pointer.len ? &s->pointer : &s->last;
	bool member = s->braces == 1 && s->members, alias = s->braces == 0 && s->aliases && sign == ';';

	if (s->parens || s->braces > s->members)
		return;
	if ((member || alias) && name->len) {
		size_t place = add(s, name, member ? SYM_FIELD : SYM_TYPE); /* may move s->out->found */
		s->out->found[place - 1].scope = member ? s->open : 0;
	}
	bool variable = s->braces == 0 && !s->aliases && add_variable(s);
	s->last.len = s->before.len = s->pointer.len = 0;
	s->frozen = false;
	if (s->braces)
		return;
	s->initial = sign == '=' || (s->initial && sign != ';' && sign != ',');
	forget(s);
	s->words = variable && sign == ',' ? 2 : 0; /* the type counts for the next one too */
}

/* Not <<, <=, -> and the like. */
static void
angle(struct scan *s, size_t at)
{
	const char *text = s->text.data;
	bool opens = text[at] == '<';

	if (!s->cpp || s->parens || at == 0 || at + 1 == s->text.len)
		return;
	if (opens)
		s->angles += !strchr("<=", text[at - 1]) && !strchr("<=", text[at + 1]);
	else
		s->angles -= s->angles && text[at - 1] != '-';
}

/* One byte between two tokens. */
static void
sign(struct scan *s, size_t at, uint32_t line)
{
	switch (s->text.data[at]) {
	case '{':
		s->angles = 0;
		open_brace(s, line);
		break;
	case '}':
		s->angles = 0;
		close_brace(s, at, line);
		break;
	case '(':
		open_paren(s);
		break;
	case ')':
		s->parens -= s->parens > 0;
		break;
	case '<':
	case '>':
		angle(s, at);
		break;
	case ';':
		s->angles = 0;
		__attribute__((fallthrough));
	case '=':
	case ',':
		if (s->angles)
			break;
		if (s->text.data[at] == '=')
			s->old.len = 0;
		end_of_name(s, s->text.data[at]);
		break;
	case ':':
		if (s->cpp && at > 0 && at + 1 < s->text.len &&
		    (s->text.data[at - 1] == ':' || s->text.data[at + 1] == ':'))
			break;
		s->frozen = true;
		break;
	case '[':
		s->frozen = true;
		break;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case '\\':
		return;
	default:
		break;
	}
	s->word.len = 0;
}

static void
signs(struct scan *s, size_t from, size_t to, uint32_t line)
{
	for (size_t at = from; at < to; at++) {
		sign(s, at, line);
		line += s->text.data[at] == '\n';
	}
}

/* #if, #else and #endif: each branch begins with the braces that stood before the first. */
static void
branch(struct scan *s, struct str word)
{
	if (str_starts(word, STR("if"))) {
		if (s->branch < BRANCHES)
			s->saved[s->branch] = s->braces;
		s->branch++;
	} else if (str_starts(word, STR("el"))) {
		if (s->branch && s->branch <= BRANCHES)
			s->braces = s->saved[s->branch - 1];
	} else if (str_is(word, "endif")) {
		s->branch -= s->branch > 0;
	}
}

/* The end of a preprocessor line, those that a backslash adds included. */
static size_t
directive_end(const struct scan *s, size_t at, uint32_t *line)
{
	for (;;) {
		const char *newline = memchr(s->text.data + at, '\n', s->text.len - at);
		if (!newline)
			return s->text.len;
		at = (size_t)(newline - s->text.data);
		size_t before = at && s->text.data[at - 1] == '\r' ? at - 1 : at;
		if (before == 0 || s->text.data[before - 1] != '\\')
			return at;
		at++;
		++*line;
	}
}

/*
 * Takes a whole line from its directive on.  *t becomes the token behind it, *behind and *line where the
 * directive ends; false at the end of the text.
 */
static bool
directive(struct scan *s, struct lex_token *t, size_t *behind, uint32_t *line)
{
	struct str word = { s->text.data + t->start, t->len };
	uint32_t last = t->line;
	size_t end = directive_end(s, t->start, &last), macro = 0;
	bool define = str_is(word, "define"), more;

	branch(s, word);
	*behind = end;
	*line = last;
	while ((more = lexer_next(&s->lexer, t)) && t->start < end) {
		if (define && !macro && (t->kind == LEX_WORD || t->kind == LEX_KEYWORD))
			macro = add(s, t, SYM_MACRO);
		if (t->start + t->len > end) { /* a comment that goes on behind the line */
			*behind = t->start + t->len;
			*line = s->lexer.line;
		}
	}
	if (macro)
		s->out->found[macro - 1].end_line = last;
	return more;
}

static uint8_t
tag_of(struct str word)
{
	return str_is(word, "struct") ? SYM_STRUCT
	    : str_is(word, "union")   ? SYM_UNION
	    : str_is(word, "enum")    ? SYM_ENUM
	    : str_is(word, "class")   ? SYM_CLASS
				      : 0;
}

/* What may stand between the parameters of a function and its body. */
static bool
keeps_call(struct str word)
{
	static const char *const words[] = { "const", "volatile", "noexcept", "override", "final", "throw",
		"try" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* The name in (*name) or (MACRO *name)(...) */
static bool
is_pointer(const struct scan *s, const struct lex_token *t)
{
	const char *name = s->text.data + t->start, *behind = name + t->len,
		   *end = s->text.data + s->text.len;

	if (t->start < 2 || name[-1] != '*')
		return false;
	return name[-2] == '(' || (end - behind >= 2 && behind[0] == ')' && behind[1] == '(');
}

static bool
is_type_word(struct str word)
{
	static const char *const words[] = { "int", "char", "unsigned", "signed", "long", "short", "float",
		"double", "void", "struct", "union", "enum", "bool", "_Bool" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* Words of a typedef or a member: its name is the last, or the one in (*name). */
static void
name_word(struct scan *s, const struct lex_token *t)
{
	if (s->braces > s->members || s->frozen)
		return;
	if (s->parens == 0) {
		s->before = s->last;
		s->last = *t;
		s->words++;
	} else if (s->parens == 1 && s->pointer.len == 0 && is_pointer(s, t)) {
		s->pointer = *t;
	}
}

static void
top_keyword(struct scan *s, struct str word)
{
	uint8_t kind = tag_of(word);

	if (kind) {
		s->tag_kind = kind;
		s->tag.len = s->called.len = 0;
	} else if (!keeps_call(word)) {
		s->called.len = 0;
	}
	s->words += is_type_word(word);
	s->aliases |= str_is(word, "typedef");
	s->transparent |= str_is(word, "extern") || str_is(word, "namespace");
}

static bool
is_argument(const struct scan *s, const struct lex_token *t)
{
	const char *text = s->text.data;

	if (s->argument.len == 0)
		return text[t->start - 1] == '(';
	size_t behind = s->argument.start + s->argument.len;
	return s->cpp && text[behind] == ',' &&
	    (behind + 1 == t->start || (behind + 2 == t->start && text[behind + 1] == ' '));
}

static void
token(struct scan *s, const struct lex_token *t)
{
	struct str word = { s->text.data + t->start, t->len };

	s->word.len = 0;
	if (t->kind == LEX_WORD)
		name_word(s, t);
	if (t->kind == LEX_WORD && s->braces == 0 && s->parens == 1 && s->called.len && is_argument(s, t))
		s->argument = *t;
	if (s->braces || s->parens)
		return;
	if (!s->cpp && s->called.len && (t->kind == LEX_WORD || t->kind == LEX_KEYWORD) &&
	    word.data[0] != '_' && !keeps_call(word))
		s->old = s->called;
	if (t->kind == LEX_KEYWORD) {
		top_keyword(s, word);
	} else if (t->kind == LEX_WORD) {
		s->word = *t;
		if (s->tag_kind && s->tag.len == 0)
			s->tag = *t;
	} else if (t->kind == LEX_STRING && !str_is(word, "\"C\"")) {
		s->transparent = false;
	}
}

static void
scan_text(struct scan *s)
{
	struct lex_token t;
	size_t behind = 0;
	uint32_t line = 1;
	bool more = lexer_next(&s->lexer, &t);

	while (more) {
		if (t.start > behind)
			signs(s, behind, t.start, line);
		line = t.line;
		if (t.kind == LEX_DIRECTIVE) {
			more = directive(s, &t, &behind, &line);
			continue;
		}
		if (t.kind != LEX_COMMENT)
			token(s, &t);
		behind = t.start + t.len;
		line = s->lexer.line;
		more = lexer_next(&s->lexer, &t);
	}
	if (s->text.len > behind)
		signs(s, behind, s->text.len, line);
}

void
scan_c(enum seg_language language, struct str text, struct scanned *out)
{
	struct scan s = { .text = text, .out = out, .cpp = language == LANG_CPP };

	*out = (struct scanned){ 0 };
	lexer_init(&s.lexer, language, text);
	scan_text(&s);
}

void
scanned_release(struct scanned *scanned)
{
	free(scanned->found);
	free(scanned->bodies);
	*scanned = (struct scanned){ 0 };
}
