/*
 * Drafts lie in the person's notebook from the first keys on: what is written outlives the desk, however it ends.
 * A draft's text is the canonical JSON of its SAY order, as the keeper writes it too for words that it could not sign.
 */

#include "tui/compose.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

/* Outlives the writing that it is about: an answer may come when that is gone. */
struct saving {
	struct saving *next;
	struct app *app;
	struct compose *compose; /* NULL: gone */
	bool note;               /* no draft any more: the words are kept as a note */
	bool drop;               /* it is to be taken out of the notebook again */
};

static struct saving *
saving_new(struct compose *c)
{
	struct saving *saving = mem_new(struct saving);

	*saving = (struct saving){ .next = c->view.app->savings, .app = c->view.app, .compose = c };
	c->view.app->savings = saving;
	c->saving = saving;
	return saving;
}

static void
saving_free(struct saving *saving)
{
	struct saving **at = &saving->app->savings;

	while (*at != saving)
		at = &(*at)->next;
	*at = saving->next;
	if (saving->compose)
		saving->compose->saving = NULL;
	free(saving);
}

void
drafts_release(struct app *app)
{
	while (app->savings)
		saving_free(app->savings);
}

static void
ignore(void *ctx, const struct answer *answer)
{
	(void)ctx;
	(void)answer;
}

static void
drop_note(struct app *app, const char *id)
{
	json_t *order = json_pack("{s:s,s:s}", "note", "drop", "id", id);

	if (order)
		orders_json(app->orders, MSG_NOTE, order, ignore, &app->drafts_before);
	json_decref(order);
}

static void
not_saved(struct saving *saving, const char *why)
{
	struct app *app = saving->app;
	struct compose *c = saving->compose;
	char shown[400];

	show_in(shown, sizeof shown, str_from(why));
	if (c)
		c->saved = 0;
	if (saving->note) {
		app_say(app, INK_BAD, _("Not kept, your words are still here: %s"), shown);
		if (c)
			c->ended = false;
	} else if (!app->told_unsaved)
		app_say(app, INK_BAD, _("The draft is not saved, your words are still here: %s"), shown);
	app->told_unsaved = true;
}

static void
saved(struct saving *saving, const json_t *done)
{
	struct app *app = saving->app;
	struct compose *c = saving->compose;
	char id[33];

	app->told_unsaved = false;
	snprintf(id, sizeof id, "%.*s", STR_ARG(json_str(done, "id")));
	if (saving->drop)
		drop_note(app, id);
	if (!c)
		return;
	memcpy(c->note, id, sizeof id);
	if (saving->note) {
		app_say(app, INK_GOOD, _("Kept in your notebook; nobody else can read it."));
		app_close(app, &c->view);
	}
}

static void
take_saved(void *ctx, const struct answer *answer)
{
	struct saving *saving = ctx;
	struct compose *c = saving->compose;

	if (answer->kind == ANSWER_DONE)
		saved(saving, answer->json);
	else if (answer->kind == ANSWER_FAIL)
		not_saved(saving, answer->why);
	else
		return;
	bool note = saving->note, again = answer->kind == ANSWER_DONE && saving->compose;
	saving_free(saving);
	if (again && !note)
		draft_changed(c);
}

static bool
send(struct compose *c, struct saving *saving, const char *kind, struct str name, struct str text)
{
	json_t *order = json_pack("{s:s,s:s}", "note", "save", "kind", kind);
	int r = order ? json_set_str(order, "text", text) : err_set(ERR_MEMORY, _("no memory"));

	if (r == 0)
		r = json_set_str(order, "name", name);

	if (r == 0 && c->note[0])
		r = json_set_str(order, "id", str_from(c->note));
	if (r == 0)
		orders_json(c->view.app->orders, MSG_NOTE, order, take_saved, saving);
	else
		not_saved(saving, err_text());
	json_decref(order);
	if (r < 0)
		saving_free(saving);
	return r == 0;
}

void
draft_save(struct compose *c)
{
	struct buf text = BUF((size_t)256 * 1024);

	if (c->saving || c->ended || c->saved == compose_revision(c))
		return;
	if (compose_empty(c)) {
		if (c->note[0])
			drop_note(c->view.app, c->note);
		c->note[0] = 0;
		c->saved = compose_revision(c);
		return;
	}
	struct saving *saving = saving_new(c);
	json_t *words = compose_words(c);
	int r = words ? json_write_canonical(&text, words) : ERR_MEMORY;
	json_decref(words);
	c->saved = compose_revision(c);
	if (r == 0)
		send(c, saving, "draft", STR(""), buf_view(&text));
	else {
		not_saved(saving, err_text());
		saving_free(saving);
	}
	buf_wipe(&text);
}

