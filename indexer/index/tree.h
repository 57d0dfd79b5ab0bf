/* A release segment, read whole: the paths of a release and what is under them. */
#ifndef CARREL_INDEXER_INDEX_TREE_H
#define CARREL_INDEXER_INDEX_TREE_H

#include "base/mem.h"
#include "base/suspect.h"
#include "indexer/index/bits.h"
#include "indexer/index/text.h"

#define MODE_DIRECTORY 040000u
#define MODE_FILE 0100644u
#define MODE_EXECUTABLE 0100755u
#define MODE_LINK 0120000u
#define MODE_SUBMODULE 0160000u
#define NO_PAIR UINT32_MAX

struct entry {
	struct str path;
	uint64_t size;
	uint32_t mode;
	uint32_t pair;   /* of tree.pairs; NO_PAIR: no text segment has it, and id says what it is */
	uint32_t number; /* of its blob there */
	uint8_t class, language; /* of the blob; 0 without one */
	const uint8_t *id; /* OID_LEN bytes */
};

struct tree_pair {
	struct segment *text, *syntax; /* owned by the store */
	uint32_t blobs, first;
	/* a bit a blob, of those that are regular files of this release and text: all, in no table, in none of words */
	uint64_t *texts, *scans, *wordless;
};

struct tree {
	struct segment *segment;
	struct tree_pair *pairs;
	size_t pair_count;
	struct entry *entries; /* rising by path */
	size_t count;
	uint64_t files[LANG_END][SEG_CLASS_END]; /* how many regular files by language and class */
	struct arena arena;
};

/* Reads paths and pairs; the pairs' segments are opened by `open`, which keeps them. */
struct tree_opener {
	int (*open)(void *ctx, const char *name, enum seg_kind kind, struct segment **out);
	void *ctx;
};

/* Takes the segment. */
int tree_load(struct segment *release, const struct tree_opener *opener, struct tree **out) MUST_USE;
void tree_free(struct tree *tree);

/* The entry with that path; NULL if there is none. */
const struct entry *tree_find(const struct tree *tree, struct str path);
/* The first entry whose path is not less than `path`. */
size_t tree_lower(const struct tree *tree, struct str path);
/* The entries below directory `path` ("": all): [*from, *to). */
void tree_below(const struct tree *tree, struct str path, size_t *from, size_t *to);
/* Of an entry whose pair is not NO_PAIR. */
int tree_blob(const struct tree *tree, const struct entry *entry, struct blob *out) MUST_USE;
/* Entries that are blob `number` of a pair: u32 numbers, borrowed. */
int tree_owners(const struct tree *tree, size_t pair, uint32_t number, const uint32_t **out, size_t *count) MUST_USE;
/* Suspicious places of a file and its path by class; false: there are none, and `places` is as it was. */
bool tree_suspects(const struct tree *tree, const struct entry *entry, uint32_t places[static SUSPECT_END]);
uint64_t tree_suspects_of(const struct tree *tree, size_t from, size_t to); /* of entries, all classes */
bool entry_regular(const struct entry *entry); /* a file: no link, no submodule */
void entry_hex(const struct entry *entry, char out[static HEX_LEN(OID_LEN)]);
const char *entry_kind(const struct entry *entry); /* "file", "link", "submodule" */

#endif
