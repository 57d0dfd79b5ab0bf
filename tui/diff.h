/*
 * Inside of the diff: view_diff.c reads, diff_draw.c draws, diff_act.c acts, diff_walk.c goes from file to file,
 * diff_expand.c shows what lies between hunks, diff_moves.c knows what moved.
 */
#ifndef CARREL_TUI_DIFF_H
#define CARREL_TUI_DIFF_H

#include "tui/diff_layout.h"
#include "tui/list.h"

#define SIDES_COLS 160 /* from here on the two releases stand side by side */
#define SIDES_LEAST 60 /* below, never */

struct diff {
	struct list list; /* its rows are the layout's lines */
	struct str old_path, new_path; /* interned */
	struct str base, reading, pair; /* pair: both, as orders name them */
	struct str old_blob, new_blob; /* in hex, where they are known.  Interned */
	struct diff_row *rows;
	size_t count;
	struct diff_layout layout;
	struct moved *moves;   /* blocks of the file that went to another one or came from there, once they are known */
	size_t move_count;
	struct str moves_why;  /* why there are none to be known; empty: there may be */
	bool moves_known;
	bool stale;            /* rows are those of the order before */
	bool sides, old_side;  /* side by side; the cursor is on the older release's side */
	bool hide_space;       /* what differs in white space alone */
	uint64_t added, removed, last_old, last_new;
	size_t moved;          /* blocks */
	size_t column, left;
	bool selecting;
	size_t select_from;
	/* where to go when the rows are there: a line of one side, or the first (1) or last (-1) change */
	uint64_t go_line;
	bool go_old;
	int go_change;
	size_t go_row; /* rows of the window above it */
	struct source *source; /* of the newer release, once lines between hunks were asked for */
	uint64_t expand_from, expand_to; /* those lines; 0: none are awaited */
};

struct diff *diff_of(struct view *view);
/* The row of a line of the screen that the cursor's side shows, else the other's; NULL for words of ours. */
const struct diff_row *diff_row_at(const struct diff *diff, size_t at);
const struct diff_row *diff_here(struct view *view);
/* Neither + nor -: the line is on both sides, or its white space alone differs and that is hidden. */
bool diff_same(const struct diff *diff, const struct diff_row *row);
/* A row's source as it is drawn; false for the head of a hunk. */
bool diff_line(const struct diff *diff, const struct diff_row *row, struct codeline *out);
void diff_ask(struct diff *diff);
void diff_layout_anew(struct diff *diff); /* and goes where it was to go */
void diff_go_to_line(struct diff *diff); /* that of go_line */
void diff_stay(struct diff *diff); /* notes where the cursor is, for when rows are there again */
void diff_follow_options(struct diff *diff); /* lays out anew if they ask for it */
/* A thread on the line that the row has in one of the releases, or in either where it is in both; NULL: none. */
const struct thread *diff_thread(const struct diff *diff, const struct diff_row *row, bool old);
bool diff_is_change(const struct diff *diff, size_t at);

/* ---- diff_draw.c ---- */
void diff_draw(struct view *view, struct area area, bool focus);

/* ---- diff_moves.c ---- */
void diff_pair_rows(struct diff *diff); /* diff_pair, and what is known of other files */
void diff_follow_moves(struct diff *diff); /* marks them when they are known by now */
bool diff_begins_block(const struct diff *diff, const struct diff_row *row); /* that moved */
int diff_say_moved(const struct diff_row *row, char *out, size_t size); /* as snprintf */
void diff_go_moved(struct view *view);

/* ---- diff_expand.c ---- */
void diff_expand(struct view *view); /* the cursor is on the head of a hunk: asks for lines before it */
void diff_expand_step(struct diff *diff); /* puts them in, when they are there */

/* ---- diff_walk.c ---- */
void diff_walk(struct view *view, int step, int go_change); /* to the next file, or the one before */
void diff_next_unread(struct view *view);
void diff_prev_unread(struct view *view);
size_t diff_file(const struct diff *diff); /* its place in the model's changes; their count: none */

/* ---- diff_act.c ---- */
struct str diff_name(struct view *view);
bool diff_target(struct view *view, bool whole, struct target *out); /* those of the selection on the cursor's side */
extern const struct handler diff_handlers[];

#endif
