#include "indexer/intake/grammar.h"

#include "base/mem.h"
#include "indexer/intake/dense.h"

#include <stdio.h>
#include <stdlib.h>

const struct grammar *
grammar_of(enum seg_language language)
{
	switch (language) {
	case LANG_C:
		return &grammar_c;
	case LANG_CPP:
		return &grammar_cpp;
	case LANG_PYTHON:
		return &grammar_python;
	case LANG_JSON:
		return &grammar_json;
	case LANG_BASH:
		return &grammar_bash;
	case LANG_CSHARP:
		return &grammar_csharp;
	case LANG_GO:
		return &grammar_go;
	case LANG_JAVA:
		return &grammar_java;
	case LANG_JAVASCRIPT:
		return &grammar_javascript;
	case LANG_PHP:
		return &grammar_php;
	case LANG_RUBY:
		return &grammar_ruby;
	case LANG_RUST:
		return &grammar_rust;
	case LANG_TSX:
		return &grammar_tsx;
	case LANG_TYPESCRIPT:
		return &grammar_typescript;
	case LANG_CSS:
		return &grammar_css;
	case LANG_HTML:
		return &grammar_html;
	case LANG_KOTLIN:
		return &grammar_kotlin;
	case LANG_LUA:
		return &grammar_lua;
	case LANG_SQL:
		return &grammar_sql;
	case LANG_TOML:
		return &grammar_toml;
	case LANG_XML:
		return &grammar_xml;
	case LANG_YAML:
		return &grammar_yaml;
	default:
		return NULL;
	}
}

