#include "indexer/intake/pack.h"

#include "base/mem.h"
#include "indexer/intake/deflate.h"
#include "indexer/intake/pack_entry.h"
#include "indexer/intake/pack_file.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH_ITEMS 2048
#define BATCH_BYTES ((uint64_t)32 * 1024 * 1024)
#define STORED_MAX 65535 /* bytes of one stored block of deflate */

struct queued {
	struct pack_item item;
	uint8_t sha256[SHA256_LEN];
	struct buf packed; /* its stream */
	bool skip;         /* known already: nothing to deflate */
};

struct pack {
	const struct store *store;
	struct pool *pool;
	struct deflater **deflaters; /* one a thread */
	unsigned threads;
	struct queued *queue;
	size_t queued, queue_cap;
	uint64_t queued_bytes;
	struct queued *batch; /* what pool threads work on */
	bool flushing;
	struct pack_file file;
	/* a stream */
	struct large {
		bool open;
		uint64_t start, left;
		uint32_t crc, adler;
		struct sha1 sha;
		struct sha256 sha256;
		struct buf block;
	} large;
};

int
pack_open(int dir, const struct store *store, struct pool *pool, struct pack **out)
{
	struct pack *pack = mem_new(struct pack);
	int r = 0;

	pack->file.fd = -1;
	pack->store = store;
	pack->pool = pool;
	pack->threads = pool_threads(pool);
	pack->deflaters = mem_alloc(pack->threads * sizeof *pack->deflaters);
	for (unsigned i = 0; i < pack->threads && r == 0; i++)
		r = deflater_new(&pack->deflaters[i]);
	pack->large.block = BUF(STORED_MAX);
	if (r == 0)
		r = pack_file_init(&pack->file, dir);
	if (r < 0) {
		pack_close(pack);
		return r;
	}
	*out = pack;
	return 0;
}

bool
pack_has(const struct pack *pack, const uint8_t id[static OID_LEN])
{
	return oid_map_get(&pack->file.ids, id, NULL) || store_has(pack->store, id);
}

static int
collision(const uint8_t *id)
{
	char hex[OID_HEX];

	hex_from(id, OID_LEN, hex);
	return err_set(ERR_FORMAT, "two contents have the git id %s (a SHA-1 collision was made)", hex);
}

static int
stored_sha256(const struct store *store, const uint8_t *id, uint8_t sum[static SHA256_LEN])
{
	struct buf bytes = BUF(SIZE_MAX / 2);
	enum object_type type;

	if (store_sha256(store, id, sum))
		return 0;
	/* git packed it anew since */
	int r = store_read(store, id, &type, &bytes);
	if (r == 0)
		sha256(bytes.data, bytes.len, sum);
	buf_release(&bytes);
	return r;
}

/* 1 if the object is there already, 0 if not, or an error: what is there must be the same. */
static int
is_known(const struct pack *pack, const uint8_t *id, const uint8_t *sha256)
{
	uint8_t sum[SHA256_LEN];
	uint64_t at;
	int r = 0;

	if (oid_map_get(&pack->file.ids, id, &at))
		memcpy(sum, pack->file.places[at].sha256, SHA256_LEN);
	else if (store_has(pack->store, id))
		r = stored_sha256(pack->store, id, sum);
	else
		return 0;
	if (r < 0)
		return r;
	return memcmp(sum, sha256, SHA256_LEN) == 0 ? 1 : collision(id);
}

static int
check_id(struct queued *q)
{
	struct pack_item *item = &q->item;
	uint8_t id[OID_LEN];
	char hex[OID_HEX];

	git_oid(object_type_name(item->type), item->bytes.data, item->bytes.len, id);
	sha256(item->bytes.data, item->bytes.len, q->sha256);
	if (item->expected && memcmp(id, item->id, OID_LEN) != 0) {
		hex_from(item->id, OID_LEN, hex);
		return err_set(ERR_FORMAT, "object %s is damaged: its bytes hash to something else", hex);
	}
	memcpy(item->id, id, OID_LEN);
	return 0;
}

