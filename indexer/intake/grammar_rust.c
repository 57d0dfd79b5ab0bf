#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_rust(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule rust_rules[] = {
	{ "function_item", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "function_signature_item", "name", NULL, E_DEFINE, SYM_FUNCTION, R_DECLARED },
	{ "struct_item", "name", NULL, E_DEFINE, SYM_STRUCT, 0 },
	{ "enum_item", "name", NULL, E_DEFINE, SYM_ENUM, 0 },
	{ "union_item", "name", NULL, E_DEFINE, SYM_UNION, 0 },
	{ "enum_variant", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "trait_item", "name", NULL, E_DEFINE, SYM_TRAIT, 0 },
	{ "type_item", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "associated_type", "name", NULL, E_DEFINE, SYM_TYPE, R_DECLARED },
	{ "const_item", "name", NULL, E_DEFINE, SYM_CONSTANT, 0 },
	{ "static_item", "name", NULL, E_DEFINE, SYM_VARIABLE, 0 },
	{ "mod_item", "name", NULL, E_DEFINE, SYM_MODULE, 0 },
	{ "macro_definition", "name", NULL, E_DEFINE, SYM_MACRO, 0 },
	{ "field_declaration", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "impl_item", "type", NULL, E_SCOPE, 0, 0 },
	{ "impl_item", "trait", NULL, E_USE, ROLE_INHERIT, 0 },
	{ "generic_type", "type", NULL, E_KEEP, 0, 0 },
	{ "scoped_type_identifier", "name", NULL, E_KEEP, 0, 0 },
	{ "reference_type", "type", NULL, E_KEEP, 0, 0 },
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "macro_invocation", "macro", NULL, E_USE, ROLE_MACRO, 0 },
	{ "scoped_identifier", "name", NULL, E_KEEP, 0, 0 },
	{ "field_expression", "field", NULL, E_KEEP, 0, 0 },
	{ "generic_function", "function", NULL, E_KEEP, 0, 0 },
	{ "use_declaration", "argument", NULL, E_USE, ROLE_IMPORT, 0 },
	{ "use_list", NULL, NULL, E_KEEP, 0, 0 },
	{ "scoped_use_list", "list", NULL, E_KEEP, 0, 0 },
	{ "use_as_clause", "path", NULL, E_KEEP, 0, 0 },
	{ "extern_crate_declaration", "name", NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "attribute", NULL, NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "compound_assignment_expr", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "index_expression", NULL, NULL, E_KEEP, 0, 0 },
	{ "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 },
};

static const struct leaf rust_leaves[] = {
	{ "function_item", SPAN_PLAIN, L_FUNCTION },
	{ "closure_expression", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "lifetime", SPAN_LABEL, L_WHOLE },
	{ "string_literal", SPAN_STRING, L_WHOLE },
	{ "metavariable", SPAN_VARIABLE, 0 },
	{ "crate", SPAN_KEYWORD, L_WHOLE },
	{ "mutable_specifier", SPAN_KEYWORD, L_WHOLE },
};

const struct grammar grammar_rust = { tree_sitter_rust, rust_rules, COUNT(rust_rules), rust_leaves,
	COUNT(rust_leaves) };
