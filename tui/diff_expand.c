/* Lines between two hunks, shown in place: pages of the newer release, which has them as the older one has. */

#include "tui/diff.h"

#define EXPAND_LINES 20 /* at a time */

/* The last lines of the older and the newer release before a row; 0: there is none. */
static void
lines_before(const struct diff *d, size_t at, uint64_t *old_line, uint64_t *new_line)
{
	size_t from = at;

	while (from > 0 && d->rows[from - 1].sign != '@')
		from--;
	*old_line = from ? d->rows[from - 1].old_line - 1 : 0;
	*new_line = from ? d->rows[from - 1].new_line - 1 : 0;
	for (; from < at; from++) {
		*old_line += d->rows[from].sign != '+';
		*new_line += d->rows[from].sign != '-';
	}
}

void
diff_expand(struct view *view)
{
	struct diff *d = diff_of(view);
	const struct diff_row *head = diff_here(view);
	uint64_t old_line, new_line;

	lines_before(d, (size_t)(head - d->rows), &old_line, &new_line);
	uint64_t gap = head->new_line - new_line - 1;
	if (head->new_line <= new_line + 1 || d->new_path.len == 0)
		return;
	d->expand_to = head->new_line - 1;
	d->expand_from = gap > EXPAND_LINES ? head->new_line - EXPAND_LINES : new_line + 1;
	if (!d->source)
		d->source = source_open(view->app->orders, d->reading, d->new_path, d->expand_from);
	source_need(d->source, d->expand_from, d->expand_to);
}

/* The head of the hunk behind the lines that are awaited; the rows' count if the rows have changed meanwhile. */
static size_t
find_head(const struct diff *d)
{
	size_t at = 0;

	while (at < d->count && !(d->rows[at].sign == '@' && d->rows[at].new_line == d->expand_to + 1))
		at++;
	return at;
}

static void
put_line(struct diff *d, size_t at, uint64_t line, uint64_t old_line)
{
	struct source_line text;
	struct diff_row *row = &d->rows[at];

	*row = (struct diff_row){
		.sign = ' ', .old_line = old_line, .new_line = line, .filled = true, .text = STR("")
	};
	if (!source_get(d->source, line, &text))
		return;
	row->text = arena_str(&d->list.arena, text.text);
	row->cut = text.cut;
	row->order = text.order;
	row->span_count = text.span_count;
	struct span *spans = arena_alloc(&d->list.arena, text.span_count * sizeof *spans + 1);
	if (text.span_count)
		memcpy(spans, text.spans, text.span_count * sizeof *spans);
	row->spans = spans;
}

static void
insert(struct diff *d, size_t head)
{
	size_t lines = (size_t)(d->expand_to - d->expand_from) + 1;
	struct diff_row is = d->rows[head];
	uint64_t old_line, new_line;

	lines_before(d, head, &old_line, &new_line);
	bool all = d->expand_from == new_line + 1; /* nothing stays hidden: the head goes */
	for (size_t i = 0; i < lines; i++)
		d->rows = list_grow(d->rows, d->count + i, sizeof *d->rows);
	memmove(&d->rows[head + lines + !all], &d->rows[head + 1], (d->count - head - 1) * sizeof *d->rows);
	d->count += lines - all;
	if (!all) {
		d->rows[head].new_line = d->expand_from;
		d->rows[head].old_line = is.old_line - lines;
		d->rows[head].text = STR("");
	}
	for (size_t i = 0; i < lines; i++)
		put_line(d, head + !all + i, d->expand_from + i, is.old_line - lines + i);
}

void
diff_expand_step(struct diff *d)
{
	struct source_line text;

	if (!d->expand_to || !d->list.done)
		return;
	if (source_failed(d->source)) {
		app_say(d->list.view.app, INK_BAD, "%s", source_failed(d->source));
		d->expand_to = 0;
		return;
	}
	for (uint64_t line = d->expand_from; line <= d->expand_to; line++)
		if (!source_get(d->source, line, &text)) {
			source_need(d->source, d->expand_from, d->expand_to);
			return;
		}
	size_t head = find_head(d);
	if (head < d->count) {
		insert(d, head);
		diff_pair_rows(d);
		d->go_line = d->expand_from;
		d->go_old = false;
		d->go_row = d->list.scroll.cursor - d->list.scroll.top;
		diff_layout_anew(d);
	}
	d->expand_to = 0;
}
