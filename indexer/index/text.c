#include "indexer/index/text.h"

#include "base/mem.h"

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#define SPANS_MAX ((size_t)512 * 1024 * 1024) /* packed spans of one blob */

/* A stream of bytes that lies in a segment in packed blocks. */
struct stream {
	enum seg_section_id blocks, ends;
	size_t block; /* bytes of an unpacked block */
	/* the first `want` bytes of a block of `len` */
	int (*unpack)(void *zstd, uint8_t *out, size_t want, size_t len, struct str packed);
	bool partly; /* a block may be unpacked in part */
};

static int
unpack_lz4(void *zstd, uint8_t *out, size_t want, size_t len, struct str packed)
{
	(void)zstd;
	if (packed.len == len) {
		memcpy(out, packed.data, want);
		return 0;
	}
	if (packed.len > len)
		return -1;
	int n = want == len
	    ? LZ4_decompress_safe(packed.data, (char *)out, (int)packed.len, (int)len)
	    : LZ4_decompress_safe_partial(packed.data, (char *)out, (int)packed.len, (int)want, (int)want);
	return n == (int)want ? 0 : -1;
}

static int
unpack_zstd(void *zstd, uint8_t *out, size_t want, size_t len, struct str packed)
{
	(void)want;
	return ZSTD_decompressDCtx(zstd, out, len, packed.data, packed.len) == len ? 0 : -1;
}

static const struct stream texts = { SEG_BLOCKS, SEG_BLOCK_ENDS, SEG_BLOCK, unpack_lz4, true };
static const struct stream spans = { SEG_SPAN_BLOCKS, SEG_SPAN_BLOCK_ENDS, SEG_SPAN_BLOCK, unpack_zstd,
	false };

