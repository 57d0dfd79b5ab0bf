/* The diff on the screen: one line below the other, or the two releases side by side. */

#include "tui/diff.h"
#include "tui/worddiff.h"
#include "tui/text.h"

#include <stdio.h>

#define UNIFIED_TEXT 15 /* columns of numbers and signs before the source */
#define SIDES_TEXT 9
#define MISSING_COLS 100 /* from here on the title has room for how many files were not read yet */

static bool
selected(const struct diff *d, size_t at)
{
	size_t a = d->select_from, b = d->list.scroll.cursor;

	return d->selecting && at >= (a < b ? a : b) && at <= (a < b ? b : a);
}

/* The gutter's second sign: a thread is on the line, or its block moved. */
static void
draw_marks(const struct diff *d, struct area area, int row, int col, const struct diff_row *r)
{
	if (diff_thread(d, r, r->sign == '-'))
		area_sign(area, row, col, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
	else if (r->moved)
		area_words(area, row, col, PEN(INK_SIGN, GROUND_NONE), "~");
}

static struct origin
origin_of(const struct diff *d, const struct diff_row *r, bool old)
{
	return old && !r->filled ? (struct origin){ d->base, d->old_path, r->old_line, r->order }
				 : (struct origin){ d->reading, d->new_path, r->new_line, r->order };
}

/* `old`: as the older release has it. */
static void
draw_source(const struct diff *d, struct area area, int row, const struct diff_row *r, bool old, bool marked)
{
	struct codeline line;
	struct stretches ours = { .count = 0 }, theirs;
	bool same = diff_same(d, r);

	diff_line(d, r, &line);
	line.origin = origin_of(d, r, old);
	if (!same && r->mate != NO_ROW && !!d->list.view.app->options.value[OPTION_WORDS]) {
		const struct diff_row *mate = &d->rows[r->mate];
		worddiff(r->text, mate->text, &ours, &theirs);
		line.matches = ours.at;
		line.match_count = ours.count;
		line.match_ground = r->sign == '-' ? GROUND_REMOVED_WORD : GROUND_ADDED_WORD;
	}
	line.ground = marked ? GROUND_SELECT
	    : same           ? GROUND_NONE
	    : r->sign == '+' ? GROUND_ADDED
			     : GROUND_REMOVED;
	int col = codeline_draw(area, row, &line);
	/* where the block went stands behind its first line, if there is room */
	char said[300];
	if (diff_begins_block(d, r) && diff_say_moved(r, said, sizeof said) > 0) {
		int from = area.cols - text_width(str_from(said), area.grid->ascii) - 1;
		if (from >= col + 2)
			area_words(area, row, from, PEN(INK_DIM, line.ground), said);
	}
}

/* ---- words of ours between the lines ---- */

static bool
draw_between(const struct diff *d, struct area area, int row, size_t at, enum ground ground)
{
	const struct diff_shown *s = &d->layout.lines[at];
	const struct diff_row *r = diff_row_at(d, at);
	int from = d->sides ? 5 : 11;

	if (r && r->sign != '@')
		return false;
	int col = area_sign(area, row, from, PEN(INK_DIM, ground), SIGN_GAP) + 1;
	if (!r)
		area_printf(area, row, col, PEN(INK_WARN, ground),
		    ngettext(
			"%zu line hidden: white space only", "%zu lines hidden: white space only", s->hidden),
		    s->hidden);
	else {
		col = area_printf(area, row, col, PEN(INK_DIM, ground), _("from line %llu"),
		    (unsigned long long)r->new_line);
		if (r->text.len)
			area_cut(area, row, col + 2, area.cols - col - 2, PEN(INK_DIM, ground), r->text);
	}
	return true;
}

/* ---- one below the other ---- */

static void
draw_number(struct area area, int row, int col, uint64_t line, struct pen pen)
{
	if (line)
		area_printf(area, row, col, pen, "%5llu", (unsigned long long)line);
}

static void
draw_unified(const struct diff *d, struct area area, int row, size_t at, enum ground ground)
{
	const struct diff_shown *s = &d->layout.lines[at];
	const struct diff_row *r = diff_row_at(d, at);
	bool cursor = ground != GROUND_NONE, same = diff_same(d, r);
	enum ink ink = same ? INK_NUMBER : r->sign == '+' ? INK_ADDED : INK_REMOVED;
	struct pen number = { cursor ? INK_TITLE : ink,
		ground == GROUND_CURSOR ? GROUND_CURSOR : GROUND_NONE };

	draw_number(area, row, 0, s->old == NO_ROW ? 0 : d->rows[s->old].old_line, number);
	draw_number(area, row, 6, s->new == NO_ROW ? 0 : d->rows[s->new].new_line, number);
	if (!same)
		area_words(area, row, 12, PEN(ink, GROUND_NONE), (char[]){ r->sign, 0 });
	draw_marks(d, area, row, 13, r);
	draw_source(d, area_part(area, 0, UNIFIED_TEXT, area.rows, area.cols), row, r, r->sign == '-',
	    selected(d, at));
}

/* ---- side by side ---- */

static struct area
half(struct area area, bool old)
{
	int middle = area.cols / 2;
	return old ? area_part(area, 0, 0, area.rows, middle)
		   : area_part(area, 0, middle + 1, area.rows, area.cols);
}

static void
draw_half(const struct diff *d, struct area area, int row, size_t at, bool old, enum ground ground)
{
	const struct diff_shown *s = &d->layout.lines[at];
	size_t index = old ? s->old : s->new;

	if (index == NO_ROW) {
		for (int col = 6; col < area.cols; col++)
			area_sign(area, row, col, PEN(INK_DIM, GROUND_NONE), SIGN_DOT);
		return;
	}
	const struct diff_row *r = &d->rows[index];
	bool here = ground != GROUND_NONE && old == d->old_side, same = diff_same(d, r);
	enum ink ink = same ? INK_NUMBER : old ? INK_REMOVED : INK_ADDED;
	draw_number(area, row, 0, old ? r->old_line : r->new_line,
	    PEN(ground != GROUND_NONE ? INK_TITLE : ink,
		here && ground == GROUND_CURSOR ? GROUND_CURSOR : GROUND_NONE));
	if (!same)
		area_words(area, row, 6, PEN(ink, GROUND_NONE), (char[]){ r->sign, 0 });
	if (r->sign == ' ' && diff_thread(d, r, old))
		area_sign(area, row, 7, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
	else if (r->sign != ' ')
		draw_marks(d, area, row, 7, r);
	draw_source(d, area_part(area, 0, SIDES_TEXT, area.rows, area.cols), row, r, old,
	    selected(d, at) && old == d->old_side);
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	struct diff *d = diff_of(&list->view);

	area_blank(area, row, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	if (draw_between(d, area, row, at, ground))
		return;
	if (!d->sides) {
		draw_unified(d, area, row, at, ground);
		return;
	}
	area_sign(area, row, area.cols / 2, PEN(INK_DIM, GROUND_NONE), SIGN_BAR);
	draw_half(d, half(area, true), row, at, true, ground);
	draw_half(d, half(area, false), row, at, false, ground);
}

/* ---- all of it ---- */

static void
say_counts(struct diff *d)
{
	const struct app *app = d->list.view.app;
	char *note = d->list.note;
	size_t size = sizeof d->list.note, at = 0, file = diff_file(d);
	const struct diff_row *here = diff_row_at(d, d->list.scroll.cursor);

	if (!d->list.done || d->list.failed || d->count == 0)
		return;
	if (here && here->moved) {
		at += (size_t)diff_say_moved(here, note, size - 100);
		at = at < size - 100 ? at : size - 101;
		at += (size_t)snprintf(note + at, size - at, "  ");
	}
	if (d->layout.hidden)
		at += (size_t)snprintf(note + at, size - at, _("%zu hidden  "), d->layout.hidden);
	if (file < app->model.change_count) {
		const struct change *c = &app->model.changes[file];
		if (c->label.len && !str_is(c->label, "none"))
			at += (size_t)snprintf(note + at, size - at, _("%.*s only  "), STR_ARG(c->label));
	}
	at += (size_t)snprintf(note + at, size - at, "+%llu -%llu", (unsigned long long)d->added,
	    (unsigned long long)d->removed);
	if (file < app->model.change_count)
		at += (size_t)snprintf(
		    note + at, size - at, _("  file %zu of %zu"), file + 1, app->model.change_count);
	size_t missing = d->list.view.area.cols >= MISSING_COLS ? seen_missing(&app->seen, &app->model) : 0;
	if (missing)
		snprintf(note + at, size - at, _(", %zu not read yet"), missing);
}

/* Where the source of the cursor's line is drawn. */
static struct area
source_area(const struct diff *d, const struct diff_row *here, struct area area)
{
	bool old = here && (here->sign == '-' || (here->sign != '+' && d->old_side));
	struct area side = d->sides ? half(area, old) : area;
	return area_part(side, 0, d->sides ? SIDES_TEXT : UNIFIED_TEXT, side.rows, side.cols);
}

void
diff_draw(struct view *view, struct area area, bool focus)
{
	struct diff *d = diff_of(view);
	struct list *list = &d->list;
	char old[110], new[110];
	bool renamed = d->old_path.len && d->new_path.len && !str_eq(d->old_path, d->new_path);
	struct codeline line;

	diff_follow_options(d);
	diff_expand_step(d);
	diff_follow_moves(d);
	snprintf(list->title, sizeof list->title, _("DIFF %s%s%s  %.*s to %.*s"),
	    show_in(old, sizeof old, d->old_path.len ? d->old_path : d->new_path), renamed ? _(" now ") : "",
	    renamed ? show_in(new, sizeof new, d->new_path) : "", STR_ARG(d->base), STR_ARG(d->reading));
	say_counts(d);
	const struct diff_row *here = diff_row_at(d, list->scroll.cursor);
	struct area source = source_area(d, here, area);
	size_t column = 0;
	bool on_line = here && diff_line(d, here, &line);
	if (on_line && source.cols > 5) {
		column = codeline_column(&line, d->column, area.grid->ascii);
		if (column < d->left)
			d->left = column;
		if (column + 4 > d->left + (size_t)source.cols)
			d->left = column + 4 - (size_t)source.cols;
	}
	list_draw(list, area, focus, d->layout.count, draw_row,
	    list->note[0] ? list->note : _("No line differs."), _("Enter opens the file."));
	if (focus && on_line)
		area_cursor(
		    source, 1 + (int)(list->scroll.cursor - list->scroll.top), (int)(column - d->left));
}
