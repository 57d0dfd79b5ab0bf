/* Results of a search of the release: files, and below each its lines, as they come. */

#include "tui/list.h"
#include "tui/pattern.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define HITS_KEPT 100000
#define CONTEXT_MOST 20

struct hit_row {
	struct str release, path, text;
	uint64_t line, column, length, offset; /* line 0: the head of a file's hits */
	uint64_t order;                        /* that brought it, by its number in the session */
	size_t hits;                           /* of a head */
	bool around;                           /* a line of context */
};

struct hits {
	struct list list;
	struct hit_row *rows;
	size_t count, head; /* head: row of the file that is being filled */
	uint64_t hits, files, not_searched;
	bool stopped;
	struct str typed;  /* interned */
	uint64_t context;  /* lines around each hit */
	struct hit_row go; /* asked anew: the row to be gone to; line 0: none.  Its path is interned */
	char why[256];     /* files were not searched */
};

static struct hits *
hits_of(struct list *list)
{
	return (struct hits *)list;
}

static struct hit_row *
add(struct hits *h)
{
	h->rows = list_grow(h->rows, h->count, sizeof *h->rows);
	h->rows[h->count] = (struct hit_row){ .release = STR(""), .path = STR(""), .text = STR("") };
	return &h->rows[h->count++];
}

static void
take_hit(struct hits *h, const struct row *row, uint64_t order)
{
	struct str path = row_get(row, F_PATH), release = row_get(row, F_RELEASE);
	bool around = str_is(row_get(row, F_WHAT), "context");

	if (h->count == 0 || !str_eq(h->rows[h->head].path, path) ||
	    !str_eq(h->rows[h->head].release, release)) { /* with -l nothing follows but the next file */
		struct hit_row *head = add(h);
		head->path = arena_str(&h->list.arena, path);
		head->release = app_intern(h->list.view.app, release);
		h->head = h->count - 1;
		h->files++;
	}
	struct hit_row head = h->rows[h->head];
	if (!row_get_num(row, F_LINE))
		return;
	struct hit_row *hit = add(h);
	hit->path = head.path;
	hit->release = head.release;
	hit->around = around;
	hit->text = arena_str(&h->list.arena, row_get(row, F_TEXT));
	hit->line = row_get_num(row, F_LINE);
	hit->column = row_get_num(row, F_COLUMN);
	hit->length = row_get_num(row, F_LENGTH);
	hit->offset = row_get_num(row, F_OFFSET);
	hit->order = order;
	h->rows[h->head].hits += !around;
	h->hits += !around;
	if (h->go.line == hit->line && !around && str_eq(h->go.path, hit->path) &&
	    str_eq(h->go.release, hit->release)) {
		h->list.scroll.count = h->count;
		scroll_show(&h->list.scroll, h->count - 1);
		h->go.line = 0;
	}
}

static void
say_counts(struct hits *h)
{
	char lines[40], files[40];

	snprintf(
	    lines, sizeof lines, ngettext("%llu line", "%llu lines", h->hits), (unsigned long long)h->hits);
	snprintf(
	    files, sizeof files, ngettext("%llu file", "%llu files", h->files), (unsigned long long)h->files);
	int n = snprintf(h->list.note, sizeof h->list.note, _("%s in %s%s"), lines, files,
	    h->stopped         ? _(", stopped there")
		: h->list.done ? ""
			       : _(" so far"));

	if (h->not_searched && n > 0)
		snprintf(h->list.note + n, sizeof h->list.note - (size_t)n,
		    ngettext("; %llu file not searched", "; %llu files not searched", h->not_searched),
		    (unsigned long long)h->not_searched);
}

static void
forget(struct hits *h)
{
	h->count = 0;
	h->hits = h->files = h->not_searched = 0;
	h->stopped = false;
	h->why[0] = 0;
	arena_release(&h->list.arena);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct hits *h = ctx;

	if (answer->kind == ANSWER_AGAIN)
		forget(h);
	else if (answer->kind == ANSWER_ROW &&
	    (str_is(row_get(answer->row, F_WHAT), "hit") || str_is(row_get(answer->row, F_WHAT), "context")))
		take_hit(h, answer->row, answer->number);
	else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_SEARCHED)) {
		h->not_searched = row_get_num(answer->row, F_NOT_SEARCHED);
		show_in(h->why, sizeof h->why, row_get(answer->row, F_WHY));
	} else
		list_ended(&h->list, answer);
	if (h->hits >= HITS_KEPT && !h->stopped) {
		h->stopped = h->list.done = true;
		orders_cancel(h->list.view.app->orders, h->list.order);
	}
	if (!h->list.failed)
		say_counts(h);
	if (h->list.scroll.cursor == 0 && h->count == 2)
		h->list.scroll.cursor = 1;
}

