/* The room: its releases, of which two are chosen, and what holds it. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *
human(uint64_t bytes, char out[static 24])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t unit = 0;
	double value = (double)bytes;

	while (value >= 1000 && unit < 4)
		value /= 1000, unit++;
	snprintf(out, 24, unit && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return out;
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct model *model = &list->view.app->model;
	const struct rel *rel = &model->releases[at];
	char size[24];
	const char *role = at == model->reading ? _("read") : at == model->base ? _("compared") : "";

	area_words(area, row, 1, PEN(INK_GOOD, ground), role);
	area_cut(area, row, 11, 18, PEN(INK_TITLE, ground), rel->name);
	area_cut(area, row, 30, 10, PEN(INK_TEXT, ground), rel->kind);
	if (area.cols < 67)
		return;
	area_printf(area, row, 40, PEN(INK_TEXT, ground), _("%8llu files %9s"),
	    (unsigned long long)rel->files, human(rel->bytes, size));
	area_cut(area, row, 67, 12, PEN(INK_DIM, ground),
	    (struct str){ rel->commit.data, rel->commit.len < 12 ? rel->commit.len : 12 });
	if (rel->imported.len >= 16)
		area_printf(area, row, 81, PEN(INK_DIM, ground), "%.10s %.5s", rel->imported.data,
		    rel->imported.data + 11);
}

static int
draw_fact(struct area area, int row, const char *what, const char *words)
{
	area_words(area, row, 1, PEN(INK_DIM, GROUND_NONE), what);
	area_cut(area, row, 11, area.cols - 11, PEN(INK_TEXT, GROUND_NONE), str_from(words));
	return row + 1;
}

/* Since when the desk is open, and when the visit began that it is part of, where one was opened. */
static int
draw_visit(const struct app *app, struct area area, int row)
{
	int64_t now = (int64_t)time(NULL), minutes = (now - app->since) / 60;
	char words[160], ago[32];
	int n = snprintf(words, sizeof words, _("the desk is open for %lld:%02lld"),
	    (long long)(minutes / 60), (long long)(minutes % 60));

	if (app->visit.len && n > 0)
		snprintf(words + n, sizeof words - (size_t)n, _("; the visit was opened %s"),
		    time_ago(app->visit, now, ago));
	return draw_fact(area, row, _("visit"), words);
}

/* What is known of the room, below the releases; as many lines as there is room for. */
static void
draw_facts(const struct app *app, struct area area)
{
	const struct model *model = &app->model;
	char words[300] = "", shown[3][100];
	size_t at = 0;
	int row = 1;

	for (size_t s = 0; s < THREAD_STATES; s++) {
		size_t count = 0;
		for (size_t i = 0; i < model->thread_count; i++)
			count += str_is(model->threads[i].state, thread_states[s]);
		if (count && at < sizeof words - 40)
			at += (size_t)snprintf(words + at, sizeof words - at, "%s%zu %s", at ? ", " : "",
			    count, thread_states[s]);
	}
	row = draw_fact(area, row, _("threads"), at ? words : _("none yet"));
	snprintf(words, sizeof words, _("%s (%s), key %s"), show_in(shown[0], 100, model->person),
	    show_in(shown[1], 100, model->role), show_in(shown[2], 100, model->key));
	row = draw_fact(area, row, _("you are"), words);
	snprintf(words, sizeof words, "%s%s", show_in(shown[0], 100, model->host),
	    model->practice ? _("; a practice room: its keeper runs as you") : "");
	row = draw_fact(area, row, _("host"), words);
	snprintf(words, sizeof words, _("%llu records, head %.20s..."), (unsigned long long)model->size,
	    show_in(shown[0], 100, model->root));
	row = draw_fact(area, row, _("ledger"), words);
	row = draw_fact(area, row, _("slip"), show_in(words, sizeof words, model->slip));
	row = draw_visit(app, area, row);
	row = draw_fact(area, row, _("seal"),
	    !model->sealed ? _("NOT every layer holds, see carrel selftest")
		: str_is(model->seal, "sealed: no way out")
		? _("namespaces, Landlock and seccomp hold in every process: no way out")
		: show_in(words, sizeof words, model->seal));
	draw_fact(area, row, _("at rest"),
	    str_is(model->disk, "encrypted")   ? _("an encrypted disk")
		: str_is(model->disk, "plain") ? _("a disk that is NOT encrypted")
					       : _("on what disk is not known"));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct list *list = list_of(view);
	const struct model *model = &view->app->model;
	char shown[100];
	int facts = area.rows > 15 ? 10 : 0;
	int rows = area.rows - facts < (int)model->release_count + 5 ? area.rows - facts
								     : (int)model->release_count + 5;

	list->done = true;
	snprintf(list->title, sizeof list->title, _("RELEASES OF %s"),
	    show_in(shown, sizeof shown, model->product));
	snprintf(list->note, sizeof list->note, "%zu", model->release_count);
	list_draw(list, area_part(area, 0, 0, rows, area.cols), focus, model->release_count, draw_row,
	    _("No release yet."), _("The host brings one in: carrel import SOURCE"));
	if (facts)
		draw_facts(view->app, area_part(area, rows, 0, area.rows - rows, area.cols));
}

