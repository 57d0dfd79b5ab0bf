/* What changed in one file between the two releases. */

#include "tui/diff.h"

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
take_line(struct diff *d, const struct row *row, uint64_t order)
{
	char sign = row_get(row, F_SIGN).data[0];
	uint64_t old_line = row_get_num(row, F_OLD_LINE), new_line = row_get_num(row, F_NEW_LINE);
	struct str text = row_get(row, F_TEXT);
	bool gap =
	    (sign != '+' && old_line != d->last_old + 1) || (sign != '-' && new_line != d->last_new + 1);

	if (gap) {
		struct diff_row *head = add(d);
		head->sign = '@';
		/* what lies between is the same on both sides */
		head->old_line = sign == '+' ? d->last_old + (new_line - d->last_new) : old_line;
		head->new_line = sign == '-' ? d->last_new + (old_line - d->last_old) : new_line;
		head->text = arena_str(&d->list.arena, row_get(row, F_SCOPE));
		d->last_old = head->old_line - 1;
		d->last_new = head->new_line - 1;
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
	line->order = order;
	if (sign != '+')
		d->last_old = old_line;
	if (sign != '-')
		d->last_new = new_line;
	d->added += sign == '+';
	d->removed += sign == '-';
}

bool
diff_same(const struct diff *d, const struct diff_row *row)
{
	return row->sign == ' ' || (d->hide_space && row->space);
}

const struct diff_row *
diff_row_at(const struct diff *d, size_t at)
{
	const struct diff_shown *s = at < d->layout.count ? &d->layout.lines[at] : NULL;

	if (!s || (s->old == NO_ROW && s->new == NO_ROW))
		return NULL;
	size_t row = s->old == NO_ROW || (s->new != NO_ROW && !(d->sides && d->old_side)) ? s->new : s->old;
	return &d->rows[row];
}

const struct diff_row *
diff_here(struct view *view)
{
	return diff_row_at(diff_of(view), list_of(view)->scroll.cursor);
}

bool
diff_is_change(const struct diff *d, size_t at)
{
	const struct diff_row *row = diff_row_at(d, at);
	return row && row->sign != '@' && !diff_same(d, row);
}

/* The thread is about this very text: by its path in that release, or by its content. */
static bool
speaks_of(const struct diff *d, const struct thread *t, const struct diff_row *r, bool old)
{
	uint64_t line = old ? r->old_line : r->new_line;

	return t->first && t->first <= line && line <= t->line &&
	    str_eq(t->path, old ? d->old_path : d->new_path) &&
	    str_eq(t->release, old ? d->base : d->reading);
}

const struct thread *
diff_thread(const struct diff *d, const struct diff_row *r, bool old)
{
	const struct model *model = &d->list.view.app->model;

	for (size_t i = 0; i < model->thread_count; i++) {
		const struct thread *t = &model->threads[i];
		if (speaks_of(d, t, r, old) || (r->sign == ' ' && speaks_of(d, t, r, !old)))
			return t;
	}
	return NULL;
}

/* ---- where the cursor is, while the rows change ---- */

void
diff_stay(struct diff *d)
{
	const struct scroll *scroll = &d->list.scroll;
	const struct diff_row *r = diff_row_at(d, scroll->cursor);

	for (size_t at = scroll->cursor; !r && at + 1 < d->layout.count;)
		r = diff_row_at(d, ++at);
	if (!r)
		return;
	d->go_old = r->sign == '-' || (d->sides && d->old_side);
	d->go_line = d->go_old ? r->old_line : r->new_line;
	d->go_row = scroll->cursor - scroll->top;
}

static void
go_to(struct diff *d, size_t at)
{
	struct scroll *scroll = &d->list.scroll;

	scroll_fit(scroll, d->layout.count, scroll->height);
	if (d->go_row)
		scroll->top = at > d->go_row ? at - d->go_row : 0;
	scroll_show(scroll, at);
	d->go_row = 0;
}

void
diff_go_to_line(struct diff *d)
{
	for (size_t at = 0; at < d->layout.count; at++) {
		const struct diff_shown *s = &d->layout.lines[at];
		size_t row = d->go_old ? s->old : s->new;
		if (row == NO_ROW || d->rows[row].sign == '@')
			continue;
		if ((d->go_old ? d->rows[row].old_line : d->rows[row].new_line) >= d->go_line) {
			go_to(d, at);
			break;
		}
	}
	d->go_line = 0;
}

static void
go_to_change(struct diff *d)
{
	size_t at = d->go_change > 0 ? 0 : d->layout.count - 1;

	while (at < d->layout.count && !diff_is_change(d, at))
		at += (size_t)d->go_change;
	while (d->go_change < 0 && at > 0 && at < d->layout.count && diff_is_change(d, at - 1))
		at--;
	if (at < d->layout.count)
		go_to(d, at);
}

void
diff_layout_anew(struct diff *d)
{
	diff_layout(&d->layout, d->rows, d->count, d->sides, d->hide_space);
	if (d->go_line)
		diff_go_to_line(d);
	else if (d->go_change)
		go_to_change(d);
	d->go_change = 0;
	d->list.view.app->dirty = true;
}

void
diff_follow_options(struct diff *d)
{
	const struct options *options = &d->list.view.app->options;
	int how = options->value[OPTION_SIDE], cols = d->list.view.area.cols;
	bool sides = cols >= SIDES_LEAST && (how == SIDE_ON || (how == SIDE_AUTO && cols >= SIDES_COLS));
	bool hide = options->value[OPTION_WHITE];

	if (sides == d->sides && hide == d->hide_space)
		return;
	if (!d->go_line && !d->go_change)
		diff_stay(d);
	d->sides = sides;
	d->hide_space = hide;
	if (d->list.done)
		diff_layout_anew(d);
}

/* ---- the order ---- */

static void
forget(struct diff *d)
{
	d->count = d->layout.count = 0;
	d->added = d->removed = d->last_old = d->last_new = 0;
	d->stale = false;
	arena_release(&d->list.arena);
}

static void
ended(struct diff *d)
{
	diff_pair_rows(d);
	diff_layout_anew(d);
	if (d->new_path.len)
		seen_add(&d->list.view.app->seen, d->reading, d->new_path);
	else
		seen_add(&d->list.view.app->seen, d->base, d->old_path);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct diff *d = ctx;

	if (d->stale || answer->kind == ANSWER_AGAIN)
		forget(d);
	if (answer->kind == ANSWER_ROW && row_get(answer->row, F_SIGN).len)
		take_line(d, answer->row, answer->number);
	else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_WHY))
		show_in(d->list.note, sizeof d->list.note, row_get(answer->row, F_WHY));
	else if (list_ended(&d->list, answer) && !d->list.failed)
		ended(d);
}

