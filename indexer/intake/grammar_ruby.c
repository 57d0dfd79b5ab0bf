#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_ruby(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule ruby_rules[] = {
	{ "method", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "singleton_method", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "class", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "module", "name", NULL, E_DEFINE, SYM_MODULE, 0 },
	{ "assignment", "left", "constant", E_DEFINE, SYM_CONSTANT, 0 },
	{ "assignment", "left", "identifier", E_DEFINE, SYM_VARIABLE, R_GLOBAL | R_WRITE },
	{ "assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "method_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "block_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "lambda_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "destructured_parameter", NULL, NULL, E_LOCAL, 0, 0 },
	{ "optional_parameter", "name", NULL, E_LOCAL, 0, 0 },
	{ "keyword_parameter", "name", NULL, E_LOCAL, 0, 0 },
	{ "splat_parameter", "name", NULL, E_LOCAL, 0, 0 },
	{ "hash_splat_parameter", "name", NULL, E_LOCAL, 0, 0 },
	{ "block_parameter", "name", NULL, E_LOCAL, 0, 0 },
	{ "exception_variable", NULL, NULL, E_LOCAL, 0, 0 },
	{ "for", "pattern", NULL, E_LOCAL, 0, 0 },
	{ "argument_list", NULL, "string", E_USE, ROLE_INCLUDE, R_REQUIRE },
	{ "string", NULL, "string_content", E_KEEP_USE, ROLE_INCLUDE, 0 },
	{ "undef", NULL, NULL, E_IGNORE, 0, 0 },
	{ "operator_assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "left_assignment_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "call", "method", NULL, E_USE, ROLE_CALL, 0 },
	{ "superclass", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "scope_resolution", "name", NULL, E_MEMBER, 0, 0 },
	{ "alias", "alias", NULL, E_USE, ROLE_READ, 0 },
	{ "alias", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "element_reference", "object", NULL, E_KEEP, 0, 0 },
};

static const struct leaf ruby_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_CALLED },
	{ "constant", SPAN_TYPE, L_NAME | L_READ },
	{ "instance_variable", SPAN_VARIABLE, L_NAME | L_WHOLE | L_READ },
	{ "class_variable", SPAN_VARIABLE, L_NAME | L_WHOLE | L_READ },
	{ "global_variable", SPAN_VARIABLE, L_NAME | L_WHOLE | L_READ },
	{ "string_content", SPAN_STRING, L_NAME },
	{ "method", SPAN_PLAIN, L_FUNCTION },
	{ "singleton_method", SPAN_PLAIN, L_FUNCTION },
	{ "block", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "do_block", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "lambda", SPAN_PLAIN, L_FUNCTION | L_VALUE },
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
