#include "indexer/intake/pack_entry.h"

#include "indexer/intake/deflate.h"

#define DEFLATE_RATIO 1032 /* no stream of zlib's unpacks to more than this many times its size */

static int
damaged(void)
{
	return err_set(ERR_FORMAT, "damaged pack");
}

/* The distance back to a delta's base: seven bits a byte, each further byte one more than its bits say. */
static int
read_distance(const uint8_t **at, const uint8_t *end, uint64_t *distance)
{
	uint64_t value = 0;

	for (;;) {
		if (*at == end || value > UINT64_MAX >> 8)
			return damaged();
		uint8_t byte = *(*at)++;
		value = value << 7 | (byte & 127);
		if (!(byte & 128))
			break;
		value++;
	}
	*distance = value;
	return 0;
}

int
pack_entry_at(struct str pack, uint64_t offset, struct pack_entry *entry)
{
	if (offset < PACK_HEAD || pack.len < PACK_HEAD + OID_LEN || offset >= pack.len - OID_LEN)
		return damaged();
	const uint8_t *at = (const uint8_t *)pack.data + offset;
	const uint8_t *end = (const uint8_t *)pack.data + pack.len - OID_LEN;
	uint8_t byte = *at++;
	*entry = (struct pack_entry){ .kind = byte >> 4 & 7, .size = byte & 15 };
	for (unsigned shift = 4; byte & 128; shift += 7) {
		if (at == end || shift > 56)
			return damaged();
		byte = *at++;
		entry->size |= (uint64_t)(byte & 127) << shift;
	}
	if (entry->kind == OFFSET_DELTA) {
		uint64_t distance;
		int r = read_distance(&at, end, &distance);
		if (r < 0 || distance == 0 || distance > offset)
			return damaged();
		entry->base_offset = offset - distance;
	} else if (entry->kind == ID_DELTA) {
		if (end - at < OID_LEN)
			return damaged();
		entry->base_id = at;
		at += OID_LEN;
	} else if (entry->kind < OBJECT_COMMIT || entry->kind > OBJECT_TAG) {
		return damaged();
	}
	entry->stream = (struct str){ (const char *)at, (size_t)(end - at) };
	/* a size is an order for memory, so it must be one that the stream can fill */
	if (entry->size / DEFLATE_RATIO > entry->stream.len)
		return damaged();
	return entry->size > OBJECT_BYTES
	    ? err_set(ERR_FORMAT, "an object of more than %llu bytes", (unsigned long long)OBJECT_BYTES)
	    : 0;
}

int
pack_entry_inflate(const struct pack_entry *entry, uint8_t *out, size_t *used)
{
	int r = inflate_exact(entry->stream, out, entry->size, used);
	return r == ERR_FORMAT ? damaged() : r;
}

size_t
pack_entry_head(unsigned kind, uint64_t size, uint64_t distance, uint8_t out[static ENTRY_HEAD_MAX])
{
	uint8_t back[10];
	size_t len = 1, at = sizeof back;

	out[0] = (uint8_t)(kind << 4 | (size & 15));
	for (size >>= 4; size > 0; size >>= 7) {
		out[len - 1] |= 128;
		out[len++] = size & 127;
	}
	if (kind != OFFSET_DELTA)
		return len;
	back[--at] = distance & 127;
	while (distance >>= 7)
		back[--at] = 128 | (--distance & 127);
	memcpy(out + len, back + at, sizeof back - at);
	return len + sizeof back - at;
}

static bool
delta_size(struct str *delta, uint64_t *size)
{
	*size = 0;
	for (unsigned shift = 0; delta->len > 0 && shift < 63; shift += 7) {
		uint8_t byte = (uint8_t)*delta->data++;
		delta->len--;
		*size |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return true;
	}
	return false;
}

int
delta_sizes(struct str *delta, uint64_t *from, uint64_t *to)
{
	if (!delta_size(delta, from) || !delta_size(delta, to))
		return damaged();
	return *to > OBJECT_BYTES
	    ? err_set(ERR_FORMAT, "an object of more than %llu bytes", (unsigned long long)OBJECT_BYTES)
	    : 0;
}

/* The bytes of a number that `bits` says are there, lowest first; false past the end. */
static bool
delta_number(const uint8_t **at, const uint8_t *end, unsigned bits, unsigned count, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < count; i++) {
		if (!(bits >> i & 1))
			continue;
		if (*at == end)
			return false;
		*value |= (uint64_t) * (*at)++ << (8 * i);
	}
	return true;
}

int
delta_apply(struct str base, struct str rest, uint8_t *out, size_t len)
{
	const uint8_t *at = (const uint8_t *)rest.data, *end = at + rest.len;
	uint64_t offset, count;
	size_t done = 0;

	while (at < end) {
		uint8_t op = *at++;
		const uint8_t *from;
		if (op & 128) {
			if (!delta_number(&at, end, op & 15, 4, &offset) ||
			    !delta_number(&at, end, op >> 4 & 7, 3, &count))
				return damaged();
			if (count == 0)
				count = 0x10000;
			if (offset > base.len || count > base.len - offset)
				return damaged();
			from = (const uint8_t *)base.data + offset;
		} else {
			count = op;
			if (count == 0 || count > (size_t)(end - at))
				return damaged();
			from = at;
			at += count;
		}
		if (count > len - done)
			return damaged();
		memcpy(out + done, from, count);
		done += count;
	}
	return done == len ? 0 : damaged();
}
