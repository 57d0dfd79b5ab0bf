#include "base/show.h"

#include <stdio.h>
#include <utf8proc.h>

static bool
within(int32_t code, int32_t first, int32_t last)
{
	return code >= first && code <= last;
}

static bool
is_bidi(int32_t code)
{
	return code == 0x061C || within(code, 0x200E, 0x200F) || within(code, 0x202A, 0x202E) ||
	    within(code, 0x2066, 0x2069);
}

/* Seen as nothing or as a blank, though their category is a letter, a mark or a space. */
static bool
is_blank_in_disguise(int32_t code)
{
	return code == 0x00A0 || code == 0x034F || within(code, 0x115F, 0x1160) || code == 0x1680 ||
	    within(code, 0x17B4, 0x17B5) || within(code, 0x180B, 0x180F) || within(code, 0x2000, 0x200A) ||
	    within(code, 0x2028, 0x2029) || code == 0x202F || code == 0x205F || code == 0x2800 ||
	    code == 0x3164 || within(code, 0xFE00, 0xFE0F) || code == 0xFFA0 ||
	    within(code, 0xE0000, 0xE0FFF);
}

static enum show_class
class_of(int32_t code, unsigned flags)
{
	if (code < 0)
		return SHOW_INVALID;
	if (within(code, 0x20, 0x7E))
		return SHOW_PLAIN;
	if (code == '\t' && flags & SHOW_TAB)
		return SHOW_PLAIN;
	if (code == '\n' && flags & SHOW_NEWLINE)
		return SHOW_PLAIN;
	if (code < 0x20 || within(code, 0x7F, 0x9F))
		return SHOW_CONTROL;
	if (is_bidi(code))
		return SHOW_BIDI;
	if (is_blank_in_disguise(code))
		return SHOW_INVISIBLE;
	switch (utf8proc_category(code)) {
	case UTF8PROC_CATEGORY_CF:
		return SHOW_INVISIBLE;
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CS:
		return SHOW_PRIVATE;
	default:
		return SHOW_PLAIN;
	}
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

int
show_width(int32_t code)
{
	if (within(code, 0x20, 0x7E))
		return 1;
	return utf8proc_charwidth(code);
}
