#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_sql(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule sql_rules[] = {
	{ "create_table", NULL, "object_reference", E_DEFINE, SYM_STRUCT, 0 },
	{ "create_view", NULL, "object_reference", E_DEFINE, SYM_TYPE, 0 },
	{ "create_materialized_view", NULL, "object_reference", E_DEFINE, SYM_TYPE, 0 },
	{ "create_type", NULL, "object_reference", E_DEFINE, SYM_TYPE, 0 },
	{ "create_function", NULL, "object_reference", E_DEFINE, SYM_FUNCTION, 0 },
	{ "create_sequence", NULL, "object_reference", E_DEFINE, SYM_VARIABLE, 0 },
	{ "create_schema", NULL, "identifier", E_DEFINE, SYM_NAMESPACE, 0 },
	{ "create_index", "column", NULL, E_DEFINE, SYM_LABEL, 0 },
	{ "create_index", NULL, "object_reference", E_USE, ROLE_TYPE, 0 },
	{ "column_definition", "name", NULL, E_DEFINE, SYM_FIELD, 0 },
	{ "column_definition", NULL, "object_reference", E_USE, ROLE_TYPE, 0 },
	{ "cte", NULL, "identifier", E_DEFINE, SYM_TYPE, 0 },
	{ "object_reference", "name", NULL, E_KEEP, 0, 0 },
	{ "object_reference", "schema", NULL, E_IGNORE, 0, 0 },
	{ "object_reference", "database", NULL, E_IGNORE, 0, 0 },
	{ "function_argument", NULL, "identifier", E_LOCAL, 0, 0 },
	{ "from", NULL, "relation", E_USE, ROLE_READ, 0 },
	{ "from", NULL, "object_reference", E_USE, ROLE_WRITE, 0 },
	{ "join", NULL, "relation", E_USE, ROLE_READ, 0 },
	{ "update", NULL, "relation", E_USE, ROLE_WRITE, 0 },
	{ "insert", NULL, "object_reference", E_USE, ROLE_WRITE, 0 },
	{ "relation", NULL, "object_reference", E_KEEP, 0, 0 },
	{ "relation", "alias", NULL, E_IGNORE, 0, 0 },
	{ "alter_table", NULL, "object_reference", E_USE, ROLE_WRITE, 0 },
	{ "drop_table", NULL, "object_reference", E_USE, ROLE_WRITE, 0 },
	{ "invocation", NULL, "object_reference", E_USE, ROLE_CALL, 0 },
	{ "field", NULL, "object_reference", E_IGNORE, 0, 0 },
	{ "field", NULL, "identifier", E_KEEP, 0, 0 },
	{ "assignment", "left", NULL, E_USE, ROLE_WRITE, 0 },
	{ "select_expression", NULL, NULL, E_NONE, 0, 0 },
	{ "term", "alias", NULL, E_IGNORE, 0, 0 },
	{ "function_language", NULL, "identifier", E_IGNORE, 0, 0 },
};

static const struct leaf sql_leaves[] = {
	{ "identifier", SPAN_PLAIN, L_NAME | L_READ },
	{ "object_reference", SPAN_PLAIN, L_QUALIFIES },
	{ "create_function", SPAN_PLAIN, L_FUNCTION },
	{ "literal", SPAN_STRING, L_WHOLE },
	{ "marginalia", SPAN_COMMENT, L_WHOLE },
};

const struct grammar grammar_sql = { tree_sitter_sql, sql_rules, COUNT(sql_rules), sql_leaves,
	COUNT(sql_leaves) };
