/* A search of the release as it is typed: the pattern, its switches in words, and the searches made before. */

#include "tui/edit_keys.h"
#include "tui/list.h"
#include "tui/pattern.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX 1000

struct search {
	struct list list; /* row 0: what is typed; below it searches made before, the latest first */
	struct editor line;
	struct str mine; /* what was typed before one of those was taken */
};

static struct search *
search_of(struct view *view)
{
	return (struct search *)view;
}

static struct str
typed(const struct search *s)
{
	return editor_text(&s->line);
}

/* ---- the searches made before ---- */

void
searches_add(struct app *app, struct str text)
{
	struct searches *searches = &app->searches;
	size_t at = 0;

	while (at < searches->count && !str_eq(searches->made[at], text))
		at++;
	if (at == searches->count && searches->count < SEARCHES_MAX)
		searches->count++;
	else
		at = at == searches->count ? 0 : at;
	if (at + 1 < searches->count)
		memmove(&searches->made[at], &searches->made[at + 1],
		    (searches->count - at - 1) * sizeof *searches->made);
	searches->made[searches->count - 1] = app_intern(app, text);
	searches->here += searches->here < searches->count;
}

/* One that the notebook has of a visit before: older than all of this one. */
static void
add_older(struct app *app, struct str text)
{
	struct searches *searches = &app->searches;

	for (size_t i = 0; i < searches->count; i++)
		if (str_eq(searches->made[i], text))
			return;
	if (searches->count == SEARCHES_MAX)
		return;
	size_t at = searches->count - searches->here;
	memmove(&searches->made[at + 1], &searches->made[at], searches->here * sizeof *searches->made);
	searches->made[at] = app_intern(app, text);
	searches->count++;
}

/* One as the notebook has it, as it would be typed. */
static void
take_older(struct app *app, const json_t *order)
{
	struct row args = { 0 };
	struct buf text = BUF(LINE_MAX), pattern = BUF(LINE_MAX), glob = BUF(LINE_MAX);

	if (json_get_foreign(order, "pattern", &pattern) == 0)
		row_set(&args, F_PATTERN, buf_view(&pattern));
	if (json_get_foreign(order, "glob", &glob) == 0 && glob.len)
		row_set(&args, F_GLOB, buf_view(&glob));
	if (json_str(order, "language").len)
		row_set(&args, F_LANGUAGE, json_str(order, "language"));
	row_set_num(&args, F_FLAGS, json_num(order, "flags"));
	if (pattern.len && pattern_write(&args, &text) == 0)
		add_older(app, buf_view(&text));
	buf_release(&text);
	buf_release(&pattern);
	buf_release(&glob);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct search *s = ctx;
	struct app *app = s->list.view.app;

	if (answer->kind == ANSWER_NEED)
		list_need(&s->list, answer->json);
	else if (answer->kind == ANSWER_JSON)
		take_older(app, json_object_get(answer->json, "order"));
	else if (list_ended(&s->list, answer) && s->list.failed) {
		app_say(app, INK_WARN, "%s", s->list.note);
		s->list.failed = false;
	}
}

static void
ask_older(struct view *view)
{
	struct search *s = search_of(view);
	json_t *json = json_pack("{s:s}", "note", "searches");

	orders_cancel(view->app->orders, s->list.order);
	s->list.order = orders_json(view->app->orders, MSG_NOTE, json, take, s);
	json_decref(json);
}

/* ---- drawing ---- */

/* Which option a switch puts in front; of the last three several may stand there. */
static const struct {
	const char *option, *words;
	enum action action;
} switches[] = {
	{ "-i", N_("any case"), ACT_ANY_CASE },
	{ "-w", N_("whole words"), ACT_WHOLE_WORDS },
	{ "-F", N_("as it stands"), ACT_AS_IT_STANDS },
	{ "--all", N_("all releases"), ACT_ALL_RELEASES },
	{ "--code", N_("code"), ACT_ONLY_CODE },
	{ "--comments", N_("comments"), ACT_ONLY_COMMENTS },
	{ "--strings", N_("strings"), ACT_ONLY_STRINGS },
};

