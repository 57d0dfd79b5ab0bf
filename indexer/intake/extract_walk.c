/*
 * One pass from the root down and from left to right, with a frame for each node on the way
 * down.  A name becomes a symbol when it is met: its extent is the node whose rule said
 * so (the owner), its parent the nearest frame above the owner that holds a symbol.
 */
#include "indexer/intake/extract_walk.h"

#include "base/mem.h"
#include "indexer/intake/colour.h"
#include "indexer/intake/descent.h"
#include "indexer/intake/kinds.h"
#include "indexer/intake/lexer.h"
#include "indexer/intake/locals.h"

#include <ctype.h>
#include <stdlib.h>

#define LATE_NODES 4096 /* nodes between two looks at the clock */

struct context {
	uint8_t effect; /* E_NONE, E_DEFINE, E_USE, E_SCOPE */
	uint8_t value;
	uint16_t flags;   /* enum rule_flag */
	bool callable;    /* parameters were seen on the way to the name */
	uint32_t owner;   /* depth of the frame whose rule this comes from */
	uint32_t qualify; /* byte + 1 where a scope written before the name begins; 0: none */
};

struct frame {
	TSNode node;
	uint32_t start, end; /* bytes */
	const struct node_info *info;
	struct context context;
	int32_t symbol;       /* that this node is, or -1 */
	struct str scope;     /* of E_SCOPE, or what a typedef gives the members of an unnamed struct */
	int32_t first_symbol; /* how many there were before this node */
	bool function;        /* in the body of a function */
};

struct walk {
	const struct grammar_table *table;
	enum seg_language language;
	struct str text;
	const struct extract_limits *limits;
	struct parsed *out;
	struct frame *frames;
	uint32_t depth; /* of the frame at hand */
	uint32_t room;
	uint64_t nodes;
	uint32_t last_error_line;
	struct descent *descent;
	int failed;           /* spans that cannot be kept */
	struct locals locals; /* of the function at hand */
	struct lexer lexer;   /* for the bodies of macros */
};

static struct str
node_text(const struct walk *w, TSNode node)
{
	uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);

	if (end > w->text.len || start > end)
		return (struct str){ w->text.data, 0 };
	return (struct str){ w->text.data + start, end - start };
}

/* The last line of a node, a newline at its end not counted. */
static uint32_t
last_line(TSNode node)
{
	TSPoint start = ts_node_start_point(node), end = ts_node_end_point(node);

	return end.column == 0 && end.row > start.row ? end.row : end.row + 1;
}

/* ---- names ---- */

/* A qualifier up to the name: "a::b<c>::" gives "a::b<c>". */
static struct str
trim_scope(struct str s)
{
	while (s.len &&
	    (strchr(":. \t\r\n\\", s.data[s.len - 1]) ||
		(s.len > 1 && memcmp(s.data + s.len - 2, "->", 2) == 0)))
		s.len--;
	while (s.len && strchr(": \t\r\n\\*&(", s.data[0])) {
		s.data++;
		s.len--;
	}
	return memchr(s.data, '\n', s.len) ? (struct str){ s.data, 0 } : s;
}

static bool
has_word(const struct walk *w, TSNode node, const char *word)
{
	for (uint32_t i = 0, n = ts_node_child_count(node); i < n && i < 16; i++)
		if (str_is(node_text(w, ts_node_child(node, i)), word))
			return true;
	return false;
}

static bool
is_function_value(const struct walk *w, TSNode owner)
{
	TSFieldId fields[] = { w->table->value, w->table->right };

	for (size_t i = 0; i < 2; i++) {
		TSNode value = fields[i] ? ts_node_child_by_field_id(owner, fields[i]) : (TSNode){ 0 };
		if (!ts_node_is_null(value) && grammar_node(w->table, ts_node_symbol(value))->flags & L_VALUE)
			return true;
	}
	return false;
}

/* Go says with a type what it is: type T struct { ... } */
static unsigned
kind_of_type(const struct walk *w, TSNode owner)
{
	TSNode type = ts_node_child_by_field_id(owner, w->table->type);
	unsigned flags = ts_node_is_null(type) ? 0 : grammar_node(w->table, ts_node_symbol(type))->flags;

	return flags & L_STRUCT ? SYM_STRUCT : flags & L_INTERFACE ? SYM_INTERFACE : SYM_TYPE;
}

/* The kind that a symbol gets in the end, and whether it is but declared. */
static unsigned
kind_of(const struct walk *w, const struct context *context, int32_t parent, bool qualified, bool *declared)
{
	unsigned kind = context->value;
	TSNode owner = w->frames[context->owner].node;
	unsigned inside = parent >= 0 ? w->out->symbols[parent].kind : 0;

	*declared = context->flags & R_DECLARED;
	if (context->callable && (kind == SYM_VARIABLE || kind == SYM_FIELD)) {
		*declared = true;
		kind = kind == SYM_FIELD ? SYM_METHOD : SYM_FUNCTION;
	} else if (context->flags & R_EXTERN && has_word(w, owner, "extern")) {
		*declared = true;
	}
	if (context->flags & R_VALUE && is_function_value(w, owner))
		kind = kind == SYM_FIELD || kind == SYM_PROPERTY ? SYM_METHOD : SYM_FUNCTION;
	if (kind == SYM_TYPE && w->table->type)
		kind = kind_of_type(w, owner);
	if (kind == SYM_FUNCTION && (kind_holds_methods(inside) || qualified))
		kind = SYM_METHOD;
	return kind;
}

