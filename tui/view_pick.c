/* Choosing by typing: help, palette, files, symbols, states.  One view, several sources. */

#include "tui/edit_keys.h"
#include "tui/list.h"
#include "tui/match.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define FOUND_MAX 200 /* names asked of the reader at a time */

struct item {
	struct str left, right; /* what is shown */
	struct str path, release;
	uint64_t line, column;
	enum action action;
	bool off;      /* not to be had here */
	bool declared; /* a symbol: the definition is elsewhere */
	int score;
};

struct pick;

struct source_of_items {
	const char *title, *hint;
	void (*fill)(struct pick *pick);                            /* sets items, or orders them */
	void (*accept)(struct pick *pick, const struct item *item); /* the pick is gone when it returns */
	int left;                                                   /* columns of the left part */
};

struct pick {
	struct list list;
	const struct source_of_items *from;
	struct editor line;
	struct item *items;
	size_t count;
	enum view_kind under; /* help, palette: the view it was called from */
	struct thread thread; /* states: of this one; strings interned */
	uint64_t waiting;     /* the order whose rows replace what is shown */
};

static struct pick *
pick_of(struct view *view)
{
	return (struct pick *)view;
}

static struct str
typed(const struct pick *pick)
{
	return editor_text(&pick->line);
}

static struct item *
add(struct pick *pick)
{
	pick->items = list_grow(pick->items, pick->count, sizeof *pick->items);
	pick->items[pick->count] = (struct item){ .left = STR(""), .right = STR("") };
	return &pick->items[pick->count++];
}

static void
refill(struct pick *pick)
{
	pick->list.scroll.cursor = 0;
	pick->from->fill(pick);
	pick->list.view.app->dirty = true;
}

/* ---- help: what works in the view below ---- */

static struct str
keys_shown(struct pick *pick, const struct binding *b)
{
	return arena_str(&pick->list.arena, str_from(b->keys));
}

