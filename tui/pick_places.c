/* Choosing a place: files and symbols, which the reader finds; threads and releases, which the desk knows. */

#include "tui/match.h"
#include "tui/pick.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FOUND_MAX 200   /* names asked of the reader at a time */
#define LETTERS_LEAST 2 /* of a symbol's name, before it is looked for */
#define RECENT_MAX 8

/* ---- files and symbols: the reader finds them ---- */

/* What was open lately stands before what the reader finds, unless letters of what is typed are strewn over it. */
static void
add_recent(struct pick *pick)
{
	const struct app *app = pick->list.view.app;
	size_t where;

	for (size_t i = app->jump_count; i-- > 0 && pick->count < RECENT_MAX;) {
		const struct place *place = &app->jumps[i];
		bool there = !str_eq(place->release, model_reading(&app->model)) ||
		    !match_part(place->path, pick_typed(pick), &where);
		for (size_t j = 0; j < pick->count && !there; j++)
			there = str_eq(pick->items[j].path, place->path);
		if (there)
			continue;
		struct item *item = pick_add(pick);
		item->left = item->path = place->path;
		item->recent = true;
	}
}

static struct item *
found_recent(struct pick *pick, struct str path)
{
	for (size_t i = 0; i < pick->count && pick->items[i].recent; i++)
		if (str_eq(pick->items[i].path, path))
			return &pick->items[i];
	return NULL;
}

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
	struct item *item = row_has(row, F_NAME) ? NULL : found_recent(pick, row_get(row, F_PATH));

	if (!item)
		item = pick_add(pick);
	item->path = arena_str(arena, row_get(row, F_PATH));
	item->release = arena_str(arena, row_get(row, F_RELEASE));
	item->line = row_get_num(row, F_LINE);
	item->column = row_get_num(row, F_COLUMN);
	item->declared = str_is(row_get(row, F_ROLE), "declaration");
	item->left = item->path;
	item->kind = arena_str(arena, row_get(row, F_KIND));
	item->language = arena_str(arena, row_get(row, F_LANGUAGE));
	item->scope = arena_str(arena, row_get(row, F_SCOPE));
	item->text = arena_str(arena, row_get(row, F_TEXT));
	item->size = row_get_num(row, F_SIZE);
	item->lines = row_get_num(row, F_LINES);
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

/* ---- what comes first ---- */

/* How well what is typed names the file: its name whole, its start, a part of it, a part of the path. */
static int
file_rank(struct str typed, const struct item *item)
{
	struct str path = item->left, name = path;
	size_t at;

	for (size_t i = 0; i < path.len; i++)
		if (path.data[i] == '/')
			name = (struct str){ path.data + i + 1, path.len - i - 1 };
	int rank = item->recent ? 16 : 0;
	if (typed.len == 0 || !match_part(path, typed, &at))
		return rank;
	bool component = at == 0 || path.data[at - 1] == '/' || typed.data[0] == '/';
	bool whole = at + typed.len == path.len || path.data[at + typed.len] == '.';
	rank += 1 + component;
	if (match_part(name, typed, &at))
		rank += 2 + 3 * (at == 0) +
		    (at == 0 && (at + typed.len == name.len || name.data[typed.len] == '.'));
	else
		rank += 4 * (component && whole);
	return rank;
}

/* Of a name that is typed whole, what has a body before what is a part of something. */
static int
symbol_rank(struct str typed, const struct item *item)
{
	static const char *const parts[] = { "field", "enumerator", "variable", "constant", "property", "key",
		"label" };
	size_t at;

	if (item->left.len != typed.len || !match_part(item->left, typed, &at))
		return 0;
	int rank = 4 + 4 * str_eq(item->left, typed) + 2;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		rank -= 2 * str_is(item->kind, parts[i]);
	return rank - item->declared;
}

/* The best named first; of those named alike, as the reader has them. */
static void
rank(struct pick *pick, int (*score)(struct str typed, const struct item *item))
{
	for (size_t i = 0; i < pick->count; i++) {
		pick->items[i].score = score(pick_typed(pick), &pick->items[i]);
		pick->items[i].index = i;
	}
	pick_sort(pick);
}

