/* From place to place in the open file and beyond: changes, files, threads, what was not parsed. */

#include "tui/code.h"

#include "tui/text.h"

/* ---- changes, files, threads ---- */

static void
go_change(struct code *code, int step)
{
	uint64_t now = code_now(code);

	for (size_t n = 0; n < code->hunk_count; n++) {
		const struct hunk_mark *hunk = &code->hunks[step > 0 ? n : code->hunk_count - 1 - n];
		if (step > 0 ? hunk->first > now : hunk->first < now) {
			code_go(code, hunk->first, 0);
			return;
		}
	}
	app_say(code->view.app, INK_TEXT, "%s",
	    step > 0 ? _("No further change in this file; ]f goes to the next changed file.")
		     : _("No earlier change in this file; [f goes to the previous changed file."));
}

void
code_next_change(struct view *view)
{
	go_change(code_of(view), 1);
}

void
code_prev_change(struct view *view)
{
	go_change(code_of(view), -1);
}

static void
go_file(struct view *view, int step)
{
	struct code *code = code_of(view);
	const struct model *model = &view->app->model;
	const struct change *found = NULL;
	struct str now = code->source ? source_path(code->source) : STR("");

	for (size_t n = 0; n < model->change_count; n++) {
		const struct change *change = &model->changes[step > 0 ? n : model->change_count - 1 - n];
		int order = str_cmp(change->new_path, now);
		if (change->new_path.len && (step > 0 ? order > 0 : order < 0) &&
		    (!found || (step > 0) == (str_cmp(change->new_path, found->new_path) < 0)))
			found = change;
	}
	if (found)
		app_show(view->app, (struct place){ model_reading(model), found->new_path, 1, 0, 0 });
	else
		app_say(view->app, INK_TEXT, "%s",
		    step > 0 ? _("No further file that changed.") : _("No earlier file that changed."));
}

void
code_next_file(struct view *view)
{
	go_file(view, 1);
}

void
code_prev_file(struct view *view)
{
	go_file(view, -1);
}

static void
go_thread(struct view *view, int step)
{
	struct code *code = code_of(view);
	const struct model *model = &view->app->model;
	uint64_t now = code_now(code), found = 0;

	for (size_t i = 0; code->source && i < model->thread_count; i++) {
		uint64_t line = model->threads[i].first ? model->threads[i].first : 1;
		if (code_thread_here(code, &model->threads[i]) && (step > 0 ? line > now : line < now) &&
		    (!found || (step > 0 ? line < found : line > found)))
			found = line;
	}
	if (found)
		code_go(code, found, 0);
	else
		app_say(view->app, INK_TEXT, "%s",
		    step > 0 ? _("No further thread in this file; 4 lists all.")
			     : _("No earlier thread in this file; 4 lists all."));
}

void
code_next_thread(struct view *view)
{
	go_thread(view, 1);
}

void
code_prev_thread(struct view *view)
{
	go_thread(view, -1);
}

/* ---- what was not parsed ---- */

static bool
unparsed(const struct codeline *line)
{
	for (size_t i = 0; i < line->span_count; i++)
		if (line->spans[i].class == SPAN_ERROR)
			return true;
	return false;
}

/* The next file of which nothing is parsed. */
static void
go_unparsed_file(struct code *code, int step)
{
	struct app *app = code->view.app;
	const struct model *model = &app->model;
	const struct skipped *found = NULL;
	struct str now = source_path(code->source);

	for (size_t i = 0; i < model->skipped_count; i++) {
		const struct skipped *skipped = &model->skipped[i];
		int order = str_cmp(skipped->path, now);
		if (str_is(skipped->what, "not-parsed") && (step > 0 ? order > 0 : order < 0) &&
		    (!found || (step > 0) == (str_cmp(skipped->path, found->path) < 0)))
			found = skipped;
	}
	if (found)
		app_show(app, (struct place){ model_reading(model), found->path, 1, 0, 0 });
	else
		app_say(app, INK_TEXT,
		    step > 0 ? _("Nothing further that was not parsed.")
			     : _("Nothing earlier that was not parsed."));
}

