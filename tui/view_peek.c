/* A definition in a box over the code, to be looked at without leaving; its lines are pages like any others. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

struct peek {
	struct list list; /* its scroll is over the lines of the file */
	struct symbol *rows;
	size_t count, at;
	struct str name;
	struct source *source;
	bool placed; /* the scroll stands at the definition */
};

static struct peek *
peek_of(struct view *view)
{
	return (struct peek *)view;
}

static void
look_at(struct peek *p, size_t at)
{
	const struct symbol *symbol = &p->rows[at];
	struct app *app = p->list.view.app;

	source_close(p->source);
	p->at = at;
	p->placed = false;
	p->source = source_open(app->orders,
	    symbol->release.len ? symbol->release : model_reading(&app->model), symbol->path, symbol->line);
	app->dirty = true;
}

static void
ended(struct peek *p)
{
	struct app *app = p->list.view.app;
	size_t best = 0;
	char shown[100];

	for (size_t i = p->count; i-- > 0;)
		if (str_is(p->rows[i].role, "definition"))
			best = i;
	if (p->count) {
		look_at(p, best);
		return;
	}
	app_say(app, INK_WARN, _("No definition of %s in %.*s."), show_in(shown, sizeof shown, p->name),
	    STR_ARG(model_reading(&app->model)));
	app_close(app, &p->list.view);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct peek *p = ctx;

	if (answer->kind == ANSWER_AGAIN)
		p->count = 0;
	else if (answer->kind == ANSWER_ROW && row_get_num(answer->row, F_LINE)) {
		p->rows = list_grow(p->rows, p->count, sizeof *p->rows);
		p->rows[p->count++] = symbol_of(&p->list.arena, answer->row);
	} else if (list_ended(&p->list, answer) && !p->list.failed)
		ended(p);
}

/* ---- drawing ---- */

#define LEAD 2 /* lines shown before the definition */

/* Once the page is there the definition's lines stand in the window. */
static void
place(struct peek *p, int rows)
{
	size_t line = (size_t)p->rows[p->at].line - 1;

	scroll_fit(&p->list.scroll, (size_t)source_lines(p->source), (size_t)rows);
	if (p->placed || !source_ready(p->source))
		return;
	p->list.scroll.top = line > LEAD ? line - LEAD : 0;
	scroll_to(&p->list.scroll, line);
	p->placed = true;
}

static void
draw_lines(struct peek *p, struct area body, bool focus)
{
	const struct options *options = &p->list.view.app->options;
	const struct scroll *scroll = &p->list.scroll;
	struct source_line text;

	for (int row = 0; row < body.rows && scroll->top + (size_t)row < scroll->count; row++) {
		uint64_t number = scroll->top + (size_t)row + 1;
		bool cursor = number == scroll->cursor + 1;
		area_printf(body, row, 0, PEN(INK_NUMBER, cursor ? GROUND_CURSOR : GROUND_NONE), "%6llu",
		    (unsigned long long)number);
		if (!source_get(p->source, number, &text))
			continue;
		struct codeline line = { .text = text.text,
			.origin = source_origin(p->source, number),
			.spans = text.spans,
			.span_count = text.span_count,
			.cut = text.cut,
			.tab = options->value[OPTION_TAB],
			.invisibles = options->value[OPTION_INVISIBLES],
			.word = p->name };
		codeline_draw(area_part(body, 0, 8, body.rows, body.cols), row, &line);
		if (cursor && focus)
			area_cursor(body, row, 0);
	}
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct peek *p = peek_of(view);
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);
	const struct symbol *symbol = p->source ? &p->rows[p->at] : NULL;
	struct buf left = BUF(16384);
	char right[64] = "";

	if (p->count > 1)
		snprintf(right, sizeof right, _("%zu of %zu: n next"), p->at + 1, p->count);
	if (symbol &&
	    buf_printf(&left, "%.*s  %.*s:%llu", STR_ARG(p->name), STR_ARG(symbol->path),
		(unsigned long long)symbol->line) < 0)
		buf_clear(&left);
	view_title(area, focus, symbol ? buf_view(&left) : str_from(p->list.title), right);
	buf_release(&left);
	const char *failed = p->list.failed ? p->list.note : p->source ? source_failed(p->source) : NULL;
	if (failed)
		area_cut(body, 0, 1, body.cols - 2, PEN(INK_BAD, GROUND_NONE), str_from(failed));
	else if (!p->source || !source_ready(p->source))
		area_words(body, 0, 1, PEN(INK_DIM, GROUND_NONE), _("Reading..."));
	else {
		place(p, body.rows);
		source_need(p->source, p->list.scroll.top + 1, p->list.scroll.top + (uint64_t)body.rows);
		draw_lines(p, body, focus);
	}
}

/* ---- acting ---- */

static void
go(struct view *view)
{
	struct peek *p = peek_of(view);
	struct app *app = view->app;

	if (!p->source || !p->placed)
		return;
	struct place place = { app_intern(app, source_release(p->source)),
		app_intern(app, source_path(p->source)), p->list.scroll.cursor + 1, 0, 0 };
	app_close(app, view);
	app_tag(app);
	app_show(app, place);
}

static void
next(struct view *view)
{
	struct peek *p = peek_of(view);

	if (p->count > 1)
		look_at(p, (p->at + 1) % p->count);
}

static void
prev(struct view *view)
{
	struct peek *p = peek_of(view);

	if (p->count > 1)
		look_at(p, (p->at + p->count - 1) % p->count);
}

static int
popup_rows(struct view *view)
{
	const struct peek *p = peek_of(view);
	uint64_t lines = p->source ? p->rows[p->at].end_line - p->rows[p->at].line : 0;

	return lines < 8 ? 12 : lines > 20 ? 24 : (int)lines + 4;
}

static void
release(struct view *view)
{
	struct peek *p = peek_of(view);

	source_close(p->source);
	list_release(&p->list);
	free(p->rows);
	free(p);
}

static const struct handler handlers[] = {
	{ ACT_OPEN, go },
	{ ACT_NEXT, next },
	{ ACT_PREV, prev },
	{ ACT_NONE, NULL },
};

const struct view_ops peek_ops = {
	.kind = VIEW_PEEK,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.popup_rows = popup_rows,
	.cancel = list_cancel,
};

void
peek_open(struct app *app, struct str name)
{
	struct order order = { .verb = VERB_DEF };
	struct peek *p = mem_new(struct peek);
	struct place from = app_place(app);
	char shown[160];

	list_init(&p->list, &peek_ops, app);
	p->name = arena_str(&p->list.arena, name);
	snprintf(p->list.title, sizeof p->list.title, "%s", show_in(shown, sizeof shown, name));
	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	row_set(&order.args, F_NAME, p->name);
	if (from.path.len)
		row_set(&order.args, F_PATH, from.path);
	p->list.order = orders_read(app->orders, &order, take, p);
	app_push(app, &p->list.view);
}