static void fill_files(struct pick *pick);

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
			if (pick->from->fill == fill_files)
				add_recent(pick);
		}
	}
	if (answer->kind == ANSWER_ROW) {
		add_found(pick, row);
		pick->found++;
	} else if (list_ended(&pick->list, answer)) {
		rank(pick, pick->from->fill == fill_files ? file_rank : symbol_rank);
		if (pick->accepting)
			pick_accept(pick);
	}
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
	row_set(&order.args, F_PATTERN, pick_typed(pick));
	row_set_num(&order.args, F_LIMIT, FOUND_MAX);
	pick->asked = app_intern(app, pick_typed(pick));
	pick->found = 0;
	pick->list.order = pick->waiting = orders_read(app->orders, &order, take_found, pick);
}

/* Letters in lower case alone: of those, what fits more letters is among what fitted fewer. */
static bool
narrows(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == ' ' || (text.data[i] >= 'A' && text.data[i] <= 'Z'))
			return false;
	return text.len > 0;
}

/* All files that fitted what was typed before are here: what fits more is among them, and nothing is asked. */
static bool
narrow(struct pick *pick)
{
	struct str typed = pick_typed(pick);
	size_t kept = 0;

	if (!pick->list.done || pick->list.failed || pick->asked.len == 0 || pick->found >= FOUND_MAX ||
	    !narrows(typed) || !str_starts(typed, pick->asked))
		return false;
	for (size_t i = 0; i < pick->count; i++) {
		struct item item = pick->items[i];
		if (match_score(typed, item.left) >= 0)
			pick->items[kept++] = item;
	}
	pick->count = kept;
	rank(pick, file_rank);
	return true;
}

static void
fill_files(struct pick *pick)
{
	if (!narrow(pick))
		order_names(pick, VERB_FIND);
}

