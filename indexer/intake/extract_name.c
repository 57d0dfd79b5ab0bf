#include "indexer/intake/walk_private.h"

#include "indexer/intake/colour.h"
#include "indexer/intake/kinds.h"

#include <ctype.h>

struct str
node_text(const struct walk *w, TSNode node)
{
	uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);

	if (end > w->text.len || start > end)
		return (struct str){ w->text.data, 0 };
	return (struct str){ w->text.data + start, end - start };
}

uint32_t
last_line(TSNode node)
{
	TSPoint start = ts_node_start_point(node), end = ts_node_end_point(node);

	return end.column == 0 && end.row > start.row ? end.row : end.row + 1;
}

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

bool
has_word(const struct walk *w, TSNode node, const char *word)
{
	for (uint32_t i = 0, n = ts_node_child_count(node); i < n && i < 16; i++) {
		TSNode child = ts_node_child(node, i);
		if (!(grammar_node(w->table, ts_node_symbol(child))->flags & L_NAME) &&
		    str_is(node_text(w, child), word))
			return true;
	}
	return false;
}

bool
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
	if (context->flags & R_ACCESS && symbol.parent >= 0 &&
	    w->out->symbols[symbol.parent].kind == SYM_METHOD) /* of the class, not of its constructor */
		symbol.parent = w->out->symbols[symbol.parent].parent;
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

static bool
is_capital(struct str name)
{
	return name.len && isupper((unsigned char)name.data[0]);
}

static struct str
name_of(const struct walk *w, TSNode node, const struct node_info *info)
{
	struct str name = node_text(w, node);

	if (info->flags & L_QUOTED && name.len >= 2) {
		name.data++;
		name.len -= 2;
	}
	if (info->flags & L_SIGN) { /* operator ==, operator Type */
		const char *end = memchr(name.data, '(', (size_t)(w->text.data + w->text.len - name.data));
		while (end && end > name.data + name.len && isspace((unsigned char)end[-1]))
			end--;
		name.len = end ? (size_t)(end - name.data) : name.len;
	}
	const char *paren = info->flags & L_WHOLE ? memmem(name.data, name.len, "()", 2) : NULL;
	if (paren && paren > name.data && !str_starts(name, STR("operator()")) &&
	    !str_starts(name, STR("operator ()"))) /* operator bool() const */
		name.len = (size_t)(paren - name.data);
	return name;
}

/*
 * enum { MACRO(NAME, other) }: the parser takes all that a macro is given for enumerators; it is the
 * first.
 */
static bool
is_given_to_macro(const struct walk *w)
{
	const struct frame *enumerator = &w->frames[w->depth - 1], *list = enumerator - 1;
	uint32_t at = enumerator->start;
	const char *text = w->text.data;

	while (at > list->start && !strchr("()/\n", text[at - 1]))
		at--;
	return at > list->start && text[at - 1] == '(' && memchr(text + at, ',', enumerator->start - at);
}

/* int name __attribute, int name ATTRIBUTE */
static bool
is_behind(struct str name, struct str other)
{
	return name_is_attribute(other) ||
	    (str_starts(other, STR("__")) && !str_starts(name, STR("__")) && !all_upper(name)) ||
	    (all_upper(other) && !all_upper(name) && !str_starts(name, STR("__")));
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
			grammar_node(w->table, ts_node_symbol(first))->flags & L_NAME &&
			!is_behind(node_text(w, name), node_text(w, first))
		    ? first
		    : name;
	}
	return name;
}

static void
read_name(struct walk *w, TSNode node, struct str name, const struct node_info *info, bool member)
{
	member |= info->class == SPAN_PROPERTY;
	if (info->flags & (L_READ | L_CALLED) && (member || !locals_have(&w->locals, name)))
		use(w, node, name, info->flags & L_CALLED ? ROLE_CALL : ROLE_READ);
}

/* One of the tokens that a macro is given. */
static void
meet_token(struct walk *w, TSNode node, struct str name, const struct node_info *info)
{
	const char *text = w->text.data, *end = text + w->text.len, *behind = name.data + name.len;

	if (behind < end && *behind == '(')
		use(w, node, name, ROLE_CALL);
	else
		read_name(w, node, name, info, name.data > text && name.data[-1] == '.');
}

