#include "indexer/intake/feed.h"

#include "base/mem.h"

#include <stdlib.h>

static int
add_file(const struct feed *feed, const struct walk_file *file)
{
	struct index_entry entry = { .path = file->path, .mode = file->mode, .size = file->size };

	memcpy(entry.id, file->id, OID_LEN);
	return index_add(feed->index, &entry);
}

int
feed_release(const struct feed *feed, const struct walk *walk, struct str verdicts, struct str odds,
    struct index_result *result)
{
	int r = index_release_begin(feed->index, verdicts);
	if (r == 0)
		r = watch_stage(feed->watch, walk->count, "files", "indexing");
	for (size_t i = 0; i < walk->count && r == 0; i++) {
		r = add_file(feed, &walk->files[i]);
		if (r == 0)
			r = watch_tick(feed->watch, i, walk->count, "files", "indexing");
	}
	if (r == 0)
		r = index_release_end(feed->index, odds, result);
	if (r < 0)
		index_release_abort(feed->index);
	return r;
}

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, OID_LEN);
}

int
feed_sum(const struct store *store, const uint8_t id[static OID_LEN], struct buf *out)
{
	struct buf bytes = BUF(SIZE_MAX / 2);
	char hex[OID_HEX], sum_hex[HEX_LEN(SHA256_LEN)];
	uint8_t sum[SHA256_LEN];
	enum object_type type;
	int r = 0;

	if (!store_sha256(store, id, sum)) {
		r = store_read(store, id, &type, &bytes);
		sha256(bytes.data, bytes.len, sum);
		buf_release(&bytes);
	}
	hex_from(id, OID_LEN, hex);
	hex_from(sum, SHA256_LEN, sum_hex);
	return r == 0 ? buf_printf(out, "%s %s\n", hex, sum_hex) : r;
}

int
feed_new(const struct feed *feed, const struct walk *walk, struct buf *ids)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < walk->count && r == 0; i++)
		if (walk->files[i].mode != MODE_SUBMODULE && !index_has(feed->index, walk->files[i].id))
			r = buf_add(ids, walk->files[i].id, OID_LEN);
	if (r < 0 || ids->len == 0)
		return r;
	qsort(ids->data, ids->len / OID_LEN, OID_LEN, by_id);
	for (size_t at = 0; at < ids->len; at += OID_LEN)
		if (kept == 0 || memcmp(ids->data + at, ids->data + kept - OID_LEN, OID_LEN) != 0) {
			memmove(ids->data + kept, ids->data + at, OID_LEN);
			kept += OID_LEN;
		}
	ids->len = kept;
	return 0;
}

static int
by_file(const void *a, const void *b, void *ctx)
{
	const struct walk_file *files = ctx;

	return memcmp(files[*(const uint32_t *)a].id, files[*(const uint32_t *)b].id, OID_LEN);
}

/* Distinct ones, by sorting: a table of them would take as much again as the files themselves. */
static int
count_blobs(const struct walk *walk, uint64_t *blobs)
{
	uint32_t *order = mem_try_alloc(walk->count + 1, sizeof *order);
	size_t count = 0;

	if (!order)
		return err_set(ERR_MEMORY, "no memory for %zu files", walk->count);
	for (size_t i = 0; i < walk->count; i++)
		if (walk->files[i].mode != MODE_SUBMODULE)
			order[count++] = (uint32_t)i;
	qsort_r(order, count, sizeof *order, by_file, walk->files);
	for (size_t i = 0; i < count; i++)
		*blobs += i == 0 || by_file(&order[i - 1], &order[i], walk->files) != 0;
	free(order);
	return 0;
}

int
feed_count(const struct walk *walk, struct counts *counts)
{
	*counts = (struct counts){ 0 };
	for (size_t i = 0; i < walk->count; i++) {
		const struct walk_file *file = &walk->files[i];
		if (file->mode != MODE_LINK && file->mode != MODE_SUBMODULE) {
			counts->files++;
			counts->bytes += file->size;
		}
	}
	return count_blobs(walk, &counts->blobs);
}
