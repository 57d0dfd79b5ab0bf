#include "indexer/intake/segment_private.h"

#include "base/fs.h"
#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_release.h"
#include "indexer/intake/segment_syntax.h"
#include "indexer/intake/worker.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int
index_progress(struct index *x, uint64_t done, uint64_t total, const char *unit, const char *what)
{
	struct progress progress = { done, total, str_from(unit), str_from(what) };

	return x->options.progress ? x->options.progress(x->options.ctx, &progress) : 0;
}

void
index_note_file(struct index *x, const struct index_file *file, bool fresh)
{
	x->files = mem_grow(x->files, x->file_count + 1, sizeof *x->files);
	x->fresh = mem_grow(x->fresh, x->file_count + 1, sizeof *x->fresh);
	x->files[x->file_count] = *file;
	x->fresh[x->file_count++] = fresh;
}

/* ---- parsing ---- */

struct syntax_run {
	struct index *index;
	struct syntax_writer *writer;
	const struct seg_blob *blobs;
};

static enum seg_why
why_of(struct str word)
{
	for (unsigned why = 0; why < SEG_WHY_END; why++)
		if (str_is(word, seg_why_word(why)))
			return (enum seg_why)why;
	return SEG_WHY_NONE;
}

static enum seg_why
verdict_of(void *ctx, const struct seg_blob *blob)
{
	const struct syntax_run *run = ctx;
	struct str rest = run->index->verdicts, line;
	char hex[HEX_LEN(OID_LEN)];

	if (rest.len == 0)
		return SEG_WHY_NONE;
	hex_from(blob->id, OID_LEN, hex);
	while (str_next(&rest, '\n', &line))
		if (line.len > sizeof hex && memcmp(line.data, hex, sizeof hex - 1) == 0)
			return why_of((struct str){ line.data + sizeof hex, line.len - sizeof hex });
	return SEG_WHY_NONE;
}

static int
note_verdict(struct index *x, const struct seg_blob *blob, unsigned why)
{
	char hex[HEX_LEN(OID_LEN)];

	if (why != SEG_WHY_TIME && why != SEG_WHY_MEMORY && why != SEG_WHY_KILLED)
		return 0;
	hex_from(blob->id, OID_LEN, hex);
	return buf_printf(&x->new_verdicts, "%s %s\n", hex, seg_why_word(why));
}

static int
take_parsed(void *ctx, uint32_t blob, struct str parsed)
{
	struct syntax_run *run = ctx;
	struct dec dec = dec_of(parsed);
	char hex[HEX_LEN(OID_LEN)];

	dec_num(&dec);
	int r = note_verdict(run->index, &run->blobs[blob], (unsigned)dec_num_max(&dec, SEG_WHY_END));
	if (r == 0)
		r = syntax_writer_add(run->writer, &run->blobs[blob], parsed);
	if (r == 0)
		return 0;
	hex_from(run->blobs[blob].id, OID_LEN, hex);
	return err_in(r, "blob %s", hex);
}

static int
tick(void *ctx, uint32_t done)
{
	const struct syntax_run *run = ctx;
	struct index *x = run->index;

	return index_progress(x, x->blobs_parsed + done, x->blobs_to_parse, "files", "parsing");
}

static int
parse_segment(struct index *x, struct seg_pair *pair, struct index_file *file, bool *fresh)
{
	struct syntax_run run = { .index = x };
	struct worker_options options = { .workers = x->options.workers,
		.seal_layers = x->options.seal_layers,
		.verdict = verdict_of,
		.take = take_parsed,
		.tick = tick,
		.ctx = &run };
	struct seg_map map;
	struct seg_texts texts = { 0 };

	/* what text segments took goes back before workers inherit it */
	malloc_trim(0);
	*file = (struct index_file){ .kind = SEG_SYNTAX };
	int r = seg_map_open(&map, x->options.dir, pair->text, SEG_TEXT);
	if (r == 0)
		r = seg_texts_open(&texts, &map);
	if (r == 0)
		r = syntax_writer_new(x->options.dir, pair->text, &run.writer);
	if (r == 0)
		r = tick(&run, 0);
	if (r == 0) {
		run.blobs = texts.blobs;
		r = workers_run(&texts, &options);
	}
	if (r == 0)
		r = syntax_writer_end(run.writer, file->digest, &file->bytes, fresh);
	else
		syntax_writer_free(run.writer);
	seg_texts_close(&texts);
	seg_map_close(&map);
	if (r < 0)
		return r;
	x->blobs_parsed += pair->blobs;
	memcpy(pair->syntax, file->digest, SHA256_LEN);
	return 0;
}

