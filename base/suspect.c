#include "base/suspect.h"

enum byte { BYTE_PLAIN, BYTE_NEWLINE, BYTE_OTHER };

static enum byte
byte_of(uint8_t byte)
{
	if ((byte >= 0x20 && byte < 0x7F) || byte == '\t')
		return BYTE_PLAIN;
	return byte == '\n' ? BYTE_NEWLINE : BYTE_OTHER;
}

const char *
suspect_word(enum suspect_class of)
{
	static const char *const words[SUSPECT_END] = {
#define X(number, id, word) [number] = word,
		SUSPECT_CLASSES(X)
#undef X
	};
	return words[of];
}

void
suspect_begin(struct suspect_walk *walk, struct str text)
{
	*walk = (struct suspect_walk){ .text = text, .line = 1 };
}

#define PLAIN \
	64 /* bytes that are looked at together: without a branch, so that the compiler takes many at once */

static bool
all_plain(const char *text)
{
	unsigned other = 0;

	for (size_t i = 0; i < PLAIN; i++) {
		uint8_t byte = (uint8_t)text[i];
		other |= ((uint8_t)(byte - 0x20) > 0x7E - 0x20) & (byte != '\t') & (byte != '\n');
	}
	return other == 0;
}

bool
suspect_possible(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		while (text.len - i > PLAIN && all_plain(text.data + i))
			i += PLAIN;
		uint8_t byte = (uint8_t)text.data[i];
		if (byte_of(byte) == BYTE_OTHER && byte != '\f' &&
		    !(byte == '\r' && i + 1 < text.len && text.data[i + 1] == '\n'))
			return true;
	}
	return false;
}

/* A letter, digit or mark of which words are made. */
static bool
in_word(int32_t code)
{
	if (code < 0x80)
		return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || code == '_' ||
		    (code >= 'a' && code <= 'z');
	return unicode_letter(code);
}

/* The bytes of the word around at, which is a letter beyond ASCII: what stands before it on the line is ASCII. */
static struct suspect
word_around(const struct suspect_walk *walk)
{
	struct str text = walk->text;
	size_t from = walk->at, end = walk->at, len;

	while (from > walk->start && in_word((uint8_t)text.data[from - 1] & 0x7F) &&
	    (uint8_t)text.data[from - 1] < 0x80)
		from--;
	for (; end < text.len; end += len) {
		int32_t code = utf8_next(text, end, &len);
		if (code < 0 || !in_word(code))
			break;
	}
	return (struct suspect){ .class = SUSPECT_MIXED, .at = from, .len = end - from };
}

static enum suspect_class
class_of(int32_t code, size_t at)
{
	if (code < 0)
		return SUSPECT_ENCODING;
	if (code == 0xFEFF && at == 0)
		return SUSPECT_END;
	switch (unicode_class(code)) {
	case SHOW_CONTROL:
		return SUSPECT_CONTROL;
	case SHOW_BIDI:
		return SUSPECT_BIDI;
	case SHOW_INVISIBLE:
		return SUSPECT_INVISIBLE;
	case SHOW_PRIVATE:
	case SHOW_INVALID:
		return SUSPECT_ENCODING;
	case SHOW_PLAIN:
		break;
	}
	return SUSPECT_END;
}

/* How far what stands at `at` goes on as it is: the same code point, or bytes that are no UTF-8. */
static size_t
run_end(struct str text, size_t at, int32_t code)
{
	size_t len;

	for (; at < text.len && text.data[at] != '\n'; at += len)
		if (utf8_next(text, at, &len) != code)
			break;
	return at;
}

/* What stands at walk->at, which is neither plain ASCII nor a line end; moves past it. */
static bool
look(struct suspect_walk *walk, struct suspect *out)
{
	struct str text = walk->text;
	size_t len, at = walk->at;
	int32_t code = utf8_next(text, at, &len);

	if (code == '\f' || (code == '\r' && at + 1 < text.len && text.data[at + 1] == '\n')) {
		walk->at++;
		return false;
	}
	enum suspect_class class = class_of(code, at);
	if (class != SUSPECT_END) {
		walk->at = run_end(text, at, code);
		*out = (struct suspect){ .class = class, .at = at, .len = walk->at - at };
		out->code = code < 0 ? (uint8_t)text.data[at] : code;
		return true;
	}
	if (!in_word(code)) {
		walk->at += len;
		return false;
	}
	*out = word_around(walk);
	out->code = code;
	walk->at = out->at + out->len;
	return unicode_mixed((struct str){ text.data + out->at, out->len });
}

