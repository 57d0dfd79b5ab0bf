/* What can be done in a diff. */

#include "tui/diff.h"

#include "tui/text.h"

#define CONTEXT_MAX 100000

static const struct diff_row *
row_here(struct view *view)
{
	struct diff *d = diff_of(view);
	return d->list.scroll.cursor < d->count ? &d->rows[d->list.scroll.cursor] : NULL;
}

/* The line under the cursor as a place in one of the two releases. */
static bool
place_here(struct view *view, struct place *place)
{
	struct diff *d = diff_of(view);
	const struct diff_row *r = row_here(view);

	if (!r)
		return false;
	bool old = r->sign == '-' || !d->new_path.len;
	*place = (struct place){ old ? d->base : d->reading, old ? d->old_path : d->new_path,
		old ? r->old_line : r->new_line, d->column, 0 };
	return place->path.len > 0;
}

static void
open_file(struct view *view)
{
	struct place place;

	if (place_here(view, &place))
		app_show(view->app, place);
}

static void
go_change(struct view *view, int step)
{
	struct diff *d = diff_of(view);
	size_t at = d->list.scroll.cursor;
	bool left = false;

	for (size_t i = at; step > 0 ? i < d->count : i < d->count && i != SIZE_MAX; i += (size_t)step) {
		bool changed = d->rows[i].sign == '+' || d->rows[i].sign == '-';
		bool first =
		    changed && (i == 0 || (d->rows[i - 1].sign != '+' && d->rows[i - 1].sign != '-'));
		left |= i != at;
		if (first && left) {
			scroll_show(&d->list.scroll, i);
			return;
		}
	}
	app_say(view->app, INK_TEXT,
	    step > 0 ? _("No further change here; ]f goes to the next file.")
		     : _("No earlier change here; [f goes to the file before."));
}

static void
next_change(struct view *view)
{
	go_change(view, 1);
}

static void
prev_change(struct view *view)
{
	go_change(view, -1);
}

static void
go_file(struct view *view, int step)
{
	struct diff *d = diff_of(view);
	struct app *app = view->app;
	size_t count = app->model.change_count, at = count;

	for (size_t i = 0; i < count; i++)
		if (str_eq(app->model.changes[i].new_path, d->new_path) &&
		    str_eq(app->model.changes[i].old_path, d->old_path))
			at = i;
	if (at == count || (step > 0 ? at + 1 >= count : at == 0)) {
		app_say(app, INK_TEXT,
		    step > 0 ? _("That was the last file that changed.")
			     : _("That was the first file that changed."));
		return;
	}
	app_close(app, view);
	diff_open_at(app, step > 0 ? at + 1 : at - 1);
}

static void
next_file(struct view *view)
{
	go_file(view, 1);
}

static void
prev_file(struct view *view)
{
	go_file(view, -1);
}

static void
set_context(struct view *view, uint64_t context)
{
	struct diff *d = diff_of(view);
	const struct diff_row *r = row_here(view);

	d->go_line = r ? (r->new_line ? r->new_line : r->old_line) : 0;
	d->context = context;
	diff_ask(d);
	app_say(view->app, INK_TEXT, _("%llu lines around each change."), (unsigned long long)context);
}

static void
more_context(struct view *view)
{
	uint64_t context = diff_of(view)->context;
	set_context(view, context == 0 ? 3 : context < CONTEXT_MAX ? context * 2 : context);
}

static void
less_context(struct view *view)
{
	uint64_t context = diff_of(view)->context;
	set_context(view, context <= 3 ? 0 : context / 2);
}

static void
move_column(struct view *view, enum action action)
{
	struct diff *d = diff_of(view);
	struct codeline line;

	if (!row_here(view) || !diff_line(d, d->list.scroll.cursor, &line))
		return;
	size_t end = line.text.len ? codeline_back(line.text, line.text.len) : 0;
	size_t next = codeline_next(line.text, d->column);
	switch (action) {
	case ACT_LEFT:
		d->column = codeline_back(line.text, d->column);
		break;
	case ACT_RIGHT:
		d->column = next < end ? next : end;
		break;
	case ACT_LINE_START:
		d->column = 0;
		break;
	default:
		d->column = end;
		break;
	}
}