static void
fill_symbols(struct pick *pick)
{
	pick->too_short = pick_typed(pick).len < LETTERS_LEAST;
	if (!pick->too_short) {
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

static void
preview_file(struct pick *pick, const struct item *item, struct buf *out)
{
	const struct model *model = &pick->list.view.app->model;
	const struct change *change = model_change_of(model, item->path);
	const struct skipped *skipped = model_skipped_of(model, item->path);
	size_t threads = 0;

	for (size_t i = 0; i < model->thread_count; i++)
		threads += str_eq(model->threads[i].path, item->path);
	int r = buf_printf(out, _("%llu bytes, %llu lines  %.*s"), (unsigned long long)item->size,
	    (unsigned long long)item->lines, STR_ARG(item->language));
	if (r == 0 && change)
		r = buf_printf(out, _("  %.*s since %.*s: +%llu -%llu"), STR_ARG(change->change),
		    STR_ARG(model_base(model)), (unsigned long long)change->added,
		    (unsigned long long)change->removed);
	if (r == 0 && threads)
		r = buf_printf(out, ngettext("  %zu thread", "  %zu threads", threads), threads);
	if (r == 0 && item->recent)
		r = buf_text(out, _("  open lately"));
	if (r == 0 && skipped)
		r = buf_printf(out, "  %.*s", STR_ARG(skipped->what));
	(void)r; /* what does not fit is not shown */
}

/* The line that the symbol stands on: it came with the list, whose record has it. */
static void
preview_symbol(struct pick *pick, const struct item *item, struct buf *out)
{
	struct str text = item->text;

	(void)pick;
	while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
		text.data++, text.len--;
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	if (item->scope.len && buf_printf(out, _("in %.*s: "), STR_ARG(item->scope)) < 0)
		return;
	if (buf_str(out, text) < 0)
		buf_clear(out);
}

/* ---- threads ---- */

static void
fill_threads(struct pick *pick)
{
	const struct model *model = &pick->list.view.app->model;
	char text[600], shown[2][260];

	pick->count = 0;
	arena_release(&pick->list.arena);
	for (size_t i = 0; i < model->thread_count; i++) {
		const struct thread *t = &model->threads[i];
		int title = match_score(pick_typed(pick), t->title),
		    path = match_score(pick_typed(pick), t->path),
		    id = str_starts(t->id, pick_typed(pick)) ? 10000 : -1;
		int score = title > path ? title : path;
		if (score < 0 && id < 0)
			continue;
		struct item *item = pick_add(pick);
		item->left = t->title.len ? t->title : t->path;
		item->middle = t->state;
		snprintf(text, sizeof text, t->first ? "%s:%llu" : "%s", show_in(shown[0], 260, t->path),
		    (unsigned long long)t->first);
		item->right = arena_str(&pick->list.arena, str_from(text));
		item->index = i;
		/* what was spoken of last comes first */
		item->score = pick_typed(pick).len ? (score > id ? score : id) : 0;
		for (size_t j = 0; !pick_typed(pick).len && j < model->thread_count; j++)
			item->score += str_cmp(model->threads[j].last, t->last) < 0;
	}
	pick_sort(pick);
	pick->list.done = true;
}

static void
accept_thread(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	struct str id = app->model.threads[item->index].id;

	app_close(app, &pick->list.view);
	thread_open(app, id);
}

static void
preview_thread(struct pick *pick, const struct item *item, struct buf *out)
{
	const struct thread *t = &pick->list.view.app->model.threads[item->index];
	char ago[32];

	if (buf_printf(out,
		ngettext("%.10s  %.*s by %.*s, %llu entry, the last %s",
		    "%.10s  %.*s by %.*s, %llu entries, the last %s", t->entries),
		t->id.data, STR_ARG(t->kind), STR_ARG(t->author), (unsigned long long)t->entries,
		time_ago(t->last, (int64_t)time(NULL), ago)) < 0)
		buf_clear(out);
}

/* ---- releases ---- */

static void
fill_releases(struct pick *pick)
{
	const struct model *model = &pick->list.view.app->model;

	pick->count = 0;
	for (size_t i = model->release_count; i-- > 0;) {
		int score = match_score(pick_typed(pick), model->releases[i].name);
		if (score < 0)
			continue;
		struct item *item = pick_add(pick);
		item->left = model->releases[i].name;
		item->middle = model->releases[i].kind;
		item->right = str_from(i == model->reading ? _("read")
			: i == model->base                 ? _("compared")
							   : "");
		item->index = i;
		item->score = pick_typed(pick).len ? score : (int)i;
	}
	pick_sort(pick);
	pick->list.done = true;
}

static void
accept_release(struct pick *pick, const struct item *item)
{
	struct app *app = pick->list.view.app;
	size_t at = item->index;

	app_close(app, &pick->list.view);
	release_read(app, at);
}

static void
preview_release(struct pick *pick, const struct item *item, struct buf *out)
{
	const struct rel *rel = &pick->list.view.app->model.releases[item->index];

	if (buf_printf(out, _("%llu files, %llu bytes, imported %.10s  %.*s"), (unsigned long long)rel->files,
		(unsigned long long)rel->bytes, rel->imported.len >= 10 ? rel->imported.data : "",
		STR_ARG(rel->commit)) < 0)
		buf_clear(out);
}

static const struct source_of_items from_files = { N_("FIND FILE"), N_("type parts of its name"), fill_files,
	accept_place, 0, 0, preview_file, 20 };
static const struct source_of_items from_symbols = { N_("FIND SYMBOL"),
	N_("type parts of its name, two letters at least"), fill_symbols, accept_place, 28, 0, preview_symbol,
	20 };
static const struct source_of_items from_threads = { N_("FIND THREAD"),
	N_("type parts of its title, path or id"), fill_threads, accept_thread, 34, 17, preview_thread, 20 };
static const struct source_of_items from_releases = { N_("READ RELEASE"), N_("type parts of its name"),
	fill_releases, accept_release, 24, 12, preview_release, 16 };

static void
open_in_release(struct app *app, const struct source_of_items *from)
{
	if (model_reading(&app->model).len)
		pick_push(pick_new(app, from));
	else
		app_say(app, INK_TEXT, _("There is no release yet."));
}

void
find_file_open(struct app *app)
{
	open_in_release(app, &from_files);
}

void
find_symbol_open(struct app *app)
{
	open_in_release(app, &from_symbols);
}

void
find_thread_open(struct app *app)
{
	pick_push(pick_new(app, &from_threads));
}

void
find_release_open(struct app *app)
{
	open_in_release(app, &from_releases);
}
