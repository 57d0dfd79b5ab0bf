/* Results of a search of the release: files, and below each its lines, as they come. */

#include "tui/list.h"
#include "tui/pattern.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define HITS_KEPT 100000

struct hit_row {
	struct str path, text;
	uint64_t line, column, length, offset; /* line 0: the head of a file's hits */
	size_t hits;                           /* of a head */
};

struct hits {
	struct list list;
	struct hit_row *rows;
	size_t count, head; /* head: row of the file that is being filled */
	uint64_t hits, files, searched, not_searched;
	bool stopped;
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
	h->rows[h->count] = (struct hit_row){ .path = STR(""), .text = STR("") };
	return &h->rows[h->count++];
}

static void
take_hit(struct hits *h, const struct row *row)
{
	struct str path = row_get(row, F_PATH);

	if (h->count == 0 ||
	    !str_eq(h->rows[h->head].path, path)) { /* with -l nothing follows but the next file */
		struct hit_row *head = add(h);
		head->path = arena_str(&h->list.arena, path);
		h->head = h->count - 1;
		h->files++;
	}
	struct str known = h->rows[h->head].path;
	if (!row_get_num(row, F_LINE))
		return;
	struct hit_row *hit = add(h);
	hit->path = known;
	hit->text = arena_str(&h->list.arena, row_get(row, F_TEXT));
	hit->line = row_get_num(row, F_LINE);
	hit->column = row_get_num(row, F_COLUMN);
	hit->length = row_get_num(row, F_LENGTH);
	hit->offset = row_get_num(row, F_OFFSET);
	h->rows[h->head].hits++;
	h->hits++;
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
		snprintf(h->list.note + n, sizeof h->list.note - (size_t)n, _("; %llu files not searched"),
		    (unsigned long long)h->not_searched);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct hits *h = ctx;

	if (answer->kind == ANSWER_AGAIN)
		h->count = 0, h->hits = h->files = 0;
	else if (answer->kind == ANSWER_ROW && str_is(row_get(answer->row, F_WHAT), "hit"))
		take_hit(h, answer->row);
	else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_SEARCHED)) {
		h->searched = row_get_num(answer->row, F_SEARCHED);
		h->not_searched = row_get_num(answer->row, F_NOT_SEARCHED);
	} else
		list_ended(&h->list, answer);
	if (h->hits >= HITS_KEPT && !h->stopped) {
		h->stopped = h->list.done = true;
		orders_cancel(h->list.view.app->orders, h->list.order);
	}
	if (!h->list.failed)
		say_counts(h);
	if (h->list.scroll.cursor == 0 && h->count > 1 && !h->list.scroll.height)
		h->list.scroll.cursor = 1;
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct hit_row *hit = &hits_of(list)->rows[at];

	if (hit->line == 0) {
		int end = area_tail(area, row, 1, area.cols - 12, PEN(INK_TITLE, ground), hit->path);
		area_printf(area, row, end + 2, PEN(INK_DIM, ground), "%zu", hit->hits);
		return;
	}
	area_printf(area, row, 1, PEN(INK_NUMBER, ground), "%7llu", (unsigned long long)hit->line);
	struct area text = area_part(area, 0, 10, area.rows, area.cols);
	struct codeline line = { .text = hit->text, .ground = ground };
	struct stretch match = { hit->column > hit->offset ? (size_t)(hit->column - 1 - hit->offset) : 0,
		(size_t)hit->length };
	size_t blank = 0;
	while (blank < line.text.len && (line.text.data[blank] == ' ' || line.text.data[blank] == '\t'))
		blank++;
	if (blank <= match.start) { /* the indentation says nothing in a list */
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

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);

	list_draw(list, area, focus, hits_of(list)->count, draw_row, _("Nothing found."),
	    _("-i before the pattern finds it in any case; --path GLOB looks in some files only."));
}

static void
open_hit(struct view *view)
{
	struct hits *h = hits_of(list_of(view));

	if (h->list.scroll.cursor >= h->count)
		return;
	const struct hit_row *hit = &h->rows[h->list.scroll.cursor];
	app_show(view->app,
	    (struct place){ model_reading(&view->app->model), hit->path, hit->line ? hit->line : 1,
		hit->column ? (size_t)hit->column - 1 : 0, 0 });
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct hit_row *hit = &hits_of(list_of(view))->rows[row];
	return buf_str(out, hit->line ? hit->text : hit->path);
}

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(hits_of(list_of(view))->rows);
	free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, open_hit }, { ACT_NONE, NULL } };

const struct view_ops hits_ops = {
	.kind = VIEW_HITS,
	.place = PLACE_FULL,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
	.cancel = list_cancel,
};

void
hits_open(struct app *app, struct str typed)
{
	struct order order = { .verb = VERB_SEARCH };
	char shown[160];

	if (model_reading(&app->model).len == 0 || typed.len == 0)
		return;
	if (pattern_read(typed, &order.args) < 0) {
		app_say(app, INK_BAD, "%s", err_text());
		return;
	}
	struct hits *h = mem_new(struct hits);
	list_init(&h->list, &hits_ops, app);
	snprintf(h->list.title, sizeof h->list.title, _("SEARCH %s"), show_in(shown, sizeof shown, typed));
	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	h->list.order = orders_read(app->orders, &order, take, h);
	app_push(app, &h->list.view);
}
