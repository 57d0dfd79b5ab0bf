#include "indexer/intake/segment_write.h"

#include "indexer/intake/segment_private.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/segment_release.h"

#include <stdlib.h>
#include <unistd.h>

bool
index_has(const struct index *x, const uint8_t id[static OID_LEN])
{
	return known_has(&x->known, id);
}

int
index_known(struct index *x, const uint8_t segment[static SHA256_LEN])
{
	return known_load(&x->known, segment);
}

int
index_sweep(struct index *x, bool merged)
{
	return known_sweep(&x->known, merged);
}

/* ---- the life of an index ---- */

int
index_open(const struct index_options *options, struct index **out)
{
	struct index *x = mem_new(struct index);

	x->options = *options;
	x->known.dir = options->dir;
	x->paths = BUF(UINT32_MAX);
	x->new_verdicts = BUF(64 * 1024 * 1024);
	x->scratch = mem_alloc(pool_threads(options->pool) * sizeof *x->scratch);
	x->batch = mem_alloc(INDEX_BATCH_BLOBS * sizeof *x->batch);
	x->batch_blobs = mem_alloc(INDEX_BATCH_BLOBS * sizeof *x->batch_blobs);
	*out = x;
	return 0;
}

void
index_close(struct index *x)
{
	if (!x)
		return;
	index_release_abort(x);
	index_trim(x);
	free(x->scratch);
	free(x->batch);
	free(x->batch_blobs);
	known_release(&x->known);
	free(x->entries);
	buf_release(&x->paths);
	buf_release(&x->new_verdicts);
	free(x);
}

void
index_trim(struct index *x)
{
	for (unsigned i = 0; i < pool_threads(x->options.pool); i++)
		word_scratch_free(x->scratch[i]);
	memset(x->scratch, 0, pool_threads(x->options.pool) * sizeof *x->scratch);
}

struct word_scratch *
index_scratch(struct index *x, unsigned thread)
{
	if (!x->scratch[thread])
		x->scratch[thread] = word_scratch_new();
	return x->scratch[thread];
}

static int
complete_text(void *ctx)
{
	struct closing *closing = ctx;

	return text_writer_end(closing->text, closing->file.digest, &closing->file.bytes, &closing->fresh);
}

/* Waits for the segment that is being completed, and notes it. */
static int
await_text(struct index *x)
{
	struct closing *closing = &x->closing;
	struct known_pair about;

	if (!closing->text)
		return 0;
	struct seg_pair *pair = &x->known.pairs[closing->place];
	int r = x->options.task ? task_wait(x->options.task) : complete_text(closing);
	closing->text = NULL;
	if (r < 0)
		return r;
	memcpy(pair->text, closing->file.digest, SHA256_LEN);
	index_note_file(x, &closing->file, closing->fresh);
	r = known_describe(x->options.dir, closing->file.digest, &about, &pair->blobs);
	if (r == 0)
		known_about(&x->known, closing->place, &about);
	return r;
}

static void
drop_batch(struct index *x)
{
	for (size_t i = 0; i < x->batch_count; i++)
		blob_facts_release(&x->batch_blobs[i].facts);
	arena_release(&x->batch_memory);
	x->batch_count = x->batch_bytes = 0;
}

/* What a release holds in memory; its results stay. */
static void
end_release(struct index *x)
{
	drop_batch(x);
	text_writer_free(x->text);
	x->text = NULL;
	index_trim(x);
	free(x->files);
	free(x->fresh);
	x->files = NULL;
	x->fresh = NULL;
	x->file_count = 0;
	free(x->entries);
	x->entries = NULL;
	x->entry_count = x->entry_room = 0;
	buf_release(&x->paths);
	x->paths = BUF(UINT32_MAX);
	buf_clear(&x->new_verdicts);
	x->open = false;
}

void
index_release_abort(struct index *x)
{
	char name[HEX_LEN(SHA256_LEN)];

	if (!x->open)
		return;
	int r = await_text(x); /* what failed is no file */
	(void)r;
	for (size_t i = 0; i < x->file_count; i++) {
		if (!x->fresh[i])
			continue;
		hex_from(x->files[i].digest, SHA256_LEN, name);
		unlinkat(x->options.dir, name, 0);
	}
	known_cut(&x->known, x->old_known, x->old_pairs);
	end_release(x);
}

int
index_release_begin(struct index *x, struct str verdicts)
{
	assert(!x->open);
	x->open = true;
	x->verdicts = verdicts;
	x->old_known = x->known.count;
	x->old_pairs = x->known.pair_count;
	x->bytes_in = 0;
	return 0;
}

