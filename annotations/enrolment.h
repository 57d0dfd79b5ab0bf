/*
 * Inside the projections: who is enrolled, in which role and from when, and the policy.
 * Where policy has 'two-people yes', a person, revoke or policy record waits until
 * somebody else confirms it, and holds from that position on.
 */
#ifndef CARREL_ANNOTATIONS_ENROLMENT_H
#define CARREL_ANNOTATIONS_ENROLMENT_H

#include "annotations/projection.h"

/* Of a person, revoke, policy or confirm record: 0, or ERR_REFUSED and why. */
int enrolment_judge(struct db *db, const struct entry *entry) MUST_USE;
/* Of those, and of the genesis. */
int enrolment_project(struct db *db, const struct entry *entry) MUST_USE;

#endif
