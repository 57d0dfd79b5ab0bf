/* search: the lines of the releases asked for that match, in path order, then a summary. */
#include "indexer/index/job.h"
#include "indexer/index/relay.h"
#include "indexer/index/search.h"
#include "indexer/index/selection.h"

#include <stdio.h>
#include <stdlib.h>

#define DEAR_MAX 64 /* files in which the pattern took too many steps, before no further one is searched */
#define CONTEXT_MAX 1000                       /* lines of context on either side */
#define KNOWN_BYTES ((size_t)64 * 1024 * 1024) /* of hits kept for the next release that has the same blob */

/* Blobs of one text segment: what is known of them by earlier releases of this search. */
struct scope {
	struct segment *text;
	uint64_t *none;      /* a bit a blob: nothing found */
	struct hits **found; /* or what was */
};

struct piece {
	const struct entry *entry;
	struct blob blob;
	struct hits hits;
	const struct hits *known; /* found in an earlier release: not to be searched */
};

struct search {
	struct job *job;
	struct pattern *pattern;
	struct searcher *searchers; /* one a thread */
	unsigned threads;
	struct str glob;
	unsigned language; /* LANG_END: any */
	bool several;      /* releases */
	struct scope *scopes;
	size_t scope_count, known_bytes;
	struct relay relay;
	struct piece pieces[RELAY_SLOTS];
	_Atomic size_t dear; /* files in which the pattern took too many steps */
	struct str release;
	const struct tree *tree;
	struct blob last; /* added to the relay */
	size_t reached;   /* entries of the tree up to the last file whose hits went on */
	uint64_t hits, files, limited, unplaced, counts[SEG_CLASS_END];
	uint64_t left; /* hits before LIMIT */
};

/* ---- what other releases had ---- */

static struct scope *
scope_of(struct search *s, struct segment *text)
{
	for (size_t i = 0; i < s->scope_count; i++)
		if (s->scopes[i].text == text)
			return &s->scopes[i];
	size_t blobs = segment_section(text, SEG_BLOBS)->count;
	s->scopes = mem_grow(s->scopes, s->scope_count + 1, sizeof *s->scopes);
	struct scope *scope = &s->scopes[s->scope_count++];
	*scope = (struct scope){ .text = text };
	scope->none = mem_alloc((blobs / 64 + 1) * sizeof *scope->none);
	scope->found = mem_alloc((blobs + 1) * sizeof *scope->found);
	return scope;
}

static void
remember(struct search *s, struct piece *piece)
{
	struct scope *scope = scope_of(s, piece->blob.text);
	struct hits *hits = &piece->hits;
	size_t bytes = sizeof *hits + hits->capacity * sizeof *hits->hits + hits->text.cap;

	if (hits->count == 0 && !hits->limited && !hits->unplaced) {
		bit_set(scope->none, piece->blob.number);
	} else if (bytes < KNOWN_BYTES - s->known_bytes) {
		scope->found[piece->blob.number] = mem_new(struct hits);
		*scope->found[piece->blob.number] = *hits;
		*hits = (struct hits){ 0 };
		s->known_bytes += bytes;
	}
}

static void
forget(struct search *s)
{
	for (size_t i = 0; i < s->scope_count; i++) {
		size_t blobs = segment_section(s->scopes[i].text, SEG_BLOBS)->count;
		for (size_t b = 0; b < blobs; b++)
			if (s->scopes[i].found[b]) {
				hits_release(s->scopes[i].found[b]);
				free(s->scopes[i].found[b]);
			}
		free(s->scopes[i].none);
		free(s->scopes[i].found);
	}
	free(s->scopes);
}

/* ---- rows ---- */

