/* Fuzzy matching of what is typed against names: every letter in order, the better the closer.  Pure. */
#ifndef CARREL_TUI_MATCH_H
#define CARREL_TUI_MATCH_H

#include "base/str.h"

/* -1 if a letter of `typed` is missing (case aside, blanks ignored); else the larger the better. */
int match_score(struct str typed, struct str name);
/* Whether `text` holds `part`, ASCII case aside. */
bool match_part(struct str text, struct str part, size_t *at);

#endif
