/* Definitions and references of a name: file, enclosing function, line, text; and the outline of the open file. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

struct symbols {
	struct list list;
	struct symbol *rows;
	size_t count;
	bool jump;      /* a single definition is gone to at once */
	bool includes;  /* keep only these */
	size_t awaited; /* orders that have not ended */
	struct str name;
};

static struct symbols *
symbols_of(struct list *list)
{
	return (struct symbols *)list;
}

static void
go_to(struct app *app, const struct symbol *symbol)
{
	struct place place = { symbol->release.len ? symbol->release : model_reading(&app->model),
		symbol->path, symbol->line, symbol->column ? (size_t)symbol->column - 1 : 0, 0 };

	place.release = app_intern(app, place.release);
	place.path = app_intern(app, place.path);
	app_tag(app);
	app_show(app, place);
}

/* The one definition, declarations aside; NULL where there is none or more than one. */
static const struct symbol *
only_definition(const struct symbols *s)
{
	const struct symbol *found = NULL;

	for (size_t i = 0; i < s->count; i++) {
		if (s->count > 1 && !str_is(s->rows[i].role, "definition"))
			continue;
		if (found)
			return NULL;
		found = &s->rows[i];
	}
	return found;
}

static void
ended(struct symbols *s)
{
	struct app *app = s->list.view.app;
	const struct symbol *only = s->jump ? only_definition(s) : NULL;
	size_t others = s->count - 1;
	char shown[100];

	snprintf(s->list.note, sizeof s->list.note, "%zu", s->count);
	if (only) {
		struct symbol to = *only;
		to.release = app_intern(app, to.release);
		to.path = app_intern(app, to.path);
		app_close(app, &s->list.view);
		go_to(app, &to);
		if (others)
			app_say(app, INK_TEXT,
			    ngettext("The definition; %zu declaration stands beside it: gr lists them.",
				"The definition; %zu declarations stand beside it: gr lists them.", others),
			    others);
	} else if (s->jump && s->count == 0) {
		app_say(app, INK_WARN, _("No definition of %s in %.*s."),
		    show_in(shown, sizeof shown, s->name), STR_ARG(model_reading(&app->model)));
		app_close(app, &s->list.view);
	}
}

static void
take(void *ctx, const struct answer *answer)
{
	struct symbols *s = ctx;

	if (answer->kind == ANSWER_AGAIN) {
		if (s->awaited == 1)
			s->count = 0;
	} else if (answer->kind == ANSWER_ROW) {
		if (!row_get_num(answer->row, F_LINE) ||
		    (s->includes && !str_is(row_get(answer->row, F_ROLE), "include")))
			return;
		s->rows = list_grow(s->rows, s->count, sizeof *s->rows);
		s->rows[s->count] = symbol_of(&s->list.arena, answer->row);
		s->rows[s->count++].order = answer->number;
	} else if (list_ended(&s->list, answer) && --s->awaited > 0)
		s->list.done = false;
	else if (s->list.done && !s->list.failed)
		ended(s);
}

