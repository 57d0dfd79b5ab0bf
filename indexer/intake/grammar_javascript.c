/* JavaScript, TypeScript and TypeScript with JSX. */
#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_javascript(void);
const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* clang-format off */
#define SHARED_RULES \
	{ "function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 }, \
	{ "generator_function_declaration", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 }, \
	{ "class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 }, \
	{ "class", "name", NULL, E_DEFINE, SYM_CLASS, 0 }, \
	{ "function_expression", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 }, \
	{ "method_definition", "name", NULL, E_DEFINE, SYM_METHOD, 0 }, \
	{ "variable_declarator", "name", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL | R_VALUE }, \
	{ "array_pattern", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "object_pattern", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "pair", "key", NULL, E_DEFINE, SYM_PROPERTY, R_VALUE }, \
	{ "assignment_expression", "left", NULL, E_DEFINE, SYM_PROPERTY, R_VALUE | R_ONLY }, \
	{ "member_expression", "property", NULL, E_KEEP, 0, 0 }, \
	{ "augmented_assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 }, \
	{ "update_expression", "argument", NULL, E_USE, ROLE_WRITE, 0 }, \
	{ "subscript_expression", "object", NULL, E_KEEP_USE, ROLE_WRITE, 0 }, \
	{ "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 }, \
	{ "new_expression", "constructor", NULL, E_USE, ROLE_CALL, 0 }, \
	{ "import_statement", "source", NULL, E_USE, ROLE_INCLUDE, 0 }, \
	{ "export_statement", "source", NULL, E_USE, ROLE_INCLUDE, 0 }, \
	{ "import_specifier", "name", NULL, E_USE, ROLE_IMPORT, 0 }, \
	{ "import_clause", NULL, "identifier", E_USE, ROLE_IMPORT, 0 }, \
	{ "decorator", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 }

#define SHARED_LEAVES \
	{ "string", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED }, \
	{ "member_expression", SPAN_PLAIN, L_QUALIFIES }, \
	{ "arrow_function", SPAN_PLAIN, L_FUNCTION | L_VALUE }, \
	{ "function_expression", SPAN_PLAIN, L_FUNCTION | L_VALUE }, \
	{ "generator_function", SPAN_PLAIN, L_FUNCTION | L_VALUE }, \
	{ "function_declaration", SPAN_PLAIN, L_FUNCTION }, \
	{ "method_definition", SPAN_PLAIN, L_FUNCTION }, \
	{ "generator_function_declaration", SPAN_PLAIN, L_FUNCTION }

/* clang-format on */

static const struct rule javascript_rules[] = {
	SHARED_RULES,
	{ "field_definition", "property", NULL, E_DEFINE, SYM_FIELD, R_VALUE },
	{ "class_heritage", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
};

static const struct leaf javascript_leaves[] = { SHARED_LEAVES };

const struct grammar grammar_javascript = { tree_sitter_javascript, javascript_rules, COUNT(javascript_rules),
	javascript_leaves, COUNT(javascript_leaves) };

static const struct rule typescript_rules[] = {
	SHARED_RULES,
	{ "abstract_class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "interface_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 },
	{ "type_alias_declaration", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "enum_declaration", "name", NULL, E_DEFINE, SYM_ENUM, 0 },
	{ "enum_assignment", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "enum_body", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "internal_module", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 },
	{ "module", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 },
	{ "method_signature", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED },
	{ "abstract_method_signature", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED },
	{ "property_signature", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "function_signature", "name", NULL, E_DEFINE, SYM_FUNCTION, R_DECLARED },
	{ "public_field_definition", "name", NULL, E_DEFINE, SYM_FIELD, R_VALUE },
	{ "extends_clause", "value", NULL, E_USE, ROLE_INHERIT, 0 },
	{ "implements_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "extends_type_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "generic_type", "name", NULL, E_KEEP_USE, ROLE_INHERIT, 0 },
	{ "nested_type_identifier", "name", NULL, E_KEEP, 0, 0 },
};

static const struct leaf typescript_leaves[] = {
	SHARED_LEAVES,
	{ "nested_identifier", SPAN_TYPE, L_NAME | L_WHOLE }, /* namespace a.b */
};

const struct grammar grammar_typescript = { tree_sitter_typescript, typescript_rules, COUNT(typescript_rules),
	typescript_leaves, COUNT(typescript_leaves) };

const struct grammar grammar_tsx = { tree_sitter_tsx, typescript_rules, COUNT(typescript_rules),
	typescript_leaves, COUNT(typescript_leaves) };
