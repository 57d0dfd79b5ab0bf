/* First byte: flags. */
#include "tests/fuzz/fuzz.h"

#include "base/show.h"
#include "base/suspect.h"

#include <string.h>

/* C0 and DEL alone; what hides or reorders is asked of show itself, of which this is no judge. */
static void
check_safe(struct str s, unsigned flags)
{
	assert(utf8_ok(s));
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.data[i];
		assert(c >= 0x20 || (c == '\t' && flags & SHOW_TAB) || (c == '\n' && flags & SHOW_NEWLINE));
		assert(c != 0x7f);
		assert(!(c == 0xc2 && (uint8_t)s.data[i + 1] < 0xa0));
		/* U+200B-F, U+202A-E, U+2060-F */
		assert(!(c == 0xe2 && (uint8_t)s.data[i + 1] == 0x80 && (uint8_t)s.data[i + 2] >= 0x8b &&
		    (uint8_t)s.data[i + 2] <= 0x8f));
		assert(!(c == 0xe2 && (uint8_t)s.data[i + 1] == 0x80 && (uint8_t)s.data[i + 2] >= 0xaa &&
		    (uint8_t)s.data[i + 2] <= 0xae));
		assert(!(c == 0xe2 && (uint8_t)s.data[i + 1] == 0x81 && (uint8_t)s.data[i + 2] >= 0xa0 &&
		    (uint8_t)s.data[i + 2] <= 0xaf));
	}
	assert(show_plain(s, flags));
}

/* Places lie in the text, rise, and are only where something may be; each can be spelled in ASCII. */
static void
check_suspects(struct str in)
{
	struct suspect_walk walk;
	struct suspect found;
	size_t end = 0;

	suspect_begin(&walk, in);
	while (suspect_next(&walk, &found)) {
		struct buf spelled = BUF(16 * in.len + 64);
		assert(suspect_possible(in));
		assert(found.at >= end && found.len > 0 && found.len <= in.len - found.at);
		end = found.at + found.len;
		assert(found.line > 0 && found.column > 0 && found.column <= found.at + 1);
		assert(suspect_spell(&spelled, (struct str){ in.data + found.at, found.len }) == 0);
		check_safe(buf_view(&spelled), 0);
		buf_release(&spelled);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF(16 * size + 64), again = BUF(16 * size + 64);
	char cut[40];

	if (size == 0)
		return 0;
	unsigned flags = data[0] & (SHOW_TAB | SHOW_NEWLINE);
	struct str in = { (const char *)data + 1, size - 1 };
	assert(show(&out, in, flags) == 0);
	struct str shown = buf_view(&out);
	check_safe(shown, flags);
	assert(show(&again, shown, flags) == 0 && str_eq(buf_view(&again), shown));
	assert(show_plain(in, flags) == str_eq(in, shown));
	check_safe(str_from(show_in(cut, sizeof cut, in)), 0);
	check_suspects(in);
	size_t at = 0;
	while (at < in.len) {
		char cell[SHOW_CELL_MAX];
		size_t len = 0;
		show_at(in, at, flags, &len, cell);
		assert(len > 0 && len <= in.len - at && strlen(cell) < SHOW_CELL_MAX);
		at += len;
	}
	buf_release(&out);
	buf_release(&again);
	return 0;
}
