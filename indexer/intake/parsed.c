#include "indexer/intake/parsed.h"

#include "base/mem.h"
#include "base/reference.h"
#include "base/word.h"
#include "indexer/intake/segment_list.h"

#include <stdlib.h>

#define SPANS_MAX ((size_t)40 * 1024 * 1024)
#define KEPT 16384 /* symbols, and uses, and bytes of spans / 16, whose room stays for the next blob */

void
parsed_init(struct parsed *parsed)
{
	*parsed = (struct parsed){ .spans = BUF(SPANS_MAX) };
}

void
parsed_clear(struct parsed *parsed)
{
	if (parsed->spans.cap > (size_t)16 * KEPT)
		buf_release(&parsed->spans);
	buf_clear(&parsed->spans);
	if (parsed->symbol_room > KEPT) {
		free(parsed->symbols);
		parsed->symbols = NULL;
		parsed->symbol_room = 0;
	}
	if (parsed->use_room > KEPT) {
		free(parsed->uses);
		parsed->uses = NULL;
		parsed->use_room = 0;
	}
	parsed->span_writer = (struct span_writer){ 0 };
	parsed->state = (struct seg_state){ 0 };
	parsed->symbol_count = parsed->use_count = 0;
}

void
parsed_release(struct parsed *parsed)
{
	buf_release(&parsed->spans);
	free(parsed->symbols);
	free(parsed->uses);
	*parsed = (struct parsed){ 0 };
}

int32_t
parsed_symbol(struct parsed *parsed, const struct parsed_symbol *symbol)
{
	if (symbol->name.len == 0 || symbol->name.len > SEG_NAME_MAX)
		return -1;
	if (parsed->symbol_count == parsed->symbol_room) {
		parsed->symbol_room = parsed->symbol_room ? 2 * parsed->symbol_room : 256;
		parsed->symbols = mem_grow(parsed->symbols, parsed->symbol_room, sizeof *parsed->symbols);
	}
	parsed->symbols[parsed->symbol_count] = *symbol;
	if (symbol->qualifier.len > SEG_NAME_MAX)
		parsed->symbols[parsed->symbol_count].qualifier.len = 0;
	return (int32_t)parsed->symbol_count++;
}

void
parsed_use(struct parsed *parsed, const struct parsed_use *use)
{
	if (use->name.len == 0 || use->name.len > SEG_NAME_MAX)
		return;
	if (parsed->use_count == parsed->use_room) {
		parsed->use_room = parsed->use_room ? 2 * parsed->use_room : 1024;
		parsed->uses = mem_grow(parsed->uses, parsed->use_room, sizeof *parsed->uses);
	}
	parsed->uses[parsed->use_count++] = *use;
}

int
parsed_span(struct parsed *parsed, size_t start, size_t len, enum span_class class)
{
	if (start < parsed->span_writer.end || len == 0 || class == SPAN_PLAIN)
		return 0;
	return span_encode(&parsed->spans, &parsed->span_writer, (struct span){ start, len, class });
}

static int
compare_symbols(const void *a, const void *b, void *ctx)
{
	const struct parsed_symbol *symbols = ctx;
	const struct parsed_symbol *x = &symbols[*(const uint32_t *)a], *y = &symbols[*(const uint32_t *)b];

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = str_cmp(x->name, y->name);
	return order ? order : x < y ? -1 : x > y;
}

static bool
same_symbol(const struct parsed_symbol *x, const struct parsed_symbol *y)
{
	return x->line == y->line && x->column == y->column && x->kind == y->kind && str_eq(x->name, y->name);
}

