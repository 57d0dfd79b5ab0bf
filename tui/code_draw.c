/* The code pane on the screen: gutter, lines, what was said below them, what encloses them above. */

#include "tui/code.h"

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <time.h>

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

/* The release that brought the line, where it is another than that of the line above. */
static void
draw_blame(const struct code *code, struct area area, int row, size_t at, uint64_t line)
{
	struct str name = code_blame_of(code, line);
	bool first = at == code->scroll.top || !str_eq(name, code_blame_of(code, code_line_of(code, at - 1)));
	bool newest = str_eq(name, source_release(code->source));

	if (name.len == 0)
		area_words(area, row, 0, PEN(INK_DIM, GROUND_NONE), code_blame_runs(code) ? "..." : "?");
	else if (first)
		area_cut(area, row, 0, code->blame_cols - 1, PEN(newest ? INK_CHANGED : INK_DIM, GROUND_NONE),
		    name);
	else
		area_sign(area, row, 0, PEN(INK_DIM, GROUND_NONE), SIGN_DOT);
}

/* Columns for the names of releases: of the longest, within reason. */
static int
blame_cols(const struct code *code)
{
	const struct model *model = &code->view.app->model;
	size_t most = 3;

	for (size_t i = 0; code->blaming && i < model->release_count; i++)
		most = model->releases[i].name.len > most ? model->releases[i].name.len : most;
	return code->blaming ? (int)(most > 12 ? 12 : most) + 1 : 0;
}