/* import a.b.C: C too. */
static void
import_last(struct walk *w, TSNode node, struct str name)
{
	struct str last = name;

	for (size_t i = 0; i < name.len; i++)
		if (strchr("./\\:", name.data[i]))
			last = (struct str){ name.data + i + 1, name.len - i - 1 };
	if (last.len && last.len < name.len)
		parsed_use(w->out,
		    &(struct parsed_use){ .line = ts_node_start_point(node).row + 1,
			.column = column_of(w, node, last),
			.role = ROLE_IMPORT,
			.name = last });
}

/* What would be defined, were it not in a function. */
static void
meet_local(
    struct walk *w, TSNode node, struct str name, const struct node_info *info, const struct context *context)
{
	unsigned flags = context->flags;

	if (context->value == SYM_FUNCTION) { /* for_each_name(name) { ... } */
		use(w, node, name, ROLE_CALL);
		return;
	}
	if (flags & R_WRITE)
		use(w, node, name, ROLE_WRITE);
	if (info->flags & (L_READ | L_CALLED) && info->class != SPAN_PROPERTY && !(flags & R_KEPT))
		locals_add(&w->locals, name);
}

/* Type.prototype.name = value: the type has it wherever this is said. */
static bool
is_of_prototype(const struct walk *w, const struct context *context, struct str name)
{
	static const char before[] = ".prototype.";
	size_t len = sizeof before - 1;

	return context->value == SYM_PROPERTY && (size_t)(name.data - w->text.data) > len &&
	    memcmp(name.data - len, before, len) == 0;
}

static bool
is_local(const struct walk *w, const struct context *context, struct str name)
{
	const struct frame *owner = &w->frames[context->owner];

	return context->flags & R_GLOBAL && owner->function && !is_of_prototype(w, context, name) &&
	    !(context->flags & R_VALUE && is_function_value(w, owner->node));
}

/* Type::operator bool() of C++: the parser takes bool for the name. */
static void
find_operator(const struct walk *w, struct str *name, struct context *context)
{
	static const struct str word = { "operator", 8 };
	const char *text = w->text.data, *at = name->data;

	while (at > text && at[-1] == ' ')
		at--;
	if (at == name->data || (size_t)(at - text) <= word.len ||
	    memcmp(at - word.len, word.data, word.len) != 0 || at[-(ptrdiff_t)word.len - 1] != ':')
		return;
	at -= word.len;
	const char *scope = at;
	while (scope > text && (isalnum((unsigned char)scope[-1]) || strchr("_:", scope[-1])))
		scope--;
	context->qualify = (uint32_t)(scope - text) + 1;
	name->len += (size_t)(name->data - at);
	name->data = at;
}

/*
 * TEST(Suite, Name) { ... } and its like: a definition without a type, named in capitals, with two names for
 * parameters.  The frame of its declarator is at `depth`; `made` gets the parameters, or null nodes.
 */
static void
made_function(const struct walk *w, uint32_t depth, TSNode made[static 2])
{
	const struct frame *declarator = &w->frames[depth];

	made[0] = made[1] = (TSNode){ 0 };
	if (w->language != LANG_CPP || depth < 2 || declarator[-1].start != declarator->start ||
	    !(declarator[-1].info->flags & L_FUNCTION) || declarator[-1].function ||
	    declarator[-2].info->flags & L_MEMBERS)
		return;
	TSNode list = ts_node_child(declarator->node, 1);
	if (ts_node_is_null(list) || ts_node_named_child_count(list) != 2 ||
	    !all_upper(node_text(w, ts_node_child(declarator->node, 0))))
		return;
	for (uint32_t i = 0; i < 2; i++) {
		TSNode name = ts_node_child(ts_node_named_child(list, i), 0);
		const struct node_info *info =
		    ts_node_is_null(name) ? NULL : grammar_node(w->table, ts_node_symbol(name));
		if (!info || !(info->flags & L_TYPE) || info->flags & L_WHOLE ||
		    ts_node_child_count(ts_node_named_child(list, i)) != 1)
			break;
		made[i] = name;
	}
}

/* Name, if that is what the type at hand is. */
static bool
is_made_function(struct walk *w, TSNode node)
{
	TSNode made[2];

	if (w->depth < 5)
		return false;
	made_function(w, w->depth - 3, made);
	if (ts_node_is_null(made[1]) || !ts_node_eq(made[1], node))
		return false;
	struct context context = { .effect = E_DEFINE, .value = SYM_FUNCTION, .owner = w->depth - 4 };
	size_t count = w->out->symbol_count;
	w->frames[context.owner].scope = node_text(w, made[0]);
	define(w, &context, node, node_text(w, node));
	if (w->out->symbol_count > count)
		w->out->symbols[count].kind = SYM_FUNCTION;
	return true;
}

