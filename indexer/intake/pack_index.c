#include "indexer/intake/pack_index.h"

#include <endian.h>
#include <stdlib.h>

#define MAGIC "\377tOc\0\0\0\2"
#define FANOUT_AT 8
#define IDS_AT (FANOUT_AT + 256 * 4)
#define SMALL_MAX 0x7fffffffu
#define FAR 0x80000000u /* the rest of the number is a place in the table of 64-bit offsets */

static uint32_t
get32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return be32toh(value);
}

static int
add32(struct buf *out, uint32_t value)
{
	value = htobe32(value);
	return buf_add(out, &value, sizeof value);
}

static int
add64(struct buf *out, uint64_t value)
{
	value = htobe64(value);
	return buf_add(out, &value, sizeof value);
}

static int
by_id(const void *a, const void *b)
{
	const struct pack_place *x = a, *y = b;
	return memcmp(x->id, y->id, OID_LEN);
}

static int
add_fanout(const struct pack_place *places, size_t count, struct buf *out)
{
	size_t at = 0;
	int r = 0;

	for (unsigned byte = 0; byte < 256 && r == 0; byte++) {
		while (at < count && places[at].id[0] <= byte)
			at++;
		r = add32(out, (uint32_t)at);
	}
	return r;
}

static int
add_offsets(const struct pack_place *places, size_t count, struct buf *out)
{
	uint32_t far = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = add32(out, places[i].offset > SMALL_MAX ? FAR | far++ : (uint32_t)places[i].offset);
	for (size_t i = 0; i < count && r == 0; i++)
		if (places[i].offset > SMALL_MAX)
			r = add64(out, places[i].offset);
	return r;
}

int
pack_index_write(
    struct pack_place *places, size_t count, const uint8_t pack_sha[static OID_LEN], struct buf *out)
{
	struct sha1 ctx;
	uint8_t sum[OID_LEN];

	if (count > SMALL_MAX)
		return err_set(ERR_MEMORY, "more than %u objects", SMALL_MAX);
	if (count)
		qsort(places, count, sizeof *places, by_id);
	int r = buf_add(out, MAGIC, 8);
	if (r == 0)
		r = add_fanout(places, count, out);
	for (size_t i = 0; i < count && r == 0; i++)
		r = buf_add(out, places[i].id, OID_LEN);
	for (size_t i = 0; i < count && r == 0; i++)
		r = add32(out, places[i].crc);
	if (r == 0)
		r = add_offsets(places, count, out);
	if (r == 0)
		r = buf_add(out, pack_sha, OID_LEN);
	if (r < 0)
		return r;
	sha1_init(&ctx);
	sha1_add(&ctx, out->data, out->len);
	sha1_end(&ctx, sum);
	return buf_add(out, sum, sizeof sum);
}

int
pack_index_init(struct pack_index *index, const uint8_t *data, size_t len)
{
	uint32_t before = 0;

	if (len < IDS_AT + 2 * OID_LEN || memcmp(data, MAGIC, 8) != 0)
		return err_set(ERR_FORMAT, "pack index: not of version 2");
	for (unsigned i = 0; i < 256; i++) {
		uint32_t here = get32(data + FANOUT_AT + 4 * (size_t)i);
		if (here < before)
			return err_set(ERR_FORMAT, "pack index: damaged");
		before = here;
	}
	if ((len - IDS_AT - 2 * OID_LEN) / (OID_LEN + 8) < before)
		return err_set(ERR_FORMAT, "pack index: cut short");
	*index = (struct pack_index){ .data = data, .len = len, .count = before };
	return 0;
}

static bool
offset_of(const struct pack_index *index, size_t at, uint64_t *offset)
{
	size_t offsets = IDS_AT + (size_t)index->count * (OID_LEN + 4);
	uint32_t small = get32(index->data + offsets + 4 * at);
	uint64_t far;

	if (small <= SMALL_MAX) {
		*offset = small;
		return true;
	}
	size_t place = offsets + 4 * (size_t)index->count + 8 * (size_t)(small & SMALL_MAX);
	if (place + 8 + 2 * OID_LEN > index->len)
		return false;
	memcpy(&far, index->data + place, sizeof far);
	*offset = be64toh(far);
	return true;
}

bool
pack_index_find(
    const struct pack_index *index, const uint8_t id[static OID_LEN], uint64_t *offset, size_t *at)
{
	const uint8_t *fanout = index->data + FANOUT_AT;
	size_t low = id[0] ? get32(fanout + 4 * (size_t)(id[0] - 1)) : 0,
	       high = get32(fanout + 4 * (size_t)id[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(index->data + IDS_AT + middle * OID_LEN, id, OID_LEN);
		if (order == 0) {
			if (at)
				*at = middle;
			return offset_of(index, middle, offset);
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
