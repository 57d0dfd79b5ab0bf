#include "indexer/intake/deflate.h"

#include "base/mem.h"

#include <libdeflate.h>
#include <stdlib.h>

/* Measured: what a higher level saves on source text is not worth twice the time. */
#define LEVEL 1

struct deflater {
	struct libdeflate_compressor *compressor;
};

int
deflater_new(struct deflater **out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
	if (!compressor)
		return err_set(ERR_MEMORY, "no memory to deflate");
	*out = mem_new(struct deflater);
	(*out)->compressor = compressor;
	return 0;
}

void
deflater_free(struct deflater *deflater)
{
	if (deflater)
		libdeflate_free_compressor(deflater->compressor);
	free(deflater);
}

int
deflate_add(struct deflater *deflater, struct str in, struct buf *out)
{
	size_t bound = libdeflate_zlib_compress_bound(deflater->compressor, in.len);
	int r = buf_room(out, bound);
	if (r < 0)
		return r;
	size_t len =
	    libdeflate_zlib_compress(deflater->compressor, in.data, in.len, out->data + out->len, bound);
	if (len == 0)
		return err_set(ERR_SYSTEM, "cannot deflate %zu bytes", in.len);
	out->len += len;
	return 0;
}

int
inflate_exact(struct str in, uint8_t *out, size_t len, size_t *used)
{
	size_t took, gave;

	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	if (!decompressor)
		return err_set(ERR_MEMORY, "no memory to inflate");
	enum libdeflate_result result =
	    libdeflate_zlib_decompress_ex(decompressor, in.data, in.len, out, len, &took, &gave);
	libdeflate_free_decompressor(decompressor);
	if (result != LIBDEFLATE_SUCCESS || gave != len)
		return err_set(ERR_FORMAT, "damaged stream");
	if (used)
		*used = took;
	return 0;
}

int
inflate_up_to(struct str in, uint8_t *out, size_t room, size_t *len)
{
	size_t took;

	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	if (!decompressor)
		return err_set(ERR_MEMORY, "no memory to inflate");
	enum libdeflate_result result =
	    libdeflate_zlib_decompress_ex(decompressor, in.data, in.len, out, room, &took, len);
	libdeflate_free_decompressor(decompressor);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		return err_set(ERR_ABSENT, "more than %zu bytes", room);
	return result == LIBDEFLATE_SUCCESS ? 0 : err_set(ERR_FORMAT, "damaged stream");
}

uint32_t
crc32_add(uint32_t crc, const void *data, size_t len)
{
	/* libdeflate takes NULL for "start anew" */
	return len ? libdeflate_crc32(crc, data, len) : crc;
}

uint32_t
adler32_add(uint32_t adler, const void *data, size_t len)
{
	return len ? libdeflate_adler32(adler, data, len) : adler;
}
