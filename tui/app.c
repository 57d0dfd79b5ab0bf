#include "tui/app.h"

#include "tui/match.h"
#include "tui/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
app_init(struct app *app, struct orders *orders, int rows, int cols, bool ascii, bool colour)
{
	*app = (struct app){ .orders = orders,
		.colour = colour,
		.terminal_ascii = ascii,
		.mouse = true,
		.dirty = true,
		.find = BUF(4096),
		.left = BUF((size_t)64 * 1024),
		.kept = BUF((size_t)64 * 1024),
		.mapped = BUF((size_t)64 * 1024) };
	options_init(&app->options);
	keymap_init(&app->keymap);
	app->model.reading = app->model.base = SIZE_MAX;
	grid_init(&app->grid, rows, cols, ascii);
	app->panes[PANE_FILES] = files_new(app);
	app->panes[PANE_CODE] = code_new(app);
	app->panes[PANE_OUTLINE] = outline_new(app);
	app->depth = 1;
}

void
app_release(struct app *app)
{
	while (app->depth > 1)
		app_back(app);
	for (size_t i = 0; i < app->draft_count; i++)
		app->drafts[i]->ops->free(app->drafts[i]);
	drafts_release(app);
	panes_release(app);
	hits_forget(app);
	suspicious_release(app);
	seen_release(&app->seen);
	model_release(&app->model);
	grid_release(&app->grid);
	buf_release(&app->find);
	buf_release(&app->left);
	buf_release(&app->kept);
	buf_release(&app->mapped);
	keymap_release(&app->keymap);
	arena_release(&app->arena);
	free(app->interned);
}

void
app_resize(struct app *app, int rows, int cols)
{
	bool ascii = app->grid.ascii;
	enum theme theme = app->grid.theme;

	grid_release(&app->grid);
	grid_init(&app->grid, rows > 0 ? rows : 1, cols > 0 ? cols : 1, ascii);
	app->grid.theme = theme;
	app->dirty = true;
}

struct str
app_intern(struct app *app, struct str s)
{
	for (size_t i = 0; i < app->interned_count; i++)
		if (str_eq(app->interned[i], s))
			return app->interned[i];
	if ((app->interned_count & (app->interned_count - 1)) == 0)
		app->interned = mem_grow(
		    app->interned, app->interned_count ? 2 * app->interned_count : 1, sizeof *app->interned);
	return app->interned[app->interned_count++] = arena_str(&app->arena, s);
}

void
app_say(struct app *app, enum ink ink, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(app->message, sizeof app->message, fmt, args);
	va_end(args);
	app->message_ink = ink;
	app->dirty = true;
}

/* ---- the stack ---- */

bool
app_reading(const struct app *app)
{
	return app->stack[app->depth - 1].view == NULL;
}

struct view *
app_top(const struct app *app)
{
	struct view *view = app->stack[app->depth - 1].view;
	return view ? view : app->panes[app->focus];
}

struct place
app_place(const struct app *app)
{
	return code_place(app->panes[PANE_CODE]);
}

/* With the stack full, the oldest view that lies over the first screen makes room. */
static void
make_room(struct app *app)
{
	if (app->depth < STACK_MAX)
		return;
	if (app->stack[1].view)
		app->stack[1].view->ops->free(app->stack[1].view);
	memmove(&app->stack[1], &app->stack[2], (STACK_MAX - 2) * sizeof *app->stack);
	app->depth--;
}

void
app_push(struct app *app, struct view *view)
{
	make_room(app);
	app->stack[app->depth++] = (struct screen){ .view = view };
	app->key_count = 0;
	app->dirty = true;
}

void
app_back(struct app *app)
{
	if (app->depth <= 1)
		return;
	struct screen gone = app->stack[--app->depth];
	if (gone.view)
		gone.view->ops->free(gone.view);
	else
		for (size_t i = app->depth; i-- > 0;)
			if (!app->stack[i].view) {
				if (app->stack[i].place.path.len)
					code_show(app->panes[PANE_CODE], app->stack[i].place);
				break;
			}
	app->key_count = 0;
	app->dirty = true;
}

void
app_close(struct app *app, struct view *view)
{
	size_t at = 0;

	for (size_t i = 1; i < app->depth; i++)
		if (app->stack[i].view == view)
			at = i;
	while (at && app->depth > at)
		app_back(app);
}

