/*
 * Syntax segments merged: nothing is parsed again.  Outlines get the new numbers of names, lists of blobs go on where
 * those before ended, and what comes out is what parsing all blobs for one segment would have made.
 */
#include "indexer/intake/segment_syntax_private.h"

#include "base/mem.h"
#include "base/reference.h"

#include <lz4.h>
#include <stdlib.h>
#include <zstd.h>

struct taking {
	struct syntax_writer *writer;
	struct seg_map *map;
	uint32_t blobs;  /* of the segment that is taken */
	uint32_t *names; /* its numbers of names -> the writer's */
	uint64_t name_count, taken;
};

static int
damaged(void)
{
	return err_set(ERR_FORMAT, "index: damaged syntax segment");
}

/* One list of a name: for each blob its head and as many things, each passed by `pass`. */
static int
take_list(struct taking *t, struct lists *to, uint32_t name, struct str bytes, void (*pass)(struct dec *dec))
{
	struct dec dec = dec_of(bytes);
	uint64_t blob = 0;

	while (dec_more(&dec)) {
		uint64_t head = dec_num(&dec), many = head & 1 ? 2 + dec_num_max(&dec, UINT32_MAX) : 1;
		const uint8_t *from = dec.at;
		blob += head >> 1;
		if (head >> 1 >= t->blobs || blob >= t->blobs)
			return damaged();
		for (uint64_t i = 0; i < many && !dec.bad; i++)
			pass(&dec);
		if (dec.bad)
			return damaged();
		lists_group(to, name, t->writer->blobs + (uint32_t)blob, many);
		lists_add(to, name, from, (size_t)(dec.at - from));
	}
	return dec.bad ? damaged() : 0;
}

static void
pass_symbol(struct dec *dec)
{
	dec_num(dec);
}

static void
pass_reference(struct dec *dec)
{
	reference_decode(dec);
}

/* The names of a block, unpacked, and what is in `uses` of each. */
static int
take_block(struct taking *t, struct str block, struct dec *uses)
{
	struct syntax_writer *w = t->writer;
	struct buf name = BUF(SEG_NAME_MAX);
	struct dec dec = dec_of(block);
	int r = 0;

	for (size_t i = 0; r == 0 && dec_more(&dec); i++) {
		name.len = i % SEG_GROUP ? dec_num_max(&dec, name.len) : 0;
		r = buf_str(&name, dec_str(&dec));
		size_t symbols = dec_num_max(&dec, UINT32_MAX), references = dec_num_max(&dec, UINT32_MAX);
		const char *at = (const char *)dec_fixed(uses, symbols + references);
		if (r < 0 || dec.bad || uses->bad || name.len == 0 || t->taken == t->name_count) {
			r = damaged();
			break;
		}
		uint32_t number = t->names[t->taken++] = syntax_name(w, buf_view(&name));
		r = take_list(t, &w->symbols, number, (struct str){ at, symbols }, pass_symbol);
		if (r == 0)
			r = take_list(
			    t, &w->uses, number, (struct str){ at + symbols, references }, pass_reference);
	}
	buf_release(&name);
	return r;
}

static int
take_names(struct taking *t)
{
	struct str blocks, ends, uses = STR("");
	uint64_t use_total = 0, count;
	uint32_t from = 0;
	char unpacked[SEG_NAME_BLOCK_MAX];

	int r = seg_map_section(t->map, SEG_SYMBOLS, &blocks, &t->name_count);
	if (r == 0)
		r = seg_map_section(t->map, SEG_SYMBOL_BLOCK_ENDS, &ends, &count);
	if (r == 0)
		r = seg_map_section(t->map, SEG_USES, &uses, &use_total);
	if (r == 0 && t->name_count > count * SEG_NAME_BLOCK_MAX)
		r = damaged();
	if (r < 0)
		return r;
	struct dec data = dec_of(uses);
	t->names = mem_alloc((t->name_count + 1) * sizeof *t->names);
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		uint32_t end = ((const uint32_t *)(const void *)ends.data)[i];
		if (end < from || end > blocks.len)
			return damaged();
		struct dec dec = dec_of((struct str){ blocks.data + from, end - from });
		if (dec_str(&dec).len > SEG_NAME_MAX)
			return damaged();
		size_t head = (size_t)(dec.at - (const uint8_t *)blocks.data - from);
		memcpy(unpacked, blocks.data + from, dec.bad ? 0 : head);
		int len = dec.bad ? -1
				  : LZ4_decompress_safe((const char *)dec.at, unpacked + head,
					(int)(dec.end - dec.at), (int)(sizeof unpacked - head));
		r = len < 0 ? damaged() : take_block(t, (struct str){ unpacked, head + (size_t)len }, &data);
		from = end;
	}
	t->writer->use_total += use_total;
	return r == 0 && t->taken != t->name_count ? damaged() : r;
}

