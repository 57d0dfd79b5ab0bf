#include "indexer/index/segment_list.h"

#include <lz4.h>
#include <zstd.h>

struct list
list_of_words(struct segment *text)
{
	return (
	    struct list){ text, SEG_NAMES, SEG_NAME_GROUPS, SEG_NAME_LINES, SEG_NAME_BLOCK_ENDS, 1, false };
}

struct list
list_of_symbols(struct segment *syntax)
{
	return (
	    struct list){ syntax, SEG_SYMBOLS, SEG_SYMBOL_GROUPS, SEG_USES, SEG_SYMBOL_BLOCK_ENDS, 2, true };
}

static uint64_t
group_count(const struct list *list)
{
	return segment_section(list->segment, list->groups)->count;
}

/* The first string of a block, its bytes with what stands before it, and the rest packed. */
static int
open_block(const struct list *list, uint64_t number, struct str *first, struct str *head, struct str *packed)
{
	struct segment *s = list->segment;
	uint32_t from = 0;
	const uint8_t *bytes;

	const uint32_t *ends = segment_elements(s, list->ends, number ? number - 1 : 0, number ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (number)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(s, "end of a block of a list");
	int r = segment_bytes(s, list->strings, from, *ends - from, &bytes);
	if (r < 0)
		return r;
	struct dec dec = dec_of((struct str){ (const char *)bytes, *ends - from });
	*first = dec_str(&dec);
	*head = (struct str){ (const char *)bytes, (size_t)(dec.at - bytes) };
	*packed = (struct str){ (const char *)dec.at, (size_t)(dec.end - dec.at) };
	return dec.bad || first->len > SEG_NAME_MAX ? segment_damaged(s, "first string of a block") : 0;
}

/* Block `number` into c->unpacked, if it is not there. */
static int
load_block(struct cursor *c, uint64_t number)
{
	struct str first, head, packed;
	bool done;

	if (c->block == number + 1)
		return 0;
	c->block = 0;
	int r = open_block(&c->list, number, &first, &head, &packed);
	if (r < 0)
		return r;
	memcpy(c->unpacked, head.data, head.len);
	uint8_t *rest = c->unpacked + head.len;
	size_t room = sizeof c->unpacked - head.len, len;
	if (c->list.lz4) {
		int n = LZ4_decompress_safe(packed.data, (char *)rest, (int)packed.len, (int)room);
		done = n >= 0;
		len = done ? (size_t)n : 0;
	} else {
		len = ZSTD_decompress(rest, room, packed.data, packed.len);
		done = !ZSTD_isError(len);
	}
	c->block_len = head.len + len;
	if (!done)
		return segment_damaged(c->list.segment, "a block of a list does not unpack");
	c->block = number + 1;
	return 0;
}

/* Where a group lies; it ends with its block, or where the next one in it begins. */
static int
find_group(struct cursor *c, const struct seg_group *here, const struct seg_group *behind, struct str *out)
{
	uint64_t block = here->text >> SEG_NAME_BITS;
	size_t from = here->text & (SEG_NAME_BLOCK - 1);

	int r = load_block(c, block);
	if (r < 0)
		return r;
	bool same = behind && behind->text >> SEG_NAME_BITS == block;
	size_t end = same ? behind->text & (SEG_NAME_BLOCK - 1) : c->block_len;
	if (from > end || end > c->block_len)
		return segment_damaged(c->list.segment, "group");
	*out = (struct str){ (const char *)c->unpacked + from, end - from };
	return 0;
}

/* The bytes of a group, and where its data begins. */
static int
open_group(struct cursor *c, uint64_t group)
{
	const struct list *list = &c->list;
	bool last = group + 1 >= group_count(list);
	const struct seg_group *here = segment_elements(list->segment, list->groups, group, last ? 1 : 2);
	struct str bytes;

	if (!here)
		return ERR_FORMAT;
	int r = find_group(c, here, last ? NULL : here + 1, &bytes);
	if (r < 0)
		return r;
	c->group = dec_of(bytes);
	c->data = here->data;
	c->len = 0;
	return 0;
}

/* The next string of the group that is open, its name and lengths. */
static int
read_string(struct cursor *c)
{
	struct dec *dec = &c->group;
	uint64_t common = c->next % SEG_GROUP == 0 ? 0 : dec_num_max(dec, c->len);
	struct str rest = dec_str(dec);

	if (dec->bad || common + rest.len > sizeof c->bytes)
		return segment_damaged(c->list.segment, "string of a list");
	memcpy(c->bytes + common, rest.data, rest.len);
	c->len = common + rest.len;
	c->name = (struct str){ c->bytes, c->len };
	c->data += c->lengths[0] + c->lengths[1];
	c->lengths[0] = dec_num_max(dec, UINT32_MAX);
	c->lengths[1] = c->list.values > 1 ? dec_num_max(dec, UINT32_MAX) : 0;
	if (dec->bad)
		return segment_damaged(c->list.segment, "value of a list");
	c->number = c->next++;
	return 1;
}

int
cursor_next(struct cursor *c)
{
	if (c->next >= segment_section(c->list.segment, c->list.strings)->count)
		return 0;
	if (c->next % SEG_GROUP == 0) {
		int r = open_group(c, c->next / SEG_GROUP);
		if (r < 0)
			return r;
		c->lengths[0] = c->lengths[1] = 0;
	}
	return read_string(c);
}

int
cursor_data(struct cursor *c)
{
	uint64_t at = c->data;

	for (unsigned i = 0; i < c->list.values; i++) {
		const uint8_t *bytes;
		int r = segment_bytes(c->list.segment, c->list.data, at, c->lengths[i], &bytes);
		if (r < 0)
			return r;
		c->value[i] = (struct str){ (const char *)bytes, c->lengths[i] };
		at += c->lengths[i];
	}
	return 0;
}

/* Stands before string `number`; the block that is unpacked stays. */
static int
go_to(struct cursor *c, uint64_t number)
{
	c->next = number - number % SEG_GROUP;
	while (c->next < number) {
		int r = cursor_next(c);
		if (r <= 0)
			return r;
	}
	return 0;
}

static void
begin(struct cursor *c, struct list list)
{
	c->list = list;
	c->next = c->number = c->data = 0;
	c->lengths[0] = c->lengths[1] = 0;
	c->len = 0;
	c->group = dec_of(STR(""));
	c->name = c->value[0] = c->value[1] = STR("");
}

int
cursor_move(struct cursor *c, struct list list, uint64_t number)
{
	if (c->list.segment != list.segment || c->list.strings != list.strings)
		c->block = 0;
	begin(c, list);
	return go_to(c, number);
}

int
cursor_at(struct cursor *c, struct list list, uint64_t number)
{
	c->block = 0;
	begin(c, list);
	return go_to(c, number);
}

/* The last block whose first string is <= from, or the first. */
static int
find_block(const struct list *list, struct str from, uint64_t *block)
{
	uint64_t low = 0, high = segment_section(list->segment, list->ends)->count;
	struct str first, head, packed;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		int r = open_block(list, middle, &first, &head, &packed);
		if (r < 0)
			return r;
		if (str_cmp(first, from) <= 0)
			low = middle;
		else
			high = middle;
	}
	*block = low;
	return 0;
}