/* The symbol in which the owner lies, and a scope that is written nearer than that. */
static int32_t
parent_of(const struct walk *w, uint32_t owner, struct str *scope)
{
	for (uint32_t at = owner; at-- > 0;) {
		if (w->frames[at].symbol >= 0)
			return w->frames[at].symbol;
		if (w->frames[at].scope.len && scope->len == 0)
			*scope = w->frames[at].scope;
	}
	return -1;
}

static unsigned
nesting(const struct walk *w, int32_t symbol)
{
	unsigned depth = 0;

	for (; symbol >= 0; symbol = w->out->symbols[symbol].parent)
		depth++;
	return depth;
}

/* typedef struct { ... } name: what the struct holds lies in `name`. */
static void
adopt_members(struct walk *w, const struct frame *owner, int32_t symbol, int32_t parent)
{
	struct parsed_symbol *symbols = w->out->symbols;

	for (int32_t i = owner->first_symbol; i < symbol; i++)
		if (symbols[i].parent == parent && symbols[i].qualifier.len == 0 &&
		    symbols[i].kind != SYM_TYPE)
			symbols[i].qualifier = symbols[symbol].name;
}

/* The name may begin behind its node: "stdio.h" in <stdio.h>. */
static uint32_t
column_of(const struct walk *w, TSNode node, struct str name)
{
	return ts_node_start_point(node).column + 1 + (uint32_t)(name.data - w->text.data) -
	    ts_node_start_byte(node);
}

static void
define(struct walk *w, const struct context *context, TSNode node, struct str name)
{
	struct frame *owner = &w->frames[context->owner];
	TSPoint at = ts_node_start_point(node);
	struct parsed_symbol symbol = {
		.line = at.row + 1, .column = column_of(w, node, name), .name = name
	};

	if (context->qualify) {
		const char *from = w->text.data + context->qualify - 1;
		if (from < name.data)
			symbol.qualifier = trim_scope((struct str){ from, (size_t)(name.data - from) });
	}
	struct str scope = owner->scope;
	symbol.parent = parent_of(w, context->owner, &scope);
	bool qualified = symbol.qualifier.len || scope.len;
	if (symbol.qualifier.len == 0)
		symbol.qualifier = scope;
	if (context->flags & R_SHALLOW && nesting(w, symbol.parent) >= KEY_DEPTH)
		return;
	symbol.kind = (uint8_t)kind_of(w, context, symbol.parent, qualified, &symbol.declared);
	symbol.end_line = last_line(owner->node);
	if (symbol.end_line < symbol.line)
		symbol.end_line = symbol.line;
	int32_t number = parsed_symbol(w->out, &symbol);
	if (number >= 0 && symbol.kind == SYM_TYPE)
		adopt_members(w, owner, number, symbol.parent);
	if (number >= 0 && kind_scopes(symbol.kind) && !symbol.declared)
		owner->symbol = number;
}

static void
use(struct walk *w, TSNode node, struct str name, unsigned role)
{
	TSPoint at = ts_node_start_point(node);

	parsed_use(w->out,
	    &(struct parsed_use){
		.line = at.row + 1, .column = at.column + 1, .role = (uint8_t)role, .name = name });
}

static bool
all_upper(struct str s)
{
	bool letter = false;

	for (size_t i = 0; i < s.len; i++) {
		if (islower((unsigned char)s.data[i]) || (unsigned char)s.data[i] >= 0x80)
			return false;
		letter |= isupper((unsigned char)s.data[i]) != 0;
	}
	return letter && s.len > 1;
}

static struct str
name_of(const struct walk *w, TSNode node, const struct node_info *info)
{
	struct str name = node_text(w, node);

	if (info->flags & L_QUOTED && name.len >= 2) {
		name.data++;
		name.len -= 2;
	}
	const char *paren = info->flags & L_WHOLE ? memmem(name.data, name.len, "()", 2) : NULL;
	if (paren && paren > name.data && !str_starts(name, STR("operator()"))) /* operator bool() const */
		name.len = (size_t)(paren - name.data);
	return name;
}

/*
 * static int __read_mostly name: the parser takes the macro that it does not know for the
 * name, and the name for an error behind it.
 */
static TSNode
name_behind(const struct walk *w, TSNode name)
{
	TSNode parent = w->frames[w->depth - 1].node;
	uint32_t end = ts_node_end_byte(name);

	for (uint32_t i = 0, n = ts_node_child_count(parent); i < n && i < 8; i++) {
		TSNode child = ts_node_child(parent, i);
		if (ts_node_start_byte(child) < end || !ts_node_is_error(child))
			continue;
		TSNode first = ts_node_child(child, 0);
		return ts_node_child_count(child) == 1 &&
			grammar_node(w->table, ts_node_symbol(first))->flags & L_NAME
		    ? first
		    : name;
	}
	return name;
}

