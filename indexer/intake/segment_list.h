/*
 * What segments are made of in memory: many growing lists of packed bytes, and a
 * dictionary of strings that is written out sorted and front-coded.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_LIST_H
#define CARREL_INDEXER_INTAKE_SEGMENT_LIST_H

#include "base/codec.h"
#include "indexer/intake/segment_file.h"

/*
 * Lists: numbered from 0, each a chain of chunks in one block of memory, chunks growing
 * from 16 to 256 bytes, so that a hundred thousand lists of one byte and one of a
 * megabyte both cost little more than their bytes.
 */
struct list {
	uint32_t head, tail; /* places of chunks in units of 4 bytes, 0: none */
	uint32_t bytes;      /* in all */
	uint32_t last;       /* the caller's: the number that differences are made from ... */
	uint32_t count;      /* ... and how many there were */
	uint8_t used;        /* bytes in the tail */
	uint8_t step;        /* its size */
};

struct lists {
	struct list *items;
	size_t count, room;
	uint32_t *memory;
	size_t memory_len, memory_room; /* in units of 4 bytes */
};

void lists_release(struct lists *lists);
uint32_t lists_new(struct lists *lists); /* the number of a new, empty list */
void lists_add(struct lists *lists, uint32_t list, const void *data, size_t len);
void lists_num_long(struct lists *lists, uint32_t list, uint64_t value); /* lists_num's way where it is not short */

extern const uint8_t list_steps[]; /* bytes of data in a chunk of each step */

static inline void
lists_num(struct lists *lists, uint32_t number, uint64_t value)
{
	struct list *list = &lists->items[number];

	if (value > 127 || list->tail == 0 || list->used == list_steps[list->step]) {
		lists_num_long(lists, number, value);
		return;
	}
	/* most are of one byte, and have room */
	((uint8_t *)&lists->memory[list->tail + 1])[list->used++] = (uint8_t)value;
	list->bytes++;
}

/* The head of a blob's data in a list, carrel-segment(5) "Words"; `many` of something, at least 1, follow. */
void lists_group(struct lists *lists, uint32_t list, uint32_t blob, uint64_t many);
/* The same, and what follows: `what` is how many, as a number, and the rest. */
void lists_blob(struct lists *lists, uint32_t list, uint32_t blob, struct str what);
/* Adds the bytes of a list to `out`. */
int lists_copy(const struct lists *lists, uint32_t list, struct buf *out) MUST_USE;
/* Puts the bytes of a list into a section. */
int lists_put(const struct lists *lists, uint32_t list, struct seg_file *file, enum seg_section_id section) MUST_USE;

/* Strings, numbered from 0 in the order in which they came. */
struct dictionary {
	struct dictionary_entry {
		uint32_t offset, hash;
		uint16_t len;
	} *items;
	size_t count, room;
	uint32_t *slots; /* number + 1 */
	size_t slot_count; /* a power of two */
	char *bytes;
	size_t len, bytes_room;
};

uint32_t dictionary_hash(const char *data, size_t len);

/* Brings near what dictionary_add will need for a string of this hash. */
static inline void
dictionary_expect(const struct dictionary *d, uint32_t hash)
{
	if (d->slot_count)
		__builtin_prefetch(&d->slots[hash & (d->slot_count - 1)]);
}

/* memcmp() == 0 for words, which are short: a call takes longer than most of them. */
static inline bool
same_word(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	uint32_t u, v;

	for (; len > 8; a += 8, b += 8, len -= 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	if (len < 4)
		return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
	memcpy(&u, a, 4);
	memcpy(&v, b, 4);
	if (u != v)
		return false;
	memcpy(&u, a + len - 4, 4);
	memcpy(&v, b + len - 4, 4);
	return u == v;
}

void dictionary_release(struct dictionary *dictionary);
/* The number of a string of at most SEG_NAME_MAX bytes, a new one if it is not there yet. */
uint32_t dictionary_add(struct dictionary *dictionary, struct str s, uint32_t hash);
struct str dictionary_get(const struct dictionary *dictionary, uint32_t number);
/* Numbers in rising order of their strings; the caller's to free. */
uint32_t *dictionary_order(const struct dictionary *dictionary);

/*
 * Writes strings as a front-coded list in groups, carrel-segment(5) "Lists of strings".
 * Give them in rising order, each with its values, of which the first `data` are lengths
 * of its data.
 */
enum front_blocks { FRONT_PLAIN, FRONT_ZSTD, FRONT_LZ4 }; /* no blocks, or how they are packed */

struct front_writer {
	struct buf text;   /* in blocks: of the block at hand */
	struct buf groups; /* struct seg_group */
	struct buf last;
	uint64_t count, data;
	enum front_blocks blocks;
	struct buf packed, ends; /* the blocks, and u32: where they end */
	struct ZSTD_CCtx_s *zstd;
};

void front_init(struct front_writer *front, enum front_blocks blocks);
/* After the last string. */
int front_end(struct front_writer *front) MUST_USE;
void front_release(struct front_writer *front);
int front_add(struct front_writer *front, struct str s) MUST_USE;
int front_value(struct front_writer *front, uint64_t value) MUST_USE;
/* front_value, and so many bytes of data belong to the string. */
int front_data(struct front_writer *front, uint64_t bytes) MUST_USE;

#endif
