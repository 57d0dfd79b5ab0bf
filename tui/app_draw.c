/* What stands where: status line, body, help line. */

#include "tui/app.h"
#include "tui/text.h"

#include <stdio.h>

#define SIDE_COLS 130 /* from here on what is written stands beside, not below */

/* ---- the status line ---- */

struct part {
	char text[128];
	enum ink ink;
	int keep; /* the lowest goes first where there is no room */
};

static size_t
status_parts(const struct app *app, int cols, struct part parts[static 6])
{
	const struct model *m = &app->model;
	char shown[4][64];
	size_t n = 0;

	show_in(shown[0], 64, m->product);
	show_in(shown[1], 64, model_reading(m));
	show_in(shown[2], 64, model_base(m));
	parts[n] = (struct part){ .keep = 9 };
	int at = snprintf(parts[n].text, 128, "%.50s%s%.30s", shown[0], shown[1][0] ? " " : "", shown[1]);
	if (shown[2][0])
		snprintf(parts[n].text + at, 128 - (size_t)at, _(" (vs %.30s)"), shown[2]);
	n++;
	size_t open = model_open_findings(m);
	parts[n] = (struct part){ .keep = 5 };
	snprintf(parts[n++].text, 128, _("findings %zu open"), open);
	if (app->draft_count) {
		parts[n] = (struct part){ .keep = 7 };
		snprintf(parts[n++].text, 128, ngettext("%zu draft", "%zu drafts", app->draft_count),
		    app->draft_count);
	}
	parts[n] = (struct part){ .keep = 4 };
	snprintf(parts[n++].text, 128, "%.40s %.60s", show_in(shown[0], 64, m->role),
	    show_in(shown[3], 64, m->person));
	if (m->practice) {
		parts[n] = (struct part){ .keep = 6 };
		snprintf(parts[n++].text, 128, _("practice room"));
	}
	parts[n] = (struct part){ .keep = 8 };
	bool whole = str_is(m->seal, "sealed: no way out");
	snprintf(parts[n++].text, 128, "%.*s",
	    STR_ARG(!m->sealed                     ? str_from(_("NOT SEALED"))
		    : whole && cols < PANES_NARROW ? str_from(_("sealed"))
		    : whole                        ? str_from(_("sealed: no way out"))
						   : m->seal));
	return n;
}

static void
draw_status(struct app *app, struct area area)
{
	struct part parts[6];
	size_t count = status_parts(app, area.cols, parts);
	int spaces = 3, all;

	area_blank(area, 0, 0, -1, PEN(INK_TEXT, GROUND_BAR));
	for (;;) {
		size_t least = 0;
		all = 1;
		for (size_t i = 0; i < count; i++) {
			all += text_width(str_from(parts[i].text), area.grid->ascii) + (i ? spaces : 0);
			if (parts[i].keep < parts[least].keep)
				least = i;
		}
		if (all <= area.cols || count <= 1)
			break;
		memmove(&parts[least], &parts[least + 1], (count - least - 1) * sizeof *parts);
		count--;
	}
	int col = 1;
	for (size_t i = 0; i < count; i++) {
		enum ink ink = i == 0 ? INK_TITLE : INK_TEXT;
		col = area_cut(area, 0, col, area.cols - col, PEN(ink, GROUND_BAR), str_from(parts[i].text)) +
		    spaces;
	}
}

/* ---- the last line: a question, a message, or the keys of this view ---- */

static int
draw_hint(struct area area, int col, const struct binding *binding)
{
	struct str keys = str_from(binding->keys), first = STR("");

	str_next(&keys, ' ', &first);
	const char *hint = _(binding->hint);
	int width = (int)first.len + 1 + text_width(str_from(hint), area.grid->ascii);
	if (col + width > area.cols)
		return -1;
	col = area_text(area, 0, col, PEN(INK_KEY, GROUND_NONE), first);
	return area_words(area, 0, col + 1, PEN(INK_TEXT, GROUND_NONE), hint) + 2;
}

static void
draw_hints(struct app *app, struct area area)
{
	static const enum action first[] = { ACT_HELP, ACT_PALETTE };
	enum view_kind kind = app_top(app)->ops->kind;
	const struct binding *leave = keymap_of(&app->keymap, kind, ACT_LEAVE), *done[64];
	struct area rest = area;
	size_t count = 0;
	int col = 1;

	if (leave)
		rest.cols -= text_width(str_from(_(leave->hint)), area.grid->ascii) + 5;
	for (size_t i = 0; i < 2; i++)
		if ((done[count] = keymap_of(&app->keymap, kind, first[i])) &&
		    draw_hint(rest, col, done[count]) > 0)
			col = draw_hint(rest, col, done[count++]);
	for (size_t i = 0; i < app->keymap.count && count < 64; i++) {
		const struct binding *b = &app->keymap.rows[i];
		if (!(b->views >> kind & 1) || !b->hint || b == leave || b->action == ACT_HELP ||
		    b->action == ACT_PALETTE)
			continue;
		int next = draw_hint(rest, col, b);
		if (next < 0)
			break;
		col = next;
	}
	if (leave)
		draw_hint(area, col, leave);
}

