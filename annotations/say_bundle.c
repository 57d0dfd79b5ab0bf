/* A bundle on its way into outbox/: its statement is signed, then the request that records it. */
#include "annotations/bundle.h"
#include "annotations/issue.h"
#include "annotations/saying.h"
#include "base/fs.h"

int
say_bundle_first(struct keeper *keeper, struct saying *say)
{
	struct bundle_statement statement = { .first = json_num(say->words, "first"),
		.last = json_num(say->words, "last") };
	struct buf path = BUF(256), note = BUF(CHECKPOINT_MAX);
	struct head head;

	int r = export_place(keeper, say, &path);
	if (r == 0)
		r = ledger_head(keeper->session->ledger, &head);
	if (r == 0)
		r = issue_note(keeper->session, &head, &note);
	if (r == 0)
		r = bundle_body(keeper->session->ledger, head.size, &statement, &say->data);
	if (r == 0)
		r = bundle_text(&statement, buf_view(&note), &say->draft);
	if (r == 0)
		r = buf_str(&say->order, buf_view(&say->draft));
	buf_release(&path);
	buf_release(&note);
	return r;
}

int
say_bundle_sign(struct keeper *keeper, struct saying *say)
{
	struct buf blob = BUF(SSHSIG_MAX);

	int r = session_sign(keeper->session, NS_BUNDLE, buf_view(&say->order), &blob);
	if (r == 0)
		r = sshsig_armour(buf_view(&blob), &say->signature);
	buf_release(&blob);
	return r;
}

int
say_bundle_make(struct keeper *keeper, struct saying *say)
{
	struct buf path = BUF(256), file = BUF(BUNDLE_MAX + BUNDLE_STATEMENT_MAX + SSHSIG_ARMOUR_MAX);
	uint8_t digest[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	int r = export_place(keeper, say, &path);
	if (r == 0)
		r = buf_str(&file, buf_view(&say->order));
	if (r == 0)
		r = buf_str(&file, buf_view(&say->signature));
	if (r == 0)
		r = buf_str(&file, buf_view(&say->data));
	sha256(file.data, file.len, digest);
	hex_from(digest, sizeof digest, hex);
	if (r == 0)
		r = json_set_str(say->payload, "what", STR("bundle"));
	if (r == 0)
		r = json_set_str(say->payload, "name", json_str(say->words, "name"));
	if (r == 0)
		r = json_set_num(say->payload, "size", file.len);
	if (r == 0)
		r = json_set_str(say->payload, "sha256", str_from(hex));
	if (r == 0)
		r = fs_write(
		    keeper->session->outbox, (const char *)path.data, buf_view(&file), 0600, FS_REPLACE);
	buf_release(&path);
	buf_release(&file);
	return r;
}
