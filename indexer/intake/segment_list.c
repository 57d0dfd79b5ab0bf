#include "indexer/intake/segment_list.h"

#include "base/mem.h"

#include <lz4hc.h>
#include <stdlib.h>
#include <zstd.h>

#define LEVEL 3     /* of zstd */
#define LZ4_LEVEL 9 /* of LZ4-HC */

/* One unit of 4 bytes before them holds the next chunk's place. */
const uint8_t list_steps[] = { 12, 28, 60, 124, 252 };
#define LAST_STEP (sizeof list_steps / sizeof *list_steps - 1)

void
lists_release(struct lists *lists)
{
	free(lists->items);
	free(lists->memory);
	*lists = (struct lists){ 0 };
}

uint32_t
lists_new(struct lists *lists)
{
	if (lists->count == lists->room) {
		lists->room = lists->room ? 2 * lists->room : 1024;
		lists->items = mem_grow(lists->items, lists->room, sizeof *lists->items);
	}
	lists->items[lists->count] = (struct list){ 0 };
	return (uint32_t)lists->count++;
}

static uint32_t
new_chunk(struct lists *lists, size_t units)
{
	if (lists->memory_len == 0)
		lists->memory_len = 1; /* place 0 is no place */
	if (lists->memory_len + units > lists->memory_room) {
		lists->memory_room = lists->memory_room ? lists->memory_room * 3 / 2 : 64 * 1024;
		assert(lists->memory_room <= UINT32_MAX);
		lists->memory = mem_grow(lists->memory, lists->memory_room, sizeof *lists->memory);
	}
	uint32_t place = (uint32_t)lists->memory_len;
	lists->memory[place] = 0;
	lists->memory_len += units;
	return place;
}

static void
extend(struct lists *lists, struct list *list)
{
	uint8_t step = list->tail == 0 || list->step == LAST_STEP ? list->step : (uint8_t)(list->step + 1);
	uint32_t place = new_chunk(lists, 1 + list_steps[step] / 4);

	if (list->tail)
		lists->memory[list->tail] = place;
	else
		list->head = place;
	list->tail = place;
	list->step = step;
	list->used = 0;
}

/* memcpy for what is short: a call takes longer than most of it. */
static inline void
copy_short(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t first, last;
	uint32_t low, high;

	if (len > 16) {
		memcpy(to, from, len);
	} else if (len >= 8) {
		memcpy(&first, from, 8);
		memcpy(&last, from + len - 8, 8);
		memcpy(to, &first, 8);
		memcpy(to + len - 8, &last, 8);
	} else if (len >= 4) {
		memcpy(&low, from, 4);
		memcpy(&high, from + len - 4, 4);
		memcpy(to, &low, 4);
		memcpy(to + len - 4, &high, 4);
	} else if (len) {
		to[0] = from[0];
		to[len / 2] = from[len / 2];
		to[len - 1] = from[len - 1];
	}
}

void
lists_add(struct lists *lists, uint32_t number, const void *data, size_t len)
{
	struct list *list = &lists->items[number];
	const uint8_t *from = data;

	while (len) {
		if (list->tail == 0 || list->used == list_steps[list->step])
			extend(lists, list);
		size_t room = list_steps[list->step] - list->used, n = len < room ? len : room;
		copy_short((uint8_t *)&lists->memory[list->tail + 1] + list->used, from, n);
		list->used += (uint8_t)n;
		list->bytes += (uint32_t)n;
		from += n;
		len -= n;
	}
}

void
lists_num_long(struct lists *lists, uint32_t number, uint64_t value)
{
	uint8_t bytes[CODEC_NUM_MAX];

	lists_add(lists, number, bytes, enc_num_raw(bytes, value));
}

void
lists_group(struct lists *lists, uint32_t number, uint32_t blob, uint64_t many)
{
	struct list *list = &lists->items[number];
	uint64_t gap = blob - list->last;

	list->last = blob;
	lists_num(lists, number, gap << 1 | (many > 1));
	if (many > 1)
		lists_num(lists, number, many - 2);
}

void
lists_blob(struct lists *lists, uint32_t number, uint32_t blob, struct str what)
{
	struct dec dec = dec_of(what);

	lists_group(lists, number, blob, dec_num(&dec));
	lists_add(lists, number, dec.at, (size_t)(dec.end - dec.at));
}

