#include "indexer/intake/segment_map.h"

#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <lz4.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT ((uint64_t)2 * 1024 * 1024) /* of the buffer that stays when smaller blobs follow */

static int
damaged(const char *what)
{
	return err_set(ERR_FORMAT, "index: damaged segment: %s", what);
}

static int
check_head(struct seg_map *map, const uint8_t digest[static SHA256_LEN], enum seg_kind kind)
{
	const struct seg_head *h = &map->head;
	uint8_t hash[SHA256_LEN];

	if (map->len < SEG_HEAD)
		return damaged("too short");
	memcpy(&map->head, map->data, sizeof map->head);
	sha256(map->data, SEG_HEAD, hash);
	if (memcmp(hash, digest, SHA256_LEN) != 0 || memcmp(h->magic, SEG_MAGIC, sizeof h->magic) != 0)
		return damaged("its head is not what its name says");
	if (h->version != SEG_VERSION || h->kind != kind)
		return err_set(ERR_FORMAT, "index: segment of another version or kind");
	if (h->length != map->len || h->table < SEG_HEAD || h->table > map->len)
		return damaged("length");
	size_t chunks = (h->table - SEG_HEAD + SEG_CHUNK - 1) / SEG_CHUNK;
	if (map->len - h->table != chunks * SHA256_LEN)
		return damaged("chunk table");
	sha256(map->data + h->table, chunks * SHA256_LEN, hash);
	if (memcmp(hash, h->chunks, SHA256_LEN) != 0)
		return damaged("chunk table");
	map->checked = mem_alloc(chunks + 1);
	return 0;
}

