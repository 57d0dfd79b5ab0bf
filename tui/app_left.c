/*
 * Where the person left: which releases, which files and where in them, panes, marks, places gone to.  Lines of
 * words, the path last; carrel-notebook(5) has them.  What cannot be read, or is no more, is passed over.
 */

#include "tui/app.h"

#include "tui/text.h"

#include <stdio.h>

#define LEFT_JUMPS 30

/* ---- writing ---- */

static const char *const focus_names[PANES] = { "files", "code", "outline" };

/* The path is the line's last word: blanks, controls and % are written as %XX. */
static int
add_path(struct buf *out, struct str path)
{
	int r = 0;

	for (size_t i = 0; i < path.len && r == 0; i++) {
		unsigned char c = (unsigned char)path.data[i];
		if (c <= ' ' || c == '%' || c >= 0x7f)
			r = buf_printf(out, "%%%02x", c);
		else
			r = buf_byte(out, c);
	}
	return r == 0 ? buf_byte(out, '\n') : r;
}

static int
add_place(struct buf *out, const char *word, struct place place)
{
	if (place.path.len == 0 || place.release.len == 0)
		return 0;
	int r = buf_printf(out, "%s %.*s %llu %zu %llu ", word, STR_ARG(place.release),
	    (unsigned long long)place.line, place.column, (unsigned long long)place.top);
	return r == 0 ? add_path(out, place.path) : r;
}

static int
add_line(struct buf *out, const char *word, struct str first, struct str second)
{
	return buf_printf(
	    out, second.len ? "%s %.*s %.*s\n" : "%s %.*s\n", word, STR_ARG(first), STR_ARG(second));
}

int
left_write(const struct app *app, struct buf *out)
{
	const struct panes *p = &app->layout;
	struct str base = model_base(&app->model);
	char word[16] = "mark a", sizes[32];

	snprintf(sizes, sizeof sizes, "%d %d", p->files_cols, p->outline_rows);
	int r = add_line(out, "read", model_reading(&app->model), base.len ? base : STR("-"));
	if (r == 0)
		r = add_line(out, "focus", str_from(focus_names[app->focus]), STR(""));
	if (r == 0)
		r = add_line(out, "sizes", str_from(sizes), STR(""));
	if (r == 0)
		r = add_place(out, "open", app_place(app));
	if (r == 0 && p->other)
		r = add_place(out, p->below ? "below" : "beside", code_place(p->other));
	if (r == 0 && p->other && p->second)
		r = buf_text(out, "second\n");
	for (int i = 0; i < MARKS && r == 0; i++) {
		word[5] = (char)('a' + i);
		r = add_place(out, word, app->marks[i]);
	}
	for (size_t i = app->jump_count > LEFT_JUMPS ? app->jump_count - LEFT_JUMPS : 0;
	     i < app->jump_count && r == 0; i++)
		r = add_place(out, "jump", app->jumps[i]);
	return r;
}

/* ---- reading ---- */

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_path(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		int c = (unsigned char)text.data[i], high, low;
		if (c == '%') {
			if (i + 2 >= text.len || (high = hex_digit(text.data[i + 1])) < 0 ||
			    (low = hex_digit(text.data[i + 2])) < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (c == 0 || buf_byte(out, (uint8_t)c) < 0)
			return false;
	}
	return out->len > 0;
}

/* "RELEASE LINE COLUMN TOP PATH" of a release that is there. */
static bool
read_place(struct app *app, struct str rest, struct place *out)
{
	struct str release, line, column, top;
	struct buf path = BUF(8192);
	uint64_t at = 0;

	bool ok = str_next(&rest, ' ', &release) && str_next(&rest, ' ', &line) &&
	    str_next(&rest, ' ', &column) && str_next(&rest, ' ', &top) && str_u64(line, &out->line) &&
	    str_u64(column, &at) && str_u64(top, &out->top) && out->line > 0 && at < SIZE_MAX &&
	    model_find_release(&app->model, release) != SIZE_MAX && read_path(rest, &path);
	if (ok) {
		out->column = (size_t)at;
		out->release = app_intern(app, release);
		out->path = app_intern(app, buf_view(&path));
	}
	buf_release(&path);
	return ok;
}

static void
read_sizes(struct panes *panes, struct str rest)
{
	struct str cols;
	uint64_t c, r;

	if (str_next(&rest, ' ', &cols) && str_u64(cols, &c) && str_u64(rest, &r) && c < 1000 && r < 1000) {
		panes->files_cols = (int)c;
		panes->outline_rows = (int)r;
	}
}

static void
take_line(struct app *app, struct str line)
{
	struct str word, rest = line;
	struct place place;

	if (!str_next(&rest, ' ', &word))
		return;
	if (str_is(word, "sizes"))
		read_sizes(&app->layout, rest);
	else if (str_is(word, "mark") && rest.len > 2 && rest.data[0] >= 'a' && rest.data[0] <= 'z' &&
	    read_place(app, (struct str){ rest.data + 2, rest.len - 2 }, &place))
		app->marks[rest.data[0] - 'a'] = place;
	else if (str_is(word, "jump") && app->jump_count < LEFT_JUMPS && read_place(app, rest, &place)) {
		app->jumps[app->jump_count++] = place;
		app->jump_at = app->jump_count;
	} else if ((str_is(word, "below") || str_is(word, "beside")) && read_place(app, rest, &place))
		panes_split(app, str_is(word, "below"), place);
	else if (str_is(word, "second"))
		app->layout.second = app->layout.other;
	else if (str_is(word, "open") && read_place(app, rest, &place)) {
		code_show(app->panes[PANE_CODE], place);
		files_reveal(app->panes[PANE_FILES], place.path);
	} else if (str_is(word, "focus"))
		for (int i = 0; i < PANES; i++)
			if (str_is(rest, focus_names[i]))
				app->focus = (enum pane)i;
}

bool
left_read(struct app *app, struct str text)
{
	struct str line, rest = text, release, base;
	size_t newest = app->model.release_count - 1;

	if (!str_next(&rest, '\n', &line) || !str_starts(line, STR("read ")))
		return false;
	line = (struct str){ line.data + 5, line.len - 5 };
	if (!str_next(&line, ' ', &release) || model_find_release(&app->model, release) == SIZE_MAX)
		return false;
	base = model_find_release(&app->model, line) != SIZE_MAX ? line : STR("");
	app_read_release(app, release, base);
	while (str_next(&rest, '\n', &line))
		take_line(app, line);
	if (app->model.reading != newest)
		app_say(app, INK_TEXT, _("You left reading %.*s; the newest release is %.*s: 5 chooses."),
		    STR_ARG(release), STR_ARG(app->model.releases[newest].name));
	return true;
}
