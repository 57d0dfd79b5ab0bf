/* The bytes of lines as they were handed over: those of the pages that are there, from the cursor's line on. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define HEX_BYTES 16
#define HEX_ROWS 20000 /* at most */

struct hex_row {
	struct origin from;
	uint64_t offset; /* in the line */
	unsigned char bytes[HEX_BYTES];
	size_t len;
};

struct hex {
	struct list list;
	struct hex_row *rows;
	size_t count;
	size_t each; /* bytes in a row */
};

static struct hex *
hex_of(struct view *view)
{
	return (struct hex *)view;
}

static void
add(struct hex *h, struct origin from, uint64_t offset, struct str bytes, bool newline)
{
	size_t each = h->each;

	for (size_t at = 0; (at < bytes.len || (newline && at == bytes.len)) && h->count < HEX_ROWS;
	     at += each) {
		size_t len = bytes.len - at < each ? bytes.len - at : each;
		h->rows = list_grow(h->rows, h->count, sizeof *h->rows);
		struct hex_row *row = &h->rows[h->count++];
		*row = (struct hex_row){ .from = from, .offset = offset + at, .len = len };
		memcpy(row->bytes, bytes.data + at, len);
		if (newline && len < each)
			row->bytes[row->len++] = '\n';
	}
}

/* LINE OFFSET  BYTES  TEXT; the text is left out where there is no room for it. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct hex *h = hex_of(&list->view);
	const struct hex_row *r = &h->rows[at];
	bool first = at == 0 || h->rows[at - 1].from.line != r->from.line, wide = area.cols >= 60;
	int start = wide ? 16 : 13, text = start + (int)h->each * 3 + 2;

	if (first)
		area_printf(area, row, 0, PEN(INK_NUMBER, ground), "%*llu", wide ? 7 : 5,
		    (unsigned long long)r->from.line);
	area_shows(area, row, r->from);
	area_printf(area, row, wide ? 8 : 6, PEN(INK_DIM, ground), "%06llx", (unsigned long long)r->offset);
	for (size_t i = 0; i < r->len; i++) {
		bool plain = r->bytes[i] >= ' ' && r->bytes[i] <= '~';
		char sign[2] = { plain ? (char)r->bytes[i] : '.', 0 };
		enum ink ink = r->bytes[i] >= 0x80 ? INK_MARKER : plain ? INK_TEXT : INK_DIM;
		int col = start + (int)i * 3 + (i >= HEX_BYTES / 2);
		area_printf(area, row, col, PEN(ink, ground), "%02x", r->bytes[i]);
		if (text + (int)h->each <= area.cols)
			area_words(area, row, text + (int)i, PEN(ink, ground), sign);
	}
}

static void
draw(struct view *view, struct area area, bool focus)
{
	list_draw(list_of(view), area, focus, hex_of(view)->count, draw_row,
	    _("No bytes: the line is empty, or not there yet."), "");
}

static void
go(struct view *view)
{
	struct hex *h = hex_of(view);
	struct app *app = view->app;
	size_t at = h->list.scroll.cursor;

	if (at >= h->count)
		return;
	struct place place = app_place(app);
	place.line = h->rows[at].from.line;
	place.column = (size_t)h->rows[at].offset;
	place.top = 0;
	app_close(app, view);
	app_show(app, place);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct hex_row *r = &hex_of(view)->rows[row];
	int done = 0;

	for (size_t i = 0; i < r->len && done == 0; i++)
		done = buf_printf(out, i ? " %02x" : "%02x", r->bytes[i]);
	return done;
}

static void
release(struct view *view)
{
	list_release(list_of(view));
	free(hex_of(view)->rows);
	free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, go }, { ACT_NONE, NULL } };

const struct view_ops hex_ops = {
	.kind = VIEW_HEX,
	.place = PLACE_FULL,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.click = list_click,
	.row_text = row_text,
};

void
hex_open(struct app *app)
{
	struct hex *h = mem_new(struct hex);
	const struct source *source = code_source(app->panes[PANE_CODE]);
	uint64_t line = code_line(app->panes[PANE_CODE]);
	struct origin from = { .line = 0 };
	struct source_line text;
	char shown[200];

	list_init(&h->list, &hex_ops, app);
	if (source) {
		from.release = app_intern(app, source_release(source));
		from.path = app_intern(app, source_path(source));
	}
	h->list.done = true;
	h->each = app->grid.cols >= 84 ? HEX_BYTES : HEX_BYTES / 2;
	for (; source && h->count < HEX_ROWS && source_get(source, line, &text); line++) {
		from.line = line;
		from.order = text.order;
		add(h, from, text.offset, text.text, !text.cut && line < source_lines(source));
	}
	snprintf(h->list.title, sizeof h->list.title, _("BYTES OF %s"),
	    source ? show_in(shown, sizeof shown, source_path(source)) : "");
	app_push(app, &h->list.view);
}