static void
draw_last(struct app *app, struct area area)
{
	struct view *top = app_top(app);
	char keys[32] = "";
	int col = 0;

	if (app->asking_to_leave) {
		int at = 1;
		size_t lost = drafts_unsaved(app);
		if (lost)
			at = area_printf(area, 0, 1, PEN(INK_BAD, GROUND_NONE),
			    ngettext("%zu unsigned writing will be lost.  ",
				"%zu unsigned writings will be lost.  ", lost),
			    lost);
		area_words(area, 0, at, PEN(INK_WARN, GROUND_NONE),
		    _("Leave the desk?  y leaves, any other key stays."));
		return;
	}
	if (top->ops->place == PLACE_LINE) {
		top->ops->draw(top, area, true);
		return;
	}
	if (app->message[0])
		area_cut(
		    area, 0, 1, area.cols - 1, PEN(app->message_ink, GROUND_NONE), str_from(app->message));
	else
		draw_hints(app, area);
	for (size_t i = 0; i < app->key_count && col < 24; i++)
		col += snprintf(keys + col, sizeof keys - (size_t)col, app->keys[i] < ' ' ? "^%c" : "%c",
		    app->keys[i] < ' ' ? app->keys[i] + 64 : app->keys[i]);
	if (col)
		area_printf(area, 0, area.cols - col - 3, PEN(INK_KEY, GROUND_BAR), " %s ", keys);
}

/* ---- the body ---- */

static struct area
popup_area(struct view *view, struct area area)
{
	int cols = area.cols > 84 ? 80 : area.cols - 4 > 20 ? area.cols - 4 : area.cols;
	int rows = view->ops->popup_rows(view);

	if (rows > area.rows - 2)
		rows = area.rows - 2 > 3 ? area.rows - 2 : area.rows;
	return area_part(area, (area.rows - rows) / 3, (area.cols - cols) / 2, rows, cols);
}

/* A frame around a popup, where there is room for one. */
static struct area
draw_frame(struct area area)
{
	struct pen pen = { INK_DIM, GROUND_NONE };

	for (int row = 0; row < area.rows; row++)
		area_blank(area, row, 0, -1, pen);
	if (area.rows < 6 || area.cols < 30)
		return area;
	for (int row = 0; row < area.rows; row++) {
		area_sign(area, row, 0, pen, SIGN_BAR);
		area_sign(area, row, area.cols - 1, pen, SIGN_BAR);
	}
	for (int col = 1; col < area.cols - 1; col++)
		area_sign(area, area.rows - 1, col, pen, SIGN_LINE);
	return area_part(area, 0, 1, area.rows - 1, area.cols - 2);
}

static void
draw_body(struct app *app, struct area area)
{
	size_t base = app->depth - 1;

	while (base > 0 && app->stack[base].view && app->stack[base].view->ops->place != PLACE_FULL)
		base--;
	struct area under = area, side = area;
	struct view *beside = NULL;
	for (size_t i = base; i < app->depth; i++)
		if (app->stack[i].view && app->stack[i].view->ops->place == PLACE_SIDE)
			beside = app->stack[i].view;
	if (beside && area.cols >= SIDE_COLS) {
		under.cols = area.cols / 2 + 10;
		side = area_part(area, 0, under.cols, area.rows, area.cols);
	} else if (beside) {
		int rows = beside->ops->popup_rows(beside);
		rows = rows < area.rows * 3 / 5 ? rows : area.rows * 3 / 5;
		rows = area.rows < 12 ? area.rows : rows;
		under.rows = area.rows - rows;
		side = area_part(area, under.rows, 0, rows, area.cols);
	}
	if (app->stack[base].view)
		view_draw(app->stack[base].view, under, base == app->depth - 1);
	else
		panes_draw(app, under, base == app->depth - 1);
	if (beside) {
		app->grid.cursor_row = -1;
		view_draw(beside, side, beside == app_top(app));
	}
	for (size_t i = base + 1; i < app->depth; i++) {
		struct view *view = app->stack[i].view;
		if (view && view->ops->place == PLACE_POPUP) {
			app->grid.cursor_row = -1;
			view_draw(view, draw_frame(popup_area(view, area)), i == app->depth - 1);
		}
	}
}

void
app_draw(struct app *app)
{
	struct area all = grid_area(&app->grid);
	int status = all.rows >= 5;

	app->dirty = false; /* a view may ask to be drawn again */
	grid_clear(&app->grid);
	if (status)
		draw_status(app, all);
	draw_body(app, area_part(all, status, 0, all.rows - status - (all.rows > 1), all.cols));
	if (all.rows > 1)
		draw_last(app, area_part(all, all.rows - 1, 0, 1, all.cols));
}
