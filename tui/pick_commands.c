/* Choosing a command: the help of a view, the palette, options, states of a thread. */

#include "tui/match.h"
#include "tui/pick.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- help: what works in the view below ---- */

static struct str
keys_shown(struct pick *pick, const struct binding *b)
{
	return arena_str(&pick->list.arena, str_from(b->keys));
}

static void
fill_help(struct pick *pick)
{
	const struct keymap *map = &pick->list.view.app->keymap;
	size_t at;

	pick->count = 0;
	for (size_t i = 0; i < map->count; i++) {
		const struct binding *b = &map->rows[i];
		if (!(b->views >> pick->under & 1))
			continue;
		if (!match_part(str_from(_(b->words)), pick_typed(pick), &at) &&
		    !match_part(str_from(b->keys), pick_typed(pick), &at) &&
		    !match_part(str_from(b->name), pick_typed(pick), &at))
			continue;
		struct item *item = pick_add(pick);
		item->left = keys_shown(pick, b);
		item->right = str_from(_(b->words));
		item->action = b->action;
	}
	pick->list.done = true;
}

static void
accept_action(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	enum action action = item->action;
	const char *off = item->off;
	char why[200];

	if (off)
		snprintf(why, sizeof why, "%s", off);
	app_close(app, &pick->list.view);
	if (off)
		app_say(app, INK_TEXT, "%s", why);
	else
		app_act(app, action);
}

/* ---- "set NAME VALUE" and "map VIEW ACTION KEYS", typed in the palette ---- */

#define SET "set "

#define MAP "map "

/* What stands behind a command that takes words. */
static bool
behind(const struct pick *pick, const char *command, struct str *words)
{
	*words = pick_typed(pick);
	if (!str_starts(*words, str_from(command)))
		return false;
	*words = (struct str){ words->data + strlen(command), words->len - strlen(command) };
	return true;
}

static void
fill_options(struct pick *pick, struct str words)
{
	const struct options *now = &pick->list.view.app->options;
	struct str name = STR("");
	char value[16], text[128];

	str_next(&words, ' ', &name);
	pick->count = 0;
	for (enum desk_option i = 0; i < OPTION_COUNT; i++) {
		if (match_score(name, str_from(option_name(i))) < 0 && !str_starts(name, STR("no")))
			continue;
		struct item *item = pick_add(pick);
		snprintf(text, sizeof text, "%s %s  (%s)", option_name(i), option_text(now, i, value),
		    option_values(i));
		item->left = arena_str(&pick->list.arena, str_from(text));
		item->right = str_from(option_words(i));
		item->path = str_from(option_name(i));
	}
	pick->list.done = true;
}

/* What is typed, if it sets something; else the name of the option that is selected is completed. */
static void
accept_option(struct pick *pick, struct str words, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct options trial = app->options;
	char text[1200];
	enum desk_option which;

	if (options_set(&trial, words, &which) == 0) {
		app_set(app, words);
		app_close(app, &pick->list.view);
		return;
	}
	if (words.len > item->path.len)
		app_say(app, INK_WARN, "%s", err_text());
	snprintf(text, sizeof text, "%s%.*s ", SET, STR_ARG(item->path));
	editor_set(&pick->line, str_from(text));
	pick_refill(pick);
}

/* Whether it can be, while it is typed. */
static void
fill_map(struct pick *pick, struct str words)
{
	pick->count = 0;
	struct item *item = pick_add(pick);
	bool holds = app_try_map(pick->list.view.app, words) == 0;

	item->left = arena_str(&pick->list.arena, words);
	item->right = holds ? str_from(_("Enter maps it; no keys: as by default"))
			    : arena_str(&pick->list.arena, str_from(err_text()));
	item->off = holds ? NULL : item->right.data;
	pick->list.done = true;
}

/* ---- palette: every command, the best match first ---- */

static void
accept_command(struct pick *pick, const struct item *item)
{
	struct str words;

	if (behind(pick, SET, &words))
		accept_option(pick, words, item);
	else if (behind(pick, MAP, &words) && app_try_map(pick->list.view.app, words) == 0) {
		app_map(pick->list.view.app, words);
		app_close(pick->list.view.app, &pick->list.view);
	} else if (!behind(pick, MAP, &words))
		accept_action(pick, item);
}

/* "works in: code, diff", of the views that have the action. */
static const char *
works_in(struct pick *pick, enum action action)
{
	struct buf text = BUF(1000);
	const char *comma = "";
	unsigned views = 0;

	for (size_t i = 0; i < binding_count; i++)
		if (bindings[i].action == action)
			views |= bindings[i].views;
	int r = buf_text(&text, _("works in: "));
	for (int view = 0; view < VIEW_KINDS && r == 0; view++)
		if (views >> view & 1) {
			r = buf_printf(&text, "%s%s", comma, _(view_name((enum view_kind)view)));
			comma = ", ";
		}
	char *why = arena_copy(&pick->list.arena, (const char *)text.data, text.len + 1);
	why[text.len] = 0;
	buf_release(&text);
	return why;
}

