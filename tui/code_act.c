/* What can be done in the code pane. */

#include "tui/code.h"

#include "tui/source_act.h"
#include "tui/text.h"

#include <stdio.h>

/* ---- columns ---- */

static void
set_column(struct code *code, size_t column)
{
	code->column = code->goal = column;
}

static void
left(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;
	size_t at;

	if (code->column == 0)
		app_focus(view->app, PANE_FILES);
	else if (code_here(code, &line, &at))
		set_column(code, at ? (size_t)line.offset + codeline_back(line.text, at) : code->column - 1);
}

static void
right(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;
	size_t at;

	if (!code_here(code, &line, &at))
		return;
	size_t next = codeline_next(line.text, at);
	if (next < line.text.len || line.cut)
		set_column(code, (size_t)line.offset + next);
}

static void
line_start(struct view *view)
{
	set_column(code_of(view), 0);
}

static void
line_end(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;

	if (!code_line_at(code, code_now(code), &line))
		return;
	if (line.cut)
		set_column(code, (size_t)(line.offset + line.text.len + line.cut) - 1);
	else
		set_column(code,
		    (size_t)line.offset + (line.text.len ? codeline_back(line.text, line.text.len) : 0));
}

static void
word(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;
	size_t at;

	if (!code_here(code, &line, &at))
		return;
	size_t next = codeline_word_next(line.text, at);
	if (next < line.text.len || line.cut) {
		set_column(code, (size_t)line.offset + next);
		return;
	}
	scroll_to(&code->scroll, code->scroll.cursor + 1);
	set_column(code, 0);
}

static void
word_back(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;
	size_t at;

	if (code->column == 0 && code->scroll.cursor > 0) {
		scroll_to(&code->scroll, code->scroll.cursor - 1);
		line_end(view);
	}
	if (code_here(code, &line, &at))
		set_column(code, (size_t)line.offset + (at ? codeline_word_back(line.text, at) : 0));
}

/* ---- pages of a line that is wrapped into more rows than there are ---- */

static void
page(struct view *view, enum action action)
{
	struct code *code = code_of(view);
	int rows = (int)code->scroll.height, down, step = rows > 1 ? rows - 1 : 1;
	struct codeline line;
	size_t at;
	long col;

	if (action == ACT_HALF_DOWN || action == ACT_HALF_UP)
		step = step > 1 ? step / 2 : 1;
	if (action == ACT_PAGE_UP || action == ACT_HALF_UP)
		step = -step;
	if (code_cursor_at(code, &down, &col) && code_here(code, &line, &at)) {
		int all = code_text_rows(code, code->scroll.cursor), to = down + step;
		if (all > rows && (to >= 0 || down > 0) && (to < all || down + 1 < all || line.cut)) {
			to = to < 0 ? 0 : to >= all ? all - 1 : to;
			size_t byte = to == down ? line.text.len : code_byte_at(code, &line, to, (int)col);
			set_column(code, (size_t)line.offset + byte);
			code->skip = step > 0 || code->skip > (size_t)-step ? code->skip + (size_t)step : 0;
			return;
		}
	}
	scroll_act(&code->scroll, action);
	view->ops->moved(view);
}

#define PAGE(name, action) \
	static void name(struct view *view) \
	{ \
		page(view, action); \
	}
PAGE(page_down, ACT_PAGE_DOWN)
PAGE(page_up, ACT_PAGE_UP)
PAGE(half_down, ACT_HALF_DOWN)
PAGE(half_up, ACT_HALF_UP)

/* ---- brackets and folds ---- */

void
code_seek_bracket(struct code *code)
{
	struct app *app = code->view.app;
	struct codeline line;
	size_t at;

	code->seek = SEEK_NOTHING;
	if (!code_here(code, &line, &at))
		return;
	while (at < line.text.len && !bracket_at(line.text, at))
		at++;
	struct text_at fellow = { code_now(code), at };
	switch (code_bracket(code, &fellow, CODE_SEEK_REACH)) {
	case BRACKET_FOUND:
		code_line_at(code, fellow.line, &line);
		code_go(code, fellow.line, (size_t)line.offset + fellow.byte);
		return;
	case BRACKET_MISSING:
		source_need(code->source, fellow.line, fellow.line);
		code->seek = SEEK_BRACKET;
		return;
	case BRACKET_NONE:
		app_say(app, INK_TEXT,
		    at < line.text.len ? _("This bracket has no fellow.")
				       : _("No bracket on this line from the cursor on."));
		return;
	}
}

