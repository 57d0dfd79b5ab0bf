/*
 * Macros that no grammar knows stand where only a name may, class EXPORT name { ... }, alone between
 * declarations, or beside the type of one.  For the parser they are blanked, every byte staying where it is.
 */
#ifndef CARREL_INDEXER_INTAKE_MASK_H
#define CARREL_INDEXER_INTAKE_MASK_H

#include "indexer/intake/parsed.h"

/*
 * C and C++: text, or where there is such a macro a copy of it in `masked`; the macro is
 * noted in `out` as used.
 */
struct str mask_macros(enum seg_language language, struct str text, struct buf *masked, struct parsed *out);

#endif