bool
app_put_aside(struct app *app, struct view *view)
{
	if (app->draft_count == DRAFTS_MAX) {
		app_say(app, INK_BAD, _("%d writings are put aside already; finish one of them first."),
		    DRAFTS_MAX);
		return false;
	}
	if (app->stack[app->depth - 1].view != view)
		return false;
	app->depth--;
	app->drafts[app->draft_count++] = view;
	app->dirty = true;
	return true;
}

void
app_take_up(struct app *app, size_t draft)
{
	struct view *view = app->drafts[draft];

	memmove(&app->drafts[draft], &app->drafts[draft + 1],
	    (app->draft_count - draft - 1) * sizeof *app->drafts);
	app->draft_count--;
	app_push(app, view);
}

void
app_focus(struct app *app, enum pane pane)
{
	while (!app_reading(app))
		app_back(app);
	app->focus = pane;
	app->dirty = true;
}

/* ---- what the desk itself does ---- */

static void
leave(struct app *app)
{
	app->asking_to_leave = true;
}

static void
cancel(struct app *app)
{
	struct view *view = app_top(app);

	app->held = ACT_NONE;
	if (view->ops->cancel && view->ops->cancel(view))
		app_say(app, INK_WARN, _("Cancelled."));
	else
		app_say(app, INK_TEXT, _("Nothing runs here.  Q leaves the desk."));
}

static void
redraw(struct app *app)
{
	app->redraw = true;
}

static void
back(struct app *app)
{
	if (app->depth > 1)
		app_back(app);
	else if (app->focus != PANE_FILES)
		app->focus = PANE_FILES;
	else
		app_say(app, INK_TEXT, _("This is the first screen.  Q leaves the desk."));
}

static void
toggle_mouse(struct app *app)
{
	option_step(&app->options, OPTION_MOUSE);
	app_options_changed(app);
	app_say(app, INK_TEXT,
	    app->mouse ? _("Mouse on; with Shift held the terminal selects.") : _("Mouse off."));
}

/* ---- searching in lists ---- */

static void
find_next(struct app *app, int step)
{
	struct view *view = app_top(app);
	struct scroll *scroll = view->ops->scroll(view);
	size_t at = scroll->cursor;
	struct buf text = BUF((size_t)1 << 20);
	bool found = false;

	for (size_t n = 0; n < scroll->count && !found; n++) {
		size_t where;
		at = (at + (step > 0 ? 1 : scroll->count - 1)) % scroll->count;
		buf_clear(&text);
		found = view->ops->row_text(view, at, &text) == 0 &&
		    match_part(buf_view(&text), buf_view(&app->find), &where);
	}
	buf_release(&text);
	if (!found) {
		app_say(app, INK_WARN, _("Not found: %.*s"), STR_ARG(buf_view(&app->find)));
		return;
	}
	if (step > 0 ? at <= scroll->cursor : at >= scroll->cursor)
		app_say(app, INK_TEXT, _("Went on from the other end."));
	scroll_show(scroll, at);
	if (view->ops->moved)
		view->ops->moved(view);
}

static void
take_find(void *ctx, struct app *app, struct str text)
{
	(void)ctx;
	buf_clear(&app->find);
	if (buf_str(&app->find, text) == 0 && text.len)
		find_next(app, 1);
}

static void
find(struct app *app)
{
	prompt_open(app, _("search here:"), _("words, case aside"), false, take_find, NULL);
}

static void
find_again(struct app *app)
{
	if (app->find.len)
		find_next(app, 1);
	else
		find(app);
}

static void
find_before(struct app *app)
{
	if (app->find.len)
		find_next(app, -1);
	else
		find(app);
}

/* ---- dispatch ---- */

