#include "tui/script.h"

#include "tui/monkey.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 30000 /* for what was ordered */
#define EVENT_MS 3000     /* for what may come without an order */
#define OUT_MAX ((size_t)8 * 1024 * 1024)

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- settling ---- */

static void
draw(struct script *s)
{
	/* drawing may order what is missing, and may ask to be done again for what a view learnt from it */
	for (int i = 0; i < 2 && s->app->dirty; i++)
		app_draw(s->app);
}

/* Waits until something has come from the keeper, or until the deadline. */
static int
pump(struct script *s, int64_t deadline)
{
	struct pollfd fd = { .fd = orders_fd(s->orders), .events = orders_events(s->orders) };
	int64_t left = deadline - now_ms();
	int n = poll(&fd, 1, left > 0 ? (int)left : 0);

	if (n < 0 && errno != EINTR)
		return err_sys("desk: poll");
	if (n == 0)
		return err_set(ERR_ABSENT, "line %zu: no answer", s->line);
	int r = orders_pump(s->orders);
	(void)app_go_on(s->app);
	s->app->dirty = true;
	return r < 0 ? r : *s->failure;
}

int
script_settle(struct script *s)
{
	int64_t deadline = now_ms() + PATIENCE_MS;
	int r = 0;

	for (;;) {
		draw(s);
		if (s->app->leaving || !orders_awaited(s->orders))
			return 0;
		r = pump(s, deadline);
		if (r < 0)
			return r;
	}
}

/* ---- keys ---- */

static void
press(struct script *s, int code)
{
	struct key key = { .code = code };

	app_key(s->app, &key);
	draw(s);
}

