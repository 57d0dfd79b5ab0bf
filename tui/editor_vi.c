/*
 * A small vi: i a o I A O, h j k l w b 0 ^ $ gg G, x dd D d and c with a motion, cc C, yy y with a motion,
 * p P J u ^R, counts.  What it has not, it refuses.
 */

#include "tui/editor.h"

#define COUNT_MAX 9999

static void
to_insert(struct editor *editor)
{
	editor->vi.normal = false;
	editor->joins = false;
}

static void
begin_anew(struct vi *vi)
{
	vi->pending = 0;
	vi->count = 0;
}

/* In the normal mode the cursor stands on a character, not behind the last one. */
static void
settle(struct editor *editor)
{
	size_t start = editor_line_start(editor, editor->cursor);

	if (editor->vi.normal && editor->cursor > start &&
	    editor->cursor == editor_line_end(editor, editor->cursor))
		editor->cursor = editor_left(editor, editor->cursor);
}

bool
editor_vi_escape(struct editor *editor)
{
	struct vi *vi = &editor->vi;
	bool any = vi->on && (!vi->normal || vi->pending || vi->count);

	begin_anew(vi);
	if (vi->on && !vi->normal) {
		vi->normal = true;
		if (editor->cursor > editor_line_start(editor, editor->cursor))
			editor->cursor = editor_left(editor, editor->cursor);
	}
	return any;
}

/* ---- motions ---- */

static int
class_at(const struct editor *editor, size_t at)
{
	uint8_t c = editor->text.data[at];

	if (c == ' ' || c == '\t' || c == '\n')
		return 0;
	return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ? 1
												       : 2;
}

static size_t
next_word(const struct editor *editor, size_t at)
{
	size_t end = editor->text.len;
	int class = at < end ? class_at(editor, at) : 0;

	while (at < end && class && class_at(editor, at) == class)
		at++;
	while (at < end && class_at(editor, at) == 0)
		at++;
	return at;
}

static size_t
word_before(const struct editor *editor, size_t at)
{
	while (at > 0 && class_at(editor, at - 1) == 0)
		at--;
	int class = at > 0 ? class_at(editor, at - 1) : 0;
	while (at > 0 && class && class_at(editor, at - 1) == class)
		at--;
	return at;
}

static size_t
first_of_line(const struct editor *editor, size_t at)
{
	size_t end = editor_line_end(editor, at);

	at = editor_line_start(editor, at);
	while (at < end && (editor->text.data[at] == ' ' || editor->text.data[at] == '\t'))
		at++;
	return at;
}

static size_t
line_number(const struct editor *editor, size_t number)
{
	size_t at = 0;

	while (--number > 0 && editor_line_end(editor, at) < editor->text.len)
		at = editor_line_end(editor, at) + 1;
	return at;
}

/* Where a motion leads; *lines: it means whole lines.  False: that is no motion. */
static bool
motion(struct editor *editor, int code, unsigned count, int width, size_t *to, bool *lines)
{
	size_t at = editor->cursor, saved = at, times = count ? count : 1;

	*lines = code == 'j' || code == 'k' || code == 'G';
	switch (code) {
	case 'h':
		for (; times-- && at > editor_line_start(editor, at);)
			at = editor_left(editor, at);
		break;
	case 'l':
	case ' ':
		for (; times-- && at < editor_line_end(editor, at);)
			at = editor_right(editor, at);
		break;
	case 'w':
		while (times--)
			at = next_word(editor, at);
		break;
	case 'b':
		while (times--)
			at = word_before(editor, at);
		break;
	case '0':
		at = editor_line_start(editor, at);
		break;
	case '^':
		at = first_of_line(editor, at);
		break;
	case '$':
		at = editor_line_end(editor, at);
		break;
	case 'G':
		at = count ? line_number(editor, count) : editor_line_start(editor, editor->text.len);
		break;
	case 'j':
	case 'k':
		while (times--)
			editor_act(editor, code == 'j' ? ACT_EDIT_DOWN : ACT_EDIT_UP, width);
		at = editor->cursor;
		editor->cursor = saved;
		break;
	default:
		return false;
	}
	*to = at;
	return true;
}

/* ---- operators ---- */

static void
keep(struct editor *editor, size_t from, size_t to, bool lines)
{
	editor->vi.whole_lines = lines;
	buf_clear(&editor->cut);
	if (to > from && buf_add(&editor->cut, editor->text.data + from, to - from) < 0)
		buf_clear(&editor->cut);
}

/* `from` and `to` widened to whole lines, with the newline behind them. */
static void
widen(const struct editor *editor, size_t *from, size_t *to)
{
	*from = editor_line_start(editor, *from);
	*to = editor_line_end(editor, *to);
	if (*to < editor->text.len)
		++*to;
}

static void
operate(struct editor *editor, int pending, size_t from, size_t to, bool lines)
{
	if (from > to) {
		size_t swapped = from;
		from = to;
		to = swapped;
	}
	if (lines)
		widen(editor, &from, &to);
	keep(editor, from, to, lines);
	editor->joins = false;
	if (pending == 'y') {
		editor->cursor = from;
		return;
	}
	if (lines && pending == 'c' && to > from && editor->text.data[to - 1] == '\n')
		to--;
	else if (lines && to == editor->text.len && from > 0 && pending == 'd')
		from--; /* the last line goes with the newline before it */
	editor_cut(editor, from, to - from, false);
	if (pending == 'c')
		to_insert(editor);
	else if (lines)
		editor->cursor = editor_line_start(editor, editor->cursor);
}

