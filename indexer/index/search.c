#include "indexer/index/search.h"

#include "base/mem.h"
#include "indexer/index/job.h"

#include <stdlib.h>

#define COUNT_ON ((size_t)32 * 1024) /* further than this, the line table is asked */
#define LEAD ((size_t)512)           /* bytes kept before a match far out in a long line */
#define KEPT (TEXT_ROW_MAX + LEAD)   /* bytes of a line that are kept */

struct finding {
	struct searcher *searcher;
	const struct blob *blob;
	struct hits *hits;
	struct span_walk walk;
	bool walking;
	size_t at; /* start of line `line` */
	uint64_t line;
	struct str text;
};

static size_t
newlines(const char *data, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += data[i] == '\n';
	return count;
}

/* Moves to the last line before `start` that the table knows, if that is a long way on. */
static int
jump(struct finding *f, size_t start)
{
	const struct seg_blob *is = &f->blob->is;
	uint64_t low = (f->line - 1) / SEG_LINE_STEP, high = is->lines ? (is->lines - 1) / SEG_LINE_STEP : 0;

	const uint32_t *marks = segment_elements(f->blob->text, SEG_LINES, is->first, high);
	if (!marks)
		return ERR_FORMAT;
	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		if (marks[middle - 1] <= start)
			low = middle;
		else
			high = middle - 1;
	}
	if (low > 0 && marks[low - 1] > f->at && marks[low - 1] <= start) {
		f->at = marks[low - 1];
		f->line = low * SEG_LINE_STEP + 1;
	}
	return 0;
}

/* The number of the line that begins at `start`. */
static int
number_line(struct finding *f, size_t start)
{
	if (start - f->at > COUNT_ON) {
		int r = jump(f, start);
		if (r < 0)
			return r;
	}
	f->line += newlines(f->text.data + f->at, start - f->at);
	f->at = start;
	return 0;
}

static bool
wanted(unsigned flags, enum text_in in)
{
	unsigned kinds = flags & (ORDER_CODE | ORDER_COMMENTS | ORDER_STRINGS);
	unsigned this = in == IN_COMMENT ? ORDER_COMMENTS : in == IN_STRING ? ORDER_STRINGS : ORDER_CODE;
	return kinds == 0 || kinds & this;
}

static int
keep(struct finding *f, const struct match *match, enum text_in in)
{
	struct hits *hits = f->hits;
	bool far_out = match->column > LEAD && match->line.len > TEXT_ROW_MAX;
	size_t from = far_out ? cut_at(match->line, match->column - LEAD) : 0;
	size_t len = match->line.len - from < KEPT ? match->line.len - from : KEPT;

	if (hits->count == hits->capacity) {
		hits->capacity = hits->capacity ? hits->capacity * 2 : 16;
		hits->hits = mem_grow(hits->hits, hits->capacity, sizeof *hits->hits);
	}
	hits->hits[hits->count++] = (struct hit){
		.line = f->line,
		.column = match->column,
		.length = match->length,
		.in = in,
		.text = { NULL, len },
		.offset = from,
		.line_len = match->line.len,
	};
	return buf_add(&hits->text, match->line.data + from, len);
}

static int
take_match(struct finding *f, const struct match *match)
{
	int r = 0;

	if (!f->walking)
		r = span_walk_begin(&f->walk, &f->searcher->reader, f->blob);
	f->walking = true;
	if (r < 0)
		return r;
	enum text_in in = span_walk_at(&f->walk, match->start + match->column);
	if (!wanted(f->searcher->flags, in))
		return 0;
	r = number_line(f, match->start);
	return r < 0 ? r : keep(f, match, in);
}

int
search_blob(struct searcher *s, const struct blob *blob, struct hits *hits)
{
	struct finding f = { .searcher = s, .blob = blob, .hits = hits, .line = 1 };
	uint64_t most = s->flags & ORDER_FILES ? 1 : s->most;
	struct match match;

	hits->count = 0;
	hits->limited = false;
	hits->text.max = SIZE_MAX / 2;
	buf_clear(&hits->text);
	int r = text_whole(&s->reader, blob, &f.text);
	if (r == 0)
		r = matcher_begin(s->matcher, f.text, s->pulse);
	while (r == 0 && hits->count < most && (r = matcher_next(s->matcher, &match)) == 1)
		r = take_match(&f, &match);
	hits->limited = matcher_limited(s->matcher) > 0;
	const char *at = buf_view(&hits->text).data;
	for (size_t i = 0; i < hits->count; i++) {
		hits->hits[i].text.data = at;
		at += hits->hits[i].text.len;
	}
	return r < 0 ? r : 0;
}

void
hits_release(struct hits *hits)
{
	free(hits->hits);
	buf_release(&hits->text);
	*hits = (struct hits){ 0 };
}