/* Why a command that the view has can do nothing now; NULL: it can. */
static const char *
why_not(const struct app *app, enum action action)
{
	switch (action) {
	case ACT_CHANGES:
	case ACT_DIFF:
	case ACT_FUNCTIONS:
	case ACT_NEXT_CHANGE:
	case ACT_PREV_CHANGE:
	case ACT_NEXT_FILE:
	case ACT_PREV_FILE:
		return model_base(&app->model).len ? NULL
						   : _("there is no release to compare with; 5 chooses one");
	case ACT_FIND_FILE:
	case ACT_FIND_SYMBOL:
	case ACT_GREP:
	case ACT_SUSPICIOUS:
		return model_reading(&app->model).len ? NULL : _("there is no release yet");
	case ACT_FIND_THREAD:
		return app->model.thread_count ? NULL : _("nothing was said yet");
	case ACT_RESULTS:
		return app->hits ? NULL : _("nothing was searched yet");
	case ACT_POP:
		return app->tag_count ? NULL : _("no definition was asked for");
	case ACT_JUMP_BACK:
		return app->jump_at ? NULL : _("there is no place before this one");
	case ACT_JUMP_FORWARD:
		return app->jump_at + 1 < app->jump_count ? NULL : _("there is no place to go forward to");
	default:
		return NULL;
	}
}

static void
fill_palette(struct pick *pick)
{
	const struct keymap *map = &pick->list.view.app->keymap;
	bool had[ACT_COUNT] = { false };
	struct str rest;

	if (behind(pick, SET, &rest)) {
		fill_options(pick, rest);
		return;
	}
	if (behind(pick, MAP, &rest)) {
		fill_map(pick, rest);
		return;
	}
	pick->count = 0;
	for (int here = 1; here >= 0; here--)
		for (size_t i = 0; i < map->count; i++) {
			const struct binding *b = &map->rows[i];
			bool works = b->views >> pick->under & 1;
			int name = match_score(pick_typed(pick), str_from(b->name)),
			    words = match_score(pick_typed(pick), str_from(_(b->words)));
			if (had[b->action] || works != here || (name < 0 && words < 0) ||
			    (b->action >= ACT_ACCEPT && b->action < ACT_COUNT))
				continue;
			had[b->action] = true;
			struct item *item = pick_add(pick);
			item->left = str_from(b->name);
			item->middle = keys_shown(pick, b);
			item->right = str_from(_(b->words));
			item->action = b->action;
			item->off =
			    works ? why_not(pick->list.view.app, b->action) : works_in(pick, b->action);
			item->score = pick_typed(pick).len == 0 ? -(int)i
			    : name > words / 2                  ? name
								: words / 2;
		}
	pick_sort(pick);
	pick->list.done = true;
}

static void
preview_command(struct pick *pick, const struct item *item, struct buf *out)
{
	(void)pick;
	if (item->off && buf_text(out, item->off) < 0)
		return;
}

/* ---- states of a thread ---- */

static void
fill_states(struct pick *pick)
{
	static const char *const states[][2] = {
		{ "resolved", N_("it is settled; the inspector's side alone says so") },
		{ "risk accepted", N_("known and left as it is; the inspector's side") },
		{ "withdrawn", N_("it was no issue; the inspector's side") },
		{ "re-opened", N_("it is an issue again; the inspector's side") },
		{ "answered", N_("the vendor has answered") },
		{ "fix promised", N_("the vendor will mend it") },
		{ "verify requested", N_("the vendor asks to look again") },
		{ "disputed", N_("the vendor sees no issue") },
	};
	size_t at;

	pick->count = 0;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (!match_part(str_from(states[i][0]), pick_typed(pick), &at))
			continue;
		struct item *item = pick_add(pick);
		item->left = str_from(states[i][0]);
		item->right = str_from(_(states[i][1]));
	}
	pick->list.done = true;
}

static void
accept_state(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct thread thread = pick->thread;
	struct str state = item->left;

	app_close(app, &pick->list.view);
	compose_state(app, &thread, state);
}

/* ---- a type of record, for the log ---- */

static void
fill_types(struct pick *pick)
{
	static const char *const types[] = { "page", "search", "list", "diff", "annotate", "reply", "state",
		"session", "close", "visit", "import", "person", "revoke", "policy", "report", "request",
		"release", "refuse", "checkpoint", "cosign", "reveal", "selftest", "note", "room" };
	size_t at;

	pick->count = 0;
	for (size_t i = 0; i <= sizeof types / sizeof *types; i++) {
		const char *type = i ? types[i - 1] : "";
		if (!match_part(str_from(type), pick_typed(pick), &at))
			continue;
		struct item *item = pick_add(pick);
		item->path = str_from(type);
		item->left = i ? item->path : str_from(_("all types"));
	}
	pick->list.done = true;
}

