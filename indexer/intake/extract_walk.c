/*
 * One pass from the root down and from left to right, with a frame for each node on the way
 * down.  A name becomes a symbol when it is met: its extent is the node whose rule said
 * so (the owner), its parent the nearest frame above the owner that holds a symbol.
 */
#include "indexer/intake/extract_walk.h"

#include "base/mem.h"
#include "indexer/intake/walk_private.h"

#include <stdlib.h>

#define LATE_NODES 4096 /* nodes between two looks at the clock */

/* ---- leaves ---- */

static void
colour(struct walk *w, size_t start, size_t len, enum span_class class)
{
	if (w->failed == 0)
		w->failed = parsed_span(w->out, start, len, class);
}

/* The body of a macro: tokens that no grammar has looked at. */
static void
meet_words(struct walk *w, TSNode node)
{
	static const enum span_class classes[] = { [LEX_KEYWORD] = SPAN_KEYWORD,
		[LEX_NUMBER] = SPAN_NUMBER,
		[LEX_STRING] = SPAN_STRING,
		[LEX_COMMENT] = SPAN_COMMENT };
	struct str text = node_text(w, node);
	TSPoint from = ts_node_start_point(node);
	size_t start = ts_node_start_byte(node), line_start = 0;
	uint32_t line = 1;
	struct lex_token token;

	lexer_again(&w->lexer, text);
	while (lexer_next(&w->lexer, &token)) {
		for (; line < token.line; line++)
			line_start += (size_t)((const char *)memchr(
						   text.data + line_start, '\n', text.len - line_start) -
					  (text.data + line_start)) +
			    1;
		bool call = token.kind == LEX_WORD && token.start + token.len < text.len &&
		    text.data[token.start + token.len] == '(';
		enum span_class class = call                                  ? SPAN_FUNCTION
		    : (unsigned)token.kind < sizeof classes / sizeof *classes ? classes[token.kind]
									      : SPAN_PLAIN;
		colour(w, start + token.start, token.len, class);
		if (call)
			parsed_use(w->out,
			    &(struct parsed_use){ .line = from.row + line,
				.column =
				    (uint32_t)(token.start - line_start) + 1 + (line == 1 ? from.column : 0),
				.role = ROLE_CALL,
				.name = { text.data + token.start, token.len } });
	}
}

static void
meet_leaf(struct walk *w, const struct frame *frame)
{
	uint32_t start = frame->start, end = frame->end;
	enum span_class class = (enum span_class)frame->info->class;

	if (end > w->text.len || start >= end)
		return;
	if (frame->info->flags & L_WORDS) {
		meet_words(w, frame->node);
		return;
	}
	if (frame->info->flags & L_NAME)
		class = meet_name(w, frame->node, frame->info, &frame->context);
	colour(w, start, end - start, class);
}

/* ---- the way down ---- */

static const struct compiled_rule *
find_rule(const struct walk *w, const struct node_info *parent, TSFieldId field, TSSymbol child)
{
	child = grammar_node(w->table, child)->same;
	for (size_t i = 0; i < parent->rule_count; i++) {
		const struct compiled_rule *rule = &w->table->rules[parent->first_rule + i];
		if ((rule->field == 0 || rule->field == field) &&
		    (rule->child == UINT16_MAX || rule->child == child))
			return rule;
	}
	return NULL;
}

static bool
has_field(TSNode node, TSFieldId field)
{
	return field && !ts_node_is_null(ts_node_child_by_field_id(node, field));
}

/* The frame at hand are the arguments of a call of one of the words. */
static bool
is_given_to_require(const struct walk *w)
{
	static const struct str words[] = { { "require_relative", 16 }, { "require", 7 }, { "import", 6 },
		{ "load", 4 }, { "autoload", 8 } };
	const struct frame *call = &w->frames[w->depth - 1];
	struct str text = { w->text.data + call->start,
		call->start < call->end ? call->end - call->start : 0 };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_starts(text, words[i]) && text.len > words[i].len)
			return strchr(" \t(\"'", text.data[words[i].len]);
	return false;
}

/* The frame at hand is the first argument of define(...). */
static bool
is_given_to_define(const struct walk *w)
{
	const struct frame *argument = &w->frames[w->depth], *list = argument - 1, *call = argument - 2;

	return w->depth > 2 && argument->start == list->start + 1 && call->end - call->start > 7 &&
	    memcmp(w->text.data + call->start, "define(", 7) == 0;
}

