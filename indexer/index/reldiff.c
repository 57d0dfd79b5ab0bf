#include "indexer/index/reldiff.h"

#include "indexer/index/sketch.h"

#include <stdlib.h>

#define LEAST 50       /* per cent of likeness of a renamed file */
#define LEAST_NAMED 75 /* of one whose last component stayed */
#define CANDIDATES 4   /* sources remembered for each new file */

/* Files that are on one side alone. */
struct loose {
	const struct entry *entry;
	struct sketch sketch;
	bool sketched, unfit; /* unfit: no text to hold against others */
	bool taken;
	size_t partner; /* of a new file: the old one */
	unsigned score;
};

struct pairing {
	const struct tree *tree[2];
	struct text_reader *reader;
	struct pulse *pulse;
	struct loose *old, *new;
	size_t old_count, new_count;
};

struct candidate {
	size_t old, new;
	unsigned score;
	bool same_name;
};

const char *
change_word(enum change_kind kind)
{
	static const char *const words[] = { "added", "removed", "changed", "mode", "renamed" };
	return words[kind];
}

static struct str
last_component(struct str path)
{
	const char *slash = memrchr(path.data, '/', path.len);
	return slash ? (struct str){ slash + 1, (size_t)(path.data + path.len - slash) - 1 } : path;
}

static bool
same_id(const struct entry *a, const struct entry *b)
{
	return memcmp(a->id, b->id, OID_LEN) == 0;
}

static void
pair_up(struct pairing *p, size_t old, size_t new, unsigned score)
{
	p->old[old].taken = p->new[new].taken = true;
	p->new[new].partner = old;
	p->new[new].score = score;
}

/* ---- the same bytes ---- */

static int
compare_ids(const void *a, const void *b, void *ctx)
{
	const struct loose *old = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = memcmp(old[x].entry->id, old[y].entry->id, OID_LEN);

	return order != 0 ? order : (x > y) - (x < y);
}

/* The first old file in `order` with the new one's id; count if there is none. */
static size_t
first_with_id(const struct pairing *p, const size_t *order, const struct entry *entry)
{
	size_t low = 0, high = p->old_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(p->old[order[middle]].entry->id, entry->id, OID_LEN) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
pair_same_bytes(struct pairing *p)
{
	size_t *order = mem_alloc((p->old_count + 1) * sizeof *order);

	for (size_t i = 0; i < p->old_count; i++)
		order[i] = i;
	qsort_r(order, p->old_count, sizeof *order, compare_ids, p->old);
	for (size_t new = 0; new < p->new_count; new ++) {
		const struct entry *entry = p->new[new].entry;
		size_t best = SIZE_MAX;
		for (size_t at = first_with_id(p, order, entry); at < p->old_count; at++) {
			const struct loose *old = &p->old[order[at]];
			if (!same_id(old->entry, entry))
				break;
			if (old->taken || (old->entry->mode & 0170000) != (entry->mode & 0170000))
				continue;
			bool named = str_eq(last_component(old->entry->path), last_component(entry->path));
			if (best == SIZE_MAX || named)
				best = order[at];
			if (named)
				break;
		}
		if (best != SIZE_MAX)
			pair_up(p, best, new, 100);
	}
	free(order);
}

/* ---- likeness ---- */

static int
sketch(struct pairing *p, struct loose *loose, const struct tree *tree)
{
	struct blob blob;
	struct str text;

	if (loose->sketched || loose->unfit)
		return 0;
	int r = pulse_beat(p->pulse);
	if (r < 0)
		return r;
	loose->unfit =
	    !entry_regular(loose->entry) || loose->entry->size == 0 || loose->entry->size > RENAME_SIZE;
	if (loose->unfit)
		return 0;
	r = tree_blob(tree, loose->entry, &blob);
	if (r == 0)
		r = text_whole(p->reader, &blob, &text);
	if (r < 0)
		return r;
	sketch_init(&loose->sketch, text);
	loose->sketched = true;
	return 0;
}

/* Per cent, or 0 where it cannot reach `least`. */
static int
likeness(struct pairing *p, size_t old, size_t new, unsigned least, unsigned *score)
{
	struct loose *a = &p->old[old], *b = &p->new[new];
	uint64_t larger = a->entry->size > b->entry->size ? a->entry->size : b->entry->size;
	uint64_t smaller = a->entry->size + b->entry->size - larger;

	*score = 0;
	if (smaller * 100 < larger * least)
		return 0;
	int r = sketch(p, a, p->tree[0]);
	if (r == 0)
		r = sketch(p, b, p->tree[1]);
	if (r < 0 || a->unfit || b->unfit)
		return r;
	*score = sketch_likeness(&a->sketch, &b->sketch);
	if (*score < least)
		*score = 0;
	return 0;
}

/* ---- the same last component, once on each side ---- */

struct named {
	struct str name;
	size_t index;
};

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Last components that occur once among what is not taken, rising. */
static size_t
unique_names(const struct loose *loose, size_t count, struct named *out)
{
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!loose[i].taken)
			out[all++] = (struct named){ last_component(loose[i].entry->path), i };
	qsort(out, all, sizeof *out, compare_names);
	for (size_t i = 0; i < all; i++) {
		bool like_before = i > 0 && str_eq(out[i].name, out[i - 1].name);
		bool like_next = i + 1 < all && str_eq(out[i].name, out[i + 1].name);
		if (!like_before && !like_next)
			out[kept++] = out[i];
		else if (like_before && !like_next && kept > 0 && str_eq(out[kept - 1].name, out[i].name))
			kept--;
	}
	return kept;
}

