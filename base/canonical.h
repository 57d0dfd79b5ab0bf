/*
 * Whether a text is JSON in the canonical form of RFC 8785, on the subset that carrel-record(5) allows.  It says
 * of a text what parsing it, writing it anew and comparing would say, in one pass and without memory.
 */
#ifndef CARREL_BASE_CANONICAL_H
#define CARREL_BASE_CANONICAL_H

#include "base/str.h"

#define CANONICAL_DEPTH 32 /* nesting */

bool canonical_ok(struct str text);
/* How many of the first bytes are printable ASCII and neither quote nor backslash; may say fewer, by less than 8. */
size_t canonical_plain(const char *at, const char *end);

#endif
