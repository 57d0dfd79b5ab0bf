#include "tests/unit.h"

#include "annotations/bundle.h"
#include "annotations/keyfile.h"
#include "annotations/projection.h"
#include "base/fs.h"
#include "tests/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static struct secret *
room_key(const struct fixture *f)
{
	struct buf file = BUF(KEYFILE_MAX);
	struct secret *key;

	assert_int_equal(fs_read(f->scratch.dir, "room.key", &file), 0);
	assert_int_equal(keyfile_open_bare(buf_view(&file), &key), 0);
	buf_release(&file);
	return key;
}

/* The statement over a body, signed, and the body behind it. */
static void
wrap(const struct fixture *f, struct bundle_statement *statement, const struct head *head, struct str body,
    struct buf *out)
{
	struct buf note = BUF(CHECKPOINT_MAX), blob = BUF(SSHSIG_MAX);
	struct secret *key = room_key(f);

	statement->size = body.len;
	sha256(body.data, body.len, statement->sha256);
	assert_int_equal(checkpoint_make(key, ledger_room(f->ledger), head, &note), 0);
	assert_int_equal(bundle_text(statement, buf_view(&note), out), 0);
	assert_int_equal(sshsig_make(f->host, NS_BUNDLE, buf_view(out), &blob), 0);
	assert_int_equal(sshsig_armour(buf_view(&blob), out), 0);
	assert_int_equal(buf_str(out, body), 0);
	secret_free(key);
	buf_release(&note);
	buf_release(&blob);
}

/* A room with pages, an attachment among them; a bundle of records first..last of it. */
static void
make_bundle(struct fixture *f, struct bundle_statement *statement, struct buf *body, struct buf *file)
{
	static const struct attachment table = { { "table", 5 }, { "attached bytes", 14 } };
	json_t *selftest = payload_of(
	    "{\"program\":\"" HASH_A "\",\"attempts\":2,\"denied\":2,\"not_possible\":0,\"worked\":0}");
	struct head head;

	fixture_make(f, &projection_hooks);
	fixture_session(f);
	for (unsigned i = 1; i <= 9; i++)
		assert_int_equal(fixture_page(f, i, NULL), 0);
	assert_int_equal(
	    ledger_append_session_with(f->ledger, &f->actor, RECORD_SELFTEST, selftest, &table, 1, NULL), 0);
	for (unsigned i = 1; i <= 10; i++)
		assert_int_equal(fixture_page(f, i, NULL), 0);
	json_decref(selftest);
	assert_int_equal(ledger_head(f->ledger, &head), 0);
	*statement = (struct bundle_statement){ .first = 10, .last = 12 };
	assert_int_equal(bundle_body(f->ledger, head.size, statement, body), 0);
	wrap(f, statement, &head, buf_view(body), file);
}

struct seen {
	unsigned records;
	bool attaches;
};

static int
see(void *ctx, const struct entry *entry, struct str name, struct str role)
{
	struct seen *seen = ctx;

	assert_true(str_is(name, "hans") && str_is(role, "host"));
	seen->records++;
	seen->attaches = seen->attaches || record_attached_count(entry->record.payload) > 0;
	return 0;
}

static int
look(struct str file, const struct bundle_options *options)
{
	struct bundle_summary summary;

	int r = bundle_check(file, options, &summary);
	if (r == 0)
		bundle_summary_release(&summary);
	return r;
}

