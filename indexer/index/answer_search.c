/* search: the lines of the releases asked for that match, in path order, then a summary. */
#include "indexer/index/candidates.h"
#include "indexer/index/glob.h"
#include "indexer/index/job.h"
#include "indexer/index/search.h"

#include <stdio.h>
#include <stdlib.h>

#define DEAR_MAX 64 /* files in which the pattern took too many steps, before no further one is searched */
#define PIECES 64   /* files searched at once, at most */
#define PIECES_BYTES ((uint64_t)16 * 1024 * 1024) /* bytes of these, but for a single one */

/* Blobs of one text segment: what is known of them in this search. */
struct scope {
	struct segment *text;
	uint64_t *maybe; /* may hold the pattern; cleared where it turned out not to */
};

struct piece {
	const struct entry *entry;
	struct blob blob;
	struct scope *scope;
	struct hits hits;
};

struct search {
	struct job *job;
	struct pattern *pattern;
	struct searcher *searchers; /* one a thread */
	unsigned threads;
	struct str glob;
	uint64_t language; /* LANG_END: any */
	struct scope *scopes;
	size_t scope_count;
	struct piece pieces[PIECES];
	size_t count;
	uint64_t bytes;
	size_t batch; /* pieces before they are searched: few at first, so that the first hits come soon */
	struct str release;
	uint64_t hits, files, searched, limited, binary, utf16, large;
	uint64_t left; /* rows before LIMIT */
};

static int
scope_of(struct search *s, struct segment *text, struct scope **out)
{
	for (size_t i = 0; i < s->scope_count; i++)
		if (s->scopes[i].text == text) {
			*out = &s->scopes[i];
			return 0;
		}
	struct scope scope = { .text = text };
	int r = candidates_find(text, pattern_analysis(s->pattern)->query, &scope.maybe);
	if (r < 0)
		return r;
	s->scopes[s->scope_count] = scope;
	*out = &s->scopes[s->scope_count++];
	return 0;
}

/* ---- one batch ---- */

static int
search_piece(void *ctx, size_t index, unsigned thread)
{
	struct search *s = ctx;
	struct piece *piece = &s->pieces[index];
	struct searcher *searcher = &s->searchers[thread];

	if (s->limited >= DEAR_MAX) {
		piece->hits.count = 0;
		piece->hits.limited = true;
		return 0;
	}
	return search_blob(searcher, &piece->blob, &piece->hits);
}

static int
hit_row(struct search *s, const struct piece *piece, const struct hit *hit)
{
	char hex[HEX_LEN(OID_LEN)];
	struct row row = { 0 };

	blob_hex(&piece->blob, hex);
	row_set(&row, F_WHAT, STR("hit"));
	row_set(&row, F_RELEASE, s->release);
	row_set(&row, F_PATH, piece->entry->path);
	row_set(&row, F_BLOB, str_from(hex));
	if (piece->blob.is.language)
		row_set(&row, F_LANGUAGE, str_from(seg_language_word(piece->blob.is.language)));
	if (s->job->flags & ORDER_FILES)
		return answer_row(s->job->answer, &row, NULL, s->files);
	row_set_num(&row, F_LINE, hit->line);
	row_set_num(&row, F_COLUMN, hit->column + 1);
	row_set_num(&row, F_LENGTH, hit->length);
	row_set(&row, F_IN, text_in_word(hit->in));
	row_set_line(&row, hit->text, hit->column - hit->offset);
	uint64_t before = row_get_num(&row, F_OFFSET) + hit->offset, shown = row_get(&row, F_TEXT).len;
	if (before > 0)
		row_set_num(&row, F_OFFSET, before);
	if (hit->line_len > before + shown)
		row_set_num(&row, F_CUT, hit->line_len - before - shown);
	struct handed handed = { hex, hit->line, hit->line, shown };
	return answer_row(s->job->answer, &row, &handed, s->files);
}

static int
emit_piece(struct search *s, struct piece *piece)
{
	struct hits *hits = &piece->hits;
	int r = 0;

	s->searched += !hits->limited;
	s->limited += hits->limited;
	if (hits->count == 0 && !hits->limited) {
		piece->scope->maybe[piece->blob.number / 64] &= ~((uint64_t)1 << (piece->blob.number % 64));
		return 0;
	}
	s->files += hits->count > 0;
	for (size_t i = 0; i < hits->count && s->left > 0 && r == 0; i++, s->left--) {
		r = hit_row(s, piece, &hits->hits[i]);
		s->hits++;
		/* the second unit and all further ones may be large */
		if (s->hits == HITS_FIRST && r == 0) {
			r = answer_close(s->job->answer);
			s->job->answer->unit_rows = HITS_UNIT;
		}
	}
	return r;
}

static int
run_batch(struct search *s)
{
	int r = pulse_beat(s->job->pulse);

	if (r == 0 && s->count > 0)
		r = pool_run(s->job->pool, s->count, search_piece, s);
	for (size_t i = 0; i < s->count && r == 0 && s->left > 0; i++) {
		r = emit_piece(s, &s->pieces[i]);
		if (s->pieces[i].hits.text.cap > 1024 * 1024)
			hits_release(&s->pieces[i].hits);
	}
	s->count = 0;
	s->bytes = 0;
	s->batch = s->batch * 2 < PIECES ? s->batch * 2 : PIECES;
	return r;
}

