#include "indexer/intake/feed.h"

static int
add_file(const struct feed *feed, const struct walk_file *file, struct buf *bytes)
{
	struct index_entry entry = { .path = file->path, .mode = file->mode, .size = file->size };
	enum object_type type;
	int r = 0;

	memcpy(entry.id, file->id, OID_LEN);
	buf_clear(bytes);
	if (file->mode != MODE_SUBMODULE && file->size <= SEG_BLOB_MAX && !index_has(feed->index, file->id)) {
		r = store_read(feed->store, file->id, &type, bytes);
		if (r == 0 && type != OBJECT_BLOB)
			r = err_set(ERR_FORMAT, "a %s where a file is named", object_type_name(type));
		/* NULL would say that there are none to be had */
		entry.bytes = bytes->data ? bytes->data : (const uint8_t *)"";
	}
	if (r == 0)
		r = index_add(feed->index, &entry);
	return r < 0 && r != ERR_CANCELLED ? err_in(r, "%.*s", STR_ARG(file->path)) : r;
}

int
feed_release(const struct feed *feed, const struct walk *walk, struct str verdicts, struct str odds,
    struct index_result *result)
{
	struct buf bytes = BUF(SEG_BLOB_MAX);

	int r = index_release_begin(feed->index, verdicts);
	if (r == 0)
		r = watch_stage(feed->watch, walk->count, "files", "indexing");
	for (size_t i = 0; i < walk->count && r == 0; i++) {
		r = add_file(feed, &walk->files[i], &bytes);
		if (r == 0)
			r = watch_tick(feed->watch, i, walk->count, "files", "indexing");
	}
	buf_release(&bytes);
	if (r == 0)
		r = index_release_end(feed->index, odds, result);
	if (r < 0)
		index_release_abort(feed->index);
	return r;
}

int
feed_count(const struct walk *walk, struct counts *counts)
{
	struct oid_map seen = { 0 };
	int r = 0;

	*counts = (struct counts){ 0 };
	for (size_t i = 0; i < walk->count && r >= 0; i++) {
		const struct walk_file *file = &walk->files[i];
		if (file->mode == MODE_SUBMODULE)
			continue;
		if (file->mode != MODE_LINK) {
			counts->files++;
			counts->bytes += file->size;
		}
		r = oid_map_add(&seen, file->id, 0);
		counts->blobs += r > 0;
	}
	oid_map_release(&seen);
	return r < 0 ? r : 0;
}