static void
a_bundle_is_judged_by_itself(void **state)
{
	struct bundle_statement statement;
	struct buf body = BUF(BUNDLE_MAX), file = BUF(BUNDLE_MAX);
	struct bundle_summary summary;
	struct seen seen = { 0 };
	struct fixture f;
	struct head head;

	(void)state;
	make_bundle(&f, &statement, &body, &file);
	struct bundle_options options = {
		.host = secret_public(f.host), .ledger = f.ledger, .record = see, .ctx = &seen
	};
	if (bundle_check(buf_view(&file), &options, &summary) < 0)
		fail_msg("%s", err_text());
	assert_true(summary.statement.first == 10 && summary.statement.last == 12);
	assert_true(seen.records == 5 && seen.attaches && summary.attachments == 1 && summary.compared);
	assert_true(str_is(buf_view(&summary.signer), "hans"));
	bundle_summary_release(&summary);
	/* another host's key; slips that fit, contradict, say nothing */
	options.host = secret_public(f.session);
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	options = (struct bundle_options){ .slips = &head, .slip_count = 1 };
	assert_int_equal(look(buf_view(&file), &options), 0);
	head.root[31] ^= 1;
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "two histories"));
	head.size--;
	assert_int_equal(look(buf_view(&file), &options), ERR_USAGE);
	buf_release(&body);
	buf_release(&file);
	fixture_release(&f);
}

static void
no_bit_of_it_may_be_another(void **state)
{
	struct bundle_statement statement;
	struct buf body = BUF(BUNDLE_MAX), file = BUF(BUNDLE_MAX);
	const struct bundle_options options = { 0 };
	struct fixture f;

	(void)state;
	make_bundle(&f, &statement, &body, &file);
	for (size_t bit = 0; bit < file.len * 8; bit++) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (look(buf_view(&file), &options) != ERR_FORMAT)
			fail_msg("bit %zu: %s", bit, err_text());
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < file.len; len++)
		assert_int_equal(look((struct str){ (const char *)file.data, len }, &options), ERR_FORMAT);
	assert_int_equal(buf_byte(&file, 0), 0);
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	print_message("%zu bits of a bundle, %zu cuts\n", (file.len - 1) * 8, file.len - 1);
	buf_release(&body);
	buf_release(&file);
	fixture_release(&f);
}

/* A bit of the body flipped, and signed for as it is then: the tree, the records and the attachments hold it. */
static void
nor_may_one_that_is_signed_for(void **state)
{
	const char *all = getenv("CARREL_BITS");
	size_t step = all ? 1 : 29;
	struct bundle_statement statement;
	struct buf body = BUF(BUNDLE_MAX), file = BUF(BUNDLE_MAX);
	const struct bundle_options options = { 0 };
	struct fixture f;
	struct head head;

	(void)state;
	make_bundle(&f, &statement, &body, &file);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	for (size_t bit = 0; bit < body.len * 8; bit += step) {
		body.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		buf_clear(&file);
		wrap(&f, &statement, &head, buf_view(&body), &file);
		if (look(buf_view(&file), &options) != ERR_FORMAT)
			fail_msg("bit %zu: %s", bit, err_text());
		body.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	print_message("%zu bits of a body\n", body.len * 8 / step);
	buf_release(&body);
	buf_release(&file);
	fixture_release(&f);
}

/* Signed by somebody whom the roster does not know; over a head of another history; less than what was asked for. */
static void
what_is_signed_for_must_be_so(void **state)
{
	struct bundle_statement statement;
	struct buf body = BUF(BUNDLE_MAX), file = BUF(BUNDLE_MAX);
	const struct bundle_options options = { 0 };
	struct secret *host;
	struct fixture f;
	struct head head;

	(void)state;
	make_bundle(&f, &statement, &body, &file);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	host = f.host;
	f.host = f.session;
	buf_clear(&file);
	wrap(&f, &statement, &head, buf_view(&body), &file);
	f.host = host;
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "not enrolled"));
	statement.last = 13;
	buf_clear(&file);
	wrap(&f, &statement, &head, buf_view(&body), &file);
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "lacks"));
	statement.last = 12;
	head.root[0] ^= 1;
	buf_clear(&file);
	wrap(&f, &statement, &head, buf_view(&body), &file);
	assert_int_equal(look(buf_view(&file), &options), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "not those of its checkpoint"));
	buf_release(&body);
	buf_release(&file);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_bundle_is_judged_by_itself),
	cmocka_unit_test(no_bit_of_it_may_be_another),
	cmocka_unit_test(nor_may_one_that_is_signed_for),
	cmocka_unit_test(what_is_signed_for_must_be_so),
};

UNIT(tests)