#define SWITCHES (sizeof switches / sizeof *switches)

/* "M-i [x] any case", in as many rows as it takes; the rows are returned. */
static int
draw_switches(const struct search *s, struct area area, int row)
{
	int col = 1, first = row;

	for (size_t i = 0; i < SWITCHES; i++) {
		const struct binding *b =
		    keymap_of(&s->list.view.app->keymap, VIEW_SEARCH, switches[i].action);
		bool on = pattern_has(typed(s), switches[i].option);
		int width = 9 + text_width(str_from(_(switches[i].words)), area.grid->ascii);
		if (col > 1 && col + width > area.cols)
			row++, col = 1;
		col = area_words(area, row, col, PEN(INK_KEY, GROUND_NONE), b->keys);
		col = area_words(
		    area, row, col + 1, PEN(on ? INK_SIGN : INK_DIM, GROUND_NONE), on ? "[x]" : "[ ]");
		col = area_words(area, row, col + 1, PEN(on ? INK_TEXT : INK_DIM, GROUND_NONE),
			  _(switches[i].words)) +
		    2;
	}
	return row - first + 1;
}

/* What would be searched, or why what is typed is no search. */
static void
draw_meaning(struct list *list, struct area area, int row, enum ground ground)
{
	struct search *s = search_of(&list->view);
	struct row args = { 0 };
	char shown[3][100];

	if (typed(s).len == 0) {
		area_cut(area, row, 1, area.cols - 1, PEN(INK_DIM, ground),
		    str_from(_("type a regular expression; Down takes a search made before")));
		return;
	}
	row_set(&args, F_RELEASE, model_reading(&list->view.app->model));
	if (pattern_read(typed(s), &args) < 0) {
		area_cut(area, row, 1, area.cols - 1, PEN(INK_WARN, ground), str_from(err_text()));
		return;
	}
	int col = area_printf(area, row, 1, PEN(INK_TEXT, ground), _("Enter searches %s"),
	    row_has(&args, F_RELEASE) ? show_in(shown[0], 100, row_get(&args, F_RELEASE))
				      : _("all releases"));
	if (row_has(&args, F_GLOB))
		col = area_printf(area, row, col, PEN(INK_TEXT, ground), _(", files %s"),
		    show_in(shown[1], 100, row_get(&args, F_GLOB)));
	if (row_has(&args, F_LANGUAGE))
		col = area_printf(area, row, col, PEN(INK_TEXT, ground), _(", in %s"),
		    show_in(shown[2], 100, row_get(&args, F_LANGUAGE)));
	if (!row_has(&args, F_GLOB) && !row_has(&args, F_LANGUAGE))
		area_cut(area, row, col, area.cols - col, PEN(INK_DIM, ground),
		    str_from(_("; --path GLOB, --lang LANGUAGE: fewer files")));
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct searches *searches = &list->view.app->searches;

	if (at == 0)
		draw_meaning(list, area, row, ground);
	else
		area_cut(
		    area, row, 1, area.cols - 1, PEN(INK_TEXT, ground), searches->made[searches->count - at]);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct search *s = search_of(view);
	size_t row, rows;
	int col, head = 2 + (area.rows >= 8 ? draw_switches(s, area, 2) : 0);
	struct area list = area_part(area, head - 1, 0, area.rows - head + 1, area.cols);

	s->list.done = true;
	snprintf(
	    s->list.title, sizeof s->list.title, _("SEARCH %.*s"), STR_ARG(model_reading(&view->app->model)));
	/* the list's title gives its row to what is drawn above, so it comes first */
	list_draw(&s->list, list, focus, view->app->searches.count + 1, draw_row, "", "");
	area_blank(list, 0, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	view_title(area, focus, str_from(s->list.title), "");
	area_blank(area, 1, 0, -1, PEN(INK_TEXT, GROUND_NONE));
	if (area.rows >= 8)
		draw_switches(s, area, 2);
	area_words(area, 1, 1, PEN(INK_KEY, GROUND_NONE), ">");
	area_tail(area, 1, 3, area.cols - 4, PEN(INK_TITLE, GROUND_NONE), typed(s));
	editor_place(&s->line, 10000, &row, &col, &rows);
	area_cursor(area, 1, 3 + (col < area.cols - 5 ? col : area.cols - 5));
}

/* ---- acting ---- */

static void
accept(struct view *view)
{
	struct search *s = search_of(view);
	struct app *app = view->app;
	struct row args = { 0 };
	struct str text = app_intern(app, typed(s));

	if (pattern_read(text, &args) < 0) {
		app_say(app, INK_WARN, "%s", err_text());
		return;
	}
	app_close(app, view);
	searches_add(app, text);
	hits_open(app, text);
}

/* The line becomes the search under the cursor; on the first row what was typed. */
static void
moved(struct view *view)
{
	struct search *s = search_of(view);
	const struct searches *searches = &view->app->searches;
	size_t at = s->list.scroll.cursor;

	editor_set(&s->line, at ? searches->made[searches->count - at] : s->mine);
}

static void
changed(struct search *s)
{
	s->mine = arena_str(&s->list.arena, typed(s));
	s->list.scroll.cursor = 0;
}

static bool
type(struct view *view, int code)
{
	if (!editor_type(&search_of(view)->line, code))
		return false;
	changed(search_of(view));
	return true;
}

static void
edit(struct view *view, enum action action)
{
	editor_act(&search_of(view)->line, action, 10000);
	changed(search_of(view));
}

EDIT_KEYS(EDIT_FUNCTION)

static void
toggle(struct view *view, size_t which)
{
	struct search *s = search_of(view);
	struct buf text = BUF(LINE_MAX * UTF8_MAX);

	if (pattern_toggle(typed(s), switches[which].option, &text) == 0)
		editor_set(&s->line, buf_view(&text));
	buf_release(&text);
	changed(s);
}

#define TOGGLE(name, which) \
	static void name(struct view *view) \
	{ \
		toggle(view, which); \
	}
TOGGLE(any_case, 0)
TOGGLE(whole_words, 1)
TOGGLE(as_it_stands, 2)
TOGGLE(all_releases, 3)
TOGGLE(only_code, 4)
TOGGLE(only_comments, 5)
TOGGLE(only_strings, 6)

static int
popup_rows(struct view *view)
{
	(void)view;
	return 16;
}

static void
release(struct view *view)
{
	editor_release(&search_of(view)->line);
	list_free(view);
}

static const struct handler handlers[] = {
	{ ACT_ACCEPT, accept },
	{ ACT_ANY_CASE, any_case },
	{ ACT_WHOLE_WORDS, whole_words },
	{ ACT_AS_IT_STANDS, as_it_stands },
	{ ACT_ALL_RELEASES, all_releases },
	{ ACT_ONLY_CODE, only_code },
	{ ACT_ONLY_COMMENTS, only_comments },
	{ ACT_ONLY_STRINGS, only_strings },
	{ ACT_EARLIER_VISITS, ask_older },
	EDIT_KEYS(EDIT_HANDLER){ ACT_NONE, NULL },
};

const struct view_ops search_ops = {
	.kind = VIEW_SEARCH,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.moved = moved,
	.type = type,
	.popup_rows = popup_rows,
	.cancel = list_cancel,
};

void
search_open(struct app *app)
{
	if (model_reading(&app->model).len == 0)
		return;
	struct search *s = mem_new(struct search);
	list_init(&s->list, &search_ops, app);
	editor_init(&s->line, false, LINE_MAX);
	s->mine = STR("");
	app_push(app, &s->list.view);
}
