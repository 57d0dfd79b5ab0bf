/* Markdown as a report will have it, block by block. */

#include "tui/compose.h"

#include "annotations/report/render.h"
#include "tui/text.h"

struct page {
	struct area area;
	size_t at, top; /* rows so far, and the first in sight */
};

static void
put_row(struct page *page, int col, struct pen pen, struct str text)
{
	int row = (int)(page->at - page->top);

	if (page->at++ >= page->top && row < page->area.rows)
		area_text(page->area, row, col, pen, text);
}

static int
put_block(void *ctx, const struct render_block *block)
{
	static const struct pen pens[] = { [RENDER_PARAGRAPH] = { INK_TEXT, GROUND_NONE },
		[RENDER_HEADING] = { INK_TITLE, GROUND_NONE },
		[RENDER_ITEM] = { INK_TEXT, GROUND_NONE },
		[RENDER_QUOTE] = { INK_DIM, GROUND_NONE },
		[RENDER_CODE] = { INK_CHANGED, GROUND_NONE },
		[RENDER_RULE] = { INK_DIM, GROUND_NONE } };
	struct page *page = ctx;
	struct pen pen = pens[block->kind];
	int col = 2 + 2 * block->depth, width = page->area.cols - col - 1;
	struct editor_row r;
	bool first = true;

	if (width < 4)
		return 0;
	if (page->at && block->kind != RENDER_ITEM)
		page->at++;
	for (size_t start = 0, next; editor_wrap(block->text, start, width, &r, &next); start = next) {
		size_t row = page->at;
		put_row(page, col, pen, (struct str){ block->text.data + r.start, r.len });
		bool seen = row >= page->top && row < page->top + (size_t)page->area.rows;
		if (seen && block->kind == RENDER_QUOTE)
			area_sign(page->area, (int)(row - page->top), col - 2, pen, SIGN_BAR);
		if (seen && block->kind == RENDER_ITEM && first)
			area_sign(page->area, (int)(row - page->top), col - 2, pen, SIGN_DOT);
		first = false;
	}
	return 0;
}

void
compose_preview(struct compose *c, struct area area)
{
	struct page page = { area, 0, c->top };

	if (compose_empty(c)) {
		area_words(area, 0, 2, PEN(INK_DIM, GROUND_NONE), _("Nothing is written yet."));
		return;
	}
	if (render_blocks(editor_text(&c->text), put_block, &page) < 0)
		area_words(area, 0, 2, PEN(INK_BAD, GROUND_NONE), err_text());
	if (c->top >= page.at)
		c->top = page.at ? page.at - 1 : 0;
}
