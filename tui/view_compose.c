/* Words being written, beside what they are about: a comment, an answer, a change of state. */

#include "tui/app.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX ((size_t)48 * 1024) /* bytes: a record holds 64 KiB */
#define LABEL_COLS 12

enum slot { SLOT_KIND, SLOT_TITLE, SLOT_SEVERITY, SLOT_DIFFICULTY, SLOT_TEXT, SLOT_COUNT };

static const char *const kinds[] = { "note", "question", "finding", NULL };
static const char *const severities[] = { "undetermined", "informational", "low", "medium", "high",
	"critical", NULL };
static const char *const difficulties[] = { "undetermined", "low", "medium", "high", NULL };

enum purpose { ANNOTATE, REPLY, STATE };

struct compose {
	struct view view;
	enum purpose purpose;
	struct target target;     /* ANNOTATE */
	struct str thread, state; /* REPLY, STATE; interned */
	enum slot focus;
	size_t choice[SLOT_COUNT];
	struct editor title, text;
	size_t top; /* first row of the text in sight */
	int width;  /* it was drawn at */
	uint64_t order;
};

static struct compose *
compose_of(struct view *view)
{
	return (struct compose *)view;
}

static const char *const *
choices(enum slot field)
{
	return field == SLOT_KIND      ? kinds
	    : field == SLOT_SEVERITY   ? severities
	    : field == SLOT_DIFFICULTY ? difficulties
				       : NULL;
}

static bool
has_field(const struct compose *c, enum slot field)
{
	bool finding = c->choice[SLOT_KIND] == 2;

	if (field == SLOT_TEXT)
		return true;
	if (c->purpose != ANNOTATE)
		return false;
	return field == SLOT_KIND || (field == SLOT_TITLE && c->choice[SLOT_KIND] > 0) || finding;
}

static struct editor *
editor_here(struct compose *c)
{
	return c->focus == SLOT_TITLE ? &c->title : c->focus == SLOT_TEXT ? &c->text : NULL;
}

/* ---- drawing ---- */

static void
draw_choice(struct compose *c, struct area area, int row, enum slot field, bool focus)
{
	const char *const *list = choices(field);
	int col = LABEL_COLS;

	for (size_t i = 0; list[i]; i++) {
		bool on = i == c->choice[field];
		struct pen pen = { on ? INK_TITLE : INK_DIM, on && focus ? GROUND_CURSOR : GROUND_NONE };
		char text[40];
		snprintf(text, sizeof text, on ? "[%s]" : " %s ", list[i]);
		if (on && focus)
			area_cursor(area, row, col + 1);
		if (!on && col + (int)strlen(text) > area.cols)
			continue;
		col = area_words(area, row, col, pen, text);
	}
}

static int
draw_fields(struct compose *c, struct area area, bool focus)
{
	static const char *const labels[SLOT_COUNT] = { N_("kind"), N_("title"), N_("severity"),
		N_("difficulty"), "" };
	int row = 0;

	for (enum slot f = SLOT_KIND; f < SLOT_TEXT; f++) {
		if (!has_field(c, f))
			continue;
		bool here = focus && c->focus == f;
		area_words(area, row, 1, PEN(here ? INK_KEY : INK_DIM, GROUND_NONE), _(labels[f]));
		if (choices(f))
			draw_choice(c, area, row, f, here);
		else {
			size_t cursor_row, rows;
			int col, width = area.cols - LABEL_COLS - 1;
			editor_place(&c->title, 100000, &cursor_row, &col, &rows);
			area_tail(area, row, LABEL_COLS, width, PEN(INK_TITLE, GROUND_NONE),
			    editor_text(&c->title));
			if (editor_text(&c->title).len == 0)
				area_words(area, row, LABEL_COLS, PEN(INK_DIM, GROUND_NONE),
				    _("one line that says what is wrong"));
			if (here)
				area_cursor(area, row, LABEL_COLS + (col < width ? col : width));
		}
		row++;
	}
	return row;
}