static int
stand_in(struct index *x, struct seg_pair *pair, struct index_file *file, bool *fresh)
{
	struct seg_map map;
	struct str blobs;
	uint64_t count;

	*file = (struct index_file){ .kind = SEG_SYNTAX };
	int r = seg_map_open(&map, x->options.dir, pair->text, SEG_TEXT);
	if (r < 0)
		return r;
	r = seg_map_section(&map, SEG_BLOBS, &blobs, &count);
	if (r == 0)
		r = syntax_stand_in(x->options.dir, pair->text, (const void *)blobs.data, (uint32_t)count,
		    file->digest, &file->bytes, fresh);
	seg_map_close(&map);
	if (r == 0)
		memcpy(pair->syntax, file->digest, SHA256_LEN);
	return r;
}

int
index_add_syntax(struct index *x)
{
	bool now = x->options.whole || (x->bytes_new <= INDEX_SMALL && index_unfinished(x) == 0), fresh;
	struct index_file file;
	int r = 0;

	x->blobs_parsed = x->blobs_to_parse = 0;
	for (size_t i = x->old_pairs; i < x->known.pair_count; i++)
		x->blobs_to_parse += x->known.pairs[i].blobs;
	for (size_t i = x->old_pairs; r == 0 && i < x->known.pair_count; i++) {
		struct seg_pair *pair = &x->known.pairs[i];
		r = now ? parse_segment(x, pair, &file, &fresh) : stand_in(x, pair, &file, &fresh);
		x->known.unfinished[i] = !now;
		if (r == 0)
			index_note_file(x, &file, fresh);
	}
	return r;
}

/* ---- verdicts ---- */