void
code_seek_unparsed(struct code *code)
{
	uint64_t lines = source_lines(code->source);
	int step = code->seek == SEEK_UNPARSED ? 1 : -1;
	struct codeline line;

	if (source_remark(
		code->source)[0]) { /* nothing of this file was parsed: there is no next place in it */
		code->seek = SEEK_NOTHING;
		go_unparsed_file(code, step);
		return;
	}
	for (; code->seek_line >= 1 && code->seek_line <= lines; code->seek_line += (uint64_t)step) {
		uint64_t gone =
		    step > 0 ? code->seek_line - code->seek_from : code->seek_from - code->seek_line;
		if (gone > CODE_SEEK_REACH) {
			code->seek = SEEK_NOTHING;
			code_go(code, code->seek_line, 0);
			app_say(code->view.app, INK_TEXT,
			    _("Nothing unparsed up to here; the same key goes on."));
			return;
		}
		if (!code_line_at(code, code->seek_line, &line)) {
			source_need(code->source, code->seek_line, code->seek_line);
			return;
		}
		if (unparsed(&line)) {
			code->seek = SEEK_NOTHING;
			code_go(code, code->seek_line, 0);
			return;
		}
	}
	code->seek = SEEK_NOTHING;
	go_unparsed_file(code, step);
}

void
code_next_unparsed(struct view *view)
{
	struct code *code = code_of(view);

	code->seek = code->source ? SEEK_UNPARSED : SEEK_NOTHING;
	code->seek_from = code_now(code);
	code->seek_line = code->seek_from + 1;
}

void
code_prev_unparsed(struct view *view)
{
	struct code *code = code_of(view);

	code->seek = code->source ? SEEK_UNPARSED_BACK : SEEK_NOTHING;
	code->seek_from = code_now(code);
	code->seek_line = code->seek_from - 1;
}

/* ---- searching ---- */

static void
take_search(void *ctx, struct app *app, struct str text)
{
	struct code *code = code_of(app->panes[PANE_CODE]);

	(void)ctx;
	if (text.len == 0 || !code->source)
		return;
	app->walks_hits = false;
	buf_clear(&code->find);
	if (buf_str(&code->find, text) == 0)
		code_search(code, buf_view(&code->find));
}

void
code_search_here(struct view *view)
{
	prompt_open(view->app, _("search this file:"),
	    _("a regular expression; before it: -i any case, -w words, -F as it stands"), false, take_search,
	    NULL);
}

static void
go_hit(struct code *code, int step)
{
	uint64_t now = code_now(code);
	struct app *app = code->view.app;

	if (code->hit_count == 0) {
		if (!code->hits_go) /* else the first match is on its way */
			code_search_here(&code->view);
		return;
	}
	for (size_t n = 0; n < code->hit_count; n++) {
		const struct hit *hit = &code->hits[step > 0 ? n : code->hit_count - 1 - n];
		bool further = hit->line != now ? hit->line > now : hit->match.start > code->column;
		bool here = hit->line == now && hit->match.start == code->column;
		if (code->hits_go ? here || further : !here && further == (step > 0)) {
			code_go(code, hit->line, hit->match.start);
			app_say(app, INK_TEXT, _("Match %zu of %zu."),
			    (step > 0 ? n : code->hit_count - 1 - n) + 1, code->hit_count);
			code->hits_go = false;
			return;
		}
	}
	const struct hit *hit = &code->hits[step > 0 ? 0 : code->hit_count - 1];
	code->hits_go = false;
	code_go(code, hit->line, hit->match.start);
	app_say(app, INK_TEXT, _("Match %zu of %zu, from the other end."), step > 0 ? 1 : code->hit_count,
	    code->hit_count);
}

void
code_next_match(struct view *view)
{
	if (!view->app->walks_hits || !hits_step(view->app, 1))
		go_hit(code_of(view), 1);
}

void
code_prev_match(struct view *view)
{
	if (!view->app->walks_hits || !hits_step(view->app, -1))
		go_hit(code_of(view), -1);
}
