/*
 * An attachment as it arrives in pieces.  A large one, of a release of a million files, waits in a file of the room's
 * run/ that has no name any more, not in memory.
 */
#ifndef CARREL_ANNOTATIONS_DELIVERED_H
#define CARREL_ANNOTATIONS_DELIVERED_H

#include "base/buf.h"

struct delivered {
	struct buf name;
	struct buf bytes; /* in the file: those that are not written yet */
	int file;         /* -1: none */
	uint64_t written;
	void *map; /* once it was viewed; NULL: none */
};

int delivered_init(struct delivered *delivered, struct str name) MUST_USE; /* release it in any case */
void delivered_release(struct delivered *delivered);
/* One more piece; `room` for the file. */
int delivered_add(struct delivered *delivered, int room, struct str piece) MUST_USE;
/* All of it; borrowed until the release.  Nothing is added then. */
int delivered_view(struct delivered *delivered, struct str *out) MUST_USE;

#endif