/* id="..." or name="..." */
static bool
begins_with_name(const struct walk *w)
{
	const struct frame *at = &w->frames[w->depth];
	struct str text = { w->text.data + at->start, at->end - at->start };

	return str_starts(text, STR("id=")) || str_starts(text, STR("name="));
}

/* constructor(private name: type), class Name(val name: type) */
static bool
says_access(const struct walk *w, TSNode parameter)
{
	static const char *const words[] = { "public", "private", "protected", "readonly", "override", "val",
		"var" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has_word(w, parameter, words[i]))
			return true;
	return false;
}

static void
new_context(const struct walk *w, const struct compiled_rule *rule, struct context *context)
{
	const struct frame *parent = &w->frames[w->depth];

	*context = (struct context){
		.effect = rule->effect, .value = rule->value, .flags = rule->flags, .owner = w->depth
	};
	if ((rule->flags & R_BODY && !has_field(parent->node, w->table->body)) ||
	    (rule->flags & R_UNNAMED &&
		(has_field(parent->node, w->table->name) || has_field(parent->node, w->table->declarator))))
		*context = (struct context){ .effect = E_USE, .value = ROLE_TYPE, .owner = w->depth };
	if (rule->flags & R_ONLY && !is_function_value(w, parent->node))
		*context = (struct context){ .effect = E_USE, .value = ROLE_WRITE, .owner = w->depth };
	if ((rule->flags & R_REQUIRE && !is_given_to_require(w)) ||
	    (rule->flags & R_DEFINES && !is_given_to_define(w)) ||
	    (rule->flags & R_NAMES && !begins_with_name(w)))
		*context = (struct context){ 0 };
	if (rule->flags & R_ACCESS && !says_access(w, parent->node))
		*context = (struct context){ .effect = E_LOCAL, .owner = w->depth };
}

/* The context of a child of the frame at hand. */
static struct context
context_for(const struct walk *w, const struct descent_node *node)
{
	const struct frame *parent = &w->frames[w->depth];
	struct context context = { 0 };

	if (parent->info->rule_count == 0)
		return context;
	const struct compiled_rule *rule = find_rule(w, parent->info, node->field, node->symbol);
	if (!rule || (rule->flags & R_LATER && node->start == parent->start))
		return context;
	switch ((enum effect)rule->effect) {
	case E_NONE:
		return context;
	case E_ADDRESS:
		if (w->text.data[parent->start] == '&') {
			context =
			    (struct context){ .effect = E_USE, .value = ROLE_ADDRESS, .owner = w->depth };
			return context;
		}
		__attribute__((fallthrough));
	case E_KEEP_USE:
		if (parent->context.effect != E_USE || parent->context.value != rule->value)
			return context;
		return parent->context;
	case E_TYPE:
		if (parent->context.effect == E_NONE)
			return (struct context){ .effect = E_USE, .value = ROLE_TYPE, .owner = w->depth };
		return parent->context;
	case E_VARIABLE:
		if (parent->context.effect == E_NONE) {
			context.effect = parent->context.member ? E_NONE : E_VARIABLE;
			context.member = parent->context.member;
			return context;
		}
		__attribute__((fallthrough));
	case E_KEEP:
	case E_CALLABLE:
	case E_POINTER:
	case E_MEMBER:
		context = parent->context;
		context.member |= rule->effect == E_MEMBER;
		if (rule->effect == E_CALLABLE)
			context.callable = true;
		if (rule->effect == E_POINTER)
			context.callable = false;
		if (parent->info->flags & L_QUALIFIES && context.qualify == 0)
			context.qualify = ts_node_start_byte(parent->node) + 1;
		return context;
	default:
		if (rule->flags & R_KEPT && parent->context.effect != E_NONE)
			return parent->context;
		new_context(w, rule, &context);
		return context;
	}
}

static void
note_error(struct walk *w, TSNode node)
{
	uint32_t first = ts_node_start_point(node).row + 1, last = last_line(node);

	w->out->state.errors++;
	if (first <= w->last_error_line)
		first = w->last_error_line + 1;
	if (last >= first) {
		w->out->state.error_lines += last - first + 1;
		w->last_error_line = last;
	}
}

/* Puts a node on top of the frames. */
static void
push(struct walk *w, const struct descent_node *node, struct context context, bool function)
{
	if (++w->depth == w->room) {
		w->room *= 2;
		w->frames = mem_grow(w->frames, w->room, sizeof *w->frames);
	}
	struct frame *frame = &w->frames[w->depth];
	*frame = (struct frame){ .node = node->node,
		.start = node->start,
		.end = node->end,
		.info = grammar_node(w->table, node->symbol),
		.context = context,
		.symbol = -1,
		.first_symbol = (int32_t)w->out->symbol_count,
		.function = function };
	if (frame->info->flags & L_FUNCTION && !function)
		locals_clear(&w->locals);
	if (frame->info == &w->table->error || (node->start == node->end && ts_node_is_missing(frame->node)))
		note_error(w, frame->node);
}

