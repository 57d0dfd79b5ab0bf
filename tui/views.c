/* The functions of each kind of view: for the test that holds keys.c against them. */

#include "tui/app.h"

extern const struct view_ops files_ops, outline_ops, code_ops, hits_ops, symbols_ops, tree_ops, changes_ops,
    suspicious_ops, functions_ops, diff_ops, threads_ops, thread_ops, lobby_ops, log_ops, text_ops,
    notebook_ops, pick_ops, search_ops, compose_ops, sign_ops, prompt_ops, options_ops, jumps_ops, peek_ops,
    hex_ops, drafts_ops;

const struct view_ops *const app_views[VIEW_KINDS] = {
	[VIEW_FILES] = &files_ops,
	[VIEW_OUTLINE] = &outline_ops,
	[VIEW_CODE] = &code_ops,
	[VIEW_HITS] = &hits_ops,
	[VIEW_SYMBOLS] = &symbols_ops,
	[VIEW_TREE] = &tree_ops,
	[VIEW_CHANGES] = &changes_ops,
	[VIEW_FUNCTIONS] = &functions_ops,
	[VIEW_SUSPICIOUS] = &suspicious_ops,
	[VIEW_DIFF] = &diff_ops,
	[VIEW_THREADS] = &threads_ops,
	[VIEW_THREAD] = &thread_ops,
	[VIEW_LOBBY] = &lobby_ops,
	[VIEW_LOG] = &log_ops,
	[VIEW_TEXT] = &text_ops,
	[VIEW_NOTEBOOK] = &notebook_ops,
	[VIEW_PICK] = &pick_ops,
	[VIEW_SEARCH] = &search_ops,
	[VIEW_COMPOSE] = &compose_ops,
	[VIEW_SIGN] = &sign_ops,
	[VIEW_PROMPT] = &prompt_ops,
	[VIEW_OPTIONS] = &options_ops,
	[VIEW_JUMPS] = &jumps_ops,
	[VIEW_PEEK] = &peek_ops,
	[VIEW_HEX] = &hex_ops,
	[VIEW_DRAFTS] = &drafts_ops,
};