static int
take_outlines(struct taking *t)
{
	struct syntax_writer *w = t->writer;
	struct str ends, outlines = STR("");
	uint64_t count, total;

	int r = seg_map_section(t->map, SEG_OUTLINE_ENDS, &ends, &count);
	if (r == 0)
		r = seg_map_section(t->map, SEG_OUTLINES, &outlines, &total);
	if (r == 0 && count != t->blobs)
		r = damaged();
	struct dec dec = dec_of(outlines);
	for (uint32_t i = 0; r == 0 && i < t->blobs; i++) {
		uint32_t end = ((const uint32_t *)(const void *)ends.data)[i], entries = 0;
		while (r == 0 && (size_t)(dec.at - (const uint8_t *)outlines.data) < end) {
			struct outline_entry e = syntax_decode_entry(&dec);
			if (dec.bad || e.name >= t->name_count || e.qualifier >= t->name_count)
				return damaged();
			e.name = t->names[e.name];
			e.qualifier = t->names[e.qualifier];
			r = syntax_encode_entry(&w->outline, &e, NULL);
			entries++;
		}
		if (r == 0)
			r = buf_add(&w->outline_counts, &entries, sizeof entries);
	}
	w->outline_count += total;
	return r;
}

static int
take_span_ends(struct taking *t, uint64_t before)
{
	struct str ends;
	uint64_t count;

	int r = seg_map_section(t->map, SEG_SPAN_ENDS, &ends, &count);
	if (r == 0 && count != t->blobs)
		r = damaged();
	for (uint32_t i = 0; r == 0 && i < t->blobs; i++) {
		uint64_t end = before + ((const uint64_t *)(const void *)ends.data)[i];
		if (end < before || end > t->writer->spans_len)
			return damaged();
		r = buf_add(&t->writer->span_ends, &end, sizeof end);
	}
	return r;
}

static int
take_spans(struct taking *t)
{
	uint64_t before = t->writer->spans_len, total, count, from = 0;
	struct str blocks, ends;
	char *block = mem_alloc(SEG_SPAN_BLOCK);

	int r = seg_map_section(t->map, SEG_SPAN_BLOCKS, &blocks, &total);
	if (r == 0)
		r = seg_map_section(t->map, SEG_SPAN_BLOCK_ENDS, &ends, &count);
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		uint64_t end = ((const uint64_t *)(const void *)ends.data)[i];
		if (end < from || end > blocks.len) {
			r = damaged();
			break;
		}
		size_t n = ZSTD_decompress(block, SEG_SPAN_BLOCK, blocks.data + from, end - from);
		r = ZSTD_isError(n) ? damaged() : syntax_spans(t->writer, (struct str){ block, n });
		from = end;
	}
	free(block);
	if (r == 0 && t->writer->spans_len - before != total)
		r = damaged();
	return r == 0 ? take_span_ends(t, before) : r;
}

int
syntax_writer_take(struct syntax_writer *w, struct seg_map *syntax)
{
	struct taking t = { .writer = w, .map = syntax };
	struct str states;
	uint64_t count;

	int r = seg_map_section(syntax, SEG_STATES, &states, &count);
	if (r < 0)
		return r;
	t.blobs = (uint32_t)count;
	r = buf_str(&w->states, states);
	if (r == 0)
		r = take_names(&t);
	if (r == 0)
		r = take_outlines(&t);
	if (r == 0)
		r = take_spans(&t);
	w->blobs += t.blobs;
	free(t.names);
	return r;
}
