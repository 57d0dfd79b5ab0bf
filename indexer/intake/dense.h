/*
 * A grammar whose parse table is written out in full: tree-sitter keeps most states as lists of
 * symbols that it searches at every step.  Same grammar, same trees, some megabytes more;
 * one that would have too many stays as it is.
 */
#ifndef CARREL_INDEXER_INTAKE_DENSE_H
#define CARREL_INDEXER_INTAKE_DENSE_H

#include <tree_sitter/api.h>

/* The caller frees it; what it points to stays the original's but the table, which goes with it. */
const TSLanguage *dense_new(const TSLanguage *language);
void dense_free(const TSLanguage *dense);

#endif