/* Nodes that mean the same in every grammar that has them. */
static const struct leaf shared[] = {
	{ "identifier", SPAN_PLAIN, L_NAME },
	{ "field_identifier", SPAN_PROPERTY, L_NAME },
	{ "property_identifier", SPAN_PROPERTY, L_NAME },
	{ "private_property_identifier", SPAN_PROPERTY, L_NAME },
	{ "shorthand_property_identifier", SPAN_PROPERTY, L_NAME },
	{ "shorthand_property_identifier_pattern", SPAN_PROPERTY, L_NAME },
	{ "type_identifier", SPAN_TYPE, L_NAME | L_TYPE },
	{ "namespace_identifier", SPAN_TYPE, L_NAME },
	{ "package_identifier", SPAN_TYPE, L_NAME },
	{ "statement_identifier", SPAN_LABEL, L_NAME },
	{ "label_name", SPAN_LABEL, 0 },
	{ "primitive_type", SPAN_TYPE, L_WHOLE },
	{ "predefined_type", SPAN_TYPE, L_WHOLE },
	{ "integral_type", SPAN_TYPE, L_WHOLE },
	{ "floating_point_type", SPAN_TYPE, L_WHOLE },
	{ "boolean_type", SPAN_TYPE, L_WHOLE },
	{ "void_type", SPAN_TYPE, L_WHOLE },
	{ "implicit_type", SPAN_TYPE, L_WHOLE },
	{ "comment", SPAN_COMMENT, L_WHOLE },
	{ "line_comment", SPAN_COMMENT, L_WHOLE },
	{ "block_comment", SPAN_COMMENT, L_WHOLE },
	{ "html_comment", SPAN_COMMENT, L_WHOLE },
	{ "string", SPAN_STRING, 0 },
	{ "string_literal", SPAN_STRING, L_WHOLE },
	{ "char_literal", SPAN_STRING, L_WHOLE },
	{ "character_literal", SPAN_STRING, L_WHOLE },
	{ "rune_literal", SPAN_STRING, L_WHOLE },
	{ "raw_string_literal", SPAN_STRING, L_WHOLE },
	{ "interpreted_string_literal", SPAN_STRING, L_WHOLE },
	{ "verbatim_string_literal", SPAN_STRING, L_WHOLE },
	{ "system_lib_string", SPAN_STRING, L_WHOLE | L_NAME | L_QUOTED },
	{ "string_content", SPAN_STRING, 0 },
	{ "string_fragment", SPAN_STRING, 0 },
	{ "string_start", SPAN_STRING, 0 },
	{ "string_end", SPAN_STRING, 0 },
	{ "raw_string", SPAN_STRING, L_WHOLE },
	{ "ansi_c_string", SPAN_STRING, L_WHOLE },
	{ "escape_sequence", SPAN_STRING, 0 },
	{ "regex", SPAN_STRING, L_WHOLE },
	{ "heredoc_body", SPAN_STRING, 0 },
	{ "heredoc_content", SPAN_STRING, 0 },
	{ "number_literal", SPAN_NUMBER, L_WHOLE },
	{ "number", SPAN_NUMBER, L_WHOLE },
	{ "integer", SPAN_NUMBER, L_WHOLE },
	{ "float", SPAN_NUMBER, L_WHOLE },
	{ "integer_literal", SPAN_NUMBER, L_WHOLE },
	{ "float_literal", SPAN_NUMBER, L_WHOLE },
	{ "real_literal", SPAN_NUMBER, L_WHOLE },
	{ "int_literal", SPAN_NUMBER, L_WHOLE },
	{ "imaginary_literal", SPAN_NUMBER, L_WHOLE },
	{ "decimal_integer_literal", SPAN_NUMBER, L_WHOLE },
	{ "hex_integer_literal", SPAN_NUMBER, L_WHOLE },
	{ "octal_integer_literal", SPAN_NUMBER, L_WHOLE },
	{ "binary_integer_literal", SPAN_NUMBER, L_WHOLE },
	{ "decimal_floating_point_literal", SPAN_NUMBER, L_WHOLE },
	{ "true", SPAN_CONSTANT, L_WHOLE },
	{ "false", SPAN_CONSTANT, L_WHOLE },
	{ "null", SPAN_CONSTANT, L_WHOLE },
	{ "none", SPAN_CONSTANT, L_WHOLE },
	{ "nil", SPAN_CONSTANT, L_WHOLE },
	{ "iota", SPAN_CONSTANT, L_WHOLE },
	{ "undefined", SPAN_CONSTANT, L_WHOLE },
	{ "null_literal", SPAN_CONSTANT, L_WHOLE },
	{ "boolean_literal", SPAN_CONSTANT, L_WHOLE },
	{ "boolean", SPAN_CONSTANT, L_WHOLE },
	{ "this", SPAN_KEYWORD, L_WHOLE },
	{ "self", SPAN_KEYWORD, L_WHOLE },
	{ "super", SPAN_KEYWORD, L_WHOLE },
	{ "formal_parameters", SPAN_PLAIN, L_PARAMETERS },
	{ "parameter_list", SPAN_PLAIN, L_PARAMETERS },
	{ "parameters", SPAN_PLAIN, L_PARAMETERS },
	{ "method_parameters", SPAN_PLAIN, L_PARAMETERS },
	{ "shebang_line", SPAN_COMMENT, L_WHOLE },
	{ "hash_bang_line", SPAN_COMMENT, L_WHOLE },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Signs and words that have no node name but themselves. */
static enum span_class
class_of_sign(const char *text)
{
	if ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '_')
		return SPAN_KEYWORD;
	if (text[0] == '#' && text[1])
		return SPAN_PREPROC;
	if (text[0] == '"' || text[0] == '\'' || text[0] == '`')
		return SPAN_STRING;
	return strchr("(){}[],;.:\n", text[0]) ? SPAN_PLAIN : SPAN_OPERATOR;
}

static const struct leaf *
find_leaf(const struct grammar *grammar, const char *name)
{
	for (size_t i = 0; i < grammar->leaf_count; i++)
		if (strcmp(grammar->leaves[i].node, name) == 0)
			return &grammar->leaves[i];
	for (size_t i = 0; i < COUNT(shared); i++)
		if (strcmp(shared[i].node, name) == 0)
			return &shared[i];
	return NULL;
}

