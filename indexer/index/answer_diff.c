/* diff-files and diff-lines: two releases side by side. */
#include "indexer/index/essence.h"
#include "indexer/index/linediff.h"
#include "indexer/index/moves.h"
#include "indexer/index/sides.h"

#include <stdio.h>
#include <stdlib.h>

#define PIECES 64                      /* files compared at once, at most */
#define LINE_MAX_SHOWN ((size_t)60000) /* bytes of a line in a row */
#define CONTEXT_LINES 3

/* ---- files ---- */

struct counted {
	const struct change *change;
	uint64_t added, removed;
	enum difference difference;
	bool comparable, coarse;
	struct changed_lines lines[2]; /* with ORDER_MOVED */
};

struct counting {
	struct job *job;
	const struct tree *trees[2];
	struct side (*sides)[2]; /* one pair a thread */
	struct counted pieces[PIECES];
	size_t count;
	bool capped;
	struct moves moves;
	const struct reldiff *diff;
};

/* Whether a stretch goes on from the line before it, so that even an empty line in it would count. */
static bool
goes_on(const struct stretch *stretch)
{
	return stretch->from > 1 && stretch->text.data[stretch->from - 2] == '\\';
}

/* Edit for edit: what is the same in all of them is the same in the whole. */
static int
find_difference(struct side sides[2], const struct linediff *diff, enum difference *out)
{
	struct span_walk walks[2];
	enum difference all = DIFFERENT_FORMATTING;
	int r = 0;

	for (int i = 0; i < 2 && r == 0; i++)
		r = span_walk_begin(&walks[i], &sides[i].reader, &sides[i].blob);
	for (size_t e = 0; e < diff->count && r == 0 && all != DIFFERENT; e++) {
		const struct edit *edit = &diff->edits[e];
		struct essence essence[2];
		bool on = false;
		for (int i = 0; i < 2; i++) {
			const struct lines *lines = i ? &diff->new : &diff->old;
			size_t first = i ? edit->new_first : edit->old_first;
			struct stretch stretch = {
				.text = sides[i].text,
				.from = lines->start[first],
				.to = lines->start[first + (i ? edit->new_lines : edit->old_lines)],
				.language = sides[i].blob.is.language,
			};
			on |= goes_on(&stretch);
			essence_find(&essence[i], &stretch, &walks[i]);
		}
		enum difference this = on ? DIFFERENT : essence_compare(&essence[0], &essence[1]);
		all = this == DIFFERENT_FORMATTING ? all : this;
	}
	*out = all;
	return r;
}

static int
count_piece(void *ctx, size_t index, unsigned thread)
{
	struct counting *c = ctx;
	struct counted *piece = &c->pieces[index];
	struct side *sides = c->sides[thread];
	struct linediff diff;
	bool old = false, new = false;

	if (!(c->job->flags & ORDER_COUNTS) ||
	    (piece->change->old && piece->change->new && piece->change->kind == CHANGE_MODE))
		return 0;
	sides[0].tree = c->trees[0];
	sides[1].tree = c->trees[1];
	int r = side_load(&sides[0], piece->change->old, &old);
	if (r == 0)
		r = side_load(&sides[1], piece->change->new, &new);
	if (r < 0 || !old || !new) {
		piece->comparable = false;
		return r;
	}
	r = linediff_init(&diff, sides[0].text, sides[1].text);
	if (r < 0)
		return r;
	piece->added = diff.added;
	piece->removed = diff.removed;
	piece->coarse = diff.coarse;
	if (piece->change->old && piece->change->new &&diff.count > 0)
		r = find_difference(sides, &diff, &piece->difference);
	if (r == 0 && c->job->flags & ORDER_MOVED)
		moves_gather(&c->moves, &diff, piece->lines);
	linediff_release(&diff);
	return r;
}

static void
set_file(struct row *row, const struct entry *entry, bool new, char hex[static HEX_LEN(OID_LEN)],
    char mode[static 8])
{
	if (!entry)
		return;
	entry_hex(entry, hex);
	snprintf(mode, 8, "%06o", entry->mode & 0777777);
	row_set(row, new ? F_NEW_PATH : F_OLD_PATH, entry->path);
	row_set(row, new ? F_NEW_BLOB : F_OLD_BLOB, str_from(hex));
	row_set(row, new ? F_NEW_MODE : F_OLD_MODE, str_from(mode));
}

static int
change_row(struct counting *c, const struct counted *piece)
{
	const struct change *change = piece->change;
	char hex[2][HEX_LEN(OID_LEN)], mode[2][8];
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("change"));
	row_set(&row, F_CHANGE, str_from(change_word(change->kind)));
	set_file(&row, change->old, false, hex[0], mode[0]);
	set_file(&row, change->new, true, hex[1], mode[1]);
	if (change->kind == CHANGE_RENAMED)
		row_set_num(&row, F_SCORE, change->score);
	if (c->job->flags & ORDER_COUNTS && piece->comparable) {
		row_set(&row, F_LABEL, str_from(difference_word(piece->difference)));
		row_set_num(&row, F_ADDED, piece->added);
		row_set_num(&row, F_REMOVED, piece->removed);
	}
	if (!piece->comparable)
		row_set(&row, F_WHY, STR("no text to compare"));
	else if (piece->coarse)
		row_set(&row, F_WHY, STR("compared in part: the counts are larger than need be"));
	else if (c->capped && (change->kind == CHANGE_ADDED || change->kind == CHANGE_REMOVED))
		row_set(&row, F_WHY, STR("too many files to look for one that was renamed to another text"));
	return answer_row(
	    c->job->answer, &row, NULL, change->new ? (uintptr_t)change->new : (uintptr_t)change->old);
}

