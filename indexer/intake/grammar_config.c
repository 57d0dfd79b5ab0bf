/* TOML and YAML. */
#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_toml(void);
const TSLanguage *tree_sitter_yaml(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule toml_rules[] = {
	{ "table", NULL, "bare_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "table", NULL, "dotted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "table", NULL, "quoted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "table_array_element", NULL, "bare_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "table_array_element", NULL, "dotted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "table_array_element", NULL, "quoted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "pair", NULL, "bare_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "pair", NULL, "dotted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "pair", NULL, "quoted_key", E_DEFINE, SYM_KEY, R_SHALLOW },
};

static const struct leaf toml_leaves[] = {
	{ "bare_key", SPAN_PROPERTY, L_NAME },
	{ "dotted_key", SPAN_PROPERTY, L_NAME | L_WHOLE },
	{ "quoted_key", SPAN_PROPERTY, L_NAME | L_WHOLE | L_QUOTED },
	{ "string", SPAN_STRING, L_WHOLE },
	{ "local_date", SPAN_NUMBER, L_WHOLE },
	{ "local_time", SPAN_NUMBER, L_WHOLE },
	{ "local_date_time", SPAN_NUMBER, L_WHOLE },
	{ "offset_date_time", SPAN_NUMBER, L_WHOLE },
};

const struct grammar grammar_toml = { tree_sitter_toml, toml_rules, COUNT(toml_rules), toml_leaves,
	COUNT(toml_leaves) };

static const struct rule yaml_rules[] = {
	{ "block_mapping_pair", "key", NULL, E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "flow_pair", "key", NULL, E_DEFINE, SYM_KEY, R_SHALLOW },
	{ "flow_node", NULL, "plain_scalar", E_KEEP, 0, 0 },
	{ "flow_node", NULL, "double_quote_scalar", E_KEEP, 0, 0 },
	{ "flow_node", NULL, "single_quote_scalar", E_KEEP, 0, 0 },
	{ "plain_scalar", NULL, "string_scalar", E_KEEP, 0, 0 },
	{ "anchor", NULL, "anchor_name", E_DEFINE, SYM_LABEL, 0 },
	{ "alias", NULL, "alias_name", E_USE, ROLE_READ, 0 },
};

static const struct leaf yaml_leaves[] = {
	{ "string_scalar", SPAN_STRING, L_NAME },
	{ "double_quote_scalar", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "single_quote_scalar", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "block_scalar", SPAN_STRING, L_WHOLE },
	{ "anchor_name", SPAN_LABEL, L_NAME },
	{ "alias_name", SPAN_LABEL, L_NAME },
	{ "tag", SPAN_TYPE, L_WHOLE },
	{ "boolean_scalar", SPAN_CONSTANT, L_WHOLE },
	{ "null_scalar", SPAN_CONSTANT, L_WHOLE },
	{ "integer_scalar", SPAN_NUMBER, L_WHOLE },
	{ "float_scalar", SPAN_NUMBER, L_WHOLE },
	{ "timestamp_scalar", SPAN_NUMBER, L_WHOLE },
	{ "yaml_directive", SPAN_PREPROC, L_WHOLE },
	{ "tag_directive", SPAN_PREPROC, L_WHOLE },
	{ "reserved_directive", SPAN_PREPROC, L_WHOLE },
};

const struct grammar grammar_yaml = { tree_sitter_yaml, yaml_rules, COUNT(yaml_rules), yaml_leaves,
	COUNT(yaml_leaves) };
