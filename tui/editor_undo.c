/* Every change of a text goes through here, and can be taken back. */

#include "base/mem.h"
#include "tui/editor.h"

#include <stdlib.h>

static void
drop(struct edit_step *change)
{
	buf_wipe(&change->old);
	buf_wipe(&change->new);
}

static void
drop_from(struct editor *editor, size_t first)
{
	while (editor->change_count > first) {
		struct edit_step *last = &editor->changes[--editor->change_count];
		editor->change_bytes -= last->old.len + last->new.len;
		drop(last);
	}
}

void
editor_forget(struct editor *editor)
{
	drop_from(editor, 0);
	free(editor->changes);
	editor->changes = NULL;
	editor->change_at = 0;
	editor->joins = false;
}

static bool
replace(struct editor *editor, size_t at, size_t len, struct str with)
{
	struct buf *text = &editor->text;

	if (with.len > len && buf_room(text, with.len - len) < 0)
		return false;
	if (text->len - len + with.len == 0 && !text->data)
		return true;
	memmove(text->data + at + with.len, text->data + at + len, text->len - at - len);
	if (with.len)
		memcpy(text->data + at, with.data, with.len);
	text->len += with.len - len;
	text->data[text->len] = 0;
	editor->cursor = at + with.len;
	editor->revision++;
	return true;
}

/* Characters typed one behind the other are one change, and so are those that Backspace or Delete take. */
static bool
join(struct editor *editor, size_t at, struct str old, struct str with)
{
	struct edit_step *last = editor->change_at ? &editor->changes[editor->change_at - 1] : NULL;

	if (!last || !editor->joins || (with.len && with.data[0] == '\n'))
		return false;
	if (old.len == 0 && last->old.len == 0 && at == last->at + last->new.len)
		return buf_str(&last->new, with) == 0;
	if (with.len || last->new.len)
		return false;
	if (at == last->at)
		return buf_str(&last->old, old) == 0;
	if (at + old.len != last->at || buf_room(&last->old, old.len) < 0)
		return false;
	memmove(last->old.data + old.len, last->old.data, last->old.len);
	memcpy(last->old.data, old.data, old.len);
	last->old.len += old.len;
	last->at = at;
	return true;
}

static void
remember(struct editor *editor, size_t at, struct str old, struct str with)
{
	struct edit_step change = { .at = at, .old = BUF(EDITOR_UNDO), .new = BUF(EDITOR_UNDO) };

	drop_from(editor, editor->change_at);
	editor->change_bytes += old.len + with.len;
	if (join(editor, at, old, with))
		return;
	while (editor->change_count &&
	    (editor->change_count == EDITOR_CHANGES || editor->change_bytes > EDITOR_UNDO)) {
		editor->change_bytes -= editor->changes[0].old.len + editor->changes[0].new.len;
		drop(&editor->changes[0]);
		memmove(
		    editor->changes, editor->changes + 1, --editor->change_count * sizeof *editor->changes);
	}
	if (!editor->changes)
		editor->changes = mem_grow(NULL, EDITOR_CHANGES, sizeof *editor->changes);
	if (buf_str(&change.old, old) < 0 || buf_str(&change.new, with) < 0) {
		drop(&change); /* then it cannot be taken back, nor can what was before */
		editor_forget(editor);
		editor->change_bytes = 0;
		return;
	}
	editor->changes[editor->change_count++] = change;
	editor->change_at = editor->change_count;
	editor->joins = true;
}

bool
editor_change(struct editor *editor, size_t at, size_t len, struct str with)
{
	struct buf old = BUF(editor->text.max);
	bool done = !editor->lines || len == 0 || buf_add(&old, editor->text.data + at, len) == 0;

	done = done && replace(editor, at, len, with);
	if (done && editor->lines)
		remember(editor, at, buf_view(&old), with);
	buf_wipe(&old);
	return done;
}

bool
editor_undo(struct editor *editor)
{
	if (editor->change_at == 0)
		return false;
	const struct edit_step *change = &editor->changes[--editor->change_at];
	editor->joins = false;
	return replace(editor, change->at, change->new.len, buf_view(&change->old));
}

bool
editor_redo(struct editor *editor)
{
	if (editor->change_at == editor->change_count)
		return false;
	const struct edit_step *change = &editor->changes[editor->change_at++];
	editor->joins = false;
	return replace(editor, change->at, change->old.len, buf_view(&change->new));
}
