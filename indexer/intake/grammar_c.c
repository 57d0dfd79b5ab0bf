#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_c(void);
const TSLanguage *tree_sitter_cpp(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What C and C++ have in common. */
#define PREPROCESSOR_RULES \
	{ "preproc_def", "name", NULL, E_DEFINE, SYM_MACRO, 0 }, \
	    { "preproc_function_def", "name", NULL, E_DEFINE, SYM_MACRO, 0 }, \
	    { "preproc_ifdef", "name", NULL, E_USE, ROLE_MACRO, 0 }, \
	    { "preproc_defined", NULL, "identifier", E_USE, ROLE_MACRO, 0 }, \
	    { "preproc_if", "condition", "identifier", E_USE, ROLE_MACRO, 0 }, \
	    { "preproc_elif", "condition", "identifier", E_USE, ROLE_MACRO, 0 }, \
	    { "preproc_params", NULL, NULL, E_LOCAL, 0, 0 }, \
	{ \
		"preproc_include", "path", NULL, E_USE, ROLE_INCLUDE, 0 \
	}

/* What looks like a function in a function is a loop in a macro's clothes: for_each_cpu(cpu) { ... } */
#define DECLARATION_RULES \
	{ "function_definition", "declarator", NULL, E_DEFINE, SYM_FUNCTION, R_GLOBAL }, \
	    { "declaration", "declarator", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL | R_EXTERN | R_BEHIND }, \
	    { "parameter_declaration", "declarator", NULL, E_LOCAL, 0, 0 }, \
	    { "parameter_list", NULL, "identifier", E_LOCAL, 0, 0 }, \
	    { "init_declarator", "declarator", NULL, E_KEEP, 0, 0 }, \
	    { "function_declarator", "declarator", NULL, E_CALLABLE, 0, 0 }, \
	    { "pointer_declarator", "declarator", NULL, E_POINTER, 0, 0 }, \
	    { "array_declarator", "declarator", NULL, E_KEEP, 0, 0 }, \
	    { "parenthesized_declarator", NULL, NULL, E_KEEP, 0, 0 }, \
	    { "attributed_declarator", NULL, NULL, E_KEEP, 0, 0 }, \
	    { "type_definition", "declarator", NULL, E_DEFINE, SYM_TYPE, R_BEHIND }, \
	    { "struct_specifier", "name", NULL, E_DEFINE, SYM_STRUCT, R_BODY }, \
	    { "union_specifier", "name", NULL, E_DEFINE, SYM_UNION, R_BODY }, \
	    { "enum_specifier", "name", NULL, E_DEFINE, SYM_ENUM, R_BODY }, \
	    { "enumerator", "name", NULL, E_DEFINE, SYM_ENUMERATOR, 0 }, \
	{ \
		"field_declaration", "declarator", NULL, E_DEFINE, SYM_FIELD, R_BEHIND \
	}

#define EXPRESSION_RULES \
	{ "call_expression", "function", NULL, E_USE, ROLE_CALL, 0 }, \
	    { "field_expression", "field", NULL, E_KEEP, 0, 0 }, \
	    { "assignment_expression", "left", NULL, E_USE, ROLE_WRITE, 0 }, \
	    { "update_expression", "argument", NULL, E_USE, ROLE_WRITE, 0 }, \
	    { "subscript_expression", "argument", NULL, E_KEEP, 0, 0 }, \
	    { "parenthesized_expression", NULL, NULL, E_KEEP, 0, 0 }, \
	    { "pointer_expression", "argument", NULL, E_ADDRESS, ROLE_CALL, 0 }, \
	{ \
		"field_designator", NULL, NULL, E_USE, ROLE_WRITE, 0 \
	}

#define SHARED_LEAVES \
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ }, \
	    { "field_identifier", SPAN_PROPERTY, L_NAME | L_READ }, \
	    { "string_literal", SPAN_STRING, L_WHOLE | L_NAME | L_QUOTED }, \
	    { "preproc_arg", SPAN_PLAIN, L_WORDS }, { "preproc_directive", SPAN_PREPROC, L_WHOLE }, \
	    { "primitive_type", SPAN_TYPE, L_WHOLE | L_NAME }, \
	{ \
		"function_definition", SPAN_PLAIN, L_FUNCTION \
	}

static const struct rule c_rules[] = {
	PREPROCESSOR_RULES,
	DECLARATION_RULES,
	EXPRESSION_RULES,
	{ "field_declaration", "type", "macro_type_specifier", E_DEFINE, SYM_FIELD, R_UNNAMED }, /* BIT(name); */
	{ "macro_type_specifier", "type", NULL, E_KEEP, 0, 0 },
	{ "type_descriptor", "type", "type_identifier", E_KEEP, 0, 0 },
};

static const struct leaf c_leaves[] = { SHARED_LEAVES };

const struct grammar grammar_c = { tree_sitter_c, c_rules, COUNT(c_rules), c_leaves, COUNT(c_leaves) };

static const struct rule cpp_rules[] = {
	PREPROCESSOR_RULES,
	DECLARATION_RULES,
	EXPRESSION_RULES,
	{ "optional_parameter_declaration", "declarator", NULL, E_LOCAL, 0, 0 },
	{ "for_range_loop", "declarator", NULL, E_LOCAL, 0, 0 },
	{ "class_specifier", "name", NULL, E_DEFINE, SYM_CLASS, R_BODY },
	{ "namespace_definition", "name", NULL, E_DEFINE, SYM_NAMESPACE, 0 },
	{ "nested_namespace_specifier", NULL, NULL, E_KEEP, 0, 0 },
	{ "concept_definition", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "alias_declaration", "name", NULL, E_DEFINE, SYM_TYPE, 0 },
	{ "reference_declarator", NULL, NULL, E_POINTER, 0, 0 },
	{ "qualified_identifier", "name", NULL, E_KEEP, 0, 0 },
	{ "template_function", "name", NULL, E_KEEP, 0, 0 },
	{ "template_method", "name", NULL, E_KEEP, 0, 0 },
	{ "template_type", "name", NULL, E_KEEP, 0, 0 },
	{ "base_class_clause", NULL, NULL, E_USE, ROLE_INHERIT, 0 },
	{ "field_initializer", NULL, "field_identifier", E_USE, ROLE_WRITE, 0 },
	{ "using_declaration", NULL, NULL, E_USE, ROLE_IMPORT, 0 },
};

static const struct leaf cpp_leaves[] = {
	SHARED_LEAVES,
	{ "operator_name", SPAN_FUNCTION, L_NAME | L_WHOLE },
	{ "operator_cast", SPAN_FUNCTION, L_NAME | L_WHOLE },
	{ "destructor_name", SPAN_FUNCTION, L_NAME | L_WHOLE },
	{ "qualified_identifier", SPAN_PLAIN, L_QUALIFIES },
	{ "lambda_expression", SPAN_PLAIN, L_FUNCTION },
	{ "field_declaration_list", SPAN_PLAIN, L_MEMBERS },
	{ "auto", SPAN_TYPE, L_WHOLE },
};

const struct grammar grammar_cpp = { tree_sitter_cpp, cpp_rules, COUNT(cpp_rules), cpp_leaves,
	COUNT(cpp_leaves) };
