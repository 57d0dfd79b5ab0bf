#include "indexer/index/suspicious.h"

#include "base/show.h"
#include "indexer/index/glob.h"

#include <stdlib.h>

#define FILES 64 /* looked at together, at most */
#define FILES_BYTES ((uint64_t)16 * 1024 * 1024)
#define SHOWN_MAX ((size_t)256) /* bytes of a place that are shown */

struct survey {
	struct job *job;
	struct text_reader *readers; /* one a thread */
	unsigned threads;
	struct suspicious_file files[FILES];
	size_t count;
	uint64_t bytes;
	int (*visit)(void *ctx, const struct suspicious_file *file);
	void *ctx;
};

/* Whether there is anything to look at: of most blobs the segment knows that there is not. */
static bool
possible(const struct blob *blob)
{
	return blob->is.class != SEG_PLAIN_TEXT || blob->is.flags & SEG_BEYOND;
}

static int
keep(struct suspicious_file *file, struct span_walk *walk, struct str text, const struct suspect *is)
{
	struct str what = { text.data + is->at, is->len < SHOWN_MAX ? is->len : SHOWN_MAX };
	size_t before = file->shown.len;

	if (file->count == file->capacity) {
		file->capacity = file->capacity ? 2 * file->capacity : 8;
		file->found = mem_grow(file->found, file->capacity, sizeof *file->found);
	}
	int r = is->class == SUSPECT_MIXED ? suspect_spell(&file->shown, what) : show(&file->shown, what, 0);
	if (r == 0 && what.len < is->len)
		r = buf_text(&file->shown, "...");
	size_t shown = file->shown.len - before;
	if (r == 0 && is->class == SUSPECT_MIXED)
		r = unicode_script_list(&file->shown, what);
	file->found[file->count++] = (struct found){
		.is = *is,
		.in = span_walk_at(walk, is->at),
		.shown = { NULL, shown },
		.why = { NULL, file->shown.len - before - shown },
	};
	return r;
}

static int
look_at_text(struct text_reader *reader, struct suspicious_file *file)
{
	struct suspect_walk walk;
	struct span_walk spans;
	struct suspect is;
	struct str text;
	bool broken = false;

	int r = text_whole(reader, &file->blob, &text);
	if (r == 0)
		r = span_walk_begin(&spans, reader, &file->blob);
	if (r < 0)
		return r;
	suspect_begin(&walk, text);
	while (r == 0 && suspect_next(&walk, &is)) {
		if (!broken && is.class == SUSPECT_ENCODING)
			file->encoding = suspect_encoding(text);
		broken |= is.class == SUSPECT_ENCODING;
		file->total++;
		if (file->total <= FOUND_MAX)
			r = keep(file, &spans, text, &is);
	}
	const char *at = buf_view(&file->shown).data;
	for (size_t i = 0; i < file->count; i++) {
		file->found[i].shown.data = at;
		at += file->found[i].shown.len;
		file->found[i].why.data = at;
		at += file->found[i].why.len;
	}
	return r;
}

static int
look(struct text_reader *reader, struct suspicious_file *file)
{
	struct str head;

	file->shown.max = SIZE_MAX / 2;
	buf_clear(&file->shown);
	file->count = 0;
	file->total = 0;
	file->encoding = NULL;
	if (!possible(&file->blob) || !blob_stored(&file->blob))
		return 0;
	if (file->blob.is.class == SEG_PLAIN_TEXT)
		return look_at_text(reader, file);
	uint64_t size = file->blob.is.size;
	int r = text_read(reader, &file->blob, 0, size < SUSPECT_HEAD ? size : SUSPECT_HEAD, &head);
	if (r == 0)
		file->encoding = suspect_encoding(head);
	file->total = file->encoding != NULL;
	return r;
}

static int
look_at_piece(void *ctx, size_t index, unsigned thread)
{
	struct survey *s = ctx;
	int r = look(&s->readers[thread], &s->files[index]);

	return r == 0 ? pulse_beat(s->job->pulse) : r;
}

static int
run_batch(struct survey *s)
{
	int r = s->count ? pool_run(s->job->pool, s->count, look_at_piece, s) : 0;

	for (size_t i = 0; i < s->count && r == 0; i++)
		r = s->visit(s->ctx, &s->files[i]);
	s->count = 0;
	s->bytes = 0;
	return r;
}

static int
add_entry(struct survey *s, const struct tree *tree, const struct entry *entry)
{
	struct suspicious_file *file = &s->files[s->count];

	int r = tree_blob(tree, entry, &file->blob);
	if (r < 0)
		return r;
	file->entry = entry;
	s->count++;
	s->bytes += possible(&file->blob) ? entry->size : 0;
	return s->count == FILES || s->bytes >= FILES_BYTES ? run_batch(s) : 0;
}

int
suspicious_survey(struct job *job, const struct tree *tree, struct str glob,
    int (*visit)(void *ctx, const struct suspicious_file *file), void *ctx)
{
	struct survey *s = mem_new(struct survey);
	int r = 0;

	s->job = job;
	s->visit = visit;
	s->ctx = ctx;
	s->threads = pool_threads(job->pool);
	s->readers = mem_alloc(s->threads * sizeof *s->readers);
	for (size_t i = 0; i < tree->count && r == 0; i++) {
		const struct entry *entry = &tree->entries[i];
		if (entry_regular(entry) && (glob.len == 0 || glob_matches(glob, entry->path)))
			r = add_entry(s, tree, entry);
	}
	if (r == 0)
		r = run_batch(s);
	for (unsigned i = 0; i < s->threads; i++)
		text_reader_release(&s->readers[i]);
	for (size_t i = 0; i < FILES; i++) {
		free(s->files[i].found);
		buf_release(&s->files[i].shown);
	}
	free(s->readers);
	free(s);
	return r;
}
