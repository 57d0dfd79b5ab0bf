/* The reading screen: how files, code and outline lie, and moving between them. */

#include "tui/app.h"

#include "tui/text.h"

#define LOW 16   /* rows below which files and outline share no column */
#define LEAST 12 /* columns that a pane keeps */
#define LEAST_ROWS 3
#define FILES_COLS 44 /* at most, where the person did not say */

/* ---- drawing ---- */

static void
draw_border(struct area area, int col)
{
	for (int row = 0; row < area.rows; row++)
		area_sign(area, row, col, PEN(INK_DIM, GROUND_NONE), SIGN_BAR);
}

static int
clamp(int value, int low, int high)
{
	return value > high ? (high > low ? high : low) : value < low ? low : value;
}

/* Files, and the outline below them where there is something in it. */
static void
draw_left(struct app *app, struct area left, bool focus)
{
	struct panes *p = &app->layout;
	size_t symbols;

	code_outline(app->panes[PANE_CODE], &symbols);
	int below = symbols && left.rows >= LOW ? left.rows * 2 / 5 : 0;
	if (below && p->outline_rows)
		below = clamp(p->outline_rows, LEAST_ROWS, left.rows - LEAST_ROWS);
	else if (below > (int)symbols + 1)
		below = (int)symbols + 1;
	if (below == 0 && app->focus == PANE_OUTLINE)
		below = left.rows;
	p->outline_top = below && below < left.rows ? left.row + left.rows - below : 0;
	if (below < left.rows)
		view_draw(app->panes[PANE_FILES], area_part(left, 0, 0, left.rows - below, left.cols),
		    focus && app->focus == PANE_FILES);
	if (below)
		view_draw(app->panes[PANE_OUTLINE], area_part(left, left.rows - below, 0, below, left.cols),
		    focus && app->focus == PANE_OUTLINE);
}

static void
draw_code(struct app *app, struct area area, bool focus)
{
	struct panes *p = &app->layout;
	struct view *first = p->second ? p->other : app->panes[PANE_CODE];
	struct view *second = p->second ? app->panes[PANE_CODE] : p->other;
	bool keys = focus && app->focus == PANE_CODE;
	struct area a = area, b = area;

	if (p->below && area.rows >= 4 * LEAST_ROWS) {
		a.rows = area.rows / 2;
		b = area_part(area, a.rows, 0, area.rows - a.rows, area.cols);
	} else if (!p->below && area.cols >= 2 * LEAST) {
		a.cols = (area.cols - 1) / 2;
		draw_border(area, a.cols);
		b = area_part(area, 0, a.cols + 1, area.rows, area.cols);
	} else {
		view_draw(app->panes[PANE_CODE], area, keys);
		return;
	}
	view_draw(first, a, keys && !p->second);
	view_draw(second, b, keys && p->second);
}

void
panes_draw(struct app *app, struct area area, bool focus)
{
	struct panes *p = &app->layout;
	struct area left = area;

	for (int i = 0; i < PANES; i++)
		app->panes[i]->area = (struct area){ 0 };
	if (p->other)
		p->other->area = (struct area){ 0 };
	p->border = (struct area){ 0 };
	p->outline_top = 0;
	if (area.cols < PANES_NARROW || p->zoom) {
		view_draw(app->panes[app->focus], area, focus);
		return;
	}
	left.cols = area.cols * 3 / 10 < FILES_COLS ? area.cols * 3 / 10 : FILES_COLS;
	if (p->files_cols)
		left.cols = clamp(p->files_cols, LEAST, area.cols - 2 * LEAST);
	draw_border(area, left.cols);
	p->border = area_part(area, 0, left.cols, area.rows, 1);
	draw_left(app, left, focus);
	struct area right = area_part(area, 0, left.cols + 1, area.rows, area.cols);
	if (p->other)
		draw_code(app, right, focus);
	else
		view_draw(app->panes[PANE_CODE], right, focus && app->focus == PANE_CODE);
}

/* ---- a second code pane ---- */

/* The one at rest gets the keys. */
static void
swap(struct app *app)
{
	struct panes *p = &app->layout;
	struct view *other = p->other;

	p->other = app->panes[PANE_CODE];
	app->panes[PANE_CODE] = other;
	p->second = !p->second;
	app->dirty = true;
}

void
panes_split(struct app *app, bool below, struct place place)
{
	struct panes *p = &app->layout;

	p->below = below;
	if (p->other || place.path.len == 0)
		return;
	p->other = code_new(app);
	p->second = false;
	code_show(p->other, place);
}

static void
split(struct app *app, bool below)
{
	struct place here = app_place(app);

	if (here.path.len == 0) {
		app_say(app, INK_TEXT, _("No file is open."));
		return;
	}
	app->layout.zoom = false;
	panes_split(app, below, here);
	app_focus(app, PANE_CODE);
	app_say(app, INK_TEXT, _("A second code pane: Tab goes to it, ^Wc closes it."));
}

static void
split_below(struct app *app)
{
	split(app, true);
}

static void
split_beside(struct app *app)
{
	split(app, false);
}

/* The one that has the keys goes. */
static void
close_split(struct app *app)
{
	struct panes *p = &app->layout;

	if (!p->other) {
		app_say(app, INK_TEXT, _("There is one code pane; ^Ws and ^Wv open a second one."));
		return;
	}
	swap(app);
	p->other->ops->free(p->other);
	p->other = NULL;
	p->second = false;
	app_focus(app, PANE_CODE);
}

void
panes_release(struct app *app)
{
	for (int i = 0; i < PANES; i++)
		app->panes[i]->ops->free(app->panes[i]);
	if (app->layout.other)
		app->layout.other->ops->free(app->layout.other);
}

