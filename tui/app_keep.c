/* What the desk keeps for its person between visits: options, keys, and where they left. */

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
	struct app *app = ctx;

	if (answer->kind != ANSWER_FAIL)
		return;
	failed(app, _("This could not be kept"), answer);
	buf_clear(&app->kept); /* to be tried again */
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
	app->grid.theme = (enum theme)app->options.value[OPTION_THEME];
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

/* ---- keys ---- */

/* The lines as they are, but for that of this view and action. */
static int
lines_without(const struct app *app, struct str view, struct str action, struct buf *out)
{
	struct str rest = buf_view(&app->mapped), line;
	int r = 0;

	while (r == 0 && str_next(&rest, '\n', &line)) {
		struct str other = line, its_view, its_action;
		bool same = str_next(&other, ' ', &its_view) && str_next(&other, ' ', &its_action) &&
		    str_eq(view, its_view) && str_eq(action, its_action);
		if (!same && line.len)
			r = buf_printf(out, "%.*s\n", STR_ARG(line));
	}
	return r;
}

/* The map with this line, or where it names no keys without one; ERR_USAGE if it does not hold, or there is none. */
static int
map_with(const struct app *app, struct str words, struct buf *lines, struct keymap *map)
{
	struct str keys = words, view = STR(""), action = STR("");

	bool named = str_next(&keys, ' ', &view) && str_next(&keys, ' ', &action);
	int r = lines_without(app, view, action, lines);
	if (r < 0)
		return r;
	keymap_read(map, buf_view(lines));
	if (named && keys.len == 0 && lines->len < app->mapped.len)
		return 0;
	r = keymap_line(map, words);
	return r == 0 ? buf_printf(lines, "%.*s\n", STR_ARG(words)) : r;
}

int
app_try_map(const struct app *app, struct str words)
{
	struct buf lines = BUF((size_t)64 * 1024);
	struct keymap map = { 0 };

	int r = map_with(app, words, &lines, &map);
	keymap_release(&map);
	buf_release(&lines);
	return r;
}

void
app_map(struct app *app, struct str words)
{
	struct buf lines = BUF((size_t)64 * 1024);
	struct keymap map = { 0 };

	if (map_with(app, words, &lines, &map) < 0) {
		app_say(app, INK_WARN, "%s", err_text());
		keymap_release(&map);
		buf_release(&lines);
		return;
	}
	keymap_release(&app->keymap);
	buf_release(&app->mapped);
	app->keymap = map;
	app->mapped = lines;
	keep(app, "keys", &app->mapped);
	app_say(app, INK_TEXT, _("Mapped; ? shows the keys as they are now."));
}

static void
take_keys(void *ctx, const struct answer *answer)
{
	struct app *app = ctx;

	if (answer->kind != ANSWER_DONE || json_get_foreign(answer->json, "text", &app->mapped) < 0)
		return;
	size_t bad = keymap_read(&app->keymap, buf_view(&app->mapped));
	if (bad)
		app_say(app, INK_WARN,
		    ngettext("%zu line of your keys does not hold: %s",
			"%zu lines of your keys do not hold: %s", bad),
		    bad, err_text());
}

/* ---- where they left ---- */

void
app_keep_left(struct app *app)
{
	struct buf text = BUF((size_t)64 * 1024);

	bool known = app->model.reading != SIZE_MAX && left_write(app, &text) == 0;
	if (!known || str_eq(buf_view(&text), buf_view(&app->kept))) {
		buf_release(&text);
		return;
	}
	keep(app, "left", &text);
	buf_release(&app->kept);
	app->kept = text;
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
	ask(app, "keys", take_keys);
	ask(app, "left", take_left);
}
