#include "tui/list.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

void
list_init(struct list *list, const struct view_ops *ops, struct app *app)
{
	*list = (struct list){ .view = { .ops = ops, .app = app } };
}

void
list_release(struct list *list)
{
	orders_cancel_of(list->view.app->orders, list);
	arena_release(&list->arena);
}

struct list *
list_open(const struct view_ops *ops, struct app *app)
{
	struct list *list = mem_new(struct list);

	list_init(list, ops, app);
	app_push(app, &list->view);
	return list;
}

void
list_free(struct view *view)
{
	list_release(list_of(view));
	free(view);
}

struct list *
list_of(struct view *view)
{
	return (struct list *)view;
}

void
list_draw(struct list *list, struct area area, bool focus, size_t count, list_row *draw_row,
    const char *empty, const char *then)
{
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);

	view_title(area, focus, str_from(list->title), list->failed ? "" : list->note);
	scroll_fit(&list->scroll, count, (size_t)body.rows);
	if (list->failed)
		view_words(body, body.rows / 3, PEN(INK_BAD, GROUND_NONE), list->note);
	else if (count == 0)
		view_empty(body, list->done ? empty : _("Reading..."), list->done ? then : "");
	for (int row = 0; row < body.rows && list->scroll.top + (size_t)row < count; row++) {
		size_t at = list->scroll.top + (size_t)row;
		bool cursor = at == list->scroll.cursor;
		enum ground ground = !cursor ? GROUND_NONE : focus ? GROUND_CURSOR : GROUND_RESTING;
		area_blank(body, row, 0, -1, PEN(INK_TEXT, ground));
		draw_row(list, body, row, at, ground);
		if (cursor && focus)
			area_cursor(body, row, 0);
	}
}

static void
take_passphrase(void *ctx, struct app *app, struct str text)
{
	struct list *list = ctx;

	if (text.len) {
		orders_pass(app->orders, list->order, text);
		return;
	}
	orders_cancel(app->orders, list->order);
	list->done = true;
	app_say(app, INK_WARN, _("It stays closed."));
}

void
list_need(struct list *list, const json_t *need)
{
	struct app *app = list->view.app;
	char label[64], shown[40];

	if (str_is(json_str(need, "need"), "touch")) {
		app_say(app, INK_WARN, _("Touch the token."));
		return;
	}
	if (json_str(need, "why").len)
		app_say(app, INK_WARN, _("That was not the passphrase."));
	snprintf(label, sizeof label, _("passphrase of %s:"),
	    show_in(shown, sizeof shown, json_str(need, "name")));
	prompt_open(app, label, _("Enter alone gives up"), true, take_passphrase, list);
}

bool
list_ended(struct list *list, const struct answer *answer)
{
	if (answer->kind == ANSWER_DONE)
		list->done = true;
	else if (answer->kind == ANSWER_FAIL && answer->code == ERR_ABSENT)
		list->done = true;
	else if (answer->kind == ANSWER_FAIL) {
		list->done = true;
		list->failed = true;
		show_in(list->note, sizeof list->note, str_from(answer->why));
	} else
		return false;
	list->view.app->dirty = true;
	return true;
}

struct scroll *
list_scroll(struct view *view)
{
	return &list_of(view)->scroll;
}

bool
list_click(struct view *view, int row, int col)
{
	struct list *list = list_of(view);
	long at = view_row_at(&list->scroll, row, 1);

	(void)col;
	if (at < 0)
		return false;
	bool again = (size_t)at == list->scroll.cursor;
	scroll_to(&list->scroll, (size_t)at);
	return again;
}

bool
list_cancel(struct view *view)
{
	struct list *list = list_of(view);
	bool ran = orders_runs(view->app->orders, list->order);

	orders_cancel(view->app->orders, list->order);
	list->done = true;
	return ran;
}

bool
list_reads(const struct view *view)
{
	const struct list *list = (const struct list *)view;

	return list->scroll.count == 0 && !list->done && orders_runs(view->app->orders, list->order);
}

void *
list_grow(void *items, size_t count, size_t size)
{
	return count & (count - 1) ? items : mem_grow(items, count ? 2 * count : 1, size);
}
