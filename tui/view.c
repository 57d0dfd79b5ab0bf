#include "tui/view.h"

#include "tui/editor.h"

#define TITLE_LEAST 20 /* columns below which a title stands alone */

static const struct handler *
handler_of(const struct view_ops *ops, enum action action)
{
	for (const struct handler *h = ops->handlers; h && h->action; h++)
		if (h->action == action)
			return h;
	return NULL;
}

void
view_draw(struct view *view, struct area area, bool focus)
{
	view->area = area;
	if (area.rows > 0 && area.cols > 0)
		view->ops->draw(view, area, focus);
}

bool
view_act(struct view *view, enum action action)
{
	const struct handler *h = handler_of(view->ops, action);

	if (h)
		h->run(view);
	return h != NULL;
}

bool
view_handles(const struct view_ops *ops, enum action action)
{
	if (action > ACT_NONE && action < ACT_MOVES && ops->scroll)
		return true;
	return handler_of(ops, action) != NULL;
}

void
view_title(struct area area, bool focus, struct str left, const char *right)
{
	struct pen pen = { INK_TITLE, focus ? GROUND_FOCUS : GROUND_NONE };
	int width = text_width(str_from(right), area.grid->ascii);
	int whole = text_width(left, area.grid->ascii) + width + 5;
	/* where not both have room, what stands at the right has half of it at most */
	if (whole > area.cols && width > area.cols / 2)
		width = area.cols / 2;
	bool room = width > 0 && area.cols >= TITLE_LEAST;

	area_blank(area, 0, 0, -1, pen);
	int col = area_cut(area, 0, 1, area.cols - (room ? width + 3 : 1), pen, left);
	for (col++; !focus && col < area.cols; col++)
		area_sign(area, 0, col, PEN(INK_DIM, GROUND_NONE), SIGN_LINE);
	if (room) {
		area_blank(area, 0, area.cols - width - 2, width + 2, pen);
		area_cut(area, 0, area.cols - width - 1, width, PEN(focus ? INK_TITLE : INK_TEXT, pen.ground),
		    str_from(right));
	}
}

int
view_words(struct area area, int row, struct pen pen, const char *words)
{
	struct str text = str_from(words);
	struct editor_row r;
	int width = area.cols > 4 ? area.cols - 4 : 1, first = row;

	for (size_t at = 0, next; at < text.len && row < area.rows && editor_wrap(text, at, width, &r, &next);
	     at = next)
		area_text(area, row++, 2, pen, (struct str){ text.data + r.start, r.len });
	return row - first;
}

void
view_empty(struct area area, const char *what, const char *then)
{
	int row = area.rows / 3;

	row += view_words(area, row, PEN(INK_TEXT, GROUND_NONE), what);
	view_words(area, row, PEN(INK_DIM, GROUND_NONE), then);
}

long
view_row_at(const struct scroll *scroll, int row, int top)
{
	long at = (long)scroll->top + row - top;

	return row < top || at >= (long)scroll->count ? -1 : at;
}
