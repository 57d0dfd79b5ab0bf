#include "indexer/intake/segment_syntax.h"

#include "indexer/intake/segment_syntax_private.h"

#include "base/mem.h"
#include "base/reference.h"
#include "base/span.h"
#include "indexer/intake/grammar.h"
#include "indexer/intake/language.h"
#include "indexer/intake/parsed.h"

#include <stdlib.h>
#include <zstd.h>

#define LEVEL 3 /* of zstd */

int
syntax_writer_new(int dir, const uint8_t text[static SHA256_LEN], struct syntax_writer **out)
{
	struct seg_file *file;
	int r = seg_file_new(dir, SEG_SYNTAX, &file);

	if (r < 0)
		return r;
	struct syntax_writer *w = mem_new(struct syntax_writer);
	w->file = file;
	memcpy(w->text, text, SHA256_LEN);
	w->zstd = ZSTD_createCCtx();
	w->spans = w->block_ends = w->span_ends = w->states = w->outline_counts = w->outline =
	    BUF(UINT32_MAX);
	*out = w;
	return w->zstd ? 0 : (syntax_writer_free(w), *out = NULL, err_set(ERR_MEMORY, "no memory for zstd"));
}

void
syntax_writer_free(struct syntax_writer *w)
{
	if (!w)
		return;
	seg_file_drop(w->file);
	ZSTD_freeCCtx(w->zstd);
	buf_release(&w->spans);
	buf_release(&w->block_ends);
	buf_release(&w->span_ends);
	buf_release(&w->states);
	buf_release(&w->outline_counts);
	dictionary_release(&w->names);
	lists_release(&w->symbols);
	lists_release(&w->uses);
	buf_release(&w->outline);
	free(w->places);
	free(w);
}

static int
pack_block(struct syntax_writer *w, const uint8_t *data, size_t len)
{
	uint8_t packed[ZSTD_COMPRESSBOUND(SEG_SPAN_BLOCK)];
	size_t n = ZSTD_compressCCtx(w->zstd, packed, sizeof packed, data, len, LEVEL);

	if (ZSTD_isError(n))
		return err_set(ERR_MEMORY, "zstd: %s", ZSTD_getErrorName(n));
	w->blocks_len += n;
	int r = buf_add(&w->block_ends, &w->blocks_len, sizeof w->blocks_len);
	return r < 0 ? r : seg_file_put(w->file, SEG_SPAN_BLOCKS, packed, n);
}

int
syntax_spans(struct syntax_writer *w, struct str spans)
{
	size_t at = 0;
	int r = buf_str(&w->spans, spans);

	w->spans_len += spans.len;
	for (; r == 0 && w->spans.len - at >= SEG_SPAN_BLOCK; at += SEG_SPAN_BLOCK)
		r = pack_block(w, w->spans.data + at, SEG_SPAN_BLOCK);
	if (at) {
		memmove(w->spans.data, w->spans.data + at, w->spans.len - at);
		w->spans.len -= at;
	}
	return r;
}

static bool
spans_fit(struct str spans, uint64_t size)
{
	struct dec dec = dec_of(spans);
	struct span span;
	uint64_t end = 0;

	while (span_decode(&dec, &end, &span))
		if (end > size)
			return false;
	return !dec.bad;
}

uint32_t
syntax_name(struct syntax_writer *w, struct str name)
{
	uint32_t number = dictionary_add(&w->names, name, dictionary_hash(name.data, name.len));
	if (number == w->symbols.count) {
		lists_new(&w->symbols);
		lists_new(&w->uses);
	}
	return number;
}

static uint32_t
name_number(struct syntax_writer *w, struct dec *dec)
{
	struct str name = dec_str(dec);

	if (dec->bad || name.len == 0 || name.len > SEG_NAME_MAX) {
		dec->bad = true;
		return 0;
	}
	return syntax_name(w, name);
}