static int
run_pieces(struct counting *c)
{
	int r = pulse_beat(c->job->pulse);

	if (r == 0)
		r = pool_run(c->job->pool, c->count, count_piece, c);
	for (size_t i = 0; i < c->count; i++) {
		struct counted *piece = &c->pieces[i];
		if (r == 0)
			r = change_row(c, piece);
		moves_add(&c->moves, (uint32_t)(piece->change - c->diff->changes), piece->lines);
	}
	c->count = 0;
	return r;
}

static int
move_rows(struct counting *c)
{
	int r = moves_find(&c->moves, c->job->pulse);

	if (r == 0 && c->moves.full) {
		struct row row = { 0 };
		row_set(&row, F_WHAT, STR("moved"));
		row_set(&row, F_WHY, STR("too many lines changed to tell which blocks went to other files"));
		return answer_row(c->job->answer, &row, NULL, 0);
	}
	for (size_t i = 0; i < c->moves.count && r == 0; i++) {
		const struct move *move = &c->moves.blocks[i];
		const struct entry *old = c->diff->changes[move->old_file].old,
				   *new = c->diff->changes[move->new_file].new;
		struct row row = { 0 };
		row_set(&row, F_WHAT, STR("moved"));
		row_set(&row, F_OLD_PATH, old->path);
		row_set(&row, F_NEW_PATH, new->path);
		row_set_num(&row, F_OLD_LINE, move->old_line);
		row_set_num(&row, F_NEW_LINE, move->new_line);
		row_set_num(&row, F_LINES, move->lines);
		r = answer_row(c->job->answer, &row, NULL, (uintptr_t) new);
	}
	return r;
}

int
answer_diff_files(struct job *job)
{
	struct reldiff diff = { .reader = job->reader, .pulse = job->pulse };
	struct counting c = { .job = job, .diff = &diff };
	struct str names[2];

	int r = moves_init(&c.moves);
	if (r == 0)
		r = sides_trees(job, names, c.trees);
	if (r < 0)
		return r;
	diff.old = c.trees[0];
	diff.new = c.trees[1];
	unsigned threads = pool_threads(job->pool);
	c.sides = mem_alloc(threads * sizeof *c.sides);
	r = reldiff_run(&diff);
	c.capped = diff.capped;
	for (size_t i = 0; i < diff.count && r == 0; i++) {
		if (!change_in_glob(row_get(job->args, F_GLOB), &diff.changes[i]))
			continue;
		c.pieces[c.count++] = (struct counted){ .change = &diff.changes[i], .comparable = true };
		if (c.count == PIECES)
			r = run_pieces(&c);
	}
	if (r == 0)
		r = run_pieces(&c);
	if (r == 0)
		r = move_rows(&c);
	moves_release(&c.moves);
	for (unsigned i = 0; i < threads; i++)
		sides_release(c.sides[i]);
	free(c.sides);
	reldiff_release(&diff);
	return r;
}

/* ---- lines ---- */

struct comparison {
	struct job *job;
	struct side sides[2];
	struct linediff diff;
	struct buf spans;
};

/* What is left of a line. */
static int
more_rows(struct comparison *c, const struct side *side, size_t index, struct str rest)
{
	int r = 0;

	while (rest.len && r == 0) {
		size_t shown = rest.len > LINE_MAX_SHOWN ? cut_at(rest, LINE_MAX_SHOWN) : rest.len;
		struct handed handed = { side->hex, index + 1, index + 1, shown };
		struct row row = { 0 };
		row_set(&row, F_WHAT, STR("more"));
		row_set(&row, F_TEXT, (struct str){ rest.data, shown });
		rest.data += shown;
		rest.len -= shown;
		if (rest.len)
			row_set_num(&row, F_CUT, rest.len);
		r = answer_row(c->job->answer, &row, &handed, 1);
	}
	return r;
}

