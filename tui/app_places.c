/* Places gone to and come from: the jump list, and where definitions were asked for. */

#include "tui/app.h"
#include "tui/text.h"

static bool
same_line(struct place a, struct place b)
{
	return a.line == b.line && str_eq(a.path, b.path) && str_eq(a.release, b.release);
}

static void
remember(struct place *list, size_t *count, struct place place)
{
	if (place.path.len == 0 || (*count > 0 && same_line(list[*count - 1], place)))
		return;
	if (*count == JUMPS_MAX) {
		memmove(list, list + 1, (JUMPS_MAX - 1) * sizeof *list);
		--*count;
	}
	list[(*count)++] = place;
}

void
app_show(struct app *app, struct place place)
{
	struct place from = app_place(app);

	place.release = app_intern(app, place.release);
	place.path = app_intern(app, place.path);
	seen_add(&app->seen, place.release, place.path);
	app->jump_count = app->jump_at < app->jump_count ? app->jump_at : app->jump_count;
	remember(app->jumps, &app->jump_count, from);
	app->jump_at = app->jump_count;
	if (!app_reading(app)) {
		for (size_t i = app->depth; i-- > 0;)
			if (!app->stack[i].view) {
				app->stack[i].place = from;
				break;
			}
		app_push(app, NULL);
	}
	app->focus = PANE_CODE;
	code_show(app->panes[PANE_CODE], place);
	files_reveal(app->panes[PANE_FILES], place.path);
	app->dirty = true;
}

/* Goes to a remembered place and adds none. */
static void
go(struct app *app, struct place place)
{
	while (!app_reading(app))
		app_back(app);
	app->focus = PANE_CODE;
	code_show(app->panes[PANE_CODE], place);
	files_reveal(app->panes[PANE_FILES], place.path);
}

void
app_jump_back(struct app *app)
{
	struct place here = app_place(app);

	if (app->jump_at == 0) {
		app_say(app, INK_TEXT, _("No place before this one."));
		return;
	}
	if (app->jump_at == app->jump_count) {
		remember(app->jumps, &app->jump_count, here);
		app->jump_at = app->jump_count - 1;
		if (!same_line(app->jumps[app->jump_at], here) || app->jump_at == 0)
			return;
	}
	go(app, app->jumps[--app->jump_at]);
}

void
app_jump_forward(struct app *app)
{
	if (app->jump_at + 1 >= app->jump_count)
		app_say(app, INK_TEXT, _("No place to go forward to."));
	else
		go(app, app->jumps[++app->jump_at]);
}

void
app_pop(struct app *app)
{
	if (app->tag_count == 0)
		app_say(app, INK_TEXT, _("No definition was asked for."));
	else
		go(app, app->tags[--app->tag_count]);
}

void
app_tag(struct app *app)
{
	remember(app->tags, &app->tag_count, app_place(app));
}
