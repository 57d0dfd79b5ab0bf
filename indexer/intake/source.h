/*
 * What is imported: a git repository, an archive or a directory, on a descriptor.  Each
 * puts its objects into the pack and says which releases they make.  All of it is
 * hostile: nothing is followed, executed or unpacked to disk.
 */
#ifndef CARREL_INDEXER_INTAKE_SOURCE_H
#define CARREL_INDEXER_INTAKE_SOURCE_H

#include "base/message.h"
#include "indexer/intake/pack.h"
#include "indexer/intake/watch.h"

#define SOURCE_BYTES ((uint64_t)256 * 1024 * 1024 * 1024) /* of all that is unpacked, at most */

/* A release that is to be. */
struct plan {
	char name[RELEASE_NAME_MAX + 1];
	const char *kind; /* "git", "archive", "directory" */
	uint8_t commit[OID_LEN], tree[OID_LEN];
	uint8_t ref[OID_LEN]; /* the commit, or the annotated tag that was asked for */
	char sha256[HEX_LEN(SHA256_LEN)]; /* of an archive; else empty */
	struct buf revision, stripped; /* as struct import_result has them */
	struct buf odds, fsck;         /* attachments */
	struct buf blobs;              /* ids of those that no release before had */
};

struct plans {
	struct plan *list;
	size_t count;
};

struct plan *plans_add(struct plans *plans, const char *kind);
void plans_release(struct plans *plans);

struct source_job {
	int fd;   /* the source, borrowed; a directory must be the working directory too */
	int room; /* the room's directory: never imported into itself */
	struct str source;  /* as the person wrote it */
	struct str release; /* name asked for, or empty */
	struct str revs;    /* a newline between */
	struct pack *pack;
	struct pool *pool;
	struct watch *watch;
	struct plans *plans;
};

int source_import(const struct source_job *job) MUST_USE;

int source_archive_import(const struct source_job *job) MUST_USE;
int source_dir_import(const struct source_job *job) MUST_USE;
int source_git_import(const struct source_job *job) MUST_USE;

/*
 * The plan's name: job->release if given (ERR_USAGE if git or we could not use it), else made from `from`: other
 * characters become '-', cut at RELEASE_NAME_MAX.
 */
int plan_name(struct plan *plan, struct str asked, struct str from) MUST_USE;
/* The last part of a path, without an archive's endings. */
struct str source_stem(struct str source);

#endif
