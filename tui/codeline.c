#include "tui/codeline.h"

/* As text_step, but a tab is as many blanks as there are to its stop; the column tells. */
static int
step(const struct codeline *line, size_t at, size_t column, bool ascii, size_t *len,
    char out[static SHOW_CELL_MAX], bool *marker)
{
	char c = line->text.data[at];

	*marker = false;
	*len = 1;
	if (c == '\t') {
		int tab = line->tab > 0 ? line->tab : TAB_WIDTH;
		out[0] = ' ', out[1] = 0;
		return tab - (int)(column % (size_t)tab);
	}
	if (c >= ' ' && c <= '~') {
		out[0] = c, out[1] = 0;
		return 1;
	}
	return text_step(line->text, at, ascii, len, out, marker);
}

/* Where drawing stands. */
struct brush {
	const struct codeline *line;
	size_t span, match; /* the next ones not yet left behind */
	size_t lit;         /* the word under the cursor stands up to here */
	size_t end;         /* of what is not blank */
};

static bool
word_byte(char c)
{
	return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool
word_stands(const struct codeline *line, size_t at)
{
	struct str text = line->text, word = line->word;

	return word.len && text.len - at >= word.len && memcmp(text.data + at, word.data, word.len) == 0 &&
	    (at == 0 || !word_byte(text.data[at - 1])) &&
	    (at + word.len == text.len || !word_byte(text.data[at + word.len]));
}

static struct pen
pen_at(struct brush *b, size_t at)
{
	const struct codeline *line = b->line;
	struct pen pen = { INK_SPAN, line->ground };

	while (b->span < line->span_count && line->spans[b->span].start + line->spans[b->span].len <= at)
		b->span++;
	if (b->span < line->span_count && line->spans[b->span].start <= at)
		pen.ink = INK_SPAN + line->spans[b->span].class;
	while (
	    b->match < line->match_count && line->matches[b->match].start + line->matches[b->match].len <= at)
		b->match++;
	if (word_stands(line, at))
		b->lit = at + line->word.len;
	if (pen.ground == GROUND_NONE &&
	    (at < b->lit || at + 1 == line->bracket[0] || at + 1 == line->bracket[1]))
		pen.ground = GROUND_WORD;
	if (b->match < line->match_count && line->matches[b->match].start <= at)
		pen.ground = line->match_ground ? line->match_ground : GROUND_MATCH;
	return pen;
}

static void
draw_step(struct area area, int row, long col, int width, struct pen pen, const char *shown)
{
	if (strcmp(shown, " ") == 0 && width > 1) {
		for (int i = 0; i < width; i++)
			if (col + i >= 0 && col + i < area.cols)
				area_step(area, row, (int)col + i, pen, shown, 1);
	} else if (col > -SHOW_CELL_MAX)
		area_step(area, row, (int)col, pen, shown, width);
}

/* A sign over the first column of a tab, or of a blank at the end. */
static void
draw_invisible(const struct brush *b, struct area area, int row, long col, size_t at)
{
	char c = b->line->text.data[at];
	struct pen pen = { INK_DIM, b->line->ground };

	if (b->line->invisibles && col >= 0 && col < area.cols && (c == '\t' || (c == ' ' && at >= b->end)))
		area_sign(area, row, (int)col, pen, c == '\t' ? SIGN_ARROW : SIGN_DOT);
}

static void
draw_cuts(struct area area, int row, const struct codeline *line, bool more)
{
	struct pen pen = { INK_CUT, line->ground };
	bool before = line->wraps ? line->offset && line->from.byte == 0 : line->left || line->offset;

	if (before && line->text.len)
		area_sign(area, row, 0, pen, SIGN_LEFT);
	if (more && area.cols > 0)
		area_sign(area, row, area.cols - 1, pen, SIGN_RIGHT);
}

static size_t
end_of_ink(struct str text)
{
	size_t end = text.len;

	while (end > 0 &&
	    (text.data[end - 1] == ' ' || text.data[end - 1] == '\t' || text.data[end - 1] == '\r'))
		end--;
	return end;
}

int
codeline_draw(struct area area, int row, const struct codeline *line)
{
	struct brush brush = { .line = line, .end = line->invisibles ? end_of_ink(line->text) : 0 };
	bool ascii = area.grid->ascii;
	size_t column = line->wraps ? line->from.column : 0, left = line->wraps ? column : line->left;
	size_t at = line->wraps ? line->from.byte : 0;
	int behind = 0;

	area_blank(area, row, 0, -1, PEN(INK_TEXT, line->ground));
	area_shows(area, row, line->origin);
	for (size_t len; at < line->text.len; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker;
		long col = (long)column - (long)left;
		if (col >= area.cols)
			break;
		int width = step(line, at, column, ascii, &len, out, &marker);
		if (line->wraps && col > 0 && col + width > area.cols && line->text.data[at] != '\t')
			break;
		column += (size_t)width;
		if (col + width < 0)
			continue;
		struct pen pen = pen_at(&brush, at);
		if (marker)
			pen.ink = INK_MARKER;
		draw_step(area, row, col, width, pen, out);
		draw_invisible(&brush, area, row, col, at);
		behind = (int)((long)column - (long)left);
	}
	bool more = at < line->text.len || behind > area.cols;
	draw_cuts(area, row, line, line->wraps ? at == line->text.len && line->cut : more || line->cut);
	return behind < area.cols ? behind : area.cols;
}

size_t
codeline_column(const struct codeline *line, size_t byte, bool ascii)
{
	size_t column = 0;

	for (size_t at = 0, len; at < line->text.len && at < byte; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker;
		column += (size_t)step(line, at, column, ascii, &len, out, &marker);
	}
	return column;
}

size_t
codeline_byte(const struct codeline *line, size_t column, bool ascii)
{
	size_t now = 0, at = 0;

	for (size_t len; at < line->text.len; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker;
		now += (size_t)step(line, at, now, ascii, &len, out, &marker);
		if (now > column)
			break;
	}
	return at;
}

bool
codeline_wrap(const struct codeline *line, struct line_row *row, int width, bool ascii)
{
	size_t column = row->column, at = row->byte, limit = row->column + (size_t)(width > 0 ? width : 1);

	for (size_t len; at < line->text.len; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker, tab = line->text.data[at] == '\t';
		int wide = step(line, at, column, ascii, &len, out, &marker);
		if (at > row->byte && (tab ? column >= limit : column + (size_t)wide > limit)) {
			*row = (struct line_row){ at, column };
			return true;
		}
		column += (size_t)wide;
	}
	return false;
}

static size_t
step_len(struct str text, size_t at, bool *combines)
{
	char out[SHOW_CELL_MAX];
	bool marker;
	size_t len;

	*combines = text_step(text, at, false, &len, out, &marker) == 0;
	return len;
}

size_t
codeline_next(struct str text, size_t byte)
{
	bool combines;

	if (byte >= text.len)
		return text.len;
	byte += step_len(text, byte, &combines);
	while (byte < text.len) {
		size_t len = step_len(text, byte, &combines);
		if (!combines)
			break;
		byte += len;
	}
	return byte;
}

size_t
codeline_back(struct str text, size_t byte)
{
	size_t before = 0;

	if (byte > text.len)
		byte = text.len;
	size_t start = byte > 256 ? byte - 256 : 0;
	while (start < byte && ((unsigned char)text.data[start] & 0xc0) == 0x80)
		start++;
	for (size_t at = before = start; at < byte; at = codeline_next(text, at))
		before = at;
	return before;
}

static bool
word_start(struct str text, size_t at)
{
	return word_byte(text.data[at]) && !(text.data[at] >= '0' && text.data[at] <= '9') &&
	    (at == 0 || !word_byte(text.data[at - 1]));
}

static size_t
word_end(struct str text, size_t at)
{
	while (at < text.len && word_byte(text.data[at]))
		at++;
	return at;
}

const struct span *
codeline_span(const struct codeline *line, size_t byte)
{
	size_t low = 0, high = line->span_count;

	while (low < high) { /* the last one that begins at or before it */
		size_t middle = low + (high - low) / 2;
		if (line->spans[middle].start <= byte)
			low = middle + 1;
		else
			high = middle;
	}
	const struct span *span = low ? &line->spans[low - 1] : NULL;
	return span && byte < span->start + span->len ? span : NULL;
}

/* Keywords and numbers never are; what comments and strings name may be, where someone points at it. */
static bool
may_be_defined(const struct codeline *line, size_t at, bool pointed)
{
	const struct span *span = codeline_span(line, at);

	if (span && (span->class == SPAN_STRING || span->class == SPAN_COMMENT))
		return pointed;
	return !span || (span->class != SPAN_KEYWORD && span->class != SPAN_NUMBER);
}

struct str
codeline_word(const struct codeline *line, size_t byte)
{
	struct str text = line->text;
	size_t start = byte < text.len ? byte : text.len;

	while (
	    start > 0 && start < text.len && word_byte(text.data[start]) && word_byte(text.data[start - 1]))
		start--;
	if (start < text.len && word_start(text, start) && may_be_defined(line, start, byte > 0))
		return (struct str){ text.data + start, word_end(text, start) - start };
	for (size_t at = start; at < text.len; at++)
		if (word_start(text, at) && may_be_defined(line, at, false))
			return (struct str){ text.data + at, word_end(text, at) - at };
	return (struct str){ "", 0 };
}

bool
codeline_on_word(struct str text, size_t byte)
{
	return byte < text.len && word_byte(text.data[byte]);
}

size_t
codeline_word_next(struct str text, size_t byte)
{
	for (size_t at = byte + 1; at < text.len; at++)
		if (word_start(text, at))
			return at;
	return text.len;
}

size_t
codeline_word_back(struct str text, size_t byte)
{
	for (size_t at = byte < text.len ? byte : text.len; at-- > 0;)
		if (word_start(text, at))
			return at;
	return 0;
}
