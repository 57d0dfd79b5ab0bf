#include "indexer/index/search.h"

#include "base/mem.h"
#include "indexer/index/job.h"

#include <stdlib.h>

#define COUNT_ON ((size_t)8 * 1024) /* further than this, the line table is asked */
#define LEAD ((size_t)512)          /* bytes kept before a match far out in a long line */
#define KEPT (TEXT_ROW_MAX + LEAD)  /* bytes of a line that are kept */

struct finding {
	struct searcher *searcher;
	const struct blob *blob;
	struct hits *hits;
	struct span_walk walk;
	bool walking;
	uint64_t given; /* the last line that is among the hits */
	size_t rest;    /* where the line behind it begins */
	size_t at;      /* start of line `line` */
	uint64_t line;
	struct str text;
};

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
	f->line += str_count((struct str){ f->text.data + f->at, start - f->at }, '\n');
	f->at = start;
	return 0;
}

static bool
wanted(unsigned flags, enum text_in in)
{
	unsigned kinds = flags & (ORDER_CODE | ORDER_COMMENTS | ORDER_STRINGS);
	unsigned this = in == IN_COMMENT ? ORDER_COMMENTS : in == IN_STRING ? ORDER_STRINGS : ORDER_CODE;
	return kinds == 0 || (kinds & this && in != IN_UNKNOWN);
}

static struct hit *
add_hit(struct hits *hits)
{
	if (hits->count == hits->capacity) {
		hits->capacity = hits->capacity ? hits->capacity * 2 : 16;
		hits->hits = mem_grow(hits->hits, hits->capacity, sizeof *hits->hits);
	}
	return &hits->hits[hits->count++];
}

static int
keep(struct finding *f, const struct match *match, enum text_in in)
{
	bool far_out = match->column > LEAD && match->line.len > TEXT_ROW_MAX;
	size_t from = far_out ? cut_at(match->line, match->column - LEAD) : 0;
	size_t len = match->line.len - from < KEPT ? match->line.len - from : KEPT;

	*add_hit(f->hits) = (struct hit){
		.line = f->line,
		.column = match->column,
		.length = match->length,
		.in = in,
		.text = { NULL, len },
		.offset = from,
		.line_len = match->line.len,
	};
	f->hits->matches++;
	f->given = f->line + str_count(match->line, '\n');
	f->rest = match->start + match->line.len + 1;
	return buf_add(&f->hits->text, match->line.data + from, len);
}

/* A line of context that begins at `at`; *at moves behind it. */
static int
keep_around(struct finding *f, uint64_t line, size_t *at)
{
	struct str text = { f->text.data + *at, f->text.len - *at };
	const char *end = memchr(text.data, '\n', text.len);

	text.len = end ? (size_t)(end - text.data) : text.len;
	size_t len = text.len < KEPT ? text.len : KEPT;
	*add_hit(f->hits) =
	    (struct hit){ .line = line, .around = true, .text = { NULL, len }, .line_len = text.len };
	f->given = line;
	*at += text.len + 1;
	f->rest = *at;
	return buf_add(&f->hits->text, text.data, len);
}

/* The lines behind the last match, up to line `stop`. */
static int
keep_behind(struct finding *f, uint64_t stop)
{
	uint64_t last = f->given + f->searcher->behind;
	size_t at = f->rest;
	int r = 0;

	if (f->hits->matches == 0)
		return 0;
	for (uint64_t line = f->given + 1; line <= last && line < stop && at < f->text.len && r == 0; line++)
		r = keep_around(f, line, &at);
	return r;
}

/* The lines before the match at `start`, which is line f->line. */
static int
keep_before(struct finding *f, size_t start)
{
	uint64_t line = f->line;
	size_t at = start, floor = f->hits->matches ? f->rest : 0;
	int r = 0;

	while (at > floor && f->line - line < f->searcher->before && line > f->given + 1) {
		const char *end = at - 1 > floor ? memrchr(f->text.data + floor, '\n', at - 1 - floor) : NULL;
		at = end ? (size_t)(end - f->text.data) + 1 : floor;
		line--;
	}
	for (; line < f->line && r == 0; line++)
		r = keep_around(f, line, &at);
	return r;
}

static int
find_in(struct finding *f, const struct match *match, enum text_in *in)
{
	int r = 0;

	if (!f->walking)
		r = span_walk_begin(&f->walk, &f->searcher->reader, f->blob);
	f->walking = true;
	if (r == 0)
		*in = span_walk_at(&f->walk, match->start + match->column);
	return r;
}

static int
take_match(struct finding *f, const struct match *match)
{
	const struct searcher *s = f->searcher;
	enum text_in in = IN_CODE;
	int r = 0;

	if (s->flags & (ORDER_CODE | ORDER_COMMENTS | ORDER_STRINGS | ORDER_IN))
		r = find_in(f, match, &in);
	if (r == 0 && !wanted(s->flags, in)) {
		f->hits->unplaced |= in == IN_UNKNOWN;
		return 0;
	}
	if (r < 0)
		return r;
	r = number_line(f, match->start);
	if (r == 0 && s->behind > 0)
		r = keep_behind(f, f->line);
	if (r == 0 && s->before > 0)
		r = keep_before(f, match->start);
	return r < 0 ? r : keep(f, match, in);
}

int
search_blob(struct searcher *s, const struct blob *blob, struct hits *hits)
{
	struct finding f = { .searcher = s, .blob = blob, .hits = hits, .line = 1 };
	uint64_t most = s->flags & ORDER_FILES ? 1 : s->most;
	struct match match;

	hits->count = hits->matches = 0;
	hits->limited = hits->unplaced = false;
	hits->text.max = SIZE_MAX / 2;
	buf_clear(&hits->text);
	int r = text_whole(&s->reader, blob, &f.text);
	if (r == 0)
		matcher_begin(s->matcher, f.text, s->pulse);
	while (r == 0 && hits->matches < most && (r = matcher_next(s->matcher, &match)) == 1)
		r = take_match(&f, &match);
	if (r == 0 && s->behind > 0)
		r = keep_behind(&f, UINT64_MAX);
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
