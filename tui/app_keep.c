/* What the desk keeps for its person between visits: options, and where they left. */

#include "tui/app.h"

#include "tui/text.h"

static void
failed(struct app *app, const char *what, const struct answer *answer)
{
	char shown[300];

	app_say(app, INK_BAD, "%s: %s", what, show_in(shown, sizeof shown, str_from(answer->why)));
}

static json_t *
order_of(const char *order, const char *name)
{
	return json_pack("{s:s,s:s}", "note", order, "name", name);
}

static void
take_kept(void *ctx, const struct answer *answer)
{
	if (answer->kind == ANSWER_FAIL)
		failed(ctx, _("This could not be kept"), answer);
}

static void
keep(struct app *app, const char *name, const struct buf *text)
{
	json_t *order = order_of("keep", name);

	if (order && json_set_foreign(order, "text", buf_view(text)) == 0)
		orders_json(app->orders, MSG_NOTE, order, take_kept, app);
	json_decref(order);
}

/* ---- options ---- */

/* What an option is to the desk as a whole; views look at theirs when they draw. */
static void
apply(struct app *app)
{
	app->mouse = app->options.value[OPTION_MOUSE];
	app->grid.ascii = app->terminal_ascii || app->options.value[OPTION_ASCII];
	app->redraw = app->dirty = true;
}

void
app_options_changed(struct app *app)
{
	struct buf text = BUF(4096);

	apply(app);
	if (options_write(&app->options, &text) == 0)
		keep(app, "options", &text);
	buf_release(&text);
}

void
app_set(struct app *app, struct str words)
{
	enum desk_option which;
	char text[16];

	if (options_set(&app->options, words, &which) < 0) {
		app_say(app, INK_WARN, "%s", err_text());
		return;
	}
	app_options_changed(app);
	app_say(app, INK_TEXT, _("%s is %s."), option_name(which), option_text(&app->options, which, text));
}

static void
take_options(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;
	struct buf text = BUF((size_t)64 * 1024);

	if (answer->kind == ANSWER_FAIL && answer->code != ERR_ABSENT)
		failed(app, _("Your options could not be read"), answer);
	if (answer->kind == ANSWER_DONE && json_get_foreign(answer->json, "text", &text) == 0) {
		options_read(&app->options, buf_view(&text));
		apply(app);
	}
	buf_release(&text);
}

/* ---- where they left ---- */

void
app_keep_left(struct app *app)
{
	struct buf text = BUF((size_t)64 * 1024);

	if (app->model.reading != SIZE_MAX && left_write(app, &text) == 0)
		keep(app, "left", &text);
	buf_release(&text);
}

static void
take_left(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;

	if (answer->kind == ANSWER_DONE && json_get_foreign(answer->json, "text", &app->left) < 0)
		buf_clear(&app->left);
}

static void
ask(struct app *app, const char *name, orders_take *take)
{
	json_t *order = order_of("kept", name);

	orders_json(app->orders, MSG_NOTE, order, take, app);
	json_decref(order);
}

void
app_ask_kept(struct app *app)
{
	ask(app, "options", take_options);
	ask(app, "left", take_left);
}
