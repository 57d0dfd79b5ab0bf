/*
 * The ledger as one flat file: a checkpoint, every leaf below it, every attachment;
 * carrel-ledger(5) has the format.  Made in pieces, so that its size is nobody's memory.
 */
#ifndef CARREL_ANNOTATIONS_EXPORT_H
#define CARREL_ANNOTATIONS_EXPORT_H

#include "annotations/session.h"
#include "base/message.h"

#define EXPORT_PIECE ((size_t)2 * 1024 * 1024) /* bytes of the largest piece, with room to spare */

enum export_side {
	EXPORT_ALL,
	EXPORT_PUBLIC, /* of records that say something, only the leaf's hash */
};

struct export;

/* Of the ledger as it is now.  *out is the caller's. */
int export_new(struct session *session, enum export_side side, struct export **out) MUST_USE;
void export_free(struct export *export);
/* Adds the next piece to `out`; nothing is added at the end. */
int export_next(struct export *export, struct buf *out) MUST_USE;
/* Records that are through, of how many. */
void export_progress(const struct export *export, struct progress *out);
/* Whether a record of this type is left out of the public side. */
bool export_withholds(enum record_type type);

#endif