/* What a keyword that stands loose in an error announces. */
static uint8_t
announced(const struct walk *w, TSSymbol symbol)
{
	static const struct {
		const char *word;
		uint8_t kind;
	} words[] = { { "class", SYM_CLASS }, { "interface", SYM_INTERFACE }, { "enum", SYM_ENUM },
		{ "struct", SYM_STRUCT }, { "trait", SYM_TRAIT }, { "record", SYM_CLASS },
		{ "module", SYM_MODULE }, { "namespace", SYM_NAMESPACE } };
	const char *word = ts_language_symbol_name(w->table->language, symbol);

	for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].kind;
	return 0;
}

static struct loose
loose_here(const struct walk *w)
{
	return w->loose.depth == w->depth ? w->loose : (struct loose){ 0 };
}

/*
 * A child of an error: what a keyword announces, or what parameters follow, is defined here all the
 * same.  In C and C++ the braces say more: extract_repair.h.
 */
static struct context
context_in_error(struct walk *w, const struct descent_node *node)
{
	struct context context = context_for(w, node);
	const struct node_info *info = grammar_node(w->table, node->symbol);
	struct loose was = loose_here(w);

	if (w->language == LANG_C || w->language == LANG_CPP)
		return context;
	w->loose = (struct loose){ .depth = w->depth };
	if (info->flags & L_NAME && was.kind)
		return (struct context){ .effect = E_DEFINE, .value = was.kind, .owner = w->depth };
	w->loose.name = node->node;
	w->loose.named = info->flags & L_NAME;
	if (!ts_node_is_named(node->node))
		w->loose.kind = announced(w, node->symbol);
	return context;
}

/* A child of the frame at hand. */
static void
push_child(struct walk *w, const struct descent_node *node)
{
	const struct frame *parent = &w->frames[w->depth];
	bool function =
	    (parent->function || parent->info->flags & L_FUNCTION) && !(parent->info->flags & L_MEMBERS);

	if (parent->info != &w->table->error) {
		push(w, node, context_for(w, node), function);
		return;
	}
	struct loose before = loose_here(w);
	push(w, node, context_in_error(w, node), function);
	if (before.named && w->frames[w->depth].info->flags & L_PARAMETERS)
		meet_loose(w, before.name);
}

static enum seg_why
over_limit(struct walk *w)
{
	if (w->depth >= w->limits->depth)
		return SEG_WHY_DEPTH;
	if (++w->nodes > w->limits->nodes || w->failed)
		return SEG_WHY_NODES;
	return w->nodes % LATE_NODES == 0 && w->limits->late(w->limits->ctx) ? SEG_WHY_TIME : SEG_WHY_NONE;
}

/* To the next node: the first child, or the next sibling of the nearest ancestor that has one; false at the end. */
static bool
advance(struct walk *w)
{
	struct frame *frame = &w->frames[w->depth];
	bool whole = frame->info->flags & (L_WHOLE | L_WORDS);
	struct descent_node node;

	if (!whole && descent_child(w->descent, &node)) {
		push_child(w, &node);
		return true;
	}
	meet_leaf(w, frame);
	do {
		if (--w->depth == 0)
			return false;
	} while (!descent_sibling(w->descent, &node));
	push_child(w, &node);
	return true;
}

enum seg_why
extract_walk(const struct grammar_table *table, enum seg_language language, const TSTree *tree,
    struct str text, const struct extract_limits *limits, struct parsed *out)
{
	static const struct node_info nothing;
	struct walk w = {
		.table = table, .language = language, .text = text, .limits = limits, .out = out, .room = 256
	};
	struct descent_node root;
	enum seg_why why;

	lexer_init(&w.lexer, language, STR(""));
	w.frames = mem_alloc(w.room * sizeof *w.frames);
	w.frames[0] = (struct frame){ .info = &nothing, .symbol = -1 };
	w.descent = descent_new(tree, &root);
	push(&w, &root, (struct context){ 0 }, false);
	do
		why = over_limit(&w);
	while (why == SEG_WHY_NONE && advance(&w));
	descent_free(w.descent);
	free(w.frames);
	return why;
}
