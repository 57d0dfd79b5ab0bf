/* def, refs, outline, symbols: where names are, as rows in path order. */
#include "indexer/index/fuzzy.h"
#include "indexer/index/job.h"
#include "indexer/index/names.h"

#include <stdlib.h>

#define SYMBOLS_LIMIT 200 /* rows without LIMIT */

/* A place in a file of the release. */
struct shown {
	uint32_t entry;
	uint32_t place;
};

struct listing {
	struct job *job;
	struct str release;
	const struct tree *tree;
	struct shown *shown;
	size_t count, capacity;
	uint64_t left; /* rows */
	/* the file whose rows are being made */
	struct blob blob;
	char hex[HEX_LEN(OID_LEN)];
	struct outline outline;
	struct str text;
	uint64_t line; /* that begins at `at` */
	size_t at;
	size_t around; /* symbol of `scope` */
	struct str scope;
};

static int
show_places(struct listing *l, const struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->places[i];
		const uint32_t *owners;
		size_t count;
		int r = tree_owners(l->tree, place->pair, place->blob, &owners, &count);
		if (r < 0)
			return r;
		if (l->count + count > l->capacity) {
			l->capacity = l->capacity * 2 + count;
			l->shown = mem_grow(l->shown, l->capacity, sizeof *l->shown);
		}
		for (size_t o = 0; o < count; o++)
			l->shown[l->count++] = (struct shown){ owners[o], (uint32_t)i };
	}
	return 0;
}

