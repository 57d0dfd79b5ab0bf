#include "tui/grid.h"

#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *sign, *ascii;
} signs[SIGN_COUNT] = {
#define X(id, sign, fallback) [SIGN_##id] = { sign, fallback },
	SIGNS(X)
#undef X
};

void
grid_init(struct grid *grid, int rows, int cols, bool ascii)
{
	assert(rows > 0 && cols > 0 && rows <= 4096 && cols <= 4096);
	*grid = (struct grid){ .rows = rows, .cols = cols, .ascii = ascii };
	grid->cells = mem_alloc((size_t)rows * (size_t)cols * sizeof *grid->cells);
	grid_clear(grid);
}

void
grid_release(struct grid *grid)
{
	free(grid->cells);
	free(grid->shown);
	*grid = (struct grid){ 0 };
}

static struct cell *
cell_at(struct grid *grid, int row, int col)
{
	return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

static void
cell_blank(struct cell *cell, struct pen pen)
{
	*cell = (struct cell){
		.text = " ", .width = 1, .ink = (unsigned char)pen.ink, .ground = (unsigned char)pen.ground
	};
}

void
grid_clear(struct grid *grid)
{
	for (int i = 0; i < grid->rows * grid->cols; i++)
		cell_blank(&grid->cells[i], PEN(INK_TEXT, GROUND_NONE));
	grid->cursor_row = grid->cursor_col = -1;
	grid->shown_count = 0;
}

const struct cell *
grid_at(const struct grid *grid, int row, int col)
{
	assert(row >= 0 && row < grid->rows && col >= 0 && col < grid->cols);
	return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

int
grid_row(const struct grid *grid, int row, struct buf *out)
{
	size_t end = out->len;
	int r = 0;

	for (int col = 0; col < grid->cols && r == 0; col++) {
		const struct cell *cell = grid_at(grid, row, col);
		r = buf_text(out, cell->text);
		if (cell->width && strcmp(cell->text, " ") != 0)
			end = out->len;
	}
	out->len = end;
	if (out->data)
		out->data[end] = 0;
	return r;
}

bool
area_holds(struct area area, int row, int col)
{
	return row >= area.row && row < area.row + area.rows && col >= area.col && col < area.col + area.cols;
}

struct area
grid_area(struct grid *grid)
{
	return (struct area){ grid, 0, 0, grid->rows, grid->cols };
}

static int
clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct area
area_part(struct area area, int row, int col, int rows, int cols)
{
	row = clamp(row, 0, area.rows);
	col = clamp(col, 0, area.cols);
	return (struct area){ area.grid, area.row + row, area.col + col, clamp(rows, 0, area.rows - row),
		clamp(cols, 0, area.cols - col) };
}

/* A wide character that is half overwritten leaves a blank. */
static void
split(struct grid *grid, int row, int col)
{
	struct cell *cell = cell_at(grid, row, col);

	if (cell->width == 0 && col > 0)
		cell_blank(cell - 1, PEN(cell[-1].ink, cell[-1].ground));
	if (cell->width == 2 && col + 1 < grid->cols)
		cell_blank(cell + 1, PEN(cell[1].ink, cell[1].ground));
}

static void
put(struct area area, int row, int col, struct pen pen, const char *text, int width)
{
	struct grid *grid = area.grid;
	int y = area.row + row, x = area.col + col;
	struct cell *cell = cell_at(grid, y, x);

	split(grid, y, x);
	if (width == 2)
		split(grid, y, x + 1);
	cell_blank(cell, pen);
	snprintf(cell->text, sizeof cell->text, "%s", text);
	cell->width = (unsigned char)width;
	if (width == 2) {
		cell_blank(cell + 1, pen);
		cell[1].text[0] = 0;
		cell[1].width = 0;
	}
}

static bool
inside(struct area area, int row, int col)
{
	return row >= 0 && row < area.rows && col >= 0 && col < area.cols;
}

/* Lays a combining mark over the character to the left of `col`. */
static void
combine(struct area area, int row, int col, struct pen pen, const char *mark)
{
	if (!inside(area, row, col - 1))
		return;
	struct cell *cell = cell_at(area.grid, area.row + row, area.col + col - 1);
	if (cell->width == 0 && inside(area, row, col - 2))
		cell--;
	size_t len = strlen(cell->text);
	if (len + strlen(mark) < sizeof cell->text)
		snprintf(cell->text + len, sizeof cell->text - len, "%s", mark);
	else
		put(area, row, col - 1, PEN(INK_MARKER, pen.ground), "?", 1);
}

void
area_step(struct area area, int row, int col, struct pen pen, const char *shown, int width)
{
	if (row < 0 || row >= area.rows)
		return;
	if (width == 0) {
		combine(area, row, col, pen, shown);
		return;
	}
	size_t len = strlen(shown);
	if (width <= 2 && ((unsigned char)shown[0] >= 0x80 || len == 1)) {
		if (width == 2 && inside(area, row, col) != inside(area, row, col + 1)) {
			for (int i = col; i < col + 2; i++)
				if (inside(area, row, i))
					put(area, row, i, pen, " ", 1);
		} else if (inside(area, row, col))
			put(area, row, col, pen, shown, width);
		return;
	}
	for (size_t i = 0; i < len; i++) /* a marker: ASCII */
		if (inside(area, row, col + (int)i))
			put(area, row, col + (int)i, pen, (char[]){ shown[i], 0 }, 1);
}

int
text_step(struct str text, size_t at, bool ascii, size_t *len, char out[static SHOW_CELL_MAX], bool *marker)
{
	enum show_class class = show_at(text, at, 0, len, out);
	size_t ignored;

	*marker = class != SHOW_PLAIN;
	if (*marker)
		return (int)strlen(out);
	int32_t code = utf8_next(text, at, &ignored);
	if (ascii && code >= 0x80) {
		*marker = true;
		return snprintf(out, SHOW_CELL_MAX, "<U+%04X>", (unsigned)code);
	}
	return show_width(code);
}

/* Combining marks beyond CELL_MARKS in a row, or with nothing before them, become markers: *marks counts. */
static int
limit_marks(int width, size_t *marks, bool first, struct str text, size_t at, char out[static SHOW_CELL_MAX],
    bool *marker)
{
	size_t len;

	if (width > 0) {
		*marks = 0;
		return width;
	}
	if (!first && ++*marks <= CELL_MARKS)
		return 0;
	*marker = true;
	return snprintf(out, SHOW_CELL_MAX, "<U+%04X>", (unsigned)utf8_next(text, at, &len));
}

/* Draws, or with draw false only measures; stops at column `limit`.  Returns the column behind. */
static int
walk(struct area area, int row, int col, int limit, struct pen pen, struct str text, bool draw, bool ascii)
{
	size_t marks = 0;

	for (size_t at = 0, len; at < text.len && col < limit; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker;
		int width = text_step(text, at, ascii, &len, out, &marker);
		width = limit_marks(width, &marks, at == 0, text, at, out, &marker);
		if (draw)
			area_step(area, row, col, marker ? PEN(INK_MARKER, pen.ground) : pen, out, width);
		col += width;
	}
	return col;
}

int
area_text(struct area area, int row, int col, struct pen pen, struct str text)
{
	return walk(area, row, col, area.cols, pen, text, true, area.grid->ascii);
}

int
area_words(struct area area, int row, int col, struct pen pen, const char *text)
{
	return area_text(area, row, col, pen, str_from(text));
}

int
area_printf(struct area area, int row, int col, struct pen pen, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0)
		return col;
	return area_text(
	    area, row, col, pen, (struct str){ text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1 });
}

int
text_width(struct str text, bool ascii)
{
	return walk((struct area){ 0 }, 0, 0, INT32_MAX / 2, (struct pen){ 0 }, text, false, ascii);
}

int
area_cut(struct area area, int row, int col, int width, struct pen pen, struct str text)
{
	width = clamp(width, 0, area.cols - col);
	if (width == 0)
		return col;
	struct area part = area_part(area, 0, col, area.rows, width);
	int end = walk(part, row, 0, width + 1, pen, text, true, area.grid->ascii);
	if (end <= width)
		return col + end;
	area_sign(part, row, width - 1, PEN(INK_CUT, pen.ground), SIGN_RIGHT);
	return col + width;
}

int
area_tail(struct area area, int row, int col, int width, struct pen pen, struct str text)
{
	bool ascii = area.grid->ascii;
	int all = text_width(text, ascii);
	size_t at = 0;

	width = clamp(width, 0, area.cols - col);
	if (all <= width || width == 0)
		return area_cut(area, row, col, width, pen, text);
	for (size_t len; at < text.len && all > width - 1; at += len) {
		char out[SHOW_CELL_MAX];
		bool marker;
		all -= text_step(text, at, ascii, &len, out, &marker);
	}
	area_sign(area, row, col, PEN(INK_CUT, pen.ground), SIGN_LEFT);
	return area_cut(area, row, col + 1, width - 1, pen, (struct str){ text.data + at, text.len - at });
}

int
area_sign(struct area area, int row, int col, struct pen pen, enum sign sign)
{
	if (inside(area, row, col))
		put(area, row, col, pen, area.grid->ascii ? signs[sign].ascii : signs[sign].sign, 1);
	return col + 1;
}

void
area_blank(struct area area, int row, int col, int count, struct pen pen)
{
	int end = count < 0 ? area.cols : clamp(col + count, 0, area.cols);

	if (row < 0 || row >= area.rows)
		return;
	for (int i = clamp(col, 0, area.cols); i < end; i++)
		put(area, row, i, pen, " ", 1);
}

void
area_ground(struct area area, int row, int col, int count, enum ground ground)
{
	int end = count < 0 ? area.cols : clamp(col + count, 0, area.cols);

	if (row < 0 || row >= area.rows)
		return;
	for (int i = clamp(col, 0, area.cols); i < end; i++)
		cell_at(area.grid, area.row + row, area.col + i)->ground = (unsigned char)ground;
}

void
area_cursor(struct area area, int row, int col)
{
	if (!inside(area, row, col))
		return;
	area.grid->cursor_row = area.row + row;
	area.grid->cursor_col = area.col + col;
}

void
area_shows(struct area area, int row, struct origin from)
{
	struct grid *grid = area.grid;

	if (!inside(area, row, 0))
		return;
	if (grid->shown_count == grid->shown_room) {
		grid->shown_room = grid->shown_room ? 2 * grid->shown_room : 64;
		grid->shown = mem_grow(grid->shown, grid->shown_room, sizeof *grid->shown);
	}
	grid->shown[grid->shown_count++] = (struct shown){ from, area.row + row, area.col, area.cols };
}
