/*
 * Tables of numbers: they take more of a parser than all else in a file, and name nothing.  Where there is no memory
 * for a whole text, their lines are blanked for the parser, every byte staying where it is.
 */
#ifndef CARREL_INDEXER_INTAKE_NUMBERS_H
#define CARREL_INDEXER_INTAKE_NUMBERS_H

#include "base/buf.h"

/*
 * Blanks in `shown`, of the length of `text` and with the same lines, those that hold numbers alone and end in a comma.
 * How many bytes.
 */
size_t numbers_blank(struct str text, struct buf *shown);

#endif
