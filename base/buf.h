/*
 * A growing byte buffer with a maximum: for sizes that an outsider chooses.
 * Growing past the maximum, or past the memory there is, gives ERR_MEMORY and
 * leaves the buffer as it was.
 */
#ifndef CARREL_BASE_BUF_H
#define CARREL_BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct buf {
	uint8_t *data; /* NULL while empty; a NUL stands behind the last byte otherwise */
	size_t len;
	size_t cap;
	size_t max; /* of len, in bytes */
};

#define BUF(maximum) ((struct buf){ .max = (maximum) })

void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* len 0, memory kept */
int buf_add(struct buf *buf, const void *data, size_t len) MUST_USE;
int buf_str(struct buf *buf, struct str s) MUST_USE;
int buf_text(struct buf *buf, const char *text) MUST_USE;
int buf_byte(struct buf *buf, uint8_t byte) MUST_USE;
int buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3))) MUST_USE;
/* Room for `more` bytes behind len; the caller writes there and adds to len itself. */
int buf_room(struct buf *buf, size_t more) MUST_USE;
struct str buf_view(const struct buf *buf); /* borrowed until the next change */
/* The bytes as a NUL-terminated heap string; the buffer is empty afterwards.  NULL when there is no memory. */
char *buf_take(struct buf *buf);
/* Overwrites before freeing: for what must not stay in memory. */
void buf_wipe(struct buf *buf);

#endif
