#include "annotations/issue.h"

#include "annotations/projection.h"
#include "annotations/session.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#define KEY_FILE "room.key"
#define NEW_KEY_FILE "room.key.new"

/* ---- what such a record must hold ---- */

int
issue_head(const json_t *payload, struct head *out)
{
	const json_t *head = json_object_get(payload, "head");

	out->size = json_num(head, "size");
	if (!hex_to(json_str(head, "root"), out->root, sizeof out->root))
		return err_set(ERR_FORMAT, "record: malformed head");
	return 0;
}

int
issue_set_head(json_t *payload, const struct head *head)
{
	char root[HEX_LEN(SHA256_LEN)];

	hex_from(head->root, sizeof head->root, root);
	json_t *object = json_pack("{s:I,s:s}", "size", (json_int_t)head->size, "root", root);
	return json_object_set_new(payload, "head", object) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
}

int
issue_check_key(struct db *db, const struct checkpoint *checkpoint, uint64_t at, bool ever)
{
	struct query *q = NULL;
	struct public_key key;
	bool signed_by = false;
	int next = 0;

	/* the newest first: without `ever` it alone is asked */
	int r = db_query(db, "SELECT line FROM roomkey WHERE idx < ?1 ORDER BY idx DESC", &q, "n", at);
	while (r == 0 && !signed_by && (next = query_next(q)) > 0) {
		r = public_key_from_line(query_bytes(q, 0), &key, NULL);
		if (r == 0)
			signed_by = checkpoint_check(checkpoint, &key) == 0;
		if (!ever)
			break;
	}
	query_end(q);
	if (r < 0 || next < 0)
		return r < 0 ? r : next;
	return signed_by ? 0 : err_set(ERR_REFUSED, "the checkpoint is not signed by the room's key");
}

static int
check_digest(const json_t *payload, const char *key, struct str text)
{
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	sha256(text.data, text.len, hash);
	hex_from(hash, sizeof hash, hex);
	if (!str_is(json_str(payload, key), hex))
		return err_set(ERR_REFUSED, "the checkpoint is not the one that the record names");
	return 0;
}

static int
check_cosignature(struct db *db, const struct entry *entry, struct str text, struct str armour)
{
	struct buf blob = BUF(SSHSIG_MAX);
	struct person person = { 0 };
	struct public_key key;
	char print[FINGERPRINT_LEN];

	int r = sshsig_unarmour(armour, &blob);
	if (r == 0)
		r = sshsig_check(buf_view(&blob), NS_CHECKPOINT, text, &key);
	buf_release(&blob);
	if (r < 0)
		return err_set(ERR_REFUSED, "the cosignature: %s", err_text());
	public_key_fingerprint(&key, print);
	if (!str_is(json_str(entry->record.payload, "by"), print))
		return err_set(ERR_REFUSED, "the cosignature is by another key than the record names");
	r = person_by_key(db, print, entry->index, &person);
	person_release(&person);
	return r == ERR_ABSENT ? err_set(ERR_REFUSED, "the cosigner's key %s is not enrolled", print) : r;
}

int
issue_check(struct db *db, const struct entry *entry, struct str text, struct str armour)
{
	const json_t *payload = entry->record.payload;
	bool cosign = entry->record.type == RECORD_COSIGN;
	struct checkpoint checkpoint;
	struct head head;

	int r = issue_head(payload, &head);
	if (r == 0)
		r = checkpoint_read(text, &checkpoint);
	if (r < 0)
		return r;
	if (memcmp(checkpoint.room, entry->record.room, sizeof checkpoint.room) != 0)
		return err_set(ERR_REFUSED, "the checkpoint is of another room");
	if (head.size != checkpoint.head.size ||
	    memcmp(head.root, checkpoint.head.root, sizeof head.root) != 0)
		return err_set(ERR_REFUSED, "the checkpoint has another head than its record");
	r = check_digest(payload, cosign ? "checkpoint" : "sha256", text);
	if (r == 0)
		r = issue_check_key(db, &checkpoint, entry->index, cosign);
	return r == 0 && cosign ? check_cosignature(db, entry, text, armour) : r;
}

/* ---- the room key ---- */

static int
key_in_force(struct session *session, struct public_key *out)
{
	struct query *q = NULL;

	int r = db_query(
	    ledger_db(session->ledger), "SELECT line FROM roomkey ORDER BY idx DESC LIMIT 1", &q, "");
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(ERR_FORMAT, "the ledger names no room key");
	if (r > 0)
		r = public_key_from_line(query_bytes(q, 0), out, NULL);
	query_end(q);
	return r;
}

static int
read_key(struct session *session, const char *name, const struct public_key *due, struct secret **out)
{
	struct buf file = BUF(KEYFILE_MAX);
	struct secret *secret = NULL;

	int r = fs_read(session->room, name, &file);
	if (r == 0)
		r = keyfile_open_bare(buf_view(&file), &secret);
	buf_wipe(&file);
	if (r == 0 && !public_key_eq(secret_public(secret), due)) {
		secret_free(secret);
		return err_set(ERR_ABSENT, "%s is not the key that the ledger names", name);
	}
	if (r == 0)
		*out = secret;
	return r;
}

