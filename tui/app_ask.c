/* What the desk asks of the room on its own: releases, threads, what changed, what was skipped. */

#include "tui/app.h"

#include <stdio.h>
#include <time.h>

static void
failed(struct app *app, const char *what, const struct answer *answer)
{
	char shown[300];

	if (answer->code != ERR_CANCELLED)
		app_say(app, INK_BAD, "%s: %s", what, show_in(shown, sizeof shown, str_from(answer->why)));
}

static uint64_t
ask(struct app *app, const char *question, orders_take *take)
{
	json_t *json = json_pack("{s:s}", "ask", question);
	uint64_t id = orders_json(app->orders, MSG_ASK, json, take, app);

	json_decref(json);
	return id;
}

/* ---- the first screen ---- */

/* Threads first, then lines: what is worth a look. */
static uint64_t
weight(const struct model *model, const struct change *change)
{
	uint64_t weight = change->added + change->removed;

	for (size_t i = 0; i < model->thread_count; i++)
		weight += str_eq(model->threads[i].path, change->new_path) ? 1000000 : 0;
	return weight;
}

/* Once all is known the first screen shows a file that changed, if any did; an open file gets its marks. */
static void
show_first(struct app *app)
{
	const struct model *model = &app->model;
	const struct change *most = NULL;

	code_reload_marks(app->panes[PANE_CODE]);
	if (app->layout.other)
		code_reload_marks(app->layout.other);
	if (code_source(app->panes[PANE_CODE]))
		return;
	for (size_t i = 0; i < model->change_count; i++) {
		const struct change *change = &model->changes[i];
		if (change->old_path.len && change->new_path.len &&
		    (!most || weight(model, change) > weight(model, most)))
			most = change;
	}
	if (!most || !model->threads_known)
		return;
	struct place place = { app_intern(app, model_reading(&app->model)), app_intern(app, most->new_path),
		1, 0, 0 };
	code_show(app->panes[PANE_CODE], place);
	files_reveal(app->panes[PANE_FILES], place.path);
}

bool
app_asks_threads(const struct app *app)
{
	return orders_runs(app->orders, app->threads_order);
}

bool
app_asks_first(const struct app *app)
{
	return !code_source(app->panes[PANE_CODE]) &&
	    (app_asks_threads(app) || orders_runs(app->orders, app->changes_order));
}

/* ---- threads ---- */

static void
take_threads(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;

	if (answer->kind == ANSWER_JSON)
		model_add_thread(&app->model, answer->json);
	else if (answer->kind == ANSWER_FAIL && answer->code != ERR_ABSENT)
		failed(app, "threads", answer);
	else if (answer->kind == ANSWER_DONE) {
		app->model.threads_known = true;
		files_mark(app->panes[PANE_FILES]);
		show_first(app);
	}
}

void
app_ask_threads(struct app *app)
{
	orders_cancel(app->orders, app->threads_order); /* else what is on its way would be added twice */
	model_clear_threads(&app->model);
	app->threads_order = ask(app, "threads", take_threads);
}

/* ---- a release ---- */

static void
take_changes(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;

	switch (answer->kind) {
	case ANSWER_AGAIN:
		app->model.change_count = app->model.moved_count = 0;
		return;
	case ANSWER_ROW:
		model_add_change(&app->model, answer->row);
		return;
	case ANSWER_DONE:
		app->model.changes_known = true;
		files_mark(app->panes[PANE_FILES]);
		show_first(app);
		return;
	case ANSWER_FAIL:
		failed(app, "changes", answer);
		return;
	default:
		return;
	}
}

static void
take_skipped(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;

	if (answer->kind == ANSWER_AGAIN)
		app->model.skipped_count = 0;
	else if (answer->kind == ANSWER_ROW)
		model_add_skipped(&app->model, answer->row);
	else if (answer->kind == ANSWER_DONE)
		files_mark(app->panes[PANE_FILES]);
	else if (answer->kind == ANSWER_FAIL && answer->code != ERR_ABSENT)
		failed(app, "what was skipped", answer);
}

static void
ask_release(struct app *app)
{
	struct order skipped = { .verb = VERB_SKIPPED };
	struct order diff = { .verb = VERB_DIFF_FILES };

	model_clear_changes(&app->model);
	if (model_base(&app->model).len) {
		row_set(&diff.args, F_RELEASE, model_pair(&app->model));
		row_set_num(&diff.args, F_FLAGS, ORDER_COUNTS | ORDER_MOVED);
		app->changes_order = orders_read(app->orders, &diff, take_changes, app);
	} else
		app->model.changes_known = true;
	row_set(&skipped.args, F_RELEASE, model_reading(&app->model));
	orders_read(app->orders, &skipped, take_skipped, app);
}

void
app_read_release(struct app *app, struct str release, struct str base)
{
	struct place place = app_place(app);

	app->model.reading = model_find_release(&app->model, release);
	app->model.base = base.len ? model_find_release(&app->model, base) : SIZE_MAX;
	orders_cancel_of(app->orders, app);
	app_ask_threads(app);
	ask_release(app);
	files_reload(app->panes[PANE_FILES]);
	if (place.path.len) {
		place.release = app_intern(app, release);
		code_show(app->panes[PANE_CODE], place);
	}
	if (app->layout.other) {
		place = code_place(app->layout.other);
		place.release = app_intern(app, release);
		code_show(app->layout.other, place);
	}
	app->dirty = true;
}

static void
take_releases(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;
	const struct model *model = &app->model;

	if (answer->kind == ANSWER_JSON)
		model_add_release(&app->model, answer->json);
	else if (answer->kind == ANSWER_FAIL && answer->code != ERR_ABSENT)
		failed(app, "releases", answer);
	else if (answer->kind == ANSWER_DONE || answer->kind == ANSWER_FAIL) {
		size_t count = model->release_count;
		app->ready = true;
		drafts_ask(app, false);
		if (count == 0)
			lobby_open(app);
		else if (!left_read(app, buf_view(&app->left)))
			app_read_release(app, model->releases[count - 1].name,
			    count > 1 ? model->releases[count - 2].name : STR(""));
		buf_clear(&app->left);
	}
}

void
app_start(struct app *app, const json_t *opened)
{
	model_opened(&app->model, opened);
	app->since = (int64_t)time(NULL);
	model_clear_releases(&app->model);
	app_ask_kept(app); /* first: the first screen is to look as it will */
	ask(app, "releases", take_releases);
	app->dirty = true;
}

void
app_event(void *ctx, const json_t *event)
{
	struct app *app = ctx;
	char why[300];

	app_say(app, INK_WARN, "%s", show_in(why, sizeof why, json_str(event, "why")));
}
