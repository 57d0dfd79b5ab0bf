/*
 * A report's model, as carrel-report(5) has it: a function of the ledger up to a record,
 * a release, the program's version, and what the index of that release skipped.
 */
#ifndef CARREL_ANNOTATIONS_MODEL_H
#define CARREL_ANNOTATIONS_MODEL_H

#include "annotations/projection.h"
#include "base/row.h"

#define MODEL_MAX ((size_t)64 * 1024 * 1024) /* bytes of its JSON */
#define MODEL_FILES 1000                     /* skipped files, suspicious places that it names; the rest it counts */

/*
 * The last record that a report speaks of: `given` if that is a number, else the last that is not of a quiet type.
 * ERR_ABSENT if the ledger does not reach that far.
 */
int model_position(struct ledger *ledger, const json_t *given, uint64_t *out) MUST_USE;

/* What the reader says of a release's skipped files and suspicious places: add every row, then model_build. */
struct skipped {
	json_t *counts, *files; /* [{what, files}], [{path, what, why}] */
	uint64_t left_out;
	json_t *classes, *places; /* of what is suspicious: [{what, places}], [{path, what, line, column, why}] */
	uint64_t places_left_out;
};

int skipped_init(struct skipped *skipped) MUST_USE;
void skipped_release(struct skipped *skipped);
int skipped_add(struct skipped *skipped, const struct row *row) MUST_USE;

/* *out is the caller's. */
int model_build(struct ledger *ledger, struct str release, uint64_t at, const struct skipped *skipped,
    json_t **out) MUST_USE;

#endif
