/* The code pane: a file with its line numbers, what changed, and what was said about it. */

#include "tui/code.h"

#include "tui/text.h"

#include <stdlib.h>

struct code *
code_of(struct view *view)
{
	return (struct code *)view;
}

uint64_t
code_now(const struct code *code)
{
	return code->scroll.count ? code_line_of(code, code->scroll.cursor) : 0;
}

bool
code_line_at(const struct code *code, uint64_t line, struct codeline *out)
{
	struct source_line text;

	if (!code->source || !source_get(code->source, line, &text))
		return false;
	*out = (struct codeline){ .text = text.text,
		.origin = source_origin(code->source, line),
		.spans = text.spans,
		.span_count = text.span_count,
		.offset = text.offset,
		.cut = text.cut,
		.left = code->left,
		.tab = code->view.app->options.value[OPTION_TAB],
		.invisibles = code->view.app->options.value[OPTION_INVISIBLES] };
	return true;
}

struct line_range
code_selection(const struct code *code)
{
	uint64_t now = code_now(code), end = code_row_end(code, code->scroll.cursor);
	uint64_t from = code->selecting ? code->select_from : now;

	return from < now ? (struct line_range){ from, end }
			  : (struct line_range){ now, code_row_end(code, code_row_of(code, from)) };
}

#define PIECE_LEAD 4096 /* bytes of a long line that are asked for before the cursor */

bool
code_here(const struct code *code, struct codeline *out, size_t *at)
{
	if (!code_line_at(code, code_now(code), out))
		return false;
	uint64_t end = out->offset + out->text.len, all = end + out->cut;
	uint64_t column = code->column < all ? code->column : all ? all - 1 : 0;
	if (column < out->offset || (column >= end && out->cut)) {
		source_piece(code->source, code_now(code), column > PIECE_LEAD ? column - PIECE_LEAD : 0);
		return false;
	}
	*at = code->column < end ? (size_t)(code->column - out->offset) : out->text.len;
	return true;
}

/* ---- where it stands ---- */

void
code_settle(struct code *code)
{
	uint64_t lines = source_lines(code->source);

	if (code->place.line == 0 || !source_ready(code->source))
		return;
	code_unfold_over(code, code->place.line);
	code->scroll.count = (size_t)code_row_count(code);
	if (code->place.top && code->place.top <= lines)
		code->scroll.top = code_row_of(code, code->place.top);
	scroll_show(&code->scroll, code_row_of(code, code->place.line));
	code->column = code->goal = code->place.column;
	code->place.line = 0;
}

void
code_go(struct code *code, uint64_t line, size_t column)
{
	code_unfold_over(code, line);
	scroll_show(&code->scroll, code_row_of(code, line));
	code->column = code->goal = column;
	code->view.app->dirty = true;
}

void
code_show(struct view *view, struct place place)
{
	struct code *code = code_of(view);
	bool same = code->source && str_eq(source_path(code->source), place.path) &&
	    str_eq(source_release(code->source), place.release) && !source_failed(code->source);

	if (!same) {
		code_forget_marks(code);
		source_close(code->source);
		code->source = source_open(view->app->orders, place.release, place.path, place.line);
		code->scroll = (struct scroll){ .height = code->scroll.height };
		code_ask_marks(code);
	}
	code->selecting = false;
	code->seek = SEEK_NOTHING;
	code->left = 0;
	code->place = place;
	if (place.line == 0)
		code->place.line = 1;
	code_settle(code);
	view->app->dirty = true;
}

struct place
code_place(const struct view *view)
{
	const struct code *code = (const struct code *)view;

	if (!code->source)
		return (struct place){ .release = STR(""), .path = STR("") };
	if (code->place.line)
		return code->place;
	return (struct place){ app_intern(view->app, source_release(code->source)),
		app_intern(view->app, source_path(code->source)), code_now(code), code->column,
		code_line_of(code, code->scroll.top) };
}

const struct source *
code_source(const struct view *view)
{
	return ((const struct code *)view)->source;
}

uint64_t
code_line(const struct view *view)
{
	return code_now((const struct code *)view);
}

