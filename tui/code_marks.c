/* What is known of the lines of the open file: changes, threads, symbols, matches. */

#include "tui/code.h"
#include "tui/pattern.h"
#include "tui/text.h"

#include <stdlib.h>

#define HITS_KEPT 20000 /* matches in one file that are remembered */

void
code_forget_marks(struct code *code)
{
	orders_cancel_of(code->view.app->orders, code);
	free(code->hunks);
	code_forget_folds(code);
	code_forget_blame(code);
	free(code->outline);
	free(code->hits);
	code->hunks = NULL;
	code->outline = NULL;
	code->hits = NULL;
	code->hunk_count = code->outline_count = code->hit_count = 0;
	code->added = code->removed = 0;
	arena_release(&code->outline_arena);
}

static void *
grow(void *list, size_t count, size_t size)
{
	return count & (count - 1) ? list : mem_grow(list, count ? 2 * count : 1, size);
}

/* ---- changes ---- */

static void
mark(struct code *code, char sign, uint64_t line)
{
	code->hunks = grow(code->hunks, code->hunk_count, sizeof *code->hunks);
	code->hunks[code->hunk_count++] = (struct hunk_mark){ line, line, sign };
	code->run = sign;
}

static void
take_diff_line(struct code *code, const struct row *row)
{
	struct str sign = row_get(row, F_SIGN);
	uint64_t line = row_get_num(row, F_NEW_LINE);
	struct hunk_mark *last = code->hunk_count ? &code->hunks[code->hunk_count - 1] : NULL;

	if (str_is(sign, "-")) {
		code->removed++;
		if (!code->run)
			mark(code, '-', code->last_new ? code->last_new : 1);
		return;
	}
	code->last_new = line;
	if (!str_is(sign, "+")) {
		code->run = 0;
		return;
	}
	code->added++;
	if (code->run == '-') {
		*last = (struct hunk_mark){ line, line, '~' };
		code->run = '~';
	} else if (code->run)
		last->last = line;
	else
		mark(code, '+', line);
}

static void
take_diff(void *ctx, const struct answer *answer)
{
	struct code *code = ctx;

	if (answer->kind == ANSWER_AGAIN) {
		code->hunk_count = 0;
		code->added = code->removed = code->last_new = 0;
		code->run = 0;
	} else if (answer->kind == ANSWER_ROW)
		take_diff_line(code, answer->row);
}

static void
ask_changes(struct code *code)
{
	struct model *model = &code->view.app->model;
	struct order order = { .verb = VERB_DIFF_LINES };
	const struct change *change = model_change_of(model, source_path(code->source));

	code->all_added = change && str_is(change->change, "added") &&
	    str_eq(source_release(code->source), model_reading(model));
	if (!change || !change->old_path.len || !str_eq(source_release(code->source), model_reading(model)))
		return;
	code->last_new = 0;
	code->run = 0;
	row_set(&order.args, F_RELEASE, model_pair(model));
	row_set(&order.args, F_OLD_PATH, change->old_path);
	row_set(&order.args, F_NEW_PATH, change->new_path);
	row_set_num(&order.args, F_CONTEXT, 1);
	code->hunk_order = orders_read(code->view.app->orders, &order, take_diff, code);
}

char
code_sign(const struct code *code, uint64_t line, uint64_t end)
{
	char sign = ' ';

	if (code->all_added)
		return '+';
	for (size_t i = 0; i < code->hunk_count; i++) {
		const struct hunk_mark *hunk = &code->hunks[i];
		if (hunk->first <= line && line <= hunk->last)
			return hunk->sign;
		if (hunk->first <= end && line <= hunk->last)
			sign = '~';
	}
	return sign;
}

/* ---- threads ---- */

bool
code_thread_here(const struct code *code, const struct thread *thread)
{
	struct str blob = source_blob(code->source);

	if (blob.len && str_eq(thread->blob, blob) && str_eq(thread->path, source_path(code->source)))
		return true;
	return str_eq(thread->path, source_path(code->source)) &&
	    str_eq(thread->release, source_release(code->source));
}

const struct thread *
code_thread_on(const struct code *code, uint64_t line, size_t *next)
{
	const struct model *model = &code->view.app->model;

	while (*next < model->thread_count) {
		const struct thread *thread = &model->threads[(*next)++];
		uint64_t last = thread->line ? thread->line : thread->first ? thread->first : 1;
		if (last == line && code_thread_here(code, thread))
			return thread;
	}
	return NULL;
}

