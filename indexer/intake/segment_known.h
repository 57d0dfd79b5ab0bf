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

struct known {
	int dir; /* ROOM/index, borrowed */
	struct known_blob *blobs;
	size_t count, room;
	uint32_t *slots; /* place in blobs + 1 */
	size_t slot_count;
	struct seg_pair *pairs; /* in the order in which they were written; `first` does not matter */
	bool *unfinished;       /* of each pair: its syntax segment is a stand-in */
	size_t pair_count, pair_room;
	uint8_t (*releases)[SHA256_LEN]; /* their segments */
	size_t release_count;
};

void known_release(struct known *known);
bool known_has(const struct known *known, const uint8_t id[static OID_LEN]);
/* The place of a blob, added if it is new. */
uint32_t known_add(struct known *known, const struct known_blob *blob);
size_t known_add_pair(struct known *known, const struct seg_pair *pair, bool unfinished);
/* The place of a text segment in pairs; pair_count if it is not there. */
size_t known_find_pair(const struct known *known, const uint8_t text[static SHA256_LEN]);
void known_add_release(struct known *known, const uint8_t segment[static SHA256_LEN]);
void known_renew_release(
    struct known *known, const uint8_t before[static SHA256_LEN], const uint8_t after[static SHA256_LEN]);
/* Back to so many blobs and pairs. */
void known_cut(struct known *known, size_t blobs, size_t pairs);
/* Learns a release from its segment and those that it names. */
int known_load(struct known *known, const uint8_t segment[static SHA256_LEN]) MUST_USE;
/* Removes what no known release names, and what was left unfinished. */
int known_sweep(const struct known *known) MUST_USE;

#endif