static int
compare(const void *a, const void *b, void *ctx)
{
	const struct shown *x = a, *y = b;
	const struct place *places = ctx;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	const struct place *p = &places[x->place], *q = &places[y->place];
	if (p->line != q->line)
		return p->line < q->line ? -1 : 1;
	if (p->column != q->column)
		return p->column < q->column ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int
open_file(struct listing *l, const struct entry *entry)
{
	outline_release(&l->outline);
	int r = tree_blob(l->tree, entry, &l->blob);
	if (r == 0)
		r = outline_load(&l->outline, &l->blob);
	if (r == 0)
		r = text_whole(l->job->reader, &l->blob, &l->text);
	blob_hex(&l->blob, l->hex);
	l->line = 1;
	l->at = 0;
	l->around = NO_SYMBOL;
	l->scope = STR("");
	return r;
}

/* Line `line` of the open file, asked for in rising order; false if there is none. */
static bool
line_at(struct listing *l, uint64_t line, struct str *out)
{
	if (line < l->line) {
		l->line = 1;
		l->at = 0;
	}
	for (;;) {
		if (l->at >= l->text.len)
			return false;
		const char *end = memchr(l->text.data + l->at, '\n', l->text.len - l->at);
		size_t stop = end ? (size_t)(end - l->text.data) : l->text.len;
		if (l->line == line) {
			*out = (struct str){ l->text.data + l->at, stop - l->at };
			return true;
		}
		l->at = stop + 1;
		l->line++;
	}
}

static void
set_definition(struct listing *l, struct row *row, size_t symbol)
{
	const struct symbol *is = &l->outline.symbols[symbol];

	row_set(row, F_KIND, str_from(seg_symbol_word(is->kind)));
	row_set(row, F_ROLE, is->flags & SEG_DECLARED ? STR("declaration") : STR("definition"));
	row_set(row, F_SCOPE, outline_scope(&l->outline, symbol, &l->job->arena));
	row_set_num(row, F_END_LINE, is->end_line);
	row_set(row, F_TIER, STR("syntax"));
}

static void
set_reference(struct listing *l, struct row *row, const struct place *place)
{
	bool word = place->kind == PLACE_WORD;
	size_t around = outline_around(&l->outline, place->line, place->line);

	if (around != l->around)
		l->scope =
		    around == NO_SYMBOL ? STR("") : outline_full_name(&l->outline, around, &l->job->arena);
	l->around = around;
	row_set(row, F_ROLE, word ? STR("occurrence") : str_from(seg_role_word(place->role)));
	row_set(row, F_SCOPE, l->scope);
	row_set_num(row, F_END_LINE, place->line);
	row_set(row, F_TIER, word ? STR("lexical") : STR("syntax"));
}

static int
symbol_row(
    struct listing *l, struct row *row, struct str name, uint64_t line, uint64_t column, uint32_t entry)
{
	struct str text;

	if (!line_at(l, line, &text))
		return segment_damaged(l->blob.syntax, "line of a name");
	if (column == 0) {
		size_t found = names_column(text, name);
		column = found == SIZE_MAX ? 1 : found + 1;
	}
	row_set(row, F_WHAT, STR("symbol"));
	row_set(row, F_RELEASE, l->release);
	row_set(row, F_PATH, l->tree->entries[entry].path);
	row_set(row, F_BLOB, str_from(l->hex));
	row_set_num(row, F_LINE, line);
	row_set_num(row, F_COLUMN, column);
	row_set(row, F_NAME, name);
	row_set_line(row, text, column - 1);
	if (l->blob.is.language)
		row_set(row, F_LANGUAGE, str_from(seg_language_word(l->blob.is.language)));
	struct handed handed = { l->hex, line, line, row_get(row, F_TEXT).len };
	return answer_row(l->job->answer, row, &handed, (uint64_t)entry + 1);
}

static int
place_row(struct listing *l, const struct place *place, uint32_t entry)
{
	struct row row = { 0 };

	if (place->kind <= PLACE_DECLARATION) {
		if (place->symbol >= l->outline.count)
			return segment_damaged(l->blob.syntax, "place of a symbol");
		set_definition(l, &row, place->symbol);
	} else {
		set_reference(l, &row, place);
	}
	return symbol_row(l, &row, place->name, place->line, place->column, entry);
}

static int
emit(struct listing *l, const struct places *places)
{
	uint32_t open = UINT32_MAX;
	int r = 0;

	if (l->count > 0)
		qsort_r(l->shown, l->count, sizeof *l->shown, compare, places->places);
	for (size_t i = 0; i < l->count && l->left > 0 && r == 0; i++, l->left--) {
		uint32_t entry = l->shown[i].entry;
		if (entry != open)
			r = open_file(l, &l->tree->entries[entry]);
		open = entry;
		if (r == 0)
			r = place_row(l, &places->places[l->shown[i].place], entry);
		if (r == 0)
			r = pulse_beat(l->job->pulse);
	}
	l->count = 0;
	return r;
}

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
list_release(struct listing *l, struct str name, bool definitions)
{
	struct names names = { l->tree, l->job->reader, l->job->pulse };
	struct places places = { 0 };

	int r = definitions ? def_places(l, &names, name, &places)
			    : names_places(&names, name, l->job->flags & ORDER_PREFIX, &places);
	if (r == 0)
		r = show_places(l, &places);
	if (r == 0)
		r = emit(l, &places);
	places_release(&places);
	return r;
}

static int
answer_names(struct job *job, bool definitions)
{
	struct listing l = { .job = job, .left = job_limit(job) };
	struct str name = row_get(job->args, F_NAME);
	size_t *releases, count;

	if (name.len == 0 || name.len > SEG_NAME_MAX || memchr(name.data, '\n', name.len))
		return err_set(ERR_USAGE, "a name has 1 to %d bytes", SEG_NAME_MAX);
	int r = job_releases(job, &releases, &count);
	for (size_t i = 0; r == 0 && i < count && l.left > 0; i++) {
		l.release = store_name(job->store, releases[i]);
		r = store_tree(job->store, releases[i], &l.tree);
		if (r == 0)
			r = list_release(&l, name, definitions);
	}
	outline_release(&l.outline);
	free(l.shown);
	return r;
}

int
answer_def(struct job *job)
{
	return answer_names(job, true);
}

int
answer_refs(struct job *job)
{
	return answer_names(job, false);
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
	r = tree_blob(l.tree, entry, &l.blob);
	if (r == 0 && blob_stored(&l.blob))
		r = open_file(&l, entry);
	for (size_t i = 0; r == 0 && i < l.outline.count; i++) {
		const struct symbol *symbol = &l.outline.symbols[i];
		struct row row = { 0 };
		set_definition(&l, &row, i);
		row_set_num(&row, F_LEVEL, symbol->level);
		r = symbol_row(&l, &row, outline_name(&l.outline, i, &job->arena), symbol->line,
		    symbol->column, (uint32_t)(entry - l.tree->entries));
		if (r == 0)
			r = pulse_beat(job->pulse);
	}
	outline_release(&l.outline);
	return r;
}

/* ---- symbols: fuzzy ---- */

static int
score_names(struct job *job, const struct tree *tree, struct str pattern, struct fuzzy_best *best)
{
	for (size_t pair = 0; pair < tree->pair_count; pair++) {
		struct cursor cursor;
		int score, r = cursor_at(&cursor, list_of_symbols(tree->pairs[pair].syntax), 0);
		while (r == 0 && (r = cursor_next(&cursor)) == 1) {
			if (cursor.lengths[0] > 0 && fuzzy_score(pattern, cursor.name, &score))
				fuzzy_add(best, score, pair << 32 | cursor.number);
			r = cursor.number % 1024 == 0 ? pulse_beat(job->pulse) : 0;
		}
		if (r < 0)
			return r;
	}
	fuzzy_sort(best);
	return 0;
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
		r = show_places(l, &places);
	if (r == 0)
		r = emit(l, &places);
	places_release(&places);
	return r;
}

int
answer_symbols(struct job *job)
{
	struct listing l = { .job = job,
		.left = row_has(job->args, F_LIMIT) ? job_limit(job) : SYMBOLS_LIMIT };
	size_t release, limit = l.left < 100000 ? l.left : 100000;
	struct fuzzy_best best = { .limit = limit };

	int r = job_release(job, &release, &l.tree);
	if (r < 0)
		return r;
	best.hits = arena_alloc(&job->arena, (2 * limit + 1) * sizeof *best.hits);
	l.release = store_name(job->store, release);
	struct names names = { l.tree, job->reader, job->pulse };
	r = score_names(job, l.tree, row_get(job->args, F_PATTERN), &best);
	for (size_t i = 0; r == 0 && i < best.count && l.left > 0; i++)
		r = show_name(&l, &names, best.hits[i].index);
	outline_release(&l.outline);
	free(l.shown);
	return r;
}
