#include "tui/editor.h"

#include "base/show.h"

void
editor_init(struct editor *editor, bool lines, size_t max)
{
	*editor = (struct editor){ .text = BUF(max), .cut = BUF(max), .lines = lines };
}

void
editor_release(struct editor *editor)
{
	editor_forget(editor);
	buf_wipe(&editor->text);
	buf_wipe(&editor->cut);
}

struct str
editor_text(const struct editor *editor)
{
	return buf_view(&editor->text);
}

void
editor_set(struct editor *editor, struct str text)
{
	editor_forget(editor);
	buf_clear(&editor->text);
	if (buf_str(&editor->text, text) < 0)
		buf_clear(&editor->text);
	editor->cursor = editor->text.len;
	editor->revision++;
}

bool
editor_type(struct editor *editor, int code)
{
	char bytes[UTF8_MAX];
	bool control =
	    code < ' ' || (code >= 127 && code < 160) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);

	if (control && !(editor->lines && (code == '\n' || code == '\t')))
		return false;
	return editor_change(editor, editor->cursor, 0, (struct str){ bytes, utf8_put(code, bytes) });
}

bool
editor_insert(struct editor *editor, struct str text)
{
	editor->joins = false;
	bool done = editor_change(editor, editor->cursor, 0, text);
	editor->joins = false;
	return done;
}

/* ---- moving ---- */

size_t
editor_left(const struct editor *editor, size_t at)
{
	while (at > 0 && (editor->text.data[--at] & 0xc0) == 0x80)
		continue;
	return at;
}

size_t
editor_right(const struct editor *editor, size_t at)
{
	if (at < editor->text.len)
		at++;
	while (at < editor->text.len && (editor->text.data[at] & 0xc0) == 0x80)
		at++;
	return at;
}

size_t
editor_line_start(const struct editor *editor, size_t at)
{
	while (at > 0 && editor->text.data[at - 1] != '\n')
		at--;
	return at;
}

size_t
editor_line_end(const struct editor *editor, size_t at)
{
	while (at < editor->text.len && editor->text.data[at] != '\n')
		at++;
	return at;
}

static bool
blank(const struct editor *editor, size_t at)
{
	return editor->text.data[at] == ' ' || editor->text.data[at] == '\n' || editor->text.data[at] == '\t';
}

static size_t
word_left(const struct editor *editor)
{
	size_t at = editor->cursor;

	while (at > 0 && blank(editor, at - 1))
		at--;
	while (at > 0 && !blank(editor, at - 1))
		at--;
	return at;
}

static size_t
word_right(const struct editor *editor)
{
	size_t at = editor->cursor;

	while (at < editor->text.len && blank(editor, at))
		at++;
	while (at < editor->text.len && !blank(editor, at))
		at++;
	return at;
}

static int
column_of(struct str text, size_t start, size_t at)
{
	int column = 0;

	for (size_t len; start < at && start < text.len; start += len) {
		int32_t code = utf8_next(text, start, &len);
		column += code < ' ' ? 1 : show_width(code);
	}
	return column;
}

bool
editor_wrap(struct str text, size_t start, int width, struct editor_row *row, size_t *next)
{
	size_t at = start, at_blank = 0;
	int column = 0;

	if (start > text.len || (start == text.len && start > 0 && text.data[start - 1] != '\n'))
		return false;
	while (at < text.len && text.data[at] != '\n') {
		size_t len;
		int32_t code = utf8_next(text, at, &len);
		int columns = code < ' ' ? 1 : show_width(code);
		if (column + columns > width && at > start) {
			size_t end = at_blank > start ? at_blank : at;
			*row = (struct editor_row){ start, end - start };
			*next = end;
			return true;
		}
		column += columns;
		at += len;
		if (code == ' ')
			at_blank = at;
	}
	*row = (struct editor_row){ start, at - start };
	*next = at + (at < text.len);
	if (at == text.len)
		*next = text.len + 1;
	return true;
}

void
editor_place(const struct editor *editor, int width, size_t *row, int *col, size_t *rows)
{
	struct str text = editor_text(editor);
	struct editor_row r;
	size_t start = 0, next;

	*row = *rows = 0;
	*col = 0;
	for (; editor_wrap(text, start, width, &r, &next); start = next) {
		if (editor->cursor >= start && (editor->cursor < next)) {
			*row = *rows;
			*col = column_of(text, start, editor->cursor);
		}
		++*rows;
	}
}

/* To the same column of the row above or below. */
static void
vertical(struct editor *editor, int width, bool down)
{
	struct str text = editor_text(editor);
	struct editor_row r;
	size_t row, rows, start = 0, next, number = 0;
	int col;

	editor_place(editor, width, &row, &col, &rows);
	if (down ? row + 1 >= rows : row == 0)
		return;
	row = down ? row + 1 : row - 1;
	while (editor_wrap(text, start, width, &r, &next) && number++ < row)
		start = next;
	size_t at = r.start;
	while (at < r.start + r.len && column_of(text, r.start, at) < col)
		at = editor_right(editor, at);
	if (at == next && at > r.start) /* a wrapped row has no place behind its last character */
		at = editor_left(editor, at);
	editor->cursor = at;
}

/* ---- taking away ---- */

void
editor_cut(struct editor *editor, size_t at, size_t len, bool keep)
{
	if (len == 0)
		return;
	if (keep) {
		buf_clear(&editor->cut);
		if (buf_add(&editor->cut, editor->text.data + at, len) < 0)
			return;
	}
	editor_change(editor, at, len, STR(""));
}

bool
editor_act(struct editor *editor, enum action action, int width)
{
	size_t at = editor->cursor, end;

	if (action != ACT_EDIT_BACKSPACE && action != ACT_EDIT_DELETE)
		editor->joins = false;
	switch (action) {
	case ACT_EDIT_LEFT:
		editor->cursor = editor_left(editor, at);
		return true;
	case ACT_EDIT_RIGHT:
		editor->cursor = editor_right(editor, at);
		return true;
	case ACT_EDIT_UP:
	case ACT_EDIT_DOWN:
		vertical(editor, width, action == ACT_EDIT_DOWN);
		return true;
	case ACT_EDIT_HOME:
		editor->cursor = editor_line_start(editor, at);
		return true;
	case ACT_EDIT_END:
		editor->cursor = editor_line_end(editor, at);
		return true;
	case ACT_EDIT_WORD_LEFT:
		editor->cursor = word_left(editor);
		return true;
	case ACT_EDIT_WORD_RIGHT:
		editor->cursor = word_right(editor);
		return true;
	case ACT_EDIT_BACKSPACE:
		editor_cut(editor, editor_left(editor, at), at - editor_left(editor, at), false);
		return true;
	case ACT_EDIT_DELETE:
		editor_cut(editor, at, editor_right(editor, at) - at, false);
		return true;
	case ACT_EDIT_KILL:
		end = editor_line_end(editor, at);
		editor_cut(editor, at, (end == at ? editor_right(editor, at) : end) - at, true);
		return true;
	case ACT_EDIT_KILL_BACK:
		end = editor_line_start(editor, at);
		editor_cut(editor, end, at - end, true);
		return true;
	case ACT_EDIT_KILL_WORD:
		end = word_left(editor);
		editor_cut(editor, end, at - end, true);
		return true;
	case ACT_EDIT_YANK:
		if (editor->cut.len)
			editor_insert(editor, buf_view(&editor->cut));
		return true;
	case ACT_EDIT_UNDO:
		editor_undo(editor);
		return true;
	case ACT_EDIT_REDO:
		editor_redo(editor);
		return true;
	default:
		return false;
	}
}
