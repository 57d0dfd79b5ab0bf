/* Places gone to, the newest first, and below them the marks. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

/* The row's place; *letter: of a mark, else 0. */
static const struct place *
place_at(const struct app *app, size_t row, char *letter)
{
	*letter = 0;
	if (row < app->jump_count)
		return &app->jumps[app->jump_count - 1 - row];
	row -= app->jump_count;
	for (int i = 0; i < MARKS; i++)
		if (app->marks[i].path.len && row-- == 0) {
			*letter = (char)('a' + i);
			return &app->marks[i];
		}
	return NULL;
}

static size_t
count(const struct app *app)
{
	size_t n = app->jump_count;

	for (int i = 0; i < MARKS; i++)
		n += app->marks[i].path.len > 0;
	return n;
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct app *app = list->view.app;
	char letter, number[32];
	const struct place *place = place_at(app, at, &letter);
	bool here = !letter && app->jump_count - 1 - at == app->jump_at;

	if (letter)
		area_printf(area, row, 1, PEN(INK_KEY, ground), "'%c", letter);
	else if (here)
		area_sign(area, row, 1, PEN(INK_KEY, ground), SIGN_ARROW);
	int width = snprintf(number, sizeof number, ":%llu", (unsigned long long)place->line);
	int col = area_tail(area, row, 4, area.cols - 5 - width, PEN(INK_TITLE, ground), place->path);
	col = area_words(area, row, col, PEN(INK_NUMBER, ground), number);
	if (!str_eq(place->release, model_reading(&app->model)))
		area_cut(area, row, col + 2, area.cols - col - 2, PEN(INK_DIM, ground), place->release);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	list_draw(list_of(view), area, focus, count(view->app), draw_row, _("No place was gone to yet."),
	    _("gd, gr, t and the like remember where one was; m and a letter marks a place."));
}

static void
go(struct view *view)
{
	struct app *app = view->app;
	char letter;
	const struct place *place = place_at(app, list_of(view)->scroll.cursor, &letter);

	if (!place)
		return;
	struct place to = *place;
	app_close(app, view);
	app_show(app, to);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	char letter;
	const struct place *place = place_at(view->app, row, &letter);

	return place ? buf_str(out, place->path) : 0;
}

static const struct handler handlers[] = { { ACT_OPEN, go }, { ACT_NONE, NULL } };

const struct view_ops jumps_ops = {
	LIST_VIEW,
	.kind = VIEW_JUMPS,
	.free = list_free,
};

void
jumps_open(struct app *app)
{
	struct list *list = mem_new(struct list);

	list_init(list, &jumps_ops, app);
	list->done = true;
	snprintf(list->title, sizeof list->title, "%s", _("PLACES"));
	app_push(app, &list->view);
}