static void
left(struct view *view)
{
	if (diff_of(view)->column == 0)
		app_back(view->app);
	else
		move_column(view, ACT_LEFT);
}

static void
right(struct view *view)
{
	move_column(view, ACT_RIGHT);
}

static void
line_start(struct view *view)
{
	move_column(view, ACT_LINE_START);
}

static void
line_end(struct view *view)
{
	move_column(view, ACT_LINE_END);
}

static void
ask_symbols(struct view *view, enum verb verb, bool calls)
{
	struct diff *d = diff_of(view);
	struct codeline line;
	struct str name = STR("");

	if (row_here(view) && diff_line(d, d->list.scroll.cursor, &line))
		name = codeline_word(&line, d->column);
	if (name.len)
		symbols_open(view->app, verb, name, calls);
	else
		app_say(view->app, INK_TEXT, _("No name on this line from the cursor on."));
}

static void
definition(struct view *view)
{
	ask_symbols(view, VERB_DEF, false);
}

static void
references(struct view *view)
{
	ask_symbols(view, VERB_REFS, false);
}

static void
callers(struct view *view)
{
	ask_symbols(view, VERB_REFS, true);
}

static void
select_lines(struct view *view)
{
	struct diff *d = diff_of(view);

	d->selecting = !d->selecting;
	d->select_from = d->list.scroll.cursor;
}

static void
extend(struct view *view, enum action action)
{
	struct diff *d = diff_of(view);

	if (!d->selecting)
		select_lines(view);
	scroll_act(&d->list.scroll, action);
}

static void
extend_down(struct view *view)
{
	extend(view, ACT_DOWN);
}

static void
extend_up(struct view *view)
{
	extend(view, ACT_UP);
}

/* Lines of the selection that are on the cursor's side: a removed line is spoken of in the old release. */
static void
speak(struct view *view, const char *kind, bool whole)
{
	struct diff *d = diff_of(view);
	struct target target = { 0 };
	const struct diff_row *here = row_here(view);

	if (!place_here(view, &target.place) || (!whole && here->sign == '@')) {
		app_say(view->app, INK_TEXT, _("No line of source here."));
		return;
	}
	bool old = here->sign == '-';
	size_t a = d->selecting ? d->select_from : d->list.scroll.cursor, b = d->list.scroll.cursor;
	for (size_t i = a < b ? a : b; !whole && i <= (a < b ? b : a); i++) {
		const struct diff_row *r = &d->rows[i];
		uint64_t line = r->sign == '@' || r->sign == (old ? '+' : '-') ? 0
		    : old                                                      ? r->old_line
									       : r->new_line;
		if (line && (!target.first || line < target.first))
			target.first = line;
		if (line > target.last)
			target.last = line;
	}
	d->selecting = false;
	compose_comment(view->app, target, kind);
}

static void
comment(struct view *view)
{
	speak(view, "note", false);
}

static void
comment_file(struct view *view)
{
	speak(view, "note", true);
}

static void
finding(struct view *view)
{
	speak(view, "finding", false);
}

const struct handler diff_handlers[] = {
	{ ACT_OPEN, open_file },
	{ ACT_NEXT_CHANGE, next_change },
	{ ACT_PREV_CHANGE, prev_change },
	{ ACT_NEXT_FILE, next_file },
	{ ACT_PREV_FILE, prev_file },
	{ ACT_MORE_CONTEXT, more_context },
	{ ACT_LESS_CONTEXT, less_context },
	{ ACT_LEFT, left },
	{ ACT_RIGHT, right },
	{ ACT_LINE_START, line_start },
	{ ACT_LINE_END, line_end },
	{ ACT_DEFINITION, definition },
	{ ACT_REFERENCES, references },
	{ ACT_CALLERS, callers },
	{ ACT_SELECT, select_lines },
	{ ACT_EXTEND_DOWN, extend_down },
	{ ACT_EXTEND_UP, extend_up },
	{ ACT_COMMENT, comment },
	{ ACT_COMMENT_FILE, comment_file },
	{ ACT_FINDING, finding },
	{ ACT_NONE, NULL },
};
