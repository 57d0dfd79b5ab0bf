/* Git objects: their types, and tables keyed by their ids. */
#ifndef CARREL_INDEXER_INTAKE_OBJECT_H
#define CARREL_INDEXER_INTAKE_OBJECT_H

#include "base/digest.h"
#include "base/err.h"

#define OID_HEX HEX_LEN(OID_LEN)

/* Numbered as in a pack. */
enum object_type { OBJECT_COMMIT = 1, OBJECT_TREE = 2, OBJECT_BLOB = 3, OBJECT_TAG = 4 };

const char *object_type_name(enum object_type type); /* "commit", ... */

/* Modes of tree entries, as git has them. */
enum {
	MODE_FILE = 0100644,
	MODE_EXEC = 0100755,
	MODE_LINK = 0120000,
	MODE_TREE = 0040000,
	MODE_SUBMODULE = 0160000,
};

/*
 * Ids, each with a number of less than 2^32 - 1.  Zero-initialise.  Ids of outsiders cannot make it slow: the hash is
 * seeded.
 */
struct oid_map {
	struct oid_slot *slots;
	size_t count, cap;
	uint64_t seed[2];
};

void oid_map_release(struct oid_map *map);
/* 1 if the id is new, 0 if it was there (its number stays), or ERR_MEMORY. */
int oid_map_add(struct oid_map *map, const uint8_t id[static OID_LEN], uint64_t value) MUST_USE;
bool oid_map_get(const struct oid_map *map, const uint8_t id[static OID_LEN], uint64_t *value); /* value may be NULL */

/* One entry of a tree, borrowed from its bytes. */
struct tree_entry {
	struct str name;
	uint32_t mode; /* as written */
	uint8_t id[OID_LEN];
};

/* Takes the next entry off *rest.  1, 0 at the end, ERR_FORMAT if the bytes are no tree. */
int tree_next(struct str *rest, struct tree_entry *entry) MUST_USE;
/* The mode git acts on: one of the above. */
uint32_t mode_canonical(uint32_t mode);

/* What a commit or tag points at, from its header lines. */
struct commit_head {
	uint8_t tree[OID_LEN];
	struct str parents; /* "parent HEX\n" lines, checked */
	int64_t time;       /* of the committer; 0 if it says none */
};

int commit_read(struct str bytes, struct commit_head *head) MUST_USE;
/* Takes one parent off head.parents; false when there is none left. */
bool commit_parent(struct commit_head *head, uint8_t id[static OID_LEN]);
int tag_read(struct str bytes, uint8_t target[static OID_LEN], enum object_type *type) MUST_USE;

#endif
