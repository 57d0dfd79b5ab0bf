/* Inside of the code pane: view_code.c draws and moves, code_marks.c knows what is marked, code_act.c acts. */
#ifndef CARREL_TUI_CODE_H
#define CARREL_TUI_CODE_H

#include "tui/app.h"

/* Lines that changed since the release compared with. */
struct hunk_mark {
	uint64_t first, last; /* lines here; of a removal: the line before it */
	char sign;            /* + ~ - */
};

struct hit {
	uint64_t line;
	struct stretch match;
};

struct code {
	struct view view;
	struct scroll scroll; /* over lines, from 0 */
	struct source *source;
	struct place place; /* where to go once the file is there; line 0: nowhere */
	size_t column;      /* of the cursor: a byte in its line, which may be longer than what is here of it */
	size_t goal;        /* display column that moving up and down keeps to */
	size_t left;        /* columns scrolled off */
	bool selecting;
	size_t select_from; /* a row of the scroll */

	struct hunk_mark *hunks;
	size_t hunk_count;
	uint64_t hunk_order;
	uint64_t last_new; /* while the diff is read: the line it is at, */
	char run;          /* and the sign of the run it is in; 0: between runs */
	uint64_t added, removed;

	struct arena outline_arena;
	struct symbol *outline;
	size_t outline_count;

	struct buf find; /* what was searched for here, as it was typed */
	struct hit *hits;
	size_t hit_count;
	uint64_t hit_order;
	bool hits_go; /* jump to the first one when they are there */
};

struct code *code_of(struct view *view);
/* A line as it is drawn; false where it is not there yet. */
bool code_line_at(const struct code *code, uint64_t line, struct codeline *out);
/* The cursor's line, and where in its text the cursor stands; a piece that is missing is ordered, and this false. */
bool code_here(const struct code *code, struct codeline *out, size_t *at);
void code_go(struct code *code, uint64_t line, size_t column);
uint64_t code_now(const struct code *code); /* the cursor's line, from 1; 0: none */

/* ---- code_marks.c ---- */
void code_ask_marks(struct code *code);
void code_forget_marks(struct code *code);
char code_sign(const struct code *code, uint64_t line); /* of the gutter: + ~ - or a blank */
/* Threads that end on this line, one by one; `next` from 0. */
const struct thread *code_thread_on(const struct code *code, uint64_t line, size_t *next);
/* Whether a thread speaks of this line. */
const struct thread *code_thread_over(const struct code *code, uint64_t line);
/* The thread is about this very file: by its path in this release, or by its content. */
bool code_thread_here(const struct code *code, const struct thread *thread);
const struct symbol *code_symbol_at(const struct code *code, uint64_t line); /* the innermost that encloses it */
void code_search(struct code *code, struct str typed);

/* ---- code_act.c ---- */
extern const struct handler code_handlers[];

#endif
