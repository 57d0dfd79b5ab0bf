/* def, refs, callers, outline, symbols: where names are, as rows. */
#include "indexer/index/fuzzy.h"
#include "indexer/index/listing.h"
#include "indexer/index/near.h"

#include <stdlib.h>

#define SYMBOLS_LIMIT 200 /* rows without LIMIT */

/* Only definitions, or, where there are none, only declarations. */
static void
prefer_definitions(struct places *places)
{
	bool defined = false;
	size_t kept = 0;

	for (size_t i = 0; i < places->count; i++)
		defined |= places->places[i].kind == PLACE_DEFINITION;
	for (size_t i = 0; i < places->count && defined; i++)
		if (places->places[i].kind == PLACE_DEFINITION)
			places->places[kept++] = places->places[i];
	places->count = defined ? kept : places->count;
}

/* Places whose blob is in this release. */
static int
only_owned(const struct tree *tree, struct places *places)
{
	size_t kept = 0;

	for (size_t i = 0; i < places->count; i++) {
		const uint32_t *owners;
		size_t count;
		int r = tree_owners(tree, places->places[i].pair, places->places[i].blob, &owners, &count);
		if (r < 0)
			return r;
		if (count > 0)
			places->places[kept++] = places->places[i];
	}
	places->count = kept;
	return 0;
}

/* Lines with the word in files that no parser understood: all there is where there is no definition. */
static int
only_unparsed(const struct tree *tree, struct places *places)
{
	size_t kept = 0;

	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->places[i];
		const struct tree_pair *pair = &tree->pairs[place->pair];
		struct seg_state state;
		struct blob blob;
		int r = blob_get(pair->text, pair->syntax, place->blob, &blob);
		if (r == 0)
			r = blob_state(&blob, &state);
		if (r < 0)
			return r;
		if (state.status == SEG_NOT_PARSED)
			places->places[kept++] = *place;
	}
	places->count = kept;
	return 0;
}

static int
def_places(struct listing *l, const struct names *names, struct str name, struct places *places)
{
	bool prefix = l->job->flags & ORDER_PREFIX;

	int r = names_symbols(names, name, prefix, places);
	if (r == 0)
		r = only_owned(l->tree, places);
	if (r == 0 && places->count == 0) {
		r = names_places(names, name, prefix, places);
		return r == 0 ? only_unparsed(l->tree, places) : r;
	}
	prefer_definitions(places);
	return r;
}

static int
ref_places(struct listing *l, const struct names *names, struct str name, struct places *places)
{
	return names_places(names, name, l->job->flags & ORDER_PREFIX, places);
}

/* Calls and expansions that the parser saw, and words, of which the listing shows those that look like calls. */
static int
caller_places(struct listing *l, const struct names *names, struct str name, struct places *places)
{
	size_t kept = 0;

	int r = names_places(names, name, false, places);
	for (size_t i = 0; i < places->count; i++) {
		struct place *place = &places->places[i];
		if (place->kind == PLACE_WORD)
			place->role = ROLE_CALL;
		if (place->role == ROLE_CALL || place->role == ROLE_MACRO)
			places->places[kept++] = *place;
	}
	places->count = kept;
	l->calls = true;
	return r;
}

/* ---- callees ---- */

/* Calls and expansions in lines first..last of the definition's blob, of each word that stands there in code. */
static int
called_in(const struct names *names, const struct place *def, uint64_t last, struct places *places)
{
	const struct tree_pair *pair = &names->tree->pairs[def->pair];
	struct names here = *names;
	struct name_set words = { 0 };
	struct blob blob;

	here.one_blob = true;
	here.pair = def->pair;
	here.blob = def->blob;
	int r = blob_get(pair->text, pair->syntax, def->blob, &blob);
	if (r == 0)
		r = words_between(names->reader, &blob, def->line, last, &words);
	for (size_t i = 0; i < words.count && r == 0; i++) {
		size_t from = places->count, kept = from;
		r = names_references(&here, words.names[i], places);
		for (size_t p = from; p < places->count; p++) {
			const struct place *place = &places->places[p];
			if (place->line >= def->line && place->line <= last &&
			    (place->role == ROLE_CALL || place->role == ROLE_MACRO))
				places->places[kept++] = *place;
		}
		places->count = kept;
	}
	name_set_release(&words);
	return r;
}

static int
callee_places(struct listing *l, const struct names *names, struct str name, struct places *places)
{
	struct places defs = { 0 };

	int r = names_symbols(names, name, false, &defs);
	if (r == 0)
		r = only_owned(l->tree, &defs);
	for (size_t i = 0; i < defs.count && r == 0; i++)
		if (defs.places[i].kind == PLACE_DEFINITION)
			r = called_in(names, &defs.places[i], defs.places[i].last, places);
	places_release(&defs);
	return r;
}

typedef int find_places(struct listing *l, const struct names *names, struct str name, struct places *places);

/* With PATH, those that are nearest to that file come first. */
static int
begin_rank(struct listing *l, struct near *near)
{
	struct str path = row_get(l->job->args, F_PATH);
	const struct entry *from = path.len > 0 ? tree_find(l->tree, path) : NULL;

	if (!from)
		return 0;
	l->rank = near_rank;
	l->rank_ctx = near;
	return near_init(near, l->tree, from, l->job->reader, l->job->pulse);
}

