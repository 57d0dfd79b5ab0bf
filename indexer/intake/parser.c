#include "indexer/intake/parser.h"

#include "base/mem.h"
#include "indexer/intake/extract.h"
#include "indexer/intake/extract_walk.h"
#include "indexer/intake/mask.h"
#include "indexer/intake/numbers.h"
#include "indexer/intake/parser_memory.h"

#include <stdlib.h>
#include <time.h>

#define LATE_STEPS 256 /* progress calls between two looks at the clock */

struct parser {
	struct grammar_table tables[LANG_END]; /* compiled as they are needed */
	struct timespec deadline;
	uint64_t steps, most_steps;
	enum seg_why why;
	jmp_buf full;
	struct buf masked; /* the text without what would lead the grammar astray */
};

struct parser *
parser_new(void)
{
	struct parser *parser = mem_new(struct parser);

	parser->masked = BUF(EXTRACT_BYTES);
	return parser;
}

void
parser_free(struct parser *parser)
{
	if (!parser)
		return;
	for (size_t i = 0; i < LANG_END; i++)
		grammar_table_release(&parser->tables[i]);
	parser_memory_release();
	buf_release(&parser->masked);
	free(parser);
}

static bool
is_late(void *ctx)
{
	const struct parser *parser = ctx;
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec > parser->deadline.tv_sec ||
	    (now.tv_sec == parser->deadline.tv_sec && now.tv_nsec > parser->deadline.tv_nsec);
}

/* tree-sitter asks after every hundred operations. */
static bool
progress(TSParseState *state)
{
	struct parser *parser = state->payload;

	if (++parser->steps > parser->most_steps)
		parser->why = SEG_WHY_STEPS;
	else if (parser->steps % LATE_STEPS == 0 && is_late(parser))
		parser->why = SEG_WHY_TIME;
	return parser->why != SEG_WHY_NONE;
}

static const char *
give_text(void *payload, uint32_t byte, TSPoint point, uint32_t *len)
{
	const struct str *text = payload;

	(void)point;
	*len = byte < text->len ? (uint32_t)(text->len - byte) : 0;
	return *len ? text->data + byte : "";
}

/* Blanks what would lead the grammar astray and, for a `thin` text, tables; false if those are too little of it. */
static bool
prepare(struct parser *parser, enum seg_language language, struct str text, bool thin, struct parsed *out)
{
	buf_clear(&parser->masked);
	if (language == LANG_C || language == LANG_CPP)
		mask_macros(language, text, &parser->masked, out);
	if (!thin)
		return true;
	if (parser->masked.len == 0 && buf_str(&parser->masked, text) < 0)
		return false;
	return numbers_blank(text, &parser->masked) > text.len / 2;
}

static enum seg_why
parse_and_walk(struct parser *parser, enum seg_language language, struct str text, struct parsed *out)
{
	const struct grammar_table *table = &parser->tables[language];
	struct str shown = parser_shown(parser, text);
	TSInput input = { .payload = &shown, .read = give_text, .encoding = TSInputEncodingUTF8 };
	TSParseOptions options = { .payload = parser, .progress_callback = progress };
	struct extract_limits limits = {
		.depth = EXTRACT_DEPTH, .nodes = EXTRACT_NODES, .late = is_late, .ctx = parser
	};

	TSParser *ts = ts_parser_new();
	if (!ts_parser_set_language(ts, table->language)) {
		ts_parser_delete(ts);
		return SEG_WHY_KILLED; /* a grammar of another version: cannot be */
	}
	TSTree *tree = ts_parser_parse_with_options(ts, NULL, input, options);
	if (tree && parser->why == SEG_WHY_NONE)
		parser->why = extract_walk(table, language, tree, text, &limits, out);
	else if (parser->why == SEG_WHY_NONE)
		parser->why = SEG_WHY_STEPS;
	ts_parser_delete(ts); /* the tree goes with the memory */
	return parser->why;
}

static enum seg_why
attempt(struct parser *parser, enum seg_language language, struct str text, bool thin, struct parsed *out)
{
	enum seg_why why;

	parser->steps = 0;
	parser->why = SEG_WHY_NONE;
	parsed_clear(out);
	if (!prepare(parser, language, text, thin, out))
		return SEG_WHY_MEMORY;
	if (setjmp(parser->full) == 0) {
		parser_memory_begin(EXTRACT_MEMORY, &parser->full);
		why = parse_and_walk(parser, language, text, out);
	} else {
		why = SEG_WHY_MEMORY;
	}
	parser_memory_end();
	return why;
}

enum seg_why
parser_run(struct parser *parser, enum seg_language language, struct str text, struct parsed *out)
{
	struct grammar_table *table = &parser->tables[language];

	if (!table->language)
		grammar_compile(grammar_of(language), table);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &parser->deadline);
	parser->deadline.tv_sec += EXTRACT_SECONDS;
	parser->most_steps = EXTRACT_STEPS(text.len);
	enum seg_why why = attempt(parser, language, text, false, out);
	return why == SEG_WHY_MEMORY ? attempt(parser, language, text, true, out) : why;
}

struct str
parser_shown(const struct parser *parser, struct str text)
{
	return parser->masked.len ? buf_view(&parser->masked) : text;
}