static void
put(struct editor *editor, bool before)
{
	size_t at = editor->cursor;
	struct str cut = buf_view(&editor->cut);
	bool newline = cut.len && cut.data[cut.len - 1] == '\n';

	if (cut.len == 0)
		return;
	editor->joins = false;
	if (!editor->vi.whole_lines) {
		at = before || at == editor_line_end(editor, at) ? at : editor_right(editor, at);
		editor_change(editor, at, 0, cut);
		editor->cursor = editor_left(editor, editor->cursor);
		return;
	}
	at = before ? editor_line_start(editor, at) : editor_line_end(editor, at);
	if (before || at < editor->text.len) {
		at += !before;
		if (editor_change(editor, at, 0, cut) && !newline)
			editor_change(editor, at + cut.len, 0, STR("\n"));
	} else if (editor_change(editor, at, 0, STR("\n"))) {
		at++;
		editor_change(editor, at, 0, newline ? (struct str){ cut.data, cut.len - 1 } : cut);
	}
	editor->cursor = at;
	editor->joins = false;
}

static void
join_lines(struct editor *editor)
{
	size_t end = editor_line_end(editor, editor->cursor), from = end + 1;

	if (end == editor->text.len)
		return;
	while (from < editor->text.len && (editor->text.data[from] == ' ' || editor->text.data[from] == '\t'))
		from++;
	editor->joins = false;
	editor_change(editor, end, from - end, STR(" "));
	editor->cursor = end;
	editor->joins = false;
}

static void
open_line(struct editor *editor, bool above)
{
	size_t at =
	    above ? editor_line_start(editor, editor->cursor) : editor_line_end(editor, editor->cursor);

	editor->joins = false;
	if (editor_change(editor, at, 0, STR("\n")) && above)
		editor->cursor = at;
	to_insert(editor);
}

static bool
command(struct editor *editor, int code, unsigned count)
{
	size_t at = editor->cursor, end = editor_line_end(editor, at), to = at;

	switch (code) {
	case 'A':
		editor->cursor = end;
		to_insert(editor);
		return true;
	case 'I':
		editor->cursor = first_of_line(editor, at);
		to_insert(editor);
		return true;
	case 'a':
		editor->cursor = at < end ? editor_right(editor, at) : at;
		to_insert(editor);
		return true;
	case 'i':
		to_insert(editor);
		return true;
	case 'o':
	case 'O':
		open_line(editor, code == 'O');
		return true;
	case 'x':
		for (unsigned n = count ? count : 1; n-- && to < end;)
			to = editor_right(editor, to);
		operate(editor, 'd', at, to, false);
		return true;
	case 'D':
	case 'C':
		operate(editor, code == 'D' ? 'd' : 'c', at, end, false);
		return true;
	case 'p':
	case 'P':
		put(editor, code == 'P');
		return true;
	case 'J':
		join_lines(editor);
		return true;
	case 'u':
		for (unsigned n = count ? count : 1; n--;)
			if (editor_undo(editor))
				editor->cursor = editor->changes[editor->change_at].at;
		return true;
	default:
		return false;
	}
}

/* dd, cc, yy and gg; an pending with a motion. */
static bool
complete(struct editor *editor, int code, int width)
{
	struct vi *vi = &editor->vi;
	int pending = vi->pending;
	unsigned count = vi->count;
	size_t at = editor->cursor, to = at;
	bool lines = true;

	begin_anew(vi);
	if (pending == 'g') {
		if (code == 'g')
			editor->cursor = count ? line_number(editor, count) : 0;
		return code == 'g';
	}
	if (code == pending)
		for (unsigned n = count; n > 1 && editor_line_end(editor, to) < editor->text.len; n--)
			to = editor_line_end(editor, to) + 1;
	else if (!motion(editor, code, count, width, &to, &lines))
		return false;
	if (pending == 'c' && code == 'w' && to > at) /* as vi has it: cw leaves the blanks behind the word */
		while (to > at && class_at(editor, to - 1) == 0)
			to--;
	else if (code == 'w' && to > editor_line_end(editor, at))
		to = editor_line_end(editor, at);
	operate(editor, pending, at, to, lines);
	return true;
}

bool
editor_vi_key(struct editor *editor, int code, int width)
{
	struct vi *vi = &editor->vi;
	unsigned count = vi->count;
	size_t to;
	bool lines, known;

	if ((code >= '1' && code <= '9') || (code == '0' && count)) {
		vi->count = count * 10 + (unsigned)(code - '0');
		if (vi->count > COUNT_MAX)
			vi->count = COUNT_MAX;
		return true;
	}
	if (vi->pending)
		known = complete(editor, code, width);
	else if (code == 'd' || code == 'c' || code == 'y' || code == 'g') {
		vi->pending = code;
		return true;
	} else {
		vi->count = 0;
		known = motion(editor, code, count, width, &to, &lines);
		if (known)
			editor->cursor = to;
		else
			known = command(editor, code, count);
	}
	settle(editor);
	return known;
}
