/* The code pane: a file with its line numbers, what changed, and what was said about it. */

#include "tui/code.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct code *
code_of(struct view *view)
{
	return (struct code *)view;
}

uint64_t
code_now(const struct code *code)
{
	return code->scroll.count ? code->scroll.cursor + 1 : 0;
}

bool
code_line_at(const struct code *code, uint64_t line, struct codeline *out)
{
	struct source_line text;

	if (!code->source || !source_get(code->source, line, &text))
		return false;
	*out = (struct codeline){ .text = text.text,
		.spans = text.spans,
		.span_count = text.span_count,
		.offset = text.offset,
		.cut = text.cut,
		.left = code->left };
	return true;
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

static void
arrive(struct code *code)
{
	uint64_t lines = source_lines(code->source);

	if (code->place.line == 0 || !source_ready(code->source))
		return;
	code->scroll.count = (size_t)lines;
	if (code->place.top && code->place.top <= lines)
		code->scroll.top = (size_t)code->place.top - 1;
	scroll_show(&code->scroll, (size_t)code->place.line - 1);
	code->column = code->goal = code->place.column;
	code->place.line = 0;
}

void
code_go(struct code *code, uint64_t line, size_t column)
{
	scroll_show(&code->scroll, line ? (size_t)line - 1 : 0);
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
	code->left = 0;
	code->place = place;
	if (place.line == 0)
		code->place.line = 1;
	arrive(code);
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
		code->scroll.top + 1 };
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

/* ---- drawing ---- */

static int
digits(uint64_t n)
{
	int count = 1;

	while (n >= 10)
		n /= 10, count++;
	return count < 3 ? 3 : count;
}

static enum ink
sign_ink(char sign)
{
	return sign == '+' ? INK_ADDED : sign == '-' ? INK_REMOVED : INK_CHANGED;
}

/* Line number, what changed, what was said: the columns before the text.  Returns their number. */
static int
draw_gutter(
    const struct code *code, struct area area, int row, uint64_t line, int width, bool cursor, bool focus)
{
	char sign = code_sign(code, line);
	enum ground ground = cursor && focus ? GROUND_CURSOR : GROUND_NONE;

	area_printf(area, row, 0, PEN(cursor ? INK_TITLE : INK_NUMBER, ground), "%*llu", width,
	    (unsigned long long)line);
	if (sign != ' ')
		area_words(area, row, width + 1, PEN(sign_ink(sign), GROUND_NONE), (char[]){ sign, 0 });
	if (code_thread_over(code, line))
		area_sign(area, row, width + 2, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
	return width + 4;
}

static void
draw_thread(struct area area, int row, int col, const struct thread *thread)
{
	struct pen pen = { INK_THREAD, GROUND_NONE }, dim = { INK_DIM, GROUND_NONE };
	char shown[4][64], ago[32];

	col = area_sign(area, row, col, pen, SIGN_THREAD) + 1;
	col = area_printf(area, row, col, pen, "%s, %s", show_in(shown[0], 64, thread->kind),
	    show_in(shown[1], 64, thread->state));
	if (thread->title.len)
		col = area_cut(
		    area, row, col + 2, area.cols - col - 2, PEN(INK_TITLE, GROUND_NONE), thread->title);
	char said[160];
	snprintf(said, sizeof said, ngettext("%s, %llu entry, %s", "%s, %llu entries, %s", thread->entries),
	    show_in(shown[2], 64, thread->author), (unsigned long long)thread->entries,
	    time_ago(thread->last, (int64_t)time(NULL), ago));
	area_cut(area, row, col + 2, area.cols - col - 2, dim, str_from(said));
}

static bool
selected(const struct code *code, size_t row)
{
	size_t a = code->select_from, b = code->scroll.cursor;

	return code->selecting && row >= (a < b ? a : b) && row <= (a < b ? b : a);
}

static size_t
matches_on(const struct code *code, uint64_t line, uint64_t offset, struct stretch out[static 32])
{
	size_t n = 0;

	for (size_t i = 0; i < code->hit_count && n < 32 && code->hits[i].line <= line; i++)
		if (code->hits[i].line == line && code->hits[i].match.start >= offset)
			out[n++] = (struct stretch){ code->hits[i].match.start - (size_t)offset,
				code->hits[i].match.len };
	return n;
}

static void
draw_cursor(struct code *code, struct area text, int row)
{
	struct codeline line;
	size_t at;

	if (!code_here(code, &line, &at))
		return;
	size_t column = codeline_column(line.text, at, text.grid->ascii);
	long col = (long)column - (long)code->left;

	area_cursor(text, row, col < 0 ? 0 : col >= text.cols ? text.cols - 1 : (int)col);
}

/* Whether something in it is not what it seems; a carriage return at the end is not worth a flag. */
static bool
hides(struct str text)
{
	if (text.len && text.data[text.len - 1] == '\r')
		text.len--;
	return !show_plain(text, SHOW_TAB);
}

/* One line and the threads that end on it; returns the rows used. */
static int
draw_line(struct code *code, struct area area, int row, size_t at, int width, bool focus)
{
	uint64_t number = at + 1;
	bool cursor = at == code->scroll.cursor;
	struct stretch matches[32];
	struct codeline line;
	int gutter = draw_gutter(code, area, row, number, width, cursor, focus);
	struct area text = area_part(area, 0, gutter, area.rows, area.cols);
	const struct thread *thread;
	size_t next = 0;
	int rows = 1;

	if (code_line_at(code, number, &line)) {
		if (hides(line.text))
			area_words(area, row, width, PEN(INK_MARKER, GROUND_NONE), "!");
		line.matches = matches;
		line.match_count = matches_on(code, number, line.offset, matches);
		line.ground = selected(code, at) ? GROUND_SELECT : GROUND_NONE;
		codeline_draw(text, row, &line);
		if (cursor && focus)
			draw_cursor(code, text, row);
	} else
		area_words(text, row, 0, PEN(INK_DIM, GROUND_NONE), "...");
	while ((thread = code_thread_on(code, number, &next)))
		draw_thread(area, row + rows++, gutter, thread);
	return rows;
}

static int
rows_of(const struct code *code, size_t at)
{
	size_t next = 0;
	int rows = 1;

	while (code_thread_on(code, at + 1, &next))
		rows++;
	return rows;
}

/* The threads under lines take rows: the window moves on until the cursor's line is in it. */
static void
keep_cursor_in_sight(struct code *code, int height)
{
	int rows = 0;

	for (size_t at = code->scroll.top; at <= code->scroll.cursor; at++)
		rows += rows_of(code, at);
	while (rows > height && code->scroll.top < code->scroll.cursor)
		rows -= rows_of(code, code->scroll.top++);
}

/* The cursor's column stays in sight. */
static void
follow_column(struct code *code, int width, bool ascii)
{
	struct codeline line;
	size_t at;

	if (width < 4 || !code_here(code, &line, &at))
		return;
	size_t column = codeline_column(line.text, at, ascii);
	size_t margin = width > 40 ? 16 : width > 20 ? 4 : 1;
	size_t end = codeline_column(line.text, line.text.len, ascii) + 1 + (line.cut > 0);
	size_t right = column + margin < end ? column + margin : column + 1 > end ? column + 1 : end;
	if (column < code->left + margin)
		code->left = column > margin ? column - margin : 0;
	if (right > code->left + (size_t)width)
		code->left = right - (size_t)width;
}

static void
draw_title(struct code *code, struct area area, bool focus)
{
	struct buf left = BUF(8192);
	char right[128] = "";
	const struct symbol *symbol = code_symbol_at(code, code_now(code));
	char shown[64];

	int r = buf_str(&left, source_path(code->source));
	struct str base = model_base(&code->view.app->model), release = source_release(code->source);
	if (r == 0 && !str_eq(release, model_reading(&code->view.app->model)))
		r = buf_printf(&left, _("  of %.*s"), STR_ARG(release));
	if (r == 0 && code->added + code->removed)
		r = buf_printf(&left, _("  +%llu -%llu since %.*s"), (unsigned long long)code->added,
		    (unsigned long long)code->removed, STR_ARG(base));
	if (r == 0 && source_remark(code->source)[0])
		r = buf_printf(&left, "  [%s]", source_remark(code->source));
	if (symbol)
		snprintf(right, sizeof right, "%s  ", show_in(shown, sizeof shown, symbol->name));
	size_t len = strlen(right);
	snprintf(right + len, sizeof right - len, "%llu/%llu", (unsigned long long)code_now(code),
	    (unsigned long long)source_lines(code->source));
	view_title(area, focus, r == 0 ? buf_view(&left) : STR(""), right);
	buf_release(&left);
}

static void
draw_nothing(struct code *code, struct area area, bool focus)
{
	const struct model *model = &code->view.app->model;

	view_title(area, focus, str_from(_("CODE")), "");
	if (model->reading != SIZE_MAX && model->changes_known)
		view_empty(area, _("No file is open."),
		    _("Enter on a file opens it; t finds one by its name; ? is help."));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct code *code = code_of(view);
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);

	if (!code->source) {
		draw_nothing(code, area, focus);
		return;
	}
	arrive(code);
	scroll_fit(&code->scroll, (size_t)source_lines(code->source), (size_t)body.rows);
	keep_cursor_in_sight(code, body.rows);
	source_need(code->source, code->scroll.top + 1, code->scroll.top + (uint64_t)body.rows);
	draw_title(code, area, focus);
	if (source_failed(code->source)) {
		view_empty(body, _("This cannot be shown."), "");
		area_cut(body, body.rows / 3 + 1, 2, body.cols - 2, PEN(INK_BAD, GROUND_NONE),
		    str_from(source_failed(code->source)));
		return;
	}
	if (!source_ready(code->source) || source_lines(code->source) == 0) {
		view_empty(body,
		    source_ready(code->source) ? _("Nothing to show as lines.") : _("Reading..."),
		    source_ready(code->source) ? source_remark(code->source) : "");
		return;
	}
	int width = digits(source_lines(code->source));
	follow_column(code, body.cols - width - 4, body.grid->ascii);
	size_t at = code->scroll.top;
	for (int row = 0; row < body.rows && at < code->scroll.count; at++)
		row += draw_line(code, body, row, at, width, focus);
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

static bool
click(struct view *view, int row, int col)
{
	struct code *code = code_of(view);
	struct codeline line;
	int gutter = digits(code->scroll.count) + 4, top = 1;

	for (size_t at = code->scroll.top; at < code->scroll.count; at++) {
		int rows = rows_of(code, at);
		if (row < top + rows && row >= top) {
			scroll_to(&code->scroll, at);
			code->column = 0;
			if (code_line_at(code, at + 1, &line) && col >= gutter && row == top)
				code->column = (size_t)line.offset +
				    codeline_byte(line.text, code->left + (size_t)(col - gutter),
					view->app->grid.ascii);
			code->goal = code->column;
			return row > top; /* on a thread: open it */
		}
		top += rows;
	}
	return false;
}

static bool
cancel(struct view *view)
{
	struct code *code = code_of(view);
	bool ran = orders_runs(view->app->orders, code->hit_order);

	orders_cancel(view->app->orders, code->hit_order);
	return ran;
}

static void
release(struct view *view)
{
	struct code *code = code_of(view);

	code_forget_marks(code);
	source_close(code->source);
	buf_release(&code->find);
	free(code);
}

const struct view_ops code_ops = {
	.kind = VIEW_CODE,
	.place = PLACE_PANE,
	.handlers = code_handlers,
	.free = release,
	.draw = draw,
	.scroll = scroll,
	.moved = moved,
	.click = click,
	.cancel = cancel,
};

struct view *
code_new(struct app *app)
{
	struct code *code = mem_new(struct code);

	code->view = (struct view){ .ops = &code_ops, .app = app };
	code->find = BUF(4096);
	return &code->view;
}
