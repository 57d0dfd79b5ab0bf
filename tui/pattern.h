/* What is typed as a search: options as on the command line, then a pattern.  Pure. */
#ifndef CARREL_TUI_PATTERN_H
#define CARREL_TUI_PATTERN_H

#include "base/message.h"

/*
 * "[-i -w -F -l --code --comments --strings --path GLOB --] PATTERN" into PATTERN, FLAGS and GLOB of a search order;
 * borrows from `typed`.  ERR_USAGE: no pattern, or an unknown option.
 */
int pattern_read(struct str typed, struct row *args) MUST_USE;
/* A glob that matches this path alone. */
int pattern_glob(struct buf *out, struct str path) MUST_USE;

#endif
