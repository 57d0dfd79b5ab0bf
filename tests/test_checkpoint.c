/* Checkpoints, slips and proofs as text: each reads back, and no bit of them may be another. */
#include "tests/unit.h"

#include "annotations/checkpoint.h"
#include "base/merkle.h"
#include "tests/random.h"

#define SEED 20261124u

static struct secret *
room_key(void)
{
	uint8_t seed[SEED_LEN] = { 7 };
	struct secret *secret;

	assert_int_equal(secret_from_seed(seed, &secret), 0);
	return secret;
}

static void
random_head(struct random *random, uint64_t size, struct head *out)
{
	out->size = size;
	for (size_t i = 0; i < sizeof out->root; i++)
		out->root[i] = (uint8_t)random_below(random, 256);
}

static void
a_note_reads_back_and_has_one_text(void **state)
{
	static const char text[] = "carrel/000102030405060708090a0b0c0d0e0f\n1042\n"
				   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
				   "\xE2\x80\x94 carrel/000102030405060708090a0b0c0d0e0f ";
	uint8_t room[RECORD_ROOM_LEN] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct buf note = BUF(CHECKPOINT_MAX);
	struct head head = { .size = 1042 };
	struct secret *key = room_key(), *other;
	struct checkpoint out;

	(void)state;
	assert_int_equal(secret_new(&other), 0);
	assert_int_equal(checkpoint_make(key, room, &head, &note), 0);
	assert_memory_equal(note.data, text, sizeof text - 1);
	assert_int_equal(checkpoint_read(buf_view(&note), &out), 0);
	assert_memory_equal(&out.head, &head, sizeof head);
	assert_memory_equal(out.room, room, sizeof room);
	assert_int_equal(checkpoint_check(&out, secret_public(key)), 0);
	assert_int_equal(checkpoint_check(&out, secret_public(other)), ERR_ABSENT);
	for (size_t bit = 0; bit < note.len * 8; bit++) {
		note.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (checkpoint_read(buf_view(&note), &out) == 0)
			assert_int_equal(checkpoint_check(&out, secret_public(key)), ERR_ABSENT);
		note.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < note.len; len++)
		assert_int_equal(
		    checkpoint_read((struct str){ (const char *)note.data, len }, &out), ERR_FORMAT);
	assert_int_equal(buf_byte(&note, '\n'), 0);
	assert_int_equal(checkpoint_read(buf_view(&note), &out), ERR_FORMAT);
	secret_free(key);
	secret_free(other);
	buf_release(&note);
}

static void
a_slip_reads_back_in_any_dress(void **state)
{
	struct random random = random_of(SEED);
	struct head head, out;
	char slip[SLIP_MAX], loose[2 * SLIP_MAX];

	(void)state;
	for (unsigned i = 0; i < 54; i++) {
		random_head(&random, ((uint64_t)1 << i) - (i > 1), &head);
		slip_write(&head, slip);
		assert_int_equal(slip_read(str_from(slip), &out), 0);
		assert_memory_equal(&out, &head, sizeof head);
		size_t len = 0;
		for (size_t k = 0; slip[k]; k++) {
			loose[len++] = slip[k];
			if (k % 5 == 4)
				loose[len++] = k % 2 ? ' ' : '\n';
		}
		assert_int_equal(slip_read((struct str){ loose, len }, &out), 0);
		assert_memory_equal(&out, &head, sizeof head);
	}
	random_head(&random, 12345, &head);
	slip_write(&head, slip);
	assert_int_equal(strlen(slip), 58);
}

static void
no_bit_of_a_slip_may_be_another(void **state)
{
	struct random random = random_of(SEED);
	struct head head, out;
	char slip[SLIP_MAX];

	(void)state;
	random_head(&random, 90210, &head);
	slip_write(&head, slip);
	for (size_t bit = 0; bit < strlen(slip) * 8; bit++) {
		char flipped[SLIP_MAX];
		memcpy(flipped, slip, sizeof slip);
		flipped[bit / 8] = (char)(flipped[bit / 8] ^ (1 << bit % 8));
		if (slip_read((struct str){ flipped, strlen(slip) }, &out) == 0)
			assert_memory_not_equal(&out, &head, sizeof head);
	}
	assert_int_equal(slip_read(STR(""), &out), ERR_USAGE);
	assert_int_equal(slip_read(STR("12"), &out), ERR_USAGE);
	assert_int_equal(slip_read(STR(".AAAA"), &out), ERR_USAGE);
	for (size_t len = 0; len < strlen(slip); len++)
		assert_int_equal(slip_read((struct str){ slip, len }, &out), ERR_USAGE);
}