static void
draw_words(struct compose *c, struct area area, bool focus)
{
	struct str text = editor_text(&c->text);
	struct editor_row r;
	size_t row, rows, at = 0, next;
	int col;

	if (area.rows <= 0 || area.cols < 4)
		return;
	c->width = area.cols - 3;
	editor_place(&c->text, c->width, &row, &col, &rows);
	if (row < c->top)
		c->top = row;
	if (row >= c->top + (size_t)area.rows)
		c->top = row - (size_t)area.rows + 1;
	if (text.len == 0)
		area_cut(area, 0, 2, area.cols - 2, PEN(INK_DIM, GROUND_NONE),
		    c->purpose == STATE ? str_from(_("why (may stay empty)"))
					: str_from(_("your words; Enter begins a new line, ^S is done")));
	for (size_t start = 0; editor_wrap(text, start, c->width, &r, &next); start = next, at++)
		if (at >= c->top && at < c->top + (size_t)area.rows)
			area_text(area, (int)(at - c->top), 2, PEN(INK_TEXT, GROUND_NONE),
			    (struct str){ text.data + r.start, r.len });
	if (focus && c->focus == SLOT_TEXT)
		area_cursor(area, (int)(row - c->top), 2 + col);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct compose *c = compose_of(view);
	char title[500], shown[300], lines[64] = "";

	if (c->purpose == ANNOTATE) {
		if (c->target.first && c->target.first == c->target.last)
			snprintf(lines, sizeof lines, _(" line %llu"), (unsigned long long)c->target.first);
		else if (c->target.first)
			snprintf(lines, sizeof lines, _(" lines %llu-%llu"),
			    (unsigned long long)c->target.first, (unsigned long long)c->target.last);
		snprintf(title, sizeof title, _("WRITING on %s%s of %.*s"),
		    show_in(shown, sizeof shown, c->target.place.path), lines,
		    STR_ARG(c->target.place.release));
	} else if (c->purpose == REPLY)
		snprintf(title, sizeof title, _("ANSWERING in %.*s"), STR_ARG(c->thread));
	else
		snprintf(title, sizeof title, _("STATE of %.*s becomes %.*s"), STR_ARG(c->thread),
		    STR_ARG(c->state));
	view_title(
	    area, focus, str_from(title), c->order ? _("asking for the draft...") : _("not signed yet"));
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);
	int used = draw_fields(c, body, focus);
	if (used && used + 1 < body.rows) {
		for (int col = 1; col < body.cols - 1; col++)
			area_sign(body, used, col, PEN(INK_DIM, GROUND_NONE), SIGN_LINE);
		used++;
	}
	draw_words(c, area_part(body, used, 0, body.rows - used, body.cols), focus);
}

/* ---- saying it ---- */

static json_t *
words_of(const struct compose *c)
{
	static const char *const says[] = { "annotate", "reply", "state" };
	json_t *say = json_pack("{s:s}", "say", says[c->purpose]);
	int r = say ? 0 : err_set(ERR_MEMORY, "no memory");

	if (r == 0 && (c->purpose != STATE || editor_text(&c->text).len))
		r = json_set_str(say, "text", editor_text(&c->text));
	if (r == 0 && c->purpose != ANNOTATE)
		r = json_set_str(say, "thread", c->thread);
	if (r == 0 && c->purpose == STATE)
		r = json_set_str(say, "state", c->state);
	if (c->purpose == ANNOTATE) {
		if (r == 0)
			r = json_set_str(say, "release", c->target.place.release);
		if (r == 0)
			r = json_set_foreign(say, "path", c->target.place.path);
		if (r == 0 && c->target.first)
			r = json_set_num(say, "first", c->target.first);
		if (r == 0 && c->target.first)
			r = json_set_num(say, "last", c->target.last);
		if (r == 0)
			r = json_set_str(say, "kind", str_from(kinds[c->choice[SLOT_KIND]]));
		if (r == 0 && has_field(c, SLOT_TITLE) && editor_text(&c->title).len)
			r = json_set_str(say, "title", editor_text(&c->title));
		if (r == 0 && has_field(c, SLOT_SEVERITY))
			r = json_set_str(say, "severity", str_from(severities[c->choice[SLOT_SEVERITY]]));
		if (r == 0 && has_field(c, SLOT_DIFFICULTY))
			r = json_set_str(
			    say, "difficulty", str_from(difficulties[c->choice[SLOT_DIFFICULTY]]));
	}
	if (r == 0)
		return say;
	json_decref(say);
	return NULL;
}

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

