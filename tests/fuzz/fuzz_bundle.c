/*
 * First byte 'f': a whole bundle.  Else a body, behind a statement that names it and is signed; its first byte gives
 * the number of entries.
 */
#include "tests/fuzz/fuzz.h"

#include "annotations/bundle.h"

static const uint8_t seed[SEED_LEN] = { 7 };
static const uint8_t room[RECORD_ROOM_LEN] = { 1 };

static void
as_file(struct str file)
{
	const struct bundle_options options = { 0 };
	struct bundle_summary summary;

	if (bundle_check(file, &options, &summary) < 0)
		return;
	/* of a whole one every byte counts */
	assert(bundle_check((struct str){ file.data, file.len - 1 }, &options, &summary) < 0);
	bundle_summary_release(&summary);
}

static void
as_body(struct str body)
{
	struct buf file = BUF(BUNDLE_MAX), note = BUF(CHECKPOINT_MAX), blob = BUF(SSHSIG_MAX);
	struct bundle_statement statement = { .size = body.len };
	struct head head = { .size = 300 };
	struct secret *key;

	statement.entries = 1 + ((uint8_t)body.data[0] & 3);
	sha256(body.data, body.len, statement.sha256);
	int r = secret_from_seed(seed, &key);
	assert(r == 0);
	r = checkpoint_make(key, room, &head, &note);
	if (r == 0)
		r = bundle_text(&statement, buf_view(&note), &file);
	if (r == 0)
		r = sshsig_make(key, NS_BUNDLE, buf_view(&file), &blob);
	if (r == 0)
		r = sshsig_armour(buf_view(&blob), &file);
	if (r == 0)
		r = buf_str(&file, body);
	assert(r == 0);
	as_file(buf_view(&file));
	secret_free(key);
	buf_release(&file);
	buf_release(&note);
	buf_release(&blob);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct str in = { (const char *)data + 1, size - 1 };
	if (data[0] == 'f')
		as_file(in);
	else
		as_body(in);
	return 0;
}
