/* One thread: the lines it is about above, what was said below, each entry with its signature and its place. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CODE_ROWS 8 /* at most, of the lines spoken of */

struct entry {
	struct str type, author, role, time, text, state, signature, hash;
	uint64_t index;
};

/* A row of the words, wrapped for a width. */
struct word_row {
	const struct entry *head; /* the entry's first row */
	struct str text;
};

struct thread_view {
	struct list list;
	struct str id;
	struct thread thread; /* what the first object said; strings of the arena */
	bool known;
	struct entry *entries;
	size_t entry_count;
	struct word_row *rows;
	size_t row_count;
	int wrapped; /* the width that rows are for */
	struct source *source;
};

static struct thread_view *
tv_of(struct view *view)
{
	return (struct thread_view *)view;
}

/* ---- what comes ---- */

static struct str
member(struct thread_view *tv, const json_t *json, const char *key)
{
	return arena_str(&tv->list.arena, json_str(json, key));
}

static void
take_head(struct thread_view *tv, const json_t *json)
{
	struct model scratch = { 0 };

	model_add_thread(&scratch, json);
	tv->thread = scratch.threads[0];
	struct str *strings[] = { &tv->thread.id, &tv->thread.kind, &tv->thread.state, &tv->thread.title,
		&tv->thread.severity, &tv->thread.author, &tv->thread.opened, &tv->thread.last,
		&tv->thread.release, &tv->thread.path, &tv->thread.blob, &tv->thread.symbol };
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = arena_str(&tv->list.arena, *strings[i]);
	model_clear_threads(&scratch);
	tv->known = true;
	source_close(tv->source);
	tv->source = NULL;
	if (tv->thread.path.len)
		tv->source = source_open(tv->list.view.app->orders, tv->thread.release, tv->thread.path,
		    tv->thread.first ? tv->thread.first : 1);
}

static void
take_entry(struct thread_view *tv, const json_t *json)
{
	tv->entries = list_grow(tv->entries, tv->entry_count, sizeof *tv->entries);
	tv->entries[tv->entry_count++] = (struct entry){
		.type = member(tv, json, "type"),
		.author = member(tv, json, "author"),
		.role = member(tv, json, "role"),
		.time = member(tv, json, "time"),
		.text = member(tv, json, "text"),
		.state = member(tv, json, "state"),
		.signature = member(tv, json, "signature"),
		.hash = member(tv, json, "hash"),
		.index = json_num(json, "index"),
	};
	tv->wrapped = 0;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct thread_view *tv = ctx;

	if (answer->kind == ANSWER_JSON && !tv->known)
		take_head(tv, answer->json);
	else if (answer->kind == ANSWER_JSON)
		take_entry(tv, answer->json);
	else
		list_ended(&tv->list, answer);
}

static void
ask(struct thread_view *tv)
{
	json_t *json = json_pack("{s:s,s:s%}", "ask", "show", "thread", tv->id.data, tv->id.len);

	tv->entry_count = 0;
	tv->known = false;
	tv->wrapped = 0;
	tv->list.order = orders_json(tv->list.view.app->orders, MSG_ASK, json, take, tv);
	json_decref(json);
}

/* After something was said in it. */
void
thread_refresh(struct view *view)
{
	ask(tv_of(view));
}

/* ---- words, wrapped ---- */

static void
add_row(struct thread_view *tv, const struct entry *head, struct str text)
{
	tv->rows = list_grow(tv->rows, tv->row_count, sizeof *tv->rows);
	tv->rows[tv->row_count++] = (struct word_row){ head, text };
}

static void
wrap(struct thread_view *tv, int width)
{
	if (tv->wrapped == width)
		return;
	tv->wrapped = width;
	tv->row_count = 0;
	for (size_t i = 0; i < tv->entry_count; i++) {
		struct editor_row r;
		struct str text = tv->entries[i].text;
		add_row(tv, &tv->entries[i], STR(""));
		for (size_t start = 0, next; text.len && editor_wrap(text, start, width - 4, &r, &next);
		     start = next)
			add_row(tv, NULL, (struct str){ text.data + r.start, r.len });
		add_row(tv, NULL, STR(""));
	}
}

/* Words behind others; where there is no room for all of them a mark says so. */
static int
add_words(struct area area, int row, int col, struct pen pen, const char *words)
{
	if (col < area.cols - 1)
		return area_cut(area, row, col, area.cols - col, pen, str_from(words));
	area_sign(area, row, area.cols - 1, PEN(INK_CUT, pen.ground), SIGN_RIGHT);
	return area.cols;
}

static void
draw_head(struct area area, int row, const struct entry *e, enum ground ground)
{
	char words[160], shown[80], ago[32];
	bool good = str_is(e->signature, "good") || str_is(e->signature, "session");
	struct pen dim = { INK_DIM, ground };

	int col = add_words(area, row, 1, PEN(INK_TITLE, ground), show_in(shown, sizeof shown, e->author));
	col = add_words(area, row, col + 1, dim, show_in(shown, sizeof shown, e->role));
	if (e->state.len)
		snprintf(words, sizeof words, _("now %s"), show_in(shown, sizeof shown, e->state));
	else
		show_in(words, sizeof words, e->type);
	col = add_words(area, row, col + 2, PEN(e->state.len ? INK_WARN : INK_TEXT, ground), words);
	snprintf(words, sizeof words, _("signature %s"), show_in(shown, sizeof shown, e->signature));
	col = add_words(area, row, col + 2, PEN(good ? INK_GOOD : INK_BAD, ground), words);
	snprintf(words, sizeof words, _("record %llu"), (unsigned long long)e->index);
	col = add_words(area, row, col + 2, dim, words);
	add_words(area, row, col + 2, dim, time_ago(e->time, (int64_t)time(NULL), ago));
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct word_row *r = &tv_of(&list->view)->rows[at];

	if (r->head)
		draw_head(area, row, r->head, ground);
	else
		area_cut(area, row, 3, area.cols - 3, PEN(INK_TEXT, ground), r->text);
}

