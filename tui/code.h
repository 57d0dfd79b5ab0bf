/*
 * Inside of the code pane: view_code.c shows and moves, code_draw.c draws, code_fold.c folds, code_marks.c knows what
 * is marked, code_bracket.c finds a bracket's fellow, code_act.c acts.
 *
 * A row of the scroll is a line that no fold hides.  On the screen it may take several rows: it is wrapped, or
 * threads stand below it.
 */
#ifndef CARREL_TUI_CODE_H
#define CARREL_TUI_CODE_H

#include "tui/app.h"

struct line_range {
	uint64_t first, last;
};

/* Lines that changed since the release compared with. */
struct hunk_mark {
	uint64_t first, last; /* lines here; of a removal: the line before it */
	char sign;            /* + ~ - */
};

/* What a symbol of the outline encloses. */
struct fold {
	uint64_t first, last; /* lines; last > first */
	bool closed;          /* all but the first are hidden */
};

struct hit {
	uint64_t line;
	struct stretch match;
};

/* Lines that are looked through at a time: those that are not there are read, and so recorded. */
#define CODE_SEEK_REACH 20000

enum code_seek { SEEK_NOTHING, SEEK_BRACKET, SEEK_UNPARSED, SEEK_UNPARSED_BACK };

struct code {
	struct view view;
	struct scroll scroll; /* over the lines that are not hidden */
	struct source *source;
	struct place place; /* where to go once the file is there; line 0: nowhere */
	size_t column;      /* of the cursor: a byte in its line, which may be longer than what is here of it */
	size_t goal;        /* display column that moving up and down keeps to */
	size_t left;        /* columns scrolled off */
	size_t skip;        /* rows of the first line that are scrolled off: it is wrapped into more than fit */
	int gutter, cols;   /* columns of the gutter and of the text, as drawn last */
	int scope;          /* rows that say what encloses the first line, as drawn last */
	bool all_added;     /* the release compared with has no such file */
	enum code_seek seek;/* what is looked for in lines that are not there yet */
	uint64_t seek_line, seek_from; /* SEEK_UNPARSED..: the next line to be looked at, and where it began */
	bool selecting;
	bool by_mouse;      /* the selection was dragged: the next press ends it */
	uint64_t select_from; /* a line */

	struct hunk_mark *hunks;
	size_t hunk_count;
	uint64_t hunk_order;
	uint64_t last_new; /* while the diff is read: the line it is at, */
	char run;          /* and the sign of the run it is in; 0: between runs */
	uint64_t added, removed;

	struct fold *folds; /* in line order, the outer ones first */
	size_t fold_count;
	struct line_range *hidden; /* by closed folds, in order, apart from one another */
	size_t hidden_count;

	struct arena outline_arena;
	struct symbol *outline;
	size_t outline_count;

	struct buf find; /* what was searched for here, as it was typed */
	struct hit *hits;
	size_t hit_count;
	struct stretch *matches; /* those of the line that is drawn */
	uint64_t hit_order;
	struct blame *blame; /* NULL: not asked for */
	bool blaming;        /* the gutter says which release brought each line */
	int blame_cols;
	bool hits_go; /* jump to the first one when they are there */
};

struct code *code_of(struct view *view);
/* A line as it is drawn; false where it is not there yet. */
bool code_line_at(const struct code *code, uint64_t line, struct codeline *out);
/* The cursor's line, and where in its text the cursor stands; a piece that is missing is ordered, and this false. */
bool code_here(const struct code *code, struct codeline *out, size_t *at);
void code_go(struct code *code, uint64_t line, size_t column);
uint64_t code_now(const struct code *code); /* the cursor's line, from 1; 0: none */
/* The lines that are selected, or the cursor's; with all that a closed fold hides. */
struct line_range code_selection(const struct code *code);

void code_settle(struct code *code); /* goes to `place` once the file is there */

