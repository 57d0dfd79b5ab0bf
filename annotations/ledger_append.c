#include "annotations/ledger_private.h"

#include "annotations/issue.h"

#include <inttypes.h>

/* ---- what a record must hold to be taken ---- */

int
ledger_session_key(const struct record *record, struct public_key *out)
{
	char print[FINGERPRINT_LEN];

	int r = public_key_from_line(json_str(record->payload, "key"), out, NULL);
	if (r < 0)
		return r;
	public_key_fingerprint(out, print);
	if (strcmp(print, record->session) != 0)
		return err_set(
		    ERR_FORMAT, "a session record whose header names another key than its payload");
	return 0;
}

int
ledger_check_session(struct db *db, const struct entry *entry)
{
	const struct record *record = &entry->record;
	struct public_key key;
	struct query *query;

	if (!record->session[0])
		return 0;
	int r = db_query(db, "SELECT idx, actor, closed FROM session WHERE key = ?1", &query, "t",
	    str_from(record->session));
	int found = r == 0 ? query_next(query) : r;
	if (found < 0)
		r = found;
	else if (record->type == RECORD_SESSION)
		r = found ? err_set(ERR_REFUSED, "this session key was used before")
			  : ledger_session_key(record, &key);
	else if (!found)
		r = err_set(ERR_REFUSED, "no session has this key");
	else if (!str_is(query_bytes(query, 1), record->actor))
		r = err_set(ERR_REFUSED, "the session is another person's");
	else if (!query_null(query, 2))
		r = err_set(ERR_REFUSED, "the session is closed");
	else if (record->tree_size <= query_num(query, 0))
		r = err_set(ERR_REFUSED, "the record's tree head is older than its session");
	query_end(query);
	return r;
}

/* The head that the record names must be one that this ledger had. */
static int
check_head(struct ledger *ledger, const struct record *record, const struct frontier *frontier)
{
	uint8_t root[SHA256_LEN];
	int r = 0;

	if (record->tree_size > frontier->size)
		return err_set(ERR_REFUSED,
		    "the record names a tree of %" PRIu64 " records, there are %" PRIu64, record->tree_size,
		    frontier->size);
	if (record->tree_size == frontier->size)
		frontier_root(frontier, root);
	else
		r = proof_root(ledger_node, ledger, record->tree_size, root);
	if (r == 0 && memcmp(root, record->tree_root, sizeof root) != 0)
		r = err_set(ERR_REFUSED, "the record names a tree head that this ledger never had");
	return r;
}

static struct str
attachment_named(const struct attachment *attachments, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(attachments[i].name, name))
			return attachments[i].bytes;
	return STR("");
}

/* A checkpoint or cosignature speaks of a head of this ledger. */
static int
check_issue(
    struct ledger *ledger, const struct entry *entry, const struct attachment *attachments, size_t count)
{
	uint8_t root[SHA256_LEN];
	struct head head;

	int r = issue_check(ledger->db, entry, attachment_named(attachments, count, ISSUE_TEXT),
	    attachment_named(attachments, count, ISSUE_SIGNATURE));
	if (r == 0)
		r = issue_head(entry->record.payload, &head);
	if (r == 0 && (head.size == 0 || head.size > entry->index))
		r = err_set(ERR_REFUSED, "the checkpoint's tree is not one that is there");
	if (r == 0)
		r = proof_root(ledger_node, ledger, head.size, root);
	if (r == 0 && memcmp(root, head.root, sizeof root) != 0)
		r = err_set(ERR_REFUSED, "the checkpoint's tree head is none that this ledger had");
	return r;
}

static int
check_entry(struct ledger *ledger, const struct entry *entry, const struct frontier *frontier,
    const struct attachment *attachments, size_t count)
{
	const struct record *record = &entry->record;

	if (memcmp(record->room, ledger->room, sizeof record->room) != 0)
		return err_set(ERR_REFUSED, "the record is of another room");
	if ((record->type == RECORD_ROOM) != (frontier->size == 0))
		return err_set(ERR_REFUSED, "a genesis comes first, and nothing else does");
	int r = check_head(ledger, record, frontier);
	if (r == 0)
		r = ledger_check_session(ledger->db, entry);
	if (r == 0 && ledger->hooks && ledger->hooks->judge)
		r = ledger->hooks->judge(ledger->hooks->ctx, ledger->db, entry);
	if (r == 0 && (record->type == RECORD_CHECKPOINT || record->type == RECORD_COSIGN))
		r = check_issue(ledger, entry, attachments, count);
	return r;
}

/* ---- attachments ---- */

