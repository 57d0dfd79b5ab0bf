#include "tui/diff_layout.h"

#include "base/mem.h"
#include "tui/worddiff.h"

#include <stdlib.h>

#define PAIRS_MAX \
	((size_t)1024 * 1024) /* lines held against lines in one run; longer ones pair as they stand */
#define ALIKE 45              /* per cent from which on one line became the other */

/* A run of changes: removed rows [old, new), added rows [new, end). */
struct run {
	size_t old, new, end;
};

static bool
next_run(const struct diff_row *rows, size_t count, struct run *run)
{
	size_t at = run->end;

	while (at < count && rows[at].sign != '-' && rows[at].sign != '+')
		at++;
	run->old = at;
	while (at < count && rows[at].sign == '-')
		at++;
	run->new = at;
	while (at < count && rows[at].sign == '+')
		at++;
	run->end = at;
	return run->end > run->old;
}

/* ---- which line became which ---- */

static void
marry(struct diff_row *rows, size_t old, size_t new, int alike)
{
	rows[old].mate = new;
	rows[new].mate = old;
	rows[old].space = rows[new].space = alike == 101;
}

/* The pairs, in order on both sides, that are most alike in sum. */
static void
best_pairs(struct diff_row *rows, const struct sketch *sketches, struct run run)
{
	size_t olds = run.new - run.old, news = run.end - run.new, side = news + 1;
	uint32_t *sums = mem_alloc(2 * side * sizeof *sums);
	unsigned char *ways = mem_alloc(olds * news);

	memset(sums, 0, 2 * side * sizeof *sums);
	for (size_t i = olds; i-- > 0;) {
		uint32_t *now = sums + (i & 1) * side, *below = sums + (~i & 1) * side;
		now[news] = 0;
		for (size_t j = news; j-- > 0;) {
			int alike = sketch_alike(&sketches[run.old + i], &sketches[run.new + j]);
			uint32_t pair = alike >= ALIKE ? below[j + 1] + (uint32_t)alike : 0;
			ways[i * news + j] = pair >= below[j] && pair >= now[j + 1] && pair ? 2
			    : below[j] >= now[j + 1]                                        ? 1
											    : 0;
			now[j] = ways[i * news + j] == 2 ? pair : ways[i * news + j] ? below[j] : now[j + 1];
		}
	}
	for (size_t i = 0, j = 0; i < olds && j < news;) {
		unsigned char way = ways[i * news + j];
		if (way == 2) {
			marry(rows, run.old + i, run.new + j,
			    sketch_alike(&sketches[run.old + i], &sketches[run.new + j]));
			i++, j++;
		} else if (way)
			i++;
		else
			j++;
	}
	free(ways);
	free(sums);
}

static void
pair_run(struct diff_row *rows, const struct sketch *sketches, struct run run)
{
	struct run rest = run;
	size_t ends = 0;

	/* ends that are the same but for white space need no table */
	for (; rest.old < run.new &&rest.new <
		 rest.end &&sketch_alike(&sketches[rest.old], &sketches[rest.new]) ==
	     101;
	     rest.old++, rest.new ++)
		marry(rows, rest.old, rest.new, 101);
	size_t olds = run.new - rest.old, news = rest.end - rest.new;
	while (ends < olds && ends < news &&
	    sketch_alike(&sketches[run.new - 1 - ends], &sketches[rest.end - 1 - ends]) == 101) {
		marry(rows, run.new - 1 - ends, rest.end - 1 - ends, 101);
		ends++;
	}
	olds -= ends, news -= ends;
	if (olds == 0 || news == 0)
		return;
	if (olds > PAIRS_MAX / news) {
		for (size_t i = 0; i < olds && i < news; i++) {
			int alike = sketch_alike(&sketches[rest.old + i], &sketches[rest.new + i]);
			if (alike >= ALIKE)
				marry(rows, rest.old + i, rest.new + i, alike);
		}
		return;
	}
	/* the table's rows lie one behind the other: [old, old + olds) and [new, new + news) */
	struct run table = { 0, olds, olds + news };
	struct diff_row *pairs = mem_alloc((olds + news) * sizeof *pairs);
	struct sketch *made_of = mem_alloc((olds + news) * sizeof *made_of);
	memcpy(made_of, &sketches[rest.old], olds * sizeof *made_of);
	memcpy(made_of + olds, &sketches[rest.new], news * sizeof *made_of);
	for (size_t i = 0; i < olds + news; i++)
		pairs[i] = (struct diff_row){ .mate = NO_ROW };
	best_pairs(pairs, made_of, table);
	for (size_t i = 0; i < olds; i++)
		if (pairs[i].mate != NO_ROW)
			marry(rows, rest.old + i, rest.new + pairs[i].mate - olds, pairs[i].space ? 101 : 0);
	free(made_of);
	free(pairs);
}

