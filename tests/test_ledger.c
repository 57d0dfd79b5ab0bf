#include "tests/unit.h"

#include "annotations/proof.h"
#include "base/merkle.h"
#include "tests/ledger_fixture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void
records_come_back_in_order(void **state)
{
	struct fixture f;
	struct appended out;
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry;
	struct head head;
	uint64_t index;

	(void)state;
	fixture_make(&f, NULL);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_true(head.size == 1);
	fixture_session(&f);
	for (unsigned i = 0; i < 40; i++) {
		assert_int_equal(fixture_page(&f, i * 256 + 1, &out), 0);
		assert_true(out.index == 2 + i);
	}
	fixture_reopen(&f, DB_WRITE);
	assert_int_equal(ledger_get(f.ledger, 41, &leaf, &entry), 0);
	assert_int_equal(entry.record.type, RECORD_PAGE);
	assert_true(entry.record.tree_size == 41);
	assert_int_equal(entry_check(&entry), 0);
	assert_memory_equal(entry.hash, out.hash, SHA256_LEN);
	assert_memory_equal(entry.record.room, ledger_room(f.ledger), RECORD_ROOM_LEN);
	assert_int_equal(ledger_find(f.ledger, out.hash, &index), 0);
	assert_true(index == 41);
	record_release(&entry.record);
	buf_clear(&leaf);
	assert_int_equal(ledger_get(f.ledger, 42, &leaf, &entry), ERR_ABSENT);
	buf_release(&leaf);
	fixture_release(&f);
}

struct tally {
	struct frontier frontier;
	uint64_t next;
	struct ledger *ledger;
};

/* Leaves hashed anew give every head that the records and the node table speak of. */
static int
tally(void *ctx, const struct entry *entry)
{
	struct tally *t = ctx;
	struct buf leaf = BUF(LEAF_MAX);
	uint8_t hash[SHA256_LEN], root[SHA256_LEN];
	struct head head;

	assert_true(entry->index == t->next++);
	frontier_root(&t->frontier, root);
	assert_true(entry->record.tree_size == t->frontier.size);
	assert_memory_equal(entry->record.tree_root, root, SHA256_LEN);
	assert_int_equal(ledger_head_at(t->ledger, entry->index, &head), 0);
	assert_memory_equal(head.root, root, SHA256_LEN);
	assert_int_equal(leaf_build(entry->bytes, entry->signature, &leaf), 0);
	merkle_leaf(leaf.data, leaf.len, hash);
	frontier_add(&t->frontier, hash);
	buf_release(&leaf);
	return 0;
}

static void
the_tree_is_that_of_rfc_6962(void **state)
{
	struct fixture f;
	struct tally t = { .next = 0 };
	struct head head;
	uint8_t root[SHA256_LEN];

	(void)state;
	fixture_make(&f, NULL);
	fixture_session(&f);
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(fixture_page(&f, i + 1, NULL), 0);
	t.ledger = f.ledger;
	assert_int_equal(ledger_each(f.ledger, 0, 0, tally, &t), 0);
	assert_true(t.next == 302);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	frontier_root(&t.frontier, root);
	assert_memory_equal(head.root, root, SHA256_LEN);
	assert_int_equal(ledger_head_at(f.ledger, 303, &head), ERR_ABSENT);
	fixture_release(&f);
}