static int
compare_places(const void *a, const void *b)
{
	const struct named_place *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Lists the places of symbols under their names. */
static void
add_places(struct syntax_writer *w, size_t count)
{
	if (count > 1)
		qsort(w->places, count, sizeof *w->places, compare_places);
	for (size_t from = 0, to; from < count; from = to) {
		uint32_t name = w->places[from].name, last = 0;
		for (to = from + 1; to < count && w->places[to].name == name;)
			to++;
		lists_group(&w->symbols, name, w->blobs, to - from);
		for (size_t i = from; i < to; i++) {
			lists_num(&w->symbols, name, w->places[i].place - last);
			last = w->places[i].place;
		}
	}
}

int
syntax_encode_entry(struct buf *out, const struct outline_entry *e, const uint32_t *rank)
{
	bool is_short = e->more == 0 && e->parent == 0;

	int r = enc_num(out, e->line_gap);
	if (r == 0)
		r = enc_num(out, e->column);
	if (r == 0)
		r = enc_num(out, e->kind | (is_short ? SEG_SHORT : 0));
	if (r == 0 && !is_short)
		r = enc_num(out, e->more);
	if (r == 0)
		r = enc_num(out, rank ? rank[e->name] : e->name);
	if (r == 0 && !is_short)
		r = enc_num(out, e->parent);
	return r == 0 && e->kind & SEG_QUALIFIED ? enc_num(out, rank ? rank[e->qualifier] : e->qualifier) : r;
}

struct outline_entry
syntax_decode_entry(struct dec *dec)
{
	struct outline_entry e = { .line_gap = (uint32_t)dec_num(dec) };

	e.column = (uint32_t)dec_num(dec);
	uint32_t kind = (uint32_t)dec_num(dec);
	e.kind = kind & ~SEG_SHORT;
	if (!(kind & SEG_SHORT))
		e.more = (uint32_t)dec_num(dec);
	e.name = (uint32_t)dec_num(dec);
	if (!(kind & SEG_SHORT))
		e.parent = (uint32_t)dec_num(dec);
	if (e.kind & SEG_QUALIFIED)
		e.qualifier = (uint32_t)dec_num(dec);
	return e;
}

/* A symbol as a worker has it: its names are strings. */
static struct outline_entry
read_symbol(struct syntax_writer *w, struct dec *dec, uint32_t place, uint32_t lines)
{
	struct outline_entry e = { .line_gap = (uint32_t)dec_num_max(dec, lines) };

	e.column = (uint32_t)dec_num_max(dec, SEG_BLOB_MAX);
	e.more = (uint32_t)dec_num_max(dec, lines);
	e.kind = (uint32_t)dec_num_max(dec, (SYM_KIND_END << SEG_SYMBOL_BITS) - 1);
	e.name = name_number(w, dec);
	e.parent = (uint32_t)dec_num_max(dec, place);
	if (e.kind & SEG_QUALIFIED)
		e.qualifier = name_number(w, dec);
	if (e.kind >> SEG_SYMBOL_BITS == 0 || e.kind & SEG_SHORT || e.column == 0)
		dec->bad = true;
	return e;
}

static int
read_symbols(struct syntax_writer *w, struct dec *dec, uint32_t lines)
{
	size_t first = w->outline.len;
	uint32_t count = (uint32_t)dec_num_max(dec, SEG_BLOB_MAX), line = 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < count && !dec->bad; i++) {
		struct outline_entry e = read_symbol(w, dec, i, lines);
		line += e.line_gap;
		dec->bad |= line == 0 || line > lines || e.more > lines - line;
		if (i == w->place_room) {
			w->place_room = w->place_room ? 2 * w->place_room : 1024;
			w->places = mem_grow(w->places, w->place_room, sizeof *w->places);
		}
		w->places[i] = (struct named_place){ e.name, i };
		if (!dec->bad)
			r = syntax_encode_entry(&w->outline, &e, NULL);
	}
	if (r < 0 || dec->bad) {
		w->outline.len = first;
		return r;
	}
	w->outline_count += count;
	add_places(w, count);
	return buf_add(&w->outline_counts, &count, sizeof count);
}

