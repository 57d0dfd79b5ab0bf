#include "base/show.h"

#include <stdio.h>

static enum show_class
class_of(int32_t code, unsigned flags)
{
	if (code < 0)
		return SHOW_INVALID;
	if (code >= 0x20 && code <= 0x7E)
		return SHOW_PLAIN;
	if ((code == '\t' && flags & SHOW_TAB) || (code == '\n' && flags & SHOW_NEWLINE))
		return SHOW_PLAIN;
	return unicode_class(code);
}

enum show_class
show_at(struct str s, size_t at, unsigned flags, size_t *len, char out[static SHOW_CELL_MAX])
{
	int32_t code = utf8_next(s, at, len);
	enum show_class class = class_of(code, flags);

	if (class == SHOW_PLAIN) {
		memcpy(out, s.data + at, *len);
		out[*len] = 0;
	} else if (class == SHOW_INVALID) {
		snprintf(out, SHOW_CELL_MAX, "<%02X>", (uint8_t)s.data[at]);
	} else if (code < 0x80) {
		snprintf(out, SHOW_CELL_MAX, "^%c", (int)(code ^ 0x40));
	} else {
		snprintf(out, SHOW_CELL_MAX, "<U+%04X>", (unsigned)code);
	}
	return class;
}

int
show(struct buf *out, struct str s, unsigned flags)
{
	char cell[SHOW_CELL_MAX];
	size_t len;
	int r = 0;

	for (size_t at = 0; at < s.len && r == 0; at += len) {
		show_at(s, at, flags, &len, cell);
		r = buf_text(out, cell);
	}
	return r;
}

const char *
show_in(char *out, size_t size, struct str s)
{
	char cell[SHOW_CELL_MAX];
	size_t used = 0, len;
	size_t mark = 0; /* the last place from which "..." still fits */

	for (size_t at = 0; at < s.len; at += len) {
		show_at(s, at, 0, &len, cell);
		size_t more = strlen(cell);
		if (used + 4 <= size)
			mark = used;
		if (used + more + 1 > size) {
			snprintf(out + mark, size - mark, "...");
			return out;
		}
		memcpy(out + used, cell, more);
		used += more;
	}
	if (size > 0)
		out[used] = 0;
	return out;
}

bool
show_plain(struct str s, unsigned flags)
{
	size_t len;

	for (size_t at = 0; at < s.len; at += len) {
		int32_t code = utf8_next(s, at, &len);
		if (class_of(code, flags) != SHOW_PLAIN)
			return false;
	}
	return true;
}
