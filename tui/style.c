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

/* What a ground lays over the look of an ink. */
static struct look
over(struct look look, enum ground ground, bool colour)
{
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
			look.fg = GREEN;
		return look;
	case GROUND_REMOVED:
		if (colour)
			look.fg = RED;
		return look;
	case GROUND_ADDED_WORD:
	case GROUND_REMOVED_WORD:
		if (colour)
			look.fg = ground == GROUND_ADDED_WORD ? GREEN : RED;
		look.attrs = (look.attrs & ~LOOK_DIM) | LOOK_BOLD | LOOK_UNDERLINE;
		return look;
	default:
		return look;
	}
}

struct look
style_look(enum ink ink, enum ground ground, bool colour)
{
	assert(ink < INK_COUNT && ground < GROUND_COUNT);
	return over(colour ? inks[ink].colour : inks[ink].mono, ground, colour);
}
