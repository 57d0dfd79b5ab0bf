#include "tui/term.h"

#include "base/mem.h"
#include "tui/text.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#define PASTE_KEY (KEY_MAX + 1)
#define PASTE_END_KEY (KEY_MAX + 2)
#define ESCAPE_MS 25 /* how long a lone Esc is waited on */

struct term {
	SCREEN *screen;
	FILE *out, *in;
	bool ascii, colour, pastes, mouse;
	cchar_t *line; /* of `room` cells */
	int room;
};

/* Terminals whose sequences the guard knows; each also with what may stand behind a hyphen. */
static const char *const served[] = { "xterm", "linux", "tmux", "screen", "vt220" };

bool
term_served(const char *name)
{
	for (size_t i = 0; name && i < sizeof served / sizeof *served; i++) {
		size_t len = strlen(served[i]);
		if (strncmp(name, served[i], len) == 0 &&
		    (name[len] == 0 || strcmp(name + len, "-256color") == 0))
			return true;
	}
	return false;
}

/* putp writes to standard output, which is not the terminal here. */
static void
tell(struct term *term, const char *sequence)
{
	fputs(sequence, term->out);
	fflush(term->out);
}

static void
settings(struct term *term, bool colour)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	set_escdelay(ESCAPE_MS);
	mouseinterval(0);
	term->ascii = text_ascii();
	term->colour = colour && has_colors() && start_color() == OK && use_default_colors() == OK;
	const char *kmous = tigetstr("kmous");
	term->mouse = kmous && kmous != (char *)-1;
	term->pastes = term->mouse;
	if (term->pastes) {
		define_key("\033[200~", PASTE_KEY);
		define_key("\033[201~", PASTE_END_KEY);
		tell(term, "\033[?2004h");
	}
}

int
term_open(int fd, bool colour, struct term **out)
{
	const char *name = getenv("TERM");
	struct term *term = mem_new(struct term);
	int r = 0;

	text_charset();
	int copy = dup(fd), other = dup(fd);
	term->out = copy < 0 ? NULL : fdopen(copy, "w");
	term->in = other < 0 ? NULL : fdopen(other, "r");
	if (!term->out || !term->in)
		r = err_sys("terminal");
	else if (!term_served(name))
		r = err_set(ERR_USAGE,
		    _("the terminal \"%s\" is not served; use xterm-256color, xterm, linux, tmux-256color, "
		      "screen-256color or vt220; 'carrel desk --plain' needs none of them"),
		    name ? name : "");
	else if (!(term->screen = newterm(NULL, term->out, term->in)))
		r = err_set(ERR_USAGE, _("nothing is known about the terminal \"%s\" on this machine"), name);
	if (r < 0) {
		term_close(term);
		return r;
	}
	settings(term, colour);
	*out = term;
	return 0;
}

void
term_close(struct term *term)
{
	if (term->screen) {
		if (term->pastes)
			tell(term, "\033[?2004l");
		erase();
		refresh();
		endwin();
		delscreen(term->screen);
	}
	if (term->out)
		fclose(term->out);
	if (term->in)
		fclose(term->in);
	free(term->line);
	free(term);
}

void
term_size(const struct term *term, int *rows, int *cols)
{
	(void)term;
	getmaxyx(stdscr, *rows, *cols);
}

bool
term_ascii(const struct term *term)
{
	return term->ascii;
}

bool
term_colour(const struct term *term)
{
	return term->colour;
}

void
term_mouse(struct term *term, bool on)
{
	/* clicks too: that is what curses makes of a press and a release that arrive together */
	mousemask(on ? BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED |
		    BUTTON4_PRESSED | BUTTON5_PRESSED | REPORT_MOUSE_POSITION
		     : 0,
	    NULL);
	if (term->mouse)
		putp(on ? "\033[?1002h"
			: "\033[?1002l"); /* also while it is held: curses asks for presses alone */
}

void
term_redraw(struct term *term)
{
	(void)term;
	clearok(curscr, TRUE);
}

static attr_t
attrs_of(struct look look)
{
	return (look.attrs & LOOK_BOLD ? A_BOLD : 0) | (look.attrs & LOOK_DIM ? A_DIM : 0) |
	    (look.attrs & LOOK_UNDERLINE ? A_UNDERLINE : 0) | (look.attrs & LOOK_REVERSE ? A_REVERSE : 0);
}

/*
 * The characters of a cell as curses wants them.  Where the C library takes another
 * width for one than base/show does, the cell shows as '?': a shifted line would lie.
 */
static void
wide_text(const struct cell *cell, wchar_t out[static CELL_MARKS + 2])
{
	struct str text = str_from(cell->text);
	size_t count = 0;

	for (size_t at = 0, len; at < text.len && count <= CELL_MARKS; at += len) {
		wchar_t c = (wchar_t)utf8_next(text, at, &len);
		if (wcwidth(c) != (count ? 0 : cell->width)) {
			count = 0;
			break;
		}
		out[count++] = c;
	}
	if (count == 0)
		out[count++] = L'?';
	out[count] = 0;
}

