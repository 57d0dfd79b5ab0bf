/* The names of parameters and variables of one function, as far as there is room: all that is lost is a name. */
#ifndef CARREL_INDEXER_INTAKE_LOCALS_H
#define CARREL_INDEXER_INTAKE_LOCALS_H

#include "base/str.h"

#define LOCALS 1024

/* Zeros are an empty one; names are borrowed. */
struct locals {
	struct {
		struct str name;
		uint32_t function;
		bool outer;
	} slots[LOCALS];
	uint32_t function; /* names of another are none */
};

void locals_clear(struct locals *locals);
void locals_add(struct locals *locals, struct str name);
/* The name is not the function's, whatever is added. */
void locals_outer(struct locals *locals, struct str name);
bool locals_have_outer(const struct locals *locals, struct str name);
bool locals_have(const struct locals *locals, struct str name);

#endif
