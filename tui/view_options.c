/* The options with their values; what changes here is kept for the person. */

#include "tui/list.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	enum desk_option option = (enum desk_option)at;
	char text[16];

	area_cut(area, row, 1, 11, PEN(INK_KEY, ground), str_from(option_name(option)));
	area_cut(area, row, 13, 8, PEN(INK_TITLE, ground),
	    str_from(option_text(&list->view.app->options, option, text)));
	if (area.cols > 24)
		area_cut(
		    area, row, 22, area.cols - 22, PEN(INK_TEXT, ground), str_from(option_words(option)));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	list_draw(list_of(view), area, focus, OPTION_COUNT, draw_row, "", "");
}

static void
take_number(void *ctx, struct app *app, struct str text)
{
	enum desk_option option = (enum desk_option)(uintptr_t)ctx;
	struct buf words = BUF(4096);

	if (text.len && buf_printf(&words, "%s %.*s", option_name(option), STR_ARG(text)) == 0)
		app_set(app, buf_view(&words));
	buf_release(&words);
}

static void
change(struct view *view)
{
	struct app *app = view->app;
	enum desk_option option = (enum desk_option)list_of(view)->scroll.cursor;
	char label[64];

	if (option_is_number(option)) {
		snprintf(label, sizeof label, "%s:", option_name(option));
		prompt_open(app, label, option_values(option), false, take_number, (void *)(uintptr_t)option);
		return;
	}
	option_step(&app->options, option);
	app_options_changed(app);
}

static int
popup_rows(struct view *view)
{
	(void)view;
	return OPTION_COUNT + 2;
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	(void)view;
	return buf_printf(
	    out, "%s %s", option_name((enum desk_option)row), option_words((enum desk_option)row));
}

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, change }, { ACT_NONE, NULL } };

const struct view_ops options_ops = {
	.kind = VIEW_OPTIONS,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
	.popup_rows = popup_rows,
};

void
options_open(struct app *app)
{
	struct list *list = mem_new(struct list);

	list_init(list, &options_ops, app);
	list->done = true;
	snprintf(list->title, sizeof list->title, "%s", _("OPTIONS"));
	snprintf(list->note, sizeof list->note, "%s", _("kept for you"));
	app_push(app, &list->view);
}
