/*
 * Visits: a person opens one, with the head on the slip that they took home last, holds
 * any number of sessions, and closes it with a receipt of all that they were shown,
 * said and took along.  One at a time a person.
 */
#ifndef CARREL_ANNOTATIONS_VISIT_H
#define CARREL_ANNOTATIONS_VISIT_H

#include "annotations/projection.h"

/* Of a visit record, for the projections. */
int visit_judge(struct db *db, const struct entry *entry) MUST_USE;
int visit_project(struct db *db, const struct entry *entry) MUST_USE;

/* The record that opened the visit that `name` is on.  ERR_ABSENT: on none. */
int visit_find(struct db *db, struct str name, uint64_t *opened) MUST_USE;

#endif
