#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_go(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule go_rules[] = {
	{ "function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "method_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "method_declaration", "receiver", NULL, E_SCOPE, 0, 0 },
	{ "parameter_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "parameter_declaration", "type", NULL, E_KEEP, 0, 0 },
	{ "parameter_declaration", "name", NULL, E_LOCAL, 0, 0 },
	{ "variadic_parameter_declaration", "name", NULL, E_LOCAL, 0, 0 },
	{ "type_parameter_declaration", "name", NULL, E_IGNORE, 0, 0 },
	{ "short_var_declaration", "left", NULL, E_LOCAL, 0, 0 },
	{ "range_clause", "left", NULL, E_LOCAL, 0, 0 },
	{ "receive_statement", "left", NULL, E_LOCAL, 0, 0 },
	{ "type_switch_statement", "alias", NULL, E_LOCAL, 0, 0 },
	{ "keyed_element", "key", NULL, E_USE, ROLE_WRITE, 0 },
	{ "literal_element", NULL, "identifier", E_KEEP_USE, ROLE_WRITE, 0 },
	{ "pointer_type", NULL, NULL, E_KEEP, 0, 0 },
	{ "generic_type", "type", NULL, E_KEEP, 0, 0 },
	{ "type_spec", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "type_alias", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "const_spec", "name", NULL, E_DEFINE, SYM_CONSTANT, R_GLOBAL },
	{ "var_spec", "name", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL },
	{ "field_declaration", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "field_declaration", "type", "type_identifier", E_DEFINE, SYM_FIELD, R_UNNAMED },
	{ "field_declaration", "type", "generic_type", E_DEFINE, SYM_FIELD, R_UNNAMED },
	{ "field_declaration", "type", "qualified_type", E_DEFINE, SYM_FIELD, R_UNNAMED },
	{ "qualified_type", "name", NULL, E_KEEP, 0, 0 },
	{ "qualified_type", "package", NULL, E_USE, ROLE_READ, 0 },
	{ "method_elem", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED },
	{ "package_clause", NULL, "package_identifier", E_DEFINE, SYM_PACKAGE, 0 },
	{ "import_spec", "path", NULL, E_USE, ROLE_INCLUDE, R_LAST },
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "selector_expression", "field", NULL, E_MEMBER, 0, 0 },
	{ "unary_expression", "operand", NULL, E_ADDRESS, ROLE_CALL, 0 },
	{ "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 },
	{ "assignment_statement", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "expression_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "inc_statement", NULL, NULL, E_USE, ROLE_WRITE, 0 },
	{ "dec_statement", NULL, NULL, E_USE, ROLE_WRITE, 0 },
	{ "index_expression", "operand", NULL, E_KEEP, 0, 0 },
	{ "type_instantiation_expression", "type", NULL, E_KEEP, 0, 0 },
};

static const struct leaf go_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ },
	{ "field_identifier", SPAN_PROPERTY, L_NAME | L_READ },
	{ "function_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "method_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "func_literal", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "struct_type", SPAN_PLAIN, L_STRUCT },
	{ "interface_type", SPAN_PLAIN, L_INTERFACE },
	{ "interpreted_string_literal", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "raw_string_literal", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
};

const struct grammar grammar_go = { tree_sitter_go, go_rules, COUNT(go_rules), go_leaves, COUNT(go_leaves) };
