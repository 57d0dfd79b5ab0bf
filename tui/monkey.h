/*
 * Random keys, for the script's `monkey SEED COUNT [EVERY]`: mostly keys that mean something where they are pressed,
 * also text, pastes, mouse and sizes.  The same seed presses the same keys.
 */
#ifndef CARREL_TUI_MONKEY_H
#define CARREL_TUI_MONKEY_H

#include "tui/script.h"

/*
 * A screen, and which lines of source it shows, is printed every EVERY keys, and at the end the slowest key: how long
 * the desk took to take and draw it, by the clock and of processor time.
 */
int monkey_run(struct script *script, struct str words) MUST_USE;

#endif