static void
what_does_not_hold_is_refused(void **state)
{
	struct fixture f, other;
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	struct head before, after;
	json_t *payload = payload_of("{\"text\":\"\"}");

	(void)state;
	fixture_make(&f, NULL);
	fixture_make(&other, NULL);
	fixture_session(&f);
	fixture_session(&other);
	assert_int_equal(ledger_head(f.ledger, &before), 0);

	/* of another room */
	assert_int_equal(ledger_draft(other.ledger, &f.actor, RECORD_POLICY, payload, &record), 0);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature), 0);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_REFUSED);

	/* by another key than it says */
	buf_clear(&record);
	buf_clear(&signature);
	assert_int_equal(ledger_draft(f.ledger, &f.actor, RECORD_POLICY, payload, &record), 0);
	assert_int_equal(sshsig_make(f.session, NS_RECORD, buf_view(&record), &signature), 0);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_ABSENT);

	/* in another namespace */
	buf_clear(&signature);
	assert_int_equal(sshsig_make(f.host, NS_REPORT, buf_view(&record), &signature), 0);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_ABSENT);

	/* one byte of it changed */
	buf_clear(&signature);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature), 0);
	char *digit = strstr((char *)record.data, "boot ") + 45;
	*digit ^= 1;
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_ABSENT);
	*digit ^= 1;

	/* over a head that never was */
	digit = strstr((char *)record.data, "\ntree ") + 10;
	*digit = *digit == '0' ? '1' : '0';
	buf_clear(&signature);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature), 0);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_REFUSED);

	assert_int_equal(ledger_head(f.ledger, &after), 0);
	assert_true(before.size == after.size);
	assert_int_equal(fixture_say(&f, RECORD_POLICY, "{\"text\":\"a b\"}", NULL), 0);
	json_decref(payload);
	buf_release(&record);
	buf_release(&signature);
	fixture_release(&f);
	fixture_release(&other);
}

static void
a_record_is_taken_once(void **state)
{
	struct fixture f;
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	json_t *payload = payload_of("{\"text\":\"x\"}");

	(void)state;
	fixture_make(&f, NULL);
	fixture_session(&f);
	assert_int_equal(ledger_draft(f.ledger, &f.actor, RECORD_POLICY, payload, &record), 0);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature), 0);
	/* signed slowly: others were faster, and it still counts */
	assert_int_equal(fixture_page(&f, 1, NULL), 0);
	assert_int_equal(ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), 0);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_REFUSED);
	assert_non_null(strstr(err_text(), "already"));
	json_decref(payload);
	buf_release(&record);
	buf_release(&signature);
	fixture_release(&f);
}

