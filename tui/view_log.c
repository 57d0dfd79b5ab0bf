/* The ledger, the latest record first: all of it, or what is recorded about the person at the desk. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define CHUNK_FIRST 400 /* records asked for at a time; more and more where few of them pass the filters */
#define CHUNK_MOST 50000

struct log_row {
	uint64_t index;
	struct str time, type, actor, signature, is_void, words;
};

struct log {
	struct list list;
	struct log_row *rows; /* the latest first */
	size_t count;
	size_t fresh;  /* rows up to here are of the chunk that is arriving, the oldest first */
	uint64_t from; /* the earliest record asked for so far; 0: there are none before */
	uint64_t chunk;
	bool mine;
	struct str type; /* empty: all.  Interned */
};

static struct log *
log_of(struct view *view)
{
	return (struct log *)view;
}

/* ---- a record in a few words ---- */

static void
say_reading(struct str type, const json_t *payload, struct buf *out)
{
	const json_t *releases = json_object_get(payload, "releases");
	struct str verb = json_str(payload, "verb");
	struct buf path = BUF(4096);
	int r = str_eq(verb, type) ? 0 : buf_printf(out, "%.*s ", STR_ARG(verb));

	if (r == 0 && json_get_foreign(payload, "path", &path) == 0 && path.len)
		r = buf_str(out, buf_view(&path));
	if (r == 0 && json_num(payload, "first"))
		r = buf_printf(out, ":%llu-%llu", (unsigned long long)json_num(payload, "first"),
		    (unsigned long long)json_num(payload, "last"));
	for (size_t i = 0; r == 0 && i < json_array_size(releases); i++)
		r = buf_printf(out, "%s%s",
		    i              ? " "
			: path.len ? _(" of ")
				   : "",
		    json_string_value(json_array_get(releases, i)));
	if (r == 0)
		r = buf_printf(out, _(", %llu lines, %llu bytes"),
		    (unsigned long long)json_num(payload, "lines"),
		    (unsigned long long)json_num(payload, "bytes"));
	(void)r; /* what does not fit is cut */
	buf_release(&path);
}

/* Reading is told in words; of other records the members that say most, then the rest as it stands. */
static struct str
words_of(struct arena *arena, struct str type, const json_t *payload)
{
	static const char *const telling[] = { "command", "release", "name", "title", "state", "text", "why",
		"kind" };
	struct buf text = BUF(2048), value = BUF(1024);
	int r = 0;

	if (json_str(payload, "verb").len)
		say_reading(type, payload, &text);
	for (size_t i = 0; i < sizeof telling / sizeof *telling && !json_str(payload, "verb").len && r == 0;
	     i++) {
		buf_clear(&value);
		if (json_get_foreign(payload, telling[i], &value) == 0 && value.len)
			r = buf_printf(&text, "%s%.*s", text.len ? ", " : "", STR_ARG(buf_view(&value)));
	}
	if (text.len == 0) {
		char *json = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
		r = json ? buf_text(&text, strlen(json) < 1000 ? json : "...") : 0;
		free(json);
	}
	struct str words = arena_str(arena, buf_view(&text));
	buf_release(&text);
	buf_release(&value);
	return words;
}

/* ---- what comes ---- */

static void
take_record(struct log *l, const json_t *json)
{
	struct arena *arena = &l->list.arena;

	l->rows = list_grow(l->rows, l->count, sizeof *l->rows);
	l->rows[l->count++] = (struct log_row){
		.index = json_num(json, "index"),
		.time = arena_str(arena, json_str(json, "time")),
		.type = arena_str(arena, json_str(json, "type")),
		.actor = arena_str(arena, json_str(json, "actor")),
		.signature = arena_str(arena, json_str(json, "signature")),
		.is_void = arena_str(arena, json_str(json, "void")),
		.words = words_of(arena, json_str(json, "type"), json_object_get(json, "payload")),
	};
}

/* The chunk that has arrived stands with its oldest record first: turns it round. */
static void
turn_chunk(struct log *l)
{
	for (size_t a = l->fresh, b = l->count; a + 1 < b; a++, b--) {
		struct log_row row = l->rows[a];
		l->rows[a] = l->rows[b - 1];
		l->rows[b - 1] = row;
	}
	l->fresh = l->count;
}

static void ask(struct log *l, bool to_end);

/* Enough rows are there to fill the window and a little more. */
static bool
enough(const struct log *l)
{
	return l->count > l->list.scroll.cursor + l->list.scroll.height + 1 || l->from == 0;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct log *l = ctx;

	if (answer->kind == ANSWER_JSON)
		take_record(l, answer->json);
	else if (list_ended(&l->list, answer) && !l->list.failed) {
		turn_chunk(l);
		if (!enough(l))
			ask(l, false);
	}
}

