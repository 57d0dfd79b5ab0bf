/* The files of a release: every path its tree has, as `git ls-tree -r` finds them. */
#ifndef CARREL_INDEXER_INTAKE_WALK_H
#define CARREL_INDEXER_INTAKE_WALK_H

#include "base/mem.h"
#include "indexer/intake/fsck.h"
#include "indexer/intake/snapshot.h"
#include "indexer/intake/store.h"

#define WALK_DEPTH 2048
#define WALK_PATH 65536 /* bytes */

struct walk_file {
	struct str path;
	uint32_t mode; /* one of ours */
	uint8_t id[OID_LEN];
	uint64_t size; /* 0 for a submodule */
};

struct walk {
	struct walk_file *files; /* in the order of the trees */
	size_t count, cap;
	struct arena arena; /* of the paths */
};

/*
 * Zero-initialise; release it in any case.  `fsck`, if not NULL, is shown every tree.  ERR_FORMAT: deeper, longer or
 * more than can be; trees that name one another many times over can make a small repository that is endless.
 */
int walk_tree(struct walk *walk, const struct store *store, const uint8_t tree[static OID_LEN],
    struct fsck *fsck) MUST_USE;
void walk_release(struct walk *walk);
/*
 * What `git ls-tree -r -z --full-tree --long` prints, added to `out`: from file *at on, which moves, as many as fill
 * half of it.
 */
int walk_manifest(const struct walk *walk, size_t *at, struct buf *out) MUST_USE;
/* Sorts by the paths' bytes.  Of several of one path the one with the highest id stays, and that is noted; so are
 * paths too long for the index, which go. */
int walk_sort(struct walk *walk, struct buf *odds) MUST_USE;

#endif
