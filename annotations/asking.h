/*
 * Inside job_ask: a question and what is left of its answer.  An answer is made of
 * bytes, of a list that is small, or of pages that are read as the client takes them.
 */
#ifndef CARREL_ANNOTATIONS_ASKING_H
#define CARREL_ANNOTATIONS_ASKING_H

#include "annotations/export.h"
#include "annotations/model.h"
#include "annotations/reading.h"

#define ANSWER_MAX ((size_t)ATTACHMENT_MAX) /* bytes */

struct asking;

struct question {
	const char *word;
	bool roomless; /* needs no room */
	/* Looks at ask->words, fills bytes or list, or sets ask->from and ask->to for `page`. */
	int (*begin)(struct keeper *keeper, struct asking *ask);
	/* Adds some objects to the empty list, moving ask->from on; none: the end.  May be NULL. */
	int (*page)(struct keeper *keeper, struct asking *ask);
	/* The same with bytes: adds some to ask->bytes, or sets ask->is_over.  May be NULL. */
	int (*piece)(struct keeper *keeper, struct job *job, struct asking *ask);
	/* Instead of begin: needs the reader.  Or, run: long work at one go. */
	int (*ask_reader)(struct keeper *keeper, struct job *job, struct asking *ask);
	int (*run)(struct keeper *keeper, struct job *job, struct asking *ask);
};

struct asking {
	const struct question *question;
	json_t *words;
	struct buf bytes; /* sent as DATA ... */
	size_t sent;
	json_t *list; /* ... and as JSON, from `given` on */
	size_t given;
	uint64_t from, to; /* of pages */
	bool is_over;      /* no more pages */
	struct reading reading;
	bool is_reading;
	struct skipped skipped; /* for a report */
	uint64_t at;
	struct export *export; /* of `ledger export` */
};

int asking_add(struct asking *ask, json_t *object) MUST_USE; /* takes a reference of its own */

/* ask_ledger.c */
int ask_log(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_log_page(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_record(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_attachment(struct keeper *keeper, struct asking *ask) MUST_USE;
/* ask_mine.c: what is recorded of the person whose session it is, besides what they did */
int ask_mine(struct keeper *keeper, const struct entry *entry, bool *out) MUST_USE;
int ask_reveals(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_reveals_page(struct keeper *keeper, struct asking *ask) MUST_USE;
/* ask_verify.c */
int ask_verify(struct keeper *keeper, struct job *job, struct asking *ask) MUST_USE;
/* ask_bundle.c */
int ask_bundle(struct keeper *keeper, struct asking *ask) MUST_USE;
/* ask_export.c */
int ask_export(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_export_piece(struct keeper *keeper, struct job *job, struct asking *ask) MUST_USE;
/* ask_heads.c */
int ask_checkpoint(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_prove(struct keeper *keeper, struct asking *ask) MUST_USE;
/* ask_room.c */
int ask_releases(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_roster(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_roster_export(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_policy(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_status(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_keys(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_threads(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_threads_page(struct keeper *keeper, struct asking *ask) MUST_USE;
int ask_show(struct keeper *keeper, struct asking *ask) MUST_USE;

#endif
