/*
 * Inside job_say: words on their way to a record.  Each kind of words has a row in
 * say.c's table and makes a payload of them; what they have in common is drafted,
 * shown, signed and appended in one place.
 */
#ifndef CARREL_ANNOTATIONS_SAYING_H
#define CARREL_ANNOTATIONS_SAYING_H

#include "annotations/reading.h"

#define SAID_MAX ((size_t)64 * 1024 * 1024) /* bytes of DATA behind words: a report */

struct saying;

struct say_kind {
	const char *word;
	enum record_type type;
	bool has_data; /* DATA follows, up to an empty piece, before there is a payload */
	bool by_session; /* the session key signs, without a draft */
	bool has_place; /* the reader is asked for an anchor first */
	/*
	 * Something else that is signed before there is a payload: `first` puts it into say->draft, or leaves that
	 * empty where it is signed already; `sign` signs it.  May be NULL.
	 */
	int (*first)(struct keeper *keeper, struct saying *say);
	int (*sign)(struct keeper *keeper, struct saying *say);
	/* Fills say->payload, an empty object before. */
	int (*make)(struct keeper *keeper, struct saying *say);
	/* After the record is durable; may be NULL. */
	int (*finish)(struct keeper *keeper, struct saying *say);
};

struct saying {
	const struct say_kind *kind;
	struct job *job;
	json_t *words, *payload;
	struct buf data, draft;
	char thread[53];        /* whole name; empty: none */
	struct reading reading; /* the anchor's */
	bool is_reading;
	json_t *anchor;
	struct buf signature; /* of a report; armoured, of a checkpoint or a bundle */
	bool is_first;        /* say->draft is what `first` put there */
	struct attachment attachments[2]; /* what the payload names; borrowed */
	size_t attached;
	struct buf order; /* of a reveal; of a visit's end the receipt; of a bundle the text that is signed */
};

/* ask_export.c */
int export_make(struct keeper *keeper, struct saying *say) MUST_USE;
int export_finish(struct keeper *keeper, struct saying *say) MUST_USE;
/* Checks the name in outbox/, and gives the one under which the file is written before the record is there. */
int export_place(struct keeper *keeper, struct saying *say, struct buf *path) MUST_USE;
/* say_bundle.c */
int say_bundle_first(struct keeper *keeper, struct saying *say) MUST_USE;
int say_bundle_sign(struct keeper *keeper, struct saying *say) MUST_USE;
int say_bundle_make(struct keeper *keeper, struct saying *say) MUST_USE;
/* cosign.c */
int cosign_first(struct keeper *keeper, struct saying *say) MUST_USE;
int cosign_sign(struct keeper *keeper, struct saying *say) MUST_USE;
int cosign_make(struct keeper *keeper, struct saying *say) MUST_USE;
int roomkey_make(struct keeper *keeper, struct saying *say) MUST_USE;
int roomkey_take(struct keeper *keeper, struct saying *say) MUST_USE;

/* say_people.c: people, policy, visits, a search revealed */
int say_person(struct keeper *keeper, struct saying *say) MUST_USE;
int say_keep_box(struct keeper *keeper, struct saying *say) MUST_USE;
int say_revoke(struct keeper *keeper, struct saying *say) MUST_USE;
int say_confirm(struct keeper *keeper, struct saying *say) MUST_USE;
int say_policy(struct keeper *keeper, struct saying *say) MUST_USE;
int say_renew_policy(struct keeper *keeper, struct saying *say) MUST_USE;
int say_reveal(struct keeper *keeper, struct saying *say) MUST_USE;
/* say_visit.c */
int say_visit_open(struct keeper *keeper, struct saying *say) MUST_USE;
int say_visit_close(struct keeper *keeper, struct saying *say) MUST_USE;
/* Copies members of the words that are there and not empty: say_copy(say, (const char *const[]){ "a", NULL }). */
int say_copy(struct saying *say, const char *const keys[]) MUST_USE;
#define SAY_COPY(say, ...) say_copy(say, (const char *const[]){ __VA_ARGS__, NULL })

/* publish.c */
int publish_check(struct keeper *keeper, struct saying *say) MUST_USE; /* before any byte is taken */
int publish_make(struct keeper *keeper, struct saying *say) MUST_USE;
int publish_sign(struct keeper *keeper, struct saying *say) MUST_USE;
int publish_write(struct keeper *keeper, struct saying *say) MUST_USE;

#endif
