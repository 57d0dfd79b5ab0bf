/*
 * The Merkle tree hash of RFC 6962 section 2.1 (RFC 9162) with SHA-256:
 * a leaf is SHA-256(0x00 | bytes), a node SHA-256(0x01 | left | right), the empty
 * tree SHA-256(""). Roots only; proofs live with the ledger.
 */
#ifndef CARREL_BASE_MERKLE_H
#define CARREL_BASE_MERKLE_H

#include "base/digest.h"

void merkle_leaf(const void *data, size_t len, uint8_t out[static SHA256_LEN]);
void merkle_node(const uint8_t left[static SHA256_LEN], const uint8_t right[static SHA256_LEN],
    uint8_t out[static SHA256_LEN]);

/* The roots of the perfect subtrees that make up a tree of `size` leaves, largest first. */
struct frontier {
	uint64_t size;
	uint8_t hash[64][SHA256_LEN]; /* as many as size has bits set */
};

void frontier_add(struct frontier *f, const uint8_t leaf_hash[static SHA256_LEN]);
void frontier_root(const struct frontier *f, uint8_t out[static SHA256_LEN]);

#endif
