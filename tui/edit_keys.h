/* The keys of a line being typed, for views that hold an editor: name, action behind ACT_EDIT_. */
#ifndef CARREL_TUI_EDIT_KEYS_H
#define CARREL_TUI_EDIT_KEYS_H

#define EDIT_KEYS(X) \
	X(left, LEFT) \
	X(right, RIGHT) \
	X(home, HOME) \
	X(end, END) \
	X(word_left, WORD_LEFT) \
	X(word_right, WORD_RIGHT) \
	X(backspace, BACKSPACE) \
	X(delete, DELETE) \
	X(kill, KILL) \
	X(kill_back, KILL_BACK) \
	X(kill_word, KILL_WORD) \
	X(yank, YANK)

/* A function edit_NAME for each, which calls edit(view, action); and the rows of a table of handlers. */
#define EDIT_FUNCTION(name, action) \
	static void edit_##name(struct view *view) \
	{ \
		edit(view, ACT_EDIT_##action); \
	}
#define EDIT_HANDLER(name, action) { ACT_EDIT_##action, edit_##name },

#endif
