/* Text being written: one line or many, with a cursor, readline's keys and one cut.  Pure. */
#ifndef CARREL_TUI_EDITOR_H
#define CARREL_TUI_EDITOR_H

#include "base/buf.h"
#include "tui/keys.h"

struct editor {
	struct buf text; /* valid UTF-8; no C0 but newline, and tab */
	size_t cursor;   /* a byte of it, at the start of a character */
	struct buf cut;  /* what ^K, ^U and ^W took */
	bool lines;      /* newlines may be typed */
};

void editor_init(struct editor *editor, bool lines, size_t max);
void editor_release(struct editor *editor); /* overwrites what was written */
struct str editor_text(const struct editor *editor);
void editor_set(struct editor *editor, struct str text); /* cursor at the end */
/* A character typed or pasted; false if there is no place for it, or it is a control. */
bool editor_type(struct editor *editor, int code);
/* ACT_EDIT_LEFT .. ACT_EDIT_YANK; false for others.  Up and down need the width it is shown at. */
bool editor_act(struct editor *editor, enum action action, int width);

/* A row of the text as it is shown, wrapped at `width` columns, at blanks where there are any. */
struct editor_row {
	size_t start, len; /* bytes of text, without the newline */
};

/* The row that begins at `start`; false behind the last one.  *next: where the next begins. */
bool editor_wrap(struct str text, size_t start, int width, struct editor_row *row, size_t *next);
/* The row (from 0) and column of the cursor, and the number of rows. */
void editor_place(const struct editor *editor, int width, size_t *row, int *col, size_t *rows);

#endif