/* The macro of such a definition. */
static bool
makes_function(const struct walk *w, const struct context *context)
{
	TSNode made[2];

	if (!context->callable || context->value != SYM_FUNCTION || context->qualify)
		return false;
	made_function(w, w->depth - 1, made);
	return !ts_node_is_null(made[1]);
}

enum span_class
meet_name(struct walk *w, TSNode node, const struct node_info *info, const struct context *context)
{
	struct str name = name_of(w, node, info);
	enum span_class class = (enum span_class)info->class;

	switch ((enum effect)context->effect) {
	case E_DEFINE:
		if (is_local(w, context, name)) {
			meet_local(w, node, name, info, context);
			return class;
		}
		if (context->flags & R_ACCESS)
			locals_add(&w->locals, name);
		if (context->flags & R_UNNAMED &&
		    w->language == LANG_GO) /* struct { Base }: a field, and where it comes from */
			use(w, node, name, ROLE_INHERIT);
		if (context->flags & R_BEHIND && ts_node_has_error(w->frames[w->depth - 1].node)) {
			node = name_behind(w, node);
			name = name_of(w, node, info);
		}
		if (context->value == SYM_ENUMERATOR && w->depth > 2 &&
		    (w->language == LANG_C || w->language == LANG_CPP) &&
		    ts_node_has_error(w->frames[w->depth - 2].node) && is_given_to_macro(w)) {
			use(w, node, name, ROLE_READ);
			return class;
		}
		if (w->language == LANG_C && context->callable && context->value == SYM_FIELD) {
			use(w, node, name, ROLE_MACRO); /* int data[2] __aligned(8); */
			return SPAN_CONSTANT;
		}
		if (((context->value == SYM_VARIABLE || context->value == SYM_FIELD) &&
			name_is_attribute(name) && (w->language == LANG_C || w->language == LANG_CPP)) ||
		    makes_function(w, context)) {
			use(w, node, name, ROLE_MACRO);
			return SPAN_CONSTANT;
		}
		struct context said = *context;
		if (w->language == LANG_CPP && context->callable)
			find_operator(w, &name, &said);
		define(w, &said, node, name);
		return context->callable && context->value != SYM_TYPE ? SPAN_FUNCTION
								       : colour_of_kind(context->value);
	case E_USE:
		if (context->flags & R_UPPER && !is_capital(name))
			return class;
		use(w, node, name, context->value);
		if (context->flags & R_LAST)
			import_last(w, node, name);
		return colour_of_use(context->value, class);
	case E_LOCAL:
		if (context->flags & R_UPPER && is_capital(name))
			read_name(w, node, name, info, false);
		else
			locals_add(&w->locals, name);
		return class;
	case E_OUTER:
		locals_outer(&w->locals, name);
		return class;
	case E_TOKEN:
		meet_token(w, node, name, info);
		return class;
	case E_VARIABLE:
		if (!w->frames[w->depth].function || locals_have_outer(&w->locals, name))
			read_name(w, node, name, info, false);
		return class;
	case E_IGNORE:
		return class;
	case E_SCOPE:
		w->frames[context->owner].scope =
		    name.len <= SEG_NAME_MAX ? name : (struct str){ name.data, 0 };
		return SPAN_TYPE;
	default:
		if (info->flags & L_TYPE && is_made_function(w, node))
			return SPAN_FUNCTION;
		if (info->flags & L_TYPE)
			use(w, node, name, ROLE_TYPE);
		else
			read_name(w, node, name, info, context->member);
		return class == SPAN_PLAIN && all_upper(name) ? SPAN_CONSTANT : class;
	}
}

void
meet_loose(struct walk *w, TSNode node)
{
	struct parsed *out = w->out;
	struct context context = { .effect = E_DEFINE, .value = SYM_FUNCTION, .owner = w->depth };
	struct str name = node_text(w, node);

	if (out->use_count && out->uses[out->use_count - 1].name.data == name.data)
		out->use_count--;
	define(w, &context, node, name);
}
