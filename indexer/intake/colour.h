/* The colour of a name: how it is highlighted, by what it turned out to be. */
#ifndef CARREL_INDEXER_INTAKE_COLOUR_H
#define CARREL_INDEXER_INTAKE_COLOUR_H

#include "base/segment.h"
#include "base/span.h"

enum span_class colour_of_kind(unsigned kind); /* enum seg_symbol_kind */
/* enum seg_role; `otherwise` where the role does not decide. */
enum span_class colour_of_use(unsigned role, enum span_class otherwise);

#endif
