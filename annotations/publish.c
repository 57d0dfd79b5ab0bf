#include "annotations/saying.h"

#include "annotations/model.h"
#include "base/fs.h"

#define NAME_MAX_OUT 64 /* as carrel-record(5) has it */
#define SIGNATURE_ENDING ".sig"

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
	if (str_ends(name, STR(SIGNATURE_ENDING)))
		return err_set(
		    ERR_USAGE, "publish: names that end in " SIGNATURE_ENDING " are those of signatures");
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

int
publish_write(struct keeper *keeper, struct saying *say)
{
	struct buf name = BUF(256), armour = BUF(SSHSIG_ARMOUR_MAX);
	int outbox = keeper->session->outbox;

	int r = buf_str(&name, json_str(say->words, "name"));
	if (r == 0)
		r = compare(keeper, (const char *)name.data, buf_view(&say->data));
	if (r == 0)
		r = fs_write(outbox, (const char *)name.data, buf_view(&say->data), 0600, FS_NEW);
	if (r >= 0)
		r = buf_text(&name, SIGNATURE_ENDING);
	if (r == 0)
		r = sshsig_armour(buf_view(&say->signature), &armour);
	if (r == 0)
		r = fs_write(outbox, (const char *)name.data, buf_view(&armour), 0600, FS_REPLACE);
	buf_release(&name);
	buf_release(&armour);
	return r;
}
