#include "indexer/intake/segment_private.h"

#include "base/fs.h"
#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_syntax.h"
#include "indexer/intake/worker.h"

#include <malloc.h>
#include <stdlib.h>

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

int
index_stand_in(struct index *x, struct seg_pair *pair, struct index_file *file, bool *fresh)
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
		r = now ? parse_segment(x, pair, &file, &fresh) : index_stand_in(x, pair, &file, &fresh);
		x->known.about[i].unfinished = !now;
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
		count += x->known.about[i].unfinished;
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
		if (x->known.about[i].unfinished) {
			x->blobs_to_parse += x->known.pairs[i].blobs;
			place = i;
		}
	if (place == x->known.pair_count)
		return 0;
	int r = parse_segment(x, &x->known.pairs[place], &file, &fresh);
	if (r < 0)
		return r;
	x->known.about[place].unfinished = false;
	return fs_sync_dir(x->options.dir);
}
