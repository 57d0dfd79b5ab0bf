/*
 * The desk: what it knows of the room, the stack of views, and what views ask of it.
 *
 * The stack's entries are views, or the reading screen (files, code and outline side
 * by side).  What lies on top has the keys.  Strings in `struct place` are interned:
 * they live as long as the desk.
 */
#ifndef CARREL_TUI_APP_H
#define CARREL_TUI_APP_H

#include "base/mem.h"
#include "tui/editor.h"
#include "tui/keymap.h"
#include "tui/model.h"
#include "tui/options.h"
#include "tui/orders.h"
#include "tui/search.h"
#include "tui/seen.h"
#include "tui/source.h"
#include "tui/term.h"
#include "tui/view.h"

#define STACK_MAX 24
#define JUMPS_MAX 100
#define MARKS 26 /* a to z */
#define SAID_MAX 50
#define DRAFTS_MAX 32

/* Somewhere in a file. */
struct place {
	struct str release, path;
	uint64_t line;  /* from 1 */
	size_t column;  /* byte in the line, from 0 */
	uint64_t top;   /* first line on the screen; 0: as it comes */
};

struct screen {
	struct view *view; /* NULL: the reading screen */
	struct place place; /* of the code when another reading screen was laid over this one */
};

/* Places that are not what they seem, of the release that is read: asked for when first wanted. */
struct suspicion {
	struct str path, class, shown, why;
	uint64_t line, column; /* 0: the file as a whole */
};

struct suspicious {
	struct str release;
	struct suspicion *rows; /* in path order */
	size_t count;
	uint64_t order, unread; /* unread: files */
	bool done;
	int step; /* to be taken when all are there */
	char failed[256];
	struct arena arena;
};

enum pane { PANE_FILES, PANE_CODE, PANE_OUTLINE, PANES };

#define PANES_NARROW 70 /* columns below which one pane is shown at a time */

/* How the panes of the reading screen lie. */
struct panes {
	bool zoom;              /* the one that has the keys, alone */
	int files_cols, outline_rows; /* 0: as it comes */
	struct view *other;     /* a second code pane, at rest; NULL: there is none */
	bool below;             /* the second lies below the first, not beside it */
	bool second;            /* the one that is not at rest is the second */
	struct area border;     /* between files and code, as drawn last */
	int outline_top;        /* row of the outline's title; 0: it does not lie below the files */
	enum { GRAB_NOTHING, GRAB_FILES, GRAB_OUTLINE } grab; /* a border is being dragged */
};

/* Where the mouse's button went down. */
struct pressed {
	struct view *view; /* NULL: on nothing.  To be compared alone: it may be gone */
	int row, col;
	bool dragged;
};

struct app_handler {
	enum action action;
	void (*run)(struct app *app);
};

/* Drafts of the visits before: asked for when the desk opens, whatever release is read meanwhile. */
struct drafts_before {
	struct app *app;
	uint64_t order; /* that lists them */
	bool locked;    /* they cannot be listed without a passphrase ... */
	bool wanted;    /* ... which may be asked for */
};

struct app {
	struct orders *orders;
	struct grid grid;
	bool colour, terminal_ascii; /* what the terminal can */
	struct options options;
	struct keymap keymap;
	struct buf mapped; /* the lines of it */
	struct model model; /* room, releases, threads, changes */
	uint64_t threads_order, changes_order; /* that ask for them */
	struct view *panes[PANES];
	enum pane focus;
	struct panes layout;
	struct pressed pressed;
	struct screen stack[STACK_MAX];
	size_t depth;
	struct place jumps[JUMPS_MAX];
	size_t jump_count, jump_at;
	struct place tags[JUMPS_MAX]; /* where definitions were asked for */
	size_t tag_count;
	struct place marks[MARKS]; /* empty path: not set */
	struct str included;        /* the name that a file is looked for by; empty: none */
	struct place included_best;
	int keys[KEYS_MAX]; /* the beginning of a sequence */
	size_t key_count;
	enum action held;         /* a form that opens once `held_by` has read its lines; ACT_NONE: there is none */
	const struct view *held_by; /* to be compared alone: it may be gone */
	void (*letter)(struct app *app, int code); /* what was begun takes the next key; NULL: nothing was */
	char message[512];
	enum ink message_ink;
	struct buf find; /* what was searched for in a list */
	struct buf left; /* where the person left, until the releases are known */
	struct buf kept; /* where the person is, as it was kept last */
	struct str said[SAID_MAX]; /* what was typed in prompts */
	size_t said_count;
	struct suspicious suspicious;
	struct searches searches;
	struct view *hits; /* the results of the last search: of this view, whether or not it is on the stack */
	bool walks_hits;   /* the next match in the code is the next one of these */
	uint64_t diff_context; /* lines around changes */
	int64_t since;    /* the desk was opened, in seconds */
	struct str visit; /* when the visit was opened that lasts; empty: none.  Interned */
	struct seen seen; /* what was on the screen, ever */
	struct view *drafts[DRAFTS_MAX]; /* writings that were put aside */
	size_t draft_count;
	struct saving *savings;  /* notes on their way to the notebook */
	struct drafts_before drafts_before;
	bool told_unsaved;
	size_t paste_lost; /* characters of a paste that were not taken */
	struct str quote; /* the label of the lines last taken with y */
	bool asking_to_leave, leaving, pasting, mouse, redraw;
	bool ready; /* the releases are known: keys mean what they will mean */
	bool dirty; /* something is to be drawn (again) */
	struct arena arena;
	struct str *interned;
	size_t interned_count;
};

