/*
 * A disk for SQLite that loses power, or fails: it becomes the default of its process.  What was written and not
 * flushed is then on the disk in part, in any order and torn between sectors; names that no directory flush
 * followed are there or not.
 */
#ifndef CARREL_TESTS_FAULTY_DISK_H
#define CARREL_TESTS_FAULTY_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define FAULTY_LOST 86 /* exit status of the process whose power is lost */

struct faulty_plan {
	long power;       /* writes, cuts, flushes and deletions until power is lost; below 0: never */
	uint64_t seed;    /* of what is left on the disk then */
	bool never_flushes; /* says that it did */
	long error;       /* calls until one fails; below 0: none does */
	bool for_good;    /* all behind it as well */
};

struct faulty_seen {
	long calls;  /* that could have failed */
	bool struck; /* one did */
};

/* From now on, for files that are not open yet. */
void faulty_install(const struct faulty_plan *plan);
struct faulty_seen faulty_seen(void);
/* The usual disk again. */
void faulty_remove(void);

#endif
