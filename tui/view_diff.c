/* What changed in one file between the two releases: unified, highlighted. */

#include "tui/diff.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define CONTEXT_LINES 3

struct diff *
diff_of(struct view *view)
{
	return (struct diff *)view;
}

/* ---- the rows ---- */

static struct diff_row *
add(struct diff *d)
{
	d->rows = list_grow(d->rows, d->count, sizeof *d->rows);
	d->rows[d->count] = (struct diff_row){ .text = STR("") };
	return &d->rows[d->count++];
}

static void
take_line(struct diff *d, const struct row *row)
{
	char sign = row_get(row, F_SIGN).data[0];
	uint64_t old_line = row_get_num(row, F_OLD_LINE), new_line = row_get_num(row, F_NEW_LINE);
	struct str text = row_get(row, F_TEXT);
	bool gap =
	    (sign != '+' && old_line != d->last_old + 1) || (sign != '-' && new_line != d->last_new + 1);

	if (gap) {
		struct diff_row *head = add(d);
		head->sign = '@';
		head->old_line = sign == '+' ? d->last_old + 1 : old_line;
		head->new_line = sign == '-' ? d->last_new + 1 : new_line;
		head->text = arena_str(&d->list.arena, row_get(row, F_SCOPE));
	}
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	struct diff_row *line = add(d);
	line->sign = sign;
	line->old_line = old_line;
	line->new_line = new_line;
	line->text = arena_str(&d->list.arena, text);
	line->spans = spans_read(&d->list.arena, row_get(row, F_SPANS), &line->span_count);
	line->cut = row_get_num(row, F_CUT);
	if (sign != '+')
		d->last_old = old_line;
	if (sign != '-')
		d->last_new = new_line;
	d->added += sign == '+';
	d->removed += sign == '-';
}

static void
go_to_line(struct diff *d)
{
	for (size_t i = 0; i < d->count && d->go_line; i++) {
		uint64_t line = d->rows[i].new_line ? d->rows[i].new_line : d->rows[i].old_line;
		if (d->rows[i].sign != '@' && line >= d->go_line) {
			scroll_fit(&d->list.scroll, d->count, d->list.scroll.height);
			scroll_show(&d->list.scroll, i);
			break;
		}
	}
	d->go_line = 0;
}

static void
forget(struct diff *d)
{
	d->count = 0;
	d->added = d->removed = d->last_old = d->last_new = 0;
	arena_release(&d->list.arena);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct diff *d = ctx;

	if (answer->kind == ANSWER_AGAIN)
		forget(d);
	else if (answer->kind == ANSWER_ROW && row_get(answer->row, F_SIGN).len)
		take_line(d, answer->row);
	else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_WHY))
		show_in(d->list.note, sizeof d->list.note, row_get(answer->row, F_WHY));
	else if (list_ended(&d->list, answer) && !d->list.failed) {
		if (d->count)
			snprintf(d->list.note, sizeof d->list.note, "+%llu -%llu",
			    (unsigned long long)d->added, (unsigned long long)d->removed);
		go_to_line(d);
	}
}

void
diff_ask(struct diff *d)
{
	struct order order = { .verb = VERB_DIFF_LINES };

	forget(d);
	d->list.done = d->list.failed = false;
	row_set(&order.args, F_RELEASE, model_pair(&d->list.view.app->model));
	if (d->old_path.len)
		row_set(&order.args, F_OLD_PATH, d->old_path);
	if (d->new_path.len)
		row_set(&order.args, F_NEW_PATH, d->new_path);
	row_set_num(&order.args, F_CONTEXT, d->context);
	row_set_num(&order.args, F_FLAGS, ORDER_SPANS);
	d->list.order = orders_read(d->list.view.app->orders, &order, take, d);
}

/* ---- drawing ---- */

static void
draw_number(struct area area, int row, int col, uint64_t line, struct pen pen)
{
	if (line)
		area_printf(area, row, col, pen, "%5llu", (unsigned long long)line);
}

static bool
selected(const struct diff *d, size_t at)
{
	size_t a = d->select_from, b = d->list.scroll.cursor;

	return d->selecting && at >= (a < b ? a : b) && at <= (a < b ? b : a);
}

bool
diff_line(const struct diff *d, size_t at, struct codeline *out)
{
	const struct diff_row *r = &d->rows[at];

	*out = (struct codeline){ .text = r->text,
		.spans = r->spans,
		.span_count = r->span_count,
		.left = d->left,
		.cut = r->cut };
	return r->sign != '@';
}

