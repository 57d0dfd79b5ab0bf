/* What became of definitions between the two releases: of one file, or of all. */

#include "tui/diff.h"
#include "tui/list.h"
#include "tui/pattern.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

struct definition {
	struct str change, name, old_name, kind, old_path, new_path;
	uint64_t old_line, new_line;
};

#define CHANGES(X) X("added") X("removed") X("modified") X("moved") X("renamed") X("formatting") X("comment")

static const char *const change_words[] = {
#define X(word) word,
	CHANGES(X)
#undef X
};

#define CHANGE_WORDS (sizeof change_words / sizeof *change_words)

struct functions {
	struct list list;
	struct definition *rows;
	size_t count;
	size_t counts[CHANGE_WORDS];
	size_t *shown; /* rows that are to be seen */
	size_t shown_count;
	bool meaning;      /* those that changed in formatting or comments alone are not */
	char unknown[128]; /* what is not known, and why */
};

static struct functions *
functions_of(struct list *list)
{
	return (struct functions *)list;
}

static void
take_row(struct functions *f, const struct row *row)
{
	struct arena *arena = &f->list.arena;

	f->rows = list_grow(f->rows, f->count, sizeof *f->rows);
	struct definition *to = &f->rows[f->count++];
	*to = (struct definition){
		.change = arena_str(arena, row_get(row, F_CHANGE)),
		.name = arena_str(arena, row_get(row, F_NAME)),
		.old_name = arena_str(arena, row_get(row, F_OLD_NAME)),
		.kind = arena_str(arena, row_get(row, F_KIND)),
		.old_path = arena_str(arena, row_get(row, F_OLD_PATH)),
		.new_path = arena_str(arena, row_get(row, F_NEW_PATH)),
		.old_line = row_get_num(row, F_OLD_LINE),
		.new_line = row_get_num(row, F_NEW_LINE),
	};
	for (size_t i = 0; i < CHANGE_WORDS; i++)
		f->counts[i] += str_is(to->change, change_words[i]);
}

static void
filter_rows(struct functions *f)
{
	f->shown_count = 0;
	for (size_t i = 0; i < f->count; i++) {
		struct str change = f->rows[i].change;
		if (f->meaning && (str_is(change, "formatting") || str_is(change, "comment")))
			continue;
		f->shown = list_grow(f->shown, f->shown_count, sizeof *f->shown);
		f->shown[f->shown_count++] = i;
	}
}

static void
say_counts(struct functions *f)
{
	char *note = f->list.note;
	size_t size = sizeof f->list.note, at = 0;

	note[0] = 0;
	if (f->meaning && f->count > f->shown_count)
		at = (size_t)snprintf(note, size, _("%zu hidden: formatting or comments only; of all: "),
		    f->count - f->shown_count);
	size_t start = at;
	for (size_t i = 0; i < CHANGE_WORDS; i++)
		if (f->counts[i])
			at += (size_t)snprintf(note + at, size - at, "%s%zu %s", at > start ? ", " : "",
			    f->counts[i], change_words[i]);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct functions *f = ctx;

	if (answer->kind == ANSWER_AGAIN) {
		f->count = 0;
		memset(f->counts, 0, sizeof f->counts);
	} else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_CHANGE))
		take_row(f, answer->row);
	else if (answer->kind == ANSWER_ROW && row_has(answer->row, F_WHY))
		show_in(f->unknown, sizeof f->unknown, row_get(answer->row, F_WHY));
	else if (list_ended(&f->list, answer) && !f->list.failed) {
		filter_rows(f);
		say_counts(f);
	}
}

