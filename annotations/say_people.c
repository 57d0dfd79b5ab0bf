/* Words about people and policy, and a person's own about a search: payloads for say.c's table. */
#include "annotations/saying.h"
#include "annotations/search_note.h"

int
say_person(struct keeper *keeper, struct saying *say)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);
	struct str box = json_str(say->words, "box"), comment = STR("");
	struct public_key key;
	struct keyfile file;
	char hex[HEX_LEN(sizeof file.box)];

	(void)keeper;
	int r = public_key_from_line(json_str(say->words, "pub"), &key, &comment);
	if (r < 0)
		return err_set(r == ERR_FORMAT ? ERR_USAGE : (enum err)r, "public key: %s", err_text());
	r = public_key_line(&key, STR(""), &line);
	if (r == 0)
		r = json_set_str(say->payload, "key", buf_view(&line));
	buf_release(&line);
	if (r == 0 && box.len > 0) {
		r = keyfile_read(box, &file);
		if (r == 0 && file.kind != KEYFILE_BOX)
			r = err_set(ERR_USAGE, "it is no box key");
		if (r < 0)
			return err_set(ERR_USAGE, "box key: %s", err_text());
		hex_from(file.box, sizeof file.box, hex);
		r = json_set_str(say->payload, "box", str_from(hex));
	}
	return r == 0 ? SAY_COPY(say, "name", "role", "label") : r;
}

/* "key" is a fingerprint, or "pub" a line whose fingerprint it is. */
int
say_revoke(struct keeper *keeper, struct saying *say)
{
	struct str pub = json_str(say->words, "pub");
	struct public_key key;
	char print[FINGERPRINT_LEN];

	(void)keeper;
	if (pub.len > 0) {
		int r = public_key_from_line(pub, &key, NULL);
		if (r < 0)
			return err_set(ERR_USAGE, "public key: %s", err_text());
		public_key_fingerprint(&key, print);
		r = json_set_str(say->payload, "key", str_from(print));
		if (r < 0)
			return r;
	}
	return SAY_COPY(say, "name", "key", "why");
}

int
say_policy(struct keeper *keeper, struct saying *say)
{
	struct policy policy = keeper->session->policy;

	policy_default(keeper->session->practice, &policy);
	int r = policy_parse(buf_view(&say->data), &policy);
	return r == 0 ? json_set_str(say->payload, "text", buf_view(&say->data)) : r;
}

/* A record by its number or its hash, as the hash. */
int
say_confirm(struct keeper *keeper, struct saying *say)
{
	struct str word = json_str(say->words, "record");
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	char hex[HEX_LEN(SHA256_LEN)];
	uint64_t index;

	if (!str_u64(word, &index)) {
		int r = json_set_str(say->payload, "record", word);
		return r == 0 ? SAY_COPY(say, "text") : r;
	}
	int r = ledger_get(keeper->session->ledger, index, &leaf, &entry);
	if (r == 0) {
		hex_from(entry.hash, SHA256_LEN, hex);
		r = json_set_str(say->payload, "record", str_from(hex));
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r == 0 ? SAY_COPY(say, "text") : r;
}

/* What the policy says now holds for this session too; it may still wait for a second person. */
int
say_renew_policy(struct keeper *keeper, struct saying *say)
{
	(void)say;
	policy_default(keeper->session->practice, &keeper->session->policy);
	return policy_at(ledger_db(keeper->session->ledger), AT_END, &keeper->session->policy);
}

/* The sealed file, for its owner to open the notebook with. */
int
say_keep_box(struct keeper *keeper, struct saying *say)
{
	struct str box = json_str(say->words, "box");

	return box.len > 0 ? notebook_keep_key(keeper->session->room, box) : 0;
}

/* ---- a search is revealed ---- */

static int
set_hash(json_t *object, const char *key, const uint8_t *hash)
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, SHA256_LEN, hex);
	return json_set_str(object, key, str_from(hex));
}

/* The notebook's entry, if it is what the record commits to. */
static int
check_commitment(const struct entry *entry, const struct search_note *note)
{
	uint8_t commitment[SHA256_LEN], query[SHA256_LEN];

	search_note_commitment(note->salt, note->order, commitment);
	if (!hex_to(json_str(entry->record.payload, "query"), query, sizeof query) ||
	    memcmp(commitment, query, sizeof query) != 0)
		return err_set(ERR_FORMAT, "what the notebook has is not what the record commits to");
	return 0;
}

int
say_reveal(struct keeper *keeper, struct saying *say)
{
	struct session *session = keeper->session;
	struct buf leaf = BUF(LEAF_MAX), room = BUF(NOTE_ENTRY_MAX);
	struct entry entry = { 0 };
	struct search_note note;

	int r = ledger_get(session->ledger, json_num(say->words, "record"), &leaf, &entry);
	if (r == 0 && entry.record.type != RECORD_SEARCH)
		r = err_set(ERR_USAGE, "record %llu is no search", (unsigned long long)entry.index);
	if (r == 0)
		r = session_unlock_notebook(session);
	if (r == 1)
		r = err_set(ERR_REFUSED, "the notebook is locked");
	if (r == 0)
		r = search_note_find(&session->notebook, entry.hash, &room, &note);
	if (r == 0)
		r = check_commitment(&entry, &note);
	if (r == 0)
		r = buf_str(&say->order, note.order);
	if (r == 0)
		r = set_hash(say->payload, "record", entry.hash);
	if (r == 0)
		r = set_hash(say->payload, "salt", note.salt);
	if (r == 0)
		r = SAY_COPY(say, "text");
	say->attachments[0] = (struct attachment){ STR("order"), buf_view(&say->order) };
	say->attached = 1;
	if (r == 0)
		r = record_attach(say->payload, say->attachments, say->attached);
	record_release(&entry.record);
	buf_release(&leaf);
	buf_wipe(&room);
	return r;
}
