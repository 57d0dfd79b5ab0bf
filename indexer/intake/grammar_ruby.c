#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_ruby(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule ruby_rules[] = {
	{ "method", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "singleton_method", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "class", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "module", "name", NULL, E_DEFINE, SYM_MODULE, 0 },
	{ "assignment", "left", "constant", E_DEFINE, SYM_CONSTANT, 0 },
	{ "assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "operator_assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "left_assignment_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "call", "method", NULL, E_USE, ROLE_CALL, 0 },
	{ "superclass", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "scope_resolution", "name", NULL, E_KEEP, 0, 0 },
	{ "alias", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "element_reference", "object", NULL, E_KEEP, 0, 0 },
};

static const struct leaf ruby_leaves[] = {
	{ "constant", SPAN_TYPE, L_NAME },
	{ "instance_variable", SPAN_VARIABLE, L_NAME | L_WHOLE },
	{ "class_variable", SPAN_VARIABLE, L_NAME | L_WHOLE },
	{ "global_variable", SPAN_VARIABLE, L_NAME | L_WHOLE },
	{ "setter", SPAN_FUNCTION, L_NAME | L_WHOLE },
	{ "operator", SPAN_FUNCTION, L_NAME | L_WHOLE },
	{ "scope_resolution", SPAN_PLAIN, L_QUALIFIES },
	{ "simple_symbol", SPAN_CONSTANT, L_WHOLE },
	{ "hash_key_symbol", SPAN_PROPERTY, 0 },
	{ "character", SPAN_STRING, L_WHOLE },
	{ "heredoc_beginning", SPAN_STRING, L_WHOLE },
	{ "heredoc_end", SPAN_STRING, L_WHOLE },
};

const struct grammar grammar_ruby = { tree_sitter_ruby, ruby_rules, COUNT(ruby_rules), ruby_leaves,
	COUNT(ruby_leaves) };
