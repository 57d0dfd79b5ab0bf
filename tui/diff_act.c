/* What can be done in a diff. */

#include "tui/diff.h"

#include "tui/source_act.h"
#include "tui/text.h"

#define CONTEXT_MAX 100000

/* A removed line, and what stands on the older release's side, is spoken of in that release. */
static bool
speaks_of_old(const struct diff *d, const struct diff_row *r)
{
	return r->sign == '-' || !d->new_path.len || (d->sides && d->old_side && r->sign != '+');
}

/* The line under the cursor as a place in one of the two releases. */
static bool
place_here(struct view *view, struct place *place)
{
	struct diff *d = diff_of(view);
	const struct diff_row *r = diff_here(view);

	if (!r)
		return false;
	bool old = speaks_of_old(d, r);
	*place = (struct place){ old ? d->base : d->reading, old ? d->old_path : d->new_path,
		old ? r->old_line : r->new_line, d->column, 0 };
	return place->path.len > 0;
}

static void
open_file(struct view *view)
{
	struct place place;

	if (diff_here(view) && diff_here(view)->sign == '@')
		diff_expand(view);
	else if (place_here(view, &place))
		app_show(view->app, place);
}

/* The next change; behind the last one of the file, the first of the next file. */
static void
go_change(struct view *view, int step)
{
	struct diff *d = diff_of(view);
	size_t at = d->list.scroll.cursor;
	bool left = false;

	for (size_t i = at; i < d->layout.count; i += (size_t)step) {
		bool first = diff_is_change(d, i) && (i == 0 || !diff_is_change(d, i - 1));
		left |= i != at;
		if (first && left) {
			scroll_show(&d->list.scroll, i);
			return;
		}
	}
	if (d->list.done)
		diff_walk(view, step, step);
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
next_file(struct view *view)
{
	diff_walk(view, 1, 1);
}

static void
prev_file(struct view *view)
{
	diff_walk(view, -1, 1);
}

/* ---- how it is shown ---- */

static void
set_context(struct view *view, uint64_t context)
{
	struct diff *d = diff_of(view);

	diff_stay(d);
	view->app->diff_context = context;
	diff_ask(d);
	app_say(view->app, INK_TEXT, _("%llu lines around each change."), (unsigned long long)context);
}

static void
more_context(struct view *view)
{
	uint64_t context = view->app->diff_context;
	set_context(view, context < CONTEXT_MAX ? context * 2 + (context == 0) * 3 : context);
}

static void
less_context(struct view *view)
{
	uint64_t context = view->app->diff_context;
	set_context(view, context <= 3 ? 0 : context / 2);
}

static void
side_by_side(struct view *view)
{
	struct diff *d = diff_of(view);

	view->app->options.value[OPTION_SIDE] = d->sides ? SIDE_OFF : SIDE_ON;
	app_options_changed(view->app);
	if (view->area.cols < SIDES_LEAST)
		app_say(view->app, INK_TEXT, _("Side by side needs %d columns."), SIDES_LEAST);
	else
		app_say(view->app, INK_TEXT,
		    d->sides ? _("One below the other.") : _("Side by side; Tab goes to the other side."));
}

static void
other_side(struct view *view)
{
	struct diff *d = diff_of(view);

	if (!d->sides) {
		app_say(view->app, INK_TEXT, _("s shows the two releases side by side."));
		return;
	}
	d->old_side = !d->old_side;
	d->selecting = false;
	app_say(view->app, INK_TEXT, _("On the side of %.*s: what you say is about its lines."),
	    STR_ARG(d->old_side ? d->base : d->reading));
}

static void
white_space(struct view *view)
{
	struct diff *d = diff_of(view);

	option_step(&view->app->options, OPTION_WHITE);
	app_options_changed(view->app);
	diff_follow_options(d);
	if (!d->hide_space)
		app_say(view->app, INK_TEXT, _("All differences are shown."));
	else if (d->layout.hidden)
		app_say(view->app, INK_WARN,
		    ngettext("%zu line hidden: white space only.  W shows all.",
			"%zu lines hidden: white space only.  W shows all.", d->layout.hidden),
		    d->layout.hidden);
	else
		app_say(view->app, INK_TEXT, _("Nothing to hide: no line differs in white space only."));
}

static void
words(struct view *view)
{
	option_step(&view->app->options, OPTION_WORDS);
	app_options_changed(view->app);
	app_say(view->app, INK_TEXT,
	    view->app->options.value[OPTION_WORDS] ? _("Words that differ are marked.")
						   : _("Words are not marked."));
}

static void
functions(struct view *view)
{
	const struct diff *d = diff_of(view);
	functions_open(view->app, d->new_path.len ? d->new_path : d->old_path);
}

static void
move_column(struct view *view, enum action action)
{
	struct diff *d = diff_of(view);
	struct codeline line;

	if (!diff_here(view) || !diff_line(d, diff_here(view), &line))
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

struct str
diff_name(struct view *view)
{
	struct diff *d = diff_of(view);
	struct codeline line;

	return diff_here(view) && diff_line(d, diff_here(view), &line) ? codeline_word(&line, d->column)
								       : STR("");
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

/* The line number that a line of the screen has in one of the releases; 0: it is not in it. */
static uint64_t
line_of(const struct diff *d, size_t at, bool old)
{
	const struct diff_shown *s =
	    at < d->layout.count ? &d->layout.lines[at] : &(struct diff_shown){ NO_ROW, NO_ROW, 0 };
	size_t row = old ? s->old : s->new;

	if (row == NO_ROW || d->rows[row].sign == '@')
		return 0;
	return old ? d->rows[row].old_line : d->rows[row].new_line;
}

/* Of the selection, the lines that are on the cursor's side. */
bool
diff_target(struct view *view, bool whole, struct target *out)
{
	struct diff *d = diff_of(view);
	const struct diff_row *here = diff_here(view);

	if (!place_here(view, &out->place) || (!whole && here->sign == '@')) {
		app_say(view->app, INK_TEXT, _("No line of source here."));
		return false;
	}
	bool old = speaks_of_old(d, here);
	size_t a = d->selecting ? d->select_from : d->list.scroll.cursor, b = d->list.scroll.cursor;
	for (size_t i = a < b ? a : b; !whole && i <= (a < b ? b : a); i++) {
		uint64_t line = line_of(d, i, old);
		if (line && (!out->first || line < out->first))
			out->first = line;
		if (line > out->last)
			out->last = line;
	}
	d->selecting = false;
	return true;
}

/* ---- threads ---- */

static const struct thread *
thread_of(const struct diff *d, size_t at)
{
	const struct diff_row *r = diff_row_at(d, at);
	return r && r->sign != '@' ? diff_thread(d, r, speaks_of_old(d, r)) : NULL;
}

static void
answer_thread(struct view *view)
{
	const struct thread *thread = thread_of(diff_of(view), list_of(view)->scroll.cursor);

	if (thread)
		compose_answer(view->app, thread);
	else
		app_say(view->app, INK_TEXT, _("No thread on this line; c begins one."));
}

static void
go_thread(struct view *view, int step)
{
	struct diff *d = diff_of(view);
	size_t from = d->list.scroll.cursor;
	const struct thread *here = thread_of(d, from);

	for (size_t at = from + (size_t)step; at < d->layout.count; at += (size_t)step) {
		const struct thread *thread = thread_of(d, at);
		if (!thread || thread == here)
			continue;
		scroll_show(&d->list.scroll, at);
		return;
	}
	app_say(view->app, INK_TEXT, "%s",
	    step > 0 ? _("No further thread in this file; 4 lists all.")
		     : _("No earlier thread in this file; 4 lists all."));
}

static void
next_thread(struct view *view)
{
	go_thread(view, 1);
}

static void
prev_thread(struct view *view)
{
	go_thread(view, -1);
}

const struct handler diff_handlers[] = {
	{ ACT_OPEN, open_file },
	{ ACT_NEXT_CHANGE, next_change },
	{ ACT_PREV_CHANGE, prev_change },
	{ ACT_NEXT_FILE, next_file },
	{ ACT_PREV_FILE, prev_file },
	{ ACT_MORE_CONTEXT, more_context },
	{ ACT_LESS_CONTEXT, less_context },
	{ ACT_ANSWER, answer_thread },
	{ ACT_NEXT_THREAD, next_thread },
	{ ACT_PREV_THREAD, prev_thread },
	{ ACT_NEXT_UNREAD, diff_next_unread },
	{ ACT_PREV_UNREAD, diff_prev_unread },
	{ ACT_SIDES, side_by_side },
	{ ACT_OTHER_SIDE, other_side },
	{ ACT_WHITE_SPACE, white_space },
	{ ACT_WORDS, words },
	{ ACT_FUNCTIONS, functions },
	{ ACT_MOVED, diff_go_moved },
	{ ACT_LEFT, left },
	{ ACT_RIGHT, right },
	{ ACT_LINE_START, line_start },
	{ ACT_LINE_END, line_end },
	{ ACT_DEFINITION, source_definition },
	{ ACT_REFERENCES, source_references },
	{ ACT_CALLERS, source_callers },
	{ ACT_CALL_TREE, source_call_tree },
	{ ACT_PEEK, source_peek },
	{ ACT_SELECT, select_lines },
	{ ACT_EXTEND_DOWN, extend_down },
	{ ACT_EXTEND_UP, extend_up },
	{ ACT_COMMENT, source_comment },
	{ ACT_COMMENT_FILE, source_comment_file },
	{ ACT_FINDING, source_finding },
	{ ACT_PRIVATE, source_private },
	{ ACT_TAKE, source_quote },
	{ ACT_NONE, NULL },
};
