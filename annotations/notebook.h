/*
 * A person's notebook: what is theirs alone, in ROOM/private/BOX/ where BOX is their
 * box key, and sealed to it.  Writing needs only that public half; reading wants the
 * secret one, from the sealed key file that lies there or came with the session.
 * carrel-notebook(5) has the files.
 *
 * Entries are added to the log and never changed: what was searched for.  Notes have an
 * id and may be saved again or dropped: drafts, private notes, options.
 */
#ifndef CARREL_ANNOTATIONS_NOTEBOOK_H
#define CARREL_ANNOTATIONS_NOTEBOOK_H

#include "annotations/keyfile.h"
#include "base/json.h"

#define NOTE_ID 33                       /* 32 hex digits and NUL */
#define NOTE_MAX ((size_t)64 * 1024)     /* bytes of a note's text */
#define NOTE_ENTRY_MAX ((size_t)4 * 1024 * 1024) /* bytes of a log entry's body */

struct notebook {
	int dir; /* -1: the person has no box key, and so no notebook */
	uint8_t box[32];
	uint8_t *secret; /* in sodium_malloc memory; NULL: locked */
};

#define NOTEBOOK_NONE ((struct notebook){ .dir = -1 })

/* `box`: 64 hex digits, or nothing: then there is none.  The directory is made. */
int notebook_open(struct notebook *notebook, int room, struct str box) MUST_USE;
void notebook_close(struct notebook *notebook);
/* Puts a box key's file into the notebook of that key, for later unlocking; a second one changes nothing. */
int notebook_keep_key(int room, struct str file) MUST_USE;
/* 0 when it is open; 1: a passphrase is needed; ERR_REFUSED: wrong, or no key file. */
int notebook_unlock(struct notebook *notebook, struct unsealer *unsealer, struct str passphrase) MUST_USE;

/* Durable when it returns. */
int notebook_add(struct notebook *notebook, const json_t *head, struct str body) MUST_USE;
/* A negative return of `each` stops it.  *spoilt counts what does not open: it is passed over. */
int notebook_each(struct notebook *notebook, int (*each)(void *ctx, const json_t *head, struct str body), void *ctx,
    size_t *spoilt) MUST_USE;

/* An empty id is filled with a new one.  Durable when it returns. */
int notebook_save(struct notebook *notebook, char id[static NOTE_ID], const json_t *head, struct str body) MUST_USE;
/* *head is the caller's; the body is added to `body`.  ERR_ABSENT: no such note; ERR_FORMAT: spoilt. */
int notebook_load(struct notebook *notebook, const char *id, json_t **head, struct buf *body) MUST_USE;
int notebook_drop(struct notebook *notebook, const char *id) MUST_USE;
/* The ids of all notes, in no order. */
int notebook_ids(struct notebook *notebook, int (*each)(void *ctx, const char *id), void *ctx) MUST_USE;

#endif
