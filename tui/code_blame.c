/*
 * Which release brought each line: the file is compared with that of the release before, that with the one before
 * it, and so on, until every line is found to be added somewhere or the oldest release is reached.  Comparisons are
 * orders like any others, and recorded.
 */

#include "tui/code.h"

#include "tui/list.h"
#include "tui/text.h"

#include <stdlib.h>

#define BLAME_LINES 1000000 /* of a file, at most */

struct blame {
	size_t reading;  /* the release of the file, in the model */
	size_t now;      /* it is compared with the one before this */
	struct str path; /* there; interned */
	uint64_t order;
	uint64_t lines, open;      /* open: those not found yet */
	uint64_t *at;              /* by line from 0: its number in the release `now`; 0: found */
	size_t *from;              /* the release that brought it */
	uint64_t *added, *removed; /* of the comparison under way */
	size_t added_count, removed_count;
	struct str renamed; /* where the file was before, as far as is known */
	bool seeking;       /* that is what runs */
	char failed[256];
};

static void ask(struct code *code);

void
code_forget_blame(struct code *code)
{
	struct blame *b = code->blame;

	if (!b)
		return;
	orders_cancel(code->view.app->orders, b->order);
	free(b->at);
	free(b->from);
	free(b->added);
	free(b->removed);
	free(b);
	code->blame = NULL;
}

/* All that is not found yet came with this release. */
static void
settle(struct blame *b, size_t release)
{
	for (uint64_t i = 0; i < b->lines && b->open; i++)
		if (b->at[i]) {
			b->at[i] = 0;
			b->from[i] = release;
			b->open--;
		}
}

/* The comparison is there: what was added is found, the rest has other numbers in the release before. */
static void
carry(struct blame *b)
{
	size_t added = 0, removed = 0;

	for (uint64_t i = 0; i < b->lines; i++) {
		uint64_t n = b->at[i];
		if (!n)
			continue;
		while (added < b->added_count && b->added[added] < n)
			added++;
		if (added < b->added_count && b->added[added] == n) {
			b->at[i] = 0;
			b->from[i] = b->now;
			b->open--;
			continue;
		}
		uint64_t kept = n - added;
		while (removed < b->removed_count && b->removed[removed] <= kept + removed)
			removed++;
		b->at[i] = kept + removed;
	}
}

static void
go_on(struct code *code)
{
	struct blame *b = code->blame;

	carry(b);
	b->now--;
	ask(code);
}

/* ---- orders ---- */

static void
take_rename(void *ctx, const struct answer *answer)
{
	struct code *code = ctx;
	struct blame *b = code->blame;

	if (!b || answer->id != b->order)
		return;
	if (answer->kind == ANSWER_ROW && str_eq(row_get(answer->row, F_NEW_PATH), b->path) &&
	    row_get(answer->row, F_OLD_PATH).len)
		b->renamed = app_intern(code->view.app, row_get(answer->row, F_OLD_PATH));
	else if (answer->kind == ANSWER_DONE || answer->kind == ANSWER_FAIL) {
		if (b->renamed.len)
			ask(code);
		else
			settle(b, b->now);
	}
}

static struct str
pair(struct code *code, size_t old)
{
	const struct rel *releases = code->view.app->model.releases;
	struct buf text = BUF(1000);
	struct str out = STR("");

	if (buf_printf(&text, "%.*s %.*s", STR_ARG(releases[old].name), STR_ARG(releases[old + 1].name)) == 0)
		out = app_intern(code->view.app, buf_view(&text));
	buf_release(&text);
	return out;
}

/* The release before has no such file: it may have had another name. */
static void
ask_rename(struct code *code)
{
	struct blame *b = code->blame;
	struct order order = { .verb = VERB_DIFF_FILES };

	row_set(&order.args, F_RELEASE, pair(code, b->now - 1));
	b->seeking = true;
	b->order = orders_read(code->view.app->orders, &order, take_rename, code);
}

static void
take_lines(void *ctx, const struct answer *answer)
{
	struct code *code = ctx;
	struct blame *b = code->blame;

	if (!b || answer->id != b->order)
		return;
	if (answer->kind == ANSWER_AGAIN)
		b->added_count = b->removed_count = 0;
	else if (answer->kind == ANSWER_ROW && str_is(row_get(answer->row, F_SIGN), "+")) {
		b->added = list_grow(b->added, b->added_count, sizeof *b->added);
		b->added[b->added_count++] = row_get_num(answer->row, F_NEW_LINE);
	} else if (answer->kind == ANSWER_ROW && str_is(row_get(answer->row, F_SIGN), "-")) {
		b->removed = list_grow(b->removed, b->removed_count, sizeof *b->removed);
		b->removed[b->removed_count++] = row_get_num(answer->row, F_OLD_LINE);
	} else if (answer->kind == ANSWER_DONE) {
		if (b->renamed.len)
			b->path = b->renamed;
		b->renamed = STR("");
		b->seeking = false;
		go_on(code);
	} else if (answer->kind == ANSWER_FAIL && answer->code == ERR_ABSENT && !b->seeking)
		ask_rename(code);
	else if (answer->kind == ANSWER_FAIL && answer->code == ERR_ABSENT)
		settle(b, b->now);
	else if (answer->kind == ANSWER_FAIL)
		show_in(b->failed, sizeof b->failed, str_from(answer->why));
	code->view.app->dirty = true;
}

static void
ask(struct code *code)
{
	struct blame *b = code->blame;
	struct order order = { .verb = VERB_DIFF_LINES };

	if (b->now == 0 || b->open == 0) {
		settle(b, 0);
		b->order = 0;
		return;
	}
	b->added_count = b->removed_count = 0;
	row_set(&order.args, F_RELEASE, pair(code, b->now - 1));
	row_set(&order.args, F_OLD_PATH, b->renamed.len ? b->renamed : b->path);
	row_set(&order.args, F_NEW_PATH, b->path);
	row_set_num(&order.args, F_CONTEXT, 0);
	b->order = orders_read(code->view.app->orders, &order, take_lines, code);
}

void
code_ask_blame(struct code *code)
{
	uint64_t lines = source_lines(code->source);
	size_t reading = model_find_release(&code->view.app->model, source_release(code->source));

	if (code->blame || !source_ready(code->source) || lines == 0 || lines > BLAME_LINES ||
	    reading == SIZE_MAX)
		return;
	struct blame *b = code->blame = mem_new(struct blame);
	*b = (struct blame){ .reading = reading,
		.now = reading,
		.path = app_intern(code->view.app, source_path(code->source)),
		.renamed = STR(""),
		.lines = lines,
		.open = lines,
		.at = mem_grow(NULL, lines, sizeof *b->at),
		.from = mem_grow(NULL, lines, sizeof *b->from) };
	for (uint64_t i = 0; i < lines; i++)
		b->at[i] = i + 1;
	ask(code);
}

bool
code_blame_runs(const struct code *code)
{
	return code->blame && code->blame->open && !code->blame->failed[0];
}

const char *
code_blame_failed(const struct code *code)
{
	return code->blame && code->blame->failed[0] ? code->blame->failed : NULL;
}

struct str
code_blame_of(const struct code *code, uint64_t line)
{
	const struct blame *b = code->blame;
	const struct model *model = &code->view.app->model;

	if (!b || line == 0 || line > b->lines || b->at[line - 1] ||
	    b->from[line - 1] >= model->release_count)
		return STR("");
	return model->releases[b->from[line - 1]].name;
}
