#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_json(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule python_rules[] = {
	{ "function_definition", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "class_definition", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "class_definition", "superclasses", NULL, E_USE, ROLE_INHERIT, 0 },
	{ "argument_list", NULL, "identifier", E_KEEP_USE, ROLE_INHERIT, 0 },
	{ "argument_list", NULL, "attribute", E_KEEP_USE, ROLE_INHERIT, 0 },
	{ "assignment", "left", "attribute", E_USE, ROLE_WRITE, 0 },
	{ "assignment", "left", "subscript", E_USE, ROLE_WRITE, 0 },
	{ "assignment", "left", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL | R_WRITE },
	{ "type_alias_statement", "left", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "augmented_assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "named_expression", "name", NULL, E_USE, ROLE_WRITE, 0 },
	{ "pattern_list", NULL, "attribute", E_USE, ROLE_WRITE, 0 },
	{ "tuple_pattern", NULL, "attribute", E_USE, ROLE_WRITE, 0 },
	{ "pattern_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "tuple_pattern", NULL, NULL, E_KEEP, 0, 0 },
	{ "list_pattern", NULL, NULL, E_KEEP, 0, 0 },
	{ "attribute", "attribute", NULL, E_MEMBER, 0, 0 },
	{ "subscript", "value", NULL, E_KEEP_USE, ROLE_WRITE, 0 },
	{ "call", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "decorator", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "type", NULL, NULL, E_USE, ROLE_TYPE, 0 },
	{ "generic_type", NULL, "identifier", E_KEEP_USE, ROLE_TYPE, 0 },
	{ "import_statement", "name", NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "import_from_statement", "module_name", NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "import_from_statement", "name", NULL, E_USE, ROLE_IMPORT, 0 },
	{ "import_from_statement", NULL, "wildcard_import", E_NONE, 0, 0 },
	{ "aliased_import", "name", NULL, E_KEEP, 0, 0 },
	{ "aliased_import", "alias", NULL, E_IGNORE, 0, 0 },
	{ "parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "lambda_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "default_parameter", "name", NULL, E_KEEP, 0, 0 },
	{ "typed_parameter", "type", NULL, E_NONE, 0, 0 },
	{ "typed_parameter", NULL, NULL, E_KEEP, 0, 0 },
	{ "typed_default_parameter", "name", NULL, E_KEEP, 0, 0 },
	{ "list_splat_pattern", NULL, NULL, E_KEEP, 0, 0 },
	{ "dictionary_splat_pattern", NULL, NULL, E_KEEP, 0, 0 },
	{ "for_statement", "left", NULL, E_LOCAL, 0, 0 },
	{ "for_in_clause", "left", NULL, E_LOCAL, 0, 0 },
	{ "as_pattern_target", NULL, NULL, E_LOCAL, 0, 0 },
	{ "except_clause", "alias", NULL, E_LOCAL, 0, 0 },
	{ "global_statement", NULL, NULL, E_OUTER, 0, 0 },
	{ "nonlocal_statement", NULL, NULL, E_OUTER, 0, 0 },
	{ "keyword_argument", "name", NULL, E_IGNORE, 0, 0 },
	{ "keyword_pattern", NULL, "identifier", E_IGNORE, 0, 0 },
	{ "case_pattern", NULL, "dotted_name", E_USE, ROLE_READ, 0 },
	{ "class_pattern", NULL, "dotted_name", E_USE, ROLE_TYPE, 0 },
};

static const struct leaf python_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ },
	{ "function_definition", SPAN_PLAIN, L_FUNCTION },
	{ "lambda", SPAN_PLAIN, L_FUNCTION },
	{ "class_definition", SPAN_PLAIN, L_MEMBERS },
	{ "dotted_name", SPAN_PLAIN, L_NAME | L_WHOLE },
	{ "relative_import", SPAN_PLAIN, L_NAME | L_WHOLE },
};

const struct grammar grammar_python = { tree_sitter_python, python_rules, COUNT(python_rules), python_leaves,
	COUNT(python_leaves) };

static const struct rule json_rules[] = {
	{ "pair", "key", NULL, E_DEFINE, SYM_KEY, R_SHALLOW },
};

static const struct leaf json_leaves[] = {
	{ "string", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
};

const struct grammar grammar_json = { tree_sitter_json, json_rules, COUNT(json_rules), json_leaves,
	COUNT(json_leaves) };