static int
packed_block(struct segment *s, const struct stream *stream, uint64_t number, struct str *out)
{
	const uint8_t *packed;
	uint64_t from = 0;

	const uint64_t *ends = segment_elements(s, stream->ends, number ? number - 1 : 0, number ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (number)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(s, "end of a block");
	int r = segment_bytes(s, stream->blocks, from, *ends - from, &packed);
	*out = (struct str){ (const char *)packed, r == 0 ? *ends - from : 0 };
	return r;
}

/* Unpacked bytes of a block; one outside of the stream has none. */
static size_t
block_size(struct segment *s, const struct stream *stream, uint64_t number)
{
	uint64_t total = segment_section(s, stream->blocks)->count, from = number * stream->block;
	uint64_t rest = from < total ? total - from : 0;

	return rest < stream->block ? rest : stream->block;
}

/* Unpacks the first `want` bytes of block `number`. */
static int
unpack_block(struct text_reader *reader, struct segment *s, const struct stream *stream, uint64_t number,
    size_t want, uint8_t *out)
{
	size_t len = block_size(s, stream, number);
	struct str packed;

	int r = packed_block(s, stream, number, &packed);
	if (r == 0 && stream->unpack(reader->zstd, out, want, len, packed) < 0)
		r = segment_damaged(s, "a block does not unpack");
	return r;
}

/* The first `want` bytes of block `number` into the cache, if they are not there. */
static int
load_block(
    struct text_reader *reader, struct segment *s, const struct stream *stream, uint64_t number, size_t want)
{
	struct block_cache *cache = stream == &texts ? &reader->text : &reader->spans;
	bool here = cache->segment == s && cache->block == number;

	if (here && want <= cache->len)
		return 0;
	/* asked for a second time: it may be asked for a third; and nearly all of it takes as long as all */
	size_t size = block_size(s, stream, number);
	if (here || !stream->partly || reader->whole_blocks || want > size - size / 8)
		want = size;
	if (!cache->bytes)
		cache->bytes = mem_alloc(stream->block);
	cache->segment = NULL;
	int r = unpack_block(reader, s, stream, number, want, cache->bytes);
	if (r < 0)
		return r;
	cache->segment = s;
	cache->block = number;
	cache->len = want;
	return 0;
}

/* Bytes from..from+len of a stream, which lie in several blocks, into `whole`; whole blocks go there at once. */
static int
gather(struct text_reader *reader, struct segment *s, const struct stream *stream, uint64_t from,
    uint64_t len, struct buf *whole)
{
	const struct block_cache *cache = stream == &texts ? &reader->text : &reader->spans;

	buf_clear(whole);
	whole->max = stream == &texts ? SEG_BLOB_MAX : SPANS_MAX;
	int r = buf_room(whole, len);
	for (uint64_t at = from; r == 0 && at < from + len;) {
		uint64_t number = at / stream->block;
		size_t skip = at % stream->block, size = block_size(s, stream, number);
		size_t part = size - skip < from + len - at ? size - skip : from + len - at;
		if (part == size) {
			r = unpack_block(reader, s, stream, number, size, whole->data + whole->len);
			whole->len += r == 0 ? part : 0;
		} else {
			r = load_block(reader, s, stream, number, skip + part);
			if (r == 0)
				r = buf_add(whole, cache->bytes + skip, part);
		}
		at += part;
	}
	return r;
}

/* Bytes from..from+len of a stream: in place if one block has them, else put together. */
static int
stream_read(struct text_reader *reader, struct segment *s, const struct stream *stream, uint64_t from,
    uint64_t len, struct str *out)
{
	bool is_text = stream == &texts;
	struct buf *whole = is_text ? &reader->whole : &reader->packed;
	uint64_t total = segment_section(s, stream->blocks)->count;

	*out = STR("");
	if (from > total || len > total - from)
		return segment_damaged(s, "bytes outside of the stream");
	if (len == 0)
		return 0;
	if (!is_text && !reader->zstd && !(reader->zstd = ZSTD_createDCtx()))
		return err_set(ERR_MEMORY, "no memory to unpack spans");
	uint64_t first = from / stream->block;
	size_t skip = from % stream->block;
	if (len <= block_size(s, stream, first) - skip) {
		const struct block_cache *cache = is_text ? &reader->text : &reader->spans;
		int r = load_block(reader, s, stream, first, skip + len);
		if (r == 0)
			*out = (struct str){ (char *)cache->bytes + skip, len };
		return r;
	}
	int r = gather(reader, s, stream, from, len, whole);
	*out = buf_view(whole);
	return r;
}

void
text_reader_release(struct text_reader *reader)
{
	free(reader->text.bytes);
	free(reader->spans.bytes);
	buf_release(&reader->whole);
	buf_release(&reader->packed);
	ZSTD_freeDCtx(reader->zstd);
	*reader = (struct text_reader){ 0 };
}

/* ---- blobs ---- */

int
blob_get(struct segment *text, struct segment *syntax, uint64_t number, struct blob *out)
{
	const struct seg_blob *blob = segment_element(text, SEG_BLOBS, number);

	if (!blob)
		return ERR_FORMAT;
	*out = (struct blob){ text, syntax, (uint32_t)number, *blob };
	if (blob->class == 0 || blob->class >= SEG_CLASS_END || blob->language >= LANG_END)
		return segment_damaged(text, "class or language of a blob");
	if (!blob_stored(out))
		return blob->lines == 0 ? 0 : segment_damaged(text, "lines of a blob that is not stored");
	uint64_t total = segment_section(text, SEG_BLOCKS)->count;
	if (blob->size > SEG_BLOB_MAX || blob->offset > total || blob->size > total - blob->offset ||
	    blob->lines > blob->size || (blob->lines == 0) != (blob->size == 0))
		return segment_damaged(text, "size of a blob");
	return 0;
}

bool
blob_follows(const struct blob *before, const struct blob *blob)
{
	return before->text == blob->text &&
	    (before->is.offset + before->is.size) / SEG_BLOCK == blob->is.offset / SEG_BLOCK;
}

bool
blob_stored(const struct blob *blob)
{
	return blob->is.class != SEG_LARGE;
}

void
blob_hex(const struct blob *blob, char out[static HEX_LEN(OID_LEN)])
{
	hex_from(blob->is.id, OID_LEN, out);
}

int
blob_state(const struct blob *blob, struct seg_state *out)
{
	const struct seg_state *state = segment_element(blob->syntax, SEG_STATES, blob->number);

	if (!state)
		return ERR_FORMAT;
	if (state->status >= SEG_STATUS_END || state->why >= SEG_WHY_END)
		return segment_damaged(blob->syntax, "state of a blob");
	*out = *state;
	return 0;
}

int
text_read(struct text_reader *reader, const struct blob *blob, uint64_t from, uint64_t len, struct str *out)
{
	if (!blob_stored(blob) || from > blob->is.size || len > blob->is.size - from)
		return segment_damaged(blob->text, "bytes outside of a blob");
	return stream_read(reader, blob->text, &texts, blob->is.offset + from, len, out);
}

int
text_whole(struct text_reader *reader, const struct blob *blob, struct str *out)
{
	return text_read(reader, blob, 0, blob->is.size, out);
}

/* Offset of the start of the last line at or before `line` that has one in SEG_LINES. */
static int
line_mark(const struct blob *blob, uint64_t line, uint64_t *mark_line, uint64_t *offset)
{
	uint64_t step = (line - 1) / SEG_LINE_STEP,
		 marks = blob->is.lines ? (blob->is.lines - 1) / SEG_LINE_STEP : 0;

	if (step > marks)
		step = marks;
	*mark_line = step * SEG_LINE_STEP + 1;
	*offset = 0;
	if (step == 0)
		return 0;
	const uint32_t *mark = segment_element(blob->text, SEG_LINES, blob->is.first + step - 1);
	if (!mark)
		return ERR_FORMAT;
	*offset = *mark;
	return *mark < blob->is.size ? 0 : segment_damaged(blob->text, "offset of a line");
}

int
text_line_start(struct text_reader *reader, const struct blob *blob, uint64_t line, uint64_t *offset)
{
	uint64_t at_line, at;

	if (line == 0 || line > (uint64_t)blob->is.lines + 1)
		return err_set(ERR_ABSENT, "no line %llu", (unsigned long long)line);
	int r = line_mark(blob, line, &at_line, &at);
	while (r == 0 && at_line < line && at < blob->is.size) {
		struct str part;
		uint64_t len = SEG_BLOCK - (blob->is.offset + at) % SEG_BLOCK; /* to the end of the block */
		len = len < blob->is.size - at ? len : blob->is.size - at;
		r = text_read(reader, blob, at, len, &part);
		if (r < 0)
			break;
		const char *from = part.data, *end = part.data + part.len;
		while (at_line < line && from < end && (from = memchr(from, '\n', (size_t)(end - from)))) {
			from++;
			at_line++;
		}
		at += at_line == line && from ? (uint64_t)(from - part.data) : len;
	}
	*offset = at;
	return r;
}

int
text_line(struct text_reader *reader, const struct blob *blob, uint64_t line, size_t max, struct str *out,
    uint64_t *len)
{
	uint64_t from, to;
	struct str last;

	int r = text_line_start(reader, blob, line, &from);
	if (r == 0)
		r = text_line_start(reader, blob, line + 1, &to);
	if (r == 0 && to == from)
		r = err_set(ERR_ABSENT, "no line %llu", (unsigned long long)line);
	if (r == 0)
		r = text_read(reader, blob, to - 1, 1, &last);
	if (r < 0)
		return r;
	*len = to - from - (last.data[0] == '\n');
	return text_read(reader, blob, from, *len < max ? *len : max, out);
}

static enum segment_known
known(const struct blob *blob)
{
	return atomic_load_explicit(&blob->text->known[blob->number], memory_order_relaxed);
}

/* Block by block: a large blob need not be in memory as a whole. */
static int
find_id(struct text_reader *reader, const struct blob *blob, uint8_t id[static OID_LEN])
{
	struct sha1 sha1;
	char head[40];
	int r = 0;

	sha1_init(&sha1);
	int len = snprintf(head, sizeof head, "blob %llu", (unsigned long long)blob->is.size);
	sha1_add(&sha1, head, (size_t)len + 1);
	for (uint64_t at = 0, part; at < blob->is.size && r == 0; at += part) {
		struct str text;
		uint64_t rest = blob->is.size - at;
		part = SEG_BLOCK - (blob->is.offset + at) % SEG_BLOCK;
		part = part < rest ? part : rest;
		r = text_read(reader, blob, at, part, &text);
		if (r == 0)
			sha1_add(&sha1, text.data, text.len);
	}
	sha1_end(&sha1, id);
	return r;
}

bool
text_check_waits(const struct blob *blob)
{
	return blob_stored(blob) && blob->is.size > TEXT_CHECK_SOON && known(blob) == KNOWN_NOT;
}

int
text_check(struct text_reader *reader, const struct blob *blob)
{
	enum segment_known found = known(blob);
	uint8_t id[OID_LEN];

	if (!blob_stored(blob) || blob->is.size > TEXT_CHECK_MAX || found == KNOWN_RIGHT)
		return 0;
	if (found == KNOWN_NOT) {
		int r = find_id(reader, blob, id);
		if (r < 0)
			return r;
		found = memcmp(id, blob->is.id, sizeof id) == 0 ? KNOWN_RIGHT : KNOWN_WRONG;
		atomic_store_explicit(&blob->text->known[blob->number], (uint8_t)found, memory_order_relaxed);
	}
	if (found == KNOWN_RIGHT)
		return 0;
	char hex[HEX_LEN(OID_LEN)];
	blob_hex(blob, hex);
	return err_set(ERR_FORMAT, "not served, damaged: blob %s is not what its id says", hex);
}

/* ---- spans ---- */

/* The first `most` bytes of a blob's spans, or all there are. */
static int
read_spans(struct text_reader *reader, const struct blob *blob, uint64_t most, struct dec *out)
{
	uint32_t n = blob->number;
	uint64_t from = 0;
	struct str bytes;

	const uint64_t *ends = segment_elements(blob->syntax, SEG_SPAN_ENDS, n ? n - 1 : 0, n ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (n)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(blob->syntax, "spans of a blob");
	uint64_t len = *ends - from < most ? *ends - from : most;
	int r = stream_read(reader, blob->syntax, &spans, from, len, &bytes);
	if (r == 0)
		*out = dec_of(bytes);
	return r;
}

int
text_spans(struct text_reader *reader, const struct blob *blob, struct dec *out)
{
	return read_spans(reader, blob, UINT64_MAX, out);
}

int
span_feed_begin(struct span_feed *feed, struct text_reader *reader, const struct blob *blob)
{
	*feed = (struct span_feed){ 0 };
	return text_spans(reader, blob, &feed->dec);
}

int
span_feed_cut(struct span_feed *feed, uint64_t from, uint64_t len, struct buf *out)
{
	struct span_writer writer = { 0 };
	struct span *span = &feed->span;
	int r = 0;

	for (;;) {
		if (span->len > 0 && span->start >= from + len)
			return r;
		if (span->len > 0 && feed->end > from && r == 0) {
			uint64_t start = span->start < from ? from : span->start,
				 stop = feed->end < from + len ? feed->end : from + len;
			r = span_encode(
			    out, &writer, (struct span){ start - from, stop - start, span->class });
		}
		/* one that goes on behind this stretch is wanted again for the next */
		if (span->len > 0 && feed->end > from + len)
			return r;
		if (!span_decode(&feed->dec, &feed->end, span)) {
			span->len = 0;
			return feed->dec.bad ? err_set(ERR_FORMAT, "not served, damaged: a span") : r;
		}
	}
}

int
text_spans_cut(
    struct text_reader *reader, const struct blob *blob, uint64_t from, uint64_t len, struct buf *out)
{
	struct span_feed feed = { 0 };

	/* a span takes at most three times the bytes that it reaches over: behind so many, none begins in time */
	int r = read_spans(reader, blob, 4 * (from + len) + 3 * CODEC_NUM_MAX, &feed.dec);
	return r == 0 ? span_feed_cut(&feed, from, len, out) : r;
}

int
span_walk_begin(struct span_walk *walk, struct text_reader *reader, const struct blob *blob)
{
	struct seg_state state = { 0 };

	*walk = (struct span_walk){ 0 };
	int r = blob_state(blob, &state);
	walk->pending = r == 0 && state.why == SEG_WHY_PENDING;
	return r == 0 ? text_spans(reader, blob, &walk->dec) : r;
}

enum text_in
span_walk_at(struct span_walk *walk, uint64_t offset)
{
	if (walk->pending)
		return IN_UNKNOWN;
	while (!walk->none && walk->end <= offset)
		walk->none = !span_decode(&walk->dec, &walk->end, &walk->span);
	if (walk->none || offset < walk->span.start)
		return IN_CODE;
	return walk->span.class == SPAN_COMMENT ? IN_COMMENT
	    : walk->span.class == SPAN_STRING   ? IN_STRING
						: IN_CODE;
}

uint64_t
span_walk_end(const struct span_walk *walk, uint64_t offset)
{
	if (walk->none)
		return UINT64_MAX;
	return offset < walk->span.start ? walk->span.start : walk->end;
}

struct str
text_in_word(enum text_in in)
{
	static const struct str words[] = { STR("code"), STR("comment"), STR("string"), STR("") };

	return words[in];
}