/* Takes the orders.  Asks the room for what the first screen needs. */
void app_init(struct app *app, struct orders *orders, int rows, int cols, bool ascii, bool colour);
void app_start(struct app *app, const json_t *opened);
void app_release(struct app *app);
void app_resize(struct app *app, int rows, int cols);
void app_key(struct app *app, const struct key *key);
/*
 * After answers came: opens the form that was held, if its lines are there.  False: it does not open any more, and what
 * was typed for it is to be forgotten.
 */
bool app_go_on(struct app *app);
void app_draw(struct app *app);
void app_event(void *app, const json_t *event);

/* Whether a view of these functions, or the app around it, can do this: a test holds keys.c against it. */
bool app_can(const struct view_ops *ops, enum action action);
extern const struct view_ops *const app_views[VIEW_KINDS];

/* ---- what views ask for ---- */

struct str app_intern(struct app *app, struct str s);
/* In the message line until the next key. */
void app_say(struct app *app, enum ink ink, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void app_push(struct app *app, struct view *view);
/* Takes the top off and frees it. */
void app_back(struct app *app);
/* Takes off one view, wherever it lies, and everything above it. */
void app_close(struct app *app, struct view *view);
/* Takes a writing off the stack and keeps it; false, with words for the person, if there is no place. */
bool app_put_aside(struct app *app, struct view *view);
void app_take_up(struct app *app, size_t draft); /* pushes it again */
struct view *app_top(const struct app *app); /* a pane where the reading screen is on top */
/* Shows a place in the code; remembers where the reader was. */
void app_show(struct app *app, struct place place);
struct place app_place(const struct app *app); /* where the code stands */
/* Remembers where the code stands, for ACT_POP. */
void app_tag(struct app *app);
void app_jump_back(struct app *app);
void app_jump_forward(struct app *app);
void app_pop(struct app *app);
void app_mark(struct app *app); /* these two take a letter */
void app_to_mark(struct app *app);
void app_act(struct app *app, enum action action);
void app_focus(struct app *app, enum pane pane);
bool app_reading(const struct app *app); /* the reading screen is on top */
/* The release that is read, and the one compared with, by name; everything is asked anew. */
void app_read_release(struct app *app, struct str release, struct str base);
/* "NAME VALUE" and so on, as typed behind :set; what was set is kept for the person. */
void app_set(struct app *app, struct str words);
void app_options_changed(struct app *app);
/* "VIEW ACTION KEYS", as typed behind map; without KEYS they are again as by default.  Kept for the person. */
void app_map(struct app *app, struct str words);
/* What app_map would do: 0, or ERR_USAGE and words. */
int app_try_map(const struct app *app, struct str words) MUST_USE;
void app_ask_kept(struct app *app); /* from the visits before */
/* Where the person is, for the next visit; nothing is sent where that is kept already. */
void app_keep_left(struct app *app);
/* Threads changed: asks for them. */
void app_ask_threads(struct app *app);
bool app_asks_threads(const struct app *app); /* they are on their way */
/* No file is open, and what decides on the first one is on its way. */
bool app_asks_first(const struct app *app);

/* ---- app_left.c ---- */

int left_write(const struct app *app, struct buf *out) MUST_USE;
/* Goes back there; false: nowhere that is still there.  The releases must be known. */
bool left_read(struct app *app, struct str text);

/* ---- app_panes.c ---- */

extern const struct app_handler panes_handlers[]; /* up to one with ACT_NONE */
void panes_draw(struct app *app, struct area area, bool focus);
void panes_release(struct app *app);
/* The pane there; `press`: it gets the keys.  NULL: a border. */
struct view *panes_under(struct app *app, int row, int col, bool press);
bool panes_grab(struct app *app, int row, int col); /* a border is taken hold of */
bool panes_drag(struct app *app, int row, int col, bool last); /* and moved; false: none is held */
void panes_split(struct app *app, bool below, struct place place); /* a second code pane that shows it */

/* ---- views, as they are opened; each is pushed ---- */

struct target { /* what words are about */
	struct place place;
	uint64_t first, last; /* lines; 0 0: the whole file */
};

struct view *files_new(struct app *app);
struct view *code_new(struct app *app);
struct view *outline_new(struct app *app);
void symbols_open(struct app *app, enum verb verb, struct str name); /* DEF, REFS, CALLERS */
void includers_open(struct app *app, struct str path);
void included_open(struct app *app, struct str name); /* the file that an include names */
void peek_open(struct app *app, struct str name);
void jumps_open(struct app *app);
void hex_open(struct app *app);
enum tree_kind { TREE_CALLERS, TREE_CALLEES, TREE_INCLUDERS };
/* Of a function; or of a file, by its path. */
void tree_open(struct app *app, enum tree_kind kind, struct str name);
void changes_open(struct app *app);
void suspicious_open(struct app *app);
void suspicious_next(struct app *app); /* shows the next place behind where the code stands */
void suspicious_before(struct app *app);
void suspicious_release(struct app *app);
void diff_open(struct app *app, struct str old_path, struct str new_path);
struct diff_to {
	struct str old_path, new_path;
	uint64_t line; /* to be gone to; 0: */
	bool old;      /* it is one of the older release */
	int change;    /* 1: the first, -1: the last change */
};
void diff_open_to(struct app *app, struct diff_to to);
void functions_open(struct app *app, struct str path); /* changed definitions; of one file, or of all: "" */
void threads_open(struct app *app);
void thread_open(struct app *app, struct str id);
void thread_refresh(struct view *thread); /* after something was said in it */
void threads_set_kind(struct view *threads, struct str kind, struct str severity); /* "": any */
void kinds_open(struct app *app); /* chooses them */
void lobby_open(struct app *app);
void log_open(struct app *app);
void log_set_type(struct view *log, struct str type); /* "": all */
void types_open(struct app *app); /* chooses one */
void record_open(struct app *app, uint64_t index);
void notebook_view_open(struct app *app);
void notebook_drop_note(struct view *notebook, struct str id);
void note_open(struct app *app, struct str id, struct str name);
void drop_open(struct app *app, struct str id, struct str name); /* asks whether the note is to be dropped */
void options_open(struct app *app);
void help_open(struct app *app);
void palette_open(struct app *app);
void find_file_open(struct app *app);
void find_symbol_open(struct app *app);
void find_thread_open(struct app *app);
void find_release_open(struct app *app);
void release_read(struct app *app, size_t at); /* that of the model, compared with the one before it or as it is */
void state_open(struct app *app, const struct thread *thread);
void compose_unsigned(struct view *view); /* its draft was given up */
typedef void speak_about(struct app *app, struct target target);
speak_about compose_comment, compose_finding, compose_private;
speak_about compose_quote; /* takes the label of the lines, for a writing */
void compose_answer(struct app *app, const struct thread *thread);
void compose_state(struct app *app, const struct thread *thread, struct str state);
/* Drafts of the visits before; `wanted`: a passphrase may be asked for. */
void drafts_ask(struct app *app, bool wanted);
void drafts_release(struct app *app);
void drafts_open(struct app *app);
size_t drafts_unsaved(const struct app *app); /* writings put aside that would be lost */
/* What a SAY drafted, to be agreed to or given up. */
void sign_open(struct app *app, uint64_t order, struct str draft);

typedef void prompt_done(void *ctx, struct app *app, struct str text);
/* A line to be typed; `hint` stands behind it while it is empty.  `secret`: shown as dots, overwritten afterwards. */
void prompt_open(struct app *app, const char *label, const char *hint, bool secret, prompt_done *done, void *ctx);

/* ---- the code pane ---- */

void code_show(struct view *code, struct place place);
struct place code_place(const struct view *code);
const struct source *code_source(const struct view *code); /* NULL: nothing is open */
void code_reload_marks(struct view *code); /* threads or the compared release changed */
/* The file's symbols in line order, once they are there. */
const struct symbol *code_outline(const struct view *code, size_t *count);
uint64_t code_line(const struct view *code);
void files_reload(struct view *files); /* another release */
void files_mark(struct view *files);   /* threads or changes came */
void files_reveal(struct view *files, struct str path);

#endif