static void
paint_row(struct term *term, const struct grid *grid, int row)
{
	enum theme theme = !term->colour               ? THEME_MONO
	    : grid->theme == THEME_256 && COLORS < 256 ? THEME_16
						       : grid->theme;
	int count = 0;

	for (int col = 0; col < grid->cols; col++) {
		const struct cell *cell = grid_at(grid, row, col);
		wchar_t text[CELL_MARKS + 2];
		if (cell->width == 0)
			continue;
		struct look look = style_look(cell->ink, cell->ground, theme);
		int pair = term->colour && (look.fg >= 0 || look.bg >= 0) ? alloc_pair(look.fg, look.bg) : 0;
		wide_text(cell, text);
		setcchar(&term->line[count++], text, attrs_of(look), (short)(pair > 0 ? pair : 0), NULL);
		if (cell->width == 2 && text[0] == L'?')
			setcchar(
			    &term->line[count++], L" ", attrs_of(look), (short)(pair > 0 ? pair : 0), NULL);
	}
	mvadd_wchnstr(row, 0, term->line, count);
}

void
term_paint(struct term *term, const struct grid *grid)
{
	if (grid->cols > term->room) {
		term->line = mem_grow(term->line, (size_t)grid->cols + 1, sizeof *term->line);
		term->room = grid->cols;
	}
	for (int row = 0; row < grid->rows; row++)
		paint_row(term, grid, row);
	bool cursor = grid->cursor_row >= 0;
	curs_set(cursor);
	move(cursor ? grid->cursor_row : grid->rows - 1, cursor ? grid->cursor_col : 0);
	refresh();
}

static bool
mouse_key(struct key *key)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return false;
	key->code = K_MOUSE;
	key->row = event.y;
	key->col = event.x;
	if (event.bstate & REPORT_MOUSE_POSITION)
		key->mouse = MOUSE_DRAG;
	else if (event.bstate & BUTTON4_PRESSED)
		key->mouse = MOUSE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		key->mouse = MOUSE_WHEEL_DOWN;
	else if (event.bstate & BUTTON1_DOUBLE_CLICKED)
		key->mouse = MOUSE_DOUBLE;
	else
		key->mouse = event.bstate & BUTTON1_RELEASED ? MOUSE_RELEASE : MOUSE_PRESS;
	return true;
}

static int
named_key(wint_t code)
{
	switch (code) {
	case KEY_UP:
		return K_UP;
	case KEY_DOWN:
		return K_DOWN;
	case KEY_LEFT:
		return K_LEFT;
	case KEY_RIGHT:
		return K_RIGHT;
	case KEY_HOME:
		return K_HOME;
	case KEY_END:
		return K_END;
	case KEY_PPAGE:
		return K_PGUP;
	case KEY_NPAGE:
		return K_PGDN;
	case KEY_DC:
		return K_DELETE;
	case KEY_SR:
		return K_SHIFT_UP;
	case KEY_SF:
		return K_SHIFT_DOWN;
	case KEY_BTAB:
		return K_SHIFT_TAB;
	case KEY_F(1):
		return K_F1;
	case KEY_F(7):
		return K_F7;
	case KEY_F(8):
		return K_F8;
	case KEY_ENTER:
		return K_ENTER;
	case KEY_BACKSPACE:
		return K_BACKSPACE;
	case KEY_RESIZE:
		return K_RESIZE;
	case PASTE_KEY:
		return K_PASTE;
	case PASTE_END_KEY:
		return K_PASTE_END;
	default:
		return 0;
	}
}

/* Esc with a character right behind it is Alt and that character. */
static int
after_escape(void)
{
	wint_t next;
	int how = get_wch(&next);

	if (how == OK && next >= ' ' && next < 127)
		return KEY_ALT | (int)next;
	if (how == OK)
		unget_wch((wchar_t)next);
	else if (how == KEY_CODE_YES)
		ungetch((int)next);
	return K_ESC;
}

bool
term_key(struct term *term, struct key *key)
{
	wint_t code;

	(void)term;
	for (;;) {
		int how = get_wch(&code);
		*key = (struct key){ 0 };
		if (how == ERR)
			return false;
		if (how == KEY_CODE_YES && code == KEY_MOUSE) {
			if (mouse_key(key))
				return true;
			continue;
		}
		key->code = how == KEY_CODE_YES ? named_key(code) : (int)code;
		if (how == OK && code == K_ESC)
			key->code = after_escape();
		else if (how == OK && code == '\n')
			key->code = K_ENTER;
		if (key->code)
			return true;
	}
}