/* ---- text ---- */

/* A blob's bytes into their place, and what is in them. */
static int
find_facts(void *ctx, size_t piece, unsigned thread)
{
	struct index *x = ctx;
	const struct waiting_blob *waiting = &x->batch[piece];
	struct text_blob *blob = &x->batch_blobs[piece];
	struct str path = { (const char *)x->paths.data + waiting->path, waiting->path_len };
	uint8_t *place = (uint8_t *)(uintptr_t)blob->text.data;
	int r = 0;

	if (blob->size > SEG_BLOB_MAX) {
		blob->facts.class = SEG_LARGE;
		return 0;
	}
	if (waiting->bytes)
		memcpy(place, waiting->bytes, blob->size);
	else if (blob->size)
		r = x->options.read(x->options.source, blob->id, place, blob->size);
	if (r < 0)
		return err_in(r, "%.*s", STR_ARG(path));
	blob_facts_find(&blob->facts, index_scratch(x, thread), language_of(path, blob->text), blob->text);
	return 0;
}

/* The segment at hand is full: from here on it is completed beside what follows. */
static int
close_text(struct index *x)
{
	int r = await_text(x);

	if (r == 0)
		r = text_writer_settle(x->text);
	if (r < 0)
		return r;
	x->closing =
	    (struct closing){ .text = x->text, .place = x->known.pair_count - 1, .file.kind = SEG_TEXT };
	x->text = NULL;
	if (x->options.task)
		task_start(x->options.task, complete_text, &x->closing);
	return 0;
}

/* Gives every blob of the batch its place in the text writer's buffer. */
static int
place_batch(struct index *x)
{
	uint8_t *place;
	int r = 0;

	if (!x->text) {
		r = text_writer_new(x->options.dir, x->options.pool, &x->text);
		if (r < 0)
			return r;
		known_add_pair(&x->known, &(struct seg_pair){ 0 });
	}
	r = text_writer_buffer(x->text, x->batch_bytes, &place);
	for (size_t i = 0; r == 0 && i < x->batch_count; i++) {
		struct text_blob *blob = &x->batch_blobs[i];
		struct known_blob *known = &x->known.blobs[x->batch[i].known];
		known->segment = (uint32_t)x->known.pair_count - 1;
		known->number = text_writer_count(x->text) + (uint32_t)i;
		memcpy(blob->id, known->id, OID_LEN);
		blob->text = (struct str){ (const char *)place, blob->size > SEG_BLOB_MAX ? 0 : blob->size };
		place += blob->text.len;
	}
	return r;
}

static int
flush_batch(struct index *x)
{
	int r = 0;

	if (x->batch_count > 0) {
		r = place_batch(x);
		if (r == 0)
			r = pool_run(x->options.pool, x->batch_count, find_facts, x);
		if (r == 0)
			r = text_writer_add(x->text, x->batch_blobs, x->batch_count);
		if (r == 0 && text_writer_full(x->text))
			r = close_text(x);
	}
	drop_batch(x);
	return r < 0 ? r : index_progress(x, x->bytes_in, 0, "bytes", "indexing text");
}

static int
add_blob(struct index *x, const struct index_entry *entry, const struct entry *placed)
{
	struct waiting_blob *waiting = &x->batch[x->batch_count];
	bool stored = entry->size <= SEG_BLOB_MAX;

	*waiting = (struct waiting_blob){ placed->blob, placed->path, placed->path_len, NULL };
	if (stored && entry->size && entry->bytes)
		waiting->bytes = (const uint8_t *)arena_copy(&x->batch_memory, entry->bytes, entry->size);
	x->batch_blobs[x->batch_count++] = (struct text_blob){ .size = entry->size };
	x->batch_bytes += stored ? entry->size : 0;
	x->bytes_in += entry->size;
	x->bytes_new += stored ? entry->size : 0;
	return x->batch_count == INDEX_BATCH_BLOBS || x->batch_bytes >= INDEX_BATCH_BYTES ? flush_batch(x)
											  : 0;
}

static struct str
path_of(const struct index *x, const struct entry *entry)
{
	return (struct str){ (const char *)x->paths.data + entry->path, entry->path_len };
}

