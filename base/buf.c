#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ .max = buf->max };
}

void
buf_wipe(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->cap);
	buf_release(buf);
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = 0;
}

int
buf_room(struct buf *buf, size_t more)
{
	if (more > buf->max || buf->len > buf->max - more)
		return err_set(ERR_MEMORY, "more than %zu bytes", buf->max);
	size_t need = buf->len + more + 1;
	if (need <= buf->cap)
		return 0;
	size_t cap = buf->cap ? buf->cap : 64;
	while (cap < need)
		cap += cap / 2 + 64;
	uint8_t *data = mem_try_grow(buf->data, cap, 1);
	if (!data)
		return err_set(ERR_MEMORY, "no memory for %zu bytes", cap);
	buf->data = data;
	buf->cap = cap;
	return 0;
}

int
buf_add(struct buf *buf, const void *data, size_t len)
{
	/* there is mostly room */
	if (len >= buf->cap - buf->len || len > buf->max - buf->len) {
		int r = buf_room(buf, len);
		if (r < 0)
			return r;
	}
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = 0;
	return 0;
}

int
buf_str(struct buf *buf, struct str s)
{
	return buf_add(buf, s.data, s.len);
}

int
buf_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

int
buf_byte(struct buf *buf, uint8_t byte)
{
	return buf_add(buf, &byte, 1);
}

int
buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_set(ERR_SYSTEM, "cannot format");
	int r = buf_room(buf, (size_t)len);
	if (r < 0)
		return r;
	va_start(ap, fmt);
	vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
	return 0;
}

struct str
buf_view(const struct buf *buf)
{
	return (struct str){ buf->data ? (const char *)buf->data : "", buf->len };
}

char *
buf_take(struct buf *buf)
{
	if (!buf->data && buf_add(buf, "", 0) < 0)
		return NULL;
	char *text = (char *)buf->data;
	*buf = (struct buf){ .max = buf->max };
	return text;
}
