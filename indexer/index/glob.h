/*
 * Patterns of paths: `*` and `?` match within a component, a component or run of them
 * that is `**` any number, `[a-z]` and `[!a-z]` one byte, `\` takes the next byte as it
 * is.  A pattern without `/` is held against the last component alone; one that begins
 * with `/`, or holds one elsewhere, against the whole path.  One that ends with `/` means
 * all below.
 */
#ifndef CARREL_INDEXER_INDEX_GLOB_H
#define CARREL_INDEXER_INDEX_GLOB_H

#include "base/str.h"

bool glob_matches(struct str pattern, struct str path);

#endif
