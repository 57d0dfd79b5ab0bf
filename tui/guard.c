#include "tui/guard.h"

#include <string.h>

enum state {
	TEXT,
	CHARACTER, /* inside a UTF-8 character; `need` bytes to come */
	ESCAPE,
	CHARSET,  /* behind ESC and a byte like ( */
	SEQUENCE, /* CSI */
	OVERLONG, /* a CSI that is dropped up to its last byte */
	FUNCTION, /* SS3, and the linux console's ESC [ [ */
	MOUSE,    /* the three bytes behind ESC [ M */
	OSC,      /* behind ESC ]: the linux console has two without an end */
	PALETTE,  /* the seven digits behind ESC ] P */
	STRING,
	STRING_ESCAPE,
};

enum { BEL = 7, CAN = 0x18, SUB = 0x1a, ESC = 0x1b, DEL = 0x7f };

/* What is written so far, and the machine. */
struct pass {
	struct guard *g;
	uint8_t *out;
	size_t len;
};

static void
emit(struct pass *p, const void *bytes, size_t len)
{
	memcpy(p->out + p->len, bytes, len);
	p->len += len;
}

static void
drop(struct guard *g)
{
	g->state = TEXT;
	g->len = g->need = 0;
}

static void
let(struct pass *p)
{
	emit(p, p->g->held, p->g->len);
	drop(p->g);
}

static void
hold(struct guard *g, uint8_t byte, enum state state)
{
	if (g->len == sizeof g->held) {
		g->len = 0;
		state = OVERLONG;
	}
	g->held[g->len++] = byte;
	g->state = state;
}

static bool
any_of(const char *set, int c)
{
	return c != 0 && strchr(set, c) != NULL;
}

/* ---- sequences ---- */

/* CSI, taken apart: ESC [ prefix? digits;digits... last */
struct csi {
	uint8_t prefix, last;
	unsigned param[16];
	size_t params;
};

static bool
csi_read(const uint8_t *s, size_t len, struct csi *csi)
{
	size_t at = 2;

	*csi = (struct csi){ .last = s[len - 1] };
	if (at < len - 1 && any_of("<=>?", s[at]))
		csi->prefix = s[at++];
	for (bool open = false; at < len - 1; at++) {
		if (s[at] != ';' && (s[at] < '0' || s[at] > '9'))
			return false;
		if (!open && csi->params++ == 16)
			return false;
		open = s[at] != ';';
		unsigned *param = &csi->param[csi->params - 1];
		if (open && (*param = *param * 10 + (s[at] - '0')) > 9999)
			return false;
	}
	return true;
}

static bool
modes_pass(const struct csi *csi, const unsigned *list, size_t count)
{
	for (size_t i = 0; i < csi->params; i++) {
		bool found = false;
		for (size_t j = 0; j < count; j++)
			found |= csi->param[i] == list[j];
		if (!found)
			return false;
	}
	return csi->params > 0;
}

/* What ncurses writes for xterm, linux, tmux, screen and vt220 by their terminfo. */
static bool
csi_out_passes(const struct csi *csi)
{
	/* 1 cursor keys, 5 flash, 7 wrap, 12 blink, 25 cursor, 47.. other screen, 1000.. mouse, 2004 paste */
	static const unsigned private[] = { 1, 5, 7, 12, 25, 47, 1000, 1002, 1006, 1047, 1048, 1049, 2004 };
	static const unsigned ansi[] = { 4, 34 };

	if (csi->prefix == '?') {
		if (csi->last == 'c') /* the linux console's cursor shape; elsewhere without a meaning */
			return csi->params == 1 && (csi->param[0] <= 1 || csi->param[0] == 8);
		return any_of("hl", csi->last) && modes_pass(csi, private, sizeof private / sizeof *private);
	}
	if (csi->prefix)
		return false;
	if (any_of("hl", csi->last))
		return modes_pass(csi, ansi, sizeof ansi / sizeof *ansi);
	if (any_of("m", csi->last))
		return true;
	return any_of("@ABCDEFGHIJKLMPSTXZ`abdefr", csi->last) && csi->params <= 2;
}

/* Keys and mouse reports; not: cursor position, device attributes, status, focus. */
static bool
csi_in_passes(const struct csi *csi)
{
	if (csi->prefix == '<')
		return any_of("Mm", csi->last) && csi->params == 3;
	if (csi->prefix)
		return false;
	if (csi->last == 'R') /* F3 with a modifier looks like a cursor report in line 1 */
		return csi->params == 2 && csi->param[0] == 1 && csi->param[1] >= 2 && csi->param[1] <= 8;
	return any_of("ABCDEFHPQSZ~", csi->last) && csi->params <= 2;
}

static void
csi_end(struct pass *p)
{
	struct csi csi;
	bool good = csi_read(p->g->held, p->g->len, &csi);

	if (good && (p->g->way == GUARD_OUT ? csi_out_passes(&csi) : csi_in_passes(&csi)))
		let(p);
	else
		drop(p->g);
}

/* ---- characters ---- */

/* C1 controls, and what hides or reorders: base/show has replaced these long before; here is the second line. */
static bool
character_passes(uint32_t c)
{
	return !(c < 0xa0 || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || (c >= 0xd800 && c <= 0xdfff) ||
	    c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000);
}