/* Sets order to the symbols to be written and place[s] to where symbol s goes; returns how many. */
static size_t
order_symbols(const struct parsed *parsed, uint32_t *order, uint32_t *place)
{
	size_t kept = 0, count = 0;

	for (uint32_t i = 0; i < parsed->symbol_count; i++)
		if (parsed->symbols[i].kind)
			order[count++] = i;
	qsort_r(order, count, sizeof *order, compare_symbols, parsed->symbols);
	for (size_t i = 0; i < count; i++) {
		const struct parsed_symbol *symbols = parsed->symbols;
		if (kept == 0 || !same_symbol(&symbols[order[kept - 1]], &symbols[order[i]]))
			order[kept++] = order[i];
		place[order[i]] = (uint32_t)kept - 1;
	}
	return kept;
}

static int
encode_symbol(struct buf *out, const struct parsed_symbol *s, uint32_t line_gap, uint32_t parent_gap)
{
	bool qualified = s->qualifier.len != 0;
	int r = enc_num(out, line_gap);

	if (r == 0)
		r = enc_num(out, s->column);
	if (r == 0)
		r = enc_num(out, s->end_line - s->line);
	if (r == 0)
		r = enc_num(out,
		    (unsigned)s->kind << SEG_SYMBOL_BITS | (s->declared ? SEG_DECLARED : 0) |
			(qualified ? SEG_QUALIFIED : 0));
	if (r == 0)
		r = enc_str(out, s->name);
	if (r == 0)
		r = enc_num(out, parent_gap);
	return r == 0 && qualified ? enc_str(out, s->qualifier) : r;
}

static int
encode_symbols(const struct parsed *parsed, struct buf *out)
{
	uint32_t *order = mem_alloc((parsed->symbol_count + 1) * sizeof *order), last = 0;
	uint32_t *place = mem_alloc((parsed->symbol_count + 1) * sizeof *place);
	size_t count = order_symbols(parsed, order, place);
	int r = enc_num(out, count);

	for (uint32_t i = 0; r == 0 && i < count; i++) {
		const struct parsed_symbol *s = &parsed->symbols[order[i]];
		uint32_t parent = s->parent >= 0 ? place[s->parent] : i;
		r = encode_symbol(out, s, s->line - last, parent < i ? i - parent : 0);
		last = s->line;
	}
	free(order);
	free(place);
	return r;
}

static int
compare_uses(const void *a, const void *b)
{
	const struct parsed_use *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (int)x->role - (int)y->role;
}

/* By place; the walk brings them so, or nearly. */
static void
order_uses(struct parsed *parsed)
{
	for (size_t i = 1; i < parsed->use_count; i++) {
		if (compare_uses(&parsed->uses[i - 1], &parsed->uses[i]) > 0) {
			qsort(parsed->uses, parsed->use_count, sizeof *parsed->uses, compare_uses);
			return;
		}
	}
}

static bool
same_use(const struct parsed_use *x, const struct parsed_use *y)
{
	return x->line == y->line && x->column == y->column && x->role == y->role;
}

/* ---- where in its line a name is used ---- */

#define NEAR ((size_t)256) /* bytes of a line in which places are counted */
#define NTH_MAX 4          /* places that are counted */

