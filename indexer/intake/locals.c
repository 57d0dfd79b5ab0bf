#include "indexer/intake/locals.h"

#include "indexer/intake/segment_list.h"

#define TRIES 8

/* The slot of a name, or the one where it would be; LOCALS if there is no room nearby. */
static size_t
find(const struct locals *locals, struct str name)
{
	uint32_t hash = dictionary_hash(name.data, name.len);

	for (size_t i = 0; i < TRIES; i++) {
		size_t slot = (hash + i) % LOCALS;
		bool ours = locals->slots[slot].function == locals->function && locals->slots[slot].name.data;
		if (!ours || str_eq(locals->slots[slot].name, name))
			return slot;
	}
	return LOCALS;
}

void
locals_clear(struct locals *locals)
{
	locals->function++;
}

static bool
taken(const struct locals *locals, size_t slot)
{
	return slot < LOCALS && locals->slots[slot].function == locals->function &&
	    locals->slots[slot].name.data;
}

static void
put(struct locals *locals, struct str name, bool outer)
{
	size_t slot = find(locals, name);

	if (slot == LOCALS || taken(locals, slot))
		return;
	locals->slots[slot].name = name;
	locals->slots[slot].function = locals->function;
	locals->slots[slot].outer = outer;
}

void
locals_add(struct locals *locals, struct str name)
{
	put(locals, name, false);
}

void
locals_outer(struct locals *locals, struct str name)
{
	put(locals, name, true);
}

bool
locals_have(const struct locals *locals, struct str name)
{
	size_t slot = find(locals, name);

	return taken(locals, slot) && !locals->slots[slot].outer;
}

bool
locals_have_outer(const struct locals *locals, struct str name)
{
	size_t slot = find(locals, name);

	return taken(locals, slot) && locals->slots[slot].outer;
}