/* The references of one name, checked, then taken over as they are. */
static void
read_name(struct syntax_writer *w, struct dec *dec, uint32_t lines)
{
	uint32_t name = name_number(w, dec), line = 0;
	const uint8_t *from = dec->at;
	uint64_t count = dec_num_max(dec, 4 * SEG_BLOB_MAX);
	struct reference last = { 0 };

	dec->bad |= count == 0;
	for (uint64_t i = 0; i < count && !dec->bad; i++) {
		struct reference is = reference_decode(dec);
		bool same = i && is.line_gap == 0 && is.column == last.column && is.before == last.before;
		dec->bad |= is.line_gap > lines - line || (same && is.role <= last.role);
		line += is.line_gap;
		dec->bad |= line == 0;
		last = is;
	}
	if (dec->bad)
		return;
	lists_blob(&w->uses, name, w->blobs, (struct str){ (const char *)from, (size_t)(dec->at - from) });
	w->use_total += count;
}

int
syntax_writer_add(struct syntax_writer *w, const struct seg_blob *blob, struct str parsed)
{
	struct dec dec = dec_of(parsed);
	struct seg_state state = { .status = (uint8_t)dec_num_max(&dec, SEG_STATUS_END - 1) };

	state.why = (uint8_t)dec_num_max(&dec, SEG_WHY_END - 1);
	state.errors = (uint32_t)dec_num_max(&dec, UINT32_MAX);
	state.error_lines = (uint32_t)dec_num_max(&dec, blob->lines);
	struct str spans = dec_str(&dec);
	if (dec.bad || !spans_fit(spans, blob->size))
		return err_set(ERR_FORMAT, "worker: malformed spans");
	int r = read_symbols(w, &dec, blob->lines);
	uint64_t names = dec_num_max(&dec, SEG_BLOB_MAX);
	for (uint64_t i = 0; r == 0 && i < names && !dec.bad; i++)
		read_name(w, &dec, blob->lines);
	if (r == 0)
		r = dec_end(&dec, "worker");
	if (r == 0)
		r = syntax_spans(w, spans);
	if (r == 0)
		r = buf_add(&w->span_ends, &w->spans_len, sizeof w->spans_len);
	if (r == 0)
		r = buf_add(&w->states, &state, sizeof state);
	w->blobs++;
	return r;
}

/* ---- the end ---- */

static int
put_outlines(struct syntax_writer *w, const uint32_t *rank)
{
	struct buf packed = BUF(UINT32_MAX), ends = BUF(UINT32_MAX);
	struct dec dec = dec_of(buf_view(&w->outline));
	int r = 0;

	for (uint32_t blob = 0; r == 0 && blob < w->blobs; blob++) {
		uint32_t count = ((const uint32_t *)(const void *)w->outline_counts.data)[blob];
		for (; r == 0 && count; count--) {
			struct outline_entry entry = syntax_decode_entry(&dec);
			r = syntax_encode_entry(&packed, &entry, rank);
		}
		uint32_t end = (uint32_t)packed.len;
		if (r == 0)
			r = buf_add(&ends, &end, sizeof end);
	}
	if (r == 0)
		r = seg_file_put(w->file, SEG_OUTLINE_ENDS, ends.data, ends.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_OUTLINES, packed.data, packed.len);
	buf_release(&packed);
	buf_release(&ends);
	return r;
}

