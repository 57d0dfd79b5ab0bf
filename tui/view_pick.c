/* Choosing by typing: one view, whatever there is to choose from. */

#include "tui/pick.h"

#include "tui/edit_keys.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define PREVIEW_LEAST 9 /* rows of a popup below which it has no preview */

static struct pick *
pick_of(struct view *view)
{
	return (struct pick *)view;
}

struct str
pick_typed(const struct pick *pick)
{
	return editor_text(&pick->line);
}

struct item *
pick_add(struct pick *pick)
{
	pick->items = list_grow(pick->items, pick->count, sizeof *pick->items);
	pick->items[pick->count] =
	    (struct item){ .left = STR(""), .middle = STR(""), .right = STR(""), .path = STR("") };
	return &pick->items[pick->count++];
}

static int
by_score(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (!x->off != !y->off)
		return x->off ? 1 : -1;
	return x->score != y->score ? (x->score < y->score ? 1 : -1)
	    : x->index < y->index   ? -1
				    : x->index > y->index;
}

void
pick_sort(struct pick *pick)
{
	if (pick->count)
		qsort(pick->items, pick->count, sizeof *pick->items, by_score);
}

void
pick_refill(struct pick *pick)
{
	pick->list.scroll.cursor = 0;
	pick->accepting = false;
	pick->from->fill(pick);
	pick->list.view.app->dirty = true;
}

/* ---- the view ---- */

/* LEFT MIDDLE RIGHT; narrow screens lose the middle. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	struct pick *pick = pick_of(&list->view);
	const struct item *item = &pick->items[at];
	int left = pick->from->left, middle = area.cols >= 60 ? pick->from->middle : 0;

	if (left == 0) {
		area_tail(area, row, 1, area.cols - 2, PEN(INK_TEXT, ground), item->left);
		return;
	}
	if (left > area.cols / 2)
		left = area.cols / 2;
	area_cut(area, row, 1, left - 1, PEN(item->off ? INK_DIM : INK_KEY, ground), item->left);
	if (middle)
		area_cut(area, row, left + 1, middle - 1, PEN(item->off ? INK_DIM : INK_TEXT, ground),
		    item->middle);
	int col = left + middle + 1;
	if (col < area.cols)
		area_cut(area, row, col, area.cols - col, PEN(item->off ? INK_DIM : INK_TEXT, ground),
		    item->right);
}

static void
draw_preview(struct pick *pick, struct area area)
{
	struct buf text = BUF(4096);

	for (int col = 0; col < area.cols; col++)
		area_sign(area, 0, col, PEN(INK_DIM, GROUND_NONE), SIGN_LINE);
	if (pick->list.scroll.cursor < pick->count)
		pick->from->preview(pick, &pick->items[pick->list.scroll.cursor], &text);
	area_cut(area, 1, 1, area.cols - 1, PEN(INK_TEXT, GROUND_NONE), buf_view(&text));
	buf_release(&text);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct pick *pick = pick_of(view);
	int below = pick->from->preview && area.rows >= PREVIEW_LEAST ? 2 : 0;
	struct area list = area_part(area, 1, 0, area.rows - 1 - below, area.cols);
	struct str typed = pick_typed(pick);
	size_t row, rows;
	int col;

	list_draw(&pick->list, list, focus, pick->count, draw_row,
	    pick->too_short ? _(pick->from->hint)
		: typed.len ? _("Nothing fits.")
			    : "",
	    "");
	view_title(area, focus, str_from(pick->list.title), "");
	if (below)
		draw_preview(pick, area_part(area, area.rows - below, 0, below, area.cols));
	/* the title gives its row to the line that is typed */
	area_blank(list, 0, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	area_words(list, 0, 1, PEN(INK_KEY, GROUND_NONE), ">");
	if (typed.len)
		area_tail(list, 0, 3, list.cols - 4, PEN(INK_TITLE, GROUND_NONE), typed);
	else
		area_cut(list, 0, 3, list.cols - 4, PEN(INK_DIM, GROUND_NONE), str_from(_(pick->from->hint)));
	editor_place(&pick->line, 10000, &row, &col, &rows);
	area_cursor(list, 0, 3 + (col < list.cols - 5 ? col : list.cols - 5));
}

static int
popup_rows(struct view *view)
{
	return pick_of(view)->from->rows;
}

static bool
type(struct view *view, int code)
{
	struct pick *pick = pick_of(view);

	if (!editor_type(&pick->line, code))
		return false;
	pick_refill(pick);
	return true;
}

void
pick_accept(struct pick *pick)
{
	pick->accepting = pick->list.order && !pick->list.done;
	if (!pick->accepting && pick->list.scroll.cursor < pick->count)
		pick->from->accept(pick, &pick->items[pick->list.scroll.cursor]);
}

static void
accept(struct view *view)
{
	pick_accept(pick_of(view));
}

static void
edit(struct view *view, enum action action)
{
	struct pick *pick = pick_of(view);
	size_t len = pick_typed(pick).len;

	editor_act(&pick->line, action, 10000);
	if (pick_typed(pick).len != len)
		pick_refill(pick);
}

EDIT_KEYS(EDIT_FUNCTION)

static bool
click(struct view *view, int row, int col)
{
	struct pick *pick = pick_of(view);
	long at = view_row_at(&pick->list.scroll, row, 2);

	(void)col;
	if (at >= 0)
		scroll_to(&pick->list.scroll, (size_t)at);
	return false;
}

static void
release(struct view *view)
{
	struct pick *pick = pick_of(view);

	list_release(&pick->list);
	editor_release(&pick->line);
	free(pick->items);
	free(pick);
}

static const struct handler handlers[] = {
	{ ACT_ACCEPT, accept },
	EDIT_KEYS(EDIT_HANDLER){ ACT_NONE, NULL },
};

const struct view_ops pick_ops = {
	.kind = VIEW_PICK,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.type = type,
	.click = click,
	.popup_rows = popup_rows,
	.cancel = list_cancel,
};

struct pick *
pick_new(struct app *app, const struct source_of_items *from)
{
	struct pick *pick = mem_new(struct pick);

	list_init(&pick->list, &pick_ops, app);
	editor_init(&pick->line, false, 1000);
	pick->from = from;
	pick->under = app_top(app)->ops->kind;
	snprintf(pick->list.title, sizeof pick->list.title, "%s", _(from->title));
	return pick;
}

void
pick_push(struct pick *pick)
{
	app_push(pick->list.view.app, &pick->list.view);
	pick->from->fill(pick);
}
