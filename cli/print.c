#include "cli/print.h"

#include "base/show.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define JSON_LINE_MAX ((size_t)16 * 1024 * 1024)

static const char *const style_codes[] = {
	[STYLE_NONE] = "",
	[STYLE_DIM] = "2",
	[STYLE_BOLD] = "1",
	[STYLE_PATH] = "35",
	[STYLE_NUMBER] = "32",
	[STYLE_GOOD] = "32",
	[STYLE_BAD] = "1;31",
	[STYLE_MATCH] = "1;31",
};
static_assert(sizeof style_codes / sizeof *style_codes == STYLE_COUNT, "every style has a code");

void
print_init(struct print *print, bool json)
{
	struct winsize size;
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	*print = (struct print){ .json = json, .terminal = isatty(STDOUT_FILENO) == 1 };
	if (!print->terminal)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		print->width = size.ws_col;
	print->colour = !json && !(none && *none) && term && *term && strcmp(term, "dumb") != 0;
}

int
print_end(void)
{
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		return errno ? err_sys("standard output")
			     : err_set(ERR_SYSTEM, "standard output: not everything was written");
	return 0;
}

size_t
print_width(struct str shown)
{
	size_t width = 0, len;

	for (size_t at = 0; at < shown.len; at += len) {
		int32_t code = utf8_next(shown, at, &len);
		width += code < 0 ? 1 : (size_t)show_width(code);
	}
	return width;
}

static void
begin_style(const struct print *print, enum style style)
{
	if (print->colour && style != STYLE_NONE)
		printf("\033[%sm", style_codes[style]);
}

static void
end_style(const struct print *print, enum style style)
{
	if (print->colour && style != STYLE_NONE)
		fputs("\033[0m", stdout);
}

static void
put_shown(struct str s, unsigned flags)
{
	char cell[SHOW_CELL_MAX];
	size_t len, plain = 0;

	/* runs of plain text go out as they are */
	for (size_t at = 0; at < s.len; at += len) {
		if (show_at(s, at, flags, &len, cell) == SHOW_PLAIN)
			continue;
		fwrite(s.data + plain, 1, at - plain, stdout);
		fputs(cell, stdout);
		plain = at + len;
	}
	fwrite(s.data + plain, 1, s.len - plain, stdout);
}

void
print_text(const struct print *print, enum style style, struct str foreign)
{
	begin_style(print, style);
	put_shown(foreign, SHOW_TAB);
	end_style(print, style);
}

void
print_block(const struct print *print, struct str foreign, size_t indent)
{
	struct str line;

	(void)print;
	while (foreign.len && foreign.data[foreign.len - 1] == '\n')
		foreign.len--;
	while (str_next(&foreign, '\n', &line)) {
		printf("%*s", line.len ? (int)indent : 0, "");
		put_shown(line, SHOW_TAB);
		putchar('\n');
	}
}

void
print_style(const struct print *print, enum style style, const char *fmt, ...)
{
	va_list ap;

	begin_style(print, style);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	end_style(print, style);
}

void
print_format(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void
print_bytes(struct str bytes)
{
	fwrite(bytes.data, 1, bytes.len, stdout);
}

/* ---- JSON ---- */

static int
move_member(const json_t *from, json_t *to, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value && json_object_set(to, key, value) < 0)
		return err_set(ERR_MEMORY, "no memory");
	return 0;
}