static int
put_names(struct syntax_writer *w, const uint32_t *order)
{
	struct front_writer front;
	int r = 0;

	front_init(&front, FRONT_LZ4);
	for (size_t i = 0; r == 0 && i < w->names.count; i++) {
		r = front_add(&front, dictionary_get(&w->names, order[i]));
		if (r == 0)
			r = front_data(&front, w->symbols.items[order[i]].bytes);
		if (r == 0)
			r = front_data(&front, w->uses.items[order[i]].bytes);
	}
	if (r == 0)
		r = front_end(&front);
	if (r == 0)
		r = seg_file_put(w->file, SEG_SYMBOL_GROUPS, front.groups.data, front.groups.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_SYMBOLS, front.packed.data, front.packed.len);
	for (size_t i = 0; r == 0 && i < w->names.count; i++) {
		r = lists_put(&w->symbols, order[i], w->file, SEG_USES);
		if (r == 0)
			r = lists_put(&w->uses, order[i], w->file, SEG_USES);
	}
	if (r == 0)
		r = seg_file_put(w->file, SEG_SYMBOL_BLOCK_ENDS, front.ends.data, front.ends.len);
	front_release(&front);
	return r;
}

static int
put_tables(struct syntax_writer *w)
{
	uint32_t *order = dictionary_order(&w->names), *rank = mem_alloc((w->names.count + 1) * sizeof *rank);
	int r = w->spans.len ? pack_block(w, w->spans.data, w->spans.len) : 0;

	for (uint32_t i = 0; i < w->names.count; i++)
		rank[order[i]] = i;
	if (r == 0)
		r = seg_file_put(w->file, SEG_SPAN_BLOCK_ENDS, w->block_ends.data, w->block_ends.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_SPAN_ENDS, w->span_ends.data, w->span_ends.len);
	if (r == 0)
		r = seg_file_put(w->file, SEG_TEXT_NAME, w->text, SHA256_LEN);
	if (r == 0)
		r = seg_file_put(w->file, SEG_STATES, w->states.data, w->states.len);
	if (r == 0)
		r = put_outlines(w, rank);
	buf_release(&w->outline); /* names and their lists take as much again */
	if (r == 0)
		r = put_names(w, order);
	free(order);
	free(rank);
	return r;
}

int
syntax_writer_end(struct syntax_writer *w, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	int r = put_tables(w);

	if (r == 0) {
		seg_file_count(w->file, SEG_SPAN_BLOCKS, w->spans_len);
		seg_file_count(w->file, SEG_OUTLINES, w->outline_count);
		seg_file_count(w->file, SEG_SYMBOLS, w->names.count);
		seg_file_count(w->file, SEG_USES, w->use_total);
		struct seg_file *file = w->file;
		w->file = NULL;
		r = seg_file_end(file, digest, bytes, fresh);
	}
	syntax_writer_free(w);
	return r;
}

static bool
is_to_be_parsed(const struct seg_blob *blob)
{
	return blob->class == SEG_PLAIN_TEXT &&
	    (language_lexis(blob->language) || grammar_of(blob->language));
}

int
syntax_stand_in(int dir, const uint8_t text[static SHA256_LEN], const struct seg_blob *blobs, uint32_t count,
    uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	struct syntax_writer *w;
	struct parsed parsed;
	struct buf bytes_of = BUF(1024);

	int r = syntax_writer_new(dir, text, &w);
	if (r < 0)
		return r;
	parsed_init(&parsed);
	for (uint32_t i = 0; r == 0 && i < count; i++) {
		parsed_clear(&parsed);
		if (is_to_be_parsed(&blobs[i]))
			parsed.state = (struct seg_state){ .status = SEG_NOT_PARSED, .why = SEG_WHY_PENDING };
		else if (blobs[i].class == SEG_PLAIN_TEXT)
			parsed.state.status = SEG_PLAIN;
		buf_clear(&bytes_of);
		r = parsed_encode(&parsed, STR(""), &bytes_of);
		if (r == 0)
			r = syntax_writer_add(w, &blobs[i], buf_view(&bytes_of));
	}
	parsed_release(&parsed);
	buf_release(&bytes_of);
	if (r == 0)
		return syntax_writer_end(w, digest, bytes, fresh);
	syntax_writer_free(w);
	return r;
}