const struct symbol *
code_outline(const struct view *view, size_t *count)
{
	const struct code *code = (const struct code *)view;

	*count = code->outline_count;
	return code->outline;
}

/* ---- the rest of a view ---- */

static struct scroll *
scroll(struct view *view)
{
	return &code_of(view)->scroll;
}

/* To the column that was last gone to, as far as the line reaches. */
static void
moved(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;

	code->column = 0;
	if (!code_line_at(code, code_now(code), &line))
		return;
	uint64_t end = line.offset + line.text.len;
	code->column = code->goal < end + line.cut ? code->goal : (size_t)(end + line.cut);
	if (code->column > line.offset && code->column <= end) /* the start of a character */
		code->column =
		    (size_t)line.offset + codeline_back(line.text, code->column - (size_t)line.offset + 1);
}

/* The cursor goes to a row and column of the area; true: a thread is there. */
static bool
go_to_cell(struct code *code, int row, int col)
{
	struct codeline line;
	int top = 1 + code->scope - (int)code->skip;
	const struct symbol *scope;

	if (row >= 1 && row <= code->scope && (scope = code_scope_at(code, row - 1))) {
		code_go(code, scope->line, 0);
		return false;
	}
	for (size_t at = code->scroll.top; at < code->scroll.count && top <= row; at++) {
		int rows = code_rows_of(code, at), text = code_text_rows(code, at);
		if (row < top + rows) {
			scroll_to(&code->scroll, at);
			code->column = 0;
			if (code_line_at(code, code_line_of(code, at), &line) && col >= code->gutter &&
			    row < top + text)
				code->column = (size_t)line.offset +
				    code_byte_at(code, &line, row - top, col - code->gutter);
			code->goal = code->column;
			return row >= top + text; /* on a thread: open it */
		}
		top += rows;
	}
	return false;
}

static bool
click(struct view *view, int row, int col)
{
	struct code *code = code_of(view);

	if (code->by_mouse)
		code->selecting = code->by_mouse = false;
	return go_to_cell(code, row, col);
}

/* Selects from where the button went down to here; the lines are a range like that of v. */
static void
drag(struct view *view, int row, int col)
{
	struct code *code = code_of(view);

	if (!code->source || code_now(code) == 0)
		return;
	if (!code->selecting)
		code->select_from = code_now(code);
	code->selecting = code->by_mouse = true;
	go_to_cell(code, row, col);
	struct line_range range = code_selection(code);
	uint64_t lines = range.last - range.first + 1;
	app_say(view->app, INK_TEXT,
	    ngettext("%llu line selected: c comments on it; with Shift held the terminal selects.",
		"%llu lines selected: c comments on them; with Shift held the terminal selects.", lines),
	    (unsigned long long)lines);
}

static bool
reads(const struct view *view)
{
	const struct source *source = ((const struct code *)view)->source;

	return source ? !source_ready(source) && !source_failed(source) : app_asks_first(view->app);
}

static bool
cancel(struct view *view)
{
	struct code *code = code_of(view);
	bool ran = orders_runs(view->app->orders, code->hit_order);

	orders_cancel(view->app->orders, code->hit_order);
	if (code_blame_runs(code)) {
		code->blaming = false;
		code_forget_blame(code);
		ran = true;
	}
	ran |= code->seek != SEEK_NOTHING;
	code->seek = SEEK_NOTHING;
	return ran;
}

static void
release(struct view *view)
{
	struct code *code = code_of(view);

	code_forget_marks(code);
	source_close(code->source);
	buf_release(&code->find);
	free(code->matches);
	free(code);
}

const struct view_ops code_ops = {
	.kind = VIEW_CODE,
	.place = PLACE_PANE,
	.handlers = code_handlers,
	.free = release,
	.draw = code_draw,
	.scroll = scroll,
	.moved = moved,
	.click = click,
	.drag = drag,
	.cancel = cancel,
	.reads = reads,
	.name = code_name,
	.target = code_target,
};

struct view *
code_new(struct app *app)
{
	struct code *code = mem_new(struct code);

	code->view = (struct view){ .ops = &code_ops, .app = app };
	code->find = BUF(4096);
	return &code->view;
}