static int
pair_same_names(struct pairing *p)
{
	struct named *old = mem_alloc((p->old_count + 1) * sizeof *old),
		     *new = mem_alloc((p->new_count + 1) * sizeof *new);
	size_t olds = unique_names(p->old, p->old_count, old), news = unique_names(p->new, p->new_count, new);
	int r = 0;

	for (size_t i = 0, j = 0; i < olds && j < news && r == 0;) {
		int order = str_cmp(old[i].name, new[j].name);
		unsigned score = 0;
		if (order == 0) {
			r = likeness(p, old[i].index, new[j].index, LEAST_NAMED, &score);
			if (score > 0)
				pair_up(p, old[i].index, new[j].index, score);
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(old);
	free(new);
	return r;
}

/* ---- the most alike ---- */

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	if (x->same_name != y->same_name)
		return x->same_name ? -1 : 1;
	if (x->new != y->new)
		return x->new < y->new ? -1 : 1;
	return (x->old > y->old) - (x->old < y->old);
}

/* Keeps the best few of one new file in best[0..*count). */
static void
keep_best(struct candidate *best, size_t *count, struct candidate candidate)
{
	if (*count < CANDIDATES) {
		best[(*count)++] = candidate;
		return;
	}
	size_t worst = 0;
	for (size_t i = 1; i < CANDIDATES; i++)
		if (compare_candidates(&best[i], &best[worst]) > 0)
			worst = i;
	if (compare_candidates(&candidate, &best[worst]) < 0)
		best[worst] = candidate;
}

static int
pair_most_alike(struct pairing *p)
{
	struct candidate *all = mem_alloc((p->new_count * CANDIDATES + 1) * sizeof *all);
	size_t count = 0;
	int r = 0;

	for (size_t new = 0; new < p->new_count &&r == 0; new ++) {
		size_t kept = 0;
		if (p->new[new].taken)
			continue;
		for (size_t old = 0; old < p->old_count && r == 0; old++) {
			struct candidate candidate = { .old = old, .new = new };
			if (p->old[old].taken)
				continue;
			r = likeness(p, old, new, LEAST, &candidate.score);
			if (r < 0 || candidate.score == 0)
				continue;
			candidate.same_name = str_eq(
			    last_component(p->old[old].entry->path), last_component(p->new[new].entry->path));
			keep_best(all + count, &kept, candidate);
		}
		count += kept;
		if (r == 0)
			r = pulse_beat(p->pulse);
	}
	qsort(all, count, sizeof *all, compare_candidates);
	for (size_t i = 0; i < count && r == 0; i++)
		if (!p->old[all[i].old].taken && !p->new[all[i].new].taken)
			pair_up(p, all[i].old, all[i].new, all[i].score);
	free(all);
	return r;
}

/* ---- the whole ---- */

static void
add(struct reldiff *diff, struct change change)
{
	diff->changes[diff->count++] = change;
}

/* Walks both trees; what both have goes to diff->changes, the rest is loose. */
static void
walk(struct reldiff *diff, struct pairing *p)
{
	const struct tree *old = diff->old, *new = diff->new;

	for (size_t i = 0, j = 0; i < old->count || j < new->count;) {
		const struct entry *a = i < old->count ? &old->entries[i] : NULL,
				   *b = j < new->count ? &new->entries[j] : NULL;
		int order = !a ? 1 : !b ? -1 : str_cmp(a->path, b->path);
		if (order < 0)
			p->old[p->old_count++] = (struct loose){ .entry = a };
		else if (order > 0)
			p->new[p->new_count++] = (struct loose){ .entry = b };
		else if (!same_id(a, b))
			add(diff, (struct change){ CHANGE_CHANGED, a, b, 0 });
		else if (a->mode != b->mode)
			add(diff, (struct change){ CHANGE_MODE, a, b, 0 });
		i += order <= 0;
		j += order >= 0;
	}
}

static int
compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order = str_cmp((x->new ? x->new : x->old)->path, (y->new ? y->new : y->old)->path);

	return order != 0 ? order : (int)x->kind - (int)y->kind;
}