static void
bracket(struct view *view)
{
	code_seek_bracket(code_of(view));
}

static void
fold(struct view *view, enum fold_act act)
{
	struct code *code = code_of(view);

	if (!code_fold(code, code_now(code), act))
		app_say(view->app, INK_TEXT,
		    _("Nothing to fold here: no function, type or the like encloses the line."));
}

static void
fold_open(struct view *view)
{
	fold(view, FOLD_OPEN);
}

static void
fold_close(struct view *view)
{
	fold(view, FOLD_CLOSE);
}

static void
fold_toggle(struct view *view)
{
	fold(view, FOLD_TOGGLE);
}

static void
fold_all(struct view *view)
{
	code_fold_all(code_of(view), true);
}

static void
unfold_all(struct view *view)
{
	code_fold_all(code_of(view), false);
}

static void
wrap(struct view *view)
{
	app_set(view->app, view->app->options.value[OPTION_WRAP] ? STR("nowrap") : STR("wrap"));
}

static void
blame(struct view *view)
{
	struct code *code = code_of(view);
	size_t at =
	    code->source ? model_find_release(&view->app->model, source_release(code->source)) : SIZE_MAX;

	if (!code->blaming && (at == SIZE_MAX || at == 0)) {
		app_say(view->app, INK_TEXT,
		    at == 0 ? _("This is the oldest release: all of it came with it.")
			    : _("No file is open."));
		return;
	}
	code->blaming = !code->blaming;
	if (code->blaming)
		app_say(view->app, INK_TEXT,
		    _("At the left: the release that brought each line; B takes it away."));
}

static void
hex(struct view *view)
{
	hex_open(view->app);
}

/* ---- symbols ---- */

struct str
code_name(struct view *view)
{
	struct code *code = code_of(view);
	struct codeline line;
	size_t at;

	return code_here(code, &line, &at) ? codeline_word(&line, at) : STR("");
}

static void
include_tree(struct view *view)
{
	struct place place = code_place(view);

	if (place.path.len)
		tree_open(view->app, TREE_INCLUDERS, place.path);
}

/* What stands between quotes or angle brackets in the cursor's line; empty if nothing does. */
static struct str
quoted_here(struct code *code)
{
	struct codeline line;
	size_t at;

	if (!code_here(code, &line, &at))
		return STR("");
	for (size_t i = 0; i < line.text.len; i++) {
		char open = line.text.data[i];
		if (open != '"' && open != '\'' && open != '<')
			continue;
		const char *end =
		    memchr(line.text.data + i + 1, open == '<' ? '>' : open, line.text.len - i - 1);
		if (end)
			return (struct str){ line.text.data + i + 1, (size_t)(end - line.text.data) - i - 1 };
	}
	return STR("");
}

static void
open_included(struct view *view)
{
	struct str name = quoted_here(code_of(view));

	if (name.len)
		included_open(view->app, name);
	else
		app_say(view->app, INK_TEXT, _("No file is named on this line."));
}

static void
includers(struct view *view)
{
	struct code *code = code_of(view);

	if (code->source)
		includers_open(view->app, source_path(code->source));
}

static void
open_here(struct view *view)
{
	struct code *code = code_of(view);
	const struct thread *thread = code->source ? code_thread_over(code, code_now(code)) : NULL;

	if (thread)
		thread_open(view->app, thread->id);
	else
		source_definition(view);
}

/* ---- what changed, and what was said ---- */

static void
show_diff(struct view *view)
{
	struct code *code = code_of(view);
	const struct change *change =
	    code->source ? model_change_of(&view->app->model, source_path(code->source)) : NULL;

	if (change)
		diff_open(view->app, change->old_path, change->new_path);
	else if (!model_base(&view->app->model).len)
		app_say(view->app, INK_TEXT, _("No release to compare with; 5 chooses one."));
	else
		app_say(view->app, INK_TEXT, _("Nothing changed in this file since %.*s."),
		    STR_ARG(model_base(&view->app->model)));
}

