/* The streams of git's packs: zlib's format, whole buffers, made by ISA-L or libdeflate; CRC-32 and Adler-32. */
#ifndef CARREL_INDEXER_INTAKE_DEFLATE_H
#define CARREL_INDEXER_INTAKE_DEFLATE_H

#include "base/buf.h"

struct deflater; /* one a thread */

int deflater_new(struct deflater **out) MUST_USE;
void deflater_free(struct deflater *deflater);
int deflate_add(struct deflater *deflater, struct str in, struct buf *out) MUST_USE; /* appends to out; up to 4 GB */
/* Exactly `len` bytes out of the stream at the front of `in`; *used, if wanted, is the stream's length. */
int inflate_exact(struct str in, uint8_t *out, size_t len, size_t *used) MUST_USE;
/* All of the stream, *len bytes, into `room`; ERR_ABSENT if they are more.  What is behind the stream is let be. */
int inflate_up_to(struct str in, uint8_t *out, size_t room, size_t *len) MUST_USE;
uint32_t crc32_add(uint32_t crc, const void *data, size_t len);     /* 0 at first */
uint32_t adler32_add(uint32_t adler, const void *data, size_t len); /* 1 at first */

#endif