static void
ask(struct log *l, bool to_end)
{
	struct app *app = l->list.view.app;
	uint64_t to = l->from - 1;
	json_t *json = json_pack(
	    "{s:s,s:b,s:s%}", "ask", "log", "mine", (int)l->mine, "type", l->type.data, l->type.len);

	l->from = l->from > l->chunk ? l->from - l->chunk : 0;
	l->chunk = l->chunk < CHUNK_MOST ? l->chunk * 2 : l->chunk;
	int r = json_set_num(json, "from", l->from);
	if (r == 0 && !to_end)
		r = json_set_num(json, "to", to);
	l->list.done = l->list.failed = false;
	if (r == 0)
		l->list.order = orders_json(app->orders, MSG_ASK, json, take, l);
	json_decref(json);
}

static void
begin(struct log *l)
{
	orders_cancel(l->list.view.app->orders, l->list.order);
	l->count = l->fresh = 0;
	l->list.scroll.cursor = 0;
	arena_release(&l->list.arena);
	l->from = l->list.view.app->model.size + 1;
	l->chunk = CHUNK_FIRST;
	ask(l, true);
}

/* ---- drawing ---- */

/* INDEX TIME TYPE ACTOR WORDS; narrow screens lose time and actor. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct log_row *r = &log_of(&list->view)->rows[at];
	bool good = str_is(r->signature, "good") || str_is(r->signature, "session");
	int col = 1;

	area_printf(area, row, col, PEN(INK_NUMBER, ground), "%7llu", (unsigned long long)r->index);
	col += 8;
	if (area.cols >= 76) {
		if (r->time.len >= 16)
			area_printf(area, row, col, PEN(INK_DIM, ground), "%.10s %.5s", r->time.data,
			    r->time.data + 11);
		col += 17;
	}
	area_cut(area, row, col, 10, PEN(INK_TITLE, ground), r->type);
	col += 11;
	if (area.cols >= 76) {
		area_cut(area, row, col, 10, PEN(INK_TEXT, ground), r->actor);
		col += 11;
	}
	if (!good)
		col = area_printf(
			  area, row, col, PEN(INK_BAD, ground), _("signature %.*s"), STR_ARG(r->signature)) +
		    1;
	if (r->is_void.len)
		col =
		    area_printf(area, row, col, PEN(INK_BAD, ground), _("void: %.*s"), STR_ARG(r->is_void)) +
		    1;
	area_cut(area, row, col, area.cols - col, PEN(INK_TEXT, ground), r->words);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct log *l = log_of(view);
	char type[40];

	snprintf(l->list.title, sizeof l->list.title, "%s%s%s", l->mine ? _("LOG about me") : _("LOG of all"),
	    l->type.len ? ": " : "", show_in(type, sizeof type, l->type));
	if (!l->list.failed)
		snprintf(l->list.note, sizeof l->list.note, l->from ? _("%zu, earlier ones below") : _("%zu"),
		    l->count);
	list_draw(&l->list, area, focus, l->count, draw_row, _("No record of this kind."),
	    _("f: about all, or about me; F chooses a type."));
}

/* ---- acting ---- */

static void
moved(struct view *view)
{
	struct log *l = log_of(view);

	if (l->list.done && !l->list.failed && !enough(l))
		ask(l, false);
}

static void
open_it(struct view *view)
{
	struct log *l = log_of(view);

	if (l->list.scroll.cursor < l->count)
		record_open(view->app, l->rows[l->list.scroll.cursor].index);
}

static void
whose(struct view *view)
{
	log_of(view)->mine = !log_of(view)->mine;
	begin(log_of(view));
}

static void
choose_type(struct view *view)
{
	types_open(view->app);
}

void
log_set_type(struct view *view, struct str type)
{
	log_of(view)->type = app_intern(view->app, type);
	begin(log_of(view));
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct log_row *r = &log_of(view)->rows[row];
	return buf_printf(out, "%.*s %.*s %.*s", STR_ARG(r->type), STR_ARG(r->actor), STR_ARG(r->words));
}

static void
release(struct view *view)
{
	free(log_of(view)->rows);
	list_free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, open_it }, { ACT_FILTER, whose },
	{ ACT_FILTER_KIND, choose_type }, { ACT_NONE, NULL } };

const struct view_ops log_ops = {
	LIST_VIEW,
	.kind = VIEW_LOG,
	.free = release,
	.moved = moved,
	.cancel = list_cancel,
};

void
log_open(struct app *app)
{
	struct log *l = mem_new(struct log);

	list_init(&l->list, &log_ops, app);
	l->type = STR("");
	begin(l);
	app_push(app, &l->list.view);
}
