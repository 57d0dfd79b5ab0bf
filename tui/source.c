#include "tui/source.h"

#include "base/mem.h"
#include "base/message.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define CHUNK_LINES 256
#define KEEP_BYTES ((size_t)16 * 1024 * 1024) /* of text; past this all but what is asked for is dropped */
#define REMARK_MAX 160

struct chunk {
	struct source_line lines[CHUNK_LINES];
	bool have[CHUNK_LINES];
};

struct source {
	struct orders *orders;
	char *release, *path;
	size_t release_len, path_len;
	char blob[HEX_LEN(OID_LEN)];
	uint64_t lines;
	bool ready;
	char *failed;
	char remark[REMARK_MAX];
	struct chunk **chunks;
	size_t chunk_count;
	struct arena arena; /* texts and spans */
	size_t bytes;
	uint64_t order;  /* the page under way */
	uint64_t wanted; /* its line */
	uint64_t first;  /* line of what was needed last */
};

static void take(void *ctx, const struct answer *answer);

static char *
copy(struct str s)
{
	char *out = mem_alloc(s.len + 1);

	memcpy(out, s.data, s.len);
	return out;
}

static void
ask(struct source *source, uint64_t line, uint64_t offset)
{
	struct order order = { .verb = VERB_PAGE };

	row_set(&order.args, F_RELEASE, source_release(source));
	row_set(&order.args, F_PATH, source_path(source));
	row_set_num(&order.args, F_LINE, line);
	if (offset)
		row_set_num(&order.args, F_OFFSET, offset);
	row_set_num(&order.args, F_FLAGS, ORDER_SPANS);
	source->wanted = line;
	source->order = orders_read(source->orders, &order, take, source);
}

struct source *
source_open(struct orders *orders, struct str release, struct str path, uint64_t line)
{
	struct source *source = mem_new(struct source);

	source->orders = orders;
	source->release = copy(release);
	source->release_len = release.len;
	source->path = copy(path);
	source->path_len = path.len;
	ask(source, line ? line : 1, 0);
	return source;
}

static void
forget(struct source *source)
{
	for (size_t i = 0; i < source->chunk_count; i++)
		free(source->chunks[i]);
	if (source->chunk_count)
		memset(source->chunks, 0, source->chunk_count * sizeof *source->chunks);
	arena_release(&source->arena);
	source->bytes = 0;
}

void
source_close(struct source *source)
{
	if (!source)
		return;
	orders_cancel_of(source->orders, source);
	forget(source);
	free(source->chunks);
	free(source->failed);
	free(source->release);
	free(source->path);
	free(source);
}

struct str
source_release(const struct source *source)
{
	return (struct str){ source->release, source->release_len };
}

struct str
source_path(const struct source *source)
{
	return (struct str){ source->path, source->path_len };
}

struct str
source_blob(const struct source *source)
{
	return str_from(source->blob);
}

uint64_t
source_lines(const struct source *source)
{
	return source->lines;
}

bool
source_ready(const struct source *source)
{
	return source->ready;
}

const char *
source_failed(const struct source *source)
{
	return source->failed;
}

const char *
source_remark(const struct source *source)
{
	return source->remark;
}

bool
source_get(const struct source *source, uint64_t line, struct source_line *out)
{
	size_t chunk = (size_t)((line - 1) / CHUNK_LINES), at = (size_t)((line - 1) % CHUNK_LINES);

	if (line == 0 || chunk >= source->chunk_count || !source->chunks[chunk] ||
	    !source->chunks[chunk]->have[at])
		return false;
	*out = source->chunks[chunk]->lines[at];
	return true;
}

struct origin
source_origin(const struct source *source, uint64_t line)
{
	struct source_line text = { .order = 0 };

	source_get(source, line, &text);
	return (struct origin){ source_release(source), source_path(source), line, text.order };
}

/*
 * Where the page that brings line n begins: where the lines behind it are known, as far before n as a page reaches,
 * for then the reader goes upwards.
 */
static uint64_t
page_start(const struct source *source, uint64_t n, uint64_t last)
{
	struct source_line line;
	uint64_t known = n + 1, start;

	while (known <= last && !source_get(source, known, &line))
		known++;
	if (known > last)
		return n;
	start = known > PAGE_LINES ? known - PAGE_LINES : 1;
	while (start < n && source_get(source, start, &line))
		start++;
	return start;
}

void
source_need(struct source *source, uint64_t first, uint64_t last)
{
	struct source_line line;
	uint64_t screen = last - first + 1, n = first;
	bool upwards = first < source->first;

	if (!source->ready || source->failed || orders_runs(source->orders, source->order))
		return;
	source->first = first;
	if (source->bytes > KEEP_BYTES)
		forget(source);
	while (n <= last + screen && n <= source->lines && source_get(source, n, &line))
		n++;
	if (n <= last + screen && n <= source->lines)
		ask(source, page_start(source, n, last), 0);
	else if (upwards && first > 1) {
		n = first > screen ? first - screen : 1;
		while (n < first && source_get(source, n, &line))
			n++;
		if (n < first)
			ask(source, page_start(source, n, last), 0);
	}
}

