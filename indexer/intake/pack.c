#include "indexer/intake/pack.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/deflate.h"
#include "indexer/intake/pack_index.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define BATCH_ITEMS 256
#define BATCH_FILES 64 /* items with a handle (an open file) at a time */
#define BATCH_BYTES ((uint64_t)32 * 1024 * 1024)
#define WRITE_BYTES ((size_t)1024 * 1024)
#define STORED_MAX 65535 /* bytes of one stored block of deflate */
#define ENTRY_HEAD_MAX 16
#define NAME_MAX_LEN 64

struct queued {
	struct pack_item item;
	struct buf packed; /* its stream */
	bool skip;         /* known already: nothing to deflate */
};

struct pack {
	int dir, fd;
	const struct store *store;
	struct pool *pool;
	struct deflater **deflaters; /* one a thread */
	unsigned threads;
	struct queued *queue;
	size_t queued, handles, queue_cap;
	uint64_t queued_bytes;
	struct queued *batch; /* what pool threads work on */
	bool flushing;
	/* the file */
	struct buf out;  /* not yet written */
	uint64_t offset; /* of the next entry, with what is in `out` */
	struct oid_map ids;
	struct pack_place *places;
	size_t count, places_cap;
	/* a stream */
	struct large {
		bool open;
		uint64_t start, left;
		uint32_t crc, adler;
		struct sha1 sha;
		struct buf block;
	} large;
	char temporary_pack[NAME_MAX_LEN], temporary_index[NAME_MAX_LEN], name[NAME_MAX_LEN];
	bool finished, published;
};

static int
start_file(struct pack *pack)
{
	uint64_t random;

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return err_sys("no random bytes");
	/* git's own sweeping knows these two beginnings */
	snprintf(pack->temporary_pack, sizeof pack->temporary_pack, "tmp_pack_%016" PRIx64, random);
	snprintf(pack->temporary_index, sizeof pack->temporary_index, "tmp_idx_%016" PRIx64, random);
	int r = fs_open(pack->dir, pack->temporary_pack, O_RDWR | O_CREAT | O_EXCL, &pack->fd);
	if (r == 0)
		r = buf_add(&pack->out, "PACK\0\0\0\2\0\0\0\0", 12);
	pack->offset = 12;
	return r < 0 ? err_in(r, "source.git") : 0;
}

int
pack_open(int dir, const struct store *store, struct pool *pool, struct pack **out)
{
	struct pack *pack = mem_new(struct pack);
	int r = 0;

	pack->dir = dir;
	pack->fd = -1;
	pack->store = store;
	pack->pool = pool;
	pack->threads = pool_threads(pool);
	pack->deflaters = mem_alloc(pack->threads * sizeof *pack->deflaters);
	for (unsigned i = 0; i < pack->threads && r == 0; i++)
		r = deflater_new(&pack->deflaters[i]);
	pack->out = BUF(2 * WRITE_BYTES + 2 * BATCH_BYTES);
	pack->large.block = BUF(STORED_MAX);
	if (r == 0)
		r = start_file(pack);
	if (r < 0) {
		pack_close(pack);
		return r;
	}
	*out = pack;
	return 0;
}

static int
write_out(struct pack *pack)
{
	int r = fs_write_fd(pack->fd, pack->out.data, pack->out.len);
	buf_clear(&pack->out);
	return r < 0 ? err_in(r, "source.git") : 0;
}

static int
append(struct pack *pack, const void *data, size_t len)
{
	if (len > WRITE_BYTES) {
		int r = write_out(pack);
		if (r == 0)
			r = fs_write_fd(pack->fd, data, len);
		pack->offset += len;
		return r < 0 ? err_in(r, "source.git") : 0;
	}
	int r = buf_add(&pack->out, data, len);
	pack->offset += len;
	return r == 0 && pack->out.len >= WRITE_BYTES ? write_out(pack) : r;
}

static size_t
entry_head(enum object_type type, uint64_t size, uint8_t out[static ENTRY_HEAD_MAX])
{
	size_t len = 1;

	out[0] = (uint8_t)(type << 4 | (size & 15));
	for (size >>= 4; size > 0; size >>= 7) {
		out[len - 1] |= 128;
		out[len++] = size & 127;
	}
	return len;
}

static int
note_place(struct pack *pack, const uint8_t *id, uint32_t crc, uint64_t offset)
{
	if (pack->count == pack->places_cap) {
		size_t cap = pack->places_cap ? 2 * pack->places_cap : 1024;
		struct pack_place *places = mem_try_grow(pack->places, cap, sizeof *places);
		if (!places)
			return err_set(ERR_MEMORY, "no memory for %zu objects", cap);
		pack->places = places;
		pack->places_cap = cap;
	}
	int r = oid_map_add(&pack->ids, id, pack->count);
	if (r < 0)
		return r;
	struct pack_place *place = &pack->places[pack->count++];
	*place = (struct pack_place){ .crc = crc, .offset = offset };
	memcpy(place->id, id, OID_LEN);
	return 0;
}