/* One item, on any thread. */
static int
prepare(void *ctx, size_t piece, unsigned thread)
{
	struct pack *pack = ctx;
	struct queued *q = &pack->batch[piece];
	struct pack_item *item = &q->item;
	int r = item->load ? item->load(item) : 0;

	if (r == 0)
		r = check_id(q);
	if (r == 0 && item->check)
		r = item->check(item);
	if (r == 0)
		r = is_known(pack, item->id, q->sha256);
	if (r < 0)
		return r;
	q->skip = r > 0;
	return q->skip ? 0 : deflate_add(pack->deflaters[thread], item->bytes, &q->packed);
}

static int
measure(void *ctx, size_t piece, unsigned thread)
{
	struct pack *pack = ctx;
	struct pack_item *item = &pack->queue[piece].item;

	(void)thread;
	return item->measure ? item->measure(item) : 0;
}

/* `entry` begins at the pack's end. */
static int
add_entry(
    struct pack *pack, const uint8_t *head, size_t head_len, struct str stream, struct pack_place *place)
{
	place->offset = pack->file.offset;
	place->crc = crc32_add(crc32_add(0, head, head_len), stream.data, stream.len);
	int r = pack_file_append(&pack->file, head, head_len);
	if (r == 0)
		r = pack_file_append(&pack->file, stream.data, stream.len);
	return r == 0 ? pack_file_note(&pack->file, place) : r;
}

static int
add_packed(struct pack *pack, struct queued *q)
{
	uint8_t head[ENTRY_HEAD_MAX];
	struct pack_place place = { 0 };

	/* two of one batch may be the same */
	int r = q->skip ? 1 : is_known(pack, q->item.id, q->sha256);
	if (r != 0)
		return r < 0 ? r : 0;
	memcpy(place.id, q->item.id, OID_LEN);
	memcpy(place.sha256, q->sha256, SHA256_LEN);
	size_t len = pack_entry_head(q->item.type, q->item.bytes.len, 0, head);
	return add_entry(pack, head, len, buf_view(&q->packed), &place);
}

int
pack_put_raw(struct pack *pack, const struct pack_raw *raw)
{
	uint8_t head[ENTRY_HEAD_MAX];
	struct pack_place place = { 0 };
	uint64_t base, distance = 0;

	assert(!pack->flushing && pack->queued == 0);
	if (raw->base) {
		bool there = oid_map_get(&pack->file.ids, raw->base, &base);
		assert(there);
		distance = pack->file.offset - pack->file.places[base].offset;
	}
	memcpy(place.id, raw->id, OID_LEN);
	memcpy(place.sha256, raw->sha256, SHA256_LEN);
	size_t len = pack_entry_head(raw->base ? OFFSET_DELTA : raw->type, raw->size, distance, head);
	return add_entry(pack, head, len, raw->stream, &place);
}

static void
drop(struct queued *q)
{
	buf_release(&q->packed);
	if (q->item.drop)
		q->item.drop(&q->item);
}

static int
store_large(struct pack *pack, const struct pack_item *item)
{
	uint8_t id[OID_LEN];

	if (item->type != OBJECT_BLOB)
		return err_set(
		    ERR_FORMAT, "a %s of %zu bytes", object_type_name(item->type), item->bytes.len);
	int r = pack_large_begin(pack, item->bytes.len);
	if (r == 0)
		r = pack_large_add(pack, item->bytes.data, item->bytes.len);
	return r == 0 ? pack_large_end(pack, id) : r;
}

