/* Questions about heads: checkpoints and proofs. */
#include "annotations/asking.h"

#include "annotations/issue.h"

#include <inttypes.h>

/*
 * A note over the head of `size`, 0: of now.  Where the room key is not at hand (a copy of the room) the newest
 * recorded checkpoint that holds at least `least` records has to do.
 */
static int
recorded_note(struct ledger *ledger, uint64_t least, struct buf *note)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct attached attached;
	struct entry entry = { 0 };
	uint64_t index;

	int r = db_number(
	    ledger_db(ledger), "SELECT max(idx) FROM checkpoint WHERE size >= ?1", &index, "n", least);
	if (r == 0 && index == 0)
		return err_set(ERR_ABSENT, "no checkpoint holds as many as %" PRIu64 " records", least);
	if (r == 0)
		r = ledger_get(ledger, index, &leaf, &entry);
	if (r == 0 && record_attached_count(entry.record.payload) == 0)
		r = err_set(ERR_FORMAT, "a checkpoint without its text");
	if (r == 0) {
		record_attached(entry.record.payload, 0, &attached);
		r = ledger_attachment(ledger, attached.sha256, note);
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
note_for(struct keeper *keeper, uint64_t size, uint64_t least, struct buf *note, struct head *head)
{
	struct ledger *ledger = keeper->session->ledger;
	struct checkpoint checkpoint;

	int r = size ? ledger_head_at(ledger, size, head) : ledger_head(ledger, head);
	if (r == 0)
		r = issue_note(keeper->session, head, note);
	if (r == 0 || size)
		return r;
	buf_clear(note);
	r = recorded_note(ledger, least, note);
	if (r == 0)
		r = checkpoint_read(buf_view(note), &checkpoint);
	if (r == 0)
		*head = checkpoint.head;
	return r;
}

int
ask_checkpoint(struct keeper *keeper, struct asking *ask)
{
	struct buf note = BUF(CHECKPOINT_MAX);
	char room[HEX_LEN(RECORD_ROOM_LEN)], root[HEX_LEN(SHA256_LEN)], slip[SLIP_MAX];
	struct head head;
	json_t *object = NULL;

	int r = note_for(keeper, json_num(ask->words, "size"), 1, &note, &head);
	if (r == 0) {
		hex_from(ledger_room(keeper->session->ledger), RECORD_ROOM_LEN, room);
		hex_from(head.root, sizeof head.root, root);
		slip_write(&head, slip);
		object = json_pack("{s:s,s:I,s:s,s:s}", "room", room, "size", (json_int_t)head.size, "root",
		    root, "slip", slip);
		r = object ? json_set_str(object, "note", buf_view(&note)) : err_set(ERR_MEMORY, "no memory");
	}
	if (r == 0)
		r = json_set_str(object, "product", buf_view(&keeper->session->product));
	if (r == 0)
		r = asking_add(ask, object);
	json_decref(object);
	buf_release(&note);
	return r;
}

static int
prove_record(struct keeper *keeper, struct asking *ask, struct str note, const struct head *head)
{
	uint64_t index = json_num(ask->words, "index");
	struct proof proof;

	int r = proof_inclusion(ledger_node, keeper->session->ledger, index, head->size, &proof);
	return r == 0 ? proof_inclusion_text(&proof, index, note, &ask->bytes) : r;
}

/* "from" is a slip, whose root must be the ledger's too, or a size. */
static int
read_from(struct keeper *keeper, struct str from, uint64_t *size)
{
	struct head given, ours;

	if (str_u64(from, size))
		return 0;
	int r = slip_read(from, &given);
	*size = given.size;
	if (r == 0)
		r = ledger_head_at(keeper->session->ledger, given.size, &ours);
	if (r == 0 && memcmp(given.root, ours.root, sizeof given.root) != 0)
		r = err_set(ERR_ABSENT,
		    "the slip contradicts this ledger: its first %" PRIu64 " records are others", given.size);
	return r;
}

static int
prove_consistency(
    struct keeper *keeper, struct asking *ask, uint64_t from, struct str note, const struct head *head)
{
	struct proof proof;

	int r = proof_consistency(ledger_node, keeper->session->ledger, from, head->size, &proof);
	return r == 0 ? proof_consistency_text(&proof, from, note, &ask->bytes) : r;
}

int
ask_prove(struct keeper *keeper, struct asking *ask)
{
	struct str from_word = json_str(ask->words, "from");
	struct buf note = BUF(CHECKPOINT_MAX);
	uint64_t from = 0;
	struct head head;
	int r = 0;

	if (from_word.len > 0)
		r = read_from(keeper, from_word, &from);
	uint64_t least = from_word.len > 0 ? from : json_num(ask->words, "index") + 1;
	if (r == 0)
		r = note_for(keeper, json_num(ask->words, "size"), least, &note, &head);
	if (r == 0)
		r = from_word.len > 0 ? prove_consistency(keeper, ask, from, buf_view(&note), &head)
				      : prove_record(keeper, ask, buf_view(&note), &head);
	buf_release(&note);
	return r;
}
