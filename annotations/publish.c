#include "annotations/saying.h"

#include "annotations/issue.h"
#include "annotations/model.h"
#include "base/fs.h"

#define NAME_MAX_OUT 64 /* as carrel-record(5) has it */
#define SIGNATURE_ENDING ".sig"
#define PROOF_ENDING ".tlog-proof"

static int
check_name(struct str name)
{
	if (name.len == 0 || name.len > NAME_MAX_OUT || name.data[0] == '.')
		return err_set(ERR_USAGE, "publish: '%.*s' is no name for a file in outbox/", STR_ARG(name));
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (c == 0 || !strchr("._+-", c)))
			return err_set(ERR_USAGE, "publish: a name has letters, digits and . _ + - alone");
	}
	if (str_ends(name, STR(SIGNATURE_ENDING)) || str_ends(name, STR(PROOF_ENDING)))
		return err_set(ERR_USAGE,
		    "publish: names that end in " SIGNATURE_ENDING " or " PROOF_ENDING
		    " are those of signatures and proofs");
	return 0;
}

int
publish_check(struct keeper *keeper, struct saying *say)
{
	if (keeper->session->outbox < 0)
		return err_set(ERR_SYSTEM, "publish: the room has no outbox/");
	return check_name(json_str(say->words, "name"));
}

/* 0 if there is no such file, 1 if it holds these very bytes, else ERR_REFUSED. */
static int
compare(const struct keeper *keeper, const char *name, struct str bytes)
{
	struct buf there = BUF(SAID_MAX);

	int r = fs_read(keeper->session->outbox, name, &there);
	if (r == ERR_ABSENT)
		r = 0;
	else if (r == 0)
		r = str_eq(buf_view(&there), bytes)
		    ? 1
		    : err_set(ERR_REFUSED, "publish: outbox/%s is there already, with other content", name);
	buf_release(&there);
	return r;
}

static int
set_digest(json_t *payload, const char *key, const void *data, size_t len)
{
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	sha256(data, len, hash);
	hex_from(hash, sizeof hash, hex);
	return json_set_str(payload, key, str_from(hex));
}

/* "at" and "record": the position, and the hash, of the last record that the report speaks of. */
static int
set_position(struct ledger *ledger, struct saying *say)
{
	struct buf leaf = BUF(LEAF_MAX);
	char hex[HEX_LEN(SHA256_LEN)];
	struct entry entry = { 0 };
	uint64_t at;

	int r = model_position(ledger, json_object_get(say->words, "at"), &at);
	if (r == 0)
		r = ledger_get(ledger, at, &leaf, &entry);
	if (r == 0) {
		hex_from(entry.hash, sizeof entry.hash, hex);
		r = json_set_num(say->payload, "at", at);
		if (r == 0)
			r = json_set_str(say->payload, "record", str_from(hex));
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

/* Policy may want people of some roles to have cosigned what the report speaks of. */
static int
check_cosigned(struct keeper *keeper, uint64_t at)
{
	static const struct {
		enum policy_key key;
		enum role role;
	} wanted[] = { { POLICY_COSIGNED_INSPECTOR, ROLE_INSPECTOR }, { POLICY_COSIGNED_AUDITOR, ROLE_AUDITOR },
		{ POLICY_COSIGNED_VENDOR, ROLE_VENDOR } };

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *role = role_word(wanted[i].role);
		uint64_t found;
		if (!keeper->session->policy.allows[wanted[i].key])
			continue;
		int r = db_number(ledger_db(keeper->session->ledger),
		    "SELECT count(*) FROM cosign JOIN person USING (print) WHERE cosign.size > ?1 AND person.role "
		    "= ?2",
		    &found, "nt", at, str_from(role));
		if (r < 0)
			return r;
		if (found == 0)
			return err_set(ERR_REFUSED,
			    "publish: this room's policy wants a checkpoint that holds record %llu cosigned by one of "
			    "role %s: 'carrel checkpoint >c', then 'carrel cosign c' by them",
			    (unsigned long long)at, role);
	}
	return 0;
}

int
publish_make(struct keeper *keeper, struct saying *say)
{
	struct str name = json_str(say->words, "name");
	char path[NAME_MAX_OUT + 1];

	memcpy(path, name.data, name.len);
	path[name.len] = 0;
	int r = compare(keeper, path, buf_view(&say->data));
	if (r >= 0)
		r = set_position(keeper->session->ledger, say);
	if (r == 0)
		r = check_cosigned(keeper, json_num(say->payload, "at"));
	if (r == 0)
		r = json_set_str(say->payload, "release", json_str(say->words, "release"));
	if (r == 0)
		r = json_set_str(say->payload, "format", json_str(say->words, "format"));
	if (r == 0)
		r = json_set_str(say->payload, "name", name);
	if (r == 0)
		r = json_set_num(say->payload, "size", say->data.len);
	if (r == 0)
		r = set_digest(say->payload, "sha256", say->data.data, say->data.len);
	if (r == 0)
		r = json_set_str(say->payload, "program", json_str(keeper->session->open, "program"));
	return r;
}

int
publish_sign(struct keeper *keeper, struct saying *say)
{
	return session_sign(keeper->session, NS_REPORT, buf_view(&say->data), &say->signature);
}

/* Beside a file in outbox/, as NAME and its ending. */
static int
write_beside(const struct keeper *keeper, struct str name, const char *ending, struct str bytes)
{
	struct buf path = BUF(256);

	int r = buf_str(&path, name);
	if (r == 0)
		r = buf_text(&path, ending);
	if (r == 0)
		r = fs_write(keeper->session->outbox, (const char *)path.data, bytes, 0600, FS_REPLACE);
	buf_release(&path);
	return r;
}

/* A checkpoint over the record of what leaves, and the proof that it stands there. */
static int
write_proof(struct keeper *keeper, struct str name)
{
	struct session *session = keeper->session;
	struct buf note = BUF(CHECKPOINT_MAX), text = BUF(PROOF_TEXT_MAX);
	uint64_t index = ledger_last(session->ledger);
	struct proof proof;
	struct head head;

	int r = issue_checkpoint(session, "export");
	if (r == 0)
		r = ledger_head(session->ledger, &head);
	if (r == 0)
		r = issue_note(session, &head, &note);
	if (r == 0)
		r = proof_inclusion(ledger_node, session->ledger, index, head.size, &proof);
	if (r == 0)
		r = proof_inclusion_text(&proof, index, buf_view(&note), &text);
	if (r == 0)
		r = write_beside(keeper, name, PROOF_ENDING, buf_view(&text));
	buf_release(&note);
	buf_release(&text);
	return r;
}

int
publish_write(struct keeper *keeper, struct saying *say)
{
	struct buf path = BUF(256), armour = BUF(SSHSIG_ARMOUR_MAX);
	struct str name = json_str(say->words, "name");

	int r = buf_str(&path, name);
	if (r == 0)
		r = compare(keeper, (const char *)path.data, buf_view(&say->data));
	if (r == 0)
		r = fs_write(
		    keeper->session->outbox, (const char *)path.data, buf_view(&say->data), 0600, FS_NEW);
	if (r >= 0)
		r = sshsig_armour(buf_view(&say->signature), &armour);
	if (r == 0)
		r = write_beside(keeper, name, SIGNATURE_ENDING, buf_view(&armour));
	if (r == 0)
		r = write_proof(keeper, name);
	buf_release(&path);
	buf_release(&armour);
	return r;
}
