/*
 * Sessions that ended without a close record.  A living session holds a lock on a file
 * of its own in run/; one that is open in the ledger and holds none is dead, and the
 * next session notes it.
 */
#ifndef CARREL_ANNOTATIONS_UNCLOSED_H
#define CARREL_ANNOTATIONS_UNCLOSED_H

#include "annotations/session.h"

int unclosed_lock(struct session *session) MUST_USE;
void unclosed_unlock(struct session *session);
int unclosed_note(struct session *session) MUST_USE;

#endif