static const struct thread *
thread_at(const struct diff *d, const struct diff_row *r)
{
	const struct model *model = &d->list.view.app->model;
	struct str path = r->sign == '-' ? d->old_path : d->new_path,
		   release = r->sign == '-' ? d->base : d->reading;
	uint64_t line = r->sign == '-' ? r->old_line : r->new_line;

	for (size_t i = 0; i < model->thread_count; i++) {
		const struct thread *t = &model->threads[i];
		if (t->first && t->first <= line && line <= t->line && str_eq(t->path, path) &&
		    str_eq(t->release, release))
			return t;
	}
	return NULL;
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	struct diff *d = diff_of(&list->view);
	const struct diff_row *r = &d->rows[at];
	struct codeline line;
	bool cursor = ground != GROUND_NONE;
	enum ink ink = r->sign == '+' ? INK_ADDED : r->sign == '-' ? INK_REMOVED : INK_NUMBER;

	area_blank(area, row, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	if (!diff_line(d, at, &line)) {
		int col = area_sign(area, row, 11, PEN(INK_DIM, cursor ? ground : GROUND_NONE), SIGN_GAP);
		col = area_printf(area, row, col + 1, PEN(INK_DIM, cursor ? ground : GROUND_NONE),
		    _("from line %llu"), (unsigned long long)r->new_line);
		if (r->text.len)
			area_cut(area, row, col + 2, area.cols - col - 2, PEN(INK_DIM, GROUND_NONE), r->text);
		return;
	}
	struct pen number = { cursor ? INK_TITLE : ink,
		ground == GROUND_CURSOR ? GROUND_CURSOR : GROUND_NONE };
	draw_number(area, row, 0, r->sign == '+' ? 0 : r->old_line, number);
	draw_number(area, row, 6, r->sign == '-' ? 0 : r->new_line, number);
	area_words(area, row, 12, PEN(ink, GROUND_NONE), (char[]){ r->sign, 0 });
	if (thread_at(d, r))
		area_sign(area, row, 13, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
	line.ground = selected(d, at) ? GROUND_SELECT
	    : r->sign == '+'          ? GROUND_ADDED
	    : r->sign == '-'          ? GROUND_REMOVED
				      : GROUND_NONE;
	codeline_draw(area_part(area, 0, 15, area.rows, area.cols), row, &line);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct diff *d = diff_of(view);
	struct list *list = &d->list;
	char old[110], new[110];
	bool renamed = d->old_path.len && d->new_path.len && !str_eq(d->old_path, d->new_path);

	snprintf(list->title, sizeof list->title, _("DIFF %s%s%s  %.*s to %.*s"),
	    show_in(old, sizeof old, d->old_path.len ? d->old_path : d->new_path), renamed ? _(" now ") : "",
	    renamed ? show_in(new, sizeof new, d->new_path) : "", STR_ARG(d->base), STR_ARG(d->reading));
	if (list->scroll.cursor < d->count && area.cols > 20) {
		struct codeline line;
		diff_line(d, list->scroll.cursor, &line);
		size_t column = codeline_column(line.text, d->column, area.grid->ascii),
		       width = (size_t)area.cols - 15;
		if (column < d->left)
			d->left = column;
		if (width > 4 && column + 4 > d->left + width)
			d->left = column + 4 - width;
	}
	list_draw(list, area, focus, d->count, draw_row,
	    d->list.note[0] ? d->list.note : _("No line differs."), _("Enter opens the file."));
	if (focus && list->scroll.cursor < d->count && d->rows[list->scroll.cursor].sign != '@') {
		struct codeline line;
		diff_line(d, list->scroll.cursor, &line);
		size_t column = codeline_column(line.text, d->column, area.grid->ascii);
		area_cursor(
		    area, 1 + (int)(list->scroll.cursor - list->scroll.top), 15 + (int)(column - d->left));
	}
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return buf_str(out, diff_of(view)->rows[row].text);
}

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(diff_of(view)->rows);
	free(view);
}

const struct view_ops diff_ops = {
	.kind = VIEW_DIFF,
	.place = PLACE_FULL,
	.handlers = diff_handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
	.cancel = list_cancel,
};

void
diff_open(struct app *app, struct str old_path, struct str new_path)
{
	struct diff *d = mem_new(struct diff);

	list_init(&d->list, &diff_ops, app);
	d->old_path = app_intern(app, old_path);
	d->new_path = app_intern(app, new_path);
	d->base = app_intern(app, model_base(&app->model));
	d->reading = app_intern(app, model_reading(&app->model));
	d->context = CONTEXT_LINES;
	diff_ask(d);
	app_push(app, &d->list.view);
}

void
diff_open_at(struct app *app, size_t change)
{
	const struct change *c = &app->model.changes[change];

	diff_open(app, c->old_path, c->new_path);
}
