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

/* What a person was shown, said and took along since a visit was opened; in sessions that still last, too. */
struct visit_totals {
	uint8_t opened[SHA256_LEN]; /* the record that opened it */
	uint64_t sessions, pages, searches, lists, diffs, lines, bytes, said, exported;
};

/*
 * The totals of the visit that record `opened` began, and its receipt: text for the visitor to take home, with every
 * word said and every file released by its hash.  A function of the ledger.
 */
int visit_receipt(struct ledger *ledger, struct str product, const struct person *person, uint64_t opened,
    struct visit_totals *totals, struct buf *receipt) MUST_USE;

#endif