static void
read_name(struct walk *w, TSNode node, struct str name, const struct node_info *info)
{
	bool field = info->class == SPAN_PROPERTY;

	if (info->flags & L_READ && (field || !locals_have(&w->locals, name)))
		use(w, node, name, ROLE_READ);
}

/* A name in its context: a symbol, a use, a scope or nothing; gives its colour. */
static enum span_class
meet_name(struct walk *w, TSNode node, const struct node_info *info, const struct context *context)
{
	struct str name = name_of(w, node, info);
	enum span_class class = (enum span_class)info->class;

	switch ((enum effect)context->effect) {
	case E_DEFINE:
		if (context->flags & R_GLOBAL && w->frames[context->owner].function) {
			if (context->flags & R_WRITE)
				use(w, node, name, ROLE_WRITE);
			else if (info->flags & L_READ)
				locals_add(&w->locals, name);
			return class;
		}
		if (context->flags & R_BEHIND && ts_node_has_error(w->frames[w->depth - 1].node)) {
			node = name_behind(w, node);
			name = name_of(w, node, info);
		}
		if (w->language == LANG_C && context->callable && context->value == SYM_FIELD) {
			use(w, node, name, ROLE_MACRO); /* int data[2] __aligned(8); */
			return SPAN_CONSTANT;
		}
		define(w, context, node, name);
		return context->callable && context->value != SYM_TYPE ? SPAN_FUNCTION
								       : colour_of_kind(context->value);
	case E_USE:
		use(w, node, name, context->value);
		return colour_of_use(context->value, class);
	case E_LOCAL:
		locals_add(&w->locals, name);
		return class;
	case E_SCOPE:
		w->frames[context->owner].scope =
		    name.len <= SEG_NAME_MAX ? name : (struct str){ name.data, 0 };
		return SPAN_TYPE;
	default:
		if (info->flags & L_TYPE)
			use(w, node, name, ROLE_TYPE);
		else
			read_name(w, node, name, info);
		return class == SPAN_PLAIN && all_upper(name) ? SPAN_CONSTANT : class;
	}
}

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
	for (size_t i = 0; i < parent->rule_count; i++) {
		const struct compiled_rule *rule = &w->table->rules[parent->first_rule + i];
		if ((rule->field == 0 || rule->field == field) &&
		    (rule->child == UINT16_MAX || rule->child == child))
			return rule;
	}
	return NULL;
}

static void
new_context(const struct walk *w, const struct compiled_rule *rule, struct context *context)
{
	const struct frame *parent = &w->frames[w->depth];

	*context = (struct context){ rule->effect, rule->value, rule->flags, false, w->depth, 0 };
	if (rule->flags & R_BODY) {
		TSNode body =
		    w->table->body ? ts_node_child_by_field_id(parent->node, w->table->body) : (TSNode){ 0 };
		if (ts_node_is_null(body))
			*context = (struct context){ E_USE, ROLE_TYPE, 0, false, w->depth, 0 };
	}
	if (rule->flags & R_ONLY && !is_function_value(w, parent->node))
		*context = (struct context){ E_USE, ROLE_WRITE, 0, false, w->depth, 0 };
}

/* The context of a child of the frame at hand. */
static struct context
context_for(const struct walk *w, TSFieldId field, TSSymbol child)
{
	const struct frame *parent = &w->frames[w->depth];
	struct context context = { 0 };

	if (parent->info->rule_count == 0)
		return context;
	const struct compiled_rule *rule = find_rule(w, parent->info, field, child);
	if (!rule)
		return context;
	switch ((enum effect)rule->effect) {
	case E_NONE:
		return context;
	case E_ADDRESS:
		if (w->text.data[parent->start] == '&') {
			context = (struct context){ E_USE, ROLE_ADDRESS, 0, false, w->depth, 0 };
			return context;
		}
		__attribute__((fallthrough));
	case E_KEEP_USE:
		if (parent->context.effect != E_USE || parent->context.value != rule->value)
			return context;
		return parent->context;
	case E_KEEP:
	case E_CALLABLE:
	case E_POINTER:
		context = parent->context;
		if (rule->effect == E_CALLABLE)
			context.callable = true;
		if (rule->effect == E_POINTER)
			context.callable = false;
		if (parent->info->flags & L_QUALIFIES && context.qualify == 0)
			context.qualify = ts_node_start_byte(parent->node) + 1;
		return context;
	default:
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

/* A child of the frame at hand. */
static void
push_child(struct walk *w, const struct descent_node *node)
{
	const struct frame *parent = &w->frames[w->depth];
	bool function =
	    (parent->function || parent->info->flags & L_FUNCTION) && !(parent->info->flags & L_MEMBERS);

	push(w, node, context_for(w, node->field, node->symbol), function);
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