void
release_read(struct app *app, size_t at)
{
	const struct model *model = &app->model;
	struct str base = at > 0 && at <= model->release_count ? model->releases[at - 1].name : STR("");

	if (at >= model->release_count)
		return;
	if (model->base != SIZE_MAX && model->base != at && model->base < at)
		base = model_base(model);
	struct str release = app_intern(app, model->releases[at].name);
	base = app_intern(app, base);
	app_read_release(app, release, base);
	app_focus(app, PANE_FILES);
}

static void
read_it(struct view *view)
{
	struct app *app = view->app;
	size_t at = list_of(view)->scroll.cursor;

	app_close(app, view);
	release_read(app, at);
}

static void
compare(struct view *view)
{
	struct app *app = view->app;
	const struct model *model = &app->model;
	size_t at = list_of(view)->scroll.cursor;

	if (at >= model->release_count)
		return;
	if (at == model->reading)
		app_say(app, INK_TEXT, _("That is the release you read; choose another to compare it with."));
	else
		app_read_release(app, model_reading(model), model->releases[at].name);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return buf_str(out, view->app->model.releases[row].name);
}

static const struct handler handlers[] = { { ACT_OPEN, read_it }, { ACT_COMPARE, compare },
	{ ACT_NONE, NULL } };

const struct view_ops lobby_ops = {
	LIST_VIEW,
	.kind = VIEW_LOBBY,
	.free = list_free,
};

static void
take_status(void *ctx, const struct answer *answer)
{
	struct list *list = ctx;

	if (answer->kind == ANSWER_JSON && json_str(answer->json, "slip").len)
		model_status(&list->view.app->model, answer->json);
	list->view.app->dirty = true;
}

/* The last visit that the person opened, until it was closed. */
static void
take_visit(void *ctx, const struct answer *answer)
{
	struct list *list = ctx;
	struct app *app = list->view.app;

	if (answer->kind == ANSWER_JSON && str_eq(json_str(answer->json, "actor"), app->model.person)) {
		bool opened = str_is(json_str(json_object_get(answer->json, "payload"), "what"), "open");
		app->visit = opened ? app_intern(app, json_str(answer->json, "time")) : STR("");
	}
	app->dirty = true;
}

static void
ask_now(struct list *list)
{
	struct orders *orders = list->view.app->orders;
	json_t *status = json_pack("{s:s}", "ask", "status"),
	       *visits = json_pack("{s:s,s:s,s:b}", "ask", "log", "type", "visit", "mine", 1);

	orders_json(orders, MSG_ASK, status, take_status, list);
	orders_json(orders, MSG_ASK, visits, take_visit, list);
	json_decref(status);
	json_decref(visits);
}

void
lobby_open(struct app *app)
{
	if (app_top(app)->ops == &lobby_ops)
		return;
	struct list *list = list_open(&lobby_ops, app);
	ask_now(list);
	if (app->model.reading != SIZE_MAX)
		list->scroll.cursor = app->model.reading;
	list->scroll.count = app->model.release_count;
}