static int
hit_row(struct search *s, const struct piece *piece, const struct hit *hit)
{
	char hex[HEX_LEN(OID_LEN)];
	struct row row = { 0 };

	blob_hex(&piece->blob, hex);
	row_set(&row, F_WHAT, hit->around ? STR("context") : STR("hit"));
	row_set(&row, F_RELEASE, s->release);
	row_set(&row, F_PATH, piece->entry->path);
	row_set(&row, F_BLOB, str_from(hex));
	if (piece->blob.is.language)
		row_set(&row, F_LANGUAGE, str_from(seg_language_word(piece->blob.is.language)));
	if (s->job->flags & ORDER_FILES)
		return answer_row(s->job->answer, &row, NULL, s->files);
	row_set_num(&row, F_LINE, hit->line);
	if (!hit->around) {
		row_set_num(&row, F_COLUMN, hit->column + 1);
		row_set_num(&row, F_LENGTH, hit->length);
	}
	if (!hit->around && hit->in != IN_UNKNOWN &&
	    s->job->flags & (ORDER_IN | ORDER_CODE | ORDER_COMMENTS | ORDER_STRINGS))
		row_set(&row, F_IN, text_in_word(hit->in));
	row_set_line(&row, hit->text, hit->column - hit->offset);
	uint64_t before = row_get_num(&row, F_OFFSET) + hit->offset, shown = row_get(&row, F_TEXT).len;
	if (before > 0)
		row_set_num(&row, F_OFFSET, before);
	if (hit->line_len > before + shown)
		row_set_num(&row, F_CUT, hit->line_len - before - shown);
	uint64_t last = hit->line + str_count(row_get(&row, F_TEXT), '\n');
	if (last > hit->line)
		row_set_num(&row, F_END_LINE, last);
	struct handed handed = { hex, hit->line, last, shown };
	return answer_row(s->job->answer, &row, &handed, s->files);
}

static int
search_piece(void *ctx, size_t slot, unsigned thread)
{
	struct search *s = ctx;
	struct piece *piece = &s->pieces[slot];

	if (piece->known)
		return 0;
	if (s->dear >= DEAR_MAX) {
		piece->hits.count = piece->hits.matches = 0;
		piece->hits.limited = true;
		piece->hits.unplaced = false;
		return 0;
	}
	int r = search_blob(&s->searchers[thread], &piece->blob, &piece->hits);
	if (r == 0 && piece->hits.limited)
		s->dear++;
	return r;
}

static int
give(void *ctx, size_t slot)
{
	struct search *s = ctx;
	struct piece *piece = &s->pieces[slot];
	const struct hits *hits = piece->known ? piece->known : &piece->hits;
	int r = 0;

	if (s->left == 0)
		return 0;
	s->reached = (size_t)(piece->entry - s->tree->entries) + 1;
	s->limited += hits->limited;
	s->unplaced += hits->unplaced && !hits->limited;
	s->files += hits->matches > 0;
	for (size_t i = 0; i < hits->count && r == 0; i++) {
		const struct hit *hit = &hits->hits[i];
		if (s->left == 0 && !hit->around)
			break;
		r = hit_row(s, piece, hit);
		s->hits += !hit->around;
		s->left -= !hit->around;
		/* the second unit and all further ones may be large */
		if (!hit->around && s->hits == HITS_FIRST && r == 0) {
			r = answer_close(s->job->answer);
			s->job->answer->unit_rows = HITS_UNIT;
		}
	}
	if (s->several && !piece->known)
		remember(s, piece);
	if (piece->hits.text.cap > 1024 * 1024)
		hits_release(&piece->hits);
	return r;
}

/* ---- which files ---- */

static int
add_entry(struct search *s, const struct entry *entry)
{
	struct piece *piece = &s->pieces[relay_slot(&s->relay)];
	struct blob before = s->last;

	piece->entry = entry;
	piece->known = NULL;
	int r = tree_blob(s->tree, entry, &piece->blob);
	if (r < 0)
		return r;
	if (s->several) {
		const struct scope *scope = scope_of(s, piece->blob.text);
		if (bit_get(scope->none, piece->blob.number))
			return 0;
		piece->known = scope->found[piece->blob.number];
	}
	s->last = piece->blob;
	return relay_add(&s->relay, piece->known ? 0 : piece->blob.is.size, blob_follows(&before, &s->last));
}