/* The key in force, in session->room_key; read anew where another session has changed it. */
static int
load_key(struct session *session)
{
	struct public_key due;

	int r = key_in_force(session, &due);
	if (r < 0)
		return r;
	if (session->room_key && public_key_eq(secret_public(session->room_key), &due))
		return 0;
	secret_free(session->room_key);
	session->room_key = NULL;
	r = read_key(session, KEY_FILE, &due, &session->room_key);
	/* a change of the key that was cut off behind its record */
	if (r < 0 && read_key(session, NEW_KEY_FILE, &due, &session->room_key) == 0)
		r = session->mode == MODE_SESSION ? issue_take_key(session) : 0;
	if (r < 0)
		return err_set(ERR_FORMAT,
		    "no checkpoint can be signed: room.key is missing, or not the one that the "
		    "ledger names; put the host's copy back");
	return 0;
}

int
issue_new_key(struct session *session, struct buf *line)
{
	struct buf file = BUF(KEYFILE_MAX);
	struct secret *secret = NULL;

	int r = secret_new(&secret);
	if (r == 0)
		r = keyfile_bare(secret, STR("room key"), &file);
	if (r == 0)
		r = fs_write(session->room, NEW_KEY_FILE, buf_view(&file), 0600, FS_REPLACE);
	if (r == 0)
		r = public_key_line(secret_public(secret), STR(""), line);
	secret_free(secret);
	buf_wipe(&file);
	return r;
}

int
issue_take_key(struct session *session)
{
	if (renameat(session->room, NEW_KEY_FILE, session->room, KEY_FILE) < 0)
		return err_sys(KEY_FILE);
	return fs_sync_dir(session->room);
}

/* ---- issuing ---- */

int
issue_note(struct session *session, const struct head *head, struct buf *out)
{
	int r = load_key(session);

	return r == 0 ? checkpoint_make(session->room_key, ledger_room(session->ledger), head, out) : r;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
checkpoint_payload(const struct head *head, const char *why, struct str note, json_t **out)
{
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	sha256(note.data, note.len, hash);
	hex_from(hash, sizeof hash, hex);
	json_t *payload = json_pack("{s:s,s:s}", "why", why, "sha256", hex);
	int r = payload ? issue_set_head(payload, head) : err_set(ERR_MEMORY, "no memory");
	if (r < 0) {
		json_decref(payload);
		return r;
	}
	*out = payload;
	return 0;
}

int
issue_checkpoint(struct session *session, const char *why)
{
	struct attachment text = { .name = STR(ISSUE_TEXT) };
	struct buf note = BUF(CHECKPOINT_MAX);
	struct appended appended;
	json_t *payload = NULL;
	struct head head;

	int r = ledger_head(session->ledger, &head);
	if (r == 0)
		r = issue_note(session, &head, &note);
	text.bytes = buf_view(&note);
	if (r == 0)
		r = checkpoint_payload(&head, why, text.bytes, &payload);
	if (r == 0)
		r = ledger_append_session_with(
		    session->ledger, &session->actor, RECORD_CHECKPOINT, payload, &text, 1, &appended);
	json_decref(payload);
	buf_release(&note);
	if (r < 0)
		return r;
	session->checkpoint = appended.index;
	session->checkpoint_ms = now_ms();
	return 0;
}

int
issue_due(struct session *session, int *wait)
{
	*wait = -1;
	if (!session->is_open || ledger_last(session->ledger) <= session->checkpoint)
		return 0;
	int64_t left = session->checkpoint_ms + ISSUE_SECONDS * 1000 - now_ms();
	bool many = ledger_last(session->ledger) - session->checkpoint >= ISSUE_RECORDS;
	if (!many && left > 0) {
		*wait = (int)left;
		return 0;
	}
	/* another session may have issued one meanwhile */
	uint64_t newest;
	int r = db_number(ledger_db(session->ledger), "SELECT max(idx) FROM checkpoint", &newest, "");
	if (r == 0 && newest > session->checkpoint) {
		session->checkpoint = newest;
		session->checkpoint_ms = now_ms();
		return issue_due(session, wait);
	}
	return r == 0 ? issue_checkpoint(session, many ? "count" : "time") : r;
}

int
issue_slip(struct session *session, json_t **out)
{
	char root[HEX_LEN(SHA256_LEN)], slip[SLIP_MAX];
	struct head head;

	int r = ledger_head(session->ledger, &head);
	if (r < 0)
		return r;
	hex_from(head.root, sizeof head.root, root);
	slip_write(&head, slip);
	json_t *object =
	    json_pack("{s:I,s:s,s:s}", "size", (json_int_t)head.size, "root", root, "slip", slip);
	if (!object)
		return err_set(ERR_MEMORY, "no memory");
	*out = object;
	return 0;
}
