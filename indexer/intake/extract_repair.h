/*
 * What a parser of C or C++ misses or mistakes in a file that it cannot make sense of as a
 * whole, by what a scan of the braces says.
 */
#ifndef CARREL_INDEXER_INTAKE_EXTRACT_REPAIR_H
#define CARREL_INDEXER_INTAKE_EXTRACT_REPAIR_H

#include "indexer/intake/parsed.h"

/* Adds what is not in `out` yet, and corrects or drops what cannot be. */
void extract_repair(enum seg_language language, struct str text, struct parsed *out);

#endif