static void
done(struct view *view)
{
	struct compose *c = compose_of(view);

	if (c->order)
		return;
	if (c->purpose != STATE && editor_text(&c->text).len == 0) {
		app_say(view->app, INK_WARN, _("Nothing is written yet."));
		c->focus = SLOT_TEXT;
		return;
	}
	if (has_field(c, SLOT_SEVERITY) && editor_text(&c->title).len == 0) {
		app_say(view->app, INK_WARN, _("A finding needs a title."));
		c->focus = SLOT_TITLE;
		return;
	}
	json_t *say = words_of(c);
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
		compose_of(view)->order = 0;
}

/* ---- fields and typing ---- */

static void
move_focus(struct compose *c, int step)
{
	do
		c->focus = (enum slot)((c->focus + SLOT_COUNT + (unsigned)step) % SLOT_COUNT);
	while (!has_field(c, c->focus));
}

static void
next_field(struct view *view)
{
	move_focus(compose_of(view), 1);
}

static void
prev_field(struct view *view)
{
	move_focus(compose_of(view), -1);
}

static void
choose(struct compose *c, int step)
{
	const char *const *list = choices(c->focus);
	size_t count = 0;

	while (list[count])
		count++;
	c->choice[c->focus] = (c->choice[c->focus] + count + (size_t)step) % count;
}

static bool
type(struct view *view, int code)
{
	struct compose *c = compose_of(view);
	struct editor *editor = editor_here(c);

	if (editor)
		return editor_type(editor, code);
	if (code == ' ')
		choose(c, 1);
	return code == ' ';
}

static void
newline(struct view *view)
{
	struct compose *c = compose_of(view);

	if (c->focus != SLOT_TEXT)
		move_focus(c, 1);
	else if (!editor_type(&c->text, '\n'))
		app_say(view->app, INK_WARN, _("A record holds no more."));
}

static void
edit(struct view *view, enum action action)
{
	struct compose *c = compose_of(view);
	struct editor *editor = editor_here(c);

	if (action == ACT_EDIT_UP && (c->focus != SLOT_TEXT || c->text.cursor == 0) && c->purpose == ANNOTATE)
		move_focus(c, c->focus == SLOT_KIND ? 0 : -1);
	else if (action == ACT_EDIT_DOWN && c->focus != SLOT_TEXT)
		move_focus(c, 1);
	else if (editor)
		editor_act(editor, action, c->width);
	else if (action == ACT_EDIT_LEFT || action == ACT_EDIT_RIGHT)
		choose(c, action == ACT_EDIT_LEFT ? -1 : 1);
}

#define EDIT(name, action) \
	static void name(struct view *view) \
	{ \
		edit(view, action); \
	}
EDIT(edit_up, ACT_EDIT_UP)
EDIT(edit_down, ACT_EDIT_DOWN)
EDIT(edit_left, ACT_EDIT_LEFT)
EDIT(edit_right, ACT_EDIT_RIGHT)
EDIT(edit_home, ACT_EDIT_HOME)
EDIT(edit_end, ACT_EDIT_END)
EDIT(edit_word_left, ACT_EDIT_WORD_LEFT)
EDIT(edit_word_right, ACT_EDIT_WORD_RIGHT)
EDIT(edit_backspace, ACT_EDIT_BACKSPACE)
EDIT(edit_delete, ACT_EDIT_DELETE)
EDIT(edit_kill, ACT_EDIT_KILL)
EDIT(edit_kill_back, ACT_EDIT_KILL_BACK)
EDIT(edit_kill_word, ACT_EDIT_KILL_WORD)
EDIT(edit_yank, ACT_EDIT_YANK)

/* The pane beside stays where one writes; what it is about can be read on in. */
static void
scroll_beside(struct view *view, enum action action)
{
	struct app *app = view->app;
	struct view *beside = app->depth > 1 ? app->stack[app->depth - 2].view : NULL;

	if (!beside)
		beside = app->panes[PANE_CODE];
	if (beside->ops->scroll)
		scroll_act(beside->ops->scroll(beside), action);
}

static void
page_down(struct view *view)
{
	scroll_beside(view, ACT_PAGE_DOWN);
}

static void
page_up(struct view *view)
{
	scroll_beside(view, ACT_PAGE_UP);
}

/* Words that were written are put aside, not thrown away. */
static void
back(struct view *view)
{
	struct compose *c = compose_of(view);
	struct app *app = view->app;

	if (editor_text(&c->text).len == 0 && editor_text(&c->title).len == 0)
		app_back(app);
	else if (app_put_aside(app, view))
		app_say(app, INK_TEXT,
		    _("Put aside until you leave; the same key on the same place takes it up again."));
}

