/*
 * The desk as an append-only dialogue of lines, for use without sight: words in, lines out, numbered choices.
 * The same orders and the same records as the desk has.  carrel-desk(7) lists the words.
 *
 * plain.c is the dialogue, plain_choices.c its lists, plain_read.c what can be read, plain_say.c what can be said.
 */
#ifndef CARREL_TUI_PLAIN_H
#define CARREL_TUI_PLAIN_H

#include "tui/editor.h"
#include "tui/model.h"
#include "tui/orders.h"
#include "tui/text.h"

#define PLAIN_LINES 20        /* of a file at a time */
#define PLAIN_CHOICES 5000    /* that can be chosen by number */
#define PLAIN_SHOWN 20        /* of a list at a time */
#define PLAIN_LINE_MAX ((size_t)64 * 1024)

enum choice_kind { CHOICE_PLACE, CHOICE_FOLDER, CHOICE_THREAD, CHOICE_CHANGE, CHOICE_RELEASE };

struct choice {
	enum choice_kind kind;
	struct str text; /* how it is told */
	struct str release, path, old_path, id;
	uint64_t line;
};

struct spot {
	struct str release, path;
	uint64_t line;
};

struct plain {
	struct orders *orders;
	struct model model;
	int in, out;
	bool terminal, ascii; /* of `in`, and what may be written */
	bool clears;          /* what was told can be wiped off the terminal */
	struct buf input;     /* read, not yet taken as lines */
	bool ended;           /* there is no more */
	bool leaving;
	int result; /* negative: the desk cannot go on */
	unsigned lock_after; /* seconds without a line; 0: never */
	/* what the last list offered */
	struct choice *choices;
	size_t choice_count, choice_told, choice_lost;
	struct choice dropped; /* one too many */
	struct arena choice_arena; /* emptied with them */
	struct arena place_arena;  /* strings of places; lives as long as the dialogue */
	/* where one reads */
	struct spot spot, before[100];
	size_t before_count;
	uint64_t lines, told; /* of the file; the last line told */
	/* the order under way */
	void (*row)(struct plain *plain, const struct row *row);
	void (*json)(struct plain *plain, const json_t *json);
	json_t *done;
	uint64_t count; /* what the functions above count */
	bool failed, draft_shown, needs;
	struct buf draft;
	char need[64];
	bool quiet;     /* what fails is not told */
	char note[33];  /* id of the draft of what is being said; empty: none */
	bool no_drafts; /* they cannot be kept */
};

/*
 * Runs the dialogue up to its end.  `how`: the body of OPEN.  `piped`: what is told goes to no terminal, which the
 * room's policy must allow.
 */
int plain_run(struct orders *orders, const json_t *how, int in, int out, bool piped, bool ascii) MUST_USE;

/* ---- for the files of this dialogue ---- */

struct plain_word {
	const char *word, *arguments, *help;
	void (*run)(struct plain *plain, struct str rest);
};
extern const struct plain_word plain_reading[], plain_saying[]; /* up to one without a word */

/* One line of our own words; foreign ones go through plain_show first. */
void plain_tell(struct plain *plain, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Made safe; lives until the next word is taken. */
const char *plain_show(struct plain *plain, struct str foreign);
/* Foreign text, line by line, each behind `lead`. */
void plain_block(struct plain *plain, const char *lead, struct str foreign);
/* A line typed, without its newline; false at the end of the input.  `secret`: not echoed. */
bool plain_line(struct plain *plain, const char *prompt, bool secret, struct buf *out);
/* Sends an order and waits for its end; false if it failed, which was told, or was stopped. */
bool plain_order(struct plain *plain, const struct order *order);
bool plain_ask(struct plain *plain, enum message_kind kind, const json_t *body);

/* A copy that outlives the choices. */
struct str plain_keep(struct plain *plain, struct str s);
void plain_choices_clear(struct plain *plain);
struct choice *plain_choice_add(struct plain *plain, enum choice_kind kind, struct str text);
void plain_choices_tell(struct plain *plain); /* the first, or the next, PLAIN_SHOWN of them */
void plain_choose(struct plain *plain, size_t number); /* from 1 */
void plain_go(struct plain *plain, struct spot spot); /* reads there; remembers where one was */
void plain_thread(struct plain *plain, struct str id);
void plain_threads_ask(struct plain *plain);
bool plain_range(struct str text, uint64_t *first, uint64_t *last); /* "3" or "3-7" */

#endif