/* ---- moving ---- */

/* Files, code, the second code, outline; one of the two code panes is passed in each direction. */
static void
go_round(struct app *app, int step)
{
	struct panes *p = &app->layout;
	bool stays = p->other && app->focus == PANE_CODE && p->second == (step < 0);

	if (stays) {
		swap(app);
		app_focus(app, PANE_CODE);
		return;
	}
	app_focus(app, (enum pane)(((int)app->focus + step + PANES) % PANES));
	if (p->other && app->focus == PANE_CODE && p->second == (step > 0))
		swap(app);
}

static void
next_pane(struct app *app)
{
	go_round(app, 1);
}

static void
prev_pane(struct app *app)
{
	go_round(app, -1);
}

static void
show_files(struct app *app)
{
	app_focus(app, PANE_FILES);
}

static void
show_code(struct app *app)
{
	app_focus(app, PANE_CODE);
}

static void
show_outline(struct app *app)
{
	app_focus(app, PANE_OUTLINE);
}

/* Towards the second code pane, or back from it, where one lies that way. */
static bool
go_code(struct app *app, bool below, bool second)
{
	struct panes *p = &app->layout;

	if (app->focus != PANE_CODE || !p->other || p->below != below || p->second == second)
		return false;
	swap(app);
	return true;
}

static void
go_left(struct app *app)
{
	if (!go_code(app, false, false))
		show_files(app);
}

static void
go_right(struct app *app)
{
	if (!go_code(app, false, true))
		show_code(app);
}

static void
go_up(struct app *app)
{
	if (!go_code(app, true, false))
		show_files(app);
}

static void
go_down(struct app *app)
{
	if (!go_code(app, true, true))
		show_outline(app);
}

/* ---- sizes ---- */

#define STEP_COLS 4
#define STEP_ROWS 2

static void
zoom(struct app *app)
{
	app->layout.zoom = !app->layout.zoom;
	app_say(app, INK_TEXT,
	    app->layout.zoom ? _("This pane alone; ^Wz brings the others back.") : _("All panes."));
}

static void
resize(struct app *app, int cols, int rows)
{
	struct panes *p = &app->layout;

	if (p->border.cols == 0) {
		app_say(app, INK_TEXT, _("One pane is shown; there is nothing to resize."));
		return;
	}
	if (cols)
		p->files_cols = clamp(p->border.col + cols, LEAST, app->grid.cols - 2 * LEAST);
	if (rows && p->outline_top)
		p->outline_rows = clamp(p->border.row + p->border.rows - p->outline_top + rows, LEAST_ROWS,
		    p->border.rows - LEAST_ROWS);
	app->dirty = true;
}

static void
narrower(struct app *app)
{
	resize(app, -STEP_COLS, 0);
}

static void
wider(struct app *app)
{
	resize(app, STEP_COLS, 0);
}

static void
taller(struct app *app)
{
	resize(app, 0, STEP_ROWS);
}

static void
lower(struct app *app)
{
	resize(app, 0, -STEP_ROWS);
}

static void
even(struct app *app)
{
	app->layout.files_cols = app->layout.outline_rows = 0;
	app->dirty = true;
}

/* ---- mouse ---- */

struct view *
panes_under(struct app *app, int row, int col, bool press)
{
	struct panes *p = &app->layout;

	if (p->other && area_holds(p->other->area, row, col)) {
		struct view *view = p->other;
		if (press) {
			swap(app);
			app->focus = PANE_CODE;
		}
		return view;
	}
	for (int i = 0; i < PANES; i++)
		if (area_holds(app->panes[i]->area, row, col)) {
			if (press)
				app->focus = (enum pane)i;
			return app->panes[i];
		}
	return NULL;
}

bool
panes_grab(struct app *app, int row, int col)
{
	struct panes *p = &app->layout;

	if (area_holds(p->border, row, col))
		p->grab = GRAB_FILES;
	else if (p->outline_top && row == p->outline_top && col < p->border.col)
		p->grab = GRAB_OUTLINE;
	else
		p->grab = GRAB_NOTHING;
	return p->grab != GRAB_NOTHING;
}

bool
panes_drag(struct app *app, int row, int col, bool last)
{
	struct panes *p = &app->layout;
	bool held = p->grab != GRAB_NOTHING;

	if (p->grab == GRAB_FILES && col != p->border.col)
		resize(app, col - p->border.col, 0);
	else if (p->grab == GRAB_OUTLINE && row != p->outline_top)
		resize(app, 0, p->outline_top - row);
	if (last)
		p->grab = GRAB_NOTHING;
	return held;
}

const struct app_handler panes_handlers[] = {
	{ ACT_NEXT_PANE, next_pane },
	{ ACT_PREV_PANE, prev_pane },
	{ ACT_PANE_LEFT, go_left },
	{ ACT_PANE_RIGHT, go_right },
	{ ACT_PANE_UP, go_up },
	{ ACT_PANE_DOWN, go_down },
	{ ACT_FILES, show_files },
	{ ACT_CODE, show_code },
	{ ACT_OUTLINE, show_outline },
	{ ACT_ZOOM, zoom },
	{ ACT_SPLIT_BELOW, split_below },
	{ ACT_SPLIT_BESIDE, split_beside },
	{ ACT_CLOSE_SPLIT, close_split },
	{ ACT_NARROWER, narrower },
	{ ACT_WIDER, wider },
	{ ACT_TALLER, taller },
	{ ACT_LOWER, lower },
	{ ACT_EVEN, even },
	{ ACT_NONE, NULL },
};
