/* Words put aside, of this visit and those before: Enter takes one up again. */

#include "tui/compose.h"

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>

static const struct compose *
draft_at(const struct list *list, size_t at)
{
	return (const struct compose *)list->view.app->drafts[at];
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	static const char *const what[] = { N_("comment"), N_("answer"), N_("state"), N_("private") };
	const struct compose *c = draft_at(list, at);
	struct str text = editor_text(&c->text), line = STR("");
	bool placed = c->target.place.path.len > 0;

	str_next(&text, '\n', &line);
	area_cut(area, row, 1, 10, PEN(INK_KEY, ground), str_from(_(what[c->purpose])));
	int col = 12, wide = area.cols > 60 ? 30 : area.cols / 3;
	int end = area_tail(
	    area, row, col, wide - 6, PEN(INK_TITLE, ground), placed ? c->target.place.path : c->thread);
	if (c->target.first)
		area_printf(
		    area, row, end, PEN(INK_TITLE, ground), ":%llu", (unsigned long long)c->target.first);
	col += wide + 1;
	area_cut(area, row, col, area.cols - col - 9, PEN(INK_TEXT, ground), line);
	if (draft_kept(c) && area.cols > 50)
		area_words(area, row, area.cols - 7, PEN(INK_DIM, ground), _("saved"));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);

	list->done = true;
	list_draw(list, area, focus, view->app->draft_count, draw_row, _("Nothing was put aside."),
	    _("What you write is put aside with Esc."));
}

static void
open(struct view *view)
{
	struct app *app = view->app;
	size_t at = list_of(view)->scroll.cursor;

	if (at >= app->draft_count)
		return;
	app_close(app, view);
	app_take_up(app, at);
}

static int
popup_rows(struct view *view)
{
	return (int)view->app->draft_count + 5;
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return buf_str(out, editor_text(&draft_at(list_of(view), row)->text));
}

static const struct handler handlers[] = { { ACT_OPEN, open }, { ACT_NONE, NULL } };

const struct view_ops drafts_ops = {
	.kind = VIEW_DRAFTS,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = list_free,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
	.popup_rows = popup_rows,
};

void
drafts_open(struct app *app)
{
	struct list *list = list_open(&drafts_ops, app);

	snprintf(list->title, sizeof list->title, "%s", _("WORDS PUT ASIDE"));
	if (app->drafts_before.locked)
		drafts_ask(app, true);
}

size_t
drafts_unsaved(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->draft_count; i++)
		count += !draft_kept((const struct compose *)app->drafts[i]);
	return count;
}
