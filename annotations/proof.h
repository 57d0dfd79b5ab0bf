/*
 * Inclusion and consistency proofs of RFC 6962 section 2.1 (RFC 9162 2.1.3, 2.1.4).
 * Pure: where nodes come from is the caller's.
 */
#ifndef CARREL_ANNOTATIONS_PROOF_H
#define CARREL_ANNOTATIONS_PROOF_H

#include "base/digest.h"
#include "base/err.h"

#define PROOF_MAX 66 /* hashes of the longest proof */

struct proof {
	size_t count;
	uint8_t hash[PROOF_MAX][SHA256_LEN];
};

/* The root of the perfect subtree over leaves index << level .. (index + 1 << level) - 1. */
typedef int proof_node(void *ctx, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN]);

/* The root of the first `size` leaves. */
int proof_root(proof_node *node, void *ctx, uint64_t size, uint8_t out[static SHA256_LEN]) MUST_USE;
int proof_inclusion(proof_node *node, void *ctx, uint64_t index, uint64_t size, struct proof *out) MUST_USE;
int proof_consistency(proof_node *node, void *ctx, uint64_t from, uint64_t to, struct proof *out) MUST_USE;

/* Whether the proof leads from the leaf's hash, or from root `from`, to the root.  ERR_ABSENT if not. */
int proof_check_inclusion(const struct proof *proof, uint64_t index, uint64_t size,
    const uint8_t leaf[static SHA256_LEN], const uint8_t root[static SHA256_LEN]) MUST_USE;
int proof_check_consistency(const struct proof *proof, uint64_t from, uint64_t to,
    const uint8_t from_root[static SHA256_LEN], const uint8_t to_root[static SHA256_LEN]) MUST_USE;

#endif
