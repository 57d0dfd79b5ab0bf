/* Blocks that moved, within the file and to another one, and the way to where they went. */

#include "tui/diff.h"

#include "base/mem.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

/* Rows of one sign, by their lines. */
struct side {
	char sign;
	size_t *rows;
	size_t count;
};

static struct side
side_of(const struct diff *d, char sign)
{
	struct side side = { .sign = sign, .rows = mem_alloc((d->count + 1) * sizeof *side.rows) };

	for (size_t i = 0; i < d->count; i++)
		if (d->rows[i].sign == sign)
			side.rows[side.count++] = i;
	return side;
}

static uint64_t
line_of(const struct diff *d, const struct side *side, size_t at)
{
	const struct diff_row *r = &d->rows[side->rows[at]];
	return side->sign == '+' ? r->new_line : r->old_line;
}

/* The block's lines, which begin at `first` here, stand in the other file from `line` on. */
static void
mark(struct diff *d, const struct side *side, uint64_t first, uint64_t lines, struct str path, uint64_t line)
{
	size_t low = 0, high = side->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (line_of(d, side, mid) < first)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < side->count && line_of(d, side, low) - first < lines; low++) {
		struct diff_row *r = &d->rows[side->rows[low]];
		if (r->moved)
			continue;
		r->moved = line + (line_of(d, side, low) - first);
		r->moved_path = path;
	}
}

/* What the model knows of the file's blocks, as long as it is of the same two releases.  False: nothing yet. */
static bool
learn(struct diff *d)
{
	struct app *app = d->list.view.app;
	const struct model *model = &app->model;

	if (d->moves_known || !model->changes_known || !str_eq(model_base(model), d->base) ||
	    !str_eq(model_reading(model), d->reading))
		return d->moves_known;
	for (size_t i = 0; i < model->moved_count; i++) {
		struct moved is = model->moved[i];
		if (!str_eq(is.old_path, d->old_path) && !str_eq(is.new_path, d->new_path))
			continue;
		is.old_path = app_intern(app, is.old_path);
		is.new_path = app_intern(app, is.new_path);
		d->moves = list_grow(d->moves, d->move_count, sizeof *d->moves);
		d->moves[d->move_count++] = is;
	}
	d->moves_why = app_intern(app, model->moved_why);
	d->moves_known = true;
	return true;
}

void
diff_pair_rows(struct diff *d)
{
	d->moved = diff_pair(d->rows, d->count);
	if (!learn(d) || d->move_count == 0)
		return;
	struct side old = side_of(d, '-'), new = side_of(d, '+');
	for (size_t i = 0; i < d->move_count; i++) {
		const struct moved *is = &d->moves[i];
		if (str_eq(is->old_path, d->old_path))
			mark(d, &old, is->old_line, is->lines, is->new_path, is->new_line);
		if (str_eq(is->new_path, d->new_path))
			mark(d, &new, is->new_line, is->lines, is->old_path, is->old_line);
	}
	free(old.rows);
	free(new.rows);
}

void
diff_follow_moves(struct diff *d)
{
	if (d->list.done && !d->moves_known && learn(d))
		diff_pair_rows(d);
}

bool
diff_begins_block(const struct diff *d, const struct diff_row *r)
{
	const struct diff_row *before = r > d->rows ? r - 1 : NULL;

	return r->moved &&
	    !(before && before->sign == r->sign && before->moved + 1 == r->moved &&
		str_eq(before->moved_path, r->moved_path));
}

int
diff_say_moved(const struct diff_row *r, char *out, size_t size)
{
	char shown[300];
	unsigned long long line = r->moved;

	if (!r->moved_path.len)
		return snprintf(
		    out, size, r->sign == '+' ? _("moved from line %llu") : _("moved to line %llu"), line);
	return snprintf(out, size, r->sign == '+' ? _("moved from %s:%llu") : _("moved to %s:%llu"),
	    show_in(shown, sizeof shown, r->moved_path), line);
}

/* The file's difference in which the block is on the other side. */
static void
open_other(struct view *view, const struct diff_row *r)
{
	const struct model *model = &view->app->model;
	bool old = r->sign == '+';

	for (size_t i = 0; i < model->change_count; i++) {
		const struct change *c = &model->changes[i];
		if (!str_eq(old ? c->old_path : c->new_path, r->moved_path))
			continue;
		diff_open_to(
		    view->app, (struct diff_to){ c->old_path, c->new_path, .line = r->moved, .old = old });
		return;
	}
}

void
diff_go_moved(struct view *view)
{
	struct diff *d = diff_of(view);
	const struct diff_row *here = diff_here(view);

	char shown[200];

	if (here && !here->moved && d->moves_why.len)
		app_say(view->app, INK_WARN, "%s", show_in(shown, sizeof shown, d->moves_why));
	else if (!here || !here->moved)
		app_say(view->app, INK_TEXT, _("This line did not move; ~ marks those that did."));
	else if (here->moved_path.len)
		open_other(view, here);
	else {
		d->go_old = here->sign == '+';
		d->go_line = here->moved;
		if (d->sides)
			d->old_side = d->go_old;
		diff_go_to_line(d);
	}
}
