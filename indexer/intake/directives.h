/*
 * C and C++ texts of which nothing is code: comments, #define, #include, #ifdef, #ifndef, #else and #endif, as lists
 * of registers are.  They are read without a parser, in a tenth of its time, and give what it would give.
 */
#ifndef CARREL_INDEXER_INTAKE_DIRECTIVES_H
#define CARREL_INDEXER_INTAKE_DIRECTIVES_H

#include "indexer/intake/parsed.h"

/*
 * False where there is anything else in the text, or anything out of the ordinary: then `out` holds some of it, to be
 * cleared, and the parser must say what it is.
 */
bool directives_read(enum seg_language language, struct str text, struct parsed *out) MUST_USE;

#endif