/* ---- blocks that moved ---- */

struct place_of_line {
	uint64_t hash;
	size_t row;
};

static int
by_hash(const void *a, const void *b)
{
	const struct place_of_line *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Rows of both runs from here on that are the same, byte for byte, and in no block yet. */
static size_t
block_len(const struct diff_row *rows, size_t count, size_t old, size_t new, size_t *full)
{
	size_t n = 0;

	*full = 0;
	while (old + n < count && new + n < count && rows[old + n].sign == '-' && rows[new + n].sign == '+' &&
	    !rows[old + n].moved && !rows[new + n].moved &&str_eq(rows[old + n].text, rows[new + n].text)) {
		*full += rows[old + n].text.len > 1; /* lines of a brace alone, or empty, say little */
		n++;
	}
	return n;
}

#define TRIES_MAX 32 /* places of one line that are looked at */

static size_t
find_moved(struct diff_row *rows, const struct sketch *sketches, size_t count)
{
	struct place_of_line *olds = mem_alloc((count ? count : 1) * sizeof *olds);
	size_t old_count = 0, blocks = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].sign == '-')
			olds[old_count++] = (struct place_of_line){ sketches[i].hash, i };
	if (old_count)
		qsort(olds, old_count, sizeof *olds, by_hash);
	for (size_t i = 0; i < count && old_count; i++) {
		size_t low = 0, high = old_count, best = 0, from = 0;
		if (rows[i].sign != '+' || rows[i].moved || rows[i].text.len < 2)
			continue;
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			if (olds[mid].hash < sketches[i].hash)
				low = mid + 1;
			else
				high = mid;
		}
		for (size_t n = 0;
		     n < TRIES_MAX && low + n < old_count && olds[low + n].hash == sketches[i].hash; n++) {
			size_t full, len = block_len(rows, count, olds[low + n].row, i, &full);
			if (full >= MOVED_LINES - 1 && len >= MOVED_LINES && len > best)
				best = len, from = olds[low + n].row;
		}
		for (size_t n = 0; n < best; n++) {
			rows[i + n].moved = rows[from + n].old_line;
			rows[from + n].moved = rows[i + n].new_line;
		}
		blocks += best > 0;
	}
	free(olds);
	return blocks;
}

size_t
diff_pair(struct diff_row *rows, size_t count)
{
	struct sketch *sketches = mem_alloc((count ? count : 1) * sizeof *sketches);
	struct run run = { 0 };

	for (size_t i = 0; i < count; i++) {
		rows[i].mate = NO_ROW;
		rows[i].moved = 0;
		rows[i].moved_path = STR("");
		rows[i].space = false;
		if (rows[i].sign == '+' || rows[i].sign == '-')
			sketches[i] = sketch_of(rows[i].text);
	}
	while (next_run(rows, count, &run)) {
		pair_run(rows, sketches, run);
		for (size_t i = run.old; i < run.end; i++)
			rows[i].space |= rows[i].mate == NO_ROW && sketches[i].len == 0;
	}
	size_t blocks = find_moved(rows, sketches, count);
	free(sketches);
	return blocks;
}

/* ---- the screen's lines ---- */

static void
put(struct diff_layout *layout, size_t old, size_t new, size_t hidden)
{
	if ((layout->count & (layout->count - 1)) == 0)
		layout->lines =
		    mem_grow(layout->lines, layout->count ? 2 * layout->count : 1, sizeof *layout->lines);
	layout->lines[layout->count++] = (struct diff_shown){ old, new, hidden };
}

