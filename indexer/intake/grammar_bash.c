#include "indexer/intake/grammar.h"

const TSLanguage *tree_sitter_bash(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rule bash_rules[] = {
	{ "function_definition", "name", NULL, E_DEFINE, SYM_FUNCTION, 0 },
	{ "command", "name", NULL, E_USE, ROLE_CALL, 0 },
	{ "command_name", NULL, "word", E_KEEP, 0, 0 },
	{ "variable_assignment", "name", NULL, E_DEFINE, SYM_VARIABLE, R_GLOBAL | R_WRITE },
};

static const struct leaf bash_leaves[] = {
	{ "word", SPAN_PLAIN, L_NAME },
	{ "variable_name", SPAN_VARIABLE, L_NAME },
	{ "special_variable_name", SPAN_VARIABLE, 0 },
	{ "function_definition", SPAN_PLAIN, L_FUNCTION },
	{ "heredoc_start", SPAN_STRING, 0 },
	{ "heredoc_end", SPAN_STRING, 0 },
};

const struct grammar grammar_bash = { tree_sitter_bash, bash_rules, COUNT(bash_rules), bash_leaves,
	COUNT(bash_leaves) };
