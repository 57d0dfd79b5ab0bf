/* What was written is drafted by the keeper, shown, signed and recorded; or kept in the notebook. */

#include "tui/compose.h"

#include "tui/text.h"

#include <stdio.h>

static const char *const says[] = { "annotate", "reply", "state", "private" };

static int
place_words(const struct compose *c, json_t *say)
{
	int r = json_set_str(say, "release", c->target.place.release);

	if (r == 0)
		r = json_set_foreign(say, "path", c->target.place.path);
	if (r == 0 && c->target.first)
		r = json_set_num(say, "first", c->target.first);
	if (r == 0 && c->target.first)
		r = json_set_num(say, "last", c->target.last);
	return r;
}

json_t *
compose_words(const struct compose *c)
{
	static const char *const keys[] = { "kind", "title", "severity", "difficulty" };
	json_t *say = json_pack("{s:s}", "say", says[c->purpose]);
	bool placed = c->purpose == ANNOTATE || c->purpose == PRIVATE;
	int r = say ? 0 : err_set(ERR_MEMORY, _("no memory"));

	if (r == 0 && (c->purpose != STATE || editor_text(&c->text).len))
		r = json_set_str(say, "text", editor_text(&c->text));
	if (r == 0 && !placed)
		r = json_set_str(say, "thread", c->thread);
	if (r == 0 && c->purpose == STATE)
		r = json_set_str(say, "state", c->state);
	if (r == 0 && placed)
		r = place_words(c, say);
	for (enum slot f = SLOT_KIND; f < SLOT_TEXT && r == 0; f++) {
		const char *const *words = compose_choices(f);
		if (compose_has(c, f) && words)
			r = json_set_str(say, keys[f], str_from(words[c->choice[f]]));
		else if (compose_has(c, f) && editor_text(&c->title).len)
			r = json_set_str(say, keys[f], editor_text(&c->title));
	}
	if (r == 0)
		return say;
	json_decref(say);
	return NULL;
}

static size_t
chosen(enum slot slot, const json_t *words, const char *key)
{
	const char *const *list = compose_choices(slot);
	struct str word = json_str(words, key);

	for (size_t i = 0; list[i]; i++)
		if (str_is(word, list[i]))
			return i;
	return 0;
}

struct compose *
compose_from(struct app *app, const json_t *words)
{
	struct buf path = BUF(65536);
	struct compose like = { .purpose = ANNOTATE, .thread = STR(""), .state = STR("") };

	while (like.purpose <= PRIVATE && !str_is(json_str(words, "say"), says[like.purpose]))
		like.purpose++;
	if (like.purpose > PRIVATE)
		return NULL;
	like.target.place.path = STR("");
	if (json_get_foreign(words, "path", &path) == 0)
		like.target.place.path = app_intern(app, buf_view(&path));
	buf_release(&path);
	like.target.place.release = app_intern(app, json_str(words, "release"));
	like.target.first = like.target.place.line = json_num(words, "first");
	like.target.last = json_num(words, "last");
	like.thread = app_intern(app, json_str(words, "thread"));
	like.state = app_intern(app, json_str(words, "state"));
	like.choice[SLOT_KIND] = chosen(SLOT_KIND, words, "kind");
	like.choice[SLOT_SEVERITY] = chosen(SLOT_SEVERITY, words, "severity");
	like.choice[SLOT_DIFFICULTY] = chosen(SLOT_DIFFICULTY, words, "difficulty");
	struct compose *c = compose_new(app, &like);
	editor_set(&c->title, json_str(words, "title"));
	editor_set(&c->text, json_str(words, "text"));
	c->saved = compose_revision(c);
	return c;
}

/* ---- signing ---- */

static void
take_passphrase(void *ctx, struct app *app, struct str text)
{
	struct compose *c = ctx;

	if (text.len)
		orders_pass(app->orders, c->order, text);
	else {
		orders_cancel(app->orders, c->order);
		c->order = 0;
		app_say(app, INK_WARN, _("Not signed; your words are still here."));
	}
}

static void
take_need(struct compose *c, const json_t *need)
{
	char label[64], shown[40];

	if (str_is(json_str(need, "need"), "touch"))
		app_say(c->view.app, INK_WARN, _("Touch the token to sign."));
	else {
		snprintf(label, sizeof label, _("passphrase of %s:"),
		    show_in(shown, sizeof shown, json_str(need, "name")));
		prompt_open(c->view.app, label, _("Enter alone gives up"), true, take_passphrase, c);
	}
}

static void
signed_and_recorded(struct compose *c, const json_t *done)
{
	struct app *app = c->view.app;

	app_say(app, INK_GOOD, _("Signed and recorded: record %llu."),
	    (unsigned long long)json_num(done, "index"));
	c->order = 0;
	draft_drop(c);
	app_close(app, &c->view);
	app_ask_threads(app);
	if (app_top(app)->ops->kind == VIEW_THREAD)
		thread_refresh(app_top(app));
}

static void
take(void *ctx, const struct answer *answer)
{
	struct compose *c = ctx;
	struct app *app = c->view.app;
	char shown[400];

	switch (answer->kind) {
	case ANSWER_DRAFT:
		sign_open(app, answer->id, answer->data);
		return;
	case ANSWER_NEED:
		take_need(c, answer->json);
		return;
	case ANSWER_DONE:
		signed_and_recorded(c, answer->json);
		return;
	case ANSWER_FAIL:
		c->order = 0;
		while (app_top(app) != &c->view)
			app_back(app);
		app_say(
		    app, INK_BAD, _("Not signed: %s"), show_in(shown, sizeof shown, str_from(answer->why)));
		return;
	default:
		return;
	}
}

struct str
compose_label(struct app *app, const struct target *target)
{
	const struct place *place = &target->place;
	struct buf text = BUF(65536);
	char path[4096];

	int r =
	    buf_printf(&text, "%.*s:%s", STR_ARG(place->release), show_in(path, sizeof path, place->path));
	if (r == 0 && target->first)
		r = buf_printf(&text, ":%llu", (unsigned long long)target->first);
	if (r == 0 && target->last > target->first)
		r = buf_printf(&text, "-%llu", (unsigned long long)target->last);
	struct str out = r == 0 ? app_intern(app, buf_view(&text)) : STR("");
	buf_release(&text);
	return out;
}

void
compose_done(struct view *view)
{
	struct compose *c = (struct compose *)view;

	if (c->order)
		return;
	if (c->purpose != STATE && editor_text(&c->text).len == 0) {
		app_say(view->app, INK_WARN, _("Nothing is written yet."));
		c->focus = SLOT_TEXT;
		return;
	}
	if (compose_has(c, SLOT_SEVERITY) && editor_text(&c->title).len == 0) {
		app_say(view->app, INK_WARN, _("A finding needs a title."));
		c->focus = SLOT_TITLE;
		return;
	}
	if (c->purpose == PRIVATE) {
		draft_keep(c, "note", compose_label(view->app, &c->target), editor_text(&c->text));
		return;
	}
	draft_save(c);
	json_t *say = compose_words(c);
	if (!say) {
		app_say(view->app, INK_BAD, "%s", err_text());
		return;
	}
	c->order = orders_json(view->app->orders, MSG_SAY, say, take, c);
	json_decref(say);
}

/* A draft that was given up while it was shown: the words stay. */
void
compose_unsigned(struct view *view)
{
	if (view->ops->kind == VIEW_COMPOSE)
		((struct compose *)view)->order = 0;
}
