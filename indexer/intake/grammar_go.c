#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_go(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule go_rules[] = {
	{ "function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "method_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "method_declaration", "receiver", NULL, E_SCOPE, 0, 0 },
	{ "parameter_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "parameter_declaration", "type", NULL, E_KEEP, 0, 0 },
	{ "pointer_type", NULL, NULL, E_KEEP, 0, 0 },
	{ "generic_type", "type", NULL, E_KEEP, 0, 0 },
	{ "type_spec", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "type_alias", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "const_spec", "name", NULL, E_DEFINE, SYM_CONSTANT, R_GLOBAL },
	{ "var_spec", "name", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL },
	{ "field_declaration", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "method_elem", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED },
	{ "package_clause", NULL, "package_identifier", E_DEFINE, SYM_PACKAGE, 0 },
	{ "import_spec", "path", NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "selector_expression", "field", NULL, E_KEEP, 0, 0 },
	{ "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 },
	{ "assignment_statement", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "expression_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "inc_statement", NULL, NULL, E_USE, ROLE_WRITE, 0 },
	{ "dec_statement", NULL, NULL, E_USE, ROLE_WRITE, 0 },
	{ "index_expression", "operand", NULL, E_KEEP, 0, 0 },
	{ "type_instantiation_expression", "type", NULL, E_KEEP, 0, 0 },
};

static const struct leaf go_leaves[] = {
	{ "function_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "method_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "func_literal", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "struct_type", SPAN_PLAIN, L_STRUCT },
	{ "interface_type", SPAN_PLAIN, L_INTERFACE },
	{ "interpreted_string_literal", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "raw_string_literal", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
};

const struct grammar grammar_go = { tree_sitter_go, go_rules, COUNT(go_rules), go_leaves, COUNT(go_leaves) };
