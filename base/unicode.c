#include "base/unicode.h"

#include "base/unicode_private.h"

#include <stdlib.h>

#define SETS (sizeof(struct unicode_scripts) / sizeof(uint64_t))
#define MARKS 64 /* combining marks in a row that are put in order */

static const struct unicode_prop *
prop_of(int32_t code)
{
	return &unicode_props[unicode_blocks[unicode_block_of[code / UNICODE_BLOCK]][code % UNICODE_BLOCK]];
}

enum show_class
unicode_class(int32_t code)
{
	return (enum show_class)prop_of(code)->class;
}

bool
unicode_letter(int32_t code)
{
	const struct unicode_prop *prop = prop_of(code);

	return prop->class == SHOW_PLAIN &&
	    (prop->order > 0 || unicode_sets[prop->scripts].bits[SETS - 1] != UINT64_MAX);
}

bool
unicode_spells(int32_t code)
{
	return unicode_letter(code) || prop_of(code)->spells;
}

/* ---- skeletons ---- */

static int
add_changed(struct buf *out, int32_t code, const struct unicode_change *changes, unsigned count)
{
	unsigned low = 0, high = count;
	char bytes[UTF8_MAX];

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (changes[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < count && changes[low].code == code)
		return buf_text(out, changes[low].text);
	return buf_add(out, bytes, utf8_put(code, bytes));
}

/* The Unicode Standard, 3.12: a Hangul syllable is taken apart by counting. */
static int
add_decomposed(struct buf *out, int32_t code)
{
	char bytes[3 * UTF8_MAX];
	int32_t at = code - 0xAC00;

	if (code < 0xAC00 || code > 0xD7A3)
		return add_changed(out, code, unicode_decompositions, unicode_decompositions_count);
	size_t len = utf8_put(0x1100 + at / 588, bytes);
	len += utf8_put(0x1161 + at % 588 / 28, bytes + len);
	if (at % 28 > 0)
		len += utf8_put(0x11A7 + at % 28, bytes + len);
	return buf_add(out, bytes, len);
}

static int
add_skeleton(struct buf *out, int32_t code)
{
	return add_changed(out, code, unicode_skeletons, unicode_skeletons_count);
}

static int
compare_marks(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;
	int order = prop_of(x[0])->order - prop_of(y[0])->order;

	return order ? order : x[1] - y[1];
}

/* Canonical order of the marks from `from` on: by combining class, as they stand where that is the same. */
static void
order_marks(struct buf *out, size_t from)
{
	struct str text = { (const char *)out->data, out->len };
	int32_t marks[MARKS][2];
	size_t len, count = 0, start = from;

	for (size_t at = from; at <= text.len; at += len) {
		int32_t code = at < text.len ? utf8_next(text, at, &len) : -1;
		bool mark = code >= 0 && prop_of(code)->order > 0;
		if (at == text.len)
			len = 1;
		if (mark && count < MARKS) {
			start = count == 0 ? at : start;
			marks[count][0] = code;
			marks[count][1] = (int32_t)count;
			count++;
			continue;
		}
		qsort(marks, count, sizeof *marks, compare_marks);
		for (size_t i = 0; count > 1 && i < count; i++)
			start += utf8_put(marks[i][0], (char *)out->data + start);
		count = 0;
	}
}

/* Each code point of `word` through `add`, what is not UTF-8 as it is; then the marks in order. */
static int
change(struct buf *out, struct str word, int (*add)(struct buf *out, int32_t code))
{
	size_t from = out->len, len;
	int r = 0;

	for (size_t at = 0; at < word.len && r == 0; at += len) {
		int32_t code = utf8_next(word, at, &len);
		r = code < 0 ? buf_add(out, word.data + at, len) : add(out, code);
	}
	if (r == 0 && out->len > from)
		order_marks(out, from);
	return r;
}

int
unicode_skeleton(struct buf *out, struct str word)
{
	struct buf decomposed = BUF(out->max);

	int r = change(&decomposed, word, add_decomposed);
	if (r == 0)
		r = change(out, buf_view(&decomposed), add_skeleton);
	buf_release(&decomposed);
	return r;
}

/* ---- scripts ---- */

static struct unicode_scripts
both(struct unicode_scripts a, struct unicode_scripts b)
{
	for (size_t i = 0; i < SETS; i++)
		a.bits[i] &= b.bits[i];
	return a;
}

static bool
none(struct unicode_scripts scripts)
{
	return (scripts.bits[0] | scripts.bits[1] | scripts.bits[2] | scripts.bits[3]) == 0;
}

static bool
has(struct unicode_scripts scripts, unsigned script)
{
	return scripts.bits[script / 64] >> (script % 64) & 1;
}

bool
unicode_mixed(struct str word)
{
	struct unicode_scripts all, but_latin;
	size_t len;

	memset(&all, 0xFF, sizeof all);
	but_latin = all;
	for (size_t at = 0; at < word.len; at += len) {
		int32_t code = utf8_next(word, at, &len);
		if (code < 0)
			continue;
		struct unicode_scripts these = unicode_sets[prop_of(code)->scripts];
		all = both(all, these);
		if (!has(these, unicode_latin))
			but_latin = both(but_latin, these);
	}
	if (!none(all))
		return false;
	for (size_t i = 0; i < sizeof unicode_mixing / sizeof *unicode_mixing; i++)
		if (has(but_latin, unicode_mixing[i]))
			return false;
	return true;
}

/* The one script that a code point is a letter of; -1 where there are several, or it is common to all. */
static int
script_of(int32_t code)
{
	struct unicode_scripts these = unicode_sets[prop_of(code)->scripts];
	int found = -1;

	if (these.bits[SETS - 1] == UINT64_MAX)
		return -1;
	for (unsigned i = 0; i < unicode_scripts_count; i++) {
		bool added = i == unicode_mixing[0] || i == unicode_mixing[1] || i == unicode_mixing[2];
		if (added || !has(these, i))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

int
unicode_script_list(struct buf *out, struct str word)
{
	struct unicode_scripts listed = { 0 };
	size_t len, from = out->len;
	int r = 0;

	for (size_t at = 0; at < word.len && r == 0; at += len) {
		int32_t code = utf8_next(word, at, &len);
		int script = code < 0 ? -1 : script_of(code);
		if (script < 0 || has(listed, (unsigned)script))
			continue;
		listed.bits[script / 64] |= (uint64_t)1 << (script % 64);
		if (out->len > from)
			r = buf_text(out, ", ");
		if (r == 0)
			r = buf_text(out, unicode_script_names[script]);
	}
	return r;
}
