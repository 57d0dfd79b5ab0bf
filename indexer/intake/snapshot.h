/*
 * A release made of files alone: entries of an archive or a directory, gathered in any
 * order, become trees and one commit that is the same for the same content: author and
 * committer "carrel <carrel@localhost>" at time 0, no parent.  The trees are what
 * `git add -f -A && git write-tree` makes of the unpacked files.
 */
#ifndef CARREL_INDEXER_INTAKE_SNAPSHOT_H
#define CARREL_INDEXER_INTAKE_SNAPSHOT_H

#include "indexer/intake/names.h"
#include "indexer/intake/pack.h"

#define SNAPSHOT_ENTRIES 4000000 /* at most */

struct snapshot;

/* The bytes of a file or link; its id is set once the pack has it. */
struct content {
	uint8_t id[OID_LEN];
	uint64_t size;
};

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snapshot);
/* A content that lives as long as the snapshot. */
struct content *snapshot_content(struct snapshot *snapshot);
/* `path` is clean (names.h).  An entry of the same path is replaced, and that is noted. */
int snapshot_add(struct snapshot *snapshot, struct str path, uint32_t mode, struct content *content) MUST_USE;
/* The content and mode of a path so far; false if there is none. */
bool snapshot_find(const struct snapshot *snapshot, struct str path, uint32_t *mode, struct content **content);
int snapshot_odd(struct snapshot *snapshot, struct str path, enum odd odd) MUST_USE;

struct snapshot_result {
	uint8_t commit[OID_LEN], tree[OID_LEN];
	struct buf odds;      /* the caller's */
	struct str stripped;  /* the single top folder, lives with the snapshot; empty if there is none */
};

/*
 * Writes trees and commit.  `strip`: if all entries lie in one top folder, it is left away.  Whatever was put into
 * the pack for the contents must be flushed.  ERR_FORMAT if there is no file at all.
 */
int snapshot_finish(struct snapshot *snapshot, struct pack *pack, bool strip, struct snapshot_result *result) MUST_USE;

#endif