static int
store_attachment(struct db *db, struct str digest, struct str bytes)
{
	uint64_t there;

	int r = db_number(
	    db, "SELECT count(*) FROM attachment WHERE sha256 = ?1 AND part = 0", &there, "b", digest);
	size_t at = 0;
	for (uint64_t part = 0; r == 0 && !there && (part == 0 || at < bytes.len); part++) {
		size_t len = bytes.len - at < ATTACHMENT_PART ? bytes.len - at : ATTACHMENT_PART;
		r = db_run(db, "INSERT INTO attachment (sha256, part, bytes) VALUES (?1, ?2, ?3)", "bnb",
		    digest, part, ((struct str){ bytes.data + at, len }));
		at += len;
	}
	return r;
}

static int
store_attachments(struct db *db, const json_t *payload, const struct attachment *attachments, size_t count)
{
	uint8_t digest[SHA256_LEN];
	struct attached named;
	int r = 0;

	if (record_attached_count(payload) != count)
		return err_set(ERR_REFUSED, "the record names %zu attachments, not %zu",
		    record_attached_count(payload), count);
	for (size_t i = 0; i < count && r == 0; i++) {
		struct str bytes = attachments[i].bytes;
		record_attached(payload, i, &named);
		sha256(bytes.data, bytes.len, digest);
		if (!str_eq(named.name, attachments[i].name) || named.size != bytes.len ||
		    memcmp(digest, named.sha256, sizeof digest) != 0)
			return err_set(ERR_REFUSED, "attachment %zu is not what the record names", i);
		r = store_attachment(db, (struct str){ (const char *)digest, sizeof digest }, bytes);
	}
	return r;
}

/* ---- the append ---- */

int
ledger_project(struct db *db, const struct entry *entry, struct str why)
{
	const struct record *record = &entry->record;
	struct str hash = { (const char *)entry->hash, SHA256_LEN };
	int r = db_run(db, "INSERT INTO position (hash, idx) VALUES (?1, ?2)", "bn", hash, entry->index);

	if (r == ERR_REFUSED)
		return err_set(ERR_REFUSED, "this very record is in the ledger already");
	if (r == 0)
		r = db_run(db, "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)", "ntttt", entry->index,
		    str_from(record_type_word(record->type)), str_from(record->actor),
		    str_from(record->session), why);
	if (r == 0 && record->type == RECORD_SESSION)
		r = db_run(db, "INSERT INTO session (key, idx, actor) VALUES (?1, ?2, ?3)", "tnt",
		    str_from(record->session), entry->index, str_from(record->actor));
	if (r == 0 && record->type == RECORD_CLOSE)
		r = db_run(db, "UPDATE session SET closed = ?2 WHERE key = ?1 AND closed IS NULL", "tn",
		    str_from(record->session), entry->index);
	return r;
}

/* The leaf's hash and the nodes that it completes. */
static int
store_nodes(struct db *db, const struct frontier *before, const uint8_t leaf[static SHA256_LEN])
{
	uint8_t hash[SHA256_LEN];
	unsigned last = (unsigned)__builtin_popcountll(before->size);
	uint64_t index = before->size;

	memcpy(hash, leaf, sizeof hash);
	for (unsigned level = 0;; level++) {
		int r = db_run(db, "INSERT INTO node (id, hash) VALUES (?1, ?2)", "nb",
		    ledger_node_id(level, index), ((struct str){ (const char *)hash, sizeof hash }));
		if (r < 0 || !(index & 1))
			return r;
		merkle_node(before->hash[--last], hash, hash);
		index >>= 1;
	}
}

/* Everything of an append but its begin and commit; entry is whole but for its index. */
static int
append_entry(struct ledger *ledger, struct entry *entry, const struct frontier *frontier,
    const struct attachment *attachments, size_t count)
{
	struct buf leaf = BUF(LEAF_MAX);
	uint8_t leaf_hash[SHA256_LEN];

	entry->index = frontier->size;
	record_hash(entry->bytes, entry->hash);
	int r = check_entry(ledger, entry, frontier, attachments, count);
	if (r == 0)
		r = leaf_build(entry->bytes, entry->signature, &leaf);
	if (r == 0)
		r = db_run(ledger->db, "INSERT INTO record (idx, leaf) VALUES (?1, ?2)", "nb", entry->index,
		    buf_view(&leaf));
	if (r == 0) {
		merkle_leaf(leaf.data, leaf.len, leaf_hash);
		r = store_nodes(ledger->db, frontier, leaf_hash);
	}
	if (r == 0)
		r = store_attachments(ledger->db, entry->record.payload, attachments, count);
	if (r == 0)
		r = ledger_project(ledger->db, entry, STR(""));
	if (r == 0 && ledger->hooks && ledger->hooks->project)
		r = ledger->hooks->project(ledger->hooks->ctx, ledger->db, entry);
	buf_release(&leaf);
	return r;
}