/* ---- which files ---- */

static int
add_entry(struct search *s, const struct tree *tree, const struct entry *entry)
{
	struct piece *piece = &s->pieces[s->count];

	if (!entry_regular(entry) || (s->glob.len > 0 && !glob_matches(s->glob, entry->path)))
		return 0;
	int r = tree_blob(tree, entry, &piece->blob);
	if (r < 0)
		return r;
	const struct seg_blob *is = &piece->blob.is;
	if (s->language != LANG_END && is->language != s->language)
		return 0;
	if (is->class != SEG_PLAIN_TEXT) {
		uint64_t *why = is->class == SEG_BINARY ? &s->binary
		    : is->class == SEG_UTF16            ? &s->utf16
							: &s->large;
		++*why;
		return 0;
	}
	r = scope_of(s, piece->blob.text, &piece->scope);
	if (r < 0)
		return r;
	if (!bit_get(piece->scope->maybe, piece->blob.number)) {
		s->searched++;
		return 0;
	}
	piece->entry = entry;
	s->count++;
	s->bytes += is->size;
	return s->count >= s->batch || s->bytes >= PIECES_BYTES ? run_batch(s) : 0;
}

static int
search_release(struct search *s, size_t release)
{
	const struct tree *tree;

	int r = store_tree(s->job->store, release, &tree);
	s->release = store_name(s->job->store, release);
	if (r == 0)
		s->scopes = mem_grow(s->scopes, s->scope_count + tree->pair_count + 1, sizeof *s->scopes);
	for (size_t i = 0; r == 0 && i < tree->count && s->left > 0; i++)
		r = add_entry(s, tree, &tree->entries[i]);
	return r == 0 ? run_batch(s) : r;
}

/* ---- the whole ---- */

static int
begin(struct search *s, struct job *job)
{
	struct str language = row_get(job->args, F_LANGUAGE);

	s->job = job;
	s->glob = row_get(job->args, F_GLOB);
	s->batch = 4;
	s->left = job_limit(job);
	s->language = LANG_END;
	if (language.len > 0) {
		for (s->language = 1; s->language < LANG_END; s->language++)
			if (str_is(language, seg_language_word((unsigned)s->language)))
				break;
		if (s->language == LANG_END)
			return err_set(ERR_USAGE, "no language %.*s", STR_ARG(language));
	}
	int r = pattern_new(row_get(job->args, F_PATTERN), job->flags, &s->pattern);
	if (r < 0)
		return r;
	s->threads = pool_threads(job->pool);
	s->searchers = mem_alloc(s->threads * sizeof *s->searchers);
	for (unsigned i = 0; i < s->threads && r == 0; i++) {
		s->searchers[i].flags = job->flags;
		s->searchers[i].most = s->left;
		s->searchers[i].pulse = job->pulse;
		r = matcher_new(s->pattern, &s->searchers[i].matcher);
	}
	return r;
}

static void
finish(struct search *s)
{
	for (unsigned i = 0; i < s->threads; i++) {
		matcher_free(s->searchers[i].matcher);
		text_reader_release(&s->searchers[i].reader);
	}
	for (size_t i = 0; i < s->scope_count; i++)
		free(s->scopes[i].maybe);
	for (size_t i = 0; i < PIECES; i++)
		hits_release(&s->pieces[i].hits);
	free(s->searchers);
	free(s->scopes);
	pattern_free(s->pattern);
	free(s);
}

static int
summary(struct search *s, uint64_t started)
{
	const struct {
		uint64_t count;
		const char *what;
	} reasons[] = { { s->binary, "binary" }, { s->utf16, "UTF-16" }, { s->large, "too large" },
		{ s->limited, "not, or not to the end: the pattern takes too many steps" } };
	struct row row = { 0 };
	char why[256];
	int len = 0;

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].count > 0)
			len += snprintf(why + len, sizeof why - (size_t)len, "%s%llu %s", len ? ", " : "",
			    (unsigned long long)reasons[i].count, reasons[i].what);
	if (s->left == 0)
		len += snprintf(
		    why + len, sizeof why - (size_t)len, "%sstopped at the limit of rows", len ? ", " : "");
	row_set(&row, F_WHAT, STR("summary"));
	row_set_num(&row, F_HITS, s->hits);
	row_set_num(&row, F_FILES, s->files);
	row_set_num(&row, F_SEARCHED, s->searched);
	row_set_num(&row, F_NOT_SEARCHED, s->binary + s->utf16 + s->large + s->limited);
	row_set_num(&row, F_MS, (pulse_clock() - started) / 1000000);
	if (len > 0)
		row_set(&row, F_WHY, (struct str){ why, (size_t)len });
	return answer_row(s->job->answer, &row, NULL, 0);
}

int
answer_search(struct job *job)
{
	struct search *s = mem_new(struct search);
	uint64_t started = pulse_clock();
	size_t *releases, count;

	int r = begin(s, job);
	if (r == 0)
		r = job_releases(job, &releases, &count);
	if (r == 0)
		job->answer->unit_rows = HITS_FIRST;
	for (size_t i = 0; r == 0 && i < count && s->left > 0; i++)
		r = search_release(s, releases[i]);
	if (r == 0)
		r = summary(s, started);
	finish(s);
	return r;
}