/* ---- code_draw.c ---- */
void code_draw(struct view *view, struct area area, bool focus);
/* Rows on the screen that a row of the scroll takes, and its text alone. */
int code_rows_of(const struct code *code, size_t at);
int code_text_rows(const struct code *code, size_t at);
/* Rows below its line's first, and columns into the text, at which the cursor stands; false: it is not there yet. */
bool code_cursor_at(const struct code *code, int *down, long *col);
/* What stands in a row above the first line. */
const struct symbol *code_scope_at(const struct code *code, int row);
/* The byte of the line that is drawn `down` rows below its first and `col` columns into the text. */
size_t code_byte_at(const struct code *code, const struct codeline *line, int down, int col);

/* ---- code_fold.c ---- */
void code_make_folds(struct code *code); /* of the outline; all open */
void code_forget_folds(struct code *code);
uint64_t code_line_of(const struct code *code, size_t row); /* of the scroll */
size_t code_row_of(const struct code *code, uint64_t line); /* of a hidden line: the row of its fold */
uint64_t code_row_count(const struct code *code);
uint64_t code_row_end(const struct code *code, size_t row); /* the last line that it stands for */
void code_unfold_over(struct code *code, uint64_t line); /* opens what hides it */
enum fold_act { FOLD_OPEN, FOLD_CLOSE, FOLD_TOGGLE };
bool code_fold(struct code *code, uint64_t line, enum fold_act act); /* false: no fold there */
void code_fold_all(struct code *code, bool closed);

/* ---- code_walk.c ---- */
void code_seek_unparsed(struct code *code); /* goes on from seek_line */
void code_next_change(struct view *view);
void code_prev_change(struct view *view);
void code_next_file(struct view *view);
void code_prev_file(struct view *view);
void code_next_thread(struct view *view);
void code_prev_thread(struct view *view);
void code_search_here(struct view *view);
void code_next_match(struct view *view);
void code_prev_match(struct view *view);
void code_next_unparsed(struct view *view);
void code_prev_unparsed(struct view *view);

/* ---- code_blame.c ---- */
void code_ask_blame(struct code *code); /* once the file is there */
void code_forget_blame(struct code *code);
bool code_blame_runs(const struct code *code);
const char *code_blame_failed(const struct code *code); /* or NULL */
struct str code_blame_of(const struct code *code, uint64_t line); /* empty: not known (yet) */

/* ---- code_bracket.c ---- */
enum bracket { BRACKET_NONE, BRACKET_FOUND, BRACKET_MISSING };
struct text_at {
	uint64_t line;
	size_t byte; /* of what is here of the line */
};
/*
 * The fellow of the bracket at *at, within `reach` lines.  MISSING: *at is a line that is not there yet.  Brackets in
 * comments and strings count among themselves alone.
 */
enum bracket code_bracket(const struct code *code, struct text_at *at, uint64_t reach);
bool bracket_at(struct str text, size_t byte);

/* ---- code_marks.c ---- */
void code_ask_marks(struct code *code);
void code_forget_marks(struct code *code);
/* Of the gutter: + ~ - or a blank; of a line that hides others up to `end`, ~ if one of them changed. */
char code_sign(const struct code *code, uint64_t line, uint64_t end);
/* Threads that end on this line, one by one; `next` from 0. */
const struct thread *code_thread_on(const struct code *code, uint64_t line, size_t *next);
/* Whether a thread speaks of this line, or of one of these. */
const struct thread *code_thread_over(const struct code *code, uint64_t line);
const struct thread *code_thread_within(const struct code *code, uint64_t from, uint64_t to);
/* The thread is about this very file: by its path in this release, or by its content. */
bool code_thread_here(const struct code *code, const struct thread *thread);
const struct symbol *code_symbol_at(const struct code *code, uint64_t line); /* the innermost that encloses it */
void code_search(struct code *code, struct str typed);

/* ---- code_act.c ---- */
void code_seek_bracket(struct code *code); /* to the fellow of the bracket at or behind the cursor */
struct str code_name(struct view *view);
bool code_target(struct view *view, bool whole, struct target *out);
extern const struct handler code_handlers[];

#endif
