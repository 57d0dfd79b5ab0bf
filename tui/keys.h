/*
 * The one table of what can be done at the desk: action, name, keys, views, words.
 * Dispatch, the help of each view, the palette and the manual read it; a test holds
 * it against what the views handle.
 *
 * A key is a number: a code point, 1..26 for ^A..^Z, 27..31 for Esc ^\ ^] ^^ ^_, 127 is
 * Backspace, or one of enum key_name; KEY_ALT is added for Alt.
 */
#ifndef CARREL_TUI_KEYS_H
#define CARREL_TUI_KEYS_H

#include "base/str.h"

enum key_name {
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_DELETE,
	K_SHIFT_UP,
	K_SHIFT_DOWN,
	K_SHIFT_TAB,
	K_F1,
	K_F7,
	K_F8,
	K_NAMED, /* past the last that a binding may name */
	K_RESIZE,
	K_PASTE,     /* what follows was pasted ... */
	K_PASTE_END, /* ... up to here */
	K_MOUSE,
};

#define KEY_ALT (1 << 24)
#define KEY_CTRL(letter) ((letter)&31)

enum view_kind {
	VIEW_FILES,
	VIEW_OUTLINE,
	VIEW_CODE,
	VIEW_HITS,
	VIEW_SYMBOLS,
	VIEW_TREE,
	VIEW_CHANGES,
	VIEW_FUNCTIONS,
	VIEW_SUSPICIOUS,
	VIEW_DIFF,
	VIEW_THREADS,
	VIEW_THREAD,
	VIEW_LOBBY,
	VIEW_LOG,
	VIEW_TEXT,
	VIEW_NOTEBOOK,
	VIEW_PICK,
	VIEW_SEARCH,
	VIEW_COMPOSE,
	VIEW_SIGN,
	VIEW_PROMPT,
	VIEW_OPTIONS,
	VIEW_JUMPS,
	VIEW_PEEK,
	VIEW_HEX,
	VIEW_DRAFTS,
	VIEW_KINDS
};

enum action {
	ACT_NONE,
	/* moving: any view with a struct scroll */
	ACT_DOWN, ACT_UP, ACT_HALF_DOWN, ACT_HALF_UP, ACT_PAGE_DOWN, ACT_PAGE_UP, ACT_TOP, ACT_END,
	ACT_MOVES, /* past the last of these */
	/* the desk itself */
	ACT_HELP, ACT_PALETTE, ACT_LEAVE, ACT_CANCEL, ACT_REDRAW, ACT_BACK, ACT_NEXT_PANE, ACT_PREV_PANE,
	ACT_ZOOM, ACT_SPLIT_BELOW, ACT_SPLIT_BESIDE, ACT_CLOSE_SPLIT, ACT_NARROWER, ACT_WIDER, ACT_TALLER, ACT_LOWER,
	ACT_EVEN,
	ACT_PANE_LEFT, ACT_PANE_DOWN, ACT_PANE_UP, ACT_PANE_RIGHT,
	ACT_FILES, ACT_CODE, ACT_OUTLINE, ACT_THREADS, ACT_LOBBY,
	ACT_DRAFTS,
	ACT_GREP, ACT_FIND_FILE, ACT_FIND_SYMBOL, ACT_JUMP_BACK, ACT_JUMP_FORWARD, ACT_POP, ACT_CHANGES, ACT_MOUSE,
	ACT_OPTIONS, ACT_JUMPS, ACT_MARK, ACT_TO_MARK,
	ACT_SUSPICIOUS, ACT_NEXT_SUSPICIOUS, ACT_PREV_SUSPICIOUS,
	/* views */
	ACT_OPEN, ACT_SEARCH, ACT_NEXT, ACT_PREV, ACT_LEFT, ACT_RIGHT, ACT_WORD, ACT_WORD_BACK, ACT_LINE_START,
	ACT_LINE_END,
	ACT_DEFINITION, ACT_REFERENCES, ACT_CALLERS, ACT_NEXT_CHANGE, ACT_PREV_CHANGE, ACT_NEXT_FILE, ACT_PREV_FILE,
	ACT_NEXT_THREAD, ACT_PREV_THREAD, ACT_SELECT, ACT_EXTEND_DOWN, ACT_EXTEND_UP, ACT_COMMENT, ACT_COMMENT_FILE,
	ACT_FINDING, ACT_PRIVATE, ACT_TAKE,
	ACT_ANSWER, ACT_STATE, ACT_DIFF, ACT_MORE_CONTEXT, ACT_LESS_CONTEXT, ACT_FILTER, ACT_COMPARE,
	ACT_FOLD, ACT_FOLD_ALL, ACT_UNFOLD_ALL, ACT_OPEN_CODE,
	ACT_ANY_CASE, ACT_WHOLE_WORDS, ACT_AS_IT_STANDS, ACT_ALL_RELEASES, ACT_ONLY_CODE, ACT_ONLY_COMMENTS,
	ACT_ONLY_STRINGS, ACT_EARLIER_VISITS, ACT_RESULTS, ACT_CALL_TREE, ACT_INCLUDE_TREE, ACT_TURN,
	ACT_FIND_THREAD, ACT_FIND_RELEASE, ACT_LOG, ACT_NOTEBOOK, ACT_FILTER_KIND, ACT_BOARD, ACT_DROP,
	ACT_SIDES, ACT_OTHER_SIDE, ACT_WHITE_SPACE, ACT_WORDS, ACT_FUNCTIONS, ACT_NEXT_UNREAD, ACT_PREV_UNREAD,
	ACT_MOVED, ACT_UNFOLD, ACT_TOGGLE_FOLD, ACT_BRACKET, ACT_WRAP, ACT_PEEK, ACT_INCLUDED, ACT_INCLUDERS,
	ACT_NEXT_UNPARSED, ACT_PREV_UNPARSED, ACT_BLAME, ACT_HEX,
	/* typing */
	ACT_ACCEPT, ACT_DONE, ACT_NEWLINE, ACT_NEXT_FIELD, ACT_PREV_FIELD,
	ACT_EDIT_LEFT, ACT_EDIT_RIGHT, ACT_EDIT_UP, ACT_EDIT_DOWN, ACT_EDIT_HOME, ACT_EDIT_END, ACT_EDIT_WORD_LEFT,
	ACT_EDIT_WORD_RIGHT, ACT_EDIT_BACKSPACE, ACT_EDIT_DELETE, ACT_EDIT_KILL, ACT_EDIT_KILL_BACK, ACT_EDIT_KILL_WORD,
	ACT_EDIT_YANK, ACT_EDIT_UNDO, ACT_EDIT_REDO, ACT_EDIT_QUOTE, ACT_PREVIEW,
	ACT_COUNT
};

struct binding {
	enum action action;
	const char *name;  /* in the palette: "next-change" */
	const char *keys;  /* sequences, a space between: "]c F8" */
	unsigned views;    /* bits 1 << enum view_kind */
	const char *words; /* in the help: what it does */
	const char *hint;  /* in the help line: a word or two; NULL: not there */
};

extern const struct binding bindings[];
extern const size_t binding_count;

#define KEYS_MAX 3 /* keys in a sequence */

/* One sequence, "gd" or "^Wh" or "PgDn", into keys; 0 if it is longer than any can be. */
size_t keys_parse(struct str text, int keys[static KEYS_MAX]);
/* The sequences of a binding one by one: the keys of the next one, their number returned, 0 at the end. */
size_t keys_next(const char **rest, int keys[static KEYS_MAX]);
const char *view_name(enum view_kind view); /* in English: for _() */

#endif
