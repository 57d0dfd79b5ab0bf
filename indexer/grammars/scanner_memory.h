/*
 * Comes before scanners that take memory from the C library: theirs is the parser's too,
 * counted with it and gone with it, for one of them does not give all of it back.
 */
#ifndef CARREL_INDEXER_GRAMMARS_SCANNER_MEMORY_H
#define CARREL_INDEXER_GRAMMARS_SCANNER_MEMORY_H

#include "tree_sitter/alloc.h"

#include <stdlib.h>
#include <string.h>

#define malloc ts_malloc
#define calloc ts_calloc
#define realloc ts_realloc
#define free ts_free

#endif