int
seg_map_open(struct seg_map *map, int dir, const uint8_t digest[static SHA256_LEN], enum seg_kind kind)
{
	char name[HEX_LEN(SHA256_LEN)];
	struct stat st;
	int fd;

	*map = (struct seg_map){ 0 };
	hex_from(digest, SHA256_LEN, name);
	int r = fs_open(dir, name, O_RDONLY, &fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		r = err_sys("index: %s", name);
	else if (st.st_size < (off_t)SEG_HEAD)
		r = damaged("too short");
	void *data = r == 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (r == 0 && data == MAP_FAILED)
		r = err_sys("index: %s", name);
	close(fd);
	if (r < 0)
		return r;
	map->data = data;
	map->len = (size_t)st.st_size;
	r = check_head(map, digest, kind);
	if (r < 0)
		seg_map_close(map);
	return r;
}

void
seg_map_close(struct seg_map *map)
{
	if (map->data)
		munmap((void *)(uintptr_t)map->data, map->len);
	free(map->checked);
	*map = (struct seg_map){ 0 };
}

static int
check_chunks(struct seg_map *map, uint64_t from, uint64_t to)
{
	uint8_t hash[SHA256_LEN];

	for (uint64_t chunk = (from - SEG_HEAD) / SEG_CHUNK; SEG_HEAD + chunk * SEG_CHUNK < to; chunk++) {
		uint64_t start = SEG_HEAD + chunk * SEG_CHUNK, rest = map->head.table - start;
		if (map->checked[chunk])
			continue;
		sha256(map->data + start, rest < SEG_CHUNK ? rest : SEG_CHUNK, hash);
		if (memcmp(hash, map->data + map->head.table + chunk * SHA256_LEN, SHA256_LEN) != 0)
			return damaged("a chunk is not what its hash says");
		map->checked[chunk] = 1;
	}
	return 0;
}

int
seg_map_section(struct seg_map *map, enum seg_section_id id, struct str *bytes, uint64_t *count)
{
	enum seg_kind kind;
	size_t size = seg_section_size(id, &kind);

	for (size_t i = 0; i < SEG_SECTIONS_MAX; i++) {
		const struct seg_section *s = &map->head.sections[i];
		if (s->id != id)
			continue;
		if (s->offset < SEG_HEAD || s->offset % 8 || s->offset > map->head.table ||
		    s->length > map->head.table - s->offset || (size > 1 && s->count != s->length / size))
			return damaged("section");
		*bytes = (struct str){ (const char *)map->data + s->offset, s->length };
		*count = s->count;
		return s->length ? check_chunks(map, s->offset, s->offset + s->length) : 0;
	}
	return damaged("a section is missing");
}

uint64_t
seg_map_count(const struct seg_map *map, enum seg_section_id id)
{
	for (size_t i = 0; i < SEG_SECTIONS_MAX; i++)
		if (map->head.sections[i].id == id)
			return map->head.sections[i].count;
	return 0;
}

int
seg_texts_open(struct seg_texts *texts, struct seg_map *map)
{
	struct str blobs = { 0 }, blocks = { 0 }, ends = { 0 };
	uint64_t count = 0;

	*texts = (struct seg_texts){ 0 };
	int r = seg_map_section(map, SEG_BLOCKS, &blocks, &texts->text_len);
	if (r == 0)
		r = seg_map_section(map, SEG_BLOCK_ENDS, &ends, &texts->block_count);
	if (r == 0)
		r = seg_map_section(map, SEG_BLOBS, &blobs, &count);
	if (r < 0)
		return r;
	texts->blobs = (const void *)blobs.data;
	texts->count = (uint32_t)count;
	texts->blocks = (const uint8_t *)blocks.data;
	texts->block_ends = (const void *)ends.data;
	if (texts->block_count != (texts->text_len + SEG_BLOCK - 1) / SEG_BLOCK ||
	    (texts->block_count && texts->block_ends[texts->block_count - 1] != blocks.len))
		return damaged("blocks");
	madvise((void *)(uintptr_t)map->data, map->len,
	    MADV_DONTNEED); /* what was checked need not stay with us */
	return 0;
}

void
seg_texts_close(struct seg_texts *texts)
{
	free(texts->buffer);
	*texts = (struct seg_texts){ 0 };
}

static int
load_block(struct seg_texts *texts, uint64_t block)
{
	uint64_t from = block ? texts->block_ends[block - 1] : 0, to = texts->block_ends[block];
	uint64_t rest = texts->text_len - block * SEG_BLOCK, len = rest < SEG_BLOCK ? rest : SEG_BLOCK;

	if (texts->block_at == block + 1)
		return 0;
	texts->block_at = 0;
	if (to < from || to - from > len || to > texts->block_ends[texts->block_count - 1])
		return damaged("block");
	if (to - from == len)
		memcpy(texts->block, texts->blocks + from, len);
	else if (LZ4_decompress_safe((const char *)texts->blocks + from, (char *)texts->block,
		     (int)(to - from), (int)len) != (int)len)
		return damaged("block");
	texts->block_at = block + 1;
	return 0;
}

int
seg_texts_get(struct seg_texts *texts, uint32_t number, struct str *text)
{
	const struct seg_blob *blob = &texts->blobs[number];

	*text = (struct str){ "", 0 };
	if (blob->class == SEG_LARGE)
		return 0;
	if (blob->size > SEG_BLOB_MAX || blob->offset > texts->text_len ||
	    blob->size > texts->text_len - blob->offset)
		return damaged("blob");
	if (texts->buffer_room < blob->size + 1 || (texts->buffer_room > KEPT && blob->size < KEPT)) {
		free(texts->buffer);
		texts->buffer_room = (blob->size < KEPT / 2 ? KEPT / 2 : blob->size) + 1;
		texts->buffer = mem_alloc(texts->buffer_room);
	}
	for (uint64_t at = 0; at < blob->size;) {
		uint64_t place = blob->offset + at, within = place % SEG_BLOCK;
		int r = load_block(texts, place / SEG_BLOCK);
		if (r < 0)
			return r;
		uint64_t n = SEG_BLOCK - within < blob->size - at ? SEG_BLOCK - within : blob->size - at;
		memcpy(texts->buffer + at, texts->block + within, n);
		at += n;
	}
	*text = (struct str){ (const char *)texts->buffer, blob->size };
	return 0;
}