int
lists_copy(const struct lists *lists, uint32_t number, struct buf *out)
{
	const struct list *list = &lists->items[number];
	uint32_t place = list->head;
	int r = 0;

	for (size_t step = 0; r == 0 && place; place = lists->memory[place], step += step < LAST_STEP)
		r = buf_add(
		    out, &lists->memory[place + 1], place == list->tail ? list->used : list_steps[step]);
	return r;
}

int
lists_put(const struct lists *lists, uint32_t number, struct seg_file *file, enum seg_section_id section)
{
	const struct list *list = &lists->items[number];
	uint32_t place = list->head;

	for (size_t step = 0; place; place = lists->memory[place], step += step < LAST_STEP) {
		size_t len = place == list->tail ? list->used : list_steps[step];
		int r = seg_file_put(file, section, &lists->memory[place + 1], len);
		if (r < 0)
			return r;
	}
	return 0;
}

uint32_t
dictionary_hash(const char *data, size_t len)
{
	uint64_t h = len * 0x9e3779b97f4a7c15u, word;

	for (; len >= 8; data += 8, len -= 8) {
		memcpy(&word, data, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	if (len >= 4) { /* the last four once more: a copy of so many bytes would be a call */
		uint32_t low, high;
		memcpy(&low, data, 4);
		memcpy(&high, data + len - 4, 4);
		word = low | (uint64_t)high << 32;
	} else {
		const uint8_t *bytes = (const uint8_t *)data;
		word = len ? bytes[0] | (uint64_t)bytes[len / 2] << 8 | (uint64_t)bytes[len - 1] << 16 : 0;
	}
	h = (h ^ word) * 0xc4ceb9fe1a85ec53u;
	return (uint32_t)(h ^ h >> 29 ^ h >> 45);
}

void
dictionary_release(struct dictionary *d)
{
	free(d->items);
	free(d->slots);
	free(d->bytes);
	*d = (struct dictionary){ 0 };
}

static void
rehash(struct dictionary *d)
{
	free(d->slots);
	d->slot_count = d->slot_count ? 2 * d->slot_count : 4096;
	d->slots = mem_alloc(d->slot_count * sizeof *d->slots);
	for (size_t i = 0; i < d->count; i++) {
		size_t slot = d->items[i].hash & (d->slot_count - 1);
		while (d->slots[slot])
			slot = (slot + 1) & (d->slot_count - 1);
		d->slots[slot] = (uint32_t)i + 1;
	}
}

static void
append(struct dictionary *d, struct str s, uint32_t hash)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 1024;
		d->items = mem_grow(d->items, d->room, sizeof *d->items);
	}
	if (d->len + s.len > d->bytes_room) {
		d->bytes_room = 2 * d->bytes_room + 64 * 1024;
		assert(d->bytes_room <= UINT32_MAX);
		d->bytes = mem_grow(d->bytes, d->bytes_room, 1);
	}
	memcpy(d->bytes + d->len, s.data, s.len);
	d->items[d->count++] = (struct dictionary_entry){ (uint32_t)d->len, hash, (uint16_t)s.len };
	d->len += s.len;
}

uint32_t
dictionary_add(struct dictionary *d, struct str s, uint32_t hash)
{
	assert(s.len <= SEG_NAME_MAX);
	if (2 * d->count >= d->slot_count)
		rehash(d);
	size_t slot = hash & (d->slot_count - 1);
	for (; d->slots[slot]; slot = (slot + 1) & (d->slot_count - 1)) {
		const struct dictionary_entry *entry = &d->items[d->slots[slot] - 1];
		if (entry->hash == hash && entry->len == s.len &&
		    same_word(d->bytes + entry->offset, s.data, s.len))
			return d->slots[slot] - 1;
	}
	append(d, s, hash);
	d->slots[slot] = (uint32_t)d->count;
	return (uint32_t)d->count - 1;
}

struct str
dictionary_get(const struct dictionary *d, uint32_t number)
{
	return (struct str){ d->bytes + d->items[number].offset, d->items[number].len };
}

/* The first eight bytes, so that most comparisons need no more. */
struct sort_key {
	uint64_t prefix;
	uint32_t number;
};

static int
compare_keys(const void *a, const void *b, void *ctx)
{
	const struct sort_key *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return str_cmp(dictionary_get(ctx, x->number), dictionary_get(ctx, y->number));
}

