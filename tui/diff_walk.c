/* From file to file through all that changed between the two releases. */

#include "tui/diff.h"

#include "tui/text.h"

size_t
diff_file(const struct diff *d)
{
	const struct model *model = &d->list.view.app->model;
	size_t at = 0;

	while (at < model->change_count &&
	    !(str_eq(model->changes[at].new_path, d->new_path) &&
		str_eq(model->changes[at].old_path, d->old_path)))
		at++;
	return at;
}

static void
open_change(struct view *view, size_t at, int go_change)
{
	struct app *app = view->app;
	const struct change *c = &app->model.changes[at];

	app_close(app, view);
	diff_open_to(app, (struct diff_to){ c->old_path, c->new_path, .change = go_change });
	app_say(app, INK_TEXT, _("File %zu of %zu that changed."), at + 1, app->model.change_count);
}

void
diff_walk(struct view *view, int step, int go_change)
{
	struct app *app = view->app;
	size_t count = app->model.change_count, at = diff_file(diff_of(view));

	if (at == count || (step > 0 ? at + 1 >= count : at == 0))
		app_say(app, INK_TEXT,
		    step > 0 ? _("That was the last file that changed.")
			     : _("That was the first file that changed."));
	else
		open_change(view, step > 0 ? at + 1 : at - 1, go_change);
}

static void
walk_unread(struct view *view, int step)
{
	struct app *app = view->app;
	size_t count = app->model.change_count, at = diff_file(diff_of(view));

	for (size_t n = 1; n < count && at < count; n++) {
		size_t next = (at + (step > 0 ? n : count - n)) % count;
		if (seen_change(&app->seen, &app->model, next))
			continue;
		open_change(view, next, 1);
		return;
	}
	app_say(app, INK_TEXT, _("You have had every file that changed on the screen."));
}

void
diff_next_unread(struct view *view)
{
	walk_unread(view, 1);
}

void
diff_prev_unread(struct view *view)
{
	walk_unread(view, -1);
}
