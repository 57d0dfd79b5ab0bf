/*
 * Follows the grammars of C and C++ where they are plain, and nowhere else: what they make of white space before the
 * end of a #define, of a backslash, of bytes beyond ASCII, and what mask.h would do to words, is not repeated here.
 */
#include "indexer/intake/directives.h"

#include "indexer/intake/colour.h"
#include "indexer/intake/extract.h"
#include "indexer/intake/lexer.h"

#define NESTED 64 /* #ifdef in #ifdef */

struct reader {
	struct parsed *out;
	const char *at, *end;
	const char *text;
	const char *line;    /* where the one at hand begins */
	uint32_t number;     /* of the line, from 1 */
	unsigned depth;      /* of #ifdef */
	bool turned[NESTED]; /* behind its #else */
	struct lexer lexer;  /* for what macros stand for */
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* What stands in sources; of white space, space and tab. */
static bool
is_plain(char c)
{
	return (c >= ' ' && c <= '~') || c == '\t';
}

static bool
is_at(const struct reader *r, char c)
{
	return r->at < r->end && *r->at == c;
}

static bool
starts(const struct reader *r, const char mark[static 2])
{
	return r->end - r->at >= 2 && r->at[0] == mark[0] && r->at[1] == mark[1];
}

static bool
skip_blanks(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
	return r->at > from;
}

static bool
colour(struct reader *r, const char *from, enum span_class class)
{
	return parsed_span(r->out, (size_t)(from - r->text), (size_t)(r->at - from), class) == 0;
}

/* Takes the newline; false if the line is longer than is parsed. */
static bool
end_line(struct reader *r)
{
	if ((size_t)(r->at - r->line) > EXTRACT_LINE)
		return false;
	r->line = ++r->at;
	r->number++;
	return true;
}

static struct str
take_word(struct reader *r)
{
	const char *from = r->at;

	if (r->at < r->end && is_letter(*r->at))
		while (r->at < r->end && is_word(*r->at))
			r->at++;
	return (struct str){ from, (size_t)(r->at - from) };
}

/* ---- comments ---- */

/* What mask.h looks for, in comments too. */
static bool
has_tag(struct str comment)
{
	static const struct str words[] = { { "struct ", 7 }, { "class ", 6 }, { "union ", 6 },
		{ " FAR *", 6 } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(comment.data, comment.len, words[i].data, words[i].len))
			return true;
	return false;
}

static bool
line_comment(struct reader *r)
{
	const char *from = r->at;

	for (; r->at < r->end && *r->at != '\n'; r->at++)
		if (!is_plain(*r->at) || *r->at == '\\')
			return false;
	return r->at < r->end && !has_tag((struct str){ from, (size_t)(r->at - from) }) &&
	    colour(r, from, SPAN_COMMENT);
}

static bool
block_comment(struct reader *r)
{
	const char *from = r->at;

	for (r->at += 2; !starts(r, "*/");) {
		if (is_at(r, '\n')) {
			if (!end_line(r))
				return false;
			skip_blanks(r);
			if (r->at < r->end && is_letter(*r->at))
				return false; /* mask.h may take it for code */
		} else if (r->at == r->end || !is_plain(*r->at)) {
			return false;
		} else {
			r->at++;
		}
	}
	r->at += 2;
	return !has_tag((struct str){ from, (size_t)(r->at - from) }) && colour(r, from, SPAN_COMMENT);
}

/* Blanks and comments up to the end of the line in which the last of them ends; at the end of the text too. */
static bool
nothing_more(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		if (r->at == r->end)
			return true;
		if (is_at(r, '\n'))
			return end_line(r);
		if (starts(r, "//") ? !line_comment(r) : !starts(r, "/*") || !block_comment(r))
			return false;
	}
}

/* Comments up to a newline that nothing else stands before: what ends a #define must not follow a blank. */
static bool
ends_there(struct reader *r)
{
	for (;;) {
		if (is_at(r, '\n'))
			return end_line(r);
		skip_blanks(r);
		if (starts(r, "//") ? !line_comment(r) : !starts(r, "/*") || !block_comment(r))
			return false;
	}
}

/* ---- directives ---- */

static bool
use(struct reader *r, struct str name, const char *node, enum seg_role role, enum span_class class)
{
	parsed_use(r->out,
	    &(struct parsed_use){ .line = r->number,
		.column = (uint32_t)(node - r->line) + 1,
		.role = (uint8_t)role,
		.name = name });
	return colour(r, node, colour_of_use(role, class));
}

/* (name, name, ...) */
static bool
parameters(struct reader *r)
{
	r->at++;
	skip_blanks(r);
	while (!is_at(r, ')')) {
		if (r->end - r->at >= 3 && memcmp(r->at, "...", 3) == 0)
			r->at += 3;
		else if (take_word(r).len == 0)
			return false;
		skip_blanks(r);
		if (is_at(r, ',')) {
			r->at++;
			skip_blanks(r);
			if (is_at(r, ')'))
				return false;
		} else if (!is_at(r, ')')) {
			return false;
		}
	}
	r->at++;
	return true;
}

