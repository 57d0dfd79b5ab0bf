/*
 * What revisions of a repository reach: every object once.  Commits, tags and trees are read
 * through libgit2, hashed and judged as they are found.  At the end all objects are unpacked
 * and hashed in the order in which they lie in the packs, by our own code, for libgit2 says
 * nothing of where an entry lies; deltas find their bases at hand then.  Then all go into our
 * pack as they stand in theirs: streams are copied bit for bit, deltas on objects that come
 * along stay deltas.  A delta on anything else, and a loose object, is deflated whole.
 */
#ifndef CARREL_INDEXER_INTAKE_REACH_H
#define CARREL_INDEXER_INTAKE_REACH_H

#include "indexer/intake/fsck.h"
#include "indexer/intake/odb.h"
#include "indexer/intake/pack.h"
#include "indexer/intake/watch.h"

struct reach_job {
	struct odb *odb;
	const struct store *packs; /* of the same repository; NULL: it has none */
	struct pack *pack; /* what it or its store has is not followed: it is there with all that it reaches */
	struct pool *pool;
	struct watch *watch;
};

struct reach;

struct reach *reach_new(const struct reach_job *job); /* what the job names is borrowed */
void reach_free(struct reach *reach);
/* A commit or tag, and all that it reaches and none before it did. */
int reach_from(struct reach *reach, const uint8_t id[static OID_LEN], enum object_type type,
    struct fsck *fsck) MUST_USE;
/* Everything into the pack. */
int reach_move(struct reach *reach) MUST_USE;

#endif