void
source_piece(struct source *source, uint64_t line, uint64_t offset)
{
	if (!orders_runs(source->orders, source->order))
		ask(source, line, offset);
}

void
source_cancel(struct source *source)
{
	orders_cancel_of(source->orders, source);
}

/* ---- a page comes ---- */

const struct span *
spans_read(struct arena *arena, struct str encoded, size_t *count)
{
	struct dec dec = dec_of(encoded);
	struct span span, *out;
	uint64_t end = 0;
	size_t n = 0;

	while (span_decode(&dec, &end, &span))
		n++;
	out = arena_alloc(arena, (n + 1) * sizeof *out);
	dec = dec_of(encoded);
	end = 0;
	for (size_t i = 0; i < n; i++)
		span_decode(&dec, &end, &out[i]);
	*count = n;
	return out;
}

static struct source_line *
line_slot(struct source *source, uint64_t line)
{
	size_t chunk = (size_t)((line - 1) / CHUNK_LINES), at = (size_t)((line - 1) % CHUNK_LINES);

	if (chunk >= source->chunk_count)
		return NULL;
	if (!source->chunks[chunk])
		source->chunks[chunk] = mem_new(struct chunk);
	source->chunks[chunk]->have[at] = true;
	return &source->chunks[chunk]->lines[at];
}

/* The spans that touch [start, start + text.len), counted from its start. */
static void
cut_spans(struct source *source, const struct span *spans, size_t count, size_t *next, size_t start,
    struct source_line *line)
{
	size_t end = start + line->text.len, from, to;

	while (*next < count && spans[*next].start + spans[*next].len <= start)
		++*next;
	from = to = *next;
	while (to < count && spans[to].start < end)
		to++;
	struct span *out = arena_alloc(&source->arena, (to - from + 1) * sizeof *out);
	for (size_t i = from; i < to; i++) {
		size_t a = spans[i].start > start ? spans[i].start : start;
		size_t b = spans[i].start + spans[i].len < end ? spans[i].start + spans[i].len : end;
		out[i - from] = (struct span){ .start = a - start, .len = b - a, .class = spans[i].class };
	}
	line->spans = out;
	line->span_count = to - from;
}

static void
take_text(struct source *source, const struct row *row, uint64_t order)
{
	struct str text = row_get(row, F_TEXT);
	struct arena scratch = { 0 };
	size_t span_count, next = 0;
	const struct span *spans = spans_read(&scratch, row_get(row, F_SPANS), &span_count);
	const char *data = arena_copy(&source->arena, text.data, text.len);
	uint64_t number = row_get_num(row, F_LINE);

	for (size_t at = 0; at < text.len; number++) {
		const char *newline = memchr(data + at, '\n', text.len - at);
		size_t end = newline ? (size_t)(newline - data) : text.len;
		struct source_line *line = line_slot(source, number);
		if (!line)
			break;
		*line = (struct source_line){ .text = { data + at, end - at }, .order = order };
		if (at == 0)
			line->offset = row_get_num(row, F_OFFSET);
		if (end == text.len)
			line->cut = row_get_num(row, F_CUT);
		cut_spans(source, spans, span_count, &next, at, line);
		at = end + 1;
	}
	source->bytes += text.len;
	arena_release(&scratch);
}

static void
take_row(struct source *source, const struct row *row, uint64_t order)
{
	uint64_t lines = row_has(row, F_TEXT) ? row_get_num(row, F_LINES) : 0;
	struct str status = row_get(row, F_STATUS), why = row_get(row, F_WHY);
	char shown[REMARK_MAX], shown_why[REMARK_MAX];

	if (!source->ready || lines != source->lines) {
		size_t chunks = (size_t)(lines / CHUNK_LINES + 1);
		source->lines = lines;
		source->chunks = mem_grow(source->chunks, chunks, sizeof *source->chunks);
		for (size_t i = source->chunk_count; i < chunks; i++)
			source->chunks[i] = NULL;
		source->chunk_count = chunks;
	}
	snprintf(source->blob, sizeof source->blob, "%.*s", STR_ARG(row_get(row, F_BLOB)));
	bool plain =
	    str_is(status, "parsed") || str_is(status, "plain") || (status.len && str_starts(why, status));
	if (!plain || why.len)
		snprintf(source->remark, sizeof source->remark, "%.60s%s%.90s",
		    plain ? "" : show_in(shown, sizeof shown, status), !plain && why.len ? ": " : "",
		    show_in(shown_why, sizeof shown_why, why));
	source->ready = true;
	take_text(source, row, order);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct source *source = ctx;

	if (answer->kind == ANSWER_ROW)
		take_row(source, answer->row, answer->number);
	else if (answer->kind == ANSWER_FAIL && answer->code != ERR_CANCELLED) {
		free(source->failed);
		source->failed = mem_dup(answer->why);
	} else if (answer->kind == ANSWER_DONE) {
		struct source_line line;
		source->ready = true;
		if (source->lines && !source_get(source, source->wanted, &line)) {
			/* the page held nothing of what was asked for: asking again would never end */
			free(source->failed);
			source->failed = mem_dup(_("the reader handed over no such line"));
		}
	}
}