/* The tokens of what a macro stands for. */
static bool
value_words(struct reader *r, const char *from)
{
	static const enum span_class classes[] = { [LEX_KEYWORD] = SPAN_KEYWORD,
		[LEX_NUMBER] = SPAN_NUMBER,
		[LEX_STRING] = SPAN_STRING,
		[LEX_COMMENT] = SPAN_COMMENT };
	struct lex_token token;

	lexer_again(&r->lexer, (struct str){ from, (size_t)(r->at - from) });
	while (lexer_next(&r->lexer, &token)) {
		const char *start = from + token.start, *behind = start + token.len;
		bool call = token.kind == LEX_WORD && behind < r->at && *behind == '(';
		enum span_class class = call                                  ? SPAN_FUNCTION
		    : (unsigned)token.kind < sizeof classes / sizeof *classes ? classes[token.kind]
									      : SPAN_PLAIN;
		if (parsed_span(r->out, (size_t)(start - r->text), token.len, class) < 0)
			return false;
		if (call)
			parsed_use(r->out,
			    &(struct parsed_use){ .line = r->number,
				.column = (uint32_t)(start - r->line) + 1,
				.role = ROLE_CALL,
				.name = { start, token.len } });
	}
	return true;
}

/* What a macro stands for: up to the end of the line, or a comment. */
static bool
value(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && is_word(*r->at))
		r->at++;
	if (is_at(r, '\n') && *from >= '0' && *from <= '9')
		return colour(r, from, SPAN_NUMBER);
	while (r->at < r->end && *r->at != '\n') {
		if (!is_plain(*r->at) || *r->at == '\\')
			return false;
		if (*r->at == '/') {
			if (starts(r, "/*"))
				break;
			if (starts(r, "/\n"))
				return false;
			r->at++; /* the grammar takes a slash and what follows it for one */
			if (r->at < r->end && !is_plain(*r->at))
				return false;
		}
		r->at++;
	}
	return r->at < r->end && !has_tag((struct str){ from, (size_t)(r->at - from) }) &&
	    value_words(r, from);
}

static bool
define(struct reader *r)
{
	struct parsed_symbol symbol = { .kind = SYM_MACRO, .parent = -1 };

	if (!skip_blanks(r))
		return false;
	symbol.name = take_word(r);
	if (symbol.name.len == 0 || !colour(r, symbol.name.data, colour_of_kind(SYM_MACRO)))
		return false;
	symbol.line = r->number;
	symbol.column = (uint32_t)(symbol.name.data - r->line) + 1;
	if (is_at(r, '(') && !parameters(r))
		return false;
	const char *behind = r->at;
	bool apart = skip_blanks(r);
	if (is_at(r, '\n') || starts(r, "/*") || starts(r, "//"))
		r->at = behind;
	else if (!apart || !value(r))
		return false;
	if (!ends_there(r))
		return false;
	symbol.end_line = r->number - 1;
	parsed_symbol(r->out, &symbol);
	return true;
}

/* "name" or <name> */
static bool
include(struct reader *r)
{
	skip_blanks(r);
	const char *from = r->at;
	if (!is_at(r, '"') && !is_at(r, '<'))
		return false;
	char close = *from == '<' ? '>' : '"';
	for (r->at++; !is_at(r, close); r->at++)
		if (r->at == r->end || !is_plain(*r->at) || strchr("\\\"<>", *r->at))
			return false;
	r->at++;
	struct str name = { from + 1, (size_t)(r->at - from) - 2 };
	return name.len && use(r, name, from, ROLE_INCLUDE, SPAN_STRING) && ends_there(r);
}

static bool
condition(struct reader *r)
{
	if (!skip_blanks(r) || r->depth == NESTED)
		return false;
	struct str name = take_word(r);
	r->turned[r->depth++] = false;
	return name.len && use(r, name, name.data, ROLE_MACRO, SPAN_PLAIN) && nothing_more(r);
}

static bool
turn(struct reader *r)
{
	if (r->depth == 0 || r->turned[r->depth - 1])
		return false;
	r->turned[r->depth - 1] = true;
	return nothing_more(r);
}

/* From the # on. */
static bool
directive(struct reader *r)
{
	const char *from = r->at++;

	skip_blanks(r);
	struct str word = take_word(r);
	if (!colour(r, from, SPAN_PREPROC))
		return false;
	if (str_is(word, "define"))
		return define(r);
	if (str_is(word, "include"))
		return include(r);
	if (str_is(word, "ifdef") || str_is(word, "ifndef"))
		return condition(r);
	if (str_is(word, "else"))
		return turn(r);
	return str_is(word, "endif") && r->depth-- > 0 && nothing_more(r);
}

bool
directives_read(enum seg_language language, struct str text, struct parsed *out)
{
	struct reader r = { .out = out,
		.at = text.data,
		.end = text.data + text.len,
		.text = text.data,
		.line = text.data,
		.number = 1 };

	if (text.len > EXTRACT_BYTES)
		return false;
	lexer_init(&r.lexer, language, STR(""));
	parsed_clear(out);
	while (r.at < r.end) {
		skip_blanks(&r);
		if (is_at(&r, '#') ? !directive(&r) : !nothing_more(&r))
			return false;
	}
	return r.depth == 0 && (size_t)(r.end - r.line) <= EXTRACT_LINE;
}
