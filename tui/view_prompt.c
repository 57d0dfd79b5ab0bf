/* A line to be typed, in place of the help line: searches and passphrases. */

#include "tui/app.h"
#include "tui/edit_keys.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX 1000

struct prompt {
	struct view view;
	struct editor line;
	char label[64];
	const char *hint;
	bool secret;
	size_t back; /* lines of the history gone back */
	prompt_done *done;
	void *ctx;
};

static struct prompt *
prompt_of(struct view *view)
{
	return (struct prompt *)view;
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct prompt *p = prompt_of(view);
	struct str text = editor_text(&p->line);
	size_t row, rows;
	int at, col = area_words(area, 0, 1, PEN(INK_KEY, GROUND_NONE), p->label) + 1;

	(void)focus;
	editor_place(&p->line, 100000, &row, &at, &rows);
	if (text.len == 0)
		area_cut(area, 0, col, area.cols - col, PEN(INK_DIM, GROUND_NONE), str_from(p->hint));
	else if (p->secret)
		for (int i = 0; i < at && col + i < area.cols; i++)
			area_words(area, 0, col + i, PEN(INK_TEXT, GROUND_NONE), "*");
	else
		area_tail(area, 0, col, area.cols - col - 1, PEN(INK_TITLE, GROUND_NONE), text);
	area_cursor(area, 0, col + at < area.cols ? col + at : area.cols - 1);
}

static bool
type(struct view *view, int code)
{
	return editor_type(&prompt_of(view)->line, code);
}

static void
remember(struct app *app, struct str text)
{
	if (text.len == 0 || (app->said_count && str_eq(app->said[app->said_count - 1], text)))
		return;
	if (app->said_count == SAID_MAX) {
		memmove(app->said, app->said + 1, (SAID_MAX - 1) * sizeof *app->said);
		app->said_count--;
	}
	app->said[app->said_count++] = app_intern(app, text);
}

static void
accept(struct view *view)
{
	struct prompt *p = prompt_of(view);
	struct app *app = view->app;
	prompt_done *done = p->done;
	void *ctx = p->ctx;
	struct buf text = BUF(LINE_MAX * UTF8_MAX);

	if (buf_str(&text, editor_text(&p->line)) == 0) {
		if (!p->secret)
			remember(app, buf_view(&text));
		p->done = NULL;
		app_close(app, view);
		done(ctx, app, buf_view(&text));
	}
	buf_wipe(&text);
}

static void
history(struct prompt *p, int step)
{
	struct app *app = p->view.app;
	size_t back = step > 0 ? p->back + 1 : p->back ? p->back - 1 : 0;

	if (p->secret || back > app->said_count)
		return;
	p->back = back;
	editor_set(&p->line, back ? app->said[app->said_count - back] : STR(""));
}

static void
older(struct view *view)
{
	history(prompt_of(view), 1);
}

static void
newer(struct view *view)
{
	history(prompt_of(view), -1);
}

static void
edit(struct view *view, enum action action)
{
	editor_act(&prompt_of(view)->line, action, 100000);
}

EDIT_KEYS(EDIT_FUNCTION)

static void
release(struct view *view)
{
	struct prompt *p = prompt_of(view);

	editor_release(&p->line);
	if (p->done && p->secret) /* a question that must be answered: giving up is an answer */
		p->done(p->ctx, view->app, STR(""));
	free(p);
}

static const struct handler handlers[] = {
	{ ACT_ACCEPT, accept },
	{ ACT_EDIT_UP, older },
	{ ACT_EDIT_DOWN, newer },
	EDIT_KEYS(EDIT_HANDLER){ ACT_NONE, NULL },
};

const struct view_ops prompt_ops = {
	.kind = VIEW_PROMPT,
	.place = PLACE_LINE,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.type = type,
};

void
prompt_open(struct app *app, const char *label, const char *hint, bool secret, prompt_done *done, void *ctx)
{
	struct prompt *p = mem_new(struct prompt);

	p->view = (struct view){ .ops = &prompt_ops, .app = app };
	editor_init(&p->line, false, LINE_MAX);
	snprintf(p->label, sizeof p->label, "%s", label);
	p->hint = hint;
	p->secret = secret;
	p->done = done;
	p->ctx = ctx;
	app_push(app, &p->view);
}