/* ---- the code above ---- */

static int
draw_code(struct thread_view *tv, struct area area)
{
	uint64_t first = tv->thread.first ? tv->thread.first : 1,
		 last = tv->thread.line > first ? tv->thread.line : first;
	uint64_t lines = tv->source ? source_lines(tv->source) : 0, from = first > 2 ? first - 2 : 1;
	int rows = area.rows / 2 < CODE_ROWS ? area.rows / 2 : CODE_ROWS, used = 0;

	if (!tv->source || rows < 2)
		return 0;
	source_need(tv->source, from, from + (uint64_t)rows);
	if (source_failed(tv->source)) {
		area_cut(area, 0, 2, area.cols - 2, PEN(INK_BAD, GROUND_NONE),
		    str_from(source_failed(tv->source)));
		return 1;
	}
	for (uint64_t line = from; line <= lines && line <= last + 2 && used < rows; line++, used++) {
		struct source_line text;
		bool about = tv->thread.first && line >= first && line <= last;
		area_printf(area, used, 0, PEN(about ? INK_TITLE : INK_NUMBER, GROUND_NONE), "%5llu",
		    (unsigned long long)line);
		if (about)
			area_sign(area, used, 6, PEN(INK_THREAD, GROUND_NONE), SIGN_THREAD);
		if (!source_get(tv->source, line, &text))
			continue;
		struct codeline code = { .text = text.text,
			.origin = source_origin(tv->source, line),
			.spans = text.spans,
			.span_count = text.span_count,
			.cut = text.cut };
		codeline_draw(area_part(area, 0, 8, area.rows, area.cols), used, &code);
	}
	return used;
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct thread_view *tv = tv_of(view);
	const struct thread *t = &tv->thread;
	char shown[4][100], severity[64] = "";
	int used;

	wrap(tv, area.cols);
	if (tv->known) {
		if (t->severity.len)
			snprintf(severity, sizeof severity, " %s", show_in(shown[2], 50, t->severity));
		snprintf(tv->list.title, sizeof tv->list.title, "%.20s%.55s %.10s  %.100s",
		    show_in(shown[0], 100, t->kind), severity, t->id.len ? t->id.data : "",
		    show_in(shown[1], 100, t->title));
		snprintf(tv->list.note, sizeof tv->list.note, "%s", show_in(shown[3], 100, t->state));
	}
	used = draw_code(tv, area_part(area, 2, 0, area.rows - 2, area.cols));
	if (used) {
		char place[400], path[300];
		snprintf(
		    place, sizeof place, "%.*s:%s", STR_ARG(t->release), show_in(path, sizeof path, t->path));
		int end = area_tail(area, 1, 1, area.cols - 2, PEN(INK_DIM, GROUND_NONE), str_from(place));
		if (t->symbol.len)
			area_printf(
			    area, 1, end + 2, PEN(INK_DIM, GROUND_NONE), _("in %.*s"), STR_ARG(t->symbol));
	}
	int top = used ? used + 2 : 0;
	struct area words = area_part(area, top, 0, area.rows - top, area.cols);
	list_draw(&tv->list, words, focus, tv->row_count, draw_row, _("Nothing was said."), "");
	if (used) /* the title stands above the code, a rule between code and words */
		view_title(area, focus, str_from(tv->list.title), tv->list.failed ? "" : tv->list.note);
	if (used) {
		char said[40];
		snprintf(said, sizeof said, ngettext("%zu entry", "%zu entries", tv->entry_count),
		    tv->entry_count);
		area_blank(words, 0, 0, -1, PEN(INK_TEXT, GROUND_NONE));
		view_title(words, false, str_from(said), "");
	}
}

/* ---- acting ---- */

static void
open_code(struct view *view)
{
	struct thread_view *tv = tv_of(view);

	if (tv->known && tv->thread.path.len)
		app_show(view->app,
		    (struct place){
			tv->thread.release, tv->thread.path, tv->thread.first ? tv->thread.first : 1, 0, 0 });
}

static void
answer_it(struct view *view)
{
	if (tv_of(view)->known)
		compose_answer(view->app, &tv_of(view)->thread);
}

static void
state_it(struct view *view)
{
	if (tv_of(view)->known)
		state_open(view->app, &tv_of(view)->thread);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return buf_str(out, tv_of(view)->rows[row].text);
}

static bool
reads(const struct view *view)
{
	const struct thread_view *tv = (const struct thread_view *)view;

	return !tv->known && !tv->list.failed;
}

static void
release(struct view *view)
{
	struct thread_view *tv = tv_of(view);

	list_release(&tv->list);
	source_close(tv->source);
	free(tv->entries);
	free(tv->rows);
	free(tv);
}

static const struct handler handlers[] = { { ACT_OPEN_CODE, open_code }, { ACT_ANSWER, answer_it },
	{ ACT_STATE, state_it }, { ACT_NONE, NULL } };

const struct view_ops thread_ops = {
	.kind = VIEW_THREAD,
	.place = PLACE_FULL,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.row_text = row_text,
	.cancel = list_cancel,
	.reads = reads,
};

void
thread_open(struct app *app, struct str id)
{
	struct thread_view *tv = mem_new(struct thread_view);

	list_init(&tv->list, &thread_ops, app);
	tv->id = app_intern(app, id);
	ask(tv);
	app_push(app, &tv->list.view);
}
