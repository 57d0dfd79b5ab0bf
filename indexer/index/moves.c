#include "indexer/index/moves.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX ((uint32_t)1 << 24)
#define BEAT 4096 /* anchors between two looks at the clock */

int
moves_init(struct moves *moves)
{
	*moves = (struct moves){ 0 };
	return line_key(moves->key);
}

void
moves_release(struct moves *moves)
{
	free(moves->sides[0].lines);
	free(moves->sides[1].lines);
	free(moves->blocks);
}

/* ---- gathering ---- */

static uint32_t
words_of(struct str line)
{
	uint32_t words = 0;

	for (size_t i = 0; i < line.len && words < 255; i++) {
		unsigned char c = (unsigned char)line.data[i];
		words += (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80;
	}
	return words;
}

static void
make_room(struct changed_lines *side, size_t more)
{
	size_t capacity = side->capacity ? side->capacity : 64;

	while (capacity < side->count + more)
		capacity *= 2;
	if (capacity > side->capacity)
		side->lines = mem_grow(side->lines, capacity, sizeof *side->lines);
	side->capacity = capacity;
}

static void
gather(
    const uint64_t key[2], const struct lines *lines, size_t first, size_t count, struct changed_lines *side)
{
	make_room(side, count);
	for (size_t i = first; i < first + count; i++) {
		struct str line = line_bare(lines_get(lines, i));
		side->lines[side->count++] = (struct changed_line){
			.hash = line_hash(key, line), .line = (uint32_t)i + 1, .words = words_of(line) & 255
		};
	}
}

void
moves_gather(const struct moves *moves, const struct linediff *diff, struct changed_lines sides[2])
{
	sides[0].beyond = diff->added > MOVES_MAX || diff->removed > MOVES_MAX;
	if (sides[0].beyond)
		return;
	for (size_t i = 0; i < diff->count; i++) {
		const struct edit *edit = &diff->edits[i];
		gather(moves->key, &diff->old, edit->old_first, edit->old_lines, &sides[0]);
		gather(moves->key, &diff->new, edit->new_first, edit->new_lines, &sides[1]);
	}
}

void
moves_add(struct moves *moves, uint32_t file, struct changed_lines sides[2])
{
	for (int i = 0; i < 2; i++) {
		struct changed_lines *to = &moves->sides[i], *from = &sides[i];
		moves->full |= from->beyond || from->count > MOVES_MAX - to->count || file >= FILES_MAX;
		if (!moves->full && from->count > 0) {
			make_room(to, from->count);
			memcpy(to->lines + to->count, from->lines, from->count * sizeof *from->lines);
			for (size_t l = 0; l < from->count; l++)
				to->lines[to->count + l].file = file & (FILES_MAX - 1);
			to->count += from->count;
		}
		free(from->lines);
		*from = (struct changed_lines){ 0 };
	}
}

/* ---- finding ---- */

struct place_of_hash {
	uint64_t hash;
	uint32_t at;
};

static int
by_hash(const void *a, const void *b)
{
	const struct place_of_hash *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The lines of a side that say something and stand in it but once, by their hashes; how many. */
static size_t
rare(const struct changed_lines *side, struct place_of_hash *out)
{
	size_t all = 0, count = 0;

	for (size_t i = 0; i < side->count; i++)
		if (side->lines[i].words > 0)
			out[all++] = (struct place_of_hash){ side->lines[i].hash, (uint32_t)i };
	if (all > 0)
		qsort(out, all, sizeof *out, by_hash);
	for (size_t i = 0, next; i < all; i = next) {
		for (next = i + 1; next < all && out[next].hash == out[i].hash;)
			next++;
		if (next == i + 1)
			out[count++] = out[i];
	}
	return count;
}

struct anchor {
	uint32_t old, new;
};

static int
by_new(const void *a, const void *b)
{
	const struct anchor *x = a, *y = b;
	return x->new < y->new ? -1 : x->new > y->new;
}

/* Lines that were removed once and added once, in two files; in the order in which they were added. */
static struct anchor *
find_anchors(const struct moves *moves, size_t *count)
{
	const struct changed_lines *old = &moves->sides[0], *new = &moves->sides[1];
	struct place_of_hash *olds = mem_alloc((old->count + 1) * sizeof *olds),
			     *news = mem_alloc((new->count + 1) * sizeof *news);
	size_t old_count = rare(old, olds), new_count = rare(new, news);
	struct anchor *anchors = mem_alloc((old_count + 1) * sizeof *anchors);

	*count = 0;
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		if (olds[i].hash != news[j].hash) {
			if (olds[i].hash < news[j].hash)
				i++;
			else
				j++;
			continue;
		}
		if (old->lines[olds[i].at].file != new->lines[news[j].at].file)
			anchors[(*count)++] = (struct anchor){ olds[i].at, news[j].at };
		i++;
		j++;
	}
	free(olds);
	free(news);
	if (*count > 0)
		qsort(anchors, *count, sizeof *anchors, by_new);
	return anchors;
}

static bool
follows(const struct changed_line *line, const struct changed_line *next)
{
	return next->file == line->file && next->line == line->line + 1;
}

/* The longest stretch of the same lines on both sides around an anchor; blank ones at its ends are left out. */
static struct move
grow(const struct moves *moves, struct anchor anchor)
{
	const struct changed_line *old = moves->sides[0].lines, *new = moves->sides[1].lines;
	size_t before = 0, behind = 0;

	while (anchor.old > before &&
	    anchor.new > before &&follows(&old[anchor.old - before - 1], &old[anchor.old - before]) &&
	    follows(&new[anchor.new - before - 1], &new[anchor.new - before]) &&
	    old[anchor.old - before - 1].hash == new[anchor.new - before - 1].hash)
		before++;
	while (anchor.old + behind + 1 < moves->sides[0].count &&
	    anchor.new + behind + 1 <
		moves->sides[1].count &&follows(&old[anchor.old + behind], &old[anchor.old + behind + 1]) &&
	    follows(&new[anchor.new + behind], &new[anchor.new + behind + 1]) &&
	    old[anchor.old + behind + 1].hash == new[anchor.new + behind + 1].hash)
		behind++;
	size_t first = anchor.new - before, lines = before + 1 + behind, words = 0;
	for (size_t i = first; i < first + lines; i++)
		words += new[i].words;
	return (struct move){ .old_file = old[anchor.old].file,
		.old_line = old[anchor.old - before].line,
		.new_file = new[anchor.new].file,
		.new_line = new[first].line,
		.lines = words >= MOVE_WORDS &&lines >= MOVE_LINES ? (uint32_t)lines : 0 };
}

int
moves_find(struct moves *moves, struct pulse *pulse)
{
	size_t anchor_count, room = 0;
	struct anchor *anchors = NULL;
	int r = pulse_beat(pulse);

	if (r < 0 || moves->full)
		return r;
	anchors = find_anchors(moves, &anchor_count);
	for (size_t i = 0; i < anchor_count && r == 0; i++) {
		const struct move *last = moves->count ? &moves->blocks[moves->count - 1] : NULL;
		const struct changed_line *new = &moves->sides[1].lines[anchors[i].new];
		if (i % BEAT == 0)
			r = pulse_beat(pulse);
		if (last && new->file == last->new_file &&new->line < last->new_line + last->lines)
			continue; /* in the block before */
		struct move move = grow(moves, anchors[i]);
		/* two blocks that both could have the lines between them: the first has them */
		if (move.lines == 0 ||
		    (last && move.new_file == last->new_file && move.new_line < last->new_line + last->lines))
			continue;
		if (moves->count == room) {
			room = room ? 2 * room : 64;
			moves->blocks = mem_grow(moves->blocks, room, sizeof *moves->blocks);
		}
		moves->blocks[moves->count++] = move;
	}
	free(anchors);
	return r;
}
