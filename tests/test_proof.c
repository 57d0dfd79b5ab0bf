#include "tests/unit.h"

#include "annotations/proof.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/merkle.h"
#include "tests/random.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>

#define SEED 20260404u
#define LEAVES 130

/* ---- our own trees ---- */

static uint8_t leaves[LEAVES][SHA256_LEN];

/* A node by the definition of RFC 6962, without any table. */
static int
node(void *ctx, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN])
{
	uint8_t left[SHA256_LEN], right[SHA256_LEN];
	uint64_t size = *(uint64_t *)ctx;

	assert_true(((index + 1) << level) <= size);
	if (level == 0) {
		memcpy(out, leaves[index], SHA256_LEN);
		return 0;
	}
	assert_int_equal(node(ctx, level - 1, 2 * index, left), 0);
	assert_int_equal(node(ctx, level - 1, 2 * index + 1, right), 0);
	merkle_node(left, right, out);
	return 0;
}

static void
make_leaves(void)
{
	for (unsigned i = 0; i < LEAVES; i++)
		merkle_leaf(&i, sizeof i, leaves[i]);
}

static void
roots_are_those_of_the_frontier(void **state)
{
	struct frontier frontier = { 0 };
	uint8_t root[SHA256_LEN], other[SHA256_LEN];

	(void)state;
	make_leaves();
	for (uint64_t size = 0; size <= LEAVES; size++) {
		assert_int_equal(proof_root(node, &size, size, root), 0);
		frontier_root(&frontier, other);
		assert_memory_equal(root, other, SHA256_LEN);
		if (size < LEAVES)
			frontier_add(&frontier, leaves[size]);
	}
}

static void
every_leaf_is_proved_in_every_tree(void **state)
{
	struct proof proof;
	uint8_t root[SHA256_LEN];

	(void)state;
	make_leaves();
	for (uint64_t size = 1; size <= LEAVES; size++) {
		assert_int_equal(proof_root(node, &size, size, root), 0);
		for (uint64_t index = 0; index < size; index++) {
			assert_int_equal(proof_inclusion(node, &size, index, size, &proof), 0);
			assert_int_equal(proof_check_inclusion(&proof, index, size, leaves[index], root), 0);
			assert_int_equal(
			    proof_check_inclusion(&proof, index + 1, size, leaves[index], root), ERR_ABSENT);
			assert_int_equal(
			    proof_check_inclusion(&proof, index, size, leaves[(index + 1) % LEAVES], root),
			    ERR_ABSENT);
		}
		assert_int_equal(proof_inclusion(node, &size, size, size, &proof), ERR_ABSENT);
	}
}

static void
every_two_trees_are_consistent(void **state)
{
	struct proof proof;
	uint8_t from_root[SHA256_LEN], to_root[SHA256_LEN];

	(void)state;
	make_leaves();
	for (uint64_t to = 1; to <= LEAVES; to++) {
		assert_int_equal(proof_root(node, &to, to, to_root), 0);
		for (uint64_t from = 1; from <= to; from++) {
			assert_int_equal(proof_root(node, &to, from, from_root), 0);
			assert_int_equal(proof_consistency(node, &to, from, to, &proof), 0);
			assert_int_equal(proof_check_consistency(&proof, from, to, from_root, to_root), 0);
			if (from < to)
				assert_int_equal(
				    proof_check_consistency(&proof, from + 1, to, from_root, to_root),
				    ERR_ABSENT);
			from_root[3] ^= 4;
			assert_int_equal(
			    proof_check_consistency(&proof, from, to, from_root, to_root), ERR_ABSENT);
		}
		assert_int_equal(proof_consistency(node, &to, 0, to, &proof), ERR_USAGE);
		assert_int_equal(proof_consistency(node, &to, to + 1, to, &proof), ERR_USAGE);
	}
}

