#include "tui/scroll.h"

/* The least top at which the cursor, and the margin below it, is in sight; the greatest is the cursor's own row. */
static void
follow(struct scroll *scroll)
{
	size_t margin = scroll->height > 4 * SCROLL_MARGIN ? SCROLL_MARGIN : 0;
	size_t last = scroll->cursor + margin + 1;

	if (scroll->height == 0 || scroll->count <= scroll->height)
		scroll->top = 0;
	if (scroll->height == 0)
		return;
	if (last > scroll->count)
		last = scroll->count;
	if (last > scroll->top + scroll->height)
		scroll->top = last - scroll->height;
	if (scroll->cursor < scroll->top + margin)
		scroll->top = scroll->cursor > margin ? scroll->cursor - margin : 0;
	if (scroll->top + scroll->height > scroll->count)
		scroll->top = scroll->count > scroll->height ? scroll->count - scroll->height : 0;
}

void
scroll_fit(struct scroll *scroll, size_t count, size_t height)
{
	scroll->count = count;
	scroll->height = height;
	if (scroll->cursor >= count)
		scroll->cursor = count ? count - 1 : 0;
	follow(scroll);
}

void
scroll_to(struct scroll *scroll, size_t row)
{
	scroll->cursor = row < scroll->count ? row : scroll->count ? scroll->count - 1 : 0;
	follow(scroll);
}

void
scroll_show(struct scroll *scroll, size_t row)
{
	if (row < scroll->top || row >= scroll->top + scroll->height)
		scroll->top = row > scroll->height / 3 ? row - scroll->height / 3 : 0;
	scroll_to(scroll, row);
}

void
scroll_by(struct scroll *scroll, long rows)
{
	size_t most = scroll->count > scroll->height ? scroll->count - scroll->height : 0;
	size_t margin = scroll->height > 4 * SCROLL_MARGIN ? SCROLL_MARGIN : 0;

	if (rows < 0)
		scroll->top = scroll->top > (size_t)-rows ? scroll->top - (size_t)-rows : 0;
	else
		scroll->top = scroll->top + (size_t)rows < most ? scroll->top + (size_t)rows : most;
	size_t low = scroll->top ? scroll->top + margin : 0;
	size_t high = scroll->top < most ? scroll->top + scroll->height - 1 - margin
	    : scroll->count              ? scroll->count - 1
					 : 0;
	if (scroll->cursor < low)
		scroll->cursor = low;
	if (scroll->cursor > high)
		scroll->cursor = high;
}

bool
scroll_act(struct scroll *scroll, enum action action)
{
	size_t page = scroll->height > 1 ? scroll->height - 1 : 1;
	size_t half = page / 2 ? page / 2 : 1;
	size_t cursor = scroll->cursor;

	switch (action) {
	case ACT_DOWN:
		scroll_to(scroll, cursor + 1);
		return true;
	case ACT_UP:
		scroll_to(scroll, cursor ? cursor - 1 : 0);
		return true;
	case ACT_HALF_DOWN:
		scroll_by(scroll, (long)half);
		scroll_to(scroll, cursor + half);
		return true;
	case ACT_HALF_UP:
		scroll_by(scroll, -(long)half);
		scroll_to(scroll, cursor > half ? cursor - half : 0);
		return true;
	case ACT_PAGE_DOWN:
		scroll_by(scroll, (long)page);
		scroll_to(scroll, cursor + page);
		return true;
	case ACT_PAGE_UP:
		scroll_by(scroll, -(long)page);
		scroll_to(scroll, cursor > page ? cursor - page : 0);
		return true;
	case ACT_TOP:
		scroll_to(scroll, 0);
		return true;
	case ACT_END:
		scroll_to(scroll, SIZE_MAX);
		return true;
	default:
		return false;
	}
}
