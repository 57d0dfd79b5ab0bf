#include "indexer/intake/gunzip.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE ((size_t)256 * 1024)
#define WINDOW_GZIP (15 + 16) /* the largest window, and gzip's wrapper alone */

struct gunzip {
	z_stream stream;
	int fd;
	bool between; /* members: the one before has ended */
	uint8_t in[PIECE];
};

bool
gunzip_is(const uint8_t *start, size_t len)
{
	return len >= 2 && start[0] == 0x1f && start[1] == 0x8b;
}

int
gunzip_new(int fd, struct gunzip **out)
{
	struct gunzip *gunzip = mem_new(struct gunzip);

	gunzip->fd = fd;
	if (inflateInit2(&gunzip->stream, WINDOW_GZIP) != Z_OK) {
		free(gunzip);
		return err_set(ERR_MEMORY, "no memory to inflate");
	}
	*out = gunzip;
	return 0;
}

void
gunzip_free(struct gunzip *gunzip)
{
	if (gunzip)
		inflateEnd(&gunzip->stream);
	free(gunzip);
}

/* 1 if there is input, 0 at the file's end. */
static int
fill(struct gunzip *gunzip)
{
	ssize_t n;

	if (gunzip->stream.avail_in > 0)
		return 1;
	do
		n = read(gunzip->fd, gunzip->in, PIECE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys("cannot read");
	gunzip->stream.next_in = gunzip->in;
	gunzip->stream.avail_in = (uInt)n;
	return n > 0;
}

/* Behind a member: 1 if another begins, 0 at the end. */
static int
next_member(struct gunzip *gunzip)
{
	int r;

	while ((r = fill(gunzip)) > 0 && *gunzip->stream.next_in == 0) {
		gunzip->stream.next_in++;
		gunzip->stream.avail_in--;
	}
	if (r <= 0)
		return r;
	if (*gunzip->stream.next_in != 0x1f)
		return err_set(ERR_FORMAT, "damaged archive: something stands behind its end");
	gunzip->between = false;
	return inflateReset(&gunzip->stream) == Z_OK ? 1 : err_set(ERR_FORMAT, "damaged archive");
}

int
gunzip_read(struct gunzip *gunzip, uint8_t *out, size_t room, size_t *len)
{
	z_stream *stream = &gunzip->stream;
	int r = 0;

	stream->next_out = out;
	stream->avail_out = (uInt)room;
	while (stream->avail_out == room) {
		if (gunzip->between && (r = next_member(gunzip)) <= 0)
			break;
		r = fill(gunzip);
		if (r < 0)
			break;
		int got = inflate(stream, Z_NO_FLUSH);
		gunzip->between = got == Z_STREAM_END;
		if (got == Z_BUF_ERROR && r == 0) {
			r = err_set(ERR_FORMAT, "damaged archive: truncated gzip input");
			break;
		}
		if (got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) {
			r = err_set(
			    ERR_FORMAT, "damaged archive: %s", stream->msg ? stream->msg : "bad gzip input");
			break;
		}
	}
	*len = room - stream->avail_out;
	return r < 0 ? r : 0;
}