static int
run_keys(struct script *s, struct str words)
{
	struct str word;

	while (str_next(&words, ' ', &word)) {
		int keys[KEYS_MAX];
		size_t count = keys_parse(word, keys);
		if (word.len && count == 0)
			return err_set(ERR_USAGE, "line %zu: no such key: %.*s", s->line, STR_ARG(word));
		for (size_t i = 0; i < count && !s->app->leaving; i++)
			press(s, keys[i]);
		int r = script_settle(s);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
run_type(struct script *s, struct str text)
{
	size_t len;

	for (size_t at = 0; at < text.len && !s->app->leaving; at += len) {
		int32_t code = utf8_next(text, at, &len);
		int r = s->app->held ? script_settle(s) : 0; /* what is typed ahead waits, as at a terminal */
		if (r < 0)
			return r;
		if (code >= 0)
			press(s, code);
	}
	return script_settle(s);
}

static int
run_paste(struct script *s, struct str text)
{
	press(s, K_PASTE);
	int r = run_type(s, text);
	press(s, K_PASTE_END);
	return r;
}

/* "ROW COL" from 1, as `screen` counts them. */
static int
read_place(const struct script *s, struct str words, struct key *key)
{
	struct str word;
	uint64_t row, col;

	if (!str_next(&words, ' ', &word) || !str_u64(word, &row) || !str_u64(words, &col) || row < 1 ||
	    col < 1 || row > SCRIPT_ROWS || col > SCRIPT_COLS)
		return err_set(ERR_USAGE, "line %zu: a row and a column, please", s->line);
	key->code = K_MOUSE;
	key->row = (int)row - 1;
	key->col = (int)col - 1;
	return 0;
}

static int
run_click(struct script *s, struct str words)
{
	struct key key = { .mouse = MOUSE_PRESS };

	int r = read_place(s, words, &key);
	if (r < 0)
		return r;
	app_key(s->app, &key);
	key.mouse = MOUSE_RELEASE;
	app_key(s->app, &key);
	return script_settle(s);
}

/* "ROW COL ROW COL": pressed there, held to the other place, let go. */
static int
run_drag(struct script *s, struct str words)
{
	struct key from = { .mouse = MOUSE_PRESS }, to = { .mouse = MOUSE_DRAG };
	size_t second = 0;

	for (int blanks = 0; second < words.len && blanks < 2; second++)
		blanks += words.data[second] == ' ';
	int r = read_place(s, (struct str){ words.data, second ? second - 1 : 0 }, &from);
	if (r == 0)
		r = read_place(s, (struct str){ words.data + second, words.len - second }, &to);
	if (r < 0)
		return r;
	app_key(s->app, &from);
	app_key(s->app, &to);
	to.mouse = MOUSE_RELEASE;
	app_key(s->app, &to);
	return script_settle(s);
}

static int
run_size(struct script *s, struct str words)
{
	int rows, cols;

	int r = script_size(words, &rows, &cols);
	if (r < 0)
		return err_in(r, "line %zu", s->line);
	app_resize(s->app, rows, cols);
	return script_settle(s);
}

/* ---- screens ---- */

static int
write_all(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys("desk: cannot write the screen");
		bytes = (struct str){ bytes.data + n, bytes.len - (size_t)n };
	}
	return 0;
}

/* A letter for each look: what is not plain text on the plain ground. */
static char
look_letter(const struct cell *cell)
{
	static const char grounds[] = " BFCRSMW+-PN"; /* P N: words of + and - */
	static_assert(sizeof grounds - 1 == GROUND_COUNT, "every ground has a letter");

	if (cell->ground != GROUND_NONE)
		return grounds[cell->ground];
	return cell->ink == INK_TEXT || cell->text[0] == ' ' || !cell->text[0] ? ' '
									       : (char)('a' + cell->ink % 26);
}

static int
add_looks(struct buf *out, const struct grid *grid, int row)
{
	size_t start = out->len, end = out->len;
	int r = 0;

	for (int col = 0; r == 0 && col < grid->cols; col++) {
		char letter = look_letter(grid_at(grid, row, col));
		r = buf_byte(out, (uint8_t)letter);
		if (letter != ' ')
			end = out->len;
	}
	out->len = end > start ? end : start;
	return r;
}

int
script_say(struct script *s, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return write_all(s->out, (struct str){ text, len > 0 ? strlen(text) : 0 });
}

static int
add_rows(struct buf *out, const struct grid *grid, int (*add)(struct buf *, const struct grid *, int))
{
	int r = 0;

	for (int row = 0; r == 0 && row < grid->rows; row++) {
		r = add(out, grid, row);
		if (r == 0)
			r = buf_byte(out, '\n');
	}
	return r;
}

static int
add_text(struct buf *out, const struct grid *grid, int row)
{
	return grid_row(grid, row, out);
}

static int
add_screen(struct buf *out, const struct grid *grid)
{
	return add_rows(out, grid, add_text);
}

static int
add_look(struct buf *out, const struct grid *grid)
{
	return add_rows(out, grid, add_looks);
}

/* Which lines of source were drawn where, one object a line; rows and columns from 1. */
static int
add_shown(struct buf *out, const struct grid *grid)
{
	int r = 0;

	for (size_t i = 0; i < grid->shown_count && r == 0; i++) {
		const struct shown *is = &grid->shown[i];
		json_t *line = json_pack("{s:i,s:i,s:i,s:I,s:I}", "row", is->row + 1, "col", is->col + 1,
		    "cols", is->cols, "line", (json_int_t)is->from.line, "order", (json_int_t)is->from.order);
		r = line ? json_set_foreign(line, "release", is->from.release)
			 : err_set(ERR_MEMORY, "no memory");
		if (r == 0)
			r = json_set_foreign(line, "path", is->from.path);
		if (r == 0)
			r = json_write_line(out, line);
		json_decref(line);
	}
	return r;
}

static int
dump(struct script *s, struct str title, const char *what, int (*add)(struct buf *, const struct grid *))
{
	const struct grid *grid = &s->app->grid;
	struct buf out = BUF(OUT_MAX);

	int r = buf_printf(&out, "== %s %dx%d cursor %d,%d%s%.*s\n", what, grid->cols, grid->rows,
	    grid->cursor_row + 1, grid->cursor_col + 1, title.len ? " " : "", STR_ARG(title));
	if (r == 0)
		r = add(&out, grid);
	if (r == 0)
		r = write_all(s->out, buf_view(&out));
	buf_release(&out);
	return r;
}

int
script_screen(struct script *s, struct str title)
{
	return dump(s, title, "screen", add_screen);
}

static int
run_looks(struct script *s, struct str title)
{
	return dump(s, title, "looks", add_look);
}

int
script_shown(struct script *s, struct str title)
{
	return dump(s, title, "shown", add_shown);
}

static bool
on_screen(const struct script *s, struct str wanted)
{
	struct buf text = BUF(OUT_MAX);
	bool found = add_rows(&text, &s->app->grid, add_text) == 0 &&
	    memmem(text.data, text.len, wanted.data, wanted.len) != NULL;

	buf_release(&text);
	return found;
}

/* What runs may still bring it or take it away; where nothing runs, an event may: the reader that died is back. */
static int
wait_until(struct script *s, struct str text, bool there)
{
	int64_t deadline = now_ms() + EVENT_MS;
	int r = 0;

	while (r == 0 && on_screen(s, text) != there) {
		r = pump(s, deadline);
		if (r == 0)
			r = script_settle(s);
	}
	if (r != ERR_ABSENT)
		return r;
	r = script_screen(s, STR("instead"));
	return r < 0 ? r
		     : err_set(ERR_ABSENT, "line %zu: %s on the screen: %.*s", s->line,
			   there ? "not" : "still", STR_ARG(text));
}

static int
run_expect(struct script *s, struct str text)
{
	return wait_until(s, text, true);
}

static int
run_absent(struct script *s, struct str text)
{
	return wait_until(s, text, false);
}

static int
run_settle(struct script *s, struct str nothing)
{
	(void)nothing;
	return script_settle(s);
}

/* ---- lines ---- */

static const struct {
	const char *word;
	int (*run)(struct script *script, struct str rest);
} words[] = {
	{ "key", run_keys },
	{ "type", run_type },
	{ "paste", run_paste },
	{ "click", run_click },
	{ "drag", run_drag },
	{ "size", run_size },
	{ "screen", script_screen },
	{ "looks", run_looks },
	{ "shown", script_shown },
	{ "expect", run_expect },
	{ "absent", run_absent },
	{ "settle", run_settle },
	{ "monkey", monkey_run },
};

static int
run_line(struct script *s, struct str line)
{
	struct str word;

	if (line.len == 0 || line.data[0] == '#' || !str_next(&line, ' ', &word))
		return 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i].word))
			return words[i].run(s, line);
	return err_set(ERR_USAGE, "line %zu: no such command: %.*s", s->line, STR_ARG(word));
}

int
script_run(struct script *s, struct str text)
{
	struct str line;

	s->line = 0;
	int r = script_settle(s);
	while (r == 0 && !s->app->leaving && str_next(&text, '\n', &line)) {
		s->line++;
		r = run_line(s, line);
	}
	return r;
}

int
script_size(struct str text, int *rows, int *cols)
{
	struct str word;
	uint64_t c, r;

	if (!str_next(&text, 'x', &word) || !str_u64(word, &c) || !str_u64(text, &r) || c < 1 || r < 1 ||
	    c > SCRIPT_COLS || r > SCRIPT_ROWS)
		return err_set(ERR_USAGE, "a size is COLSxROWS, each from 1 to %d", SCRIPT_COLS);
	*cols = (int)c;
	*rows = (int)r;
	return 0;
}