/* In place of what is no character, or none that passes: the ui tells the person of U+FFFD and takes it not. */
static void
broken(struct pass *p)
{
	if (p->g->way == GUARD_OUT)
		emit(p, "?", 1);
	else
		emit(p, "\xef\xbf\xbd", 3);
}

static void
character_end(struct pass *p)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	struct guard *g = p->g;
	uint32_t c = g->held[0] & (0xff >> (g->len + 1));

	for (size_t i = 1; i < g->len; i++)
		c = c << 6 | (g->held[i] & 0x3f);
	bool good = c >= least[g->len] && c <= 0x10ffff && (g->way == GUARD_IN || character_passes(c));
	if (good && g->way == GUARD_IN)
		good = c >= 0xa0 && !(c >= 0xd800 && c <= 0xdfff);
	if (good) {
		let(p);
		return;
	}
	broken(p);
	drop(g);
}

static void
text_byte(struct pass *p, uint8_t b)
{
	struct guard *g = p->g;

	if (b == ESC)
		hold(g, b, ESCAPE);
	else if (b >= 0xc2 && b <= 0xf4) {
		g->need = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
		hold(g, b, CHARACTER);
	} else if (b >= 0x80)
		broken(p);
	else if (g->way == GUARD_IN ? b != 0 : (b >= 0x20 && b != DEL) || any_of("\a\b\t\n\r\016\017", b))
		emit(p, &b, 1);
}

static void
escape_byte(struct pass *p, uint8_t b)
{
	struct guard *g = p->g;
	bool in = g->way == GUARD_IN;

	if (b == '[')
		hold(g, b, SEQUENCE);
	else if (b == ']')
		hold(g, b, OSC);
	else if (any_of("PX^_", b) || (!in && b == 'k'))
		hold(g, b, STRING);
	else if (in && b == 'O')
		hold(g, b, FUNCTION);
	else if (!in && b >= 0x20 && b < 0x30)
		hold(g, b, CHARSET);
	else if (in ? b >= 0x20 && b < DEL : any_of("78MDE=>", b)) {
		hold(g, b, TEXT);
		let(p);
	} else if (in) { /* Esc, and behind it something else */
		let(p);
		text_byte(p, b);
	} else {
		drop(g);
		if (b == ESC)
			hold(g, b, ESCAPE);
	}
}

static void
sequence_byte(struct pass *p, uint8_t b)
{
	struct guard *g = p->g;

	if (b < 0x20 || b >= DEL) {
		drop(g);
		text_byte(p, b);
		return;
	}
	bool first = g->len == 2;
	hold(g, b, g->state);
	if (g->state == SEQUENCE && g->way == GUARD_IN && first && b == '[')
		g->state = FUNCTION;
	else if (g->state == SEQUENCE && g->way == GUARD_IN && first && b == 'M') {
		g->state = MOUSE;
		g->need = 3;
	} else if (b >= 0x40 && g->state == SEQUENCE)
		csi_end(p);
	else if (b >= 0x40)
		drop(g);
}

/* What is dropped up to its end: BEL, ESC \, CAN or SUB. */
static void
string_byte(struct guard *g, uint8_t b)
{
	if (g->state == OSC && b == 'R')
		drop(g);
	else if (g->state == OSC && b == 'P') {
		g->state = PALETTE;
		g->need = 7;
	} else if (b == BEL || b == CAN || b == SUB)
		drop(g);
	else
		g->state = b == ESC ? STRING_ESCAPE : STRING;
}

static void
take(struct pass *p, uint8_t b)
{
	struct guard *g = p->g;

	switch ((enum state)g->state) {
	case TEXT:
		text_byte(p, b);
		return;
	case CHARACTER:
		if ((b & 0xc0) != 0x80) {
			broken(p);
			drop(g);
			text_byte(p, b);
			return;
		}
		hold(g, b, CHARACTER);
		if (--g->need == 0)
			character_end(p);
		return;
	case ESCAPE:
		escape_byte(p, b);
		return;
	case CHARSET:
		hold(g, b, TEXT);
		if (any_of("()", g->held[1]) && any_of("AB0", b))
			let(p);
		else
			drop(g);
		return;
	case FUNCTION:
		hold(g, b, TEXT);
		if (b >= 0x20 && b < DEL)
			let(p);
		else
			drop(g);
		return;
	case SEQUENCE:
	case OVERLONG:
		sequence_byte(p, b);
		return;
	case MOUSE:
		hold(g, b, MOUSE);
		if (b < 0x20)
			drop(g);
		else if (--g->need == 0)
			let(p);
		return;
	case PALETTE:
		if (--g->need == 0)
			drop(g);
		return;
	case OSC:
	case STRING:
		string_byte(g, b);
		return;
	case STRING_ESCAPE:
		drop(g);
		if (b != '\\') { /* no end of the string: the start of something else */
			hold(g, ESC, ESCAPE);
			escape_byte(p, b);
		}
		return;
	}
}

size_t
guard_pass(struct guard *g, const uint8_t *in, size_t count, uint8_t *out)
{
	struct pass p = { g, out, 0 };

	for (size_t i = 0; i < count; i++)
		take(&p, in[i]);
	return p.len;
}

bool
guard_waiting(const struct guard *g)
{
	return g->state != TEXT;
}

size_t
guard_flush(struct guard *g, uint8_t *out)
{
	struct pass p = { g, out, 0 };

	if (g->way == GUARD_IN && g->state == ESCAPE)
		let(&p);
	else
		drop(g);
	return p.len;
}
