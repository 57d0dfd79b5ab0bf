/*
 * The desk driven from a file in place of a terminal, and photographed: a key script in,
 * screens out as text.  carrel-desk(1) describes the commands of a script.
 *
 * After every key the desk settles: what was ordered has arrived and is drawn, or it is the
 * person's turn.  So a script holds no pauses.
 */
#ifndef CARREL_TUI_SCRIPT_H
#define CARREL_TUI_SCRIPT_H

#include "tui/app.h"

#define SCRIPT_MAX ((size_t)1024 * 1024) /* bytes */
#define SCRIPT_COLS 1000
#define SCRIPT_ROWS 1000

struct script {
	struct app *app;
	struct orders *orders;
	const int *failure; /* of opening the session; not 0: it ends */
	int out;            /* where screens are written */
	size_t line;        /* that runs, from 1 */
};

/*
 * Runs the script's text up to its end or until the desk is left.  ERR_USAGE, with the line's number, for a line that
 * is no command; ERR_ABSENT where something was expected and is not so.
 */
int script_run(struct script *script, struct str text) MUST_USE;
/* ---- for its commands ---- */
int script_settle(struct script *script) MUST_USE;
int script_screen(struct script *script, struct str title) MUST_USE;
int script_shown(struct script *script, struct str title) MUST_USE;
int script_say(struct script *script, const char *fmt, ...) __attribute__((format(printf, 2, 3))) MUST_USE;
/* "COLSxROWS"; ERR_USAGE if it is not that. */
int script_size(struct str text, int *rows, int *cols) MUST_USE;

#endif
