#include "indexer/index/segment_list.h"

#include <zstd.h>

struct list
list_of_words(struct segment *text)
{
	return (struct list){ text, SEG_NAMES, SEG_NAME_GROUPS, SEG_NAME_LINES, SEG_NAME_BLOCK_ENDS, 1 };
}

struct list
list_of_symbols(struct segment *syntax)
{
	return (struct list){ syntax, SEG_SYMBOLS, SEG_SYMBOL_GROUPS, SEG_USES, 0, 2 };
}

static uint64_t
group_count(const struct list *list)
{
	return segment_section(list->segment, list->groups)->count;
}

/* Block `number` into c->unpacked, if it is not there. */
static int
load_block(struct cursor *c, uint64_t number)
{
	struct segment *s = c->list.segment;
	uint32_t from = 0;
	const uint8_t *packed;

	if (c->block == number + 1)
		return 0;
	c->block = 0;
	const uint32_t *ends = segment_elements(s, c->list.ends, number ? number - 1 : 0, number ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (number)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(s, "end of a block of a list");
	int r = segment_bytes(s, c->list.strings, from, *ends - from, &packed);
	if (r < 0)
		return r;
	c->block_len = ZSTD_decompress(c->unpacked, sizeof c->unpacked, packed, *ends - from);
	if (ZSTD_isError(c->block_len))
		return segment_damaged(s, "a block of a list does not unpack");
	c->block = number + 1;
	return 0;
}

/* Where a group of packed strings lies; it ends with its block, or where the next one in it begins. */
static int
packed_group(struct cursor *c, const struct seg_group *here, const struct seg_group *behind, struct str *out)
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

static int
plain_group(struct cursor *c, const struct seg_group *here, const struct seg_group *behind, struct str *out)
{
	const struct list *list = &c->list;
	uint64_t end = behind ? behind->text : segment_section(list->segment, list->strings)->length;
	const uint8_t *bytes;

	if (here->text > end)
		return segment_damaged(list->segment, "group");
	int r = segment_bytes(list->segment, list->strings, here->text, end - here->text, &bytes);
	*out = (struct str){ (const char *)bytes, end - here->text };
	return r;
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
	int r = list->ends ? packed_group(c, here, last ? NULL : here + 1, &bytes)
			   : plain_group(c, here, last ? NULL : here + 1, &bytes);
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
	c->block = 0;
	c->group = dec_of(STR(""));
	c->name = c->value[0] = c->value[1] = STR("");
}

int
cursor_at(struct cursor *c, struct list list, uint64_t number)
{
	begin(c, list);
	return go_to(c, number);
}

int
cursor_seek(struct cursor *c, struct list list, struct str from)
{
	uint64_t low = 0,
		 high = group_count(&list); /* the last group whose first string is <= from, or the first */

	if (segment_section(list.segment, list.strings)->count > high * SEG_GROUP)
		return segment_damaged(list.segment, "groups of a list");
	begin(c, list);
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		int r = go_to(c, middle * SEG_GROUP);
		if (r == 0)
			r = cursor_next(c);
		if (r < 0)
			return r;
		if (r > 0 && str_cmp(c->name, from) <= 0)
			low = middle;
		else
			high = middle;
	}
	int r = go_to(c, low * SEG_GROUP);
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