static int
check_path(const struct index *x, struct str path)
{
	if (path.len == 0 || path.len > SEG_PATH_MAX)
		return err_set(ERR_FORMAT, "a path of %zu bytes", path.len);
	if (x->entry_count && str_cmp(path_of(x, &x->entries[x->entry_count - 1]), path) >= 0)
		return err_set(ERR_FORMAT, "paths out of order: %.*s", STR_ARG(path));
	return 0;
}

int
index_add(struct index *x, const struct index_entry *entry)
{
	assert(x->open);
	bool submodule = (entry->mode & 0170000) == 0160000;
	int r = check_path(x, entry->path);
	if (r < 0)
		return r;
	struct entry e = { .path = (uint32_t)x->paths.len,
		.path_len = (uint32_t)entry->path.len,
		.mode = entry->mode,
		.blob = KNOWN_NOWHERE,
		.size = submodule ? 0 : entry->size };
	r = buf_str(&x->paths, entry->path);
	if (r == 0 && submodule)
		r = buf_add(&x->paths, entry->id, OID_LEN);
	if (r < 0)
		return r;
	bool has = !submodule && index_has(x, entry->id);
	if (!submodule) {
		struct known_blob blob = { .segment = KNOWN_NOWHERE };
		memcpy(blob.id, entry->id, OID_LEN);
		e.blob = known_add(&x->known, &blob);
	}
	if (x->entry_count == x->entry_room) {
		x->entry_room = x->entry_room ? 2 * x->entry_room : 1024;
		x->entries = mem_grow(x->entries, x->entry_room, sizeof *x->entries);
	}
	x->entries[x->entry_count++] = e;
	return has || submodule ? 0 : add_blob(x, entry, &e);
}

/* ---- the release ---- */

struct entries {
	const struct index *index;
	struct known_order order;
};

static void
give_entry(void *ctx, size_t number, struct release_entry *out)
{
	const struct entries *entries = ctx;
	const struct index *x = entries->index;
	const struct entry *e = &x->entries[number];

	*out = (struct release_entry){
		.path = path_of(x, e), .mode = e->mode, .size = e->size, .segment = RELEASE_NO_SEGMENT
	};
	if (e->blob == KNOWN_NOWHERE) {
		out->id = x->paths.data + e->path + e->path_len;
		return;
	}
	const struct known_blob *blob = &x->known.blobs[e->blob];
	out->segment = entries->order.places[known_now(&x->known, blob->segment, KNOWN_ALL, &out->blob)];
	out->blob += blob->number;
}

static int
write_release(struct index *x, struct str odd, struct index_file *file)
{
	struct entries entries = { .index = x };
	bool fresh;

	known_order(&x->known, KNOWN_ALL, &entries.order);
	const struct release_source source = { .pairs = entries.order.pairs,
		.pair_count = entries.order.count,
		.entries = x->entry_count,
		.entry = give_entry,
		.ctx = &entries,
		.odd = odd };
	*file = (struct index_file){ .kind = SEG_RELEASE };
	int r = release_write(x->options.dir, &source, file->digest, &file->bytes, &fresh);
	known_order_release(&entries.order);
	if (r == 0)
		index_note_file(x, file, fresh);
	return r;
}

/* Each text segment with its syntax segment behind it: they were noted one kind after the other. */
static void
order_files(const struct index *x, struct index_result *result)
{
	size_t texts = (x->file_count - 1) / 2;

	result->files = mem_alloc(x->file_count * sizeof *result->files);
	for (size_t i = 0; i < texts; i++) {
		result->files[2 * i] = x->files[i];
		result->files[2 * i + 1] = x->files[texts + i];
	}
	result->files[2 * texts] = x->files[2 * texts];
	result->count = x->file_count;
}

int
index_release_end(struct index *x, struct str odd, struct index_result *result)
{
	struct index_file file;

	int r = flush_batch(x);
	if (r == 0 && x->text)
		r = close_text(x);
	if (r == 0)
		r = await_text(x);
	index_trim(x);
	if (r == 0)
		r = index_add_syntax(x);
	if (r == 0)
		r = write_release(x, odd, &file);
	if (r == 0)
		r = fs_sync_dir(x->options.dir);
	if (r == 0)
		r = index_verdicts(x, &result->verdicts);
	if (r < 0)
		return r;
	memcpy(result->segment, file.digest, SHA256_LEN);
	result->finished = index_unfinished(x) == 0;
	order_files(x, result);
	known_add_release(&x->known, file.digest);
	end_release(x);
	return 0;
}

void
index_result_release(struct index_result *result)
{
	free(result->files);
	buf_release(&result->verdicts);
	*result = (struct index_result){ 0 };
}
