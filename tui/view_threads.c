/* All threads: findings, questions, notes, in any release. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum filter { FILTER_ALL, FILTER_OPEN, FILTER_CLOSED, FILTERS };

struct threads {
	struct list list;
	enum filter filter;
};

static struct threads *
threads_of(struct view *view)
{
	return (struct threads *)view;
}

static bool
passes(const struct threads *t, const struct thread *thread)
{
	return t->filter == FILTER_ALL || thread_closed(thread) == (t->filter == FILTER_CLOSED);
}

/* The thread in row `at` of those that pass; NULL behind the last, their number then in *count. */
static const struct thread *
thread_at(const struct threads *t, size_t at, size_t *count)
{
	const struct model *model = &t->list.view.app->model;

	*count = 0;
	for (size_t i = 0; i < model->thread_count; i++)
		if (passes(t, &model->threads[i]) && (*count)++ == at)
			return &model->threads[i];
	return NULL;
}

static enum ink
state_ink(const struct thread *thread)
{
	if (thread_closed(thread))
		return INK_GOOD;
	return str_is(thread->state, "open") || str_is(thread->state, "re-opened") ? INK_WARN : INK_TEXT;
}

/* "src/auth.c:22", or the path alone. */
static void
place_of(const struct thread *t, char out[static 400])
{
	char shown[360];

	show_in(shown, sizeof shown, t->path);
	if (t->first)
		snprintf(out, 400, "%s:%llu", shown, (unsigned long long)t->first);
	else
		snprintf(out, 400, "%s", shown);
}

#define KIND_COLS 15
#define STATE_COLS 17
#define LAST_COLS 17

/* KIND STATE TITLE PLACE LAST; the title gives way last. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	size_t count;
	const struct thread *t = thread_at(threads_of(&list->view), at, &count);
	char place[400], kind[64], shown[2][40], ago[32];
	bool wide = area.cols >= 80, judged;

	if (!t)
		return;
	judged = wide && t->severity.len && !str_is(t->severity, "undetermined");
	snprintf(kind, sizeof kind, "%.20s%s%.20s", judged ? show_in(shown[0], 40, t->severity) : "",
	    judged ? " " : "", show_in(shown[1], 40, t->kind));
	int col = 1, right = area.cols - (area.cols >= 100 ? LAST_COLS : 0), kind_cols = wide ? KIND_COLS : 9;
	area_cut(area, row, col, kind_cols - 1, PEN(INK_THREAD, ground), str_from(kind));
	col += kind_cols;
	area_cut(area, row, col, STATE_COLS - 1, PEN(state_ink(t), ground), t->state);
	col += STATE_COLS;
	place_of(t, place);
	int room = right - col - 1, title = t->title.len ? text_width(t->title, area.grid->ascii) : 0;
	int most = room * 2 / 3 > room - 20 ? room * 2 / 3 : room - 20;
	title = area_cut(area, row, col, title < most ? title : most, PEN(INK_TITLE, ground), t->title) - col;
	area_tail(area, row, col + title + (title ? 2 : 0), room - title - 2, PEN(INK_DIM, ground),
	    str_from(place));
	if (area.cols >= 100)
		area_printf(area, row, right, PEN(INK_DIM, ground), "%s",
		    time_ago(t->last, (int64_t)time(NULL), ago));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	static const char *const names[FILTERS] = { N_("THREADS all"), N_("THREADS open"),
		N_("THREADS closed") };
	struct threads *t = threads_of(view);
	size_t count;

	thread_at(t, SIZE_MAX, &count);
	t->list.done = true;
	snprintf(t->list.title, sizeof t->list.title, "%s", _(names[t->filter]));
	snprintf(t->list.note, sizeof t->list.note, _("%zu of %zu"), count, view->app->model.thread_count);
	list_draw(&t->list, area, focus, count, draw_row,
	    t->filter ? _("None of these.") : _("Nothing was said yet."),
	    t->filter ? _("f shows others.") : _("c on a line of code comments on it; F opens a finding."));
}

static const struct thread *
here(struct view *view)
{
	size_t count;
	return thread_at(threads_of(view), list_of(view)->scroll.cursor, &count);
}

static void
open_it(struct view *view)
{
	if (here(view))
		thread_open(view->app, here(view)->id);
}

static void
answer_it(struct view *view)
{
	if (here(view))
		compose_answer(view->app, here(view));
}

static void
state_it(struct view *view)
{
	if (here(view))
		state_open(view->app, here(view));
}

static void
filter(struct view *view)
{
	threads_of(view)->filter = (threads_of(view)->filter + 1) % FILTERS;
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	size_t count;
	const struct thread *t = thread_at(threads_of(view), row, &count);

	return t ? buf_printf(out, "%.*s %.*s %.*s %.*s", STR_ARG(t->id), STR_ARG(t->title), STR_ARG(t->path),
		       STR_ARG(t->author))
		 : 0;
}

static const struct handler handlers[] = { { ACT_OPEN, open_it }, { ACT_ANSWER, answer_it },
	{ ACT_STATE, state_it }, { ACT_FILTER, filter }, { ACT_NONE, NULL } };

const struct view_ops threads_ops = {
	.kind = VIEW_THREADS,
	.place = PLACE_FULL,
	.handlers = handlers,
	.free = list_free,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
};

void
threads_open(struct app *app)
{
	if (app_top(app)->ops == &threads_ops)
		return;
	struct threads *t = mem_new(struct threads);
	list_init(&t->list, &threads_ops, app);
	app_push(app, &t->list.view);
	app_ask_threads(app);
}
