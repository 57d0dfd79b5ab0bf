/* diff-symbols: definitions added, removed, changed, moved and renamed between two releases. */
#include "indexer/index/relay.h"
#include "indexer/index/sides.h"
#include "indexer/index/symdiff.h"

#include <stdio.h>
#include <stdlib.h>

#define RENAMED_MIN \
	40 /* bytes of code that a definition has at least, if it is known again under another name */

/* A definition that is on one side alone, or on both. */
struct finding {
	const struct entry *old, *new;
	struct symdiff_change change;
	const char *word;
	bool gone; /* told with its partner */
};

struct sheet {
	const struct change *files;
	struct symdiff symdiff;
	bool unknown; /* there is text on a side that no parser understood */
};

struct symbols {
	struct job *job;
	const struct tree *trees[2];
	struct relay relay;
	struct sheet sheets[RELAY_SLOTS];
	struct side (*sides)[2]; /* one pair a thread */
	struct finding *findings;
	size_t count, capacity;
	uint64_t unknown; /* files */
};

/* ---- files ---- */

static int
load(struct side *side, const struct entry *entry, struct symdiff_side *out, bool *unknown)
{
	struct seg_state state;
	bool comparable;

	int r = side_load(side, entry, &comparable);
	*out = (struct symdiff_side){ .reader = &side->reader, .text = side->text };
	if (r < 0 || !entry || !comparable)
		return r;
	out->there = true;
	out->blob = side->blob;
	r = blob_state(&side->blob, &state);
	*unknown |= r == 0 && state.status == SEG_NOT_PARSED;
	return r < 0 ? r : outline_load(&out->outline, &side->blob, OUTLINE_ALL);
}

static int
compare_files(void *ctx, size_t slot, unsigned thread)
{
	struct symbols *s = ctx;
	struct sheet *sheet = &s->sheets[slot];
	struct side *sides = s->sides[thread];
	struct symdiff_side halves[2] = { 0 };
	struct linediff diff = { 0 };

	symdiff_release(&sheet->symdiff);
	sheet->unknown = false;
	sides[0].tree = s->trees[0];
	sides[1].tree = s->trees[1];
	int r = load(&sides[0], sheet->files->old, &halves[0], &sheet->unknown);
	if (r == 0)
		r = load(&sides[1], sheet->files->new, &halves[1], &sheet->unknown);
	if (r == 0)
		r = linediff_init(&diff, sides[0].text, sides[1].text);
	if (r == 0)
		r = symdiff_run(&sheet->symdiff, halves, &diff);
	linediff_release(&diff);
	outline_release(&halves[0].outline);
	outline_release(&halves[1].outline);
	return r;
}

static struct str
keep(struct symbols *s, struct str name)
{
	return (struct str){ arena_copy(&s->job->arena, name.len ? name.data : "", name.len), name.len };
}

static int
take_sheet(void *ctx, size_t slot)
{
	static const char *const words[] = { "modified", "formatting", "comment" };
	struct symbols *s = ctx;
	struct sheet *sheet = &s->sheets[slot];

	s->unknown += sheet->unknown;
	for (size_t i = 0; i < sheet->symdiff.count; i++) {
		if (s->count == s->capacity) {
			s->capacity = s->capacity ? 2 * s->capacity : 256;
			s->findings = mem_grow(s->findings, s->capacity, sizeof *s->findings);
		}
		struct finding *f = &s->findings[s->count++];
		*f = (struct finding){ sheet->files->old, sheet->files->new, sheet->symdiff.changes[i], NULL,
			false };
		f->change.old.name = keep(s, f->change.old.name);
		f->change.new.name = keep(s, f->change.new.name);
		f->word = f->change.old.line == 0 ? "added"
		    : f->change.new.line == 0     ? "removed"
						  : words[f->change.difference];
	}
	symdiff_release(&sheet->symdiff);
	return 0;
}

/* ---- moved and renamed ---- */

struct loose {
	const uint8_t *digest;
	struct str name;
	struct finding *finding;
};

static int
compare_loose(const void *a, const void *b)
{
	const struct loose *x = a, *y = b;
	int order = memcmp(x->digest, y->digest, SHA256_LEN);

	if (order == 0)
		order = str_cmp(x->name, y->name);
	return order != 0 ? order : (x->finding > y->finding) - (x->finding < y->finding);
}

/* Findings of a word by the digest of their code, sorted. */
static struct loose *
sorted(struct symbols *s, bool new, bool unnamed, size_t *count)
{
	struct loose *loose = mem_alloc((s->count + 1) * sizeof *loose);

	*count = 0;
	for (size_t i = 0; i < s->count; i++) {
		struct finding *f = &s->findings[i];
		struct symdiff_symbol *is = new ? &f->change.new : &f->change.old;
		if (f->gone || strcmp(f->word, new ? "added" : "removed") != 0 ||
		    (unnamed && is->essence.code_bytes < RENAMED_MIN))
			continue;
		loose[(*count)++] = (struct loose){ unnamed ? is->essence.unnamed : is->essence.code,
			unnamed ? STR("") : is->name, f };
	}
	if (*count > 0)
		qsort(loose, *count, sizeof *loose, compare_loose);
	return loose;
}

