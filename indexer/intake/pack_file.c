#include "indexer/intake/pack_file.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/sums.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define WRITE_BYTES ((size_t)1024 * 1024)
#define WRITE_BACK ((uint64_t)8 * 1024 * 1024)

int
pack_file_init(struct pack_file *file, int dir)
{
	uint64_t random;

	*file = (struct pack_file){ .dir = dir, .fd = -1, .out = BUF(WRITE_BYTES * 2) };
	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return err_sys("no random bytes");
	/* git's own sweeping knows the first two beginnings */
	snprintf(file->temporary_pack, sizeof file->temporary_pack, "tmp_pack_%016" PRIx64, random);
	snprintf(file->temporary_index, sizeof file->temporary_index, "tmp_idx_%016" PRIx64, random);
	snprintf(file->temporary_sums, sizeof file->temporary_sums, "tmp_sums_%016" PRIx64, random);
	int r = fs_open(file->dir, file->temporary_pack, O_RDWR | O_CREAT | O_EXCL, &file->fd);
	if (r == 0)
		r = buf_add(&file->out, "PACK\0\0\0\2\0\0\0\0", 12);
	file->offset = 12;
	return r < 0 ? err_in(r, "source.git") : 0;
}

static int
write_out(struct pack_file *file)
{
	int r = fs_write_fd(file->fd, file->out.data, file->out.len);
	buf_clear(&file->out);
	if (file->offset >= file->begun + WRITE_BACK) {
		fs_write_back(file->fd);
		file->begun = file->offset;
	}
	return r < 0 ? err_in(r, "source.git") : 0;
}

int
pack_file_append(struct pack_file *file, const void *data, size_t len)
{
	if (len > WRITE_BYTES) {
		int r = write_out(file);
		if (r == 0)
			r = fs_write_fd(file->fd, data, len);
		file->offset += len;
		return r < 0 ? err_in(r, "source.git") : 0;
	}
	int r = buf_add(&file->out, data, len);
	file->offset += len;
	return r == 0 && file->out.len >= WRITE_BYTES ? write_out(file) : r;
}

int
pack_file_note(struct pack_file *file, const struct pack_place *place)
{
	if (file->count == file->cap) {
		size_t cap = file->cap ? 2 * file->cap : 1024;
		struct pack_place *places = mem_try_grow(file->places, cap, sizeof *places);
		if (!places)
			return err_set(ERR_MEMORY, "no memory for %zu objects", cap);
		file->places = places;
		file->cap = cap;
	}
	int r = oid_map_add(&file->ids, place->id, file->count);
	if (r < 0)
		return r;
	file->places[file->count++] = *place;
	return 0;
}

int
pack_file_cut(struct pack_file *file, uint64_t offset)
{
	int r = write_out(file);
	if (r == 0 &&
	    (ftruncate(file->fd, (off_t)offset) < 0 || lseek(file->fd, (off_t)offset, SEEK_SET) < 0))
		r = err_sys("source.git: cannot cut");
	file->offset = offset;
	return r;
}

