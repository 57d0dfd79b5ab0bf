/* What symbols of a kind may hold. */
#ifndef CARREL_INDEXER_INTAKE_KINDS_H
#define CARREL_INDEXER_INTAKE_KINDS_H

#include "base/segment.h"

bool kind_scopes(unsigned kind);        /* other symbols lie in it */
bool kind_holds_methods(unsigned kind); /* a function in it is a method */

#endif
