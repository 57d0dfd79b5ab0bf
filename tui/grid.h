/*
 * A screen in memory: rows of cells that views draw into.  Whatever is drawn passes
 * through base/show, so that no byte of it can act on a terminal; a cell holds one
 * character with its combining marks, a wide one takes two cells.  term.c paints it.
 */
#ifndef CARREL_TUI_GRID_H
#define CARREL_TUI_GRID_H

#include "base/show.h"
#include "tui/style.h"

#define CELL_MARKS 4 /* combining marks on one character; a further one is shown as <U+...> */
#define CELL_TEXT ((CELL_MARKS + 1) * UTF8_MAX + 1)

struct cell {
	char text[CELL_TEXT]; /* UTF-8, NUL-terminated; empty: the second half of a wide one */
	unsigned char width;  /* 1 or 2; 0: second half */
	unsigned char ink, ground;
};

/* A line of source on the screen: whence it is. */
struct origin {
	struct str release, path; /* borrowed until the next drawing */
	uint64_t line;  /* 0: nobody said */
	uint64_t order; /* that brought it, by its number in the session */
};

struct shown {
	struct origin from;
	int row, col, cols;
};

struct grid {
	int rows, cols;
	bool ascii; /* the terminal shows ASCII alone: signs fall back, other characters are shown as <U+...> */
	enum theme theme;
	struct cell *cells;
	int cursor_row, cursor_col; /* of the hardware cursor; -1: none */
	struct shown *shown; /* the lines of source that were drawn, those too that something lies over now */
	size_t shown_count, shown_room;
};

/* Signs with their ASCII fallback: id, sign, fallback; all one column wide */
#define SIGNS(X) \
	X(THREAD, "✎", "*") \
	X(DONE, "✓", "v") \
	X(LEFT, "«", "<") \
	X(RIGHT, "»", ">") \
	X(OPEN, "▾", "-") \
	X(SHUT, "▸", "+") \
	X(BAR, "│", "|") \
	X(LINE, "─", "-") \
	X(DOT, "·", ".") \
	X(GAP, "⋮", ":") \
	X(ARROW, "→", ">")

enum sign {
#define X(id, sign, fallback) SIGN_##id,
	SIGNS(X)
#undef X
	SIGN_COUNT
};

void grid_init(struct grid *grid, int rows, int cols, bool ascii);
void grid_release(struct grid *grid);
void grid_clear(struct grid *grid);
const struct cell *grid_at(const struct grid *grid, int row, int col);
/* A row as text, blanks at its end left out: for tests and the screen dump. */
int grid_row(const struct grid *grid, int row, struct buf *out) MUST_USE;

/* A rectangle of a grid.  Drawing is clipped to it; rows and columns count from its corner. */
struct area {
	struct grid *grid;
	int row, col, rows, cols;
};

struct area grid_area(struct grid *grid);
bool area_holds(struct area area, int row, int col); /* of the grid */
/* The part of `area` at (row, col), as much of rows x cols as lies inside; rows or cols may come out 0. */
struct area area_part(struct area area, int row, int col, int rows, int cols);

struct pen {
	enum ink ink;
	enum ground ground;
};

#define PEN(ink_, ground_) ((struct pen){ ink_, ground_ })

/*
 * Draws text from `col` on and returns the column behind it (behind the area's last if it did not fit).
 * Markers of base/show get INK_MARKER; newlines and tabs are shown as controls.
 */
int area_text(struct area area, int row, int col, struct pen pen, struct str text);
int area_words(struct area area, int row, int col, struct pen pen, const char *text);
int area_printf(struct area area, int row, int col, struct pen pen, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* As area_text in at most `width` columns; what does not fit is cut and marked with ». */
int area_cut(struct area area, int row, int col, int width, struct pen pen, struct str text);
/* As area_cut, but keeps the end: «the/end/of/a/path.c. */
int area_tail(struct area area, int row, int col, int width, struct pen pen, struct str text);
int area_sign(struct area area, int row, int col, struct pen pen, enum sign sign);
/* Blanks, `count` of them; -1: to the right edge. */
void area_blank(struct area area, int row, int col, int count, struct pen pen);
/* Changes the ground of `count` cells (-1: to the right edge). */
void area_ground(struct area area, int row, int col, int count, enum ground ground);
void area_cursor(struct area area, int row, int col);
/* The area's row shows this line. */
void area_shows(struct area area, int row, struct origin from);

/* Columns that area_text would take for it. */
int text_width(struct str text, bool ascii);

/*
 * One step of drawing: what stands at text[at] as it is shown, NUL-terminated in `out`, its bytes in *len, its
 * columns returned (0: combines with what is before).  *marker: base/show replaced it.
 */
int text_step(struct str text, size_t at, bool ascii, size_t *len, char out[static SHOW_CELL_MAX], bool *marker);
/* Puts one shown step at a column that lies inside the area; columns that stick out are dropped. */
void area_step(struct area area, int row, int col, struct pen pen, const char *shown, int width);

#endif
