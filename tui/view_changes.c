/* Files that changed between the release compared with and the one that is read. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNTS_COLS 120 /* from here on the title has room for how many of each there are */

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct change *change = &list->view.app->model.changes[at];
	char sign = change_sign(change), counts[48], label[64] = "";
	enum ink ink = sign == '+' ? INK_ADDED : sign == '-' ? INK_REMOVED : INK_CHANGED;
	bool renamed =
	    change->old_path.len && change->new_path.len && !str_eq(change->old_path, change->new_path);
	int col = area_words(area, row, 1, PEN(ink, ground), (char[]){ sign, 0 }) + 1;

	if (!seen_change(&list->view.app->seen, &list->view.app->model, at))
		area_sign(area, row, 0, PEN(INK_SIGN, ground), SIGN_DOT);
	col = area_cut(area, row, col, 8, PEN(INK_DIM, ground), change->change);
	col = 12;
	int width = snprintf(counts, sizeof counts, "+%llu -%llu", (unsigned long long)change->added,
	    (unsigned long long)change->removed);
	int right = area.cols - (width > 12 ? width : 12) - 1, room = right - col - 1;
	if (change->label.len && !str_is(change->label, "none"))
		show_in(label, sizeof label, change->label);
	else if (change->why.len)
		show_in(label, sizeof label, change->why);
	else if (renamed && change->similarity)
		snprintf(label, sizeof label, _("%llu%% alike"), (unsigned long long)change->similarity);
	room -= label[0] ? (int)strlen(label) + 2 : 0;
	if (renamed) {
		col = area_tail(area, row, col, room / 2 - 2, PEN(INK_DIM, ground), change->old_path);
		col = area_sign(area, row, col + 1, PEN(INK_DIM, ground), SIGN_ARROW) + 1;
		room = room - room / 2 - 1;
	}
	col = area_tail(area, row, col, room, PEN(INK_TEXT, ground),
	    change->new_path.len ? change->new_path : change->old_path);
	area_words(area, row, col + 2, PEN(INK_DIM, ground), label);
	area_words(area, row, area.cols - width - 1, PEN(INK_TEXT, ground), counts);
}

/* "2 added, 1 removed, 4 changed": how many of each, in what is left of the title. */
static void
add_counts(const struct model *model, char *title, size_t size)
{
	static const char *const words[] = { "added", "removed", "changed", "renamed", "mode" };
	size_t at = strlen(title);
	const char *comma = "  ";

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t count = 0;
		for (size_t i = 0; i < model->change_count; i++)
			count += str_is(model->changes[i].change, words[w]);
		if (count && at < size)
			at += (size_t)snprintf(title + at, size - at, "%s%zu %s", comma, count, words[w]);
		comma = count ? ", " : comma;
	}
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);
	const struct model *model = &view->app->model;
	uint64_t added = 0, removed = 0;
	size_t missing = seen_missing(&view->app->seen, model);

	for (size_t i = 0; i < model->change_count; i++) {
		added += model->changes[i].added;
		removed += model->changes[i].removed;
	}
	list->done = model->changes_known;
	snprintf(list->title, sizeof list->title, _("CHANGES %.*s to %.*s"), STR_ARG(model_base(model)),
	    STR_ARG(model_reading(model)));
	if (area.cols >= COUNTS_COLS)
		add_counts(model, list->title, sizeof list->title);
	int n = snprintf(list->note, sizeof list->note,
	    ngettext("%zu file  +%llu -%llu", "%zu files  +%llu -%llu", model->change_count),
	    model->change_count, (unsigned long long)added, (unsigned long long)removed);
	if (missing && n > 0 && (size_t)n < sizeof list->note)
		snprintf(list->note + n, sizeof list->note - (size_t)n, _(", %zu not read yet"), missing);
	list_draw(list, area, focus, model->change_count, draw_row,
	    model_base(model).len ? _("The two releases hold the same files.")
				  : _("No release to compare with."),
	    _("5 chooses the releases."));
}

static void
open_at(struct app *app, size_t at)
{
	const struct change *c = &app->model.changes[at];
	diff_open(app, c->old_path, c->new_path);
}

static void
go_unread(struct view *view, int step)
{
	struct app *app = view->app;
	size_t count = app->model.change_count, from = list_of(view)->scroll.cursor;

	for (size_t n = 1; n <= count; n++) {
		size_t at = (from + (step > 0 ? n : count - n)) % count;
		if (seen_change(&app->seen, &app->model, at))
			continue;
		scroll_show(&list_of(view)->scroll, at);
		return;
	}
	app_say(app, INK_TEXT, _("You have had every file that changed on the screen."));
}

static void
next_unread(struct view *view)
{
	go_unread(view, 1);
}

static void
prev_unread(struct view *view)
{
	go_unread(view, -1);
}

static void
functions(struct view *view)
{
	functions_open(view->app, STR(""));
}

static void
open_change(struct view *view)
{
	size_t at = list_of(view)->scroll.cursor;

	if (at < view->app->model.change_count)
		open_at(view->app, at);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct change *change = &view->app->model.changes[row];
	int r = buf_str(out, change->old_path);

	if (r == 0)
		r = buf_byte(out, ' ');
	return r == 0 ? buf_str(out, change->new_path) : r;
}

static const struct handler handlers[] = { { ACT_OPEN, open_change }, { ACT_NEXT_UNREAD, next_unread },
	{ ACT_PREV_UNREAD, prev_unread }, { ACT_FUNCTIONS, functions }, { ACT_NONE, NULL } };

const struct view_ops changes_ops = {
	LIST_VIEW,
	.kind = VIEW_CHANGES,
	.free = list_free,
};

void
changes_open(struct app *app)
{
	list_open(&changes_ops, app);
	seen_ask(&app->seen, app->orders, &app->dirty);
}
