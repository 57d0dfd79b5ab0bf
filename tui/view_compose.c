/* Words being written, beside what they are about: drawn and edited. */

#include "tui/compose.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define LABEL_COLS 12

static const char *const kinds[] = { "note", "question", "finding", NULL };
static const char *const severities[] = { "undetermined", "informational", "low", "medium", "high",
	"critical", NULL };
static const char *const difficulties[] = { "undetermined", "low", "medium", "high", NULL };

static struct compose *
compose_of(struct view *view)
{
	return (struct compose *)view;
}

const char *const *
compose_choices(enum slot field)
{
	return field == SLOT_KIND      ? kinds
	    : field == SLOT_SEVERITY   ? severities
	    : field == SLOT_DIFFICULTY ? difficulties
				       : NULL;
}

bool
compose_has(const struct compose *c, enum slot field)
{
	bool finding = c->choice[SLOT_KIND] == KIND_FINDING;

	if (field == SLOT_TEXT)
		return true;
	if (c->purpose != ANNOTATE)
		return false;
	return field == SLOT_KIND || (field == SLOT_TITLE && c->choice[SLOT_KIND] > 0) || finding;
}

bool
compose_empty(const struct compose *c)
{
	return editor_text(&c->text).len == 0 && editor_text(&c->title).len == 0;
}

uint64_t
compose_revision(const struct compose *c)
{
	uint64_t sum = c->title.revision + c->text.revision;

	for (enum slot f = SLOT_KIND; f < SLOT_TEXT; f++)
		sum += c->choice[f] << 32; /* a choice counts as many keys */
	return sum;
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
	const char *const *list = compose_choices(field);
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
		if (!compose_has(c, f))
			continue;
		bool here = focus && c->focus == f;
		area_words(area, row, 1, PEN(here ? INK_KEY : INK_DIM, GROUND_NONE), _(labels[f]));
		if (compose_choices(f))
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

/* At the right of the title: what becomes of the words, and how they are typed. */
static const char *
note(const struct compose *c)
{
	const struct vi *vi = &c->text.vi;

	if (c->order)
		return _("asking for the draft...");
	if (c->preview)
		return _("preview; M-p: the words");
	if (vi->on && c->focus == SLOT_TEXT)
		return vi->normal ? _("vi: commands") : _("vi: typing");
	if (c->purpose == PRIVATE)
		return _("for you alone");
	return draft_kept(c) ? _("not signed yet; draft saved") : _("not signed yet");
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct compose *c = compose_of(view);
	char title[500], shown[300], lines[64] = "";

	if (c->purpose == ANNOTATE || c->purpose == PRIVATE) {
		if (c->target.first && c->target.first == c->target.last)
			snprintf(lines, sizeof lines, _(" line %llu"), (unsigned long long)c->target.first);
		else if (c->target.first)
			snprintf(lines, sizeof lines, _(" lines %llu-%llu"),
			    (unsigned long long)c->target.first, (unsigned long long)c->target.last);
		snprintf(title, sizeof title,
		    c->purpose == PRIVATE ? _("PRIVATE NOTE on %s%s of %.*s") : _("WRITING on %s%s of %.*s"),
		    show_in(shown, sizeof shown, c->target.place.path), lines,
		    STR_ARG(c->target.place.release));
	} else if (c->purpose == REPLY)
		snprintf(title, sizeof title, _("ANSWERING in %.*s"), STR_ARG(c->thread));
	else
		snprintf(title, sizeof title, _("STATE of %.*s becomes %.*s"), STR_ARG(c->thread),
		    STR_ARG(c->state));
	view_title(area, focus, str_from(title), note(c));
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);
	int used = draw_fields(c, body, focus);
	if (used && used + 1 < body.rows) {
		for (int col = 1; col < body.cols - 1; col++)
			area_sign(body, used, col, PEN(INK_DIM, GROUND_NONE), SIGN_LINE);
		used++;
	}
	struct area words = area_part(body, used, 0, body.rows - used, body.cols);
	if (c->preview)
		compose_preview(c, words);
	else
		draw_words(c, words, focus);
}

/* ---- fields and typing ---- */

static void
move_focus(struct compose *c, int step)
{
	do
		c->focus = (enum slot)((c->focus + SLOT_COUNT + (unsigned)step) % SLOT_COUNT);
	while (!compose_has(c, c->focus));
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
	const char *const *list = compose_choices(c->focus);
	size_t count = 0;

	while (list[count])
		count++;
	c->choice[c->focus] = (c->choice[c->focus] + count + (size_t)step) % count;
	draft_changed(c);
}

/* "?" makes a comment a question, as long as nothing is written in it. */
static bool
ask(struct compose *c, int code)
{
	if (code != '?' || c->purpose != ANNOTATE || c->choice[SLOT_KIND] != KIND_NOTE ||
	    c->view.app->pasting || (c->focus != SLOT_KIND && !compose_empty(c)))
		return false;
	c->choice[SLOT_KIND] = KIND_QUESTION;
	app_say(c->view.app, INK_TEXT, _("A question; one more ? is written."));
	return true;
}

static bool
type(struct view *view, int code)
{
	struct compose *c = compose_of(view);
	struct editor *editor = editor_here(c);

	if (ask(c, code))
		return true;
	if (editor == &c->text && c->text.vi.normal && !view->app->pasting) {
		if (!editor_vi_key(editor, code, c->width))
			app_say(view->app, INK_WARN,
			    _("vi's commands here: hjkl w b 0 ^ $ gg G i a I A o O x D C p P J u, d c y with "
			      "a motion."));
		draft_changed(c);
		return true;
	}
	if (editor) {
		bool taken = editor_type(editor, code);
		draft_changed(c);
		return taken;
	}
	if (code == ' ')
		choose(c, 1);
	return code == ' ';
}

