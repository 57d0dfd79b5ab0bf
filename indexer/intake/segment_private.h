/* What segment_write.c, segment_finish.c, segment_renew.c and segment_merge.c share: an index at work. */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_PRIVATE_H
#define CARREL_INDEXER_INTAKE_SEGMENT_PRIVATE_H

#include "base/mem.h"
#include "indexer/intake/segment_known.h"
#include "indexer/intake/segment_text.h"
#include "indexer/intake/segment_write.h"

/* Text that threads share out among them: carrel-segment(5), LIMITS. */
#define INDEX_BATCH_BYTES ((size_t)8 * 1024 * 1024)
#define INDEX_BATCH_BLOBS ((size_t)2048)
#define INDEX_MERGED 8 /* segments that become one */

struct entry {
	uint32_t path, path_len; /* in paths */
	uint32_t mode;
	uint32_t
	    blob; /* place in known.blobs; KNOWN_NOWHERE: a submodule, whose id is at `path` + `path_len` */
	uint64_t size;
};

/* A new blob, waiting for the threads. */
struct waiting_blob {
	uint32_t known;          /* place in known.blobs */
	uint32_t path, path_len; /* in paths */
	const uint8_t *bytes;    /* in the batch's arena; NULL: to be read */
};

/* A text segment that is being completed. */
struct closing {
	struct text_writer *text; /* NULL: none is */
	size_t place;             /* in known.pairs */
	struct index_file file;
	bool fresh;
};

struct index {
	struct index_options options;
	struct known known;
	struct word_scratch **scratch; /* one a thread; NULL: not yet */
	/* the release at hand */
	bool open;
	size_t old_known, old_pairs;
	struct entry *entries;
	size_t entry_count, entry_room;
	struct buf paths;
	struct str verdicts;
	struct buf new_verdicts;
	struct text_writer *text;
	struct closing closing;
	struct waiting_blob *batch;
	struct text_blob *batch_blobs; /* of the same numbers */
	size_t batch_count, batch_bytes;
	struct arena batch_memory;
	struct index_file *files;
	size_t file_count;
	bool *fresh; /* of files: this release made it */
	uint64_t bytes_in;
	uint64_t bytes_new; /* of text, in all releases so far */
	uint64_t blobs_parsed, blobs_to_parse;
};

int index_progress(struct index *x, uint64_t done, uint64_t total, const char *unit, const char *what) MUST_USE;
/* Gives back what the threads hold: workers would inherit it. */
void index_trim(struct index *x);
struct word_scratch *index_scratch(struct index *x, unsigned thread);
/* A file of the release at hand; `fresh`: it made it. */
void index_note_file(struct index *x, const struct index_file *file, bool fresh);
/* The syntax segments of the release's new text segments, or what stands in for them. */
int index_add_syntax(struct index *x) MUST_USE;
/* What stands in for the syntax segment of a pair, whose name in the pair changes. */
int index_stand_in(struct index *x, struct seg_pair *pair, struct index_file *file, bool *fresh) MUST_USE;
/* The verdicts so far, sorted; they are none of the next result's. */
int index_verdicts(struct index *x, struct buf *out) MUST_USE;

#endif