void
draft_changed(struct compose *c)
{
	uint64_t now = compose_revision(c);

	if (!c->view.app->pasting && (now >= c->saved + DRAFT_CHANGES || now < c->saved))
		draft_save(c);
}

void
draft_keep(struct compose *c, const char *kind, struct str name, struct str text)
{
	if (c->ended)
		return;
	if (c->saving) { /* not waited for; where it has no id yet it would be a second note */
		c->saving->drop = !c->note[0];
		c->saving->compose = NULL;
		c->saving = NULL;
	}
	c->ended = true;
	struct saving *saving = saving_new(c);
	saving->note = true;
	send(c, saving, kind, name, text);
}

void
draft_drop(struct compose *c)
{
	c->ended = true;
	if (c->saving)
		c->saving->drop = true;
	else if (c->note[0])
		drop_note(c->view.app, c->note);
}

void
draft_detach(struct compose *c)
{
	if (c->saving && c->note[0]) { /* on its way, and the same note: what came since follows it */
		c->saving->compose = NULL;
		c->saving = NULL;
	}
	draft_save(c);
	if (c->saving)
		c->saving->compose = NULL;
	c->saving = NULL;
}

bool
draft_kept(const struct compose *c)
{
	return (c->note[0] || c->saving) && c->saved == compose_revision(c);
}

/* ---- those of the visits before ---- */

static void
take_draft(void *ctx, const struct answer *answer)
{
	struct app *app = ((struct drafts_before *)ctx)->app;
	json_t *words = NULL;

	if (answer->kind != ANSWER_DONE || app->draft_count == DRAFTS_MAX)
		return;
	if (json_read(json_str(answer->json, "text"), &words) < 0)
		return;
	struct compose *c = compose_from(app, words);
	json_decref(words);
	if (!c)
		return;
	snprintf(c->note, sizeof c->note, "%.*s", STR_ARG(json_str(answer->json, "id")));
	app->drafts[app->draft_count++] = &c->view;
	app_say(app, INK_TEXT,
	    ngettext("%zu draft from before: the same key on the same place takes it up, go lists it.",
		"%zu drafts from before: the same key on the same place takes one up, go lists them.",
		app->draft_count),
	    app->draft_count);
}

static void
ask_draft(struct app *app, struct str id)
{
	json_t *order = json_pack("{s:s,s:s%}", "note", "load", "id", id.data, id.len);

	if (order)
		orders_json(app->orders, MSG_NOTE, order, take_draft, &app->drafts_before);
	json_decref(order);
}

static void
take_passphrase(void *ctx, struct app *app, struct str text)
{
	(void)ctx;
	if (text.len)
		orders_pass(app->orders, app->drafts_before.order, text);
	else
		orders_cancel(app->orders, app->drafts_before.order);
}

static void
take_list(void *ctx, const struct answer *answer)
{
	struct app *app = ((struct drafts_before *)ctx)->app;
	char label[64], shown[200];

	if (answer->kind == ANSWER_JSON)
		ask_draft(app, json_str(answer->json, "id"));
	else if (answer->kind == ANSWER_NEED && app->drafts_before.wanted) {
		snprintf(label, sizeof label, _("passphrase of %s's notebook:"),
		    show_in(shown, sizeof shown, json_str(answer->json, "name")));
		prompt_open(app, label, _("Enter alone gives up"), true, take_passphrase, NULL);
	} else if (answer->kind == ANSWER_NEED) {
		orders_cancel(app->orders, answer->id);
		app_say(app, INK_TEXT, _("Your notebook is locked: go opens it and lists the drafts."));
		app->drafts_before.locked = true;
	} else if (answer->kind == ANSWER_FAIL && answer->code != ERR_REFUSED && answer->code != ERR_ABSENT)
		app_say(app, INK_BAD, _("Your drafts could not be listed: %s"),
		    show_in(shown, sizeof shown, str_from(answer->why)));
}

void
drafts_ask(struct app *app, bool wanted)
{
	json_t *order = json_pack("{s:s,s:s}", "note", "list", "kind", "draft");

	app->drafts_before = (struct drafts_before){ .app = app, .wanted = wanted };
	if (order)
		app->drafts_before.order =
		    orders_json(app->orders, MSG_NOTE, order, take_list, &app->drafts_before);
	json_decref(order);
}
