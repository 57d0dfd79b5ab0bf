/* The person's notebook: private notes, and words that were not signed yet. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct note {
	struct str id, kind, name, time;
	uint64_t bytes;
};

struct notebook {
	struct list list;
	struct note *rows; /* the latest first */
	size_t count;
};

static struct notebook *
notebook_of(struct view *view)
{
	return (struct notebook *)view;
}

static int
later_first(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	int order = str_cmp(y->time, x->time);

	return order ? order : str_cmp(x->id, y->id);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct notebook *n = ctx;
	struct arena *arena = &n->list.arena;

	if (answer->kind == ANSWER_NEED)
		list_need(&n->list, answer->json);
	else if (answer->kind == ANSWER_JSON) {
		n->rows = list_grow(n->rows, n->count, sizeof *n->rows);
		n->rows[n->count++] = (struct note){
			.id = arena_str(arena, json_str(answer->json, "id")),
			.kind = arena_str(arena, json_str(answer->json, "kind")),
			.name = arena_str(arena, json_str(answer->json, "name")),
			.time = arena_str(arena, json_str(answer->json, "time")),
			.bytes = json_num(answer->json, "bytes"),
		};
	} else if (list_ended(&n->list, answer) && n->count)
		qsort(n->rows, n->count, sizeof *n->rows, later_first);
}

static void
ask(struct notebook *n)
{
	json_t *json = json_pack("{s:s}", "note", "list");

	n->count = 0;
	n->list.done = n->list.failed = false;
	n->list.order = orders_json(n->list.view.app->orders, MSG_NOTE, json, take, n);
	json_decref(json);
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct note *note = &notebook_of(&list->view)->rows[at];
	char ago[32];
	int right = area.cols >= 60 ? area.cols - 30 : area.cols;

	area_cut(area, row, 1, 12, PEN(INK_THREAD, ground), note->kind);
	area_cut(area, row, 14, right - 15, PEN(INK_TITLE, ground), note->name.len ? note->name : note->id);
	if (right < area.cols) {
		area_printf(area, row, right, PEN(INK_DIM, ground), _("%6llu bytes"),
		    (unsigned long long)note->bytes);
		area_cut(area, row, right + 13, 16, PEN(INK_DIM, ground),
		    str_from(time_ago(note->time, (int64_t)time(NULL), ago)));
	}
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct notebook *n = notebook_of(view);

	snprintf(n->list.title, sizeof n->list.title, "%s", _("NOTEBOOK, for your eyes alone"));
	if (!n->list.failed)
		snprintf(n->list.note, sizeof n->list.note, "%zu", n->count);
	list_draw(&n->list, area, focus, n->count, draw_row, _("Nothing is kept here yet."),
	    _("What you write and do not sign is kept here by itself."));
}

static const struct note *
here(struct view *view)
{
	struct notebook *n = notebook_of(view);
	return n->list.scroll.cursor < n->count ? &n->rows[n->list.scroll.cursor] : NULL;
}

static void
open_it(struct view *view)
{
	const struct note *note = here(view);

	if (note && str_is(note->kind, "draft"))
		drafts_open(view->app);
	else if (note)
		note_open(view->app, note->id, note->name.len ? note->name : note->kind);
}

static void
drop(struct view *view)
{
	const struct note *note = here(view);

	if (note)
		drop_open(view->app, note->id, note->name.len ? note->name : note->kind);
}

static void
take_dropped(void *ctx, const struct answer *answer)
{
	struct notebook *n = ctx;

	if (answer->kind == ANSWER_DONE)
		ask(n);
	else if (answer->kind == ANSWER_FAIL)
		app_say(n->list.view.app, INK_BAD, "%s", answer->why);
}

void
notebook_drop_note(struct view *view, struct str id)
{
	json_t *json = json_pack("{s:s,s:s%}", "note", "drop", "id", id.data, id.len);

	orders_json(view->app->orders, MSG_NOTE, json, take_dropped, notebook_of(view));
	json_decref(json);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct note *note = &notebook_of(view)->rows[row];
	return buf_printf(out, "%.*s %.*s", STR_ARG(note->kind), STR_ARG(note->name));
}

static void
release(struct view *view)
{
	free(notebook_of(view)->rows);
	list_free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, open_it }, { ACT_DROP, drop }, { ACT_NONE, NULL } };

const struct view_ops notebook_ops = {
	LIST_VIEW,
	.kind = VIEW_NOTEBOOK,
	.free = release,
	.cancel = list_cancel,
};

void
notebook_view_open(struct app *app)
{
	if (app_top(app)->ops == &notebook_ops)
		return;
	struct notebook *n = mem_new(struct notebook);
	list_init(&n->list, &notebook_ops, app);
	ask(n);
	app_push(app, &n->list.view);
}
