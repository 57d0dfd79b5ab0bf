/*
 * The table of keys as it holds for the person: that of keys.c, with what they mapped.
 * A line "VIEW ACTION KEYS" gives an action of a view other keys: "code definition gD";
 * VIEW is a view's name with hyphens, or "all" for all that have the action.  Pure.
 */
#ifndef CARREL_TUI_KEYMAP_H
#define CARREL_TUI_KEYMAP_H

#include "base/err.h"
#include "base/mem.h"
#include "tui/keys.h"

struct keymap {
	struct binding *rows; /* as `bindings`; a row of several views is parted where one was mapped */
	size_t count;
	struct arena arena;   /* keys that were mapped */
};

enum keys_match { KEYS_NO, KEYS_MORE, KEYS_YES };

void keymap_init(struct keymap *map); /* nothing is mapped */
void keymap_release(struct keymap *map);
/*
 * ERR_USAGE, with words for the person and the map as it was: no such view, action or key; a key that is, begins or
 * goes on another's there; a character where one types; the keys of signing, which stay.
 */
int keymap_line(struct keymap *map, struct str line) MUST_USE;
/* All lines that hold, in a map as by default; of the others the number, and why the first does not: err_text(). */
size_t keymap_read(struct keymap *map, struct str text);
/* What `count` keys typed one behind the other mean in a view; KEYS_MORE: the beginning of something. */
enum keys_match keymap_find(
    const struct keymap *map, enum view_kind view, const int *keys, size_t count, const struct binding **out);
/* The first row of an action in a view; NULL if it has none there. */
const struct binding *keymap_of(const struct keymap *map, enum view_kind view, enum action action);

#endif
