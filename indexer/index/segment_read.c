#include "indexer/index/segment_read.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int
segment_damaged(const struct segment *segment, const char *what)
{
	return err_set(ERR_FORMAT, "not served, damaged: segment %.16s: %s", segment->name, what);
}

static uint64_t
round_up(uint64_t value)
{
	return (value + 7) & ~(uint64_t)7;
}

/* All sections of the kind, in order, each where the one before ends; nothing else behind them. */
static int
check_sections(const struct segment *s, enum seg_kind kind)
{
	uint64_t at = SEG_HEAD;
	size_t used = 0;

	for (unsigned id = 1; id < 128; id++) {
		enum seg_kind belongs;
		size_t size = seg_section_size(id, &belongs);
		if (size == 0 || belongs != kind)
			continue;
		if (used == SEG_SECTIONS_MAX)
			return segment_damaged(s, "too many sections");
		const struct seg_section *section = &s->head.sections[used++];
		if (section->id != id || section->zero != 0 || section->offset != at ||
		    section->length > s->head.length || section->count > s->head.length * 4096)
			return segment_damaged(s, "section");
		if (size > 1 && (section->count > s->head.length || section->length != section->count * size))
			return segment_damaged(s, "count of a section");
		at = round_up(at + section->length);
		if (at > s->head.table)
			return segment_damaged(s, "section past the end");
	}
	for (size_t i = used; i < SEG_SECTIONS_MAX; i++)
		if (s->head.sections[i].id != 0)
			return segment_damaged(s, "section of another kind");
	return at == s->head.table ? 0 : segment_damaged(s, "space between sections");
}

static int
check_head(struct segment *s, enum seg_kind kind)
{
	uint8_t digest[SHA256_LEN], wanted[SHA256_LEN];

	sha256(s->map, SEG_HEAD, digest);
	if (!hex_to(str_from(s->name), wanted, sizeof wanted) || memcmp(digest, wanted, sizeof digest) != 0)
		return segment_damaged(s, "its head is not what its name says");
	uint64_t length = s->mapped;
	memcpy(&s->head, s->map, sizeof s->head);
	if (memcmp(s->head.magic, SEG_MAGIC, sizeof s->head.magic) != 0)
		return segment_damaged(s, "bad magic");
	if (s->head.version != SEG_VERSION)
		return err_set(ERR_FORMAT, "segment %.16s: version %u; this program reads %d", s->name,
		    s->head.version, SEG_VERSION);
	if (s->head.kind != (uint32_t)kind)
		return segment_damaged(s, "of another kind");
	if (s->head.length != length || s->head.table < SEG_HEAD || s->head.table > length ||
	    s->head.table % 8 != 0)
		return segment_damaged(s, "length");
	s->chunks = (s->head.table - SEG_HEAD + SEG_CHUNK - 1) / SEG_CHUNK;
	if (length - s->head.table != s->chunks * SHA256_LEN)
		return segment_damaged(s, "length of the chunk table");
	s->table = s->map + s->head.table;
	sha256(s->table, s->chunks * SHA256_LEN, digest);
	if (memcmp(digest, s->head.chunks, sizeof digest) != 0)
		return segment_damaged(s, "chunk table");
	return check_sections(s, kind);
}

static int
map(struct segment *s, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys("segment %.16s", s->name);
	if (st.st_size < (off_t)SEG_HEAD)
		return segment_damaged(s, "shorter than a head");
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return err_sys("segment %.16s: cannot map", s->name);
	s->map = at;
	s->mapped = (size_t)st.st_size;
	return 0;
}

static int
load_suspects(struct segment *s, size_t blobs)
{
	size_t count = segment_section(s, SEG_SUSPECTS)->count;
	const struct seg_suspects *suspects = segment_elements(s, SEG_SUSPECTS, 0, count);

	if (!suspects)
		return ERR_FORMAT;
	for (size_t i = 0; i < count; i++) {
		if (suspects[i].blob >= blobs || (i > 0 && suspects[i].blob <= suspects[i - 1].blob))
			return segment_damaged(s, "suspicious places");
		s->suspects[suspects[i].blob] = (uint32_t)i + 1;
	}
	return 0;
}

