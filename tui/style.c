#include "tui/style.h"

#include <assert.h>

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const struct {
	struct look colour, mono;
} inks[] = {
	[SPAN_PLAIN] = { { OWN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_KEYWORD] = { { BLUE, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[SPAN_TYPE] = { { CYAN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_FUNCTION] = { { OWN, OWN, LOOK_BOLD }, { OWN, OWN, 0 } },
	[SPAN_VARIABLE] = { { OWN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_CONSTANT] = { { MAGENTA, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_NUMBER] = { { MAGENTA, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_STRING] = { { GREEN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_COMMENT] = { { CYAN, OWN, LOOK_DIM }, { OWN, OWN, LOOK_DIM } },
	[SPAN_PREPROC] = { { YELLOW, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_OPERATOR] = { { OWN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_PROPERTY] = { { OWN, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_LABEL] = { { YELLOW, OWN, 0 }, { OWN, OWN, 0 } },
	[SPAN_ERROR] = { { OWN, OWN, LOOK_UNDERLINE }, { OWN, OWN, LOOK_UNDERLINE } },
	[INK_TEXT] = { { OWN, OWN, 0 }, { OWN, OWN, 0 } },
	[INK_TITLE] = { { OWN, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[INK_DIM] = { { OWN, OWN, LOOK_DIM }, { OWN, OWN, LOOK_DIM } },
	[INK_KEY] = { { OWN, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[INK_SIGN] = { { YELLOW, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[INK_MARKER] = { { RED, OWN, LOOK_REVERSE }, { OWN, OWN, LOOK_REVERSE } },
	[INK_CUT] = { { YELLOW, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[INK_NUMBER] = { { OWN, OWN, LOOK_DIM }, { OWN, OWN, LOOK_DIM } },
	[INK_THREAD] = { { YELLOW, OWN, 0 }, { OWN, OWN, LOOK_UNDERLINE } },
	[INK_ADDED] = { { GREEN, OWN, 0 }, { OWN, OWN, LOOK_BOLD } },
	[INK_REMOVED] = { { RED, OWN, 0 }, { OWN, OWN, LOOK_DIM } },
	[INK_CHANGED] = { { YELLOW, OWN, 0 }, { OWN, OWN, LOOK_BOLD } },
	[INK_GOOD] = { { GREEN, OWN, 0 }, { OWN, OWN, 0 } },
	[INK_WARN] = { { YELLOW, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD } },
	[INK_BAD] = { { RED, OWN, LOOK_BOLD }, { OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE } },
};

static_assert(sizeof inks / sizeof *inks == INK_COUNT, "every ink has a look");

/*
 * Of 256 colours, the foregrounds: of middling light, so that they can be read on a dark ground and on a light one;
 * OWN where the terminal's own is best.  Attributes are those of 16.
 */
static const short deep[INK_COUNT] = {
	[SPAN_PLAIN] = OWN,
	[SPAN_KEYWORD] = 69,
	[SPAN_TYPE] = 37,
	[SPAN_FUNCTION] = OWN,
	[SPAN_VARIABLE] = OWN,
	[SPAN_CONSTANT] = 133,
	[SPAN_NUMBER] = 133,
	[SPAN_STRING] = 71,
	[SPAN_COMMENT] = 102,
	[SPAN_PREPROC] = 136,
	[SPAN_OPERATOR] = OWN,
	[SPAN_PROPERTY] = OWN,
	[SPAN_LABEL] = 136,
	[SPAN_ERROR] = OWN,
	[INK_TEXT] = OWN,
	[INK_TITLE] = OWN,
	[INK_DIM] = 102,
	[INK_KEY] = 69,
	[INK_SIGN] = 172,
	[INK_MARKER] = 160,
	[INK_CUT] = 172,
	[INK_NUMBER] = 102,
	[INK_THREAD] = 172,
	[INK_ADDED] = 71,
	[INK_REMOVED] = 167,
	[INK_CHANGED] = 172,
	[INK_GOOD] = 71,
	[INK_WARN] = 172,
	[INK_BAD] = 160,
};

/* What a ground lays over the look of an ink where it has colours of its own; false: nothing else than without. */
static bool
over_256(struct look *look, enum ground ground)
{
	static const struct look grounds[GROUND_COUNT] = {
		[GROUND_BAR] = { 253, 237, 0 },
		[GROUND_FOCUS] = { 231, 25, LOOK_BOLD },
		[GROUND_CURSOR] = { 231, 24, 0 },
		[GROUND_SELECT] = { 231, 60, 0 },
		[GROUND_MATCH] = { 16, 221, 0 },
		[GROUND_ADDED_WORD] = { 16, 114, 0 },
		[GROUND_REMOVED_WORD] = { 16, 174, 0 },
	};

	if (!grounds[ground].bg)
		return false;
	unsigned char bold = look->attrs & LOOK_BOLD;
	*look = grounds[ground];
	look->attrs |= bold;
	return true;
}

/* What a ground lays over the look of an ink. */
static struct look
over(struct look look, enum ground ground, enum theme theme)
{
	bool colour = theme != THEME_MONO;
	short green = theme == THEME_256 ? deep[INK_ADDED] : GREEN,
	      red = theme == THEME_256 ? deep[INK_REMOVED] : RED;

	switch (ground) {
	case GROUND_BAR:
	case GROUND_CURSOR:
	case GROUND_SELECT:
		return (struct look){ OWN, OWN, (look.attrs & LOOK_BOLD) | LOOK_REVERSE };
	case GROUND_FOCUS:
		return (struct look){ OWN, OWN, LOOK_BOLD | LOOK_REVERSE };
	case GROUND_RESTING:
		look.attrs = (look.attrs & ~LOOK_DIM) | LOOK_UNDERLINE;
		return look;
	case GROUND_MATCH:
		return colour ? (struct look){ BLACK, YELLOW, 0 }
			      : (struct look){ OWN, OWN, LOOK_BOLD | LOOK_REVERSE };
	case GROUND_WORD:
		look.attrs = (look.attrs & ~LOOK_DIM) | LOOK_BOLD | LOOK_UNDERLINE;
		return look;
	case GROUND_ADDED:
		if (colour)
			look.fg = green;
		return look;
	case GROUND_REMOVED:
		if (colour)
			look.fg = red;
		return look;
	case GROUND_ADDED_WORD:
	case GROUND_REMOVED_WORD:
		if (colour)
			look.fg = ground == GROUND_ADDED_WORD ? green : red;
		look.attrs = (look.attrs & ~LOOK_DIM) | LOOK_BOLD | LOOK_UNDERLINE;
		return look;
	default:
		return look;
	}
}

struct look
style_look(enum ink ink, enum ground ground, enum theme theme)
{
	assert(ink < INK_COUNT && ground < GROUND_COUNT);
	struct look look = theme == THEME_MONO ? inks[ink].mono : inks[ink].colour;

	if (theme == THEME_256) {
		look.fg = deep[ink];
		if (deep[ink] != OWN)
			look.attrs &= (unsigned char)~LOOK_DIM;
		if (over_256(&look, ground))
			return look;
	}
	return over(look, ground, theme);
}
