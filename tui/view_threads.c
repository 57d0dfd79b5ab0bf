/* All threads: findings, questions, notes, in any release. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum filter { FILTER_ALL, FILTER_OPEN, FILTER_CLOSED, FILTER_MINE, FILTER_AWAITED, FILTERS };

/* A thread's place in the model; or the head of a state's threads on the board. */
struct thread_row {
	const char *state; /* NULL: a thread */
	size_t index, count;
};

struct threads {
	struct list list;
	enum filter filter;
	struct str kind, severity; /* empty: any.  Interned */
	bool board;
	struct thread_row *rows;
	size_t count, shown; /* rows; threads among them */
};

static struct threads *
threads_of(struct view *view)
{
	return (struct threads *)view;
}

/* Whose turn it is: the inspector's side where the vendor has moved, the vendor's where it has not. */
static bool
awaits(const struct model *model, const struct thread *thread)
{
	bool vendor = str_is(thread->state, "open") || str_is(thread->state, "re-opened");

	return !thread_closed(thread) && vendor == str_is(model->role, "vendor");
}

static bool
passes(const struct threads *t, const struct thread *thread)
{
	const struct model *model = &t->list.view.app->model;

	if ((t->kind.len && !str_eq(thread->kind, t->kind)) ||
	    (t->severity.len && !str_eq(thread->severity, t->severity)))
		return false;
	switch (t->filter) {
	case FILTER_OPEN:
	case FILTER_CLOSED:
		return thread_closed(thread) == (t->filter == FILTER_CLOSED);
	case FILTER_MINE:
		return str_eq(thread->author, model->person);
	case FILTER_AWAITED:
		return awaits(model, thread);
	default:
		return true;
	}
}

static void
put(struct threads *t, struct thread_row row)
{
	t->rows = list_grow(t->rows, t->count, sizeof *t->rows);
	t->rows[t->count++] = row;
}

/* Those that pass, in the order in which they were opened; on the board by state. */
static void
put_state(struct threads *t, const char *state)
{
	const struct model *model = &t->list.view.app->model;
	size_t head = t->count;

	if (state)
		put(t, (struct thread_row){ state, 0, 0 });
	for (size_t i = 0; i < model->thread_count; i++)
		if (passes(t, &model->threads[i]) && (!state || str_is(model->threads[i].state, state)))
			put(t, (struct thread_row){ NULL, i, 0 });
	if (state && t->count == head + 1)
		t->count = head;
	else if (state)
		t->rows[head].count = t->count - head - 1;
	t->shown += t->count - head - (state && t->count > head);
}

static void
put_all(struct threads *t)
{
	t->count = t->shown = 0;
	for (size_t i = 0; t->board && i < THREAD_STATES; i++)
		put_state(t, thread_states[i]);
	if (!t->board)
		put_state(t, NULL);
}

static const struct thread *
thread_at(const struct threads *t, size_t at)
{
	const struct model *model = &t->list.view.app->model;

	if (at >= t->count || t->rows[at].state || t->rows[at].index >= model->thread_count)
		return NULL;
	return &model->threads[t->rows[at].index];
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
	const struct thread_row *head = &threads_of(&list->view)->rows[at];
	const struct thread *t = thread_at(threads_of(&list->view), at);
	char place[400], kind[64], shown[2][40], ago[32];
	bool wide = area.cols >= 80, judged;

	if (!t) {
		int end = area_words(area, row, 1, PEN(INK_TITLE, ground), head->state);
		area_printf(area, row, end + 1, PEN(INK_DIM, ground), "%zu", head->count);
		return;
	}
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
	int places = text_width(str_from(place), area.grid->ascii) + 2;
	int most = room * 2 / 3 > room - places ? room * 2 / 3 : room - places;
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
		N_("THREADS closed"), N_("THREADS opened by you"), N_("THREADS awaiting you") };
	struct threads *t = threads_of(view);
	char shown[2][40];
	bool filtered = t->filter || t->kind.len || t->severity.len;

	put_all(t);
	t->list.done = true;
	snprintf(t->list.title, sizeof t->list.title, "%s%s%s%s%s", _(names[t->filter]),
	    t->kind.len ? ": " : "", show_in(shown[0], 40, t->kind), t->severity.len ? ": " : "",
	    show_in(shown[1], 40, t->severity));
	snprintf(t->list.note, sizeof t->list.note, _("%zu of %zu"), t->shown, view->app->model.thread_count);
	list_draw(&t->list, area, focus, t->count, draw_row,
	    filtered ? _("None of these.") : _("Nothing was said yet."),
	    filtered ? _("f and F show others.")
		     : _("c on a line of code comments on it; F opens a finding."));
}

static const struct thread *
here(struct view *view)
{
	put_all(threads_of(view)); /* what has come may not have been drawn yet */
	return thread_at(threads_of(view), list_of(view)->scroll.cursor);
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

static void
filter_kind(struct view *view)
{
	kinds_open(view->app);
}

void
threads_set_kind(struct view *view, struct str kind, struct str severity)
{
	threads_of(view)->kind = app_intern(view->app, kind);
	threads_of(view)->severity = app_intern(view->app, severity);
}

static void
board(struct view *view)
{
	threads_of(view)->board = !threads_of(view)->board;
	list_of(view)->scroll.cursor = 0;
}

static void
release(struct view *view)
{
	free(threads_of(view)->rows);
	list_free(view);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct thread *t = thread_at(threads_of(view), row);

	return t ? buf_printf(out, "%.*s %.*s %.*s %.*s", STR_ARG(t->id), STR_ARG(t->title), STR_ARG(t->path),
		       STR_ARG(t->author))
		 : 0;
}

static bool
reads(const struct view *view)
{
	return app_asks_threads(view->app);
}

static const struct handler handlers[] = { { ACT_OPEN, open_it }, { ACT_ANSWER, answer_it },
	{ ACT_STATE, state_it }, { ACT_FILTER, filter }, { ACT_FILTER_KIND, filter_kind },
	{ ACT_BOARD, board }, { ACT_NONE, NULL } };

const struct view_ops threads_ops = {
	LIST_VIEW,
	.kind = VIEW_THREADS,
	.free = release,
	.reads = reads,
};

void
threads_open(struct app *app)
{
	if (app_top(app)->ops == &threads_ops)
		return;
	struct threads *t = mem_new(struct threads);
	list_init(&t->list, &threads_ops, app);
	t->kind = t->severity = STR("");
	app_push(app, &t->list.view);
	app_ask_threads(app);
}
