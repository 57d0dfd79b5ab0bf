/* Inside of the diff: view_diff.c reads and draws, diff_act.c acts. */
#ifndef CARREL_TUI_DIFF_H
#define CARREL_TUI_DIFF_H

#include "tui/list.h"

struct diff_row {
	char sign; /* ' ' + - ; '@': the head of a hunk */
	uint64_t old_line, new_line;
	struct str text;
	const struct span *spans;
	size_t span_count;
	uint64_t cut;
};

struct diff {
	struct list list;
	struct str old_path, new_path; /* interned */
	struct str base, reading;
	uint64_t context;
	struct diff_row *rows;
	size_t count;
	uint64_t added, removed, last_old, last_new;
	size_t column, left;
	bool selecting;
	size_t select_from;
	uint64_t go_line; /* of the new file (old, where it is gone): to be gone to when the rows are there */
};

struct diff *diff_of(struct view *view);
/* The row's source as it is drawn; false for the head of a hunk. */
bool diff_line(const struct diff *diff, size_t at, struct codeline *out);
void diff_ask(struct diff *diff);

extern const struct handler diff_handlers[];

#endif