void
diff_ask(struct diff *d)
{
	struct app *app = d->list.view.app;
	struct order order = { .verb = VERB_DIFF_LINES };

	d->stale = true; /* what is shown stays until its successor is there */
	d->list.done = d->list.failed = false;
	d->list.note[0] = 0;
	row_set(&order.args, F_RELEASE, d->pair);
	if (d->old_path.len)
		row_set(&order.args, F_OLD_PATH, d->old_path);
	if (d->new_path.len)
		row_set(&order.args, F_NEW_PATH, d->new_path);
	row_set_num(&order.args, F_CONTEXT, app->diff_context);
	row_set_num(&order.args, F_FLAGS, ORDER_SPANS);
	d->list.order = orders_read(app->orders, &order, take, d);
}

bool
diff_line(const struct diff *d, const struct diff_row *r, struct codeline *out)
{
	*out = (struct codeline){ .text = r->text,
		.spans = r->spans,
		.span_count = r->span_count,
		.left = d->left,
		.cut = r->cut };
	return r->sign != '@';
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct diff *d = diff_of(view);
	const struct diff_shown *s = &d->layout.lines[row];
	int r = s->old == NO_ROW ? 0 : buf_str(out, d->rows[s->old].text);

	if (r == 0 && s->old != NO_ROW)
		r = buf_byte(out, ' ');
	return r == 0 && s->new != NO_ROW ? buf_str(out, d->rows[s->new].text) : r;
}

static bool
click(struct view *view, int row, int col)
{
	struct diff *d = diff_of(view);

	if (d->sides)
		d->old_side = col < view->area.cols / 2;
	return list_click(view, row, col);
}

static void
release(struct view *view)
{
	struct diff *d = diff_of(view);

	list_release(&d->list);
	diff_layout_release(&d->layout);
	source_close(d->source);
	free(d->moves);
	free(d->rows);
	free(d);
}

const struct view_ops diff_ops = {
	.kind = VIEW_DIFF,
	.place = PLACE_FULL,
	.handlers = diff_handlers,
	.free = release,
	.draw = diff_draw,
	.scroll = list_scroll,
	.click = click,
	.row_text = row_text,
	.cancel = list_cancel,
	.reads = list_reads,
	.name = diff_name,
	.target = diff_target,
};

static struct diff *
diff_new(struct app *app, struct str old_path, struct str new_path)
{
	struct diff *d = mem_new(struct diff);

	list_init(&d->list, &diff_ops, app);
	d->old_path = app_intern(app, old_path);
	d->new_path = app_intern(app, new_path);
	d->base = app_intern(app, model_base(&app->model));
	d->reading = app_intern(app, model_reading(&app->model));
	d->pair = app_intern(app, model_pair(&app->model));
	size_t change = diff_file(d);
	if (change < app->model.change_count) {
		d->old_blob = app_intern(app, app->model.changes[change].old_blob);
		d->new_blob = app_intern(app, app->model.changes[change].new_blob);
	}
	if (!app->diff_context)
		app->diff_context = CONTEXT_LINES;
	seen_ask(&app->seen, app->orders, &app->dirty);
	return d;
}

void
diff_open_to(struct app *app, struct diff_to to)
{
	struct diff *d = diff_new(app, to.old_path, to.new_path);

	d->go_line = to.line;
	d->go_old = to.old;
	d->go_change = to.change;
	diff_ask(d);
	app_push(app, &d->list.view);
}

void
diff_open(struct app *app, struct str old_path, struct str new_path)
{
	diff_open_to(app, (struct diff_to){ old_path, new_path, .change = 1 });
}
