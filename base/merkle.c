#include "base/merkle.h"

#include <assert.h>

void
merkle_leaf(const void *data, size_t len, uint8_t out[static SHA256_LEN])
{
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_add(&ctx, "\0", 1);
	sha256_add(&ctx, data, len);
	sha256_end(&ctx, out);
}

void
merkle_node(const uint8_t left[static SHA256_LEN], const uint8_t right[static SHA256_LEN],
    uint8_t out[static SHA256_LEN])
{
	uint8_t bytes[1 + 2 * SHA256_LEN] = { 1 };

	memcpy(bytes + 1, left, SHA256_LEN);
	memcpy(bytes + 1 + SHA256_LEN, right, SHA256_LEN);
	sha256(bytes, sizeof bytes, out);
}

void
frontier_add(struct frontier *f, const uint8_t leaf_hash[static SHA256_LEN])
{
	unsigned count = (unsigned)__builtin_popcountll(f->size);

	assert(f->size < UINT64_MAX && count < 64);
	memcpy(f->hash[count], leaf_hash, SHA256_LEN);
	/* each trailing one bit of the old size is a subtree that is now complete */
	for (uint64_t bits = f->size; bits & 1; bits >>= 1, count--)
		merkle_node(f->hash[count - 1], f->hash[count], f->hash[count - 1]);
	f->size++;
}

void
frontier_root(const struct frontier *f, uint8_t out[static SHA256_LEN])
{
	unsigned count = (unsigned)__builtin_popcountll(f->size);

	if (count == 0) {
		sha256("", 0, out);
		return;
	}
	memcpy(out, f->hash[count - 1], SHA256_LEN);
	for (unsigned i = count - 1; i > 0; i--)
		merkle_node(f->hash[i - 1], out, out);
}