static void
proofs_read_back(void **state)
{
	struct random random = random_of(SEED);
	struct buf text = BUF(PROOF_TEXT_MAX);
	struct proof proof = { .count = 3 }, out;
	bool inclusion;
	uint64_t number;
	struct str note;

	(void)state;
	for (size_t i = 0; i < PROOF_MAX; i++)
		for (size_t k = 0; k < SHA256_LEN; k++)
			proof.hash[i][k] = (uint8_t)random_below(&random, 256);
	for (proof.count = 0; proof.count <= PROOF_MAX; proof.count++)
		for (int in = 0; in < 2; in++) {
			buf_clear(&text);
			int r = in ? proof_inclusion_text(&proof, 77, STR("the note\n"), &text)
				   : proof_consistency_text(&proof, 77, STR("the note\n"), &text);
			assert_int_equal(r, 0);
			assert_int_equal(
			    proof_text_read(buf_view(&text), &inclusion, &number, &out, &note), 0);
			assert_true(inclusion == (in == 1) && number == 77 && out.count == proof.count);
			assert_memory_equal(out.hash, proof.hash, proof.count * SHA256_LEN);
			assert_true(str_is(note, "the note\n"));
		}
	assert_int_equal(proof_text_read(STR("old 5\n"), &inclusion, &number, &out, &note), ERR_FORMAT);
	assert_int_equal(proof_text_read(STR("old 05\n\nx"), &inclusion, &number, &out, &note), ERR_FORMAT);
	assert_int_equal(proof_text_read(STR("new 5\n\nx"), &inclusion, &number, &out, &note), ERR_FORMAT);
	assert_int_equal(
	    proof_text_read(STR("old 5\nAAAA\n\nx"), &inclusion, &number, &out, &note), ERR_FORMAT);
	buf_release(&text);
}

/* ---- whole proofs ---- */

struct leaves {
	uint8_t hash[16][SHA256_LEN];
};

static int
node_of(void *ctx, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN])
{
	const struct leaves *leaves = ctx;
	uint8_t left[SHA256_LEN], right[SHA256_LEN];

	if (level == 0) {
		memcpy(out, leaves->hash[index], SHA256_LEN);
		return 0;
	}
	int r = node_of(ctx, level - 1, 2 * index, left);
	if (r == 0)
		r = node_of(ctx, level - 1, 2 * index + 1, right);
	merkle_node(left, right, out);
	return r;
}

/* Whether the text proves, to whoever holds the room key, leaf 5 or the first 6 leaves of `leaves`. */
static bool
proves(struct str text, const struct leaves *leaves, const uint8_t old[static SHA256_LEN],
    const struct secret *key)
{
	struct checkpoint checkpoint;
	struct proof proof;
	struct str note;
	uint64_t number;
	bool inclusion;

	if (proof_text_read(text, &inclusion, &number, &proof, &note) < 0 ||
	    checkpoint_read(note, &checkpoint) < 0 || checkpoint_check(&checkpoint, secret_public(key)) < 0)
		return false;
	if (inclusion)
		return number == 5 &&
		    proof_check_inclusion(
			&proof, number, checkpoint.head.size, leaves->hash[5], checkpoint.head.root) == 0;
	return number == 6 &&
	    proof_check_consistency(&proof, number, checkpoint.head.size, old, checkpoint.head.root) == 0;
}

static void
no_bit_of_a_proof_may_be_another(void **state)
{
	uint8_t room[RECORD_ROOM_LEN] = { 1 }, old[SHA256_LEN];
	struct buf note = BUF(CHECKPOINT_MAX), text = BUF(PROOF_TEXT_MAX);
	struct head head = { .size = 13 };
	struct secret *key = room_key();
	struct leaves leaves;
	struct proof proof;

	(void)state;
	for (size_t i = 0; i < 16; i++)
		merkle_leaf(&i, sizeof i, leaves.hash[i]);
	assert_int_equal(proof_root(node_of, &leaves, head.size, head.root), 0);
	assert_int_equal(proof_root(node_of, &leaves, 6, old), 0);
	assert_int_equal(checkpoint_make(key, room, &head, &note), 0);
	for (int in = 0; in < 2; in++) {
		int r = in ? proof_inclusion(node_of, &leaves, 5, head.size, &proof)
			   : proof_consistency(node_of, &leaves, 6, head.size, &proof);
		assert_int_equal(r, 0);
		buf_clear(&text);
		r = in ? proof_inclusion_text(&proof, 5, buf_view(&note), &text)
		       : proof_consistency_text(&proof, 6, buf_view(&note), &text);
		assert_int_equal(r, 0);
		assert_true(proves(buf_view(&text), &leaves, old, key));
		for (size_t bit = 0; bit < text.len * 8; bit++) {
			text.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_false(proves(buf_view(&text), &leaves, old, key));
			text.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	secret_free(key);
	buf_release(&note);
	buf_release(&text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_note_reads_back_and_has_one_text),
	cmocka_unit_test(a_slip_reads_back_in_any_dress),
	cmocka_unit_test(no_bit_of_a_slip_may_be_another),
	cmocka_unit_test(proofs_read_back),
	cmocka_unit_test(no_bit_of_a_proof_may_be_another),
};

UNIT(tests)
