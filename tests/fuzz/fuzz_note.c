/* First byte: a checkpoint, a slip, or a proof.  What is read is written again, and must be the same. */
#include "tests/fuzz/fuzz.h"

#include "annotations/checkpoint.h"

#include <string.h>

static void
as_checkpoint(struct str in)
{
	struct checkpoint checkpoint, again;
	struct public_key nobody = { .type = KEY_ED25519 };

	if (checkpoint_read(in, &checkpoint) < 0)
		return;
	/* no corpus holds a note by this key */
	assert(checkpoint_check(&checkpoint, &nobody) < 0);
	assert(checkpoint_read(in, &again) == 0 && again.head.size == checkpoint.head.size);
	assert(memcmp(again.head.root, checkpoint.head.root, SHA256_LEN) == 0);
}

static void
as_slip(struct str in)
{
	char slip[SLIP_MAX];
	struct head head, again;

	if (slip_read(in, &head) < 0)
		return;
	slip_write(&head, slip);
	assert(slip_read(str_from(slip), &again) == 0 && again.size == head.size);
	assert(memcmp(again.root, head.root, SHA256_LEN) == 0);
}

static void
as_proof(struct str in)
{
	struct buf text = BUF(PROOF_TEXT_MAX);
	struct proof proof;
	struct str note;
	uint64_t number;
	bool inclusion;

	if (proof_text_read(in, &inclusion, &number, &proof, &note) == 0) {
		assert(proof.count <= PROOF_MAX);
		int r = inclusion ? proof_inclusion_text(&proof, number, note, &text)
				  : proof_consistency_text(&proof, number, note, &text);
		assert(r == 0 && str_eq(buf_view(&text), in));
	}
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct str in = { (const char *)data + 1, size - 1 };
	if (data[0] == 'c')
		as_checkpoint(in);
	else if (data[0] == 's')
		as_slip(in);
	else
		as_proof(in);
	return 0;
}
