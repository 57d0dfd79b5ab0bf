#include "indexer/intake/extract.h"

#include "base/mem.h"
#include "indexer/intake/directives.h"
#include "indexer/intake/extract_repair.h"
#include "indexer/intake/grammar.h"
#include "indexer/intake/lexer.h"
#include "indexer/intake/parser.h"

#include <ctype.h>
#include <stdlib.h>

#define CONTROLS ((size_t)4096) /* bytes that are looked at together */
#define YAML_LEVELS 120         /* two each at most, of the 253 that there is room for */

struct extractor {
	struct parser *parser;
};

struct extractor *
extractor_new(void)
{
	struct extractor *x = mem_new(struct extractor);

	x->parser = parser_new();
	return x;
}

void
extractor_free(struct extractor *x)
{
	if (x)
		parser_free(x->parser);
	free(x);
}

static enum span_class
class_of(enum lex_kind kind)
{
	switch (kind) {
	case LEX_COMMENT:
		return SPAN_COMMENT;
	case LEX_STRING:
		return SPAN_STRING;
	case LEX_NUMBER:
		return SPAN_NUMBER;
	case LEX_KEYWORD:
		return SPAN_KEYWORD;
	case LEX_DIRECTIVE:
		return SPAN_PREPROC;
	case LEX_END:
	case LEX_WORD:
		break;
	}
	return SPAN_PLAIN;
}

int
extract_plain(enum seg_language language, struct str text, enum seg_why why, struct parsed *out)
{
	struct lexer lexer;
	struct lex_token token;
	int r = 0;

	parsed_clear(out);
	out->state.status = why == SEG_WHY_NONE ? SEG_PLAIN : SEG_NOT_PARSED;
	out->state.why = (uint8_t)why;
	if (!language_lexis(language))
		return 0;
	lexer_init(&lexer, language, text);
	while (r == 0 && lexer_next(&lexer, &token))
		r = parsed_span(out, token.start, token.len, class_of(token.kind));
	if (r == ERR_MEMORY) /* more spans than are kept: none */
		buf_clear(&out->spans);
	return 0;
}

static bool
has_long_line(struct str text)
{
	struct str rest = text, line;

	while (str_next(&rest, '\n', &line))
		if (line.len > EXTRACT_LINE)
			return true;
	return false;
}

/*
 * YAML's scanner keeps a stack of indentations that it checks against no limit: each level needs a column
 * more, or an indicator in the line.
 */
static bool
is_deep_yaml(struct str text)
{
	struct str rest = text, line;

	while (str_next(&rest, '\n', &line)) {
		size_t levels = 0;
		while (levels < line.len && strchr(" \t", line.data[levels]))
			levels++;
		for (size_t i = levels; i < line.len; i++)
			levels += strchr("-?:", line.data[i]) &&
			    (i + 1 == line.len || isspace((unsigned char)line.data[i + 1]));
		if (levels > YAML_LEVELS)
			return true;
	}
	return false;
}

/* Written without branches, so that many are looked at together. */
static inline unsigned
is_control(unsigned char c)
{
	return (c < 32) & ((unsigned char)(c - '\t') > '\r' - '\t') & (c != 27);
}

/* More than one byte in a hundred, and more than a few, that no source is written with. */
static bool
has_controls(struct str text)
{
	const unsigned char *bytes = (const unsigned char *)text.data;
	size_t count = 0;

	for (size_t from = 0, to; from < text.len; from = to) {
		unsigned char any = 0;
		to = text.len - from < CONTROLS ? text.len : from + CONTROLS;
		for (size_t i = from; i < to; i++)
			any |= (unsigned char)is_control(bytes[i]);
		for (size_t i = from; any && i < to; i++)
			count += is_control(bytes[i]);
	}
	return count > 16 && count > text.len / 100;
}

static uint32_t
count_lines(struct str text)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n' || i + 1 == text.len;
	return lines;
}

/* Errors nearly everywhere, and nothing found.  What is missing at the end lies behind the last line. */
static bool
is_nonsense(struct str text, struct parsed *parsed)
{
	uint32_t lines = parsed->state.errors ? count_lines(text) : 0;

	if (parsed->state.error_lines > lines)
		parsed->state.error_lines = lines;
	return parsed->state.errors && parsed->symbol_count == 0 &&
	    (uint64_t)parsed->state.error_lines * 10 >= (uint64_t)lines * 9;
}

int
extract_text(struct extractor *x, enum seg_language language, struct str text, struct parsed *out)
{
	bool is_c = language == LANG_C || language == LANG_CPP;
	enum seg_why why;

	if (!grammar_of(language))
		return extract_plain(language, text, SEG_WHY_NONE, out);
	if (is_c && directives_read(language, text, out)) {
		out->state.status = SEG_PARSED;
		return 0;
	}
	if (text.len > EXTRACT_BYTES)
		why = SEG_WHY_SIZE;
	else if (has_long_line(text))
		why = SEG_WHY_LINE;
	else if (language == LANG_YAML && is_deep_yaml(text))
		why = SEG_WHY_DEPTH;
	else if (has_controls(text))
		why = SEG_WHY_CONTROL;
	else
		why = parser_run(x->parser, language, text, out);
	if (why == SEG_WHY_NONE && is_nonsense(text, out))
		why = SEG_WHY_ERRORS;
	if (why != SEG_WHY_NONE)
		return extract_plain(language, text, why, out);
	if (out->state.errors && is_c)
		extract_repair(language, parser_shown(x->parser, text), out);
	out->state.status = SEG_PARSED;
	return 0;
}