static int
begin(struct ledger *ledger)
{
	return ledger->held ? 0 : db_begin(ledger->db);
}

static int
finish(struct ledger *ledger, int r, const struct entry *entry, struct appended *out)
{
	if (r == 0 && !ledger->held)
		r = db_commit(ledger->db);
	if (r < 0) {
		if (!ledger->held)
			db_rollback(ledger->db);
		return r;
	}
	ledger->last = entry->index;
	if (out) {
		out->index = entry->index;
		memcpy(out->hash, entry->hash, sizeof out->hash);
	}
	return 0;
}

int
ledger_append(struct ledger *ledger, struct str record, struct str signature,
    const struct attachment *attachments, size_t count, struct appended *out)
{
	struct entry entry = { .bytes = record, .signature = signature };
	struct frontier frontier;

	int r = record_parse(record, &entry.record);
	if (r == 0)
		r = entry_check(&entry);
	if (r == 0)
		r = begin(ledger);
	if (r == 0) {
		r = ledger_frontier(ledger->db, &frontier);
		if (r == 0)
			r = append_entry(ledger, &entry, &frontier, attachments, count);
		r = finish(ledger, r, &entry, out);
	}
	record_release(&entry.record);
	return r;
}

/* Header and payload of a record over this head; the payload stays the caller's. */
static void
begin_record(struct ledger *ledger, const struct actor *actor, enum record_type type, json_t *payload,
    struct record *out)
{
	*out = (struct record){ .type = type, .payload = payload };
	memcpy(out->room, ledger->room, sizeof out->room);
	memcpy(out->actor, actor->actor, sizeof out->actor);
	memcpy(out->session, actor->session, sizeof out->session);
	record_stamp(out, ledger->boot);
}

int
ledger_draft(
    struct ledger *ledger, const struct actor *actor, enum record_type type, json_t *payload, struct buf *out)
{
	struct record record;
	struct head head;

	int r = ledger_head(ledger, &head);
	if (r < 0)
		return r;
	begin_record(ledger, actor, type, payload, &record);
	record.tree_size = head.size;
	memcpy(record.tree_root, head.root, sizeof record.tree_root);
	return record_build(&record, out);
}

/* Builds and signs over the frontier of the open transaction. */
static int
make_session_entry(struct entry *entry, const struct actor *actor, const struct frontier *frontier,
    struct buf *record, struct buf *signature)
{
	entry->record.tree_size = frontier->size;
	frontier_root(frontier, entry->record.tree_root);
	int r = record_build(&entry->record, record);
	if (r == 0)
		r = sshsig_make(actor->secret, NS_RECORD, buf_view(record), signature);
	entry->bytes = buf_view(record);
	entry->signature = buf_view(signature);
	entry->signer = *secret_public(actor->secret);
	return r;
}

int
ledger_append_session_with(struct ledger *ledger, const struct actor *actor, enum record_type type,
    json_t *payload, const struct attachment *attachments, size_t count, struct appended *out)
{
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	struct entry entry = { 0 };
	struct frontier frontier;

	if (!actor->secret || record_type_signer(type) != SIGNED_BY_SESSION)
		return err_set(ERR_USAGE, "a session key signs no %s", record_type_word(type));
	int r = record_attach(payload, attachments, count);
	if (r == 0)
		r = begin(ledger);
	if (r == 0) {
		begin_record(ledger, actor, type, payload, &entry.record);
		r = ledger_frontier(ledger->db, &frontier);
		if (r == 0)
			r = make_session_entry(&entry, actor, &frontier, &record, &signature);
		if (r == 0)
			r = append_entry(ledger, &entry, &frontier, attachments, count);
		r = finish(ledger, r, &entry, out);
	}
	buf_release(&record);
	buf_release(&signature);
	return r;
}

int
ledger_append_session(struct ledger *ledger, const struct actor *actor, enum record_type type,
    json_t *payload, struct appended *out)
{
	return ledger_append_session_with(ledger, actor, type, payload, NULL, 0, out);
}

int
ledger_hold(struct ledger *ledger)
{
	int r = db_begin(ledger->db);

	ledger->held = r == 0;
	return r;
}

int
ledger_settle(struct ledger *ledger, int result)
{
	ledger->held = false;
	if (result == 0)
		return db_commit(ledger->db);
	db_rollback(ledger->db);
	return result;
}

uint64_t
ledger_last(const struct ledger *ledger)
{
	return ledger->last;
}