/* What is known of chunks and blobs. */
static int
load(struct segment *s)
{
	size_t blobs = s->head.kind == SEG_TEXT ? segment_section(s, SEG_BLOBS)->count : 0;

	s->checked = mem_try_alloc(s->chunks, 1);
	s->known = mem_try_alloc(blobs, 1);
	s->suspects = mem_try_alloc(blobs, sizeof *s->suspects);
	if (!s->checked || !s->known || !s->suspects)
		return err_set(ERR_MEMORY, "segment %.16s: no memory", s->name);
	return s->head.kind == SEG_TEXT ? load_suspects(s, blobs) : 0;
}

int
segment_open(int dir, const char *name, enum seg_kind kind, struct segment **out)
{
	int fd;

	if (strlen(name) != 2 * SHA256_LEN)
		return err_set(ERR_FORMAT, "not the name of a segment");
	int r = fs_open(dir, name, O_RDONLY, &fd);
	if (r < 0)
		return err_in(r, "segment %.16s", name);
	struct segment *s = mem_new(struct segment);
	memcpy(s->name, name, sizeof s->name);
	r = map(s, fd);
	close(fd);
	if (r == 0)
		r = check_head(s, kind);
	if (r == 0)
		r = load(s);
	if (r < 0) {
		segment_free(s);
		return r;
	}
	*out = s;
	return 0;
}

void
segment_free(struct segment *s)
{
	if (!s)
		return;
	if (s->map)
		munmap((void *)(uintptr_t)s->map, s->mapped);
	free((void *)(uintptr_t)s->checked);
	free((void *)(uintptr_t)s->known);
	free(s->suspects);
	free(s);
}

const struct seg_section *
segment_section(const struct segment *s, enum seg_section_id id)
{
	/* the numbers of each kind's sections follow one another from its first */
	static const unsigned first[SEG_KINDS] = { 0, SEG_BLOCKS, SEG_SPAN_BLOCKS, SEG_PAIRS };
	unsigned index = (unsigned)id - first[s->head.kind];

	assert(index < SEG_SECTIONS_MAX && s->head.sections[index].id == (uint32_t)id);
	return &s->head.sections[index];
}

static int
check_chunk(struct segment *s, size_t chunk)
{
	uint8_t digest[SHA256_LEN];
	uint64_t from = SEG_HEAD + chunk * SEG_CHUNK;
	uint64_t len = s->head.table - from < SEG_CHUNK ? s->head.table - from : SEG_CHUNK;

	sha256(s->map + from, len, digest);
	if (memcmp(digest, s->table + chunk * SHA256_LEN, sizeof digest) != 0)
		return segment_damaged(s, "a chunk is not what its hash says");
	atomic_store_explicit(&s->checked[chunk], 1, memory_order_relaxed);
	return 0;
}

int
segment_bytes(struct segment *s, enum seg_section_id id, uint64_t offset, uint64_t len, const uint8_t **out)
{
	const struct seg_section *section = segment_section(s, id);

	if (offset > section->length || len > section->length - offset)
		return segment_damaged(s, "an offset points outside");
	uint64_t from = section->offset + offset;
	if (len > 0) {
		size_t last = (from + len - 1 - SEG_HEAD) / SEG_CHUNK;
		for (size_t chunk = (from - SEG_HEAD) / SEG_CHUNK; chunk <= last; chunk++) {
			if (atomic_load_explicit(&s->checked[chunk], memory_order_relaxed))
				continue;
			int r = check_chunk(s, chunk);
			if (r < 0)
				return r;
		}
	}
	*out = s->map + from;
	return 0;
}

const void *
segment_elements(struct segment *s, enum seg_section_id id, uint64_t index, uint64_t count)
{
	enum seg_kind kind;
	size_t size = seg_section_size(id, &kind);
	const struct seg_section *section = segment_section(s, id);
	const uint8_t *at;

	if (index > section->count || count > section->count - index) {
		segment_damaged(s, "a number points outside");
		return NULL;
	}
	return segment_bytes(s, id, index * size, count * size, &at) == 0 ? at : NULL;
}

const void *
segment_element(struct segment *s, enum seg_section_id id, uint64_t index)
{
	return segment_elements(s, id, index, 1);
}
