/* Words about checkpoints: a person's cosignature, made here or brought in, and another room key. */
#include "annotations/issue.h"
#include "annotations/saying.h"

#include <inttypes.h>

/* The note must be one that this room made of this ledger: nobody is asked to sign anything else. */
static int
check_note(struct ledger *ledger, struct str note, struct head *head)
{
	struct checkpoint checkpoint;
	struct head ours;

	int r = checkpoint_read(note, &checkpoint);
	if (r < 0)
		return err_set(ERR_USAGE, "cosign: %s", err_text());
	*head = checkpoint.head;
	if (memcmp(checkpoint.room, ledger_room(ledger), sizeof checkpoint.room) != 0)
		return err_set(ERR_REFUSED, "cosign: the checkpoint is of another room");
	r = issue_check_key(ledger_db(ledger), &checkpoint, AT_END, true);
	if (r == 0)
		r = ledger_head_at(ledger, head->size, &ours);
	if (r < 0)
		return err_set(ERR_REFUSED, "cosign: %s", err_text());
	if (head->size == 0 || memcmp(ours.root, head->root, sizeof ours.root) != 0)
		return err_set(ERR_REFUSED,
		    "cosign: the checkpoint contradicts this ledger: its first %" PRIu64
		    " records are others",
		    head->size);
	return 0;
}

int
cosign_first(struct keeper *keeper, struct saying *say)
{
	struct str note = json_str(say->words, "checkpoint"), armour = json_str(say->words, "signature");
	struct head head;

	int r = check_note(keeper->session->ledger, note, &head);
	if (r == 0)
		r = buf_str(&say->data, note);
	if (r == 0)
		r = armour.len > 0 ? buf_str(&say->signature, armour) : buf_str(&say->draft, note);
	return r;
}

int
cosign_sign(struct keeper *keeper, struct saying *say)
{
	struct buf blob = BUF(SSHSIG_MAX);

	int r = session_sign(keeper->session, NS_CHECKPOINT, buf_view(&say->data), &blob);
	if (r == 0)
		r = sshsig_armour(buf_view(&blob), &say->signature);
	buf_release(&blob);
	return r;
}

int
cosign_make(struct keeper *keeper, struct saying *say)
{
	struct buf blob = BUF(SSHSIG_MAX);
	struct public_key key;
	struct head head;
	uint8_t hash[SHA256_LEN];
	char print[FINGERPRINT_LEN], hex[HEX_LEN(SHA256_LEN)];

	int r = check_note(keeper->session->ledger, buf_view(&say->data), &head);
	if (r == 0)
		r = sshsig_unarmour(buf_view(&say->signature), &blob);
	if (r == 0)
		r = sshsig_check(buf_view(&blob), NS_CHECKPOINT, buf_view(&say->data), &key);
	buf_release(&blob);
	if (r < 0)
		return r;
	public_key_fingerprint(&key, print);
	sha256(say->data.data, say->data.len, hash);
	hex_from(hash, sizeof hash, hex);
	r = issue_set_head(say->payload, &head);
	if (r == 0)
		r = json_set_str(say->payload, "by", str_from(print));
	if (r == 0)
		r = json_set_str(say->payload, "checkpoint", str_from(hex));
	say->attachments[0] = (struct attachment){ STR(ISSUE_TEXT), buf_view(&say->data) };
	say->attachments[1] = (struct attachment){ STR(ISSUE_SIGNATURE), buf_view(&say->signature) };
	say->attached = 2;
	return r == 0 ? record_attach(say->payload, say->attachments, say->attached) : r;
}

int
roomkey_make(struct keeper *keeper, struct saying *say)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);

	int r = issue_new_key(keeper->session, &line);
	if (r == 0)
		r = json_set_str(say->payload, "room_key", buf_view(&line));
	if (r == 0 && json_str(say->words, "why").len > 0)
		r = json_set_str(say->payload, "why", json_str(say->words, "why"));
	buf_release(&line);
	return r;
}

int
roomkey_take(struct keeper *keeper, struct saying *say)
{
	(void)say;
	return issue_take_key(keeper->session);
}
