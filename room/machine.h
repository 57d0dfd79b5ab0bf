/* What no seal holds and the host has to see to: swap, core dumps, removable disks.  Looked at, not changed. */
#ifndef CARREL_ROOM_MACHINE_H
#define CARREL_ROOM_MACHINE_H

#include "base/json.h"

struct machine_row {
	const char *what;  /* "swap", "core dumps", "removable disks" */
	const char *found; /* foreign bytes: names of devices and programs */
	const char *advice; /* "" where there is nothing to do */
};

typedef int machine_take(void *ctx, const struct machine_row *row);

/* One row of each.  `root`: "", another place in tests.  What cannot be read is said. */
int machine_look(const char *root, machine_take *take, void *ctx) MUST_USE;

#endif