static void
no_flipped_bit_of_a_proof_is_taken(void **state)
{
	struct random random = random_of(SEED);
	struct proof proof;
	uint8_t root[SHA256_LEN], from_root[SHA256_LEN];

	(void)state;
	print_message("seed %u\n", SEED);
	make_leaves();
	for (int round = 0; round < 50; round++) {
		uint64_t size = 2 + random_below(&random, LEAVES - 1);
		uint64_t index = random_below(&random, (uint32_t)size - 1) + 1;
		assert_int_equal(proof_root(node, &size, size, root), 0);
		assert_int_equal(proof_inclusion(node, &size, index, size, &proof), 0);
		for (size_t bit = 0; bit < proof.count * SHA256_LEN * 8; bit++) {
			proof.hash[bit / 256][bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(
			    proof_check_inclusion(&proof, index, size, leaves[index], root), ERR_ABSENT);
			proof.hash[bit / 256][bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(proof_root(node, &size, index, from_root), 0);
		assert_int_equal(proof_consistency(node, &size, index, size, &proof), 0);
		for (size_t bit = 0; bit < proof.count * SHA256_LEN * 8; bit++) {
			proof.hash[bit / 256][bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(
			    proof_check_consistency(&proof, index, size, from_root, root), ERR_ABSENT);
			proof.hash[bit / 256][bit / 8 % 32] ^= (uint8_t)(1 << bit % 8);
		}
		proof.count--;
		assert_int_equal(proof_check_consistency(&proof, index, size, from_root, root), ERR_ABSENT);
	}
}

/* ---- the public vectors ---- */

static unsigned taken, refused;

/* A strict reader: 32 bytes or nothing. */
static bool
read_hash(const json_t *value, uint8_t out[static SHA256_LEN])
{
	struct buf bytes = BUF(64);
	struct str text = { json_string_value(value), json_string_length(value) };

	bool ok = json_is_string(value) && base64_read(&bytes, text) == 0 && bytes.len == SHA256_LEN;
	if (ok)
		memcpy(out, bytes.data, SHA256_LEN);
	buf_release(&bytes);
	return ok;
}

static bool
read_proof(const json_t *list, struct proof *out)
{
	out->count = json_array_size(list);
	if (out->count > PROOF_MAX)
		return false;
	for (size_t i = 0; i < out->count; i++) {
		if (!read_hash(json_array_get(list, i), out->hash[i]))
			return false;
	}
	return true;
}

static bool
vector_holds(const json_t *vector)
{
	struct proof proof;
	uint8_t a[SHA256_LEN], b[SHA256_LEN];

	if (!read_proof(json_object_get(vector, "proof"), &proof))
		return false;
	if (json_object_get(vector, "leafIdx"))
		return read_hash(json_object_get(vector, "leafHash"), a) &&
		    read_hash(json_object_get(vector, "root"), b) &&
		    proof_check_inclusion(
			&proof, json_num(vector, "leafIdx"), json_num(vector, "treeSize"), a, b) == 0;
	return read_hash(json_object_get(vector, "root1"), a) &&
	    read_hash(json_object_get(vector, "root2"), b) &&
	    proof_check_consistency(&proof, json_num(vector, "size1"), json_num(vector, "size2"), a, b) == 0;
}

static int
on_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct buf text = BUF((size_t)1 << 20);
	json_t *vector;

	(void)st;
	(void)ftw;
	if (type != FTW_F || !str_ends(str_from(path), STR(".json")))
		return 0;
	assert_int_equal(fs_read(AT_FDCWD, path, &text), 0);
	if (json_read(buf_view(&text), &vector) < 0) {
		/* sizes beyond 2^63 are outside what a ledger can have */
		assert_non_null(strstr((char *)text.data, "\"wantErr\": true"));
		refused++;
	} else {
		bool holds = vector_holds(vector), due = !json_bool(vector, "wantErr");
		/* one carries roots of 12 bytes as "don't care": no root of ours */
		uint8_t root[SHA256_LEN];
		const json_t *first = json_object_get(vector, "root1");
		bool short_root = first && !read_hash(first, root);
		if (holds != (due && !short_root))
			fail_msg("%s: %s", path, holds ? "taken" : "refused");
		taken += holds;
		refused += !holds;
		json_decref(vector);
	}
	buf_release(&text);
	return 0;
}

static void
public_vectors_agree(void **state)
{
	char path[4096];

	(void)state;
	if (!getenv("CARREL_VECTORS")) {
		print_message("CARREL_VECTORS is not set\n");
		skip();
	}
	snprintf(path, sizeof path, "%s/merkle/testdata", getenv("CARREL_VECTORS"));
	assert_int_equal(nftw(path, on_file, 16, FTW_PHYS), 0);
	print_message("%u taken, %u refused\n", taken, refused);
	assert_true(taken > 5 && refused > 100);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(roots_are_those_of_the_frontier),
	cmocka_unit_test(every_leaf_is_proved_in_every_tree),
	cmocka_unit_test(every_two_trees_are_consistent),
	cmocka_unit_test(no_flipped_bit_of_a_proof_is_taken),
	cmocka_unit_test(public_vectors_agree),
};

UNIT(tests)
