/* What is typed as a search: options as on the command line, then a pattern.  Pure. */
#ifndef CARREL_TUI_PATTERN_H
#define CARREL_TUI_PATTERN_H

#include "base/message.h"

/*
 * "[-i -w -F -l --code --comments --strings --path GLOB --lang LANGUAGE --in RELEASE --all --] PATTERN" into the
 * fields of a search order; borrows from `typed`.  RELEASE is changed by --in, and taken out by --all, only.
 * ERR_USAGE: no pattern, or an unknown option.
 */
int pattern_read(struct str typed, struct row *args) MUST_USE;
/* Whether an option stands before the pattern; taking it out, or putting it in front. */
bool pattern_has(struct str typed, const char *option);
int pattern_toggle(struct str typed, const char *option, struct buf *out) MUST_USE;
/* What would have to be typed for a search order; the RELEASE is not said. */
int pattern_write(const struct row *args, struct buf *out) MUST_USE;
/* A glob that matches this path alone. */
int pattern_glob(struct buf *out, struct str path) MUST_USE;

#endif
