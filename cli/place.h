/* A place in the source, as a person types it: anchor_parse, with more said of what is off. */
#ifndef CARREL_CLI_PLACE_H
#define CARREL_CLI_PLACE_H

#include "base/anchor.h"

/* REL:PATH[:A[-B]]; ERR_USAGE as well for what looks like a range and is none. */
int place_read(struct str text, struct anchor *place) MUST_USE;

#endif