/* The head of a file's hits; of another release than the one that is read, with its name. */
static void
draw_file(struct list *list, struct area area, int row, const struct hit_row *hit, enum ground ground)
{
	int col = 1;

	if (!str_eq(hit->release, model_reading(&list->view.app->model)))
		col = area_text(area, row, 1, PEN(INK_SIGN, ground), hit->release) + 1;
	int end = area_tail(area, row, col, area.cols - 11 - col, PEN(INK_TITLE, ground), hit->path);
	area_printf(area, row, end + 2, PEN(INK_DIM, ground), "%zu", hit->hits);
}

/* What the search did not look into, and why. */
static void
draw_foot(const struct hits *h, struct area area, int row, enum ground ground)
{
	int col = area_printf(area, row, 1, PEN(INK_WARN, ground),
	    ngettext("%llu file was not searched: ", "%llu files were not searched: ", h->not_searched),
	    (unsigned long long)h->not_searched);
	area_cut(area, row, col, area.cols - col, PEN(INK_WARN, ground), str_from(h->why));
}

/* Where the match begins in what is here of the line. */
static size_t
start_of(const struct hit_row *hit)
{
	return hit->column > hit->offset ? (size_t)(hit->column - 1 - hit->offset) : 0;
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct hit_row *hit = &hits_of(list)->rows[at];

	if (at == hits_of(list)->count) {
		draw_foot(hits_of(list), area, row, ground);
		return;
	}
	if (hit->line == 0) {
		draw_file(list, area, row, hit, ground);
		return;
	}
	int col = area_printf(area, row, 1, PEN(INK_NUMBER, ground), "%7llu", (unsigned long long)hit->line);
	if (hit->around)
		area_words(area, row, col, PEN(INK_DIM, ground), "-");
	struct area text = area_part(area, 0, 10, area.rows, area.cols);
	struct codeline line = { .text = hit->text,
		.origin = { hit->release, hit->path, hit->line, hit->order },
		.ground = ground };
	struct stretch match = { start_of(hit), (size_t)hit->length };
	size_t blank = 0;
	while (blank < line.text.len && (line.text.data[blank] == ' ' || line.text.data[blank] == '\t'))
		blank++;
	if (hits_of(list)->context == 0 && blank <= match.start) { /* indentation says nothing in a list */
		line.text.data += blank;
		line.text.len -= blank;
		match.start -= blank;
	}
	if (line.text.len && line.text.data[line.text.len - 1] == '\n')
		line.text.len--;
	size_t column = codeline_column(&line, match.start, area.grid->ascii);
	if (text.cols > 8 && column + 8 > (size_t)text.cols)
		line.left = column + 8 - (size_t)text.cols;
	line.matches = &match;
	line.match_count = match.len > 0;
	codeline_draw(text, row, &line);
}

static size_t
rows(const struct hits *h)
{
	return h->count + (h->list.done && !h->list.failed && h->not_searched);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct hits *h = hits_of(list_of(view));

	list_draw(&h->list, area, focus, rows(h), draw_row, _("Nothing found."),
	    _("-i before the pattern finds it in any case; --path GLOB looks in some files only."));
}

static void
show_hit(struct hits *h)
{
	const struct hit_row *hit = &h->rows[h->list.scroll.cursor];

	h->list.view.app->walks_hits = true;
	app_show(h->list.view.app,
	    (struct place){ hit->release, hit->path, hit->line ? hit->line : 1,
		hit->column ? (size_t)hit->column - 1 : 0, 0 });
}

static bool
is_hit(const struct hits *h, size_t at)
{
	return at < h->count && h->rows[at].line && !h->rows[at].around;
}

/* From the head of a file's hits, its first one. */
static void
open_hit(struct view *view)
{
	struct hits *h = hits_of(list_of(view));
	size_t at = h->list.scroll.cursor;

	while (at + 1 < h->count && !is_hit(h, at) && !h->rows[at].around && h->rows[at + 1].line)
		at++;
	if (at >= h->count)
		return;
	h->list.scroll.cursor = at;
	show_hit(h);
}