/* The first group that lies in `block` or behind it. */
static int
first_group(const struct list *list, uint64_t block, uint64_t *out)
{
	uint64_t low = 0, high = group_count(list);
	const struct seg_group *groups = segment_elements(list->segment, list->groups, 0, high);

	if (!groups)
		return ERR_FORMAT;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (groups[middle].text >> SEG_NAME_BITS < block)
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return 0;
}

int
cursor_seek(struct cursor *c, struct list list, struct str from)
{
	uint64_t low, high, block; /* groups: the last whose first string is <= from, or the first */

	if (segment_section(list.segment, list.strings)->count > group_count(&list) * SEG_GROUP)
		return segment_damaged(list.segment, "groups of a list");
	c->block = 0;
	begin(c, list);
	int r = find_block(&list, from, &block);
	if (r == 0)
		r = first_group(&list, block, &low);
	if (r == 0)
		r = first_group(&list, block + 1, &high);
	if (r < 0)
		return r;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		r = go_to(c, middle * SEG_GROUP);
		if (r == 0)
			r = cursor_next(c);
		if (r < 0)
			return r;
		if (r > 0 && str_cmp(c->name, from) <= 0)
			low = middle;
		else
			high = middle;
	}
	r = go_to(c, low * SEG_GROUP);
	while (r == 0 && (r = cursor_next(c)) == 1) {
		if (str_cmp(c->name, from) >= 0)
			return go_to(c, c->number);
		r = 0;
	}
	return r < 0 ? r : 0;
}

int
list_find(struct list list, struct str name, struct cursor *c)
{
	int r = cursor_seek(c, list, name);

	if (r == 0)
		r = cursor_next(c);
	if (r <= 0 || !str_eq(c->name, name))
		return r < 0 ? r : 0;
	r = cursor_data(c);
	return r < 0 ? r : 1;
}

bool
data_next(struct dec *dec, uint64_t blobs, uint64_t *blob, uint64_t *count)
{
	if (!dec_more(dec))
		return false;
	uint64_t head = dec_num_max(dec, (uint64_t)UINT32_MAX << 1 | 1);
	*count = head & 1 ? 2 + dec_num_max(dec, UINT32_MAX) : 1;
	*blob += head >> 1;
	if (*blob >= blobs)
		dec->bad = true;
	return !dec->bad;
}