static const struct app_handler handlers[] = {
	{ ACT_HELP, help_open },
	{ ACT_PALETTE, palette_open },
	{ ACT_LEAVE, leave },
	{ ACT_CANCEL, cancel },
	{ ACT_REDRAW, redraw },
	{ ACT_BACK, back },
	{ ACT_THREADS, threads_open },
	{ ACT_LOBBY, lobby_open },
	{ ACT_DRAFTS, drafts_open },
	{ ACT_LOG, log_open },
	{ ACT_NOTEBOOK, notebook_view_open },
	{ ACT_GREP, search_open },
	{ ACT_RESULTS, hits_again },
	{ ACT_FIND_FILE, find_file_open },
	{ ACT_FIND_SYMBOL, find_symbol_open },
	{ ACT_FIND_THREAD, find_thread_open },
	{ ACT_FIND_RELEASE, find_release_open },
	{ ACT_JUMP_BACK, app_jump_back },
	{ ACT_JUMP_FORWARD, app_jump_forward },
	{ ACT_POP, app_pop },
	{ ACT_JUMPS, jumps_open },
	{ ACT_MARK, app_mark },
	{ ACT_TO_MARK, app_to_mark },
	{ ACT_CHANGES, changes_open },
	{ ACT_SUSPICIOUS, suspicious_open },
	{ ACT_NEXT_SUSPICIOUS, suspicious_next },
	{ ACT_PREV_SUSPICIOUS, suspicious_before },
	{ ACT_OPTIONS, options_open },
	{ ACT_MOUSE, toggle_mouse },
};

static const struct app_handler list_handlers[] = { { ACT_SEARCH, find }, { ACT_NEXT, find_again },
	{ ACT_PREV, find_before } };

bool
app_can(const struct view_ops *ops, enum action action)
{
	bool can = view_handles(ops, action);

	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
		can |= handlers[i].action == action;
	for (const struct app_handler *h = panes_handlers; h->action; h++)
		can |= h->action == action;
	for (size_t i = 0; i < sizeof list_handlers / sizeof *list_handlers; i++)
		can |= ops->row_text && list_handlers[i].action == action;
	return can;
}

static bool
reads(const struct view *view)
{
	return view->ops->reads && view->ops->reads(view);
}

/* A form opens about lines: while these are on their way it waits, and is not refused. */
static bool
hold(struct app *app, enum action action)
{
	static const enum action forms[] = { ACT_COMMENT, ACT_COMMENT_FILE, ACT_FINDING, ACT_PRIVATE,
		ACT_ANSWER, ACT_STATE };
	const struct view *view = app_top(app);

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (action == forms[i] && reads(view)) {
			app->held = action;
			app->held_by = view;
			app_say(app, INK_TEXT,
			    _("Still reading; it follows when the text is there.  ^C gives it up."));
			return true;
		}
	return false;
}

bool
app_go_on(struct app *app)
{
	struct view *view = app_top(app);
	enum action action = app->held;

	if (action == ACT_NONE || (view == app->held_by && reads(view)))
		return true;
	app->held = ACT_NONE;
	app->message[0] = 0;
	if (view == app->held_by)
		app_act(app, action);
	return app_top(app) != view;
}

void
app_act(struct app *app, enum action action)
{
	struct view *view = app_top(app);

	app->dirty = true;
	if (hold(app, action) || view_act(view, action))
		return;
	if (view->ops->scroll && scroll_act(view->ops->scroll(view), action)) {
		if (view->ops->moved)
			view->ops->moved(view);
		return;
	}
	for (size_t i = 0; view->ops->row_text && i < sizeof list_handlers / sizeof *list_handlers; i++)
		if (list_handlers[i].action == action) {
			list_handlers[i].run(app);
			return;
		}
	for (const struct app_handler *h = panes_handlers; h->action; h++)
		if (h->action == action) {
			h->run(app);
			return;
		}
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
		if (handlers[i].action == action) {
			handlers[i].run(app);
			return;
		}
}

/* ---- keys and mouse ---- */

/* What the pointer is on; focuses a pane that was pressed. */
static struct view *
view_under(struct app *app, const struct key *key)
{
	bool press = key->mouse == MOUSE_PRESS || key->mouse == MOUSE_DOUBLE;

	if (app_reading(app))
		return panes_under(app, key->row, key->col, press);
	return area_holds(app_top(app)->area, key->row, key->col) ? app_top(app) : NULL;
}

#define WHEEL_ROWS 3

/* The button is held or let go: a border moves, or what is under the pointer selects. */
static void
drag(struct app *app, const struct key *key)
{
	struct view *view = app->pressed.view;
	bool away = key->row != app->pressed.row;

	if (panes_drag(app, key->row, key->col, key->mouse == MOUSE_RELEASE))
		return;
	if (view && view == view_under(app, key) && view->ops->drag && (away || app->pressed.dragged)) {
		app->pressed.dragged = true;
		view->ops->drag(view, key->row - view->area.row, key->col - view->area.col);
	}
	if (key->mouse == MOUSE_RELEASE)
		app->pressed.view = NULL;
}