static int
find_renames(struct reldiff *diff, struct pairing *p)
{
	size_t old = 0, new = 0;

	pair_same_bytes(p);
	int r = pair_same_names(p);
	for (size_t i = 0; i < p->old_count; i++)
		old += !p->old[i].taken;
	for (size_t i = 0; i < p->new_count; i++)
		new += !p->new[i].taken;
	diff->capped = new > 0 && old > RENAME_PAIRS / new;
	return r == 0 && !diff->capped ? pair_most_alike(p) : r;
}

int
reldiff_run(struct reldiff *diff)
{
	struct pairing p = { .tree = { diff->old, diff->new }, .reader = diff->reader, .pulse = diff->pulse };

	p.old = mem_alloc((diff->old->count + 1) * sizeof *p.old);
	p.new = mem_alloc((diff->new->count + 1) * sizeof *p.new);
	diff->changes = mem_alloc((diff->old->count + diff->new->count + 1) * sizeof *diff->changes);
	walk(diff, &p);
	int r = find_renames(diff, &p);
	for (size_t i = 0; i < p.old_count && r == 0; i++)
		if (!p.old[i].taken)
			add(diff, (struct change){ CHANGE_REMOVED, p.old[i].entry, NULL, 0 });
	for (size_t i = 0; i < p.new_count && r == 0; i++) {
		const struct loose *new = &p.new[i];
		if (new->taken)
			add(diff,
			    (struct change){
				CHANGE_RENAMED, p.old[new->partner].entry, new->entry, new->score });
		else
			add(diff, (struct change){ CHANGE_ADDED, NULL, new->entry, 0 });
	}
	qsort(diff->changes, diff->count, sizeof *diff->changes, compare_changes);
	for (size_t i = 0; i < p.old_count; i++)
		sketch_release(&p.old[i].sketch);
	for (size_t i = 0; i < p.new_count; i++)
		sketch_release(&p.new[i].sketch);
	free(p.old);
	free(p.new);
	return r;
}

void
reldiff_release(struct reldiff *diff)
{
	free(diff->changes);
	diff->changes = NULL;
	diff->count = 0;
}