static void
pasted(struct view *view)
{
	draft_save(compose_of(view));
}

static void
newline(struct view *view)
{
	struct compose *c = compose_of(view);

	if (c->focus != SLOT_TEXT)
		move_focus(c, 1);
	else if (c->text.vi.normal)
		editor_vi_key(&c->text, 'j', c->width);
	else if (!editor_type(&c->text, '\n'))
		app_say(view->app, INK_WARN, _("A record holds no more."));
	else
		draft_save(c);
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
	else if (editor) {
		editor_act(editor, action, c->width);
		draft_changed(c);
	} else if (action == ACT_EDIT_LEFT || action == ACT_EDIT_RIGHT)
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
EDIT(edit_undo, ACT_EDIT_UNDO)
EDIT(edit_redo, ACT_EDIT_REDO)

void
compose_quote(struct app *app, struct target target)
{
	app->quote = compose_label(app, &target);
	app_say(app, INK_TEXT, _("Taken: %.*s; M-q puts it into what you write."), STR_ARG(app->quote));
}

static void
quote(struct view *view)
{
	struct compose *c = compose_of(view);
	struct str text = view->app->quote;

	if (text.len == 0 && c->target.place.path.len)
		text = compose_label(view->app, &c->target);
	if (text.len == 0)
		app_say(view->app, INK_TEXT,
		    _("No lines were taken; y takes those of the cursor or the selection."));
	else if (!editor_insert(&c->text, text))
		app_say(view->app, INK_WARN, _("A record holds no more."));
	draft_changed(c);
}

static void
preview(struct view *view)
{
	struct compose *c = compose_of(view);

	c->preview = !c->preview;
	c->top = 0;
}

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

	if (c->preview) {
		preview(view);
		return;
	}
	if (c->focus == SLOT_TEXT && editor_vi_escape(&c->text))
		return;
	if (c->order) {
		app_say(app, INK_TEXT, _("The draft is being asked for; ^C gives that up."));
		return;
	}
	draft_save(c);
	if (compose_empty(c))
		app_back(app);
	else if (app_put_aside(app, view))
		app_say(app, INK_TEXT, "%s",
		    c->note[0] || c->saving
			? _("Put aside, in your notebook too; the same key on the same place takes it up "
			    "again.")
			: _("Put aside until you leave; the same key on the same place takes it up again."));
}

static void
release(struct view *view)
{
	struct compose *c = compose_of(view);

	orders_cancel_of(view->app->orders, c);
	draft_detach(c);
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
		fields += compose_has(c, f);
	return 10 + fields;
}

static bool
cancel(struct view *view)
{
	struct compose *c = compose_of(view);
	bool ran = c->order != 0;

	draft_save(c);
	orders_cancel(view->app->orders, c->order);
	c->order = 0;
	return ran;
}

static const struct handler handlers[] = {
	{ ACT_DONE, compose_done },
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
	{ ACT_EDIT_UNDO, edit_undo },
	{ ACT_EDIT_REDO, edit_redo },
	{ ACT_EDIT_QUOTE, quote },
	{ ACT_PREVIEW, preview },
	{ ACT_NONE, NULL },
};

const struct view_ops compose_ops = {
	.kind = VIEW_COMPOSE,
	.place = PLACE_SIDE,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.type = type,
	.pasted = pasted,
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

struct compose *
compose_new(struct app *app, const struct compose *like)
{
	struct compose *c = mem_new(struct compose);

	*c = *like;
	c->view = (struct view){ .ops = &compose_ops, .app = app };
	editor_init(&c->title, false, 400);
	editor_init(&c->text, true, WORDS_MAX);
	c->text.vi.on = app->options.value[OPTION_VI];
	c->focus = c->choice[SLOT_KIND] == KIND_FINDING ? SLOT_TITLE : SLOT_TEXT;
	c->width = 60;
	c->saved = compose_revision(c);
	return c;
}

/* Takes up what was put aside about the same thing, or begins anew. */
static void
open(struct app *app, struct compose like)
{
	for (size_t i = 0; i < app->draft_count; i++)
		if (same(compose_of(app->drafts[i]), &like)) {
			app_take_up(app, i);
			return;
		}
	app_push(app, &compose_new(app, &like)->view);
}

static void
open_about(struct app *app, struct target target, enum purpose purpose, enum kind kind)
{
	target.place.path = app_intern(app, target.place.path);
	target.place.release = app_intern(app, target.place.release);
	open(app,
	    (struct compose){ .purpose = purpose,
		.target = target,
		.thread = STR(""),
		.state = STR(""),
		.choice = { [SLOT_KIND] = kind } });
}

void
compose_comment(struct app *app, struct target target)
{
	open_about(app, target, ANNOTATE, KIND_NOTE);
}

void
compose_finding(struct app *app, struct target target)
{
	open_about(app, target, ANNOTATE, KIND_FINDING);
}

void
compose_private(struct app *app, struct target target)
{
	open_about(app, target, PRIVATE, KIND_NOTE);
}

static const struct target no_target = { .place = { .release = { "", 0 }, .path = { "", 0 } } };

void
compose_answer(struct app *app, const struct thread *thread)
{
	open(app,
	    (struct compose){ .purpose = REPLY,
		.target = no_target,
		.thread = app_intern(app, thread->id),
		.state = STR("") });
}

void
compose_state(struct app *app, const struct thread *thread, struct str state)
{
	open(app,
	    (struct compose){ .purpose = STATE,
		.target = no_target,
		.thread = app_intern(app, thread->id),
		.state = app_intern(app, state) });
}
