/*
 * Which blobs are in the index already and where: those of releases that are recorded,
 * and those that the release at hand has brought so far.
 */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_KNOWN_H
#define CARREL_INDEXER_INTAKE_SEGMENT_KNOWN_H

#include "base/err.h"
#include "base/segment.h"

#define KNOWN_NOWHERE UINT32_MAX

struct known_blob {
	uint8_t id[OID_LEN];
	uint32_t segment; /* place in pairs; KNOWN_NOWHERE: not written yet */
	uint32_t number;
};

/* What is known of a pair, in whose segments it is not. */
struct known_pair {
	bool unfinished;      /* its syntax segment is a stand-in */
	uint32_t first, parts; /* the segments that it was merged from, among all that were ever written; or itself */
	uint32_t into;        /* place of the pair that it was merged into; KNOWN_NOWHERE: none */
	uint32_t base;        /* number there of its blob 0 */
	uint64_t bytes, words; /* of text; how many words */
};

struct known {
	int dir; /* ROOM/index, borrowed */
	struct known_blob *blobs;
	size_t count, room;
	uint32_t *slots; /* place in blobs + 1 */
	size_t slot_count;
	struct seg_pair *pairs; /* as they came; their `first` does not matter */
	struct known_pair *about; /* of the same numbers */
	size_t pair_count, pair_room;
	uint32_t parts; /* text segments that were ever written, by the pairs that are known */
	uint8_t (*releases)[SHA256_LEN]; /* their segments */
	size_t release_count;
};

void known_release(struct known *known);
bool known_has(const struct known *known, const uint8_t id[static OID_LEN]);
/* The place of a blob, added if it is new. */
uint32_t known_add(struct known *known, const struct known_blob *blob);
/* A pair that holds the next part.  Its place. */
size_t known_add_pair(struct known *known, const struct seg_pair *pair);
/* The place of a text segment in pairs; pair_count if it is not there. */
size_t known_find_pair(const struct known *known, const uint8_t text[static SHA256_LEN]);
/*
 * Of a pair, as things are with so many parts: the place of what it was merged into, or its own; and the number
 * there of its blob 0.
 */
size_t known_now(const struct known *known, size_t pair, uint32_t parts, uint32_t *base);
#define KNOWN_ALL UINT32_MAX /* as things are now */
/* The pairs that are merged into none, in order; place in it of each pair, or KNOWN_NOWHERE. */
struct known_order {
	struct seg_pair *pairs;
	size_t count;
	uint32_t *places; /* by place in known.pairs */
};
void known_order(const struct known *known, uint32_t parts, struct known_order *out);
void known_order_release(struct known_order *order);
/* Parts, bytes and words of a text segment; and how many blobs it has. */
int known_describe(int dir, const uint8_t text[static SHA256_LEN], struct known_pair *out, uint32_t *blobs) MUST_USE;
/* These of the pair that was added last. */
void known_about(struct known *known, size_t pair, const struct known_pair *about);
void known_add_release(struct known *known, const uint8_t segment[static SHA256_LEN]);
void known_renew_release(
    struct known *known, const uint8_t before[static SHA256_LEN], const uint8_t after[static SHA256_LEN]);
/* Back to so many blobs and pairs. */
void known_cut(struct known *known, size_t blobs, size_t pairs);
/* Learns a release from its segment and those that it names. */
int known_load(struct known *known, const uint8_t segment[static SHA256_LEN]) MUST_USE;
/* Removes what no known release names, and what was left unfinished; `merged`: also what was merged into another. */
int known_sweep(const struct known *known, bool merged) MUST_USE;

#endif
