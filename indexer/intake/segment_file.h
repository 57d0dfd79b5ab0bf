/*
 * One segment file while it is written: carrel-segment(5), "THE FILE".  Sections are
 * put in the order of their numbers, bytes as they come; nothing is read back.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_FILE_H
#define CARREL_INDEXER_INTAKE_SEGMENT_FILE_H

#include "base/err.h"
#include "base/segment.h"

struct seg_file;

/* A new file under a temporary name in `dir` (borrowed).  *out is the caller's. */
int seg_file_new(int dir, enum seg_kind kind, struct seg_file **out) MUST_USE;
/* Adds to a section; those in between are left empty.  Going back to an earlier one is a programming error. */
int seg_file_put(struct seg_file *file, enum seg_section_id section, const void *data, size_t len) MUST_USE;
/* The count of a packed section, at any time; that of fixed elements follows from their length. */
void seg_file_count(struct seg_file *file, enum seg_section_id section, uint64_t count);
/*
 * Completes, syncs and renames to the digest; a file of that name is the same file.  *fresh: none
 * was there.  The directory is not synced.  Frees `file`, whatever happens; so does seg_file_drop.
 */
int seg_file_end(struct seg_file *file, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;
void seg_file_drop(struct seg_file *file); /* NULL is fine */
/* Whether a name in the directory is that of an unfinished file. */
bool seg_file_unfinished(const char *name);
/* Under another temporary name, so that the next one can be begun before this one ends. */
int seg_file_aside(struct seg_file *file) MUST_USE;

#endif
