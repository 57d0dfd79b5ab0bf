/*
 * Reasons in the person's language.  What the keeper and the reader send is English and filled in already, for
 * records, commands and scripts; the desk knows the formats (tui/why_formats.h) again in it.
 */
#ifndef CARREL_TUI_WHY_H
#define CARREL_TUI_WHY_H

#include "base/buf.h"

#define WHY_MAX ((size_t)2048)

/* The reason told, in `out`, which is emptied first; or as it came, where there is no catalogue or it is not known. */
struct str why_told(struct str why, struct buf *out);

#endif