static void
mouse(struct app *app, const struct key *key)
{
	bool wheel = key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN;
	bool held = key->mouse == MOUSE_DRAG || key->mouse == MOUSE_RELEASE;

	if (held) {
		drag(app, key);
		return;
	}
	if (!wheel && app_reading(app) && panes_grab(app, key->row, key->col))
		return;
	struct view *view = view_under(app, key);
	if (!wheel)
		app->pressed = (struct pressed){ view, key->row, key->col };
	if (!view)
		return;
	if (wheel && view->ops->scroll) {
		scroll_by(view->ops->scroll(view), key->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
		if (view->ops->moved)
			view->ops->moved(view);
	} else if (!wheel && view->ops->click) {
		bool again = view->ops->click(view, key->row - view->area.row, key->col - view->area.col);
		if (again || key->mouse == MOUSE_DOUBLE)
			view_act(view, ACT_OPEN);
	}
}

static void
unknown_key(struct app *app)
{
	const struct binding *help = keymap_of(&app->keymap, app_top(app)->ops->kind, ACT_HELP);
	const char *rest = help ? help->keys : "";

	app_say(app, INK_TEXT, _("That key does nothing here; %.*s lists those that do."),
	    (int)strcspn(rest, " "), rest);
}

/* A paste is told about when it is over. */
static void
paste(struct app *app, bool begins)
{
	struct view *view = app_top(app);

	app->pasting = begins;
	if (begins)
		app->paste_lost = 0;
	else if (app->paste_lost)
		app_say(app, INK_WARN,
		    ngettext("%zu character of the paste was left out: it has no place here.",
			"%zu characters of the paste were left out: they have no place here.",
			app->paste_lost),
		    app->paste_lost);
	if (!begins && view->ops->pasted)
		view->ops->pasted(view);
}

static void
type(struct app *app, int code)
{
	struct view *view = app_top(app);

	if (!view->ops->type)
		unknown_key(app);
	else if (app->pasting)
		app->paste_lost += !view->ops->type(view, code);
	else if (!view->ops->type(view, code))
		app_say(app, INK_WARN, _("That cannot be written here."));
}

#define REPLACEMENT 0xfffd /* what the guard makes of bytes that are no character */

static void
typed_key(struct app *app, int code)
{
	const struct binding *binding;

	app->keys[app->key_count++] = code;
	switch (keymap_find(&app->keymap, app_top(app)->ops->kind, app->keys, app->key_count, &binding)) {
	case KEYS_YES:
		app->key_count = 0;
		app_act(app, binding->action);
		return;
	case KEYS_MORE:
		return;
	case KEYS_NO:
		break;
	}
	bool first = app->key_count == 1;
	app->key_count = 0;
	if (first && code >= ' ' && code < K_UP && code != K_BACKSPACE)
		type(app, code);
	else if (code != K_ESC)
		unknown_key(app);
}

void
app_key(struct app *app, const struct key *key)
{
	app->dirty = true;
	if (key->code == K_PASTE || key->code == K_PASTE_END) {
		paste(app, key->code == K_PASTE);
		return;
	}
	app->message[0] = 0;
	if (app->asking_to_leave) {
		app->asking_to_leave = false;
		app->leaving = key->code == 'y' || key->code == 'Y';
	} else if (app->letter && key->code != K_MOUSE) {
		void (*letter)(struct app *, int) = app->letter;
		app->letter = NULL;
		if (key->code != K_ESC)
			letter(app, key->code);
	} else if (key->code == K_MOUSE)
		mouse(app, key);
	else if (key->code == REPLACEMENT && app->pasting)
		app->paste_lost++;
	else if (key->code == REPLACEMENT)
		app_say(
		    app, INK_WARN, _("What was typed is no UTF-8 character (<U+FFFD>): it is not taken."));
	else if (app->pasting && app_top(app)->ops->type && key->code < K_UP)
		type(app, key->code == K_ENTER ? '\n' : key->code);
	else if (!app->pasting)
		typed_key(app, key->code);
}
