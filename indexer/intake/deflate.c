#include "indexer/intake/deflate.h"

#include "base/mem.h"

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif
#include <libdeflate.h>
#include <stdlib.h>

/*
 * Measured on the files of a kernel, level 1 of libdeflate against level 2 of ISA-L: 288 and 529 MB/s, 21.4 and
 * 22.7 per cent of the text; what a higher level saves on source text is not worth twice the time.  What either
 * makes of a text may differ from processor to processor.
 */
#define LEVEL 1
#define FAST_LEVEL 2

#define STORED_BLOCK 65535
#define STORED_HEAD 5
#define ZLIB_BYTES 6    /* head and sum */
#define STREAM_BYTES 64 /* more than a stream needs beyond its blocks */
#define ROOM_KEPT ((size_t)8 * 1024 * 1024)

struct deflater {
#ifdef HAVE_ISAL
	struct isal_zstream stream;
	uint8_t tables[ISAL_DEF_LVL2_DEFAULT];
#else
	struct libdeflate_compressor *compressor;
#endif
	uint8_t *out; /* what is made: room for the largest so far, up to ROOM_KEPT */
	size_t room;
};

int
deflater_new(struct deflater **out)
{
	struct deflater *deflater = mem_new(struct deflater);

#ifndef HAVE_ISAL
	deflater->compressor = libdeflate_alloc_compressor(LEVEL);
	if (!deflater->compressor) {
		free(deflater);
		return err_set(ERR_MEMORY, "no memory to deflate");
	}
#endif
	*out = deflater;
	return 0;
}

void
deflater_free(struct deflater *deflater)
{
	if (!deflater)
		return;
#ifndef HAVE_ISAL
	libdeflate_free_compressor(deflater->compressor);
#endif
	free(deflater->out);
	free(deflater);
}

/* Of what gets no shorter, blocks are stored as they are. */
static size_t
bound(size_t len)
{
	return len + (len / STORED_BLOCK + 1) * STORED_HEAD + ZLIB_BYTES + STREAM_BYTES;
}

/* The length of the stream in deflater->out; 0 if there is none. */
#ifdef HAVE_ISAL
static size_t
deflate_whole(struct deflater *deflater, struct str in)
{
	struct isal_zstream *stream = &deflater->stream;

	isal_deflate_stateless_init(stream);
	stream->level = FAST_LEVEL;
	stream->level_buf = deflater->tables;
	stream->level_buf_size = sizeof deflater->tables;
	stream->gzip_flag = IGZIP_ZLIB;
	stream->end_of_stream = 1;
	stream->next_in = (uint8_t *)(uintptr_t)in.data;
	stream->avail_in = (uint32_t)in.len;
	stream->next_out = deflater->out;
	stream->avail_out = (uint32_t)deflater->room;
	return isal_deflate_stateless(stream) == COMP_OK ? stream->total_out : 0;
}
#else
static size_t
deflate_whole(struct deflater *deflater, struct str in)
{
	return libdeflate_zlib_compress(deflater->compressor, in.data, in.len, deflater->out, deflater->room);
}
#endif

int
deflate_add(struct deflater *deflater, struct str in, struct buf *out)
{
	size_t room = bound(in.len);

	if (room > UINT32_MAX)
		return err_set(ERR_FORMAT, "%zu bytes are too many to deflate at once", in.len);
	if (deflater->room < room) {
		uint8_t *larger = mem_try_grow(deflater->out, room, 1);
		if (!larger)
			return err_set(ERR_MEMORY, "no memory to deflate %zu bytes", in.len);
		deflater->out = larger;
		deflater->room = room;
	}
	size_t len = deflate_whole(deflater, in);
	int r =
	    len ? buf_add(out, deflater->out, len) : err_set(ERR_SYSTEM, "cannot deflate %zu bytes", in.len);
	if (deflater->room > ROOM_KEPT) {
		free(deflater->out);
		deflater->out = NULL;
		deflater->room = 0;
	}
	return r;
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
