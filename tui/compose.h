/*
 * Words being written: a comment, an answer, a change of state, a private note.  view_compose.c draws and edits
 * them, compose_say.c has them signed, drafts.c keeps them in the person's notebook meanwhile.
 */
#ifndef CARREL_TUI_COMPOSE_H
#define CARREL_TUI_COMPOSE_H

#include "tui/app.h"

#define WORDS_MAX ((size_t)48 * 1024) /* bytes: a record holds 64 KiB */

enum slot { SLOT_KIND, SLOT_TITLE, SLOT_SEVERITY, SLOT_DIFFICULTY, SLOT_TEXT, SLOT_COUNT };
enum purpose { ANNOTATE, REPLY, STATE, PRIVATE };
enum kind { KIND_NOTE, KIND_QUESTION, KIND_FINDING };

struct saving; /* a note on its way to the notebook */

struct compose {
	struct view view;
	enum purpose purpose;
	struct target target;     /* ANNOTATE, PRIVATE; interned */
	struct str thread, state; /* REPLY, STATE; interned */
	enum slot focus;
	size_t choice[SLOT_COUNT];
	struct editor title, text;
	size_t top; /* first row of the text in sight */
	int width;  /* it was drawn at */
	bool preview;
	uint64_t order; /* of saying it */
	char note[33];  /* its draft's id in the notebook; empty: it has none yet */
	struct saving *saving;
	uint64_t saved; /* compose_revision() that lies in the notebook, or is on its way there */
	bool ended;     /* signed, or kept: no draft of it is wanted */
};

/* The words a choice may be, up to NULL; NULL for what is typed. */
const char *const *compose_choices(enum slot slot);
bool compose_has(const struct compose *c, enum slot slot);
bool compose_empty(const struct compose *c);
uint64_t compose_revision(const struct compose *c); /* grows with every change */
struct compose *compose_new(struct app *app, const struct compose *like);
/* Rows of the Markdown preview into `area`, from row c->top on. */
void compose_preview(struct compose *c, struct area area);

/* What a SAY would say, and what a draft holds; the caller's.  NULL: an error. */
json_t *compose_words(const struct compose *c);
/* A writing as such words have it, not pushed; NULL if they are none. */
struct compose *compose_from(struct app *app, const json_t *words);
/* "RELEASE:PATH:FIRST-LAST", as the commands take it; interned. */
struct str compose_label(struct app *app, const struct target *target);
void compose_done(struct view *view);

/* ---- drafts ---- */

#define DRAFT_CHANGES 4 /* after so many it is saved again */

void draft_changed(struct compose *c);
void draft_save(struct compose *c); /* whatever is not saved yet */
/* Its words go to the notebook as a note of this kind, under a name; `done` when they are there. */
void draft_keep(struct compose *c, const char *kind, struct str name, struct str text);
void draft_drop(struct compose *c);   /* it is not wanted any more */
void draft_detach(struct compose *c); /* before it is freed */
/* It lies in the notebook as it stands, or will in a moment. */
bool draft_kept(const struct compose *c);

#endif
