#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_kotlin(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule kotlin_rules[] = {
	{ "package_header", NULL, "qualified_identifier", E_DEFINE, SYM_PACKAGE, 0 },
	{ "import", NULL, "qualified_identifier", E_USE, ROLE_INCLUDE, R_LAST },
	{ "import", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "object_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "companion_object", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "enum_entry", NULL, "identifier", E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "type_alias", "type", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "property_declaration", NULL, "variable_declaration", E_DEFINE, SYM_PROPERTY, R_GLOBAL },
	{ "property_declaration", NULL, "multi_variable_declaration", E_DEFINE, SYM_PROPERTY, R_GLOBAL },
	{ "multi_variable_declaration", NULL, NULL, E_KEEP, 0, 0 },
	{ "variable_declaration", NULL, "identifier", E_KEEP, 0, 0 },
	{ "class_parameter", NULL, "identifier", E_DEFINE, SYM_PROPERTY, R_ACCESS },
	{ "parameter", NULL, "identifier", E_LOCAL, 0, 0 },
	{ "setter", NULL, "identifier", E_LOCAL, 0, 0 },
	{ "lambda_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "for_statement", NULL, "variable_declaration", E_LOCAL, 0, 0 },
	{ "for_statement", NULL, "multi_variable_declaration", E_LOCAL, 0, 0 },
	{ "when_subject", NULL, "variable_declaration", E_LOCAL, 0, 0 },
	{ "catch_block", NULL, "identifier", E_LOCAL, 0, 0 },
	{ "delegation_specifier", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "constructor_invocation", NULL, "user_type", E_KEEP, 0, 0 },
	{ "annotation", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "file_annotation", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "user_type", NULL, "identifier", E_TYPE, 0, 0 },
	{ "type_parameter", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "type_constraint", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "call_expression", NULL, "identifier", E_USE, ROLE_CALL, 0 },
	{ "call_expression", NULL, "navigation_expression", E_USE, ROLE_CALL, 0 },
	{ "navigation_expression", NULL, "identifier", E_MEMBER, 0, R_LATER },
	{ "callable_reference", NULL, "identifier", E_USE, ROLE_READ, 0 },
	{ "infix_expression", NULL, "identifier", E_USE, ROLE_READ, 0 },
	{ "assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "value_argument", NULL, "identifier", E_NONE, 0, 0 },
	{ "this_expression", NULL, NULL, E_IGNORE, 0, 0 },
	{ "return_expression", "label", NULL, E_IGNORE, 0, 0 },
};

static const struct leaf kotlin_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ },
	{ "qualified_identifier", SPAN_TYPE, L_NAME | L_WHOLE },
	{ "function_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "anonymous_function", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "anonymous_initializer", SPAN_PLAIN, L_FUNCTION },
	{ "lambda_literal", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "secondary_constructor", SPAN_PLAIN, L_FUNCTION },
	{ "getter", SPAN_PLAIN, L_FUNCTION },
	{ "setter", SPAN_PLAIN, L_FUNCTION },
	{ "string_literal", SPAN_STRING, 0 },
	{ "class_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "function_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "inheritance_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "member_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "parameter_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "property_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "visibility_modifier", SPAN_KEYWORD, L_WHOLE },
	{ "label", SPAN_LABEL, L_WHOLE },
};

const struct grammar grammar_kotlin = { tree_sitter_kotlin, kotlin_rules, COUNT(kotlin_rules), kotlin_leaves,
	COUNT(kotlin_leaves) };
