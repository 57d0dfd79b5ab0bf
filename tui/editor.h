/* Text being written: one line or many, with a cursor, readline's keys or a small vi, and one cut.  Pure. */
#ifndef CARREL_TUI_EDITOR_H
#define CARREL_TUI_EDITOR_H

#include "base/buf.h"
#include "tui/keys.h"

#define EDITOR_CHANGES 1000                /* that can be undone ... */
#define EDITOR_UNDO ((size_t)1024 * 1024) /* ... and their bytes: the oldest go first */

/* `old` at byte `at` became `new`. */
struct edit_step {
	size_t at;
	struct buf old, new;
};

/* Keys that a command of the small vi is still made of. */
struct vi {
	bool on, normal;  /* not normal: characters are typed */
	int pending;      /* 'd', 'c', 'y' or 'g', or 0 */
	unsigned count;   /* 0: none typed */
	bool whole_lines; /* what lies in the cut */
};

struct editor {
	struct buf text; /* valid UTF-8; no C0 but newline, and tab */
	size_t cursor;   /* a byte of it, at the start of a character */
	struct buf cut;  /* what ^K, ^U and ^W took */
	bool lines;      /* newlines may be typed, and changes undone */
	struct edit_step *changes;
	size_t change_count, change_at; /* those from change_at on were undone */
	size_t change_bytes;
	bool joins;        /* what is typed next belongs to the last change */
	uint64_t revision; /* grows with each change of the text */
	struct vi vi;
};

void editor_init(struct editor *editor, bool lines, size_t max);
void editor_release(struct editor *editor); /* overwrites what was written */
struct str editor_text(const struct editor *editor);
void editor_set(struct editor *editor, struct str text); /* cursor at the end; forgets the changes */
/* A character typed or pasted; false if there is no place for it, or it is a control. */
bool editor_type(struct editor *editor, int code);
/* Text put in at the cursor, as one change; false if there is no place for it. */
bool editor_insert(struct editor *editor, struct str text);
/* ACT_EDIT_LEFT .. ACT_EDIT_REDO; false for others.  Up and down need the width it is shown at. */
bool editor_act(struct editor *editor, enum action action, int width);

/* `len` bytes at `at` become `with`; the cursor stands behind it.  False if there is no place for it. */
bool editor_change(struct editor *editor, size_t at, size_t len, struct str with);
bool editor_undo(struct editor *editor);
bool editor_redo(struct editor *editor);
void editor_forget(struct editor *editor); /* the changes, overwritten */

/* A key of the normal mode; false: it means nothing there. */
bool editor_vi_key(struct editor *editor, int code, int width);
/* Esc: to the normal mode, or what was begun is dropped; false: there was neither. */
bool editor_vi_escape(struct editor *editor);

/* Places in the text, as bytes. */
size_t editor_left(const struct editor *editor, size_t at);
size_t editor_right(const struct editor *editor, size_t at);
size_t editor_line_start(const struct editor *editor, size_t at);
size_t editor_line_end(const struct editor *editor, size_t at);
/* Puts `len` bytes at `at` into the cut and takes them out of the text. */
void editor_cut(struct editor *editor, size_t at, size_t len, bool keep);

/* A row of the text as it is shown, wrapped at `width` columns, at blanks where there are any. */
struct editor_row {
	size_t start, len; /* bytes of text, without the newline */
};

/* The row that begins at `start`; false behind the last one.  *next: where the next begins. */
bool editor_wrap(struct str text, size_t start, int width, struct editor_row *row, size_t *next);
/* The row (from 0) and column of the cursor, and the number of rows. */
void editor_place(const struct editor *editor, int width, size_t *row, int *col, size_t *rows);

#endif
