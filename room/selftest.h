/*
 * Every way out that we know of, tried: first without a seal, as a positive control,
 * then under the seal of each profile.  Only an attempt whose control worked can be
 * "denied"; the others are not possible on this machine anyway.
 *
 * Nothing leaves the machine: what is connected to, written to or signalled is made by
 * the selftest itself, on the loopback address and in a directory of its own in /tmp.
 * The calling process stays unsealed; attempts run in children of it.
 */
#ifndef CARREL_ROOM_SELFTEST_H
#define CARREL_ROOM_SELFTEST_H

#include "base/json.h"
#include "base/seal.h"

enum selftest_end {
	SELFTEST_DENIED,       /* the control worked, the sealed attempt did not */
	SELFTEST_NOT_POSSIBLE, /* neither worked */
	SELFTEST_WORKED,       /* the sealed attempt worked */
};

struct selftest_row {
	const char *attempt; /* "connect by TCP over IPv4", ... */
	enum seal_profile profile;
	unsigned layers;     /* SEAL_ALL, one layer alone, or all but one */
	const char *control; /* "worked", or why not: "Permission denied", "killed: ..." */
	const char *sealed;
	const char *by; /* "process" (descriptors, limits, environment), or a layer; "" if nothing denied it */
	enum selftest_end end;
};

/* Of the rows under the whole seal: those of one layer alone do not count. */
struct selftest_summary {
	unsigned attempts, denied, not_possible, worked;
	unsigned missing; /* enum seal_layer bits that this machine does not have */
};

/* "all", "landlock", "all but landlock". */
#define SELFTEST_LAYERS 24
const char *selftest_layers(unsigned layers, char out[static SELFTEST_LAYERS]);

typedef int selftest_take(void *ctx, const struct selftest_row *row);

/*
 * Runs all attempts under every profile and hands each row to `take`, whose failure ends it.  With `layers`, every
 * attempt is run under each layer alone as well, in the profile of commands, and with each layer removed, in all
 * profiles.  ERR_REFUSED where the seal cannot be closed; a layer that this machine does not have is not closed, and
 * said in the summary.  Worked is no failure here: it is the caller's exit status.
 */
int selftest_run(bool layers, selftest_take *take, void *ctx, struct selftest_summary *summary) MUST_USE;
/* {"attempt","profile","layers","control","sealed","by","ok"}.  *out is the caller's. */
int selftest_row_json(const struct selftest_row *row, json_t **out) MUST_USE;
/* {"attempts","denied","not_possible","worked","layers"? (if not all)}: a selftest record but its program. */
int selftest_summary_json(const struct selftest_summary *summary, json_t **out) MUST_USE;

#endif
