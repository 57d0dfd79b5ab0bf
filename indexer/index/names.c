#include "indexer/index/names.h"

#include "base/message.h"
#include "base/reference.h"
#include "base/word.h"
#include "indexer/index/candidates.h"
#include "indexer/index/search.h"

#include <stdlib.h>

void
places_release(struct places *places)
{
	for (size_t i = 0; i < places->part_count; i++)
		places_release(&places->parts[i]);
	free(places->parts);
	free(places->places);
	arena_release(&places->arena);
	*places = (struct places){ 0 };
}

static void
add(struct places *places, struct place place)
{
	if (places->count == places->capacity) {
		places->capacity = places->capacity ? places->capacity * 2 : 64;
		places->places = mem_grow(places->places, places->capacity, sizeof *places->places);
	}
	places->places[places->count++] = place;
}

bool
names_called(struct str line, struct str name)
{
	for (size_t at; (at = word_find(line, name, 0)) != SIZE_MAX;) {
		size_t end = at + name.len;
		while (end < line.len && (line.data[end] == ' ' || line.data[end] == '\t'))
			end++;
		if (end < line.len && line.data[end] == '(')
			return true;
		line = (struct str){ line.data + at + name.len, line.len - at - name.len };
	}
	return false;
}

/* ---- the words of some lines ---- */

void
name_set_release(struct name_set *set)
{
	free(set->names);
	arena_release(&set->arena);
	*set = (struct name_set){ 0 };
}

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
name_set_add(struct name_set *set, struct str name)
{
	if (set->count == set->capacity) {
		set->capacity = set->capacity ? 2 * set->capacity : 64;
		set->names = mem_grow(set->names, set->capacity, sizeof *set->names);
	}
	set->names[set->count++] = (struct str){ arena_copy(&set->arena, name.data, name.len), name.len };
}

static void
name_set_tidy(struct name_set *set)
{
	size_t kept = 0;

	if (set->count > 0)
		qsort(set->names, set->count, sizeof *set->names, compare_names);
	for (size_t i = 0; i < set->count; i++)
		if (kept == 0 || !str_eq(set->names[kept - 1], set->names[i]))
			set->names[kept++] = set->names[i];
	set->count = kept;
}

int
words_between(
    struct text_reader *reader, const struct blob *blob, uint64_t first, uint64_t last, struct name_set *set)
{
	struct span_walk walk;
	uint64_t from, to;
	struct str text;

	int r = text_line_start(reader, blob, first, &from);
	if (r == 0)
		r = text_line_start(reader, blob, last < blob->is.lines ? last + 1 : last, &to);
	if (r == 0 && last >= blob->is.lines)
		to = blob->is.size;
	if (r == 0)
		r = span_walk_begin(&walk, reader, blob);
	if (r == 0)
		r = text_read(reader, blob, from, to - from, &text);
	for (size_t at = 0, end; r == 0 && at < text.len; at = end) {
		bool digit = text.data[at] >= '0' && text.data[at] <= '9';
		end = at + 1;
		if (!word_byte(text.data[at]))
			continue;
		while (end < text.len && word_byte(text.data[end]))
			end++;
		enum text_in in = span_walk_at(&walk, from + at);
		if (!digit && end - at <= SEG_NAME_MAX && in != IN_COMMENT && in != IN_STRING)
			name_set_add(set, (struct str){ text.data + at, end - at });
	}
	name_set_tidy(set);
	return r;
}

/* ---- what the segments have of a name ---- */

static int
add_symbol(const struct names *names, size_t pair, const struct outline *outline, uint64_t number,
    struct place place, struct places *places)
{
	if (number >= outline->count)
		return segment_damaged(names->tree->pairs[pair].syntax, "place of a symbol");
	const struct symbol *symbol = &outline->symbols[number];
	place.symbol = (uint32_t)number;
	place.line = (uint32_t)symbol->line;
	place.column = (uint32_t)symbol->column;
	place.last = (uint32_t)symbol->end_line;
	place.kind = symbol->flags & SEG_DECLARED ? PLACE_DECLARATION : PLACE_DEFINITION;
	add(places, place);
	return 0;
}

int
names_symbols_at(const struct names *names, size_t number, struct cursor *cursor, struct places *places)
{
	const struct tree_pair *pair = &names->tree->pairs[number];
	struct dec dec = dec_of(cursor->value[0]);
	struct str name = { arena_copy(&places->arena, cursor->name.data, cursor->name.len),
		cursor->name.len };
	uint64_t blob = 0, count;

	while (data_next(&dec, pair->blobs, &blob, &count)) {
		struct place place = { .pair = (uint32_t)number, .blob = (uint32_t)blob, .name = name };
		struct outline outline = { 0 };
		struct blob is;
		uint64_t at = 0;
		int r = blob_get(pair->text, pair->syntax, blob, &is);
		if (r == 0)
			r = outline_load(&outline, &is, OUTLINE_ALL);
		for (uint64_t i = 0; i < count && r == 0 && !dec.bad; i++) {
			at += dec_num_max(&dec, UINT32_MAX);
			r = add_symbol(names, number, &outline, at, place, places);
		}
		outline_release(&outline);
		if (r == 0)
			r = pulse_beat(names->pulse);
		if (r < 0)
			return r;
	}
	return dec.bad ? segment_damaged(pair->syntax, "symbols of a name") : 0;
}