static void
a_closed_session_signs_nothing(void **state)
{
	struct fixture f;
	struct actor old;
	json_t *close_payload = payload_of("{\"pages\":1,\"searches\":0,\"lists\":0,\"diffs\":0,\"lines\":3,"
					   "\"bytes\":40,\"said\":0,\"why\":\"left\"}");

	(void)state;
	fixture_make(&f, NULL);
	assert_int_equal(fixture_page(&f, 1, NULL), ERR_USAGE);
	fixture_session(&f);
	assert_int_equal(fixture_page(&f, 1, NULL), 0);
	assert_int_equal(ledger_append_session(f.ledger, &f.actor, RECORD_CLOSE, close_payload, NULL), 0);
	assert_int_equal(fixture_page(&f, 2, NULL), ERR_REFUSED);
	assert_int_equal(fixture_say(&f, RECORD_POLICY, "{\"text\":\"x\"}", NULL), ERR_REFUSED);
	old = f.actor;
	memcpy(old.actor, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", FINGERPRINT_LEN);
	fixture_session(&f);
	assert_int_equal(fixture_page(&f, 2, NULL), 0);
	/* another person under this session's key */
	memcpy(f.actor.actor, old.actor, FINGERPRINT_LEN);
	assert_int_equal(fixture_page(&f, 3, NULL), ERR_REFUSED);
	json_decref(close_payload);
	fixture_release(&f);
}

static void
attachments_come_back(void **state)
{
	struct fixture f;
	struct appended out;
	struct buf big = BUF((size_t)8 << 20), back = BUF((size_t)8 << 20), leaf = BUF(LEAF_MAX);
	struct entry entry;
	struct attached named;
	json_t *payload = payload_of(
	    "{\"program\":\"" HASH_A "\",\"attempts\":2,\"denied\":2,\"not_possible\":0,\"worked\":0}");

	(void)state;
	fixture_make(&f, NULL);
	fixture_session(&f);
	for (unsigned i = 0; i < 700000; i++)
		assert_int_equal(buf_printf(&big, "%u", i), 0);
	struct attachment two[2] = { { STR("table"), buf_view(&big) }, { STR("empty"), STR("") } };
	assert_int_equal(
	    ledger_append_session_with(f.ledger, &f.actor, RECORD_SELFTEST, payload, two, 2, &out), 0);
	assert_int_equal(ledger_get(f.ledger, out.index, &leaf, &entry), 0);
	assert_int_equal(record_attached_count(entry.record.payload), 2);
	record_attached(entry.record.payload, 0, &named);
	assert_true(str_is(named.name, "table") && named.size == big.len);
	assert_int_equal(ledger_attachment(f.ledger, named.sha256, &back), 0);
	assert_true(str_eq(buf_view(&big), buf_view(&back)));
	record_attached(entry.record.payload, 1, &named);
	buf_clear(&back);
	assert_int_equal(ledger_attachment(f.ledger, named.sha256, &back), 0);
	assert_int_equal(back.len, 0);
	named.sha256[0] ^= 1;
	assert_int_equal(ledger_attachment(f.ledger, named.sha256, &back), ERR_ABSENT);
	record_release(&entry.record);

	/* other bytes than the record names */
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	json_t *policy = payload_of("{\"text\":\"x\"}");
	assert_int_equal(record_attach(policy, two, 1), 0);
	assert_int_equal(ledger_draft(f.ledger, &f.actor, RECORD_POLICY, policy, &record), 0);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature), 0);
	big.data[7] ^= 1;
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), two, 1, NULL), ERR_REFUSED);
	assert_int_equal(
	    ledger_append(f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL), ERR_REFUSED);
	big.data[7] ^= 1;
	assert_int_equal(ledger_append(f.ledger, buf_view(&record), buf_view(&signature), two, 1, NULL), 0);
	json_decref(policy);
	json_decref(payload);
	buf_release(&record);
	buf_release(&signature);
	buf_release(&big);
	buf_release(&back);
	buf_release(&leaf);
	fixture_release(&f);
}

static int
judge_no_notes(void *ctx, struct db *db, const struct entry *entry)
{
	uint64_t people;

	(void)ctx;
	/* the signer is known by now, and the projections can be asked */
	assert_int_equal(entry_check((struct entry *)(uintptr_t)entry), 0);
	assert_int_equal(db_number(db, "SELECT count(*) FROM position", &people, ""), 0);
	assert_true(people == entry->index);
	return entry->record.type == RECORD_NOTE ? err_set(ERR_REFUSED, "no notes here") : 0;
}

static int
project_pages(void *ctx, struct db *db, const struct entry *entry)
{
	(void)ctx;
	return db_run(db, "INSERT INTO policy (idx, text) VALUES (?1, ?2)", "nt", entry->index,
	    str_from(record_type_word(entry->record.type)));
}

static void
hooks_judge_and_project_in_the_transaction(void **state)
{
	static const struct ledger_hooks hooks = { judge_no_notes, project_pages, NULL };
	struct fixture f;
	uint64_t rows;
	json_t *note = payload_of("{\"what\":\"clock\",\"why\":\"it stepped\"}");

	(void)state;
	fixture_make(&f, &hooks);
	fixture_session(&f);
	assert_int_equal(ledger_append_session(f.ledger, &f.actor, RECORD_NOTE, note, NULL), ERR_REFUSED);
	assert_string_equal(err_text(), "no notes here");
	assert_int_equal(fixture_page(&f, 1, NULL), 0);
	assert_int_equal(db_number(ledger_db(f.ledger), "SELECT count(*) FROM policy", &rows, ""), 0);
	assert_true(rows == 3);
	json_decref(note);
	fixture_release(&f);
}

