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
	{ "pair_pattern", "value", NULL, E_KEEP, 0, 0 }, \
	{ "assignment_pattern", "left", NULL, E_KEEP, 0, 0 }, \
	{ "object_assignment_pattern", "left", NULL, E_KEEP, 0, 0 }, \
	{ "rest_pattern", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "arrow_function", "parameter", NULL, E_LOCAL, 0, 0 }, \
	{ "catch_clause", "parameter", NULL, E_LOCAL, 0, 0 }, \
	{ "for_in_statement", "left", NULL, E_LOCAL, 0, 0 }, \
	{ "computed_property_name", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "pair", "key", "computed_property_name", E_NONE, 0, 0 }, \
	{ "pair", "key", NULL, E_DEFINE, SYM_PROPERTY, R_VALUE }, \
	{ "assignment_expression", "left", "member_expression", E_DEFINE, SYM_PROPERTY, \
	    R_VALUE | R_GLOBAL | R_WRITE }, \
	{ "assignment_expression", "left", NULL, E_DEFINE, SYM_PROPERTY, R_VALUE | R_ONLY }, \
	{ "member_expression", "property", NULL, E_MEMBER, 0, 0 }, \
	{ "augmented_assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 }, \
	{ "update_expression", "argument", NULL, E_USE, ROLE_WRITE, 0 }, \
	{ "subscript_expression", "object", NULL, E_KEEP_USE, ROLE_WRITE, 0 }, \
	{ "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 }, \
	{ "new_expression", "constructor", NULL, E_USE, ROLE_CALL, 0 }, \
	{ "import_statement", "source", NULL, E_USE, ROLE_INCLUDE, 0 }, \
	{ "export_statement", "source", NULL, E_USE, ROLE_INCLUDE, 0 }, \
	{ "import_specifier", "name", NULL, E_USE, ROLE_IMPORT, 0 }, \
	{ "import_specifier", "alias", NULL, E_IGNORE, 0, 0 }, \
	{ "import_clause", NULL, "identifier", E_USE, ROLE_IMPORT, 0 }, \
	{ "namespace_import", NULL, NULL, E_IGNORE, 0, 0 }, \
	{ "export_specifier", "alias", NULL, E_IGNORE, 0, 0 }, \
	{ "arguments", NULL, "string", E_USE, ROLE_INCLUDE, R_REQUIRE }, \
	{ "decorator", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 }

#define ELEMENT_RULES \
	{ "jsx_opening_element", "name", NULL, E_USE, ROLE_CALL, R_UPPER }, \
	{ "jsx_self_closing_element", "name", NULL, E_USE, ROLE_CALL, R_UPPER }, \
	{ "jsx_closing_element", "name", NULL, E_IGNORE, 0, 0 }, \
	{ "jsx_attribute", NULL, "property_identifier", E_IGNORE, 0, 0 }

#define SHARED_LEAVES \
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ }, \
	{ "property_identifier", SPAN_PROPERTY, L_NAME | L_READ }, \
	{ "private_property_identifier", SPAN_PROPERTY, L_NAME | L_READ }, \
	{ "shorthand_property_identifier", SPAN_VARIABLE, L_NAME | L_READ }, \
	{ "shorthand_property_identifier_pattern", SPAN_VARIABLE, L_NAME | L_READ }, \
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
	ELEMENT_RULES,
	{ "formal_parameters", NULL, NULL, E_LOCAL, 0, 0 },
	{ "field_definition", "property", NULL, E_DEFINE, SYM_FIELD, R_VALUE },
	{ "class_heritage", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
};

static const struct leaf javascript_leaves[] = { SHARED_LEAVES };

const struct grammar grammar_javascript = { tree_sitter_javascript, javascript_rules, COUNT(javascript_rules),
	javascript_leaves, COUNT(javascript_leaves) };

/* clang-format off */
#define TYPED_RULES \
	{ "required_parameter", "pattern", NULL, E_DEFINE, SYM_FIELD, R_ACCESS }, \
	{ "optional_parameter", "pattern", NULL, E_DEFINE, SYM_FIELD, R_ACCESS }, \
	{ "required_parameter", "name", NULL, E_LOCAL, 0, 0 }, \
	{ "optional_parameter", "name", NULL, E_LOCAL, 0, 0 }, \
	{ "index_signature", "name", NULL, E_IGNORE, 0, 0 }, \
	{ "type_predicate", "name", NULL, E_IGNORE, 0, 0 }, \
	{ "asserts", NULL, "identifier", E_IGNORE, 0, 0 }, \
	{ "import_require_clause", NULL, "identifier", E_USE, ROLE_IMPORT, 0 }, \
	{ "import_require_clause", "source", NULL, E_USE, ROLE_INCLUDE, 0 }, \
	{ "non_null_expression", NULL, NULL, E_KEEP, 0, 0 }, \
	{ "abstract_class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 }, \
	{ "interface_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 }, \
	{ "type_alias_declaration", "name", NULL, E_DEFINE, SYM_TYPE, 0 }, \
	{ "enum_declaration", "name", NULL, E_DEFINE, SYM_ENUM, 0 }, \
	{ "enum_assignment", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 }, \
	{ "enum_body", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 }, \
	{ "internal_module", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 }, \
	{ "module", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 }, \
	{ "method_signature", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED }, \
	{ "abstract_method_signature", "name", NULL, E_DEFINE, SYM_METHOD, R_DECLARED }, \
	{ "property_signature", "name", NULL, E_DEFINE, SYM_FIELD, 0 }, \
	{ "function_signature", "name", NULL, E_DEFINE, SYM_FUNCTION, R_DECLARED }, \
	{ "public_field_definition", "name", NULL, E_DEFINE, SYM_FIELD, R_VALUE }, \
	{ "extends_clause", "value", NULL, E_USE, ROLE_INHERIT, 0 }, \
	{ "implements_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 }, \
	{ "extends_type_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 }, \
	{ "generic_type", "name", NULL, E_KEEP_USE, ROLE_INHERIT, 0 }, \
	{ "nested_type_identifier", "name", NULL, E_KEEP, 0, 0 }
/* clang-format on */

static const struct rule typescript_rules[] = { SHARED_RULES, TYPED_RULES };
static const struct rule tsx_rules[] = { SHARED_RULES, TYPED_RULES, ELEMENT_RULES };

static const struct leaf typescript_leaves[] = {
	SHARED_LEAVES, { "nested_identifier", SPAN_TYPE, L_NAME | L_WHOLE }, /* namespace a.b */
};

const struct grammar grammar_typescript = { tree_sitter_typescript, typescript_rules, COUNT(typescript_rules),
	typescript_leaves, COUNT(typescript_leaves) };

const struct grammar grammar_tsx = { tree_sitter_tsx, tsx_rules, COUNT(tsx_rules), typescript_leaves,
	COUNT(typescript_leaves) };