static int
add_references(const struct names *names, size_t number, struct cursor *cursor, struct places *places)
{
	const struct tree_pair *pair = &names->tree->pairs[number];
	struct dec dec = dec_of(cursor->value[1]);
	struct str name = { arena_copy(&places->arena, cursor->name.data, cursor->name.len),
		cursor->name.len };
	uint64_t blob = 0, count;

	while (data_next(&dec, pair->blobs, &blob, &count)) {
		struct place place = { .pair = (uint32_t)number,
			.blob = (uint32_t)blob,
			.name = name,
			.kind = PLACE_REFERENCE };
		uint64_t line = 0;
		for (uint64_t i = 0; i < count && !dec.bad; i++) {
			struct reference is = reference_decode(&dec);
			line += is.line_gap;
			place.line = (uint32_t)line;
			place.column = is.column;
			place.before = is.before;
			place.role = is.role;
			if (line == 0 || line > UINT32_MAX)
				dec.bad = true;
			if (!dec.bad && (!names->one_blob || names->blob == blob))
				add(places, place);
		}
		if (names->one_blob && blob >= names->blob)
			break;
	}
	return dec.bad ? segment_damaged(pair->syntax, "references of a name") : 0;
}

static int
add_words(const struct names *names, size_t number, struct cursor *cursor, struct places *places)
{
	const struct tree_pair *pair = &names->tree->pairs[number];
	struct dec dec = dec_of(cursor->value[0]);
	struct str name = { arena_copy(&places->arena, cursor->name.data, cursor->name.len),
		cursor->name.len };
	uint64_t blob = 0, count;

	while (data_next(&dec, pair->blobs, &blob, &count)) {
		struct place place = {
			.pair = (uint32_t)number, .blob = (uint32_t)blob, .name = name, .kind = PLACE_WORD
		};
		uint64_t line = 0;
		for (uint64_t i = 0; i < count && !dec.bad; i++) {
			line += dec_num_max(&dec, UINT32_MAX);
			place.line = (uint32_t)line;
			if (line == 0 || line > UINT32_MAX)
				dec.bad = true;
			else
				add(places, place);
		}
	}
	return dec.bad ? segment_damaged(pair->text, "lines of a word") : 0;
}

typedef int (*each_name)(
    const struct names *names, size_t pair, struct cursor *cursor, struct places *places);

/* Calls `each` for the string `name` of a list, or for all that begin so. */
static int
each_string(const struct names *names, size_t pair, struct list list, struct str name, bool prefix,
    each_name each, struct places *places)
{
	struct cursor cursor;

	int r = cursor_seek(&cursor, list, name);
	while (r == 0 && (r = cursor_next(&cursor)) == 1) {
		if (!(prefix ? str_starts(cursor.name, name) : str_eq(cursor.name, name)))
			return 0;
		r = cursor_data(&cursor);
		if (r == 0)
			r = each(names, pair, &cursor, places);
		if (!prefix)
			break;
	}
	return r < 0 ? r : 0;
}

int
names_symbols(const struct names *names, struct str name, bool prefix, struct places *places)
{
	int r = 0;

	for (size_t i = 0; i < names->tree->pair_count && r == 0; i++)
		r = each_string(names, i, list_of_symbols(names->tree->pairs[i].syntax), name, prefix,
		    names_symbols_at, places);
	return r;
}

int
names_references(const struct names *names, struct str name, struct places *places)
{
	int r = 0;

	for (size_t i = 0; i < names->tree->pair_count && r == 0; i++)
		if (!names->one_blob || names->pair == i)
			r = each_string(names, i, list_of_symbols(names->tree->pairs[i].syntax), name, false,
			    add_references, places);
	return r;
}

/* ---- blobs that are in no table of words ---- */

static int
scan_blob(const struct names *names, struct searcher *searcher, const struct blob *blob, struct place place,
    struct places *places)
{
	struct hits hits = { 0 };

	int r = search_blob(searcher, blob, &hits);
	for (size_t i = 0; i < hits.count && r == 0; i++) {
		place.line = (uint32_t)hits.hits[i].line;
		place.column = (uint32_t)hits.hits[i].column + 1;
		add(places, place);
	}
	hits_release(&hits);
	return r == 0 ? pulse_beat(names->pulse) : r;
}

static int
scan_pair(const struct names *names, size_t number, const struct gram_query *query, struct searcher *searcher,
    struct str name, struct places *places)
{
	const struct tree_pair *pair = &names->tree->pairs[number];
	size_t words = (size_t)pair->blobs / 64 + 1;
	uint64_t *bits = arena_alloc(&places->arena, words * sizeof *bits);