/* Line number, what changed, what was said: the columns before the text. */
static void
draw_gutter(const struct code *code, struct area area, int row, size_t at, bool focus)
{
	uint64_t line = code_line_of(code, at), end = code_row_end(code, at);
	bool cursor = at == code->scroll.cursor;
	enum ground ground = cursor && focus ? GROUND_CURSOR : GROUND_NONE;
	char sign = code_sign(code, line, end);
	int col = code->gutter - 4;

	if (code->blaming)
		draw_blame(code, area, row, at, line);

	if (code->view.app->options.value[OPTION_NUMBERS])
		area_printf(area, row, code->blame_cols, PEN(cursor ? INK_TITLE : INK_NUMBER, ground),
		    "%*llu", col - code->blame_cols, (unsigned long long)line);
	else if (cursor)
		area_sign(area, row, code->blame_cols, PEN(INK_TITLE, ground), SIGN_SHUT);
	if (sign != ' ')
		area_words(area, row, col + 1, PEN(sign_ink(sign), GROUND_NONE), (char[]){ sign, 0 });
	if (code_thread_within(code, line, end))
		area_sign(area, row, col + 2, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
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
selected(const struct code *code, uint64_t line)
{
	struct line_range range = code_selection(code);

	return code->selecting && range.first <= line && line <= range.last;
}

/* The matches on a line, counted from what is here of it. */
static void
find_matches(struct code *code, uint64_t line, struct codeline *out)
{
	size_t low = 0, high = code->hit_count, n = 0;

	while (low < high) { /* the first on it or behind it */
		size_t middle = low + (high - low) / 2;
		if (code->hits[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < code->hit_count && code->hits[low].line == line; low++) {
		struct stretch match = code->hits[low].match;
		if (match.start < out->offset)
			continue;
		code->matches = list_grow(code->matches, n, sizeof *code->matches);
		code->matches[n++] = (struct stretch){ match.start - (size_t)out->offset, match.len };
	}
	out->matches = code->matches;
	out->match_count = n;
}

/* ---- rows of a line ---- */

static bool
wraps(const struct code *code)
{
	return code->view.app->options.value[OPTION_WRAP];
}

static bool
ascii(const struct code *code)
{
	return code->view.app->grid.ascii;
}

int
code_text_rows(const struct code *code, size_t at)
{
	uint64_t number = code_line_of(code, at);
	struct codeline line;
	struct line_row row = { 0 };
	int rows = 1;

	if (wraps(code) && code_line_at(code, number, &line))
		while (codeline_wrap(&line, &row, code->cols, ascii(code)))
			rows++;
	return rows;
}

static int
thread_rows(const struct code *code, size_t at)
{
	uint64_t line = code_line_of(code, at);
	size_t next = 0;
	int rows = 0;

	while (code_row_end(code, at) == line && code_thread_on(code, line, &next))
		rows++;
	return rows;
}

int
code_rows_of(const struct code *code, size_t at)
{
	return code_text_rows(code, at) + thread_rows(code, at);
}

size_t
code_byte_at(const struct code *code, const struct codeline *line, int down, int col)
{
	struct line_row row = { 0 };

	if (!wraps(code))
		return codeline_byte(line, code->left + (size_t)col, ascii(code));
	while (down-- > 0 && codeline_wrap(line, &row, code->cols, ascii(code)))
		;
	struct line_row next = row;
	bool more = codeline_wrap(line, &next, code->cols, ascii(code));
	size_t byte = codeline_byte(line, row.column + (size_t)col, ascii(code));
	return more && byte >= next.byte ? next.byte - 1 : byte;
}

bool
code_cursor_at(const struct code *code, int *down, long *col)
{
	struct line_row row = { 0 }, next = { 0 };
	struct codeline line;
	size_t at;

	*down = 0;
	*col = 0;
	if (!code_here(code, &line, &at))
		return false;
	while (wraps(code) && codeline_wrap(&line, &next, code->cols, ascii(code)) && next.byte <= at) {
		row = next;
		++*down;
	}
	*col = (long)codeline_column(&line, at, ascii(code)) - (long)(wraps(code) ? row.column : code->left);
	return true;
}

/* Wrapped lines and threads under lines take rows: the window moves on until the cursor is in it. */
static void
keep_cursor_in_sight(struct code *code, int height)
{
	int down, need = thread_rows(code, code->scroll.cursor), rows;
	long col;

	code_cursor_at(code, &down, &col);
	if (need > height - 1)
		need = height - 1;
	rows = down + 1 + (down + 1 == code_text_rows(code, code->scroll.cursor) ? need : 0);
	for (size_t at = code->scroll.top; at < code->scroll.cursor; at++)
		rows += code_rows_of(code, at);
	while (rows > height && code->scroll.top < code->scroll.cursor)
		rows -= code_rows_of(code, code->scroll.top++);
	if (code->scroll.top != code->scroll.cursor)
		code->skip = 0;
	else if (code->skip > (size_t)down)
		code->skip = (size_t)down;
	else if (code->skip + (size_t)height <= (size_t)down)
		code->skip = (size_t)(down - height + 1);
}

/* The cursor's column stays in sight. */
static void
follow_column(struct code *code, int width)
{
	struct codeline line;
	size_t at;

	if (wraps(code))
		code->left = 0;
	if (wraps(code) || width < 4 || !code_here(code, &line, &at))
		return;
	size_t column = codeline_column(&line, at, ascii(code));
	size_t margin = width > 40 ? 16 : width > 20 ? 4 : 1;
	size_t end = codeline_column(&line, line.text.len, ascii(code)) + 1 + (line.cut > 0);
	size_t right = column + margin < end ? column + margin : column + 1 > end ? column + 1 : end;
	if (column < code->left + margin)
		code->left = column > margin ? column - margin : 0;
	if (right > code->left + (size_t)width)
		code->left = right - (size_t)width;
}

/* ---- a line ---- */

/* Whether something in it is not what it seems; a carriage return at the end is not worth a flag. */
static bool
hides(struct str text)
{
	if (text.len && text.data[text.len - 1] == '\r')
		text.len--;
	return !show_plain(text, SHOW_TAB);
}

/* The word under the cursor, and the bracket under it with its fellow. */
struct lit {
	struct str word;
	struct text_at brackets[2]; /* line 0: none */
};

#define LIT_REACH 500 /* lines in which a bracket's fellow is looked for at each drawing */

static void
find_lit(struct code *code, struct lit *lit)
{
	struct codeline line;
	size_t at;

	*lit = (struct lit){ .word = STR("") };
	if (!code_here(code, &line, &at))
		return;
	struct str word = codeline_on_word(line.text, at) ? codeline_word(&line, at) : STR("");
	if (word.len && word.data <= line.text.data + at && line.text.data + at < word.data + word.len)
		lit->word = word;
	struct text_at fellow = { code_now(code), at };
	if (bracket_at(line.text, at) && code_bracket(code, &fellow, LIT_REACH) == BRACKET_FOUND) {
		lit->brackets[0] = (struct text_at){ code_now(code), at };
		lit->brackets[1] = fellow;
	}
}

/* What a closed fold hides is said behind its line. */
static void
draw_fold(const struct code *code, struct area text, int row, size_t at, int col)
{
	uint64_t hidden = code_row_end(code, at) - code_line_of(code, at);
	char words[64];

	if (!hidden)
		return;
	snprintf(
	    words, sizeof words, ngettext("%llu line", "%llu lines", hidden), (unsigned long long)hidden);
	int width = text_width(str_from(words), text.grid->ascii) + 2;
	col = col + 2 + width > text.cols ? text.cols - width : col + 2;
	if (col < 1)
		return;
	area_blank(text, row, col - 1, -1, PEN(INK_DIM, GROUND_NONE));
	col = area_sign(text, row, col, PEN(INK_SIGN, GROUND_NONE), SIGN_SHUT);
	area_words(text, row, col + 1, PEN(INK_DIM, GROUND_NONE), words);
}

/* The rows of one line's text from `row` on, the first `skip` left out.  Returns the row behind. */
static int
draw_text(const struct code *code, struct area text, int row, size_t at, struct codeline *line, size_t skip)
{
	int col = 0;

	line->wraps = wraps(code);
	if (!line->wraps) {
		col = codeline_draw(text, row, line);
		draw_fold(code, text, row, at, col);
		return row + 1;
	}
	for (bool more = true; more && row < text.rows;) {
		struct line_row next = line->from;
		if (skip)
			skip--;
		else
			col = codeline_draw(text, row++, line);
		more = codeline_wrap(line, &next, text.cols, ascii(code));
		line->from = next;
	}
	draw_fold(code, text, row - 1, at, col);
	return row;
}

/* One line and the threads that end on it; returns the row behind them. */
static int
draw_line(struct code *code, struct area area, int row, size_t at, const struct lit *lit, bool focus)
{
	uint64_t number = code_line_of(code, at);
	struct codeline line;
	struct area text = area_part(area, 0, code->gutter, area.rows, area.cols);
	const struct thread *thread;
	size_t next = 0, skip = at == code->scroll.top ? code->skip : 0;
	bool folded = code_row_end(code, at) > number;
	int down, first = row;
	long col;

	draw_gutter(code, area, row, at, focus);
	if (code_line_at(code, number, &line)) {
		if (hides(line.text))
			area_words(area, row, code->gutter - 4, PEN(INK_MARKER, GROUND_NONE), "!");
		find_matches(code, number, &line);
		line.ground = selected(code, number) ? GROUND_SELECT : GROUND_NONE;
		line.word = lit->word;
		for (int i = 0; i < 2; i++)
			line.bracket[i] = lit->brackets[i].line == number ? lit->brackets[i].byte + 1 : 0;
		row = draw_text(code, text, row, at, &line, skip);
	} else
		area_words(text, row++, 0, PEN(INK_DIM, GROUND_NONE), "...");
	if (focus && at == code->scroll.cursor && code_cursor_at(code, &down, &col))
		area_cursor(text, first + down - (int)skip,
		    col < 0                ? 0
			: col >= text.cols ? text.cols - 1
					   : (int)col);
	while (!folded && (thread = code_thread_on(code, number, &next)))
		draw_thread(area, row++, code->gutter, thread);
	return row;
}

/* ---- what encloses the first line ---- */

#define SCOPE_MAX 3  /* rows */
#define SCOPE_LOW 12 /* rows below which it is not shown */

/* The symbols around the window's first line that begin above it, the innermost last; at most SCOPE_MAX. */
static int
scopes(const struct code *code, const struct symbol *out[static SCOPE_MAX])
{
	uint64_t top = code_line_of(code, code->scroll.top);
	int n = 0;

	for (size_t i = 0; i < code->outline_count && code->outline[i].line < top; i++) {
		const struct symbol *symbol = &code->outline[i];
		if (symbol->end_line < top || (n && out[n - 1]->line == symbol->line))
			continue;
		if (n == SCOPE_MAX)
			memmove(out, out + 1, (SCOPE_MAX - 1) * sizeof *out);
		else
			n++;
		out[n - 1] = symbol;
	}
	return n;
}

const struct symbol *
code_scope_at(const struct code *code, int row)
{
	const struct symbol *all[SCOPE_MAX];
	int n = scopes(code, all);

	return row < n ? all[row + (n > code->scope ? n - code->scope : 0)] : NULL;
}

/* What encloses the first line takes rows, and so decides which line is the first. */
static void
lay_out(struct code *code, int rows)
{
	bool wanted = code->view.app->options.value[OPTION_SCOPE] && rows >= SCOPE_LOW;
	const struct symbol *all[SCOPE_MAX];
	int now = wanted ? scopes(code, all) : 0;

	for (int i = 0; i < 2; i++) {
		code->scope = now;
		scroll_fit(&code->scroll, (size_t)code_row_count(code), (size_t)(rows - code->scope));
		keep_cursor_in_sight(code, rows - code->scope);
		now = wanted ? scopes(code, all) : 0;
	}
	code->scope = now < code->scope ? now : code->scope;
}

/* Orders the lines of the window, fold by fold. */
static void
need_lines(struct code *code)
{
	size_t at = code->scroll.top, end = at + code->scroll.height;

	while (at < end && at < code->scroll.count) {
		uint64_t first = code_line_of(code, at), last = first;
		while (++at < end && code_row_end(code, at - 1) == last)
			last++;
		source_need(code->source, first, last);
	}
	for (int i = 0; i < code->scope; i++) {
		uint64_t line = code_scope_at(code, i)->line;
		source_need(code->source, line, line);
	}
}

static void
draw_scope(const struct code *code, struct area area, int row, const struct symbol *symbol)
{
	struct area text = area_part(area, 0, code->gutter, area.rows, area.cols);
	struct codeline line;

	if (code->view.app->options.value[OPTION_NUMBERS])
		area_printf(area, row, code->blame_cols, PEN(INK_NUMBER, GROUND_RESTING), "%*llu",
		    code->gutter - 4 - code->blame_cols, (unsigned long long)symbol->line);
	if (code_line_at(code, symbol->line, &line)) {
		line.left = 0;
		line.ground = GROUND_RESTING;
		codeline_draw(text, row, &line);
	} else
		area_cut(text, row, 0, text.cols, PEN(INK_DIM, GROUND_RESTING), symbol->name);
	area_ground(area, row, 0, -1, GROUND_RESTING);
}

static void
draw_title(struct code *code, struct area area, bool focus)
{
	struct buf left = BUF(8192);
	char right[128] = "", at[48], shown[64];
	const struct symbol *symbol = code_symbol_at(code, code_now(code));

	int r = buf_str(&left, source_path(code->source));
	struct str base = model_base(&code->view.app->model), release = source_release(code->source);
	if (r == 0 && !str_eq(release, model_reading(&code->view.app->model)))
		r = buf_printf(&left, _("  of %.*s"), STR_ARG(release));
	if (r == 0 && code->added + code->removed)
		r = buf_printf(&left, _("  +%llu -%llu since %.*s"), (unsigned long long)code->added,
		    (unsigned long long)code->removed, STR_ARG(base));
	if (r == 0 && source_remark(code->source)[0])
		r = buf_printf(&left, "  [%s]", source_remark(code->source));
	int place = snprintf(at, sizeof at, "%llu/%llu", (unsigned long long)code_now(code),
	    (unsigned long long)source_lines(code->source));
	/* a name too long for its half is cut, not the place behind it */
	int room = area.cols - text_width(buf_view(&left), area.grid->ascii) - 7 - place;
	room = room < area.cols / 2 - 2 - place ? area.cols / 2 - 2 - place : room;
	room = room < (int)sizeof shown - 1 ? room : (int)sizeof shown - 1;
	bool named = symbol && room > 4;
	snprintf(right, sizeof right, "%s%s%s", named ? show_in(shown, (size_t)room + 1, symbol->name) : "",
	    named ? "  " : "", at);
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

/* False, with words in its place, where there are no lines to draw. */
static bool
has_lines(struct code *code, struct area body)
{
	bool ready = source_ready(code->source);

	if (source_failed(code->source)) {
		view_empty(body, _("This cannot be shown."), "");
		area_cut(body, body.rows / 3 + 1, 2, body.cols - 2, PEN(INK_BAD, GROUND_NONE),
		    str_from(source_failed(code->source)));
		return false;
	}
	if (!ready || source_lines(code->source) == 0) {
		view_empty(body, ready ? _("Nothing to show as lines.") : _("Reading..."),
		    ready ? source_remark(code->source) : "");
		return false;
	}
	return true;
}

void
code_draw(struct view *view, struct area area, bool focus)
{
	struct code *code = code_of(view);
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);
	struct lit lit;

	if (!code->source) {
		draw_nothing(code, area, focus);
		return;
	}
	code_settle(code);
	if (code->blaming)
		code_ask_blame(code);
	code->blame_cols = blame_cols(code);
	code->gutter = code->blame_cols + 4 +
	    (view->app->options.value[OPTION_NUMBERS] ? digits(source_lines(code->source)) : 1);
	code->cols = body.cols - code->gutter;
	if (code->seek == SEEK_BRACKET)
		code_seek_bracket(code);
	else if (code->seek)
		code_seek_unparsed(code);
	lay_out(code, body.rows);
	need_lines(code);
	draw_title(code, area, focus);
	if (!has_lines(code, body))
		return;
	follow_column(code, code->cols);
	find_lit(code, &lit);
	for (int i = 0; i < code->scope; i++)
		draw_scope(code, body, i, code_scope_at(code, i));
	body = area_part(body, code->scope, 0, body.rows, body.cols);
	size_t at = code->scroll.top;
	for (int row = 0; row < body.rows && at < code->scroll.count; at++)
		row = draw_line(code, body, row, at, &lit, focus);
}