const struct thread *
code_thread_over(const struct code *code, uint64_t line)
{
	return code_thread_within(code, line, line);
}

const struct thread *
code_thread_within(const struct code *code, uint64_t from, uint64_t to)
{
	const struct model *model = &code->view.app->model;

	for (size_t i = 0; i < model->thread_count; i++) {
		const struct thread *thread = &model->threads[i];
		uint64_t first = thread->first ? thread->first : 1;
		uint64_t last = thread->line > first ? thread->line : first;
		if (first <= to && from <= last && code_thread_here(code, thread))
			return thread;
	}
	return NULL;
}

void
code_reload_marks(struct view *view)
{
	struct code *code = code_of(view);

	if (!code->source)
		return;
	if (!code->hunk_count && !orders_runs(view->app->orders, code->hunk_order))
		ask_changes(code);
	view->app->dirty = true;
}

/* ---- symbols ---- */

static void
take_outline(void *ctx, const struct answer *answer)
{
	struct code *code = ctx;

	if (answer->kind == ANSWER_AGAIN)
		code->outline_count = 0;
	if (answer->kind == ANSWER_DONE)
		code_make_folds(code);
	if (answer->kind != ANSWER_ROW)
		return;
	code->outline = grow(code->outline, code->outline_count, sizeof *code->outline);
	code->outline[code->outline_count++] = symbol_of(&code->outline_arena, answer->row);
}

const struct symbol *
code_symbol_at(const struct code *code, uint64_t line)
{
	const struct symbol *found = NULL;

	for (size_t i = 0; i < code->outline_count && code->outline[i].line <= line; i++)
		if (code->outline[i].end_line >= line)
			found = &code->outline[i];
	return found;
}

void
code_ask_marks(struct code *code)
{
	struct order order = { .verb = VERB_OUTLINE };

	row_set(&order.args, F_RELEASE, source_release(code->source));
	row_set(&order.args, F_PATH, source_path(code->source));
	orders_read(code->view.app->orders, &order, take_outline, code);
	ask_changes(code);
}

/* ---- searching in the file ---- */

static void
take_hit(void *ctx, const struct answer *answer)
{
	struct code *code = ctx;
	struct app *app = code->view.app;
	char shown[200];

	if (answer->kind == ANSWER_FAIL || (answer->kind == ANSWER_DONE && code->hit_count == 0))
		code->hits_go = false;
	if (answer->kind == ANSWER_AGAIN)
		code->hit_count = 0;
	else if (answer->kind == ANSWER_FAIL && answer->code == ERR_ABSENT)
		app_say(
		    app, INK_WARN, _("Not found: %s"), show_in(shown, sizeof shown, buf_view(&code->find)));
	else if (answer->kind == ANSWER_FAIL)
		app_say(app, INK_BAD, "%s", show_in(shown, sizeof shown, str_from(answer->why)));
	else if (answer->kind == ANSWER_DONE) {
		if (code->hit_count == 0)
			app_say(app, INK_WARN, _("Not found: %s"),
			    show_in(shown, sizeof shown, buf_view(&code->find)));
		else if (code->hits_go)
			code_next_match(&code->view);
	} else if (answer->kind == ANSWER_ROW && row_get_num(answer->row, F_LINE) &&
	    code->hit_count < HITS_KEPT) {
		uint64_t column = row_get_num(answer->row, F_COLUMN);
		code->hits = grow(code->hits, code->hit_count, sizeof *code->hits);
		code->hits[code->hit_count++] = (struct hit){ row_get_num(answer->row, F_LINE),
			{ column ? (size_t)column - 1 : 0, (size_t)row_get_num(answer->row, F_LENGTH) } };
	}
}

void
code_search(struct code *code, struct str typed)
{
	struct order order = { .verb = VERB_SEARCH };
	struct buf glob = BUF(8192);
	struct app *app = code->view.app;

	orders_cancel(app->orders, code->hit_order);
	free(code->hits);
	code->hits = NULL;
	code->hit_count = 0;
	if (pattern_read(typed, &order.args) < 0 || pattern_glob(&glob, source_path(code->source)) < 0) {
		app_say(app, INK_BAD, "%s", err_text());
	} else {
		row_set(&order.args, F_RELEASE, source_release(code->source));
		row_set(&order.args, F_GLOB, buf_view(&glob));
		code->hits_go = true;
		code->hit_order = orders_read(app->orders, &order, take_hit, code);
	}
	buf_release(&glob);
}
