/*
 * Writes the segments of carrel-segment(5), release by release, in the order of import.
 *
 *	index_open, index_known for each release there is, oldest first, then for each new one:
 *	index_release_begin, index_add for every path in order, index_release_end (or _abort);
 *	index_finish and index_release_renew while index_unfinished.
 *
 * Text is compressed and cut into words by the threads of the caller's pool; parsing is
 * done in forked workers (worker.h): of a small import at index_release_end, else later, by index_finish,
 * and a stand-in holds the place of the syntax segment until then.  The files are a function of
 * what is added and of the verdicts, not of time or threads.  Memory is bounded by the
 * size of one text segment's tables, a few hundred MiB whatever the release holds.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_WRITE_H
#define CARREL_INDEXER_INTAKE_SEGMENT_WRITE_H

#include "base/message.h"
#include "base/pool.h"
#include "base/segment.h"
#include "base/task.h"

struct index;

struct index_options {
	int dir;           /* ROOM/index, borrowed */
	struct pool *pool; /* borrowed; its threads sleep while workers are forked */
	struct task *task; /* borrowed; likewise: completes a text segment beside the next; NULL: one after the other */
	unsigned workers;  /* parser processes; 0: as many as there are processors */
	unsigned seal_layers; /* enum seal_layer bits that workers close: those that the caller has not */
	/* Reads the bytes of a blob of this size that came without them, in any thread. */
	int (*read)(void *source, const uint8_t id[static OID_LEN], uint8_t *out, uint64_t size);
	void *source;
	bool whole;           /* parse at index_release_end, however much it is */
	/* Called every few megabytes and from index_release_end; a failure stops the work and is returned. */
	int (*progress)(void *ctx, const struct progress *progress);
	void *ctx;
};

/* *out is the caller's. */
int index_open(const struct index_options *options, struct index **out) MUST_USE;
void index_close(struct index *index); /* an unfinished release is aborted */
/* A release that the ledger has, by its segment; what is used is checked.  ERR_FORMAT: damaged or absent. */
int index_known(struct index *index, const uint8_t segment[static SHA256_LEN]) MUST_USE;
/*
 * Removes from the directory every file that no known release names; `merged`: also those that were merged, which no
 * release names any more when all are renewed.
 */
int index_sweep(struct index *index, bool merged) MUST_USE;
/* Whether an earlier path or release brought this blob already, so that index_add needs no bytes. */
bool index_has(const struct index *index, const uint8_t id[static OID_LEN]);

struct index_entry {
	struct str path;
	uint32_t mode; /* as git has it: 0100644, 0100755, 0120000, 0160000 */
	uint64_t size;
	uint8_t id[OID_LEN];
	/* The blob's bytes, borrowed for the call; or NULL: index_options.read gives them when they are needed. */
	const uint8_t *bytes;
};

/* `verdicts`: lines "BLOB SP WHY" of an earlier import to obey, or empty; borrowed to the release's end. */
int index_release_begin(struct index *index, struct str verdicts) MUST_USE;
/* Paths in strictly rising order of their bytes, else ERR_FORMAT. */
int index_add(struct index *index, const struct index_entry *entry) MUST_USE;

struct index_file {
	enum seg_kind kind;
	uint8_t digest[SHA256_LEN];
	uint64_t bytes;
};

struct index_result {
	uint8_t segment[SHA256_LEN]; /* of the release segment */
	struct index_file *files;    /* the new ones: each text with its syntax segment behind it, the release last;
	                              * after index_release_renew: text and syntax segments, and the release */
	size_t count;
	struct buf verdicts; /* lines as above, sorted; those obeyed and those new */
	bool finished;       /* no stand-in is in it */
};

/*
 * Writes and syncs all segments under their names; the syntax segments are stand-ins where
 * INDEX_SMALL bytes of new text are passed, or other stand-ins are there.  `odd` is triples
 * PATH NUL WHAT NUL WHY NUL.  The result is the caller's to release.
 */
int index_release_end(struct index *index, struct str odd, struct index_result *result) MUST_USE;
void index_result_release(struct index_result *result);
#define INDEX_SMALL ((uint64_t)8 * 1024 * 1024)

/* Text segments whose syntax segments are stand-ins. */
size_t index_unfinished(const struct index *index);
/* Parses the oldest of them and writes its syntax segment.  No release is open. */
int index_finish(struct index *index) MUST_USE;
/*
 * Merges text segments, and the syntax segments beside them, where there are as many as carrel-segment(5), "MERGING",
 * says; nothing if any syntax is unfinished.  No release is open.  The releases that draw on them are to be renewed;
 * index_merged: whether there are any such, from an earlier run too.
 */
int index_merge(struct index *index) MUST_USE;
bool index_merged(const struct index *index);
/*
 * Writes the segment of a known release with the segments that are there now.  result->count is 0 where
 * nothing changed.  The verdicts are those of index_finish since the last result that had any.
 */
int index_release_renew(struct index *index, const uint8_t segment[static SHA256_LEN],
    struct index_result *result) MUST_USE;
/*
 * Whether the release segment, written before any merge, would have had the digest `wanted` while some of its syntax
 * segments were stand-ins still, or before some merges: as an import that was stopped leaves it.
 */
int index_release_was(struct index *index, const uint8_t segment[static SHA256_LEN],
    const uint8_t wanted[static SHA256_LEN], bool *was) MUST_USE;
/* Drops what was begun and removes its temporary files; also after a failure of any of the above. */
void index_release_abort(struct index *index);

#endif
