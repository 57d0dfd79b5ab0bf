/* The roster as OpenSSH's allowed_signers: with it alone `ssh-keygen -Y verify` judges a record. */
#ifndef CARREL_ANNOTATIONS_ROSTER_H
#define CARREL_ANNOTATIONS_ROSTER_H

#include "annotations/projection.h"

#define ROSTER_MAX ((size_t)16 * 1024 * 1024) /* bytes of an export */

/*
 * One line a key that is valid for a record at position `at` (AT_END: the next one), in
 * the order of enrolment: NAME namespaces="..." TYPE BASE64.  Where record `at` is signed by
 * its session's key, a last line has that key, for records alone, under the name of who vouches for it.
 */
int roster_export(struct ledger *ledger, uint64_t at, struct buf *out) MUST_USE;

#endif
