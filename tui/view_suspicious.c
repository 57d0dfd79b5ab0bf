/* What in the release is not what it seems, as a list; and stepping through it from the code. */

#include "base/show.h"
#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

static void
forget(struct suspicious *s)
{
	free(s->rows);
	arena_release(&s->arena);
	*s = (struct suspicious){ 0 };
}

void
suspicious_release(struct app *app)
{
	orders_cancel(app->orders, app->suspicious.order);
	forget(&app->suspicious);
}

static void
add(struct suspicious *s, const struct row *row)
{
	s->rows = list_grow(s->rows, s->count, sizeof *s->rows);
	s->rows[s->count++] = (struct suspicion){
		.path = arena_str(&s->arena, row_get(row, F_PATH)),
		.class = arena_str(&s->arena, row_get(row, F_CLASS)),
		.shown = arena_str(&s->arena, row_get(row, F_SHOWN)),
		.why = arena_str(&s->arena, row_get(row, F_WHY)),
		.line = row_get_num(row, F_LINE),
		.column = row_get_num(row, F_COLUMN),
	};
}

/* Where the row stands beside a place: below 0 before it. */
static int
compare(const struct suspicion *row, struct place place)
{
	int order = str_cmp(row->path, place.path);

	if (order != 0)
		return order;
	if (row->line != place.line)
		return row->line < place.line ? -1 : 1;
	return row->column < place.column + 1 ? -1 : row->column > place.column + 1;
}

static void
go_to(struct app *app, const struct suspicion *to)
{
	app_show(app,
	    (struct place){ model_reading(&app->model), app_intern(app, to->path), to->line ? to->line : 1,
		to->column ? (size_t)to->column - 1 : 0, 0 });
}

static void
step(struct app *app, int by)
{
	struct suspicious *s = &app->suspicious;
	struct place place = app_place(app);
	size_t next = 0;
	char shown[100];

	while (next < s->count && compare(&s->rows[next], place) < (by > 0))
		next++;
	if (by < 0)
		next--; /* past all if there is none before */
	if (next >= s->count) {
		app_say(app, INK_TEXT,
		    s->count == 0 ? _("Nothing in this release is suspicious.")
			: by > 0  ? _("No suspicious place behind this one.")
				  : _("No suspicious place before this one."));
		return;
	}
	go_to(app, &s->rows[next]);
	app_say(app, INK_SIGN, _("%zu of %zu: %.*s %s"), next + 1, s->count, STR_ARG(s->rows[next].class),
	    show_in(shown, sizeof shown, s->rows[next].shown));
}

static void
take(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;
	struct suspicious *s = &app->suspicious;
	struct str what = answer->kind == ANSWER_ROW ? row_get(answer->row, F_WHAT) : STR("");

	if (answer->kind == ANSWER_AGAIN) {
		s->count = 0;
	} else if (str_is(what, "summary")) {
		s->unread = row_get_num(answer->row, F_NOT_SEARCHED);
	} else if (answer->kind == ANSWER_ROW) {
		add(s, answer->row);
	} else if (answer->kind == ANSWER_DONE) {
		s->done = true;
		if (s->step)
			step(app, s->step);
		s->step = 0;
	} else if (answer->kind == ANSWER_FAIL) {
		show_in(s->failed, sizeof s->failed, str_from(answer->why));
		s->done = true;
	}
	app->dirty = true;
}

/* The list of the release that is read, asked for when it is first wanted. */
static struct suspicious *
wanted(struct app *app)
{
	struct suspicious *s = &app->suspicious;
	struct str release = model_reading(&app->model);
	struct order order = { .verb = VERB_SUSPICIOUS };

	if (s->order && str_eq(s->release, release))
		return s;
	orders_cancel(app->orders, s->order);
	forget(s);
	s->release = app_intern(app, release);
	row_set(&order.args, F_RELEASE, s->release);
	s->order = orders_read(app->orders, &order, take, app);
	return s;
}

static void
step_when_known(struct app *app, int by)
{
	if (model_reading(&app->model).len == 0)
		return;
	struct suspicious *s = wanted(app);
	if (s->done)
		step(app, by);
	else
		s->step = by;
}

void
suspicious_next(struct app *app)
{
	step_when_known(app, 1);
}

void
suspicious_before(struct app *app)
{
	step_when_known(app, -1);
}

/* ---- the view ---- */

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct suspicion *s = &list->view.app->suspicious.rows[at];
	int file = area.cols >= 76 ? area.cols * 4 / 10 : area.cols / 2 - 6;

	area_cut(area, row, 1, 13, PEN(INK_SIGN, ground), s->class);
	area_tail(area, row, 14, file, PEN(INK_TITLE, ground), s->path);
	if (s->line)
		area_printf(
		    area, row, 15 + file, PEN(INK_NUMBER, ground), "%6llu", (unsigned long long)s->line);
	int col = area_cut(area, row, 23 + file, area.cols - 24 - file, PEN(INK_TEXT, ground), s->shown);
	if (col + 4 < area.cols)
		area_cut(area, row, col + 2, area.cols - col - 3, PEN(INK_DIM, ground), s->why);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);
	const struct suspicious *s = &view->app->suspicious;
	int n = snprintf(list->note, sizeof list->note, "%zu", s->count);

	if (s->unread)
		snprintf(list->note + n, sizeof list->note - (size_t)n,
		    ngettext("; %llu file not read", "; %llu files not read", s->unread),
		    (unsigned long long)s->unread);
	list->done = s->done;
	list->failed = s->failed[0] != 0;
	if (list->failed)
		snprintf(list->note, sizeof list->note, "%s", s->failed);
	snprintf(list->title, sizeof list->title, _("SUSPICIOUS IN %.*s"), STR_ARG(s->release));
	list_draw(list, area, focus, s->count, draw_row, _("Nothing in this release is suspicious."), "");
}

static void
open_place(struct view *view)
{
	const struct suspicious *s = &view->app->suspicious;
	size_t at = list_of(view)->scroll.cursor;

	if (at < s->count)
		go_to(view->app, &s->rows[at]);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct suspicion *s = &view->app->suspicious.rows[row];
	int r = buf_str(out, s->path);

	return r == 0 ? buf_printf(out, " %.*s %.*s", STR_ARG(s->class), STR_ARG(s->shown)) : r;
}

static const struct handler handlers[] = { { ACT_OPEN, open_place }, { ACT_NONE, NULL } };

const struct view_ops suspicious_ops = {
	LIST_VIEW,
	.kind = VIEW_SUSPICIOUS,
	.free = list_free,
};

void
suspicious_open(struct app *app)
{
	if (model_reading(&app->model).len == 0)
		return;
	wanted(app);
	list_open(&suspicious_ops, app);
}