	memcpy(bits, pair->wordless, words * sizeof *bits);
	int r = candidates_find(pair->text, query, bits, words);
	for (uint32_t i = 0; i < pair->blobs && r == 0; i++) {
		struct blob blob;
		if (!bit_get(bits, i) && !bit_get(pair->scans, i))
			continue;
		r = blob_get(pair->text, pair->syntax, i, &blob);
		if (r == 0)
			r = scan_blob(names, searcher, &blob,
			    (struct place){
				.pair = (uint32_t)number, .blob = i, .name = name, .kind = PLACE_WORD },
			    places);
	}
	return r;
}

/* ---- all places ---- */

static int
compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->pair != y->pair)
		return x->pair < y->pair ? -1 : 1;
	if (x->blob != y->blob)
		return x->blob < y->blob ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	int order = str_cmp(x->name, y->name);
	if (order != 0)
		return order;
	/* words last, so that what is better comes before them */
	if ((x->kind == PLACE_WORD) != (y->kind == PLACE_WORD))
		return x->kind == PLACE_WORD ? 1 : -1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->before != y->before)
		return x->before < y->before ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Leaves out words on a line with anything else of that name, and what was said twice. */
static void
thin(struct places *places)
{
	size_t kept = 0;

	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->places[i],
				   *before = kept ? &places->places[kept - 1] : NULL;
		bool same_line = before && before->pair == place->pair && before->blob == place->blob &&
		    before->line == place->line && str_eq(before->name, place->name);
		if (same_line &&
		    (place->kind == PLACE_WORD ||
			(before->column == place->column && before->before == place->before)))
			continue;
		places->places[kept++] = *place;
	}
	places->count = kept;
}

/* One name sought in all pairs, each by some thread: what it found there, sorted. */
struct quest {
	const struct names *names;
	struct str name;
	bool prefix;
	struct pattern *pattern;    /* of the word, for what is in no table; NULL: not sought there */
	struct searcher *searchers; /* one a thread */
	struct places *parts;       /* one a pair */
};

static int
seek_pair(void *ctx, size_t number, unsigned thread)
{
	struct quest *q = ctx;
	const struct tree_pair *pair = &q->names->tree->pairs[number];
	struct places *places = &q->parts[number];
	struct list symbols = list_of_symbols(pair->syntax), words = list_of_words(pair->text);

	int r = each_string(q->names, number, symbols, q->name, q->prefix, names_symbols_at, places);
	if (r == 0)
		r = each_string(q->names, number, symbols, q->name, q->prefix, add_references, places);
	if (r == 0)
		r = each_string(q->names, number, words, q->name, q->prefix, add_words, places);
	if (r == 0)
		r = pulse_beat(q->names->pulse);
	if (r == 0 && q->pattern)
		r = scan_pair(q->names, number, pattern_analysis(q->pattern)->query, &q->searchers[thread],
		    q->name, places);
	if (places->count > 0)
		qsort(places->places, places->count, sizeof *places->places, compare);
	thin(places);
	return r;
}

static int
quest_begin(struct quest *q)
{
	unsigned threads = pool_threads(q->names->pool);
	int r = q->prefix ? 0 : pattern_new(q->name, ORDER_LITERAL | ORDER_WORD, &q->pattern);

	q->searchers = mem_alloc(threads * sizeof *q->searchers);
	for (unsigned i = 0; i < threads && r == 0 && q->pattern; i++) {
		q->searchers[i] =
		    (struct searcher){ .flags = ORDER_CODE, .most = UINT64_MAX, .pulse = q->names->pulse };
		r = matcher_new(q->pattern, &q->searchers[i].matcher);
	}
	return r;
}

static void
quest_end(struct quest *q)
{
	for (unsigned i = 0; i < pool_threads(q->names->pool); i++) {
		matcher_free(q->searchers[i].matcher);
		text_reader_release(&q->searchers[i].reader);
	}
	free(q->searchers);
	pattern_free(q->pattern);
}

/* The parts in one, which keeps them for their names. */
static void
put_together(struct places *places, struct places *parts, size_t part_count)
{
	places->parts = parts;
	places->part_count = part_count;
	for (size_t i = 0; i < part_count; i++)
		places->capacity += parts[i].count;
	places->places = mem_alloc(places->capacity * sizeof *places->places);
	for (size_t i = 0; i < part_count; i++) {
		if (parts[i].count > 0)
			memcpy(places->places + places->count, parts[i].places,
			    parts[i].count * sizeof *places->places);
		places->count += parts[i].count;
		free(parts[i].places);
		parts[i].places = NULL;
	}
}

int
names_places(const struct names *names, struct str name, bool prefix, struct places *places)
{
	struct quest q = { .names = names, .prefix = prefix };
	size_t pairs = names->tree->pair_count;

	places_release(places);
	q.name = (struct str){ arena_copy(&places->arena, name.data, name.len), name.len };
	q.parts = mem_alloc(pairs * sizeof *q.parts);
	int r = quest_begin(&q);
	if (r == 0)
		r = pool_run(names->pool, pairs, seek_pair, &q);
	quest_end(&q);
	put_together(places, q.parts, pairs);
	return r;
}