static void
release(struct view *view)
{
	struct compose *c = compose_of(view);

	orders_cancel_of(view->app->orders, c);
	editor_release(&c->title);
	editor_release(&c->text);
	free(c);
}

static int
rows(struct view *view)
{
	struct compose *c = compose_of(view);
	int fields = 0;

	for (enum slot f = SLOT_KIND; f < SLOT_TEXT; f++)
		fields += has_field(c, f);
	return 10 + fields;
}

static bool
cancel(struct view *view)
{
	struct compose *c = compose_of(view);
	bool ran = c->order != 0;

	orders_cancel(view->app->orders, c->order);
	c->order = 0;
	return ran;
}

static const struct handler handlers[] = {
	{ ACT_DONE, done },
	{ ACT_NEWLINE, newline },
	{ ACT_NEXT_FIELD, next_field },
	{ ACT_PREV_FIELD, prev_field },
	{ ACT_BACK, back },
	{ ACT_PAGE_DOWN, page_down },
	{ ACT_PAGE_UP, page_up },
	{ ACT_EDIT_UP, edit_up },
	{ ACT_EDIT_DOWN, edit_down },
	{ ACT_EDIT_LEFT, edit_left },
	{ ACT_EDIT_RIGHT, edit_right },
	{ ACT_EDIT_HOME, edit_home },
	{ ACT_EDIT_END, edit_end },
	{ ACT_EDIT_WORD_LEFT, edit_word_left },
	{ ACT_EDIT_WORD_RIGHT, edit_word_right },
	{ ACT_EDIT_BACKSPACE, edit_backspace },
	{ ACT_EDIT_DELETE, edit_delete },
	{ ACT_EDIT_KILL, edit_kill },
	{ ACT_EDIT_KILL_BACK, edit_kill_back },
	{ ACT_EDIT_KILL_WORD, edit_kill_word },
	{ ACT_EDIT_YANK, edit_yank },
	{ ACT_NONE, NULL },
};

const struct view_ops compose_ops = {
	.kind = VIEW_COMPOSE,
	.place = PLACE_SIDE,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.type = type,
	.popup_rows = rows,
	.cancel = cancel,
};

/* ---- opening ---- */

static bool
same(const struct compose *a, const struct compose *b)
{
	return a->purpose == b->purpose && str_eq(a->thread, b->thread) && str_eq(a->state, b->state) &&
	    a->target.first == b->target.first && a->target.last == b->target.last &&
	    str_eq(a->target.place.path, b->target.place.path) &&
	    str_eq(a->target.place.release, b->target.place.release);
}

/* Takes up what was put aside about the same thing, or begins anew. */
static void
open(struct app *app, struct compose like, size_t kind)
{
	struct compose *c;

	for (size_t i = 0; i < app->draft_count; i++)
		if (same(compose_of(app->drafts[i]), &like)) {
			app_take_up(app, i);
			return;
		}
	c = mem_new(struct compose);
	*c = like;
	c->view = (struct view){ .ops = &compose_ops, .app = app };
	editor_init(&c->title, false, 400);
	editor_init(&c->text, true, WORDS_MAX);
	c->choice[SLOT_KIND] = kind;
	c->focus = kind == 2 ? SLOT_TITLE : SLOT_TEXT;
	c->width = 60;
	app_push(app, &c->view);
}

void
compose_comment(struct app *app, struct target target, const char *kind)
{
	size_t at = 0;

	while (kinds[at] && strcmp(kinds[at], kind) != 0)
		at++;
	target.place.path = app_intern(app, target.place.path);
	target.place.release = app_intern(app, target.place.release);
	open(app,
	    (struct compose){ .purpose = ANNOTATE, .target = target, .thread = STR(""), .state = STR("") },
	    at);
}

static const struct target no_target = { .place = { .release = { "", 0 }, .path = { "", 0 } } };

void
compose_answer(struct app *app, const struct thread *thread)
{
	open(app,
	    (struct compose){ .purpose = REPLY,
		.target = no_target,
		.thread = app_intern(app, thread->id),
		.state = STR("") },
	    0);
}

void
compose_state(struct app *app, const struct thread *thread, struct str state)
{
	open(app,
	    (struct compose){ .purpose = STATE,
		.target = no_target,
		.thread = app_intern(app, thread->id),
		.state = app_intern(app, state) },
	    0);
}