/* Moves bytes of the file towards its front. */
static int
move_down(struct pack_file *file, uint64_t from, uint64_t to, uint64_t len, uint8_t *piece)
{
	while (len > 0 && from != to) {
		ssize_t n = pread(file->fd, piece, len < WRITE_BYTES ? len : WRITE_BYTES, (off_t)from);
		if (n <= 0 || pwrite(file->fd, piece, (size_t)n, (off_t)to) != n)
			return err_sys("source.git: cannot move");
		from += (uint64_t)n;
		to += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

int
pack_file_keep(struct pack_file *file, const struct oid_map *keep)
{
	uint8_t *piece = mem_alloc(WRITE_BYTES);
	uint64_t end = file->offset;
	size_t kept = 0;

	int r = write_out(file);
	oid_map_release(&file->ids);
	file->offset = file->count ? file->places[0].offset : end;
	for (size_t i = 0; i < file->count && r == 0; i++) {
		struct pack_place place = file->places[i];
		uint64_t len = (i + 1 < file->count ? file->places[i + 1].offset : end) - place.offset;
		if (!oid_map_get(keep, place.id, NULL))
			continue;
		r = move_down(file, place.offset, file->offset, len, piece);
		if (r == 0)
			r = oid_map_add(&file->ids, place.id, kept);
		place.offset = file->offset;
		file->offset += len;
		file->places[kept++] = place;
		r = r > 0 ? 0 : r;
	}
	free(piece);
	file->count = kept;
	return r == 0 ? pack_file_cut(file, file->offset) : r;
}

/* The number of objects stands at the front and is known at the end, so the file is hashed by reading it again. */
static int
finish_file(struct pack_file *file, uint8_t sum[static OID_LEN])
{
	uint32_t count = htobe32((uint32_t)file->count);
	struct sha1 ctx;
	ssize_t n;

	int r = write_out(file);
	if (r < 0)
		return r;
	if (pwrite(file->fd, &count, sizeof count, 8) != sizeof count)
		return err_sys("source.git: cannot write");
	uint8_t *piece = mem_alloc(WRITE_BYTES);
	sha1_init(&ctx);
	uint64_t at = 0;
	while ((n = pread(file->fd, piece, WRITE_BYTES, (off_t)at)) != 0 && (n > 0 || errno == EINTR))
		if (n > 0) {
			sha1_add(&ctx, piece, (size_t)n);
			at += (uint64_t)n;
		}
	free(piece);
	if (n < 0 || at != file->offset)
		return err_sys("source.git: cannot read back");
	sha1_end(&ctx, sum);
	r = fs_write_fd(file->fd, sum, OID_LEN);
	fs_write_back(file->fd);
	file->offset += OID_LEN;
	return r < 0 ? err_in(r, "source.git") : 0;
}

static int
write_index(struct pack_file *file, const uint8_t sum[static OID_LEN])
{
	struct buf index = BUF((size_t)8 * 1024 * 1024 * 1024);

	/* which sorts the places: what `ids` says of them ends here */
	int r = pack_index_write(file->places, file->count, sum, &index);
	oid_map_release(&file->ids);
	if (r == 0)
		r = fs_write(file->dir, file->temporary_index, buf_view(&index), 0600, FS_NEW);
	buf_release(&index);
	return r < 0 ? err_in(r, "source.git") : 0;
}

/* The places are sorted by now. */
static int
write_sums(const struct pack_file *file)
{
	struct buf sums = BUF((size_t)8 * 1024 * 1024 * 1024);

	int r = sums_begin(&sums);
	for (size_t i = 0; i < file->count && r == 0; i++)
		r = sums_add(&sums, file->places[i].sha256);
	if (r == 0)
		r = sums_end(&sums);
	if (r == 0)
		r = fs_write(file->dir, file->temporary_sums, buf_view(&sums), 0600, FS_NEW);
	buf_release(&sums);
	return r < 0 ? err_in(r, "source.git") : 0;
}

int
pack_file_finish(struct pack_file *file, struct store *store)
{
	uint8_t sum[OID_LEN];
	char hex[OID_HEX];

	file->finished = true;
	if (file->count == 0)
		return 0;
	int r = finish_file(file, sum);
	if (r == 0)
		r = write_index(file, sum);
	if (r == 0)
		r = write_sums(file);
	if (r < 0)
		return r;
	free(file->places);
	file->places = NULL;
	hex_from(sum, OID_LEN, hex);
	snprintf(file->name, sizeof file->name, "pack-%s", hex);
	return store_add(store,
	    &(struct store_names){ file->temporary_index, file->temporary_pack, file->temporary_sums });
}

static int
give_name(const struct pack_file *file, const char *temporary, const char *ending)
{
	char name[PACK_FILE_NAME + 8];

	snprintf(name, sizeof name, "%s%s", file->name, ending);
	return renameat(file->dir, temporary, file->dir, name) < 0
	    ? err_sys("source.git: %s: cannot rename", name)
	    : 0;
}

int
pack_file_publish(struct pack_file *file)
{
	assert(file->finished);
	if (file->count == 0)
		return 0;
	/* most of it is on the disk since what came behind it was made */
	int r = fsync(file->fd) < 0 ? err_sys("source.git: cannot sync") : 0;
	if (r == 0)
		r = give_name(file, file->temporary_sums, ".sha256");
	if (r == 0)
		r = give_name(file, file->temporary_pack, ".pack");
	/* git looks for the index, so that comes last */
	if (r == 0)
		r = give_name(file, file->temporary_index, ".idx");
	if (r < 0)
		return r;
	file->published = true;
	return fs_sync_dir(file->dir);
}

void
pack_file_release(struct pack_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (!file->published && file->temporary_pack[0]) {
		unlinkat(file->dir, file->temporary_pack, 0);
		unlinkat(file->dir, file->temporary_index, 0);
		unlinkat(file->dir, file->temporary_sums, 0);
	}
	buf_release(&file->out);
	oid_map_release(&file->ids);
	free(file->places);
}
