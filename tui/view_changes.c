/* Files that changed between the release compared with and the one that is read. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct change *change = &list->view.app->model.changes[at];
	char sign = change_sign(change), counts[48], label[64] = "";
	enum ink ink = sign == '+' ? INK_ADDED : sign == '-' ? INK_REMOVED : INK_CHANGED;
	bool renamed =
	    change->old_path.len && change->new_path.len && !str_eq(change->old_path, change->new_path);
	int col = area_words(area, row, 1, PEN(ink, ground), (char[]){ sign, 0 }) + 1;

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

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);
	const struct model *model = &view->app->model;
	uint64_t added = 0, removed = 0;

	for (size_t i = 0; i < model->change_count; i++) {
		added += model->changes[i].added;
		removed += model->changes[i].removed;
	}
	list->done = model->changes_known;
	snprintf(list->title, sizeof list->title, _("CHANGES %.*s to %.*s"), STR_ARG(model_base(model)),
	    STR_ARG(model_reading(model)));
	snprintf(list->note, sizeof list->note,
	    ngettext("%zu file  +%llu -%llu", "%zu files  +%llu -%llu", model->change_count),
	    model->change_count, (unsigned long long)added, (unsigned long long)removed);
	list_draw(list, area, focus, model->change_count, draw_row,
	    model_base(model).len ? _("The two releases hold the same files.")
				  : _("No release to compare with."),
	    _("5 chooses the releases."));
}

static void
open_change(struct view *view)
{
	size_t at = list_of(view)->scroll.cursor;

	if (at < view->app->model.change_count)
		diff_open_at(view->app, at);
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

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, open_change }, { ACT_NONE, NULL } };

const struct view_ops changes_ops = {
	.kind = VIEW_CHANGES,
	.place = PLACE_FULL,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
};

void
changes_open(struct app *app)
{
	struct list *list = mem_new(struct list);

	list_init(list, &changes_ops, app);
	app_push(app, &list->view);
}