uint32_t *
dictionary_order(const struct dictionary *d)
{
	struct sort_key *keys = mem_alloc((d->count + 1) * sizeof *keys);
	uint32_t *order = mem_alloc((d->count + 1) * sizeof *order);

	for (size_t i = 0; i < d->count; i++) {
		uint64_t prefix = 0;
		memcpy(&prefix, d->bytes + d->items[i].offset, d->items[i].len < 8 ? d->items[i].len : 8);
		keys[i] = (struct sort_key){ __builtin_bswap64(prefix), (uint32_t)i };
	}
	qsort_r(keys, d->count, sizeof *keys, compare_keys, (void *)(uintptr_t)d);
	for (size_t i = 0; i < d->count; i++)
		order[i] = keys[i].number;
	free(keys);
	return order;
}

void
front_init(struct front_writer *front, enum front_blocks blocks)
{
	*front = (struct front_writer){ .text = BUF(UINT32_MAX),
		.groups = BUF(UINT32_MAX),
		.last = BUF(SEG_PATH_MAX),
		.blocks = blocks,
		.packed = BUF(UINT32_MAX),
		.ends = BUF(UINT32_MAX) };
}

void
front_release(struct front_writer *front)
{
	buf_release(&front->text);
	buf_release(&front->groups);
	buf_release(&front->last);
	buf_release(&front->packed);
	buf_release(&front->ends);
	ZSTD_freeCCtx(front->zstd);
}

static size_t
pack(struct front_writer *front, struct str text, uint8_t *out, size_t room)
{
	if (front->blocks == FRONT_LZ4)
		return (size_t)LZ4_compress_HC(text.data, (char *)out, (int)text.len, (int)room, LZ4_LEVEL);
	if (!front->zstd && !(front->zstd = ZSTD_createCCtx()))
		return 0;
	size_t n = ZSTD_compressCCtx(front->zstd, out, room, text.data, text.len, LEVEL);
	return ZSTD_isError(n) ? 0 : n;
}

/* A block: its first string as it is, so that it can be judged without unpacking, and the rest packed. */
static int
pack_block(struct front_writer *front)
{
	struct dec dec = dec_of(buf_view(&front->text));
	dec_str(&dec);
	struct str rest = { (const char *)dec.at, (size_t)(dec.end - dec.at) };
	size_t bound = ZSTD_compressBound(rest.len) + (size_t)LZ4_compressBound((int)rest.len);

	int r = buf_add(&front->packed, front->text.data, front->text.len - rest.len);
	if (r == 0)
		r = buf_room(&front->packed, bound);
	if (r < 0)
		return r;
	size_t n = pack(front, rest, front->packed.data + front->packed.len, bound);
	if (n == 0)
		return err_set(ERR_MEMORY, "no memory to pack names");
	front->packed.len += n;
	buf_clear(&front->text);
	uint32_t end = (uint32_t)front->packed.len;
	return buf_add(&front->ends, &end, sizeof end);
}

int
front_end(struct front_writer *front)
{
	return front->blocks && front->text.len > 0 ? pack_block(front) : 0;
}

/* A group begins, in a new block if the one at hand is full. */
static int
begin_group(struct front_writer *front)
{
	int r = front->blocks && front->text.len >= SEG_NAME_BLOCK ? pack_block(front) : 0;
	uint64_t block = front->ends.len / sizeof(uint32_t);
	struct seg_group group = { (uint32_t)(front->text.len | block << SEG_NAME_BITS),
		(uint32_t)front->data };

	if (r < 0)
		return r;
	if (front->data > UINT32_MAX || block > UINT32_MAX >> SEG_NAME_BITS)
		return err_set(ERR_FORMAT, "index: more than 4 GiB of names or their data");
	return buf_add(&front->groups, &group, sizeof group);
}

static size_t
common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.data[n] == b.data[n])
		n++;
	return n;
}

int
front_add(struct front_writer *front, struct str s)
{
	int r;

	if (front->count++ % SEG_GROUP == 0) {
		r = begin_group(front);
		if (r == 0)
			r = enc_str(&front->text, s);
	} else {
		size_t shared = common(buf_view(&front->last), s);
		r = enc_num(&front->text, shared);
		if (r == 0)
			r = enc_str(&front->text, (struct str){ s.data + shared, s.len - shared });
	}
	buf_clear(&front->last);
	return r < 0 ? r : buf_str(&front->last, s);
}

int
front_value(struct front_writer *front, uint64_t value)
{
	return enc_num(&front->text, value);
}

int
front_data(struct front_writer *front, uint64_t bytes)
{
	front->data += bytes;
	return enc_num(&front->text, bytes);
}
