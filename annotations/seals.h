/* How the processes of a session closed their seals, and whether that will do. */
#ifndef CARREL_ANNOTATIONS_SEALS_H
#define CARREL_ANNOTATIONS_SEALS_H

#include "annotations/policy.h"
#include "base/json.h"
#include "base/seal.h"

#define SEALS_MAX 8
#define SEALS_NAME 16

struct seals {
	struct sealed_process {
		char process[SEALS_NAME]; /* "keeper", "supervisor", ..., as the record has them */
		struct seal_verdict verdict;
	} list[SEALS_MAX];
	size_t count;
};

/* The latest of a process counts.  ERR_FORMAT: no process of ours, or too many. */
int seals_add(struct seals *seals, struct str process, const struct seal_verdict *verdict) MUST_USE;
/* What the client says of itself and its guard: members "seal" and "guard" of OPEN, as launch_verdict() makes them. */
int seals_add_client(struct seals *seals, const json_t *open) MUST_USE;
/* seal_judge() of every process. */
int seals_judge(const struct seals *seals, unsigned accepted) MUST_USE;
/* {process: {applied, refused, landlock}}, as a session record has it.  *out is the caller's. */
int seals_json(const struct seals *seals, json_t **out) MUST_USE;
/* "whole", "without landlock", "NOT CLOSED: seccomp": what the weakest of them makes of all. */
#define SEALS_WORDS 64
const char *seals_words(const struct seals *seals, char out[static SEALS_WORDS]);
/* The words of the layers that one of them lacks and that are accepted; NULL in *out if there are none. */
int seals_accepted(const struct seals *seals, unsigned accepted, json_t **out) MUST_USE;

#endif
