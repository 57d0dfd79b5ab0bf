/*
 * Proofs are walks along the binary representation of positions, as RFC 9162 sections
 * 2.1.3.2 and 2.1.4.2 spell the checks out: `fn` and `sn` are a node's number and the
 * last node's number on the level that the walk has reached.
 */
#include "annotations/proof.h"

#include "base/merkle.h"

#include <assert.h>

/* Hash of the leaves from..to-1, where from is a multiple of the largest power of two below to - from. */
static int
range_hash(proof_node *node, void *ctx, uint64_t from, uint64_t to, uint8_t out[static SHA256_LEN])
{
	uint8_t left[64][SHA256_LEN];
	size_t count = 0;

	assert(from < to);
	for (uint64_t at = from; at < to; count++) {
		unsigned level = 63u - (unsigned)__builtin_clzll(to - at);
		int r = node(ctx, level, at >> level, left[count]);
		if (r < 0)
			return r;
		at += (uint64_t)1 << level;
	}
	memcpy(out, left[--count], SHA256_LEN);
	while (count-- > 0)
		merkle_node(left[count], out, out);
	return 0;
}

int
proof_root(proof_node *node, void *ctx, uint64_t size, uint8_t out[static SHA256_LEN])
{
	if (size == 0) {
		sha256("", 0, out);
		return 0;
	}
	return range_hash(node, ctx, 0, size, out);
}

/* The largest power of two that is smaller than n; n > 1. */
static uint64_t
split(uint64_t n)
{
	return (uint64_t)1 << (63u - (unsigned)__builtin_clzll(n - 1));
}

static void
reverse(struct proof *proof)
{
	uint8_t swap[SHA256_LEN];

	for (size_t i = 0, k = proof->count; i + 1 < k; i++) {
		k--;
		memcpy(swap, proof->hash[i], SHA256_LEN);
		memcpy(proof->hash[i], proof->hash[k], SHA256_LEN);
		memcpy(proof->hash[k], swap, SHA256_LEN);
	}
}

int
proof_inclusion(proof_node *node, void *ctx, uint64_t index, uint64_t size, struct proof *out)
{
	struct proof proof = { 0 };
	uint64_t from = 0, to = size;

	if (index >= size)
		return err_set(ERR_ABSENT, "no leaf %llu in a tree of %llu", (unsigned long long)index,
		    (unsigned long long)size);
	while (to - from > 1) {
		uint64_t middle = from + split(to - from);
		int r = index < middle ? range_hash(node, ctx, middle, to, proof.hash[proof.count])
				       : range_hash(node, ctx, from, middle, proof.hash[proof.count]);
		if (r < 0)
			return r;
		proof.count++;
		if (index < middle)
			to = middle;
		else
			from = middle;
	}
	reverse(&proof);
	*out = proof;
	return 0;
}

int
proof_consistency(proof_node *node, void *ctx, uint64_t from, uint64_t to, struct proof *out)
{
	struct proof proof = { 0 };
	uint64_t left = 0, right = to;

	if (from == 0 || from > to)
		return err_set(ERR_USAGE, "no proof of consistency between trees of %llu and %llu",
		    (unsigned long long)from, (unsigned long long)to);
	while (right != from) {
		uint64_t middle = left + split(right - left);
		bool in_left = from <= middle;
		int r = in_left ? range_hash(node, ctx, middle, right, proof.hash[proof.count])
				: range_hash(node, ctx, left, middle, proof.hash[proof.count]);
		if (r < 0)
			return r;
		proof.count++;
		if (in_left)
			right = middle;
		else
			left = middle;
	}
	/* where the old tree is no whole subtree of the new one, its last subtree begins the proof */
	if (left != 0) {
		int r = range_hash(node, ctx, left, right, proof.hash[proof.count]);
		if (r < 0)
			return r;
		proof.count++;
	}
	reverse(&proof);
	*out = proof;
	return 0;
}

static int
does_not_hold(void)
{
	return err_set(ERR_ABSENT, "the proof does not hold");
}

int
proof_check_inclusion(const struct proof *proof, uint64_t index, uint64_t size,
    const uint8_t leaf[static SHA256_LEN], const uint8_t root[static SHA256_LEN])
{
	uint8_t hash[SHA256_LEN];
	uint64_t fn = index, sn = size - 1;

	if (index >= size || proof->count > PROOF_MAX)
		return does_not_hold();
	memcpy(hash, leaf, SHA256_LEN);
	for (size_t i = 0; i < proof->count; i++) {
		if (sn == 0)
			return does_not_hold();
		if ((fn & 1) || fn == sn) {
			merkle_node(proof->hash[i], hash, hash);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(hash, proof->hash[i], hash);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(hash, root, SHA256_LEN) == 0 ? 0 : does_not_hold();
}

int
proof_check_consistency(const struct proof *proof, uint64_t from, uint64_t to,
    const uint8_t from_root[static SHA256_LEN], const uint8_t to_root[static SHA256_LEN])
{
	uint8_t old[SHA256_LEN], new[SHA256_LEN];
	uint64_t fn = from - 1, sn = to - 1;
	size_t next = 0;

	if (from > to || from == 0 || proof->count > PROOF_MAX)
		return does_not_hold();
	if (from == to)
		return proof->count == 0 && memcmp(from_root, to_root, SHA256_LEN) == 0 ? 0 : does_not_hold();
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	/* an old tree that is a perfect one needs no first hash: its root is known */
	if (proof->count == 0)
		return does_not_hold();
	memcpy(old, fn ? proof->hash[next++] : from_root, SHA256_LEN);
	memcpy(new, old, SHA256_LEN);
	for (; next < proof->count; next++) {
		const uint8_t *hash = proof->hash[next];
		if (sn == 0)
			return does_not_hold();
		if ((fn & 1) || fn == sn) {
			merkle_node(hash, old, old);
			merkle_node(hash, new, new);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(new, hash, new);
		}
		fn >>= 1;
		sn >>= 1;
	}
	bool holds =
	    sn == 0 && memcmp(old, from_root, SHA256_LEN) == 0 && memcmp(new, to_root, SHA256_LEN) == 0;
	return holds ? 0 : does_not_hold();
}