static void
a_room_is_made_once(void **state)
{
	struct fixture f;
	struct genesis genesis = { .product = STR("p"), .host = STR("h"), .practice = false };
	struct buf signature = BUF(SSHSIG_MAX);
	struct ledger *none = NULL;
	struct scratch empty;

	(void)state;
	fixture_make(&f, NULL);
	genesis.key = secret_public(f.host);
	record_boot(genesis.boot);
	assert_int_equal(genesis_draft(&genesis), 0);
	assert_int_equal(sshsig_make(f.host, NS_RECORD, buf_view(&genesis.record), &signature), 0);
	assert_int_equal(ledger_create(f.scratch.dir, &genesis, buf_view(&signature), NULL), ERR_REFUSED);
	/* a bad signature leaves nothing behind */
	scratch_make(&empty);
	signature.data[signature.len - 1] ^= 1;
	assert_int_equal(ledger_create(empty.dir, &genesis, buf_view(&signature), NULL), ERR_ABSENT);
	assert_int_equal(scratch_run(&empty, "test -z \"$(ls -A)\""), 0);
	assert_int_equal(ledger_open(empty.dir, DB_WRITE, NULL, &none), ERR_ABSENT);
	assert_int_equal(scratch_run(&f.scratch, "test \"$(stat -c %%a room.key room.db | uniq)\" = 600"), 0);
	scratch_remove(&empty);
	genesis_release(&genesis);
	buf_release(&signature);
	fixture_release(&f);
}

/* Several processes append to one room: every record is there, none lost, none out of place. */
static void
many_keepers_share_a_room(void **state)
{
	enum { KEEPERS = 8, EACH = 25 };
	struct fixture f;
	int status;

	(void)state;
	fixture_make(&f, NULL);
	ledger_close(f.ledger);
	f.ledger = NULL;
	for (int k = 0; k < KEEPERS; k++) {
		if (fork() > 0)
			continue;
		fixture_reopen(&f, DB_WRITE);
		fixture_session(&f);
		for (unsigned i = 0; i < EACH; i++) {
			if (fixture_page(&f, i + 1, NULL) < 0)
				_exit(1);
		}
		ledger_close(f.ledger);
		_exit(0);
	}
	for (int k = 0; k < KEEPERS; k++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	fixture_reopen(&f, DB_READ);
	struct head head;
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_true(head.size == 1 + KEEPERS * (1 + EACH));
	fixture_release(&f);
}

static void
reading_leaves_no_trace(void **state)
{
	struct fixture f;
	struct head head;

	(void)state;
	fixture_make(&f, NULL);
	fixture_session(&f);
	ledger_close(f.ledger);
	f.ledger = NULL;
	assert_int_equal(scratch_run(&f.scratch, "sha256sum room.db >sum"), 0);
	fixture_reopen(&f, DB_READ);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_int_equal(fixture_page(&f, 1, NULL), ERR_REFUSED);
	assert_int_equal(
	    scratch_run(&f.scratch, "test ! -e room.db-wal -a ! -e room.db-shm && sha256sum -c --quiet sum"),
	    0);

	/* a writer comes: the reader sees what it wrote */
	struct fixture writer = f;
	writer.ledger = NULL;
	fixture_reopen(&writer, DB_WRITE);
	assert_int_equal(fixture_page(&writer, 1, NULL), 0);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_true(head.size == 3);
	ledger_close(writer.ledger);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_true(head.size == 3);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(records_come_back_in_order),
	cmocka_unit_test(the_tree_is_that_of_rfc_6962),
	cmocka_unit_test(what_does_not_hold_is_refused),
	cmocka_unit_test(a_record_is_taken_once),
	cmocka_unit_test(a_closed_session_signs_nothing),
	cmocka_unit_test(attachments_come_back),
	cmocka_unit_test(hooks_judge_and_project_in_the_transaction),
	cmocka_unit_test(a_room_is_made_once),
	cmocka_unit_test(many_keepers_share_a_room),
	cmocka_unit_test(reading_leaves_no_trace),
};

UNIT(tests)