static int
line_row(struct comparison *c, bool new, struct str sign, size_t old_line, size_t new_line)
{
	const struct lines *lines = new ? &c->diff.new : &c->diff.old;
	size_t index = new ? new_line : old_line;
	struct str text = lines_get(lines, index);
	size_t shown = text.len > LINE_MAX_SHOWN ? cut_at(text, LINE_MAX_SHOWN) : text.len;
	struct side *side = &c->sides[new];
	struct row row = { 0 };
	int r = 0;

	row_set(&row, F_WHAT, STR("line"));
	row_set(&row, F_SIGN, sign);
	if (*sign.data != '+')
		row_set_num(&row, F_OLD_LINE, old_line + 1);
	if (*sign.data != '-')
		row_set_num(&row, F_NEW_LINE, new_line + 1);
	row_set(&row, F_TEXT, (struct str){ text.data, shown });
	if (shown < text.len)
		row_set_num(&row, F_CUT, text.len - shown);
	if (c->job->flags & ORDER_SPANS) {
		buf_clear(&c->spans);
		r = span_feed_cut(&side->feed, lines->start[index], shown, &c->spans);
		if (r == ERR_MEMORY)
			r = 0;
		row_set(&row, F_SPANS, buf_view(&c->spans));
	}
	struct handed handed = { side->hex, index + 1, index + 1, shown };
	if (r == 0)
		r = answer_row(c->job->answer, &row, &handed, 1);
	if (r == 0 && c->job->flags & ORDER_WHOLE)
		r = more_rows(c, side, index, (struct str){ text.data + shown, text.len - shown });
	return r == 0 ? pulse_beat(c->job->pulse) : r;
}

static int
common_rows(struct comparison *c, size_t old, size_t new, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = line_row(c, true, STR(" "), old + i, new + i);
	return r;
}

static int
hunk_rows(struct comparison *c, const struct hunk *hunk)
{
	size_t old = hunk->span.old_first, new = hunk->span.new_first;
	int r = 0;

	for (size_t i = hunk->first; i < hunk->first + hunk->count && r == 0; i++) {
		const struct edit *edit = &c->diff.edits[i];
		r = common_rows(c, old, new, edit->old_first - old);
		for (size_t l = 0; l < edit->old_lines && r == 0; l++)
			r = line_row(c, false, STR("-"), edit->old_first + l, edit->new_first);
		for (size_t l = 0; l < edit->new_lines && r == 0; l++)
			r = line_row(
			    c, true, STR("+"), edit->old_first + edit->old_lines, edit->new_first + l);
		old = edit->old_first + edit->old_lines;
		new = edit->new_first + edit->new_lines;
	}
	return r == 0 ? common_rows(c, old, new, hunk->span.old_first + hunk->span.old_lines - old) : r;
}

static int
note_row(struct comparison *c, struct str why)
{
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("note"));
	row_set(&row, F_WHY, why);
	return answer_row(c->job->answer, &row, NULL, 0);
}

static int
compare_texts(struct comparison *c)
{
	size_t context =
	    row_has(c->job->args, F_CONTEXT) ? row_get_num(c->job->args, F_CONTEXT) : CONTEXT_LINES;
	struct hunk hunk = { 0 };

	if (context > c->sides[0].text.len + c->sides[1].text.len)
		context = c->sides[0].text.len + c->sides[1].text.len;
	int r = linediff_init(&c->diff, c->sides[0].text, c->sides[1].text);
	for (int i = 0; i < 2 && r == 0; i++)
		if (c->sides[i].entry && c->job->flags & ORDER_SPANS)
			r = span_feed_begin(&c->sides[i].feed, &c->sides[i].reader, &c->sides[i].blob);
	if (r == 0 && c->diff.coarse)
		r = note_row(c, STR("compared in part: the difference is larger than need be"));
	while (r == 0 && linediff_next(&c->diff, context, &hunk))
		r = hunk_rows(c, &hunk);
	linediff_release(&c->diff);
	return r;
}

static int
begin_lines(struct comparison *c, bool *comparable)
{
	struct job *job = c->job;
	const enum field fields[2] = { F_OLD_PATH, F_NEW_PATH };
	const struct tree *trees[2];
	struct str names[2];
	bool all[2] = { true, true };

	int r = sides_trees(job, names, trees);
	if (r == 0 && !row_has(job->args, F_OLD_PATH) && !row_has(job->args, F_NEW_PATH))
		r = err_set(ERR_USAGE, "which file?");
	for (int i = 0; i < 2 && r == 0; i++) {
		struct side *side = &c->sides[i];
		const struct entry *entry = NULL;
		side->tree = trees[i];
		if (row_get(job->args, fields[i]).len > 0)
			r = job_file(trees[i], row_get(job->args, fields[i]), &entry);
		if (r == 0)
			r = side_load(side, entry, &all[i]);
		if (r == 0 && entry)
			r = text_check(job->reader, &side->blob);
	}
	*comparable = all[0] && all[1];
	return r;
}

int
answer_diff_lines(struct job *job)
{
	struct comparison *c = mem_new(struct comparison);
	bool comparable = false;

	c->job = job;
	c->spans = BUF((size_t)40 * 1024);
	int r = begin_lines(c, &comparable);
	if (r == 0) {
		const struct side *last = c->sides[1].entry ? &c->sides[1] : &c->sides[0];
		job->answer->path = last->entry->path;
		r = comparable ? compare_texts(c)
			       : note_row(c, STR("binary, or too large: not compared by lines"));
	}
	sides_release(c->sides);
	buf_release(&c->spans);
	free(c);
	return r;
}