bool
hits_step(struct app *app, int step)
{
	struct hits *h = app->hits ? hits_of(list_of(app->hits)) : NULL;
	uint64_t number = 0;

	if (!h || h->hits == 0)
		return false;
	size_t at = h->list.scroll.cursor;
	do
		at += (size_t)step;
	while (at < h->count && !is_hit(h, at));
	if (at >= h->count) {
		app_say(app, INK_TEXT,
		    step > 0 ? _("That was the last one found.") : _("That was the first one found."));
		return true;
	}
	h->list.scroll.count = rows(h);
	scroll_show(&h->list.scroll, at);
	show_hit(h);
	for (size_t i = 0; i <= at; i++)
		number += is_hit(h, i);
	app_say(app, INK_TEXT, _("%llu of %llu found.  gs lists them."), (unsigned long long)number,
	    (unsigned long long)h->hits);
	return true;
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct hits *h = hits_of(list_of(view));

	if (row == h->count)
		return buf_text(out, h->why);
	return buf_str(out, h->rows[row].line ? h->rows[row].text : h->rows[row].path);
}

/* The results stay after their view was closed, until the next search. */
static void
release(struct view *view)
{
	if (view->app->hits == view)
		return;
	free(hits_of(list_of(view))->rows);
	list_free(view);
}

void
hits_forget(struct app *app)
{
	struct view *view = app->hits;

	app->hits = NULL;
	for (size_t i = 0; view && i < app->depth; i++)
		if (app->stack[i].view == view)
			return;
	if (view)
		release(view);
}

/* ---- the order ---- */

static int
ask(struct hits *h)
{
	struct app *app = h->list.view.app;
	struct order order = { .verb = VERB_SEARCH };

	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	int r = pattern_read(h->typed, &order.args);
	if (r < 0)
		return r;
	if (h->context)
		row_set_num(&order.args, F_CONTEXT, h->context);
	orders_cancel(app->orders, h->list.order);
	forget(h);
	h->list.done = h->list.failed = false;
	h->list.order = orders_read(app->orders, &order, take, h);
	return 0;
}

static void
set_context(struct view *view, uint64_t context)
{
	struct hits *h = hits_of(list_of(view));

	if (is_hit(h, h->list.scroll.cursor)) {
		h->go = h->rows[h->list.scroll.cursor];
		h->go.path = app_intern(view->app, h->go.path);
	}
	h->context = context;
	if (ask(h) < 0)
		app_say(view->app, INK_BAD, "%s", err_text());
	else
		app_say(view->app, INK_TEXT,
		    ngettext("%llu line around each.", "%llu lines around each.", context),
		    (unsigned long long)context);
}

static void
more_context(struct view *view)
{
	uint64_t context = hits_of(list_of(view))->context;
	set_context(view, context < CONTEXT_MOST ? context + 1 : context);
}

static void
less_context(struct view *view)
{
	uint64_t context = hits_of(list_of(view))->context;
	set_context(view, context ? context - 1 : 0);
}

/* Of the name that was found, else the first one behind it. */
static void
peek(struct view *view)
{
	const struct hits *h = hits_of(list_of(view));
	const struct hit_row *hit =
	    h->list.scroll.cursor < h->count ? &h->rows[h->list.scroll.cursor] : NULL;
	bool there = hit && hit->line;
	struct codeline line = { .text = there ? hit->text : STR("") };
	struct str name = codeline_word(&line, there ? start_of(hit) : 0);

	if (name.len)
		peek_open(view->app, name);
	else
		app_say(view->app, INK_TEXT, _("No name on this line from the cursor on."));
}

static const struct handler handlers[] = { { ACT_OPEN, open_hit }, { ACT_MORE_CONTEXT, more_context },
	{ ACT_LESS_CONTEXT, less_context }, { ACT_PEEK, peek }, { ACT_NONE, NULL } };

const struct view_ops hits_ops = {
	LIST_VIEW,
	.kind = VIEW_HITS,
	.free = release,
	.cancel = list_cancel,
};

void
hits_open(struct app *app, struct str typed)
{
	char shown[160];

	if (model_reading(&app->model).len == 0 || typed.len == 0)
		return;
	struct hits *h = mem_new(struct hits);
	list_init(&h->list, &hits_ops, app);
	h->typed = app_intern(app, typed);
	snprintf(h->list.title, sizeof h->list.title, _("SEARCH %s"), show_in(shown, sizeof shown, typed));
	if (ask(h) < 0) {
		app_say(app, INK_BAD, "%s", err_text());
		list_free(&h->list.view);
		return;
	}
	hits_forget(app);
	app->hits = &h->list.view;
	app->walks_hits = true;
	app_push(app, &h->list.view);
}

void
hits_again(struct app *app)
{
	bool there = false;

	if (!app->hits) {
		app_say(app, INK_TEXT, _("Nothing was searched yet; g/ searches the release."));
		return;
	}
	for (size_t i = 0; i < app->depth; i++)
		there |= app->stack[i].view == app->hits;
	while (there && app->stack[app->depth - 1].view != app->hits)
		app_back(app);
	if (!there)
		app_push(app, app->hits);
}