/* An object that may be too large for a batch: loaded alone, and if it is so large, stored as a stream. */
static int
run_large(struct pack *pack, struct queued *q)
{
	struct pack_item *item = &q->item;
	int r = item->load ? item->load(item) : 0;

	if (r == 0)
		r = check_id(q);
	if (r == 0 && item->check)
		r = item->check(item);
	int known = r == 0 ? is_known(pack, item->id, q->sha256) : r;
	if (known <= 0)
		r = known;
	if (known == 0) {
		bool large = item->bytes.len > PACK_LARGE;
		r = large ? store_large(pack, item)
			  : deflate_add(pack->deflaters[0], item->bytes, &q->packed);
		if (r == 0 && !large)
			r = add_packed(pack, q);
	}
	return r == 0 && item->done ? item->done(item) : r;
}

static int
run_batch(struct pack *pack, struct queued *batch, size_t count)
{
	if (count == 1 && batch->item.size > PACK_LARGE)
		return run_large(pack, batch);
	pack->batch = batch;
	int r = pool_run(pack->pool, count, prepare, pack);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = add_packed(pack, &batch[i]);
		if (r == 0 && batch[i].item.done)
			r = batch[i].item.done(&batch[i].item);
		buf_release(&batch[i].packed);
	}
	return r;
}

/* As many of the items as go together. */
static size_t
batch_end(const struct queued *queue, size_t at, size_t count)
{
	uint64_t bytes = queue[at].item.size;
	size_t end = at + 1;

	if (bytes > PACK_LARGE)
		return end;
	while (end < count && bytes + queue[end].item.size <= BATCH_BYTES)
		bytes += queue[end++].item.size;
	return end;
}

/* One round: what is queued now.  What `done` puts meanwhile waits for the next. */
static int
run_queue(struct pack *pack)
{
	struct queued *queue = pack->queue;
	size_t count = pack->queued, dropped = 0;

	int r = pool_run(pack->pool, count, measure, pack);
	pack->queue = NULL;
	pack->queued = pack->queue_cap = 0;
	pack->queued_bytes = 0;
	for (size_t at = 0, end; at < count && r == 0; at = end) {
		end = batch_end(queue, at, count);
		r = run_batch(pack, queue + at, end - at);
		for (; dropped < end; dropped++)
			drop(&queue[dropped]);
	}
	for (; dropped < count; dropped++)
		drop(&queue[dropped]);
	free(queue);
	return r;
}

int
pack_flush(struct pack *pack)
{
	int r = 0;

	assert(!pack->flushing);
	pack->flushing = true;
	while (r == 0 && pack->queued > 0)
		r = run_queue(pack);
	pack->flushing = false;
	return r;
}

int
pack_put(struct pack *pack, const struct pack_item *item)
{
	if (pack->queued == pack->queue_cap) {
		size_t cap = pack->queue_cap ? 2 * pack->queue_cap : BATCH_ITEMS;
		struct queued *queue = mem_try_grow(pack->queue, cap, sizeof *queue);
		if (!queue) {
			if (item->drop)
				item->drop(&(struct pack_item){ .ctx = item->ctx, .handle = item->handle });
			return err_set(ERR_MEMORY, "no memory for %zu objects", cap);
		}
		pack->queue = queue;
		pack->queue_cap = cap;
	}
	pack->queue[pack->queued++] = (struct queued){ .item = *item, .packed = BUF(SIZE_MAX / 2) };
	pack->queued_bytes += item->size;
	bool full = pack->queued >= BATCH_ITEMS || pack->queued_bytes >= BATCH_BYTES;
	return full && !pack->flushing ? pack_flush(pack) : 0;
}

int
pack_large_begin(struct pack *pack, uint64_t size)
{
	uint8_t head[ENTRY_HEAD_MAX + 2];
	char hash_head[48];
	struct large *large = &pack->large;
	int r = pack->flushing ? 0 : pack_flush(pack);

	if (r < 0)
		return r;
	assert(!large->open);
	*large = (struct large){
		.open = true, .start = pack->file.offset, .left = size, .adler = 1, .block = large->block
	};
	buf_clear(&large->block);
	int hash_len = snprintf(hash_head, sizeof hash_head, "blob %" PRIu64, size);
	sha1_init(&large->sha);
	sha1_add(&large->sha, hash_head, (size_t)hash_len + 1);
	sha256_init(&large->sha256);
	size_t len = pack_entry_head(OBJECT_BLOB, size, 0, head);
	head[len++] = 0x78; /* zlib: deflate, window of 32 KiB, fastest */
	head[len++] = 0x01;
	large->crc = crc32_add(0, head, len);
	return pack_file_append(&pack->file, head, len);
}

