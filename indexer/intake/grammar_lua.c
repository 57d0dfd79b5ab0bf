#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_lua(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule lua_rules[] = {
	{ "function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "variable_declaration", NULL, "assignment_statement", E_DEFINE, SYM_VARIABLE, R_GLOBAL },
	{ "variable_declaration", NULL, "variable_list", E_DEFINE, SYM_VARIABLE, R_GLOBAL },
	{ "assignment_statement", NULL, "variable_list", E_DEFINE, SYM_VARIABLE,
	    R_GLOBAL | R_WRITE | R_KEPT },
	{ "variable_list", NULL, "identifier", E_KEEP, 0, 0 },
	{ "variable_list", NULL, "dot_index_expression", E_KEEP, 0, 0 },
	{ "dot_index_expression", "field", NULL, E_MEMBER, 0, 0 },
	{ "method_index_expression", "method", NULL, E_MEMBER, 0, 0 },
	{ "for_generic_clause", NULL, "variable_list", E_LOCAL, 0, 0 },
	{ "for_numeric_clause", "name", NULL, E_LOCAL, 0, 0 },
	{ "parameters", NULL, "identifier", E_LOCAL, 0, 0 },
	{ "function_call", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "arguments", NULL, "string", E_USE, ROLE_INCLUDE, R_REQUIRE },
	{ "string", NULL, "string_content", E_KEEP, 0, 0 },
	{ "field", "name", "identifier", E_DEFINE, SYM_PROPERTY, R_VALUE },
	{ "goto_statement", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "label_statement", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "attribute", NULL, "identifier", E_IGNORE, 0, 0 },
};

static const struct leaf lua_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ },
	{ "dot_index_expression", SPAN_PLAIN, L_QUALIFIES },
	{ "method_index_expression", SPAN_PLAIN, L_QUALIFIES },
	{ "function_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "function_definition", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "string", SPAN_STRING, 0 },
	{ "string_content", SPAN_STRING, L_NAME },
	{ "vararg_expression", SPAN_VARIABLE, L_WHOLE },
};

const struct grammar grammar_lua = { tree_sitter_lua, lua_rules, COUNT(lua_rules), lua_leaves,
	COUNT(lua_leaves) };