static int
compare_lines(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
index_verdicts(struct index *x, struct buf *out)
{
	size_t count = 0;
	struct str rest = buf_view(&x->new_verdicts), line;

	*out = BUF(x->new_verdicts.max);
	struct str *lines = mem_alloc((rest.len / OID_LEN + 1) * sizeof *lines);
	while (str_next(&rest, '\n', &line))
		if (line.len)
			lines[count++] = line;
	qsort(lines, count, sizeof *lines, compare_lines);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = buf_printf(out, "%.*s\n", STR_ARG(lines[i]));
	free(lines);
	buf_clear(&x->new_verdicts);
	return r;
}

/* ---- what stands in until it is finished ---- */

size_t
index_unfinished(const struct index *x)
{
	size_t count = 0;

	for (size_t i = 0; i < x->known.pair_count; i++)
		count += x->known.unfinished[i];
	return count;
}

int
index_finish(struct index *x)
{
	struct index_file file;
	size_t place = x->known.pair_count;
	bool fresh;

	assert(!x->open);
	x->verdicts = STR("");
	x->blobs_to_parse = x->blobs_parsed;
	for (size_t i = x->known.pair_count; i-- > 0;)
		if (x->known.unfinished[i]) {
			x->blobs_to_parse += x->known.pairs[i].blobs;
			place = i;
		}
	if (place == x->known.pair_count)
		return 0;
	int r = parse_segment(x, &x->known.pairs[place], &file, &fresh);
	if (r < 0)
		return r;
	x->known.unfinished[place] = false;
	return fs_sync_dir(x->options.dir);
}

/* The pairs of a release as it is on disk; the caller's to free. */
static int
load_pairs(struct index *x, const uint8_t *segment, struct seg_pair **out, size_t *count)
{
	struct seg_map map;
	struct str pairs;
	uint64_t found;

	int r = seg_map_open(&map, x->options.dir, segment, SEG_RELEASE);
	if (r < 0)
		return r;
	r = seg_map_section(&map, SEG_PAIRS, &pairs, &found);
	if (r == 0) {
		*count = found;
		*out = mem_alloc((found + 1) * sizeof **out);
		memcpy(*out, pairs.data, pairs.len);
	}
	seg_map_close(&map);
	return r;
}

static int
add_file(struct index *x, struct index_result *result, enum seg_kind kind, const uint8_t *digest)
{
	char name[HEX_LEN(SHA256_LEN)];
	struct stat st;

	hex_from(digest, SHA256_LEN, name);
	if (fstatat(x->options.dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys("index: %s", name);
	result->files = mem_grow(result->files, result->count + 1, sizeof *result->files);
	struct index_file *file = &result->files[result->count++];
	*file = (struct index_file){ .kind = kind, .bytes = (uint64_t)st.st_size };
	memcpy(file->digest, digest, SHA256_LEN);
	return 0;
}

static int
renew(struct index *x, const uint8_t *segment, struct index_result *result)
{
	uint64_t bytes;
	bool fresh;

	int r = release_renew(
	    x->options.dir, segment, x->known.pairs, x->known.pair_count, result->segment, &bytes, &fresh);
	if (r == 0)
		r = add_file(x, result, SEG_RELEASE, result->segment);
	if (r == 0)
		r = fs_sync_dir(x->options.dir);
	if (r == 0)
		r = index_verdicts(x, &result->verdicts);
	if (r == 0)
		known_renew_release(&x->known, segment, result->segment);
	return r;
}

int
index_release_renew(struct index *x, const uint8_t segment[static SHA256_LEN], struct index_result *result)
{
	struct seg_pair *pairs = NULL;
	size_t count = 0;

	*result = (struct index_result){ .finished = true };
	int r = load_pairs(x, segment, &pairs, &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		size_t place = known_find_pair(&x->known, pairs[i].text);
		const struct seg_pair *now = &x->known.pairs[place];
		if (place == x->known.pair_count)
			continue;
		result->finished &= !x->known.unfinished[place];
		if (memcmp(now->syntax, pairs[i].syntax, SHA256_LEN) != 0)
			r = add_file(x, result, SEG_SYNTAX, now->syntax);
	}
	if (r == 0 && result->count > 0)
		r = renew(x, segment, result);
	free(pairs);
	if (r < 0)
		index_result_release(result);
	return r;
}

/* The release's segment as it was when the pairs from `finished` on were stand-ins. */
static int
digest_before(struct index *x, const uint8_t *segment, const struct seg_pair *pairs, size_t count,
    size_t finished, uint8_t *digest)
{
	struct seg_pair *before = mem_alloc((count + 1) * sizeof *before);
	struct index_file file;
	char name[HEX_LEN(SHA256_LEN)];
	uint64_t bytes;
	bool fresh;
	int r = 0;

	memcpy(before, pairs, count * sizeof *before);
	for (size_t i = finished; r == 0 && i < count; i++)
		r = stand_in(x, &before[i], &file, &fresh);
	if (r == 0)
		r = release_renew(x->options.dir, segment, before, count, digest, &bytes, &fresh);
	free(before);
	if (r == 0 && fresh) {
		hex_from(digest, SHA256_LEN, name);
		if (unlinkat(x->options.dir, name, 0) < 0)
			r = err_sys("index: %s", name);
	}
	return r;
}

int
index_release_was(struct index *x, const uint8_t segment[static SHA256_LEN],
    const uint8_t wanted[static SHA256_LEN], bool *was)
{
	struct seg_pair *pairs = NULL;
	uint8_t digest[SHA256_LEN];
	size_t count = 0;

	*was = false;
	int r = load_pairs(x, segment, &pairs, &count);
	for (size_t i = count; r == 0 && i-- > 0 && !*was;) {
		r = digest_before(x, segment, pairs, count, i, digest);
		*was = r == 0 && memcmp(digest, wanted, SHA256_LEN) == 0;
	}
	free(pairs);
	return r;
}
