/*
 * Syntax segments merged: nothing is parsed again.  Outlines get the new numbers of names, lists of blobs go on where
 * those before ended, and what comes out is what parsing all blobs for one segment would have made.
 */
#include "indexer/intake/segment_syntax_private.h"

#include "base/mem.h"

#include <stdlib.h>
#include <zstd.h>

struct taking {
	struct syntax_writer *writer;
	struct seg_map *map;
	uint32_t blobs;  /* of the segment that is taken */
	uint32_t *names; /* its numbers of names -> the writer's */
	uint64_t name_count;
};

static int
damaged(void)
{
	return err_set(ERR_FORMAT, "index: damaged syntax segment");
}

/* One list of a name: for each blob its head and as many times `numbers` numbers. */
static int
take_list(struct taking *t, struct lists *to, uint32_t name, struct str bytes, unsigned numbers)
{
	struct dec dec = dec_of(bytes);
	uint64_t blob = 0;

	while (dec_more(&dec)) {
		uint64_t head = dec_num(&dec), many = head & 1 ? 2 + dec_num_max(&dec, UINT32_MAX) : 1;
		const uint8_t *from = dec.at;
		blob += head >> 1;
		if (head >> 1 >= t->blobs || blob >= t->blobs)
			return damaged();
		for (uint64_t i = 0; i < many * numbers && !dec.bad; i++)
			dec_num(&dec);
		if (dec.bad)
			return damaged();
		lists_group(to, name, t->writer->blobs + (uint32_t)blob, many);
		lists_add(to, name, from, (size_t)(dec.at - from));
	}
	return dec.bad ? damaged() : 0;
}

static int
take_names(struct taking *t)
{
	struct syntax_writer *w = t->writer;
	struct buf name = BUF(SEG_NAME_MAX);
	struct str strings, uses;
	uint64_t use_total;

	int r = seg_map_section(t->map, SEG_SYMBOLS, &strings, &t->name_count);
	if (r == 0)
		r = seg_map_section(t->map, SEG_USES, &uses, &use_total);
	if (r == 0 && t->name_count > strings.len)
		r = damaged();
	if (r < 0)
		return r;
	struct dec dec = dec_of(strings), data = dec_of(uses);
	t->names = mem_alloc((t->name_count + 1) * sizeof *t->names);
	for (uint64_t i = 0; r == 0 && i < t->name_count; i++) {
		name.len = i % SEG_GROUP ? dec_num_max(&dec, name.len) : 0;
		r = buf_str(&name, dec_str(&dec));
		size_t symbols = dec_num_max(&dec, uses.len), references = dec_num_max(&dec, uses.len);
		const char *at = (const char *)dec_fixed(&data, symbols + references);
		if (r < 0 || dec.bad || data.bad || name.len == 0) {
			r = damaged();
			break;
		}
		t->names[i] = syntax_name(w, buf_view(&name));
		r = take_list(t, &w->symbols, t->names[i], (struct str){ at, symbols }, 1);
		if (r == 0)
			r = take_list(t, &w->uses, t->names[i], (struct str){ at + symbols, references }, 2);
	}
	w->use_total += use_total;
	buf_release(&name);
	return r;
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