int
print_object(const json_t *object, const char *keys)
{
	json_t *ordered = json_object();
	struct buf line = BUF(JSON_LINE_MAX);
	struct str rest = str_from(keys), key;
	int r = ordered ? 0 : err_set(ERR_MEMORY, "no memory");

	while (r == 0 && str_next(&rest, ' ', &key)) {
		char name[64];
		snprintf(name, sizeof name, "%.*s", STR_ARG(key));
		r = move_member(object, ordered, name);
		snprintf(name, sizeof name, "%.*s_b64", STR_ARG(key));
		if (r == 0)
			r = move_member(object, ordered, name);
	}
	if (r == 0 && json_object_update_missing(ordered, (json_t *)(uintptr_t)object) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_write_line(&line, ordered);
	if (r == 0)
		print_bytes(buf_view(&line));
	buf_release(&line);
	json_decref(ordered);
	return r;
}

int
print_row(const struct row *row, const char *keys)
{
	struct row chosen = *row;
	struct str rest = str_from(keys), key;
	uint64_t wanted = 0;
	json_t *object;

	while (str_next(&rest, ' ', &key))
		for (enum field f = 1; f < F_COUNT; f++)
			if (str_is(key, field_key(f)))
				wanted |= (uint64_t)1 << f;
	chosen.present &= wanted;
	int r = json_from_row(&chosen, &object);
	if (r < 0)
		return r;
	r = print_object(object, keys);
	json_decref(object);
	return r;
}

int
print_row_summary(const struct row *row)
{
	json_t *summary;

	int r = json_from_row(row, &summary);
	if (r < 0)
		return r;
	json_object_del(summary, "what");
	json_t *last = json_pack("{s:o}", "summary", summary);
	r = last ? print_object(last, "summary") : err_set(ERR_MEMORY, "no memory");
	json_decref(last);
	return r;
}

/* ---- tables ---- */

struct cell {
	struct str text; /* shown */
	size_t width;
	enum style style;
};

void
table_init(struct table *table, const char *const *heads)
{
	*table = (struct table){ 0 };
	for (; heads[table->columns]; table->columns++) {
		const char *head = heads[table->columns];

		assert(table->columns < TABLE_COLUMNS);
		if (*head == '>')
			table->right |= 1u << table->columns;
		table->heads[table->columns] = head + (*head == '>');
	}
}

static void
add_cell(struct table *table, enum style style, struct str shown)
{
	if (table->rows == table->room) {
		table->room = table->room ? 2 * table->room : 64;
		table->cells = mem_grow(table->cells, table->room, sizeof *table->cells);
	}
	char *copy = arena_copy(&table->arena, shown.data ? shown.data : "", shown.len);
	table->cells[table->rows++] = (struct cell){ { copy, shown.len }, print_width(shown), style };
}

void
table_text(struct table *table, enum style style, struct str foreign)
{
	struct buf shown = BUF(4 * foreign.len + SHOW_CELL_MAX * (foreign.len + 1));

	if (show(&shown, foreign, 0) < 0)
		add_cell(table, style, STR("?"));
	else
		add_cell(table, style, buf_view(&shown));
	buf_release(&shown);
}

void
table_number(struct table *table, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	add_cell(table, STYLE_NONE, str_from(text));
}

/* As much of `shown` as fits `width` columns, a mark in the last where something is left out. */
static void
put_cut(struct str shown, size_t width)
{
	size_t used = 0, at = 0, len;

	while (at < shown.len) {
		int32_t code = utf8_next(shown, at, &len);
		size_t w = code < 0 ? 1 : (size_t)show_width(code);
		if (used + w + 1 > width)
			break;
		used += w;
		at += len;
	}
	fwrite(shown.data, 1, at, stdout);
	fputs("»", stdout);
}

static void
put_cell(const struct print *print, const struct table *table, size_t column, const struct cell *cell,
    size_t width, size_t left)
{
	bool last = column + 1 == table->columns, right = table->right >> column & 1;

	if (right)
		printf("%*s", (int)(width - cell->width), "");
	begin_style(print, cell->style);
	if (print->width && cell->width > left)
		put_cut(cell->text, left);
	else
		print_bytes(cell->text);
	end_style(print, cell->style);
	if (last)
		putchar('\n');
	else
		printf("%*s", (int)((right ? 0 : width - cell->width) + 2), "");
}

static void
put_line(const struct print *print, const struct table *table, const struct cell *cells, const size_t *widths)
{
	size_t used = 0;

	for (size_t c = 0; c < table->columns; c++) {
		size_t left = print->width > used + 1 ? print->width - used : 1;
		put_cell(print, table, c, &cells[c], widths[c], left);
		used += widths[c] + 2;
	}
}

void
table_print(const struct print *print, struct table *table)
{
	size_t widths[TABLE_COLUMNS] = { 0 };
	struct cell heads[TABLE_COLUMNS];

	for (size_t c = 0; c < table->columns; c++) {
		struct str head = str_from(table->heads[c]);
		heads[c] = (struct cell){ head, print_width(head), STYLE_DIM };
		if (print->terminal)
			widths[c] = heads[c].width;
	}
	for (size_t i = 0; i < table->rows; i++)
		if (table->cells[i].width > widths[i % table->columns])
			widths[i % table->columns] = table->cells[i].width;
	if (print->terminal && table->rows)
		put_line(print, table, heads, widths);
	for (size_t i = 0; i + table->columns <= table->rows; i += table->columns)
		put_line(print, table, table->cells + i, widths);
	arena_release(&table->arena);
	free(table->cells);
	*table = (struct table){ 0 };
}
