/*
 * ROOM/source.git: a plain bare repository that git can read.  The ledger says which
 * releases there are; refs/releases/NAME and HEAD (detached, at the newest) follow it.
 *
 * Before a pack gets its final name, run/import.journal says which releases it is for:
 *
 *	pack pack-HEX
 *	release NAME COMMIT REF      (ids in hexadecimal)
 *
 * and it goes away when all of them are in the ledger and have their refs.  A journal
 * that is there at the start is that of an import which was stopped.
 */
#ifndef CARREL_INDEXER_INTAKE_GITDIR_H
#define CARREL_INDEXER_INTAKE_GITDIR_H

#include "base/message.h"
#include "indexer/intake/source.h"

struct gitdir {
	int dir, packs, run; /* source.git, source.git/objects/pack, ROOM/run */
};

/* Makes what is missing.  Zero-initialise is not needed; release it in any case. */
int gitdir_init(struct gitdir *git, int room) MUST_USE;
void gitdir_release(struct gitdir *git);

/* The import lock (ROOM/run/import.lock), held until the descriptor closes.  ERR_REFUSED: another import holds it. */
int gitdir_lock(int room, int *fd) MUST_USE;

/*
 * Makes refs and HEAD what the ledger says, removes temporary files, a stopped import's pack that no release needs,
 * and its journal.
 */
int gitdir_repair(const struct gitdir *git, const struct release *releases, size_t count) MUST_USE;

int gitdir_journal(const struct gitdir *git, const char *pack, const struct plans *plans) MUST_USE;
int gitdir_journal_end(const struct gitdir *git) MUST_USE;
/* refs/releases/NAME and HEAD for a release that is in the ledger. */
int gitdir_point(const struct gitdir *git, const struct plan *plan) MUST_USE;
void gitdir_remove_pack(const struct gitdir *git, const char *pack);

#endif
