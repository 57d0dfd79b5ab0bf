/* The two programs that make a desk, started by room/launch: see LAUNCH_GUARD and LAUNCH_UI there. */
#ifndef CARREL_TUI_DESK_H
#define CARREL_TUI_DESK_H

/* Both return an exit status; what went wrong is written to descriptor 2. */
int desk_guard(void);
/* `how`: the JSON of launch_describe without "seal", with "path". */
int desk_ui(const char *how);

#endif
