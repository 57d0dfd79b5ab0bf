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
	/* Fills say->payload, an empty object before. */
	int (*make)(struct keeper *keeper, struct saying *say);
	/* After the record is durable; may be NULL. */
	int (*finish)(struct keeper *keeper, struct saying *say);
};

struct saying {
	const struct say_kind *kind;
	json_t *words, *payload;
	struct buf data, draft;
	char thread[53];        /* whole name; empty: none */
	struct reading reading; /* the anchor's */
	bool is_reading;
	json_t *anchor;
	struct buf signature; /* of a report */
};

/* publish.c */
int publish_check(struct keeper *keeper, struct saying *say) MUST_USE; /* before any byte is taken */
int publish_make(struct keeper *keeper, struct saying *say) MUST_USE;
int publish_sign(struct keeper *keeper, struct saying *say) MUST_USE;
int publish_write(struct keeper *keeper, struct saying *say) MUST_USE;

#endif