/* FILE  FUNCTION  LINE  TEXT, as cscope has it; on narrow screens FILE:LINE TEXT. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct symbol *s = &symbols_of(list)->rows[at];
	struct str text = s->text, what = s->role.len ? s->role : s->kind;
	int file = area.cols >= 76 ? area.cols * 3 / 10 : area.cols / 2, scope = area.cols >= 76 ? 20 : 0;
	int col = 1;

	while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
		text.data++, text.len--;
	area_tail(area, row, col, file - 1, PEN(INK_TITLE, ground), s->path);
	col += file;
	if (scope) {
		area_cut(area, row, col, scope - 1, PEN(INK_TEXT, ground), s->scope);
		col += scope;
		area_cut(area, row, col, 11, PEN(INK_DIM, ground), what);
		col += 12;
	}
	area_printf(area, row, col, PEN(INK_NUMBER, ground), "%6llu", (unsigned long long)s->line);
	struct codeline line = {
		.text = text, .origin = { s->release, s->path, s->line, s->order }, .ground = ground
	};
	codeline_draw(area_part(area, 0, col + 8, area.rows, area.cols), row, &line);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);

	list_draw(list, area, focus, symbols_of(list)->count, draw_row, _("None."),
	    _("g/ searches the text of the release."));
}

static void
open_symbol(struct view *view)
{
	struct symbols *s = symbols_of(list_of(view));

	if (s->list.scroll.cursor < s->count)
		go_to(view->app, &s->rows[s->list.scroll.cursor]);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct symbol *s = &symbols_of(list_of(view))->rows[row];
	int r = buf_str(out, s->path);

	if (r == 0)
		r = buf_byte(out, ' ');
	if (r == 0)
		r = buf_str(out, s->scope);
	if (r == 0)
		r = buf_byte(out, ' ');
	return r == 0 ? buf_str(out, s->text) : r;
}

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(symbols_of(list_of(view))->rows);
	free(view);
}

static void
call_tree(struct view *view)
{
	tree_open(view->app, TREE_CALLERS, symbols_of(list_of(view))->name);
}

static void
peek(struct view *view)
{
	const struct symbols *s = symbols_of(list_of(view));

	if (s->list.scroll.cursor < s->count)
		peek_open(view->app, s->rows[s->list.scroll.cursor].name);
}

static const struct handler handlers[] = { { ACT_OPEN, open_symbol }, { ACT_CALL_TREE, call_tree },
	{ ACT_PEEK, peek }, { ACT_NONE, NULL } };

const struct view_ops symbols_ops = {
	LIST_VIEW,
	.kind = VIEW_SYMBOLS,
	.free = release,
	.cancel = list_cancel,
};

static struct symbols *
symbols_new(struct app *app, const char *title, struct str name)
{
	struct symbols *s = mem_new(struct symbols);
	char shown[160];

	list_init(&s->list, &symbols_ops, app);
	s->name = arena_str(&s->list.arena, name);
	snprintf(s->list.title, sizeof s->list.title, "%s %s", title, show_in(shown, sizeof shown, name));
	app_push(app, &s->list.view);
	return s;
}

static void
ask(struct symbols *s, enum verb verb, struct str name)
{
	struct app *app = s->list.view.app;
	struct order order = { .verb = verb };
	struct place from = app_place(app);

	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	row_set(&order.args, F_NAME, name);
	if (verb == VERB_DEF && from.path.len)
		row_set(&order.args, F_PATH, from.path);
	s->list.order = orders_read(app->orders, &order, take, s);
	s->awaited++;
}

void
symbols_open(struct app *app, enum verb verb, struct str name)
{
	struct symbols *s = symbols_new(app,
	    verb == VERB_DEF           ? _("DEFINITIONS OF")
		: verb == VERB_CALLERS ? _("CALLS OF")
				       : _("REFERENCES OF"),
	    name);

	s->jump = verb == VERB_DEF;
	ask(s, verb, s->name);
}

/* A file is included under the end of its path, from any of its directories on. */
void
includers_open(struct app *app, struct str path)
{
	struct symbols *s = symbols_new(app, _("FILES THAT INCLUDE"), path);

	s->includes = true;
	for (struct str end = s->name; end.len;) {
		ask(s, VERB_REFS, end);
		const char *slash = memchr(end.data, '/', end.len);
		size_t cut = slash ? (size_t)(slash - end.data) + 1 : end.len;
		end = (struct str){ end.data + cut, end.len - cut };
	}
}

/* ---- the outline ---- */

static void
draw_symbol(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	size_t count;
	const struct symbol *s = &code_outline(list->view.app->panes[PANE_CODE], &count)[at];
	char number[24];
	int width = snprintf(number, sizeof number, "%llu", (unsigned long long)s->line);
	int indent = 1 + 2 * (s->level < 6 ? (int)s->level : 6);

	int end = area_cut(area, row, indent, area.cols - indent - width - 2, PEN(INK_TEXT, ground), s->name);
	if (end + (int)s->kind.len + width + 3 < area.cols)
		area_text(area, row, end + 1, PEN(INK_DIM, ground), s->kind);
	area_words(area, row, area.cols - width - 1, PEN(INK_NUMBER, ground), number);
}

static void
draw_outline(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);
	struct view *code = view->app->panes[PANE_CODE];
	size_t count;
	const struct symbol *symbols = code_outline(code, &count);

	/* the outline follows the code unless it has the keys itself */
	for (size_t i = 0; !focus && i < count && symbols[i].line <= code_line(code); i++)
		list->scroll.cursor = i;
	list->done = true;
	list_draw(list, area, focus, count, draw_symbol, _("No symbols in this file."), "");
}

static void
open_outlined(struct view *view)
{
	size_t count, at = list_of(view)->scroll.cursor;
	const struct symbol *symbols = code_outline(view->app->panes[PANE_CODE], &count);
	struct place place = app_place(view->app);

	if (at >= count)
		return;
	place.line = symbols[at].line;
	place.column = symbols[at].column ? (size_t)symbols[at].column - 1 : 0;
	place.top = 0;
	app_show(view->app, place);
}

static void
peek_outlined(struct view *view)
{
	size_t count, at = list_of(view)->scroll.cursor;
	const struct symbol *symbols = code_outline(view->app->panes[PANE_CODE], &count);

	if (at < count)
		peek_open(view->app, symbols[at].name);
}

static int
outline_text(struct view *view, size_t row, struct buf *out)
{
	size_t count;
	return buf_str(out, code_outline(view->app->panes[PANE_CODE], &count)[row].name);
}

static const struct handler outline_handlers[] = { { ACT_OPEN, open_outlined }, { ACT_PEEK, peek_outlined },
	{ ACT_NONE, NULL } };

const struct view_ops outline_ops = {
	.kind = VIEW_OUTLINE,
	.place = PLACE_PANE,
	.handlers = outline_handlers,
	.free = list_free,
	.draw = draw_outline,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = outline_text,
};

struct view *
outline_new(struct app *app)
{
	struct list *list = mem_new(struct list);

	list_init(list, &outline_ops, app);
	snprintf(list->title, sizeof list->title, _("OUTLINE"));
	return &list->view;
}
