/*
 * What a parser of C or C++ may miss in a file that it cannot make sense of as a whole
 * (macros that look like nothing, branches of #if that do not balance): macros, and
 * functions, structs, unions and enums by the braces of the file's top level.
 */
#ifndef CARREL_INDEXER_INTAKE_EXTRACT_SCAN_H
#define CARREL_INDEXER_INTAKE_EXTRACT_SCAN_H

#include "indexer/intake/parsed.h"

/*
 * Adds what is not in `out` yet, and drops those variables from it that turn out to be
 * local to a function.
 */
void extract_scan(enum seg_language language, struct str text, struct parsed *out);

#endif