/* SIGN CHANGE NAME KIND PLACE; narrow screens lose the kind. */
static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct definition *s = &functions_of(list)->rows[functions_of(list)->shown[at]];
	bool gone = s->new_line == 0, wide = area.cols >= 76;
	enum ink ink = str_is(s->change, "added") ? INK_ADDED : gone ? INK_REMOVED : INK_CHANGED;
	char name[300], place[700], shown[2][300];
	int names = wide ? area.cols * 4 / 10 : area.cols / 2 - 4;

	area_words(area, row, 1, PEN(ink, ground), str_is(s->change, "added") ? "+" : gone ? "-" : "~");
	area_cut(area, row, 3, 10, PEN(INK_DIM, ground), s->change);
	snprintf(name, sizeof name, "%.140s%s%.140s",
	    s->old_name.len ? show_in(shown[0], 300, s->old_name) : "", s->old_name.len ? _(" now ") : "",
	    show_in(shown[1], 300, s->name));
	area_cut(area, row, 14, names, PEN(INK_TITLE, ground), str_from(name));
	int col = 15 + names;
	if (wide)
		col = area_cut(area, row, col, 11, PEN(INK_DIM, ground), s->kind), col = 27 + names;
	bool moved = s->old_line && s->new_line && !str_eq(s->old_path, s->new_path);
	snprintf(place, sizeof place, "%s%s%s:%llu", moved ? show_in(shown[1], 300, s->old_path) : "",
	    moved ? _(" now ") : "", show_in(shown[0], 300, gone ? s->old_path : s->new_path),
	    (unsigned long long)(gone ? s->old_line : s->new_line));
	area_tail(area, row, col, area.cols - col - 1, PEN(INK_TEXT, ground), str_from(place));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct functions *f = functions_of(list_of(view));

	list_draw(&f->list, area, focus, f->shown_count, draw_row,
	    f->unknown[0] ? f->unknown : _("No definition changed."), _("D lists the files that changed."));
}

static void
open_it(struct view *view)
{
	struct functions *f = functions_of(list_of(view));
	struct app *app = view->app;

	if (f->list.scroll.cursor >= f->shown_count)
		return;
	const struct definition *s = &f->rows[f->shown[f->list.scroll.cursor]];
	const struct change *c = model_change_of(&app->model, s->new_line ? s->new_path : s->old_path);
	struct diff_to to = { s->old_path, s->new_path, s->new_line ? s->new_line : s->old_line, !s->new_line,
		0 };
	if (c) {
		to.old_path = c->old_path;
		to.new_path = c->new_path;
	}
	diff_open_to(app, to);
}

/* Those that changed in formatting or comments alone: shown, or counted only. */
static void
filter(struct view *view)
{
	struct functions *f = functions_of(list_of(view));

	f->meaning = !f->meaning;
	filter_rows(f);
	say_counts(f);
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct definition *s =
	    &functions_of(list_of(view))->rows[functions_of(list_of(view))->shown[row]];

	return buf_printf(out, "%.*s %.*s %.*s %.*s", STR_ARG(s->change), STR_ARG(s->name),
	    STR_ARG(s->old_path), STR_ARG(s->new_path));
}

static void
release(struct view *view)
{
	free(functions_of(list_of(view))->rows);
	free(functions_of(list_of(view))->shown);
	list_free(view);
}

static const struct handler handlers[] = { { ACT_OPEN, open_it }, { ACT_FILTER, filter },
	{ ACT_NONE, NULL } };

const struct view_ops functions_ops = {
	LIST_VIEW,
	.kind = VIEW_FUNCTIONS,
	.free = release,
	.cancel = list_cancel,
};

void
functions_open(struct app *app, struct str path)
{
	struct order order = { .verb = VERB_DIFF_SYMBOLS };
	struct buf glob = BUF(MESSAGE_BODY);
	char shown[120];

	if (model_base(&app->model).len == 0) {
		app_say(app, INK_TEXT, _("There is no release to compare with; 5 chooses one."));
		return;
	}
	struct functions *f = mem_new(struct functions);
	list_init(&f->list, &functions_ops, app);
	snprintf(f->list.title, sizeof f->list.title, _("CHANGED FUNCTIONS  %.*s to %.*s%s%s"),
	    STR_ARG(model_base(&app->model)), STR_ARG(model_reading(&app->model)), path.len ? _("  in ") : "",
	    show_in(shown, sizeof shown, path));
	row_set(&order.args, F_RELEASE, model_pair(&app->model));
	if (path.len && pattern_glob(&glob, path) == 0)
		row_set(&order.args, F_GLOB, buf_view(&glob));
	f->list.order = orders_read(app->orders, &order, take, f);
	buf_release(&glob);
	app_push(app, &f->list.view);
}