static int
compare_spots(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static uint64_t
spot_of(uint32_t line, uint32_t column)
{
	return (uint64_t)line << 32 | column;
}

/* Where symbols stand, rising; the caller's to free. */
static uint64_t *
symbol_spots(const struct parsed *parsed)
{
	uint64_t *spots = mem_alloc((parsed->symbol_count + 1) * sizeof *spots);
	bool rising = true;

	for (size_t i = 0; i < parsed->symbol_count; i++) {
		spots[i] = spot_of(parsed->symbols[i].line, parsed->symbols[i].column);
		rising &= i == 0 || spots[i - 1] <= spots[i];
	}
	if (!rising)
		qsort(spots, parsed->symbol_count, sizeof *spots, compare_spots);
	return spots;
}

/* The use as it is written: by the text of its line, if that is soon done, or by its column. */
static struct reference
place_in_line(struct str line, const struct parsed_use *use)
{
	struct reference is = { .column = use->column, .role = use->role };
	size_t at = use->column - 1, end = at + use->name.len;

	if (end > NEAR || end > line.len)
		return is;
	line.len = end < line.len ? end + 1 : end;
	for (unsigned n = 0; n < NTH_MAX; n++) {
		size_t found = word_find(line, use->name, n);
		if (found == at)
			return (struct reference){ .before = n, .role = use->role };
		if (found > at)
			break;
	}
	return is;
}

/* Each use, which are in order, without its line; what stands where a symbol does has its column. */
static struct reference *
find_places(const struct parsed *parsed, struct str text)
{
	struct reference *places = mem_alloc((parsed->use_count + 1) * sizeof *places);
	uint64_t *spots = symbol_spots(parsed);
	struct str line = STR("");
	uint32_t number = 0;

	for (size_t i = 0, spot = 0; i < parsed->use_count; i++) {
		const struct parsed_use *use = &parsed->uses[i];
		uint64_t here = spot_of(use->line, use->column);
		while (number < use->line && str_next(&text, '\n', &line))
			number++;
		while (spot < parsed->symbol_count && spots[spot] < here)
			spot++;
		if (number != use->line || (spot < parsed->symbol_count && spots[spot] == here))
			places[i] = (struct reference){ .column = use->column, .role = use->role };
		else
			places[i] = place_in_line(line, use);
	}
	free(spots);
	return places;
}

static int
encode_name(const struct parsed *parsed, struct reference *places, struct buf *out, const uint32_t *uses,
    size_t count)
{
	size_t distinct = 0;
	uint32_t line = 0;

	for (size_t i = 0; i < count; i++)
		distinct += i == 0 || !same_use(&parsed->uses[uses[i - 1]], &parsed->uses[uses[i]]);
	int r = enc_str(out, parsed->uses[uses[0]].name);
	if (r == 0)
		r = enc_num(out, distinct);
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct parsed_use *use = &parsed->uses[uses[i]];
		if (i && same_use(&parsed->uses[uses[i - 1]], use))
			continue;
		places[uses[i]].line_gap = use->line - line;
		r = reference_encode(out, &places[uses[i]]);
		line = use->line;
	}
	return r;
}

static int
encode_uses(struct parsed *parsed, struct str text, struct buf *out)
{
	struct dictionary names = { 0 };
	uint32_t *name = mem_alloc((parsed->use_count + 1) * sizeof *name);

	order_uses(parsed);
	struct reference *places = find_places(parsed, text);
	for (size_t i = 0; i < parsed->use_count; i++) {
		struct str s = parsed->uses[i].name;
		name[i] = dictionary_add(&names, s, dictionary_hash(s.data, s.len));
	}
	uint32_t *ends = mem_alloc((names.count + 1) * sizeof *ends);
	uint32_t *ordered = mem_alloc((parsed->use_count + 1) * sizeof *ordered);
	for (size_t i = 0; i < parsed->use_count; i++)
		ends[name[i] + 1]++;
	for (size_t i = 1; i <= names.count; i++)
		ends[i] += ends[i - 1];
	for (uint32_t i = 0; i < parsed->use_count; i++)
		ordered[ends[name[i]]++] = i;
	int r = enc_num(out, names.count);
	for (size_t i = 0, from = 0; r == 0 && i < names.count; from = ends[i++])
		r = encode_name(parsed, places, out, ordered + from, ends[i] - from);
	free(places);
	free(name);
	free(ends);
	free(ordered);
	dictionary_release(&names);
	return r;
}

int
parsed_encode(struct parsed *parsed, struct str text, struct buf *out)
{
	const uint64_t state[] = { parsed->state.status, parsed->state.why, parsed->state.errors,
		parsed->state.error_lines };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof state / sizeof *state; i++)
		r = enc_num(out, state[i]);
	if (r == 0)
		r = enc_str(out, buf_view(&parsed->spans));
	if (r == 0)
		r = encode_symbols(parsed, out);
	return r == 0 ? encode_uses(parsed, text, out) : r;
}
