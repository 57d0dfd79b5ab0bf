/* HTML, XML and CSS. */
#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_html(void);
const TSLanguage *tree_sitter_xml(void);
const TSLanguage *tree_sitter_css(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule html_rules[] = {
	{ "attribute", NULL, "quoted_attribute_value", E_DEFINE, SYM_LABEL, R_NAMES },
	{ "quoted_attribute_value", NULL, NULL, E_KEEP, 0, 0 },
};

static const struct leaf html_leaves[] = {
	{ "tag_name", SPAN_TYPE, 0 },
	{ "erroneous_end_tag_name", SPAN_TYPE, 0 },
	{ "attribute_name", SPAN_PROPERTY, 0 },
	{ "attribute_value", SPAN_STRING, L_NAME },
	{ "quoted_attribute_value", SPAN_STRING, 0 },
	{ "entity", SPAN_CONSTANT, L_WHOLE },
	{ "doctype", SPAN_PREPROC, L_WHOLE },
};

const struct grammar grammar_html = { tree_sitter_html, html_rules, COUNT(html_rules), html_leaves,
	COUNT(html_leaves) };

static const struct rule xml_rules[] = {
	{ "Attribute", NULL, "AttValue", E_DEFINE, SYM_LABEL, R_NAMES },
	{ "GEDecl", NULL, "Name", E_DEFINE, SYM_MACRO, 0 },
	{ "PEDecl", NULL, "Name", E_DEFINE, SYM_MACRO, 0 },
	{ "elementdecl", NULL, "Name", E_DEFINE, SYM_TYPE, 0 },
	{ "EntityRef", NULL, "Name", E_USE, ROLE_MACRO, 0 },
	{ "PEReference", NULL, "Name", E_USE, ROLE_MACRO, 0 },
	{ "children", NULL, "Name", E_USE, ROLE_TYPE, 0 },
	{ "Mixed", NULL, "Name", E_USE, ROLE_TYPE, 0 },
};

static const struct leaf xml_leaves[] = {
	{ "Name", SPAN_TYPE, L_NAME },
	{ "AttValue", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "EntityValue", SPAN_STRING, L_WHOLE },
	{ "SystemLiteral", SPAN_STRING, L_WHOLE },
	{ "PubidLiteral", SPAN_STRING, L_WHOLE },
	{ "Comment", SPAN_COMMENT, L_WHOLE },
	{ "PI", SPAN_PREPROC, L_WHOLE },
	{ "XMLDecl", SPAN_PREPROC, L_WHOLE },
	{ "StyleSheetPI", SPAN_PREPROC, L_WHOLE },
	{ "CharRef", SPAN_CONSTANT, L_WHOLE },
	{ "CData", SPAN_STRING, L_WHOLE },
};

const struct grammar grammar_xml = { tree_sitter_xml, xml_rules, COUNT(xml_rules), xml_leaves,
	COUNT(xml_leaves) };

static const struct rule css_rules[] = {
	{ "import_statement", NULL, "string_value", E_USE, ROLE_INCLUDE, 0 },
	{ "rule_set", NULL, "selectors", E_DEFINE, SYM_LABEL, 0 },
	{ "selectors", NULL, NULL, E_KEEP, 0, 0 },
	{ "id_selector", NULL, "id_name", E_DEFINE, SYM_LABEL, 0 },
	{ "id_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "class_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "class_name", NULL, NULL, E_KEEP, 0, 0 },
	{ "child_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "descendant_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "sibling_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "adjacent_sibling_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "attribute_selector", NULL, "string_value", E_IGNORE, 0, 0 },
	{ "attribute_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "pseudo_class_selector", NULL, "class_name", E_IGNORE, 0, 0 },
	{ "pseudo_class_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "pseudo_element_selector", NULL, NULL, E_KEEP, 0, 0 },
	{ "keyframes_statement", NULL, "keyframes_name", E_DEFINE, SYM_LABEL, 0 },
};

static const struct leaf css_leaves[] = {
	{ "identifier", SPAN_TYPE, L_NAME },
	{ "id_name", SPAN_TYPE, L_NAME },
	{ "keyframes_name", SPAN_TYPE, L_NAME },
	{ "tag_name", SPAN_KEYWORD, 0 },
	{ "nesting_selector", SPAN_KEYWORD, 0 },
	{ "universal_selector", SPAN_KEYWORD, 0 },
	{ "attribute_name", SPAN_PROPERTY, L_WHOLE },
	{ "property_name", SPAN_PROPERTY, 0 },
	{ "feature_name", SPAN_PROPERTY, 0 },
	{ "plain_value", SPAN_CONSTANT, 0 },
	{ "color_value", SPAN_NUMBER, L_WHOLE },
	{ "integer_value", SPAN_NUMBER, L_WHOLE },
	{ "float_value", SPAN_NUMBER, L_WHOLE },
	{ "string_value", SPAN_STRING, L_NAME | L_WHOLE | L_QUOTED },
	{ "function_name", SPAN_FUNCTION, 0 },
	{ "at_keyword", SPAN_KEYWORD, 0 },
	{ "important", SPAN_KEYWORD, L_WHOLE },
	{ "js_comment", SPAN_COMMENT, L_WHOLE },
};

const struct grammar grammar_css = { tree_sitter_css, css_rules, COUNT(css_rules), css_leaves,
	COUNT(css_leaves) };
