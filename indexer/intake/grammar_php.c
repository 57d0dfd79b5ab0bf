#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_php(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule php_rules[] = {
	{ "function_definition", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "method_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "interface_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 },
	{ "trait_declaration", "name", NULL, E_DEFINE, SYM_TRAIT, 0 },
	{ "enum_declaration", "name", NULL, E_DEFINE, SYM_ENUM, 0 },
	{ "enum_case", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "const_element", NULL, "name", E_DEFINE, SYM_CONSTANT, 0 },
	{ "property_element", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "variable_name", NULL, "name", E_KEEP, 0, 0 },
	{ "namespace_definition", "name", NULL, E_DEFINE, SYM_PACKAGE, 0 },
	{ "namespace_use_clause", NULL, NULL, E_USE, ROLE_IMPORT, 0 },
	{ "qualified_name", NULL, "name", E_KEEP, 0, 0 },
	{ "function_call_expression", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "member_call_expression", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "scoped_call_expression", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "nullsafe_member_call_expression", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "object_creation_expression", NULL, "name", E_USE, ROLE_TYPE, 0 },
	{ "object_creation_expression", NULL, "qualified_name", E_USE, ROLE_TYPE, 0 },
	{ "scoped_call_expression", "scope", NULL, E_USE, ROLE_TYPE, 0 },
	{ "class_constant_access_expression", NULL, "name", E_USE, ROLE_READ, 0 },
	{ "base_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "class_interface_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "use_declaration", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "named_type", NULL, NULL, E_USE, ROLE_TYPE, 0 },
	{ "assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "augmented_assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "update_expression", "argument", NULL, E_USE, ROLE_WRITE, 0 },
	{ "member_access_expression", "name", NULL, E_KEEP, 0, 0 },
	{ "attribute", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 },
};

static const struct leaf php_leaves[] = {
	{ "name", SPAN_PLAIN, L_NAME },
	{ "namespace_name", SPAN_TYPE, L_NAME | L_WHOLE },
	{ "function_definition", SPAN_PLAIN, L_FUNCTION },
	{ "method_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "php_tag", SPAN_PREPROC, 0 },
	{ "string", SPAN_STRING, L_WHOLE },
	{ "nowdoc_string", SPAN_STRING, L_WHOLE },
	{ "variable_name", SPAN_VARIABLE, 0 },
};

const struct grammar grammar_php = { tree_sitter_php, php_rules, COUNT(php_rules), php_leaves,
	COUNT(php_leaves) };
