/* What symbols of a kind may hold, and which names are none. */
#ifndef CARREL_INDEXER_INTAKE_KINDS_H
#define CARREL_INDEXER_INTAKE_KINDS_H

#include "base/str.h"
#include "base/segment.h"

bool kind_scopes(unsigned kind);        /* other symbols lie in it */
bool kind_holds_methods(unsigned kind); /* a function in it is a method */

/* __packed, ____cacheline_aligned and their like: attributes by the name of a macro, behind what they are said of. */
bool name_is_attribute(struct str name);

#endif