static int
list_release(struct listing *l, struct str name, find_places *find)
{
	struct names names = {
		.tree = l->tree, .reader = l->job->reader, .pulse = l->job->pulse, .pool = l->job->pool
	};
	struct places places = { 0 };
	struct near near = { 0 };

	int r = find(l, &names, name, &places);
	l->rank = NULL;
	if (r == 0 && places.count > 1)
		r = begin_rank(l, &near);
	if (r == 0)
		r = listing_places(l, &places);
	near_release(&near);
	places_release(&places);
	return r;
}

static int
answer_names(struct job *job, find_places *find)
{
	struct listing l = { .job = job, .left = job_limit(job) };
	struct str name = row_get(job->args, F_NAME);
	size_t *releases, count;

	if (name.len == 0 || name.len > SEG_NAME_MAX || memchr(name.data, '\n', name.len))
		return err_set(ERR_USAGE, "a name has 1 to %d bytes", SEG_NAME_MAX);
	job->answer->unit_rows = HITS_FIRST;
	int r = job_releases(job, &releases, &count);
	for (size_t i = 0; r == 0 && i < count && l.left > 0; i++) {
		l.release = store_name(job->store, releases[i]);
		r = store_tree(job->store, releases[i], &l.tree);
		if (r == 0)
			r = list_release(&l, name, find);
	}
	return r;
}

int
answer_def(struct job *job)
{
	return answer_names(job, def_places);
}

int
answer_refs(struct job *job)
{
	return answer_names(job, ref_places);
}

int
answer_callers(struct job *job)
{
	return answer_names(job, caller_places);
}

int
answer_callees(struct job *job)
{
	return answer_names(job, callee_places);
}

int
answer_outline(struct job *job)
{
	struct listing l = { .job = job };
	const struct entry *entry;
	size_t release;

	int r = job_release(job, &release, &l.tree);
	if (r == 0)
		r = job_file(l.tree, row_get(job->args, F_PATH), &entry);
	if (r < 0)
		return r;
	l.release = store_name(job->store, release);
	job->answer->path = entry->path;
	return listing_outline(&l, entry);
}

/* ---- symbols: fuzzy ---- */

/* All names held against a pattern, each segment's by some thread. */
struct scoring {
	struct job *job;
	const struct tree *tree;
	struct fuzzy fuzzy;
	struct fuzzy_best *best; /* one a thread */
};

static int
score_pair(void *ctx, size_t pair, unsigned thread)
{
	struct scoring *s = ctx;
	struct cursor cursor;
	int score, r = cursor_at(&cursor, list_of_symbols(s->tree->pairs[pair].syntax), 0);

	while (r == 0 && (r = cursor_next(&cursor)) == 1) {
		if (cursor.lengths[0] > 0 && fuzzy_score(&s->fuzzy, cursor.name, &score))
			fuzzy_add(&s->best[thread], score, pair << 32 | cursor.number);
		r = cursor.number % 1024 == 0 ? pulse_beat(s->job->pulse) : 0;
	}
	return r;
}

/* The best `limit` into best, which is of the job's arena. */
static int
score_names(struct job *job, const struct tree *tree, size_t limit, struct fuzzy_best *best)
{
	unsigned threads = pool_threads(job->pool);
	struct scoring s = { .job = job, .tree = tree };

	fuzzy_init(&s.fuzzy, row_get(job->args, F_PATTERN));
	s.best = arena_alloc(&job->arena, threads * sizeof *s.best);
	for (unsigned i = 0; i < threads; i++)
		s.best[i] = (struct fuzzy_best){ .limit = limit,
			.hits = arena_alloc(&job->arena, (2 * limit + 1) * sizeof *best->hits) };
	int r = pool_run(job->pool, tree->pair_count, score_pair, &s);
	*best = s.best[0];
	for (unsigned i = 1; i < threads; i++)
		for (size_t h = 0; h < s.best[i].count; h++)
			fuzzy_add(best, s.best[i].hits[h].score, s.best[i].hits[h].index);
	fuzzy_sort(best);
	return r;
}

static int
show_name(struct listing *l, const struct names *names, size_t index)
{
	size_t pair = index >> 32;
	struct places places = { 0 };
	struct cursor cursor;

	int r = cursor_at(&cursor, list_of_symbols(l->tree->pairs[pair].syntax), index & UINT32_MAX);
	if (r == 0 && cursor_next(&cursor) != 1)
		r = ERR_FORMAT;
	if (r == 0)
		r = cursor_data(&cursor);
	if (r == 0)
		r = names_symbols_at(names, pair, &cursor, &places);
	if (r == 0)
		r = only_owned(l->tree, &places);
	prefer_definitions(&places);
	if (r == 0)
		r = listing_places(l, &places);
	places_release(&places);
	return r;
}

int
answer_symbols(struct job *job)
{
	struct listing l = { .job = job,
		.left = row_has(job->args, F_LIMIT) ? job_limit(job) : SYMBOLS_LIMIT };
	size_t release, limit = l.left < 100000 ? l.left : 100000;
	struct fuzzy_best best = { 0 };

	int r = job_release(job, &release, &l.tree);
	if (r < 0)
		return r;
	l.release = store_name(job->store, release);
	struct names names = { .tree = l.tree, .reader = job->reader, .pulse = job->pulse };
	r = score_names(job, l.tree, limit, &best);
	for (size_t i = 0; r == 0 && i < best.count && l.left > 0; i++)
		r = show_name(&l, &names, best.hits[i].index);
	return r;
}
