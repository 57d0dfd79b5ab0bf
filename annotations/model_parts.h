/* Inside the model: its threads with their summary, and the page that says how to check a report. */
#ifndef CARREL_ANNOTATIONS_MODEL_PARTS_H
#define CARREL_ANNOTATIONS_MODEL_PARTS_H

#include "annotations/projection.h"

/* "threads" of a release up to `at`: findings first, by severity and position; and their "summary". */
int model_threads(struct ledger *ledger, struct str release, uint64_t at, json_t *model) MUST_USE;
/* "seal": how the sessions up to `at` were sealed, on what the room lay, and what the last selftest found. */
int model_seal(struct ledger *ledger, uint64_t at, json_t *model) MUST_USE;
/* "check": steps that need nothing of ours but the room's records. */
int model_check(json_t *model) MUST_USE;

#endif
