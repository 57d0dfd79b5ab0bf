/*
 * Projections: what the records amount to, kept in the tables of projection_tables.h
 * inside each append's transaction, and rebuilt from nothing by verify.  Whether a
 * record counts is judged against them: role.h has the rules, here is who plays which.
 */
#ifndef CARREL_ANNOTATIONS_PROJECTION_H
#define CARREL_ANNOTATIONS_PROJECTION_H

#include "annotations/ledger.h"
#include "annotations/policy.h"
#include "annotations/role.h"

/* Give these to ledger_open, ledger_create and verify_run. */
extern const struct ledger_hooks projection_hooks;

/* A record's position as "now" in what follows. */
#define AT_END ((uint64_t)INT64_MAX)

/* ---- people ---- */

struct person {
	struct buf name, line, box; /* release with person_release */
	char print[FINGERPRINT_LEN];
	enum role role;
	uint64_t since, until; /* until: AT_END if never revoked */
};

void person_release(struct person *person);
/* Whose key it is for a record at position `at`.  ERR_ABSENT if nobody's. */
int person_by_key(struct db *db, const char *print, uint64_t at, struct person *out) MUST_USE;
/* All keys ever enrolled, or those valid at `at` where it is not AT_END, in order; `each` returns 0 to go on. */
int person_each(struct db *db, uint64_t at, int (*each)(void *ctx, const struct person *person), void *ctx) MUST_USE;

/* ---- threads ---- */

#define THREAD_NAME 53 /* base32 of a hash with its NUL: the whole name */
#define THREAD_SHORT 10 /* characters of it that are shown */

void thread_name(const uint8_t hash[static SHA256_LEN], char out[static THREAD_NAME]);
bool thread_hash(struct str name, uint8_t out[static SHA256_LEN]); /* of a whole name */
/* The whole name of the one thread that begins so.  ERR_ABSENT: none; ERR_USAGE: several. */
int thread_find(struct db *db, struct str prefix, char out[static THREAD_NAME]) MUST_USE;

/* ---- policy ---- */

/* What holds at `at`: `out` has the room's defaults before. */
int policy_at(struct db *db, uint64_t at, struct policy *out) MUST_USE;

#endif
