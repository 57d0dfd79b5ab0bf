/*
 * Standard output of the commands: text made safe by show(), tables, JSON lines.
 * Everything goes through stdio's buffer; print_end() says whether all of it arrived.
 */
#ifndef CARREL_CLI_PRINT_H
#define CARREL_CLI_PRINT_H

#include "base/json.h"
#include "base/mem.h"
#include "base/row.h"

#include <stdio.h>

struct print {
	bool terminal; /* standard output is one */
	bool colour;   /* and may be coloured */
	bool json;
	size_t width; /* columns of the terminal; 0: no end */
};

enum style {
	STYLE_NONE,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_PATH,
	STYLE_NUMBER,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_MATCH,
	STYLE_COUNT
};

/* Looks at standard output and the environment (NO_COLOR, COLUMNS aside); before the seal closes. */
void print_init(struct print *print, bool json);
int print_end(void) MUST_USE;

/* Columns that shown text takes. */
size_t print_width(struct str shown);

/* Foreign bytes, shown. */
void print_text(const struct print *print, enum style style, struct str foreign);
/* As print_text, tabs and newlines too; what follows a newline is indented by `indent` columns. */
void print_block(const struct print *print, struct str foreign, size_t indent);
/* Our own words, trusted as they are. */
void print_style(const struct print *print, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void print_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Exact bytes. */
void print_bytes(struct str bytes);

/*
 * One JSON object on a line: the members named in `keys` (a space between) first and in that order, each with
 * its _b64 behind it, then all others.
 */
int print_object(const json_t *object, const char *keys) MUST_USE;
/* A row with the fields given alone, by the keys of base/row.h, in the order of `keys`. */
int print_row(const struct row *row, const char *keys) MUST_USE;
/* {"summary": the row's fields}, the last line of a listing. */
int print_row_summary(const struct row *row) MUST_USE;

/* ---- aligned columns; the last is cut with a mark where the terminal ends ---- */

#define TABLE_COLUMNS 10

struct table {
	struct arena arena;
	size_t columns, rows, room;
	const char *heads[TABLE_COLUMNS];
	unsigned right;     /* bit set: that column's cells stand at its right */
	struct cell *cells; /* rows * columns */
};

/* heads: NULL-terminated; a head that begins with '>' stands at the right. */
void table_init(struct table *table, const char *const *heads);
/* Adds a cell, shown; after the last column a new row begins. */
void table_text(struct table *table, enum style style, struct str foreign);
void table_number(struct table *table, uint64_t value);
/* Prints and releases. */
void table_print(const struct print *print, struct table *table);

#endif
