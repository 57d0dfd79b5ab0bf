/*
 * The one codec of all messages between our processes and of the index's tables:
 * unsigned LEB128 numbers in their shortest form, and byte strings behind their
 * length.  A reader refuses anything that a writer would not have written.
 */
#ifndef CARREL_BASE_CODEC_H
#define CARREL_BASE_CODEC_H

#include "base/buf.h"

#define CODEC_NUM_MAX 10 /* bytes of the longest number */

/* Writers append to a buf; they fail as buf_add does. */
int enc_num(struct buf *out, uint64_t value) MUST_USE;
int enc_str(struct buf *out, struct str s) MUST_USE;              /* length, bytes */
int enc_fixed(struct buf *out, const void *data, size_t len) MUST_USE; /* bytes alone */
/* As enc_num into plain memory with CODEC_NUM_MAX bytes of room; returns the bytes written. */
static inline size_t
enc_num_raw(uint8_t *out, uint64_t value)
{
	size_t len = 0;

	for (; value >= 0x80; value >>= 7)
		out[len++] = (uint8_t)(value | 0x80);
	out[len++] = (uint8_t)value;
	return len;
}
/* How many that will be. */
static inline size_t
enc_num_len(uint64_t value)
{
	return (63 - (size_t)__builtin_clzll(value | 1)) / 7 + 1;
}

/*
 * A reader.  After a first failure everything it gives is 0 or empty and `bad`
 * stays set, so that a whole structure may be read and judged once.
 */
struct dec {
	const uint8_t *at, *end;
	bool bad;
};

struct dec dec_of(struct str bytes);
uint64_t dec_num_long(struct dec *dec); /* dec_num's way where it is not of one byte */
static inline uint64_t
dec_num(struct dec *dec)
{
	return dec->at < dec->end && *dec->at < 0x80 ? *dec->at++ : dec_num_long(dec);
}
uint64_t dec_fail(struct dec *dec); /* marks it bad; 0 */
static inline uint64_t
dec_num_max(struct dec *dec, uint64_t max) /* bad if larger */
{
	uint64_t value = dec_num(dec);
	return value <= max ? value : dec_fail(dec);
}
struct str dec_str(struct dec *dec);                 /* borrowed from the bytes read */
const uint8_t *dec_fixed(struct dec *dec, size_t len); /* borrowed; NULL when bad */
bool dec_more(const struct dec *dec);                /* not bad, and bytes left */
/* 0 if all was read and nothing was bad; else ERR_FORMAT "what: malformed". */
int dec_end(const struct dec *dec, const char *what) MUST_USE;

#endif