static void
accept_type(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct str type = item->path;

	app_close(app, &pick->list.view);
	if (app_top(app)->ops->kind == VIEW_LOG)
		log_set_type(app_top(app), type);
}

/* ---- kinds and severities, for the threads ---- */

static void
fill_kinds(struct pick *pick)
{
	static const char *const kinds[] = { "", "finding", "question", "note" };
	static const char *const severities[] = { "critical", "high", "medium", "low", "informational",
		"undetermined" };
	size_t at, count = sizeof kinds / sizeof *kinds, all = count + sizeof severities / sizeof *severities;

	pick->count = 0;
	for (size_t i = 0; i < all; i++) {
		struct str word = str_from(i < count ? kinds[i] : severities[i - count]);
		if (!match_part(word, pick_typed(pick), &at))
			continue;
		struct item *item = pick_add(pick);
		item->left = word.len ? word : str_from(_("all"));
		item->right = str_from(i == 0 ? ""
			: i < count           ? _("threads of this kind")
					      : _("findings of this severity"));
		item->path = i < count ? word : STR("");
		item->release = i < count ? STR("") : word;
	}
	pick->list.done = true;
}

static void
accept_kind(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct str kind = item->path, severity = item->release;

	app_close(app, &pick->list.view);
	if (app_top(app)->ops->kind == VIEW_THREADS)
		threads_set_kind(app_top(app), kind, severity);
}

/* ---- dropping a note, which cannot be had back ---- */

static void
fill_drop(struct pick *pick)
{
	pick->count = 0;
	pick_add(pick)->left = str_from(_("keep it"));
	pick_add(pick)->left = str_from(_("drop it for ever"));
	pick->list.done = true;
}

static void
accept_drop(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	bool drop = item == &pick->items[1];
	struct str id = pick->thread.id;

	app_close(app, &pick->list.view);
	if (drop && app_top(app)->ops->kind == VIEW_NOTEBOOK)
		notebook_drop_note(app_top(app), id);
}

static const struct source_of_items from_help = { N_("KEYS IN"), N_("type to filter, by words or by key"),
	fill_help, accept_action, 18, 0, NULL, 1000 };
static const struct source_of_items from_palette = { N_("COMMANDS"),
	N_("type a command's name; set NAME VALUE sets an option"), fill_palette, accept_command, 20, 13,
	preview_command, 1000 };
static const struct source_of_items from_states = { N_("STATE OF"), N_("type, or choose"), fill_states,
	accept_state, 18, 0, NULL, 12 };

static const struct source_of_items from_types = { N_("RECORDS OF TYPE"), N_("type, or choose"), fill_types,
	accept_type, 18, 0, NULL, 20 };
static const struct source_of_items from_kinds = { N_("THREADS OF KIND"), N_("type, or choose"), fill_kinds,
	accept_kind, 18, 0, NULL, 14 };
static const struct source_of_items from_drop = { N_("DROP"), N_("choose"), fill_drop, accept_drop, 30, 0,
	NULL, 8 };

void
help_open(struct app *app)
{
	struct pick *pick = pick_new(app, &from_help);

	snprintf(pick->list.title, sizeof pick->list.title, _("KEYS IN %s"), _(view_name(pick->under)));
	pick_push(pick);
}

void
palette_open(struct app *app)
{
	pick_push(pick_new(app, &from_palette));
}

void
state_open(struct app *app, const struct thread *thread)
{
	struct pick *pick = pick_new(app, &from_states);

	pick->thread = (struct thread){ .id = app_intern(app, thread->id),
		.title = app_intern(app, thread->title),
		.kind = app_intern(app, thread->kind),
		.state = app_intern(app, thread->state) };
	snprintf(pick->list.title, sizeof pick->list.title, _("STATE OF %.*s, now %.*s"),
	    STR_ARG(pick->thread.id), STR_ARG(pick->thread.state));
	pick_push(pick);
}

void
types_open(struct app *app)
{
	pick_push(pick_new(app, &from_types));
}

void
kinds_open(struct app *app)
{
	pick_push(pick_new(app, &from_kinds));
}

void
drop_open(struct app *app, struct str id, struct str name)
{
	struct pick *pick = pick_new(app, &from_drop);
	char shown[120];

	pick->thread.id = app_intern(app, id);
	snprintf(
	    pick->list.title, sizeof pick->list.title, _("DROP %s?"), show_in(shown, sizeof shown, name));
	pick_push(pick);
}