/* Removed here and added there with the same code: the same name first, then another. */
static void
match(struct symbols *s, bool unnamed)
{
	size_t old_count, new_count, i = 0, j = 0;
	struct loose *old = sorted(s, false, unnamed, &old_count),
		     *new = sorted(s, true, unnamed, &new_count);

	while (i < old_count && j < new_count) {
		int order = memcmp(old[i].digest, new[j].digest, SHA256_LEN);
		if (order == 0)
			order = str_cmp(old[i].name, new[j].name);
		if (order == 0 && old[i].finding->change.old.kind == new[j].finding->change.new.kind) {
			struct finding *to = new[j].finding;
			to->old = old[i].finding->old;
			to->change.old = old[i].finding->change.old;
			to->word = unnamed ? "renamed" : "moved";
			old[i].finding->gone = true;
			i++;
			j++;
		} else if (order <= 0) {
			i++;
		} else {
			j++;
		}
	}
	free(old);
	free(new);
}

/* ---- rows ---- */

static int
compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	const struct entry *p = x->new ? x->new : x->old, *q = y->new ? y->new : y->old;
	int order = str_cmp(p->path, q->path);

	if (order != 0)
		return order;
	uint64_t i = x->change.new.line ? x->change.new.line : x->change.old.line,
		 j = y->change.new.line ? y->change.new.line : y->change.old.line;
	if (i != j)
		return i < j ? -1 : 1;
	return strcmp(x->word, y->word);
}

static int
finding_row(struct symbols *s, const struct finding *f)
{
	const struct symdiff_symbol *old = &f->change.old, *new = &f->change.new;
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("symbol-change"));
	row_set(&row, F_CHANGE, str_from(f->word));
	row_set(&row, F_NAME, new->line ? new->name : old->name);
	row_set(&row, F_KIND, str_from(seg_symbol_word(new->line ? new->kind : old->kind)));
	if (old->line) {
		row_set(&row, F_OLD_PATH, f->old->path);
		row_set_num(&row, F_OLD_LINE, old->line);
	}
	if (new->line) {
		row_set(&row, F_NEW_PATH, f->new->path);
		row_set_num(&row, F_NEW_LINE, new->line);
	}
	if (old->line && new->line && !str_eq(old->name, new->name))
		row_set(&row, F_OLD_NAME, old->name);
	return answer_row(s->job->answer, &row, NULL, f->new ? (uintptr_t)f->new : (uintptr_t)f->old);
}

static int
send_all(struct symbols *s)
{
	char why[96];
	int r = 0;

	match(s, false);
	match(s, true);
	if (s->count > 0)
		qsort(s->findings, s->count, sizeof *s->findings, compare_findings);
	for (size_t i = 0; i < s->count && r == 0; i++)
		if (!s->findings[i].gone)
			r = finding_row(s, &s->findings[i]);
	if (r < 0 || s->unknown == 0)
		return r;
	struct row row = { 0 };
	snprintf(why, sizeof why, "%llu changed files were not parsed: their definitions are not known",
	    (unsigned long long)s->unknown);
	row_set(&row, F_WHAT, STR("note"));
	row_set(&row, F_WHY, str_from(why));
	return answer_row(s->job->answer, &row, NULL, 0);
}

int
answer_diff_symbols(struct job *job)
{
	struct reldiff diff = { .reader = job->reader, .pulse = job->pulse };
	struct symbols *s = mem_new(struct symbols);
	unsigned threads = pool_threads(job->pool);
	struct str names[2], glob = row_get(job->args, F_GLOB);

	s->job = job;
	s->sides = mem_alloc(threads * sizeof *s->sides);
	s->relay = (struct relay){
		.pool = job->pool, .pulse = job->pulse, .work = compare_files, .give = take_sheet, .ctx = s
	};
	int r = sides_trees(job, names, s->trees);
	diff.old = s->trees[0];
	diff.new = s->trees[1];
	if (r == 0)
		r = reldiff_run(&diff);
	for (size_t i = 0; i < diff.count && r == 0; i++) {
		const struct change *change = &diff.changes[i];
		if (change->kind == CHANGE_MODE || !change_in_glob(glob, change))
			continue;
		s->sheets[relay_slot(&s->relay)].files = change;
		r = relay_add(&s->relay,
		    (change->old ? change->old->size : 0) + (change->new ? change->new->size : 0), false);
	}
	if (r == 0)
		r = relay_end(&s->relay);
	if (r == 0)
		r = send_all(s);
	for (unsigned i = 0; i < threads; i++)
		sides_release(s->sides[i]);
	for (size_t i = 0; i < RELAY_SLOTS; i++)
		symdiff_release(&s->sheets[i].symdiff);
	reldiff_release(&diff);
	free(s->findings);
	free(s->sides);
	free(s);
	return r;
}