bool
pack_has(const struct pack *pack, const uint8_t id[static OID_LEN])
{
	return oid_map_get(&pack->ids, id, NULL) || store_has(pack->store, id);
}

static int
check_id(struct pack_item *item)
{
	uint8_t id[OID_LEN];
	char hex[OID_HEX];

	git_oid(object_type_name(item->type), item->bytes.data, item->bytes.len, id);
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
		r = check_id(item);
	if (r == 0 && item->check)
		r = item->check(item);
	if (r < 0)
		return r;
	q->skip = pack_has(pack, item->id);
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

static int
add_packed(struct pack *pack, struct queued *q)
{
	uint8_t head[ENTRY_HEAD_MAX];
	uint64_t start = pack->offset;

	/* two of one batch may be the same */
	if (q->skip || oid_map_get(&pack->ids, q->item.id, NULL))
		return 0;
	size_t head_len = entry_head(q->item.type, q->item.bytes.len, head);
	uint32_t crc = crc32_add(crc32_add(0, head, head_len), q->packed.data, q->packed.len);
	int r = append(pack, head, head_len);
	if (r == 0)
		r = append(pack, q->packed.data, q->packed.len);
	return r == 0 ? note_place(pack, q->item.id, crc, start) : r;
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
		r = check_id(item);
	if (r == 0 && item->check)
		r = item->check(item);
	if (r == 0 && !pack_has(pack, item->id)) {
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
	pack->queued = pack->handles = pack->queue_cap = 0;
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
	pack->handles += item->handle != NULL;
	bool full =
	    pack->queued >= BATCH_ITEMS || pack->handles >= BATCH_FILES || pack->queued_bytes >= BATCH_BYTES;
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
		.open = true, .start = pack->offset, .left = size, .adler = 1, .block = large->block
	};
	buf_clear(&large->block);
	int hash_len = snprintf(hash_head, sizeof hash_head, "blob %" PRIu64, size);
	sha1_init(&large->sha);
	sha1_add(&large->sha, hash_head, (size_t)hash_len + 1);
	size_t len = entry_head(OBJECT_BLOB, size, head);
	head[len++] = 0x78; /* zlib: deflate, window of 32 KiB, fastest */
	head[len++] = 0x01;
	large->crc = crc32_add(0, head, len);
	return append(pack, head, len);
}

static int
large_raw(struct pack *pack, const void *data, size_t len)
{
	pack->large.crc = crc32_add(pack->large.crc, data, len);
	return append(pack, data, len);
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

static int
take_back(struct pack *pack, uint64_t offset)
{
	int r = write_out(pack);
	if (r == 0 &&
	    (ftruncate(pack->fd, (off_t)offset) < 0 || lseek(pack->fd, (off_t)offset, SEEK_SET) < 0))
		r = err_sys("source.git: cannot cut");
	pack->offset = offset;
	return r;
}

int
pack_large_end(struct pack *pack, uint8_t id[static OID_LEN])
{
	struct large *large = &pack->large;
	uint32_t adler = htobe32(large->adler);

	if (large->left > 0)
		return err_set(ERR_FORMAT, "a file shrank while it was read");
	large->open = false;
	sha1_end(&large->sha, id);
	int r = large_block(pack, true);
	if (r == 0)
		r = large_raw(pack, &adler, sizeof adler);
	if (r < 0)
		return r;
	return pack_has(pack, id) ? take_back(pack, large->start)
				  : note_place(pack, id, large->crc, large->start);
}

/* Moves bytes of the file towards its front. */
static int
move_down(struct pack *pack, uint64_t from, uint64_t to, uint64_t len, uint8_t *piece)
{
	while (len > 0 && from != to) {
		ssize_t n = pread(pack->fd, piece, len < WRITE_BYTES ? len : WRITE_BYTES, (off_t)from);
		if (n <= 0 || pwrite(pack->fd, piece, (size_t)n, (off_t)to) != n)
			return err_sys("source.git: cannot move");
		from += (uint64_t)n;
		to += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

int
pack_keep(struct pack *pack, const struct oid_map *keep)
{
	uint8_t *piece = mem_alloc(WRITE_BYTES);
	uint64_t end = pack->offset;
	size_t kept = 0;

	assert(pack->queued == 0 && !pack->flushing);
	int r = write_out(pack);
	oid_map_release(&pack->ids);
	pack->offset = pack->count ? pack->places[0].offset : end;
	for (size_t i = 0; i < pack->count && r == 0; i++) {
		struct pack_place place = pack->places[i];
		uint64_t len = (i + 1 < pack->count ? pack->places[i + 1].offset : end) - place.offset;
		if (!oid_map_get(keep, place.id, NULL))
			continue;
		r = move_down(pack, place.offset, pack->offset, len, piece);
		if (r == 0)
			r = oid_map_add(&pack->ids, place.id, kept);
		place.offset = pack->offset;
		pack->offset += len;
		pack->places[kept++] = place;
		r = r > 0 ? 0 : r;
	}
	free(piece);
	pack->count = kept;
	return r == 0 ? take_back(pack, pack->offset) : r;
}

/* The number of objects stands at the front and is known at the end, so the file is hashed by reading it again. */
static int
finish_file(struct pack *pack, uint8_t sum[static OID_LEN])
{
	uint32_t count = htobe32((uint32_t)pack->count);
	struct sha1 ctx;
	ssize_t n;

	int r = write_out(pack);
	if (r < 0)
		return r;
	if (pwrite(pack->fd, &count, sizeof count, 8) != sizeof count)
		return err_sys("source.git: cannot write");
	uint8_t *piece = mem_alloc(WRITE_BYTES);
	sha1_init(&ctx);
	uint64_t at = 0;
	while ((n = pread(pack->fd, piece, WRITE_BYTES, (off_t)at)) != 0 && (n > 0 || errno == EINTR))
		if (n > 0) {
			sha1_add(&ctx, piece, (size_t)n);
			at += (uint64_t)n;
		}
	free(piece);
	if (n < 0 || at != pack->offset)
		return err_sys("source.git: cannot read back");
	sha1_end(&ctx, sum);
	r = fs_write_fd(pack->fd, sum, OID_LEN);
	if (r == 0 && fsync(pack->fd) < 0)
		r = err_sys("cannot sync");
	pack->offset += OID_LEN;
	return r < 0 ? err_in(r, "source.git") : 0;
}

static int
write_index(struct pack *pack, const uint8_t sum[static OID_LEN])
{
	struct buf index = BUF((size_t)8 * 1024 * 1024 * 1024);

	int r = pack_index_write(pack->places, pack->count, sum, &index);
	if (r == 0)
		r = fs_write(pack->dir, pack->temporary_index, buf_view(&index), 0600, FS_NEW);
	buf_release(&index);
	return r < 0 ? err_in(r, "source.git") : 0;
}

int
pack_finish(struct pack *pack, struct store *store)
{
	uint8_t sum[OID_LEN];
	char hex[OID_HEX];

	int r = pack_flush(pack);
	if (r < 0)
		return r;
	pack->finished = true;
	if (pack->count == 0)
		return 0;
	r = finish_file(pack, sum);
	if (r == 0)
		r = write_index(pack, sum);
	if (r < 0)
		return r;
	hex_from(sum, OID_LEN, hex);
	snprintf(pack->name, sizeof pack->name, "pack-%s", hex);
	return store_add(store, pack->temporary_index, pack->temporary_pack);
}

size_t
pack_count(const struct pack *pack)
{
	return pack->count;
}

uint64_t
pack_bytes(const struct pack *pack)
{
	return pack->offset;
}

const char *
pack_name(const struct pack *pack)
{
	return pack->name;
}

int
pack_publish(struct pack *pack)
{
	char name[NAME_MAX_LEN + 8];

	assert(pack->finished);
	if (pack->count == 0)
		return 0;
	/* git looks for the index, so that comes last */
	snprintf(name, sizeof name, "%s.pack", pack->name);
	if (renameat(pack->dir, pack->temporary_pack, pack->dir, name) < 0)
		return err_sys("source.git: %s: cannot rename", name);
	snprintf(name, sizeof name, "%s.idx", pack->name);
	if (renameat(pack->dir, pack->temporary_index, pack->dir, name) < 0)
		return err_sys("source.git: %s: cannot rename", name);
	pack->published = true;
	return fs_sync_dir(pack->dir);
}

void
pack_close(struct pack *pack)
{
	if (!pack)
		return;
	for (size_t i = 0; i < pack->queued; i++)
		drop(&pack->queue[i]);
	free(pack->queue);
	if (pack->fd >= 0)
		close(pack->fd);
	if (!pack->published && pack->temporary_pack[0]) {
		unlinkat(pack->dir, pack->temporary_pack, 0);
		unlinkat(pack->dir, pack->temporary_index, 0);
	}
	for (unsigned i = 0; i < pack->threads; i++)
		deflater_free(pack->deflaters[i]);
	free(pack->deflaters);
	buf_release(&pack->out);
	buf_release(&pack->large.block);
	oid_map_release(&pack->ids);
	free(pack->places);
	free(pack);
}
