/* Places gone to and come from: the jump list, and where definitions were asked for. */

#include "tui/app.h"

#include "base/show.h"
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

/* ---- marks ---- */

static void
set_mark(struct app *app, int code)
{
	struct place here = app_place(app);

	if (code < 'a' || code > 'z')
		app_say(app, INK_TEXT, _("A mark is a letter from a to z."));
	else if (here.path.len == 0)
		app_say(app, INK_TEXT, _("No file is open."));
	else {
		app->marks[code - 'a'] = here;
		app_say(app, INK_TEXT, _("Marked; '%c comes back here, gj lists marks and places."), code);
	}
}

static void
go_mark(struct app *app, int code)
{
	if (code < 'a' || code > 'z')
		app_say(app, INK_TEXT, _("A mark is a letter from a to z."));
	else if (app->marks[code - 'a'].path.len == 0)
		app_say(app, INK_TEXT, _("Nothing is marked %c; gj lists what is."), code);
	else
		app_show(app, app->marks[code - 'a']);
}

void
app_mark(struct app *app)
{
	app->letter = set_mark;
	app_say(app, INK_TEXT, _("Mark this place: a letter from a to z."));
}

void
app_to_mark(struct app *app)
{
	app->letter = go_mark;
	app_say(app, INK_TEXT, _("To a mark: its letter."));
}

/* ---- the file that an include names ---- */

/* How much of the beginning of two paths is the same, in directories. */
static size_t
shared(struct str a, struct str b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
		n += a.data[i] == '/';
	return n;
}

static void
take_included(void *ctx, const struct answer *answer)
{
	struct app *app = ((struct view *)ctx)->app;
	struct place *best = &app->included_best;
	struct str from = app_place(app).path, path;
	char shown[200];

	if (answer->kind == ANSWER_ROW) {
		path = row_get(answer->row, F_PATH);
		size_t before = path.len - app->included.len;
		if (str_ends(path, app->included) && (before == 0 || path.data[before - 1] == '/') &&
		    (best->path.len == 0 || shared(path, from) > shared(best->path, from)))
			best->path = app_intern(app, path);
	} else if (answer->kind == ANSWER_FAIL && answer->code != ERR_ABSENT) {
		app_say(app, INK_BAD, "%s", show_in(shown, sizeof shown, str_from(answer->why)));
	} else if (answer->kind == ANSWER_DONE || answer->kind == ANSWER_FAIL) {
		if (best->path.len)
			app_show(app, *best);
		else
			app_say(app, INK_WARN, _("No file of this release is called %s."),
			    show_in(shown, sizeof shown, app->included));
	}
}

void
included_open(struct app *app, struct str name)
{
	struct order order = { .verb = VERB_FIND };

	while (str_starts(name, STR("../")) || str_starts(name, STR("./")))
		name = (struct str){ name.data + 1 + (name.data[1] == '.') + 1,
			name.len - 2 - (name.data[1] == '.') };
	if (name.len == 0)
		return;
	app->included = app_intern(app, name);
	app->included_best =
	    (struct place){ .release = model_reading(&app->model), .path = STR(""), .line = 1 };
	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	row_set(&order.args, F_PATTERN, app->included);
	row_set_num(&order.args, F_LIMIT, 50);
	orders_read(app->orders, &order, take_included, app->panes[PANE_CODE]);
}