/* Removed rows [old, old_end) and added ones [new, new_end), of which no two are a pair that is hidden. */
static void
put_changes(
    struct diff_layout *layout, const struct diff_row *rows, bool sides, struct run run, size_t old_end)
{
	size_t old = run.old, new = run.new;

	while (sides && (old < old_end || new < run.end)) {
		/* up to the next pair what is there stands beside one another as it comes */
		bool old_waits = old < old_end && rows[old].mate != NO_ROW &&
		    rows[old].mate >= new &&rows[old].mate < run.end;
		bool new_waits = new < run.end &&rows[new].mate !=
		    NO_ROW &&rows[new].mate >= old &&rows[new].mate < old_end;
		bool pair = old_waits && rows[old].mate == new;
		bool take_old = old < old_end && (pair || !old_waits),
		     take_new = new < run.end && (pair || !new_waits);
		put(layout, take_old ? old : NO_ROW, take_new ? new : NO_ROW, 0);
		old += take_old;
		new += take_new;
	}
	for (; old < old_end; old++)
		put(layout, old, NO_ROW, 0);
	for (; new < run.end; new ++)
		put(layout, NO_ROW, new, 0);
}

/* Differences in white space alone from here on: the new lines as they are, and how many differ. */
static void
put_hidden(struct diff_layout *layout, const struct diff_row *rows, struct run *run, size_t old_end)
{
	size_t old = run->old, new = run->new, hidden = 0;

	for (;; hidden++) {
		bool old_space = old < old_end && rows[old].space,
		     new_space = new < run->end &&rows[new].space;
		if (old_space && new_space && rows[old].mate == new)
			old++, new ++;
		else if (old_space && rows[old].mate == NO_ROW)
			old++;
		else if (new_space && rows[new].mate == NO_ROW)
			new ++;
		else
			break;
	}
	put(layout, NO_ROW, NO_ROW, hidden);
	layout->hidden += hidden;
	for (size_t i = run->new; i < new; i++)
		put(layout, rows[i].mate, i, 0);
	run->old = old;
	run->new = new;
}

/* The first of rows [from, end) that is to be hidden, or whose mate stands at or behind `mates`. */
static size_t
stop(const struct diff_row *rows, size_t from, size_t end, size_t mates)
{
	while (from < end && (rows[from].mate == NO_ROW || rows[from].mate < mates))
		from++;
	return from;
}

static size_t
first_space(const struct diff_row *rows, size_t from, size_t end)
{
	while (from < end && !rows[from].space)
		from++;
	return from;
}

static void
put_run(struct diff_layout *layout, const struct diff_row *rows, bool sides, bool hide_space, struct run run)
{
	size_t old_end = run.new;

	while (run.old < old_end || run.new < run.end) {
		size_t old_stop = old_end, new_stop = run.end;
		if (hide_space) {
			old_stop = first_space(rows, run.old, old_end);
			new_stop = first_space(rows, run.new, run.end);
			old_stop = stop(rows, run.old, old_stop, new_stop);
			new_stop = stop(rows, run.new, new_stop, old_stop);
		}
		put_changes(layout, rows, sides, (struct run){ run.old, run.new, new_stop }, old_stop);
		run.old = old_stop;
		run.new = new_stop;
		if (run.old < old_end || run.new < run.end)
			put_hidden(layout, rows, &run, old_end);
	}
}

void
diff_layout(
    struct diff_layout *layout, const struct diff_row *rows, size_t count, bool sides, bool hide_space)
{
	struct run run = { 0 };
	size_t at = 0;

	layout->count = layout->hidden = 0;
	while (at < count) {
		next_run(rows, count, &run);
		for (; at < run.old; at++)
			put(layout, at, at, 0);
		put_run(layout, rows, sides, hide_space, run);
		at = run.end;
	}
}

void
diff_layout_release(struct diff_layout *layout)
{
	free(layout->lines);
	*layout = (struct diff_layout){ 0 };
}
