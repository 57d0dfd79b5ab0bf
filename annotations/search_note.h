/*
 * Searches in a notebook's log: an entry a search record, with the order and the salt
 * that its commitment hides, and the lines that were handed over, under its Merkle root.
 * carrel-notebook(5) has the bytes.
 */
#ifndef CARREL_ANNOTATIONS_SEARCH_NOTE_H
#define CARREL_ANNOTATIONS_SEARCH_NOTE_H

#include "annotations/notebook.h"
#include "annotations/proof.h"

struct search_note {
	const uint8_t *record; /* hash of the search record, SHA256_LEN bytes */
	const uint8_t *salt;   /* 32 bytes */
	struct str order;      /* as the reader got it */
	const uint8_t *root;   /* SHA256_LEN bytes: of what was handed over, as the record has it */
	struct str lines;      /* read only: packed */
};

/* `held`: the unit's rows, each batch behind its u32 length.  The list is kept only where the root is that of it. */
int search_note_add(struct notebook *notebook, const struct search_note *note, struct str held) MUST_USE;
/* The note of that record; its fields borrow from `room`.  ERR_ABSENT: the notebook has none. */
int search_note_find(struct notebook *notebook, const uint8_t record[static SHA256_LEN], struct buf *room,
    struct search_note *out) MUST_USE;
/* All of them, the oldest first; *spoilt as in notebook_each. */
int search_note_each(struct notebook *notebook, int (*each)(void *ctx, const struct search_note *note), void *ctx,
    size_t *spoilt) MUST_USE;
/* SHA-256 over the name of the commitment, the salt and the order: what the record's "query" must be. */
void search_note_commitment(const uint8_t salt[static 32], struct str order, uint8_t out[static SHA256_LEN]);

/* A leaf, "BLOB:LINE", from BLOB's 40 digits on. */
#define SEARCH_LEAF_MAX (2 * OID_LEN + 1 + 20 + 1)

struct search_leaf {
	char text[SEARCH_LEAF_MAX];
	uint64_t index, size; /* of how many */
	struct proof proof;   /* of inclusion under the record's root */
};

/* ERR_ABSENT: fewer leaves, or no list. */
int search_note_prove(const struct search_note *note, uint64_t index, struct search_leaf *out) MUST_USE;

#endif