static int
search_release(struct search *s, size_t release)
{
	struct selection selection = { .glob = s->glob, .language = s->language };

	int r = store_tree(s->job->store, release, &s->tree);
	if (r < 0)
		return r;
	s->release = store_name(s->job->store, release);
	s->reached = 0;
	selection.tree = s->tree;
	r = selection_make(&selection, pattern_analysis(s->pattern)->query, s->job->pool);
	if (selection.count <= RELAY_AT_ONCE)
		s->relay.full = RELAY_AT_ONCE;
	for (size_t i = 0; r == 0 && i < selection.count && s->left > 0; i++)
		r = add_entry(s, &s->tree->entries[selection.entries[i]]);
	if (r == 0)
		r = relay_end(&s->relay);
	selection_count(&selection, s->left > 0 ? s->tree->count : s->reached, s->counts);
	selection_release(&selection);
	return r;
}

/* ---- the whole ---- */

static int
begin_searchers(struct search *s)
{
	const struct row *args = s->job->args;
	uint64_t before = row_get_num(args, F_CONTEXT),
		 behind = row_has(args, F_AFTER) ? row_get_num(args, F_AFTER) : before;
	int r = 0;

	s->threads = pool_threads(s->job->pool);
	s->searchers = mem_alloc(s->threads * sizeof *s->searchers);
	for (unsigned i = 0; i < s->threads && r == 0; i++) {
		struct searcher *searcher = &s->searchers[i];
		searcher->flags = s->job->flags;
		searcher->most = s->left;
		if (!(s->job->flags & ORDER_FILES)) {
			searcher->before = before < CONTEXT_MAX ? before : CONTEXT_MAX;
			searcher->behind = behind < CONTEXT_MAX ? behind : CONTEXT_MAX;
		}
		searcher->pulse = s->job->pulse;
		r = matcher_new(s->pattern, &searcher->matcher);
	}
	s->relay.pool = s->job->pool;
	s->relay.pulse = s->job->pulse;
	s->relay.work = search_piece;
	s->relay.give = give;
	s->relay.ctx = s;
	return r;
}

static int
begin(struct search *s, struct job *job)
{
	struct str language = row_get(job->args, F_LANGUAGE);

	s->job = job;
	s->glob = row_get(job->args, F_GLOB);
	s->left = job_limit(job);
	s->language = LANG_END;
	if (language.len > 0) {
		for (s->language = 1; s->language < LANG_END; s->language++)
			if (str_is(language, seg_language_word(s->language)))
				break;
		if (s->language == LANG_END)
			return err_set(ERR_USAGE, "no language %.*s", STR_ARG(language));
	}
	int r = pattern_new(row_get(job->args, F_PATTERN), job->flags, &s->pattern);
	return r < 0 ? r : begin_searchers(s);
}

static void
finish(struct search *s)
{
	for (unsigned i = 0; i < s->threads; i++) {
		matcher_free(s->searchers[i].matcher);
		text_reader_release(&s->searchers[i].reader);
	}
	for (size_t i = 0; i < RELAY_SLOTS; i++)
		hits_release(&s->pieces[i].hits);
	forget(s);
	free(s->searchers);
	pattern_free(s->pattern);
	free(s);
}

static int
summary(struct search *s, uint64_t started)
{
	uint64_t binary = s->counts[SEG_BINARY], utf16 = s->counts[SEG_UTF16], large = s->counts[SEG_LARGE];
	const struct {
		uint64_t count;
		const char *what;
	} reasons[] = { { binary, "binary" }, { utf16, "UTF-16" }, { large, "too large" },
		{ s->limited, "not, or not to the end: the pattern takes too many steps" },
		{ s->unplaced,
		    "not yet: their comments and strings are not known before the index is complete" } };
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
	row_set_num(&row, F_SEARCHED, s->counts[SEG_PLAIN_TEXT] - s->limited - s->unplaced);
	row_set_num(&row, F_NOT_SEARCHED, binary + utf16 + large + s->limited + s->unplaced);
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
	if (r == 0) {
		job->answer->unit_rows = HITS_FIRST;
		s->several = count > 1;
	}
	for (size_t i = 0; r == 0 && i < count && s->left > 0; i++)
		r = search_release(s, releases[i]);
	if (r == 0)
		r = summary(s, started);
	finish(s);
	return r;
}
