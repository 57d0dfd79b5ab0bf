/* References of somebody else's repository, read from its files: packed-refs, refs/ and HEAD. */
#ifndef CARREL_INDEXER_INTAKE_REFS_H
#define CARREL_INDEXER_INTAKE_REFS_H

#include "base/mem.h"
#include "indexer/intake/object.h"

struct refs {
	struct ref {
		struct str name; /* "refs/tags/1.0"; "HEAD" */
		uint8_t id[OID_LEN];
		bool loose; /* a file of its own */
	} *list; /* by name; where a name was in both places, the loose one */
	size_t count, cap;
	struct arena arena;
};

/* `git`: the repository's own directory.  Zero-initialise refs; release it in any case. */
int refs_read(int git, struct refs *refs) MUST_USE;
void refs_release(struct refs *refs);
const struct ref *refs_find(const struct refs *refs, struct str name); /* NULL: none */
/* As a person says it: a full name, a tag, a branch, HEAD. */
const struct ref *refs_named(const struct refs *refs, struct str word);

#endif