/* The number of a named node; a name that the grammar does not have is an error of ours. */
static TSSymbol
node_number(const struct grammar_table *table, const char *name)
{
	for (TSSymbol symbol = 0; symbol < table->node_count; symbol++) {
		const char *other = ts_language_symbol_name(table->language, symbol);
		if (other && strcmp(other, name) == 0 &&
		    ts_language_symbol_type(table->language, symbol) == TSSymbolTypeRegular)
			return symbol;
	}
	fprintf(stderr, "grammar: no node %s\n", name);
	abort();
}

static TSFieldId
field_number(const struct grammar_table *table, const char *name)
{
	TSFieldId field = ts_language_field_id_for_name(table->language, name, (uint32_t)strlen(name));

	if (!field) {
		fprintf(stderr, "grammar: no field %s\n", name);
		abort();
	}
	return field;
}

static void
add_rule(struct grammar_table *table, const struct rule *rule)
{
	table->rules[table->rule_count++] = (struct compiled_rule){
		.field = rule->field ? field_number(table, rule->field) : 0,
		.child = rule->child ? node_number(table, rule->child) : UINT16_MAX,
		.effect = (uint8_t)rule->effect,
		.value = (uint8_t)rule->value,
		.flags = rule->flags,
	};
}

/* All rules of one parent, in the table's order. */
static void
compile_node(
    const struct grammar *grammar, struct grammar_table *table, const char *name, struct node_info *info)
{
	info->first_rule = (uint16_t)table->rule_count;
	for (size_t i = 0; i < grammar->rule_count; i++)
		if (strcmp(grammar->rules[i].parent, name) == 0)
			add_rule(table, &grammar->rules[i]);
	info->rule_count = (uint16_t)(table->rule_count - info->first_rule);
}

void
grammar_compile(const struct grammar *grammar, struct grammar_table *table)
{
	*table = (struct grammar_table){ .language = dense_new(grammar->language()) };
	table->node_count = ts_language_symbol_count(table->language);
	table->nodes = mem_alloc(table->node_count * sizeof *table->nodes);
	table->rules = mem_alloc((table->node_count + 1) * (grammar->rule_count + 1) * sizeof *table->rules);
	for (TSSymbol symbol = 0; symbol < table->node_count; symbol++) {
		struct node_info *info = &table->nodes[symbol];
		const char *name = ts_language_symbol_name(table->language, symbol);
		if (!name)
			continue;
		if (ts_language_symbol_type(table->language, symbol) != TSSymbolTypeRegular) {
			const struct leaf *sign = find_leaf(grammar, name);
			info->class = (uint8_t)class_of_sign(name);
			info->flags = sign && sign->flags & L_SIGN ? (uint16_t)sign->flags : 0;
			continue;
		}
		const struct leaf *leaf = find_leaf(grammar, name);
		if (strncmp(name, "keyword_", 8) == 0)
			info->class = SPAN_KEYWORD;
		if (leaf) {
			info->class = (uint8_t)leaf->class;
			info->flags = (uint16_t)leaf->flags;
		}
		info->same = node_number(table, name);
		compile_node(grammar, table, name, info);
	}
	table->error.class = SPAN_ERROR;
	compile_node(grammar, table, "ERROR", &table->error);
	table->body = ts_language_field_id_for_name(table->language, "body", 4);
	table->value = ts_language_field_id_for_name(table->language, "value", 5);
	table->right = ts_language_field_id_for_name(table->language, "right", 5);
	table->type = ts_language_field_id_for_name(table->language, "type", 4);
	table->name = ts_language_field_id_for_name(table->language, "name", 4);
	table->declarator = ts_language_field_id_for_name(table->language, "declarator", 10);
}

void
grammar_table_release(struct grammar_table *table)
{
	dense_free(table->language);
	free(table->nodes);
	free(table->rules);
	*table = (struct grammar_table){ 0 };
}