static void
fill_help(struct pick *pick)
{
	size_t at;

	pick->count = 0;
	for (size_t i = 0; i < binding_count; i++) {
		const struct binding *b = &bindings[i];
		if (!(b->views >> pick->under & 1))
			continue;
		if (!match_part(str_from(_(b->words)), typed(pick), &at) &&
		    !match_part(str_from(b->keys), typed(pick), &at) &&
		    !match_part(str_from(b->name), typed(pick), &at))
			continue;
		struct item *item = add(pick);
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
	bool off = item->off;

	app_close(app, &pick->list.view);
	if (off)
		app_say(app, INK_TEXT, _("That works in other views only."));
	else
		app_act(app, action);
}

/* ---- "set NAME VALUE", typed in the palette ---- */

#define SET "set "

/* What stands behind SET; false if no option is being set. */
static bool
setting(const struct pick *pick, struct str *words)
{
	*words = typed(pick);
	if (!str_starts(*words, STR(SET)))
		return false;
	*words = (struct str){ words->data + strlen(SET), words->len - strlen(SET) };
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
		struct item *item = add(pick);
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
	refill(pick);
}

/* ---- palette: every command, the best match first ---- */

static void
accept_command(struct pick *pick, const struct item *item)
{
	struct str words;

	if (setting(pick, &words))
		accept_option(pick, words, item);
	else
		accept_action(pick, item);
}

static int
by_score(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return x->off != y->off ? x->off - y->off : y->score - x->score;
}

static void
fill_palette(struct pick *pick)
{
	bool had[ACT_COUNT] = { false };
	struct str set;

	if (setting(pick, &set)) {
		fill_options(pick, set);
		return;
	}
	pick->count = 0;
	for (int here = 1; here >= 0; here--)
		for (size_t i = 0; i < binding_count; i++) {
			const struct binding *b = &bindings[i];
			bool works = b->views >> pick->under & 1;
			int name = match_score(typed(pick), str_from(b->name)),
			    words = match_score(typed(pick), str_from(_(b->words)));
			if (had[b->action] || works != here || (name < 0 && words < 0) ||
			    (b->action >= ACT_ACCEPT && b->action < ACT_COUNT))
				continue;
			had[b->action] = true;
			struct item *item = add(pick);
			item->left = str_from(b->name);
			item->right = str_from(_(b->words));
			item->action = b->action;
			item->off = !works;
			item->score = typed(pick).len == 0 ? -(int)i : name > words / 2 ? name : words / 2;
		}
	if (pick->count)
		qsort(pick->items, pick->count, sizeof *pick->items, by_score);
	pick->list.done = true;
}

/* ---- files and symbols: the reader finds them ---- */

/* A definition goes before the declarations of its name. */
static void
raise_definition(struct pick *pick)
{
	for (size_t i = pick->count - 1; i > 0 && pick->items[i - 1].declared && !pick->items[i].declared &&
	     str_eq(pick->items[i - 1].left, pick->items[i].left);
	     i--) {
		struct item item = pick->items[i];
		pick->items[i] = pick->items[i - 1];
		pick->items[i - 1] = item;
	}
}

static void
add_found(struct pick *pick, const struct row *row)
{
	struct arena *arena = &pick->list.arena;
	struct item *item = add(pick);

	item->path = arena_str(arena, row_get(row, F_PATH));
	item->release = arena_str(arena, row_get(row, F_RELEASE));
	item->line = row_get_num(row, F_LINE);
	item->column = row_get_num(row, F_COLUMN);
	item->declared = str_is(row_get(row, F_ROLE), "declaration");
	item->left = item->path;
	if (!row_has(row, F_NAME))
		return;
	struct str kind = item->declared ? str_from(_("declared")) : row_get(row, F_KIND);
	size_t len = kind.len + item->path.len + 32;
	char *right = arena_alloc(arena, len);
	snprintf(right, len, "%-11.*s %.*s:%llu", STR_ARG(kind), STR_ARG(item->path),
	    (unsigned long long)item->line);
	item->right = str_from(right);
	item->left = arena_str(arena, row_get(row, F_NAME));
	raise_definition(pick);
}

static void
take_found(void *ctx, const struct answer *answer)
{
	struct pick *pick = ctx;
	const struct row *row = answer->row;

	if (answer->id != pick->list.order)
		return;
	if (answer->kind == ANSWER_ROW || answer->kind == ANSWER_AGAIN || answer->kind == ANSWER_DONE ||
	    answer->kind == ANSWER_FAIL) {
		if (pick->waiting ==
		    answer->id) { /* what was shown so far stays until its successor is there */
			pick->waiting = 0;
			pick->count = 0;
			arena_release(&pick->list.arena);
		}
	}
	if (answer->kind == ANSWER_ROW) {
		add_found(pick, row);
	} else
		list_ended(&pick->list, answer);
}

static void
order_names(struct pick *pick, enum verb verb)
{
	struct app *app = pick->list.view.app;
	struct order order = { .verb = verb };

	orders_cancel(app->orders, pick->list.order);
	pick->list.done = pick->list.failed = false;
	pick->list.note[0] = 0;
	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	row_set(&order.args, F_PATTERN, typed(pick));
	row_set_num(&order.args, F_LIMIT, FOUND_MAX);
	pick->list.order = pick->waiting = orders_read(app->orders, &order, take_found, pick);
}

static void
fill_files(struct pick *pick)
{
	order_names(pick, VERB_FIND);
}

static void
fill_symbols(struct pick *pick)
{
	if (typed(pick).len) {
		order_names(pick, VERB_SYMBOLS);
		return;
	}
	orders_cancel(pick->list.view.app->orders, pick->list.order);
	pick->count = 0;
	pick->list.done = true;
}

static void
accept_place(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct place place = { app_intern(
				   app, item->release.len ? item->release : model_reading(&app->model)),
		app_intern(app, item->path), item->line ? item->line : 1,
		item->column ? (size_t)item->column - 1 : 0, 0 };

	app_close(app, &pick->list.view);
	app_show(app, place);
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
		if (!match_part(str_from(states[i][0]), typed(pick), &at))
			continue;
		struct item *item = add(pick);
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

static const struct source_of_items from_help = { N_("KEYS IN"), N_("type to filter, by words or by key"),
	fill_help, accept_action, 18 };
static const struct source_of_items from_palette = { N_("COMMANDS"),
	N_("type a command's name; set NAME VALUE sets an option"), fill_palette, accept_command, 20 };
static const struct source_of_items from_files = { N_("FIND FILE"), N_("type parts of its name"), fill_files,
	accept_place, 0 };
static const struct source_of_items from_symbols = { N_("FIND SYMBOL"), N_("type parts of its name"),
	fill_symbols, accept_place, 28 };
static const struct source_of_items from_states = { N_("STATE OF"), N_("type, or choose"), fill_states,
	accept_state, 18 };

/* ---- the view ---- */

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	struct pick *pick = pick_of(&list->view);
	const struct item *item = &pick->items[at];
	int left = pick->from->left ? pick->from->left : area.cols - 2;

	if (left > area.cols / 2 && pick->from->left)
		left = area.cols / 2;
	enum ink ink = item->off ? INK_DIM : INK_KEY;
	if (!pick->from->left)
		area_tail(area, row, 1, left, PEN(INK_TEXT, ground), item->left);
	else
		area_cut(area, row, 1, left - 1, PEN(ink, ground), item->left);
	if (left + 1 < area.cols)
		area_cut(area, row, left + 1, area.cols - left - 1,
		    PEN(item->off ? INK_DIM : INK_TEXT, ground), item->right);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct pick *pick = pick_of(view);
	struct area list = area_part(area, 1, 0, area.rows - 1, area.cols);
	size_t row, rows;
	int col;

	list_draw(
	    &pick->list, list, focus, pick->count, draw_row, typed(pick).len ? _("Nothing fits.") : "", "");
	view_title(area, focus, str_from(pick->list.title), "");
	/* the title gives its row to the line that is typed */
	area_blank(list, 0, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	area_words(list, 0, 1, PEN(INK_KEY, GROUND_NONE), ">");
	if (typed(pick).len)
		area_tail(list, 0, 3, list.cols - 4, PEN(INK_TITLE, GROUND_NONE), typed(pick));
	else
		area_cut(list, 0, 3, list.cols - 4, PEN(INK_DIM, GROUND_NONE), str_from(_(pick->from->hint)));
	editor_place(&pick->line, 10000, &row, &col, &rows);
	area_cursor(list, 0, 3 + (col < list.cols - 5 ? col : list.cols - 5));
}

static int
popup_rows(struct view *view)
{
	struct pick *pick = pick_of(view);

	if (pick->from == &from_states)
		return 12;
	return pick->from == &from_help || pick->from == &from_palette ? 1000 : 20;
}

static bool
type(struct view *view, int code)
{
	struct pick *pick = pick_of(view);

	if (!editor_type(&pick->line, code))
		return false;
	refill(pick);
	return true;
}

static void
accept(struct view *view)
{
	struct pick *pick = pick_of(view);

	if (pick->list.scroll.cursor < pick->count)
		pick->from->accept(pick, &pick->items[pick->list.scroll.cursor]);
}

static void
edit(struct view *view, enum action action)
{
	struct pick *pick = pick_of(view);
	size_t len = typed(pick).len;

	editor_act(&pick->line, action, 10000);
	if (typed(pick).len != len)
		refill(pick);
}

EDIT_KEYS(EDIT_FUNCTION)

static bool
click(struct view *view, int row, int col)
{
	struct pick *pick = pick_of(view);
	long at = view_row_at(&pick->list.scroll, row, 2);

	(void)col;
	if (at >= 0)
		scroll_to(&pick->list.scroll, (size_t)at);
	return false;
}

static void
release(struct view *view)
{
	struct pick *pick = pick_of(view);

	list_release(&pick->list);
	editor_release(&pick->line);
	free(pick->items);
	free(pick);
}

static const struct handler handlers[] = {
	{ ACT_ACCEPT, accept },
	EDIT_KEYS(EDIT_HANDLER){ ACT_NONE, NULL },
};

const struct view_ops pick_ops = {
	.kind = VIEW_PICK,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.type = type,
	.click = click,
	.popup_rows = popup_rows,
	.cancel = list_cancel,
};

static struct pick *
pick_new(struct app *app, const struct source_of_items *from)
{
	struct pick *pick = mem_new(struct pick);

	list_init(&pick->list, &pick_ops, app);
	editor_init(&pick->line, false, 1000);
	pick->from = from;
	pick->under = app_top(app)->ops->kind;
	snprintf(pick->list.title, sizeof pick->list.title, "%s", _(from->title));
	return pick;
}

static void
pick_push(struct pick *pick)
{
	app_push(pick->list.view.app, &pick->list.view);
	pick->from->fill(pick);
}

void
help_open(struct app *app)
{
	struct pick *pick = pick_new(app, &from_help);

	snprintf(pick->list.title, sizeof pick->list.title, _("KEYS IN %s"), view_name(pick->under));
	pick_push(pick);
}

void
palette_open(struct app *app)
{
	pick_push(pick_new(app, &from_palette));
}

void
find_file_open(struct app *app)
{
	if (model_reading(&app->model).len)
		pick_push(pick_new(app, &from_files));
}

void
find_symbol_open(struct app *app)
{
	if (model_reading(&app->model).len)
		pick_push(pick_new(app, &from_symbols));
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
