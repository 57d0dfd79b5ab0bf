/* Java and C#. */
#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_java(void);
const TSLanguage *tree_sitter_c_sharp(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule java_rules[] = {
	{ "class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "interface_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 },
	{ "enum_declaration", "name", NULL, E_DEFINE, SYM_ENUM, 0 },
	{ "enum_constant", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "record_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "annotation_type_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 },
	{ "annotation_type_element_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "method_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "constructor_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "compact_constructor_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "field_declaration", "declarator", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "constant_declaration", "declarator", NULL, E_DEFINE, SYM_CONSTANT, 0 },
	{ "variable_declarator", "name", NULL, E_KEEP, 0, 0 },
	{ "package_declaration", NULL, NULL, E_DEFINE, SYM_PACKAGE, 0 },
	{ "import_declaration", NULL, NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "method_invocation", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "superclass", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "super_interfaces", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "extends_interfaces", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "type_list", NULL, NULL, E_KEEP_USE, ROLE_INHERIT, 0 },
	{ "generic_type", NULL, "type_identifier", E_KEEP_USE, ROLE_INHERIT, 0 },
	{ "assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "field_access", "field", NULL, E_KEEP, 0, 0 },
	{ "update_expression", NULL, NULL, E_USE, ROLE_WRITE, 0 },
	{ "array_access", "array", NULL, E_KEEP, 0, 0 },
	{ "marker_annotation", "name", NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "annotation", "name", NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "method_reference", NULL, "identifier", E_USE, ROLE_CALL, 0 },
};

static const struct leaf java_leaves[] = {
	{ "scoped_identifier", SPAN_PLAIN, L_NAME | L_WHOLE },
	{ "method_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "lambda_expression", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "string_literal", SPAN_STRING, L_WHOLE },
};

const struct grammar grammar_java = { tree_sitter_java, java_rules, COUNT(java_rules), java_leaves,
	COUNT(java_leaves) };

static const struct rule csharp_rules[] = {
	{ "namespace_declaration", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 },
	{ "file_scoped_namespace_declaration", "name", NULL, E_DEFINE, SYM_PACKAGE, 0 },
	{ "class_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "struct_declaration", "name", NULL, E_DEFINE, SYM_STRUCT, 0 },
	{ "interface_declaration", "name", NULL, E_DEFINE, SYM_INTERFACE, 0 },
	{ "enum_declaration", "name", NULL, E_DEFINE, SYM_ENUM, 0 },
	{ "enum_member_declaration", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 },
	{ "record_declaration", "name", NULL, E_DEFINE, SYM_CLASS, 0 },
	{ "delegate_declaration", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "method_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "constructor_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "destructor_declaration", "name", NULL, E_DEFINE, SYM_METHOD, 0 },
	{ "property_declaration", "name", NULL, E_DEFINE, SYM_PROPERTY, 0 },
	{ "event_declaration", "name", NULL, E_DEFINE, SYM_PROPERTY, 0 },
	{ "local_function_statement", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "field_declaration", NULL, "variable_declaration", E_DEFINE, SYM_FIELD, 0 },
	{ "event_field_declaration", NULL, "variable_declaration", E_DEFINE, SYM_PROPERTY, 0 },
	{ "variable_declaration", NULL, "variable_declarator", E_KEEP, 0, 0 },
	{ "variable_declaration", "type", NULL, E_USE, ROLE_TYPE, 0 },
	{ "variable_declarator", "name", NULL, E_KEEP, 0, 0 },
	{ "method_declaration", "returns", NULL, E_USE, ROLE_TYPE, 0 },
	{ "parameter", "type", NULL, E_USE, ROLE_TYPE, 0 },
	{ "property_declaration", "type", NULL, E_USE, ROLE_TYPE, 0 },
	{ "object_creation_expression", "type", NULL, E_USE, ROLE_TYPE, 0 },
	{ "cast_expression", "type", NULL, E_USE, ROLE_TYPE, 0 },
	{ "type_argument_list", NULL, NULL, E_USE, ROLE_TYPE, 0 },
	{ "base_list", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "using_directive", NULL, NULL, E_USE, ROLE_INCLUDE, 0 },
	{ "invocation_expression", "function", NULL, E_USE, ROLE_CALL, 0 },
	{ "member_access_expression", "name", NULL, E_KEEP, 0, 0 },
	{ "generic_name", NULL, "identifier", E_KEEP, 0, 0 },
	{ "qualified_name", "name", NULL, E_KEEP, 0, 0 },
	{ "nullable_type", "type", NULL, E_KEEP_USE, ROLE_TYPE, 0 },
	{ "array_type", "type", NULL, E_KEEP_USE, ROLE_TYPE, 0 },
	{ "assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "element_access_expression", "expression", NULL, E_KEEP, 0, 0 },
	{ "attribute", "name", NULL, E_USE, ROLE_ANNOTATION, 0 },
	{ "postfix_unary_expression", NULL, NULL, E_USE, ROLE_WRITE, 0 },
};

static const struct leaf csharp_leaves[] = {
	{ "qualified_name", SPAN_PLAIN, L_QUALIFIES },
	{ "method_declaration", SPAN_PLAIN, L_FUNCTION },
	{ "lambda_expression", SPAN_PLAIN, L_FUNCTION | L_VALUE },
	{ "string_literal", SPAN_STRING, L_WHOLE },
	{ "string_literal_content", SPAN_STRING, 0 },
};

const struct grammar grammar_csharp = { tree_sitter_c_sharp, csharp_rules, COUNT(csharp_rules), csharp_leaves,
	COUNT(csharp_leaves) };