bool
suspect_next(struct suspect_walk *walk, struct suspect *out)
{
	while (walk->at < walk->text.len) {
		enum byte byte = byte_of((uint8_t)walk->text.data[walk->at]);
		if (byte == BYTE_OTHER) {
			if (!look(walk, out))
				continue;
			out->line = walk->line;
			out->column = out->at - walk->start + 1;
			return true;
		}
		walk->at++;
		if (byte == BYTE_NEWLINE) {
			walk->line++;
			walk->start = walk->at;
		}
	}
	return false;
}

int
suspect_spell(struct buf *out, struct str word)
{
	size_t len;
	int r = 0;

	for (size_t at = 0; at < word.len && r == 0; at += len) {
		int32_t code = utf8_next(word, at, &len);
		if (code < 0)
			r = buf_printf(out, "<%02X>", (uint8_t)word.data[at]);
		else if (code >= 0x20 && code < 0x7F)
			r = buf_byte(out, (uint8_t)code);
		else if (code < 0x80)
			r = buf_printf(out, "^%c", (int)(code ^ 0x40));
		else
			r = buf_printf(out, "<U+%04X>", (unsigned)code);
	}
	return r;
}

/* NULs at every second or fourth place, as text beyond UTF-8 has them. */
static const char *
by_nuls(struct str head)
{
	size_t nuls[4] = { 0 }, fourth = head.len / 4;

	for (size_t i = 0; i < 4 * fourth; i++)
		nuls[i % 4] += head.data[i] == 0;
	if (fourth < 2)
		return NULL;
	if (nuls[1] + nuls[2] + nuls[3] > fourth * 11 / 4 && nuls[0] == 0)
		return "UTF-32, little-endian, without a byte order mark";
	if (nuls[0] + nuls[1] + nuls[2] > fourth * 11 / 4 && nuls[3] == 0)
		return "UTF-32, big-endian, without a byte order mark";
	if (nuls[1] + nuls[3] > fourth && nuls[0] + nuls[2] == 0)
		return "UTF-16, little-endian, without a byte order mark";
	if (nuls[0] + nuls[2] > fourth && nuls[1] + nuls[3] == 0)
		return "UTF-16, big-endian, without a byte order mark";
	return NULL;
}

/* Of text with bytes that are no UTF-8. */
static const char *
by_bytes(struct str head)
{
	bool well = false, high = false, low = false;
	size_t len;

	for (size_t at = 0; at < head.len; at += len) {
		int32_t code = utf8_next(head, at, &len);
		uint8_t byte = (uint8_t)head.data[at];
		well |= code >= 0x80;
		high |= code < 0 && byte >= 0xA0;
		low |= code < 0 && byte < 0xA0;
	}
	if (!high && !low)
		return NULL;
	if (well)
		return "UTF-8 with bytes among it that are none";
	return low ? "not UTF-8; Windows-1252 or another encoding" : "not UTF-8; Latin-1 or another encoding";
}

const char *
suspect_encoding(struct str head)
{
	static const struct {
		const char *mark;
		size_t len;
		const char *name;
	} marks[] = {
		{ "\xff\xfe\0\0", 4, "UTF-32, little-endian" },
		{ "\0\0\xfe\xff", 4, "UTF-32, big-endian" },
		{ "\xff\xfe", 2, "UTF-16, little-endian" },
		{ "\xfe\xff", 2, "UTF-16, big-endian" },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_starts(head, (struct str){ marks[i].mark, marks[i].len }))
			return marks[i].name;
	const char *found = by_nuls(head);
	return found || memchr(head.data, 0, head.len) ? found : by_bytes(head);
}

void
suspect_count(struct str bytes, bool text, uint32_t places[static SUSPECT_END])
{
	struct suspect_walk walk;
	struct suspect is;

	if (text) {
		suspect_begin(&walk, bytes);
		while (suspect_next(&walk, &is))
			places[is.class]++;
	} else {
		bytes.len = bytes.len < SUSPECT_HEAD ? bytes.len : SUSPECT_HEAD;
		places[SUSPECT_ENCODING] += suspect_encoding(bytes) != NULL;
	}
}