/* ---- selecting and speaking ---- */

static void
select_lines(struct view *view)
{
	struct code *code = code_of(view);

	code->selecting = !code->selecting;
	code->select_from = code_now(code);
	if (code->selecting)
		app_say(view->app, INK_TEXT, _("Selecting lines: move, then c comments on them; v stops."));
}

static void
extend(struct view *view, enum action action)
{
	struct code *code = code_of(view);

	if (!code->selecting) {
		code->selecting = true;
		code->select_from = code_now(code);
	}
	scroll_act(&code->scroll, action);
}

static void
extend_down(struct view *view)
{
	extend(view, ACT_DOWN);
}

static void
extend_up(struct view *view)
{
	extend(view, ACT_UP);
}

bool
code_target(struct view *view, bool whole, struct target *out)
{
	struct code *code = code_of(view);

	if (code->source)
		code_settle(code); /* what was read may not have been drawn yet */
	if (!code->source || code_now(code) == 0) {
		app_say(view->app, INK_TEXT, _("No file is open."));
		return false;
	}
	*out = (struct target){ .place = code_place(view) };
	if (!whole) {
		struct line_range range = code_selection(code);
		out->first = range.first;
		out->last = range.last;
	}
	code->selecting = false;
	return true;
}

static void
answer_thread(struct view *view)
{
	struct code *code = code_of(view);

	if (code->source)
		code_settle(code);
	const struct thread *thread = code->source ? code_thread_over(code, code_now(code)) : NULL;
	if (thread)
		compose_answer(view->app, thread);
	else
		app_say(view->app, INK_TEXT, _("No thread on this line; c begins one."));
}

const struct handler code_handlers[] = {
	{ ACT_LEFT, left },
	{ ACT_RIGHT, right },
	{ ACT_LINE_START, line_start },
	{ ACT_LINE_END, line_end },
	{ ACT_WORD, word },
	{ ACT_WORD_BACK, word_back },
	{ ACT_PAGE_DOWN, page_down },
	{ ACT_PAGE_UP, page_up },
	{ ACT_HALF_DOWN, half_down },
	{ ACT_HALF_UP, half_up },
	{ ACT_BRACKET, bracket },
	{ ACT_FOLD, fold_close },
	{ ACT_UNFOLD, fold_open },
	{ ACT_TOGGLE_FOLD, fold_toggle },
	{ ACT_FOLD_ALL, fold_all },
	{ ACT_UNFOLD_ALL, unfold_all },
	{ ACT_WRAP, wrap },
	{ ACT_BLAME, blame },
	{ ACT_HEX, hex },
	{ ACT_OPEN, open_here },
	{ ACT_DEFINITION, source_definition },
	{ ACT_REFERENCES, source_references },
	{ ACT_CALLERS, source_callers },
	{ ACT_NEXT_CHANGE, code_next_change },
	{ ACT_PREV_CHANGE, code_prev_change },
	{ ACT_NEXT_FILE, code_next_file },
	{ ACT_PREV_FILE, code_prev_file },
	{ ACT_NEXT_UNPARSED, code_next_unparsed },
	{ ACT_PREV_UNPARSED, code_prev_unparsed },
	{ ACT_CALL_TREE, source_call_tree },
	{ ACT_INCLUDE_TREE, include_tree },
	{ ACT_PEEK, source_peek },
	{ ACT_INCLUDED, open_included },
	{ ACT_INCLUDERS, includers },
	{ ACT_NEXT_THREAD, code_next_thread },
	{ ACT_PREV_THREAD, code_prev_thread },
	{ ACT_DIFF, show_diff },
	{ ACT_SELECT, select_lines },
	{ ACT_EXTEND_DOWN, extend_down },
	{ ACT_EXTEND_UP, extend_up },
	{ ACT_COMMENT, source_comment },
	{ ACT_COMMENT_FILE, source_comment_file },
	{ ACT_FINDING, source_finding },
	{ ACT_PRIVATE, source_private },
	{ ACT_TAKE, source_quote },
	{ ACT_ANSWER, answer_thread },
	{ ACT_SEARCH, code_search_here },
	{ ACT_NEXT, code_next_match },
	{ ACT_PREV, code_prev_match },
	{ ACT_NONE, NULL },
};
