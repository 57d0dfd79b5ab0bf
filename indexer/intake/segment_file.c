#include "indexer/intake/segment_file.h"

#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WRITE_BYTES ((size_t)1024 * 1024) /* a multiple of SEG_CHUNK */
#define WRITE_BACK ((uint64_t)8 * 1024 * 1024)
#define SUFFIX ".new"

struct seg_file {
	int dir, fd;
	const char *name;
	enum seg_kind kind;
	size_t sections; /* of the kind */
	size_t current;  /* section that is open */
	struct seg_section table[SEG_SECTIONS_MAX];
	size_t sizes[SEG_SECTIONS_MAX]; /* of elements */
	uint64_t at;                    /* offset in the file behind what was put */
	uint64_t begun;                 /* up to here the disk has begun */
	uint8_t *waiting;               /* bytes that are not written yet; they begin at a chunk */
	size_t waiting_len;
	uint8_t (*hashes)[SHA256_LEN];
	size_t hash_count, hash_room;
};

static const char *const names[SEG_KINDS] = {
	[SEG_TEXT] = "text" SUFFIX, [SEG_SYNTAX] = "syntax" SUFFIX, [SEG_RELEASE] = "release" SUFFIX
};

static const char *const asides[SEG_KINDS] = { [SEG_TEXT] = "text.end" SUFFIX,
	[SEG_SYNTAX] = "syntax.end" SUFFIX,
	[SEG_RELEASE] = "release.end" SUFFIX };

bool
seg_file_unfinished(const char *name)
{
	for (size_t i = SEG_TEXT; i < SEG_KINDS; i++)
		if (strcmp(name, names[i]) == 0 || strcmp(name, asides[i]) == 0)
			return true;
	return false;
}

static void
table_init(struct seg_file *file)
{
#define X(number, name_, of, size) \
	if (of == file->kind) { \
		file->table[file->sections].id = number; \
		file->sizes[file->sections++] = size; \
	}
	SEG_SECTIONS(X)
#undef X
	file->table[0].offset = SEG_HEAD;
}

int
seg_file_new(int dir, enum seg_kind kind, struct seg_file **out)
{
	int fd = openat(dir, names[kind], O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys("index: %s", names[kind]);
	if (lseek(fd, SEG_HEAD, SEEK_SET) < 0) {
		close(fd);
		return err_sys("index: %s", names[kind]);
	}
	struct seg_file *file = mem_new(struct seg_file);
	*file = (struct seg_file){ .dir = dir, .fd = fd, .kind = kind, .at = SEG_HEAD };
	file->name = names[kind];
	file->waiting = mem_alloc(WRITE_BYTES);
	table_init(file);
	*out = file;
	return 0;
}

int
seg_file_aside(struct seg_file *file)
{
	const char *aside = asides[file->kind];

	if (renameat(file->dir, file->name, file->dir, aside) < 0)
		return err_sys("index: %s", aside);
	file->name = aside;
	return 0;
}

void
seg_file_drop(struct seg_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0) {
		close(file->fd);
		unlinkat(file->dir, file->name, 0);
	}
	free(file->hashes);
	free(file->waiting);
	free(file);
}

static void
hash_chunk(struct seg_file *file, const uint8_t *data, size_t len)
{
	if (file->hash_count == file->hash_room) {
		file->hash_room = file->hash_room ? 2 * file->hash_room : 256;
		file->hashes = mem_grow(file->hashes, file->hash_room, sizeof *file->hashes);
	}
	sha256(data, len, file->hashes[file->hash_count++]);
}

static int
flush(struct seg_file *file)
{
	for (size_t at = 0; at < file->waiting_len; at += SEG_CHUNK) {
		size_t rest = file->waiting_len - at;
		hash_chunk(file, file->waiting + at, rest < SEG_CHUNK ? rest : SEG_CHUNK);
	}
	int r = fs_write_fd(file->fd, file->waiting, file->waiting_len);
	file->waiting_len = 0;
	if (file->at >= file->begun + WRITE_BACK) {
		fs_write_back(file->fd);
		file->begun = file->at;
	}
	return r < 0 ? err_in(r, "index: %s", file->name) : 0;
}

static int
add(struct seg_file *file, const void *data, size_t len)
{
	const uint8_t *from = data;

	while (len) {
		size_t room = WRITE_BYTES - file->waiting_len, n = len < room ? len : room;
		memcpy(file->waiting + file->waiting_len, from, n);
		file->waiting_len += n;
		file->at += n;
		from += n;
		len -= n;
		int r = file->waiting_len == WRITE_BYTES ? flush(file) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static int
pad(struct seg_file *file)
{
	static const uint8_t zeros[8];

	return add(file, zeros, -file->at & 7);
}

static int
next_section(struct seg_file *file)
{
	struct seg_section *done = &file->table[file->current];
	int r = pad(file);

	if (done->length > UINT32_MAX && file->sizes[file->current] == 1)
		return err_set(ERR_FORMAT, "index: section %u of more than 4 GiB", done->id);
	if (++file->current < file->sections)
		file->table[file->current].offset = file->at;
	return r;
}

int
seg_file_put(struct seg_file *file, enum seg_section_id section, const void *data, size_t len)
{
	while (file->table[file->current].id != section) {
		assert(file->table[file->current].id < section);
		int r = next_section(file);
		if (r < 0)
			return r;
	}
	file->table[file->current].length += len;
	return add(file, data, len);
}

void
seg_file_count(struct seg_file *file, enum seg_section_id section, uint64_t count)
{
	for (size_t i = 0; i < file->sections; i++)
		if (file->table[i].id == section)
			file->table[i].count = count;
}

static int
finish(struct seg_file *file, uint8_t digest[static SHA256_LEN], uint64_t *bytes)
{
	uint8_t head[SEG_HEAD] = { 0 };
	struct seg_head h = { .magic = SEG_MAGIC, .version = SEG_VERSION, .kind = file->kind };
	int r = 0;

	while (r == 0 && file->current < file->sections)
		r = next_section(file);
	if (r == 0)
		r = flush(file);
	if (r < 0)
		return r;
	size_t table = file->hash_count * SHA256_LEN;
	h.table = file->at;
	h.length = *bytes = file->at + table;
	sha256(file->hashes, table, h.chunks);
	for (size_t i = 0; i < file->sections; i++) {
		h.sections[i] = file->table[i];
		if (file->sizes[i] > 1)
			h.sections[i].count = file->table[i].length / file->sizes[i];
	}
	memcpy(head, &h, sizeof h);
	sha256(head, sizeof head, digest);
	if ((r = fs_write_fd(file->fd, file->hashes, table)) < 0)
		return r;
	if (pwrite(file->fd, head, sizeof head, 0) != (ssize_t)sizeof head || fsync(file->fd) < 0)
		return err_sys("index: %s", file->name);
	return 0;
}

int
seg_file_end(struct seg_file *file, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh)
{
	char name[HEX_LEN(SHA256_LEN)];
	int r = finish(file, digest, bytes);

	if (r == 0) {
		hex_from(digest, SHA256_LEN, name);
		*fresh = !fs_exists(file->dir, name);
		if (renameat(file->dir, file->name, file->dir, name) < 0)
			r = err_sys("index: %s", name);
	}
	if (r == 0) {
		close(file->fd);
		file->fd = -1;
	}
	seg_file_drop(file);
	return r;
}