static int
large_raw(struct pack *pack, const void *data, size_t len)
{
	pack->large.crc = crc32_add(pack->large.crc, data, len);
	return pack_file_append(&pack->file, data, len);
}

/* libdeflate has no streams: blocks are stored as they are.  Such files hardly ever deflate well. */
static int
large_block(struct pack *pack, bool last)
{
	struct buf *block = &pack->large.block;
	uint16_t len = (uint16_t)block->len;
	uint8_t head[5] = { last, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)~len, (uint8_t)(~len >> 8) };

	int r = large_raw(pack, head, sizeof head);
	if (r == 0)
		r = large_raw(pack, block->data, block->len);
	buf_clear(block);
	return r;
}

int
pack_large_add(struct pack *pack, const void *data, size_t len)
{
	struct large *large = &pack->large;
	const uint8_t *at = data;
	int r = 0;

	if (len > large->left)
		return err_set(ERR_FORMAT, "a file grew while it was read");
	large->left -= len;
	sha1_add(&large->sha, data, len);
	sha256_add(&large->sha256, data, len);
	large->adler = adler32_add(large->adler, data, len);
	while (len > 0 && r == 0) {
		size_t room = STORED_MAX - large->block.len, piece = len < room ? len : room;
		r = buf_add(&large->block, at, piece);
		at += piece;
		len -= piece;
		/* the last block waits for pack_large_end */
		if (r == 0 && large->block.len == STORED_MAX && (len > 0 || large->left > 0))
			r = large_block(pack, false);
	}
	return r;
}

int
pack_large_end(struct pack *pack, uint8_t id[static OID_LEN])
{
	struct large *large = &pack->large;
	uint32_t adler = htobe32(large->adler);
	struct pack_place place = { .offset = large->start };

	if (large->left > 0)
		return err_set(ERR_FORMAT, "a file shrank while it was read");
	large->open = false;
	sha1_end(&large->sha, id);
	sha256_end(&large->sha256, place.sha256);
	memcpy(place.id, id, OID_LEN);
	int r = large_block(pack, true);
	if (r == 0)
		r = large_raw(pack, &adler, sizeof adler);
	if (r < 0)
		return r;
	place.crc = large->crc;
	r = is_known(pack, id, place.sha256);
	if (r == 0)
		return pack_file_note(&pack->file, &place);
	return r < 0 ? r : pack_file_cut(&pack->file, large->start);
}

int
pack_keep(struct pack *pack, const struct oid_map *keep)
{
	assert(pack->queued == 0 && !pack->flushing);
	return pack_file_keep(&pack->file, keep);
}

int
pack_finish(struct pack *pack, struct store *store)
{
	int r = pack_flush(pack);
	return r == 0 ? pack_file_finish(&pack->file, store) : r;
}

int
pack_publish(struct pack *pack)
{
	return pack_file_publish(&pack->file);
}

size_t
pack_count(const struct pack *pack)
{
	return pack->file.count;
}

uint64_t
pack_bytes(const struct pack *pack)
{
	return pack->file.offset;
}

const char *
pack_name(const struct pack *pack)
{
	return pack->file.name;
}

void
pack_close(struct pack *pack)
{
	if (!pack)
		return;
	for (size_t i = 0; i < pack->queued; i++)
		drop(&pack->queue[i]);
	free(pack->queue);
	pack_file_release(&pack->file);
	for (unsigned i = 0; i < pack->threads; i++)
		deflater_free(pack->deflaters[i]);
	free(pack->deflaters);
	buf_release(&pack->large.block);
	free(pack);
}
