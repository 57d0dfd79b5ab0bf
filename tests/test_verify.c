#include "tests/unit.h"

#include "annotations/ledger_private.h"
#include "annotations/verify.h"
#include "base/fs.h"
#include "tests/ledger_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct outcome {
	unsigned failed; /* bits of enum verify_check */
	unsigned told;
	uint64_t progress;
	char why[VERIFY_CHECK_COUNT][512];
};

static int
on_result(void *ctx, enum verify_check check, bool ok, const char *detail)
{
	struct outcome *outcome = ctx;

	outcome->failed |= ok ? 0 : 1u << check;
	outcome->told++;
	snprintf(outcome->why[check], sizeof outcome->why[check], "%s", detail);
	return 0;
}

static int
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct outcome *outcome = ctx;

	assert_true(done <= total && done >= outcome->progress);
	outcome->progress = done;
	return 0;
}

/* Verifies the fixture's room as it is on disk; bits of the checks that fail, or ~0u if it cannot even be read. */
static unsigned
verify(struct fixture *f, struct outcome *outcome)
{
	struct verify_options options = {
		.hooks = f->hooks, .progress = on_progress, .result = on_result, .ctx = outcome
	};
	struct verify_summary summary;

	*outcome = (struct outcome){ 0 };
	ledger_close(f->ledger);
	f->ledger = NULL;
	if (ledger_open(f->scratch.dir, DB_READ, f->hooks, &f->ledger) < 0)
		return ~0u;
	if (verify_run(f->ledger, &options, &summary) < 0)
		return ~0u;
	assert_int_equal(outcome->told, VERIFY_CHECK_COUNT);
	assert_int_equal(summary.failures, __builtin_popcount(outcome->failed));
	return outcome->failed;
}

static json_t *
close_of_a_session(void)
{
	return payload_of(
	    "{\"pages\":1,\"searches\":0,\"lists\":0,\"diffs\":0,\"lines\":3,\"bytes\":40,\"said\":0}");
}

/* A room with pages, a policy, an attachment, a closed session and an open one. */
static void
make_room(struct fixture *f, unsigned pages)
{
	static const struct attachment table = { { "table", 5 }, { "attached bytes", 14 } };
	json_t *selftest = payload_of(
	    "{\"program\":\"" HASH_A "\",\"attempts\":2,\"denied\":2,\"not_possible\":0,\"worked\":0}");
	json_t *end = close_of_a_session();

	fixture_make(f, NULL);
	fixture_session(f);
	for (unsigned i = 0; i < pages; i++)
		assert_int_equal(fixture_page(f, i + 1, NULL), 0);
	assert_int_equal(fixture_say(f, RECORD_POLICY, "{\"text\":\"be good\\n\"}", NULL), 0);
	assert_int_equal(
	    ledger_append_session_with(f->ledger, &f->actor, RECORD_SELFTEST, selftest, &table, 1, NULL), 0);
	assert_int_equal(ledger_append_session(f->ledger, &f->actor, RECORD_CLOSE, end, NULL), 0);
	fixture_session(f);
	assert_int_equal(fixture_page(f, 9, NULL), 0);
	json_decref(selftest);
	json_decref(end);
}

static void
a_good_room_verifies(void **state)
{
	struct fixture f;
	struct outcome outcome;
	struct pool *pool;
	struct verify_summary summary;
	struct head head;

	(void)state;
	make_room(&f, 1500);
	assert_int_equal(verify(&f, &outcome), 0);
	assert_true(outcome.progress == 1507);
	/* on several threads, with the host's key given */
	assert_int_equal(pool_new(3, &pool), 0);
	struct verify_options options = {
		.pool = pool, .host = secret_public(f.host), .result = on_result, .ctx = &outcome
	};
	assert_int_equal(verify_run(f.ledger, &options, &summary), 0);
	assert_true(summary.failures == 0 && summary.records == 1507 && !summary.damaged);
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_memory_equal(&head, &summary.head, sizeof head);
	/* another host's key */
	options.host = secret_public(f.session);
	outcome = (struct outcome){ 0 };
	assert_int_equal(verify_run(f.ledger, &options, &summary), 0);
	assert_int_equal(outcome.failed, 1u << VERIFY_HOST);
	pool_free(pool);
	fixture_release(&f);
}

/* What someone with the file and no key may do to it, and which checks must speak up. */
static const struct deed {
	const char *sql;
	unsigned must; /* ~0u: refused as a whole */
} deeds[] = {
	{ "DELETE FROM record WHERE idx = 10", 1u << VERIFY_TREE | 1u << VERIFY_PROJECTIONS },
	{ "DELETE FROM record WHERE idx = 4", ~0u },
	{ "UPDATE record SET idx = idx + 1 WHERE idx = 10", ~0u },
	{ "UPDATE record SET leaf = flip(leaf, 400) WHERE idx = 3", 1u << VERIFY_TREE },
	{ "UPDATE record SET leaf = flip(leaf, length(leaf) - 1) WHERE idx = 3",
	    1u << VERIFY_TREE | 1u << VERIFY_SIGNATURES },
	{ "UPDATE record SET leaf = longer(leaf) WHERE idx = 3", 1u << VERIFY_TREE | 1u << VERIFY_BYTES },
	{ "UPDATE record SET leaf = x'' WHERE idx = 3", 1u << VERIFY_TREE | 1u << VERIFY_BYTES },
	{ "UPDATE record SET leaf = (SELECT leaf FROM record WHERE idx = 3) WHERE idx = 2",
	    1u << VERIFY_TREE },
	{ "UPDATE node SET hash = randomblob(32) WHERE id = 5", 1u << VERIFY_TREE },
	{ "DELETE FROM node WHERE id = (SELECT max(id) FROM node)", 1u << VERIFY_TREE },
	{ "INSERT INTO node VALUES (1000, x'00')", 1u << VERIFY_TREE },
	{ "UPDATE attachment SET bytes = x'00'", 1u << VERIFY_ATTACHMENTS },
	{ "DELETE FROM attachment", 1u << VERIFY_ATTACHMENTS },
	{ "INSERT INTO attachment VALUES (randomblob(32), 0, x'00')", 1u << VERIFY_ATTACHMENTS },
	{ "UPDATE position SET idx = 3 WHERE idx = 2", 1u << VERIFY_PROJECTIONS },
	{ "DELETE FROM position WHERE idx = 2", 1u << VERIFY_PROJECTIONS },
	{ "UPDATE session SET closed = NULL", 1u << VERIFY_PROJECTIONS },
	{ "INSERT INTO policy VALUES (3, 'all may go')", 1u << VERIFY_PROJECTIONS },
	{ "CREATE TABLE more (a)", ~0u },
	{ "CREATE VIEW more AS SELECT * FROM record", ~0u },
	{ "CREATE INDEX more ON position (idx)", ~0u },
	{ "CREATE TRIGGER more AFTER INSERT ON record BEGIN DELETE FROM node; END", ~0u },
	{ "DROP TABLE session", ~0u },
	{ "PRAGMA application_id = 1", ~0u },
	{ "PRAGMA user_version = 3", ~0u },
	{ "PRAGMA user_version = 0", ~0u },
};

static void
tamper(struct fixture *f, const char *sql)
{
	assert_int_equal(
	    scratch_run(&f->scratch,
		"cp good.db room.db && rm -f room.db-wal room.db-shm && python3 -c 'import sqlite3, sys\n"
		"c = sqlite3.connect(\"room.db\")\n"
		"c.create_function(\"flip\", 2, lambda b, n: b[:n] + bytes([b[n] ^ 1]) + b[n + 1:])\n"
		"c.create_function(\"longer\", 1, lambda b: b + bytes(1))\n"
		"c.execute(sys.argv[1])\nc.commit()\nc.close()' \"%s\"",
		sql),
	    0);
}

static void
every_deed_is_found(void **state)
{
	struct fixture f;
	struct outcome outcome;

	(void)state;
	make_room(&f, 4);
	ledger_close(f.ledger);
	f.ledger = NULL;
	assert_int_equal(scratch_run(&f.scratch, "cp room.db good.db"), 0);
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		tamper(&f, deeds[i].sql);
		unsigned failed = verify(&f, &outcome);
		if (failed == 0 || (failed & deeds[i].must) != deeds[i].must ||
		    (deeds[i].must == ~0u && failed != ~0u))
			fail_msg("%s: %x instead of %x", deeds[i].sql, failed, deeds[i].must);
	}
	tamper(&f, "PRAGMA user_version = 3");
	ledger_close(f.ledger);
	f.ledger = NULL;
	assert_int_equal(ledger_open(f.scratch.dir, DB_READ, NULL, &f.ledger), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "newer version"));
	fixture_release(&f);
}

/* Puts a record into the tables as an append would, but without asking whether it may stand there. */
static void
forge(struct fixture *f, const struct record *record, const struct secret *secret, bool project)
{
	struct buf bytes = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX), leaf = BUF(LEAF_MAX);
	struct entry entry = { .record = *record };
	struct frontier frontier;
	uint8_t hash[SHA256_LEN];
	struct str text = { (const char *)hash, sizeof hash };

	assert_int_equal(record_build(record, &bytes), 0);
	assert_int_equal(sshsig_make(secret, NS_RECORD, buf_view(&bytes), &signature), 0);
	assert_int_equal(leaf_build(buf_view(&bytes), buf_view(&signature), &leaf), 0);
	assert_int_equal(db_begin(f->ledger->db), 0);
	assert_int_equal(ledger_frontier(f->ledger->db, &frontier), 0);
	entry.index = frontier.size;
	record_hash(buf_view(&bytes), entry.hash);
	assert_int_equal(db_run(f->ledger->db, "INSERT INTO record (idx, leaf) VALUES (?1, ?2)", "nb",
			     frontier.size, buf_view(&leaf)),
	    0);
	merkle_leaf(leaf.data, leaf.len, hash);
	unsigned last = (unsigned)__builtin_popcountll(frontier.size);
	uint64_t index = frontier.size;
	for (unsigned level = 0;; level++, index >>= 1) {
		assert_int_equal(db_run(f->ledger->db, "INSERT INTO node (id, hash) VALUES (?1, ?2)", "nb",
				     ledger_node_id(level, index), text),
		    0);
		if (!(index & 1))
			break;
		merkle_node(frontier.hash[--last], hash, hash);
	}
	if (project)
		assert_int_equal(ledger_project(f->ledger->db, &entry, STR("")), 0);
	else
		assert_int_equal(db_run(f->ledger->db, "INSERT INTO log VALUES (?1, ?2, ?3, ?4, '')", "nttt",
				     entry.index, str_from(record_type_word(record->type)),
				     str_from(record->actor), str_from(record->session)),
		    0);
	assert_int_equal(db_commit(f->ledger->db), 0);
	buf_release(&bytes);
	buf_release(&signature);
	buf_release(&leaf);
}

/* A policy by the host in the open session, over the head of now. */
static struct record
next_record(struct fixture *f)
{
	struct record record = { .type = RECORD_POLICY, .payload = payload_of("{\"text\":\"forged\"}") };
	struct head head;

	assert_int_equal(ledger_head(f->ledger, &head), 0);
	memcpy(record.room, ledger_room(f->ledger), sizeof record.room);
	memcpy(record.actor, f->actor.actor, sizeof record.actor);
	memcpy(record.session, f->actor.session, sizeof record.session);
	record.tree_size = head.size;
	memcpy(record.tree_root, head.root, sizeof record.tree_root);
	record_stamp(&record, f->ledger->boot);
	return record;
}

enum lie { TRUTH, OTHER_KEY, OTHER_HEAD, FUTURE_HEAD, OLD_HEAD, OTHER_ROOM, NO_SESSION, OTHER_ACTOR, TWIN };

static unsigned
verify_lie(enum lie lie, char *why, size_t size)
{
	struct fixture f;
	struct outcome outcome;

	make_room(&f, 4);
	struct record record = next_record(&f);
	const struct secret *secret = f.host;
	switch (lie) {
	case OTHER_KEY:
		secret = f.session;
		break;
	case OTHER_HEAD:
		record.tree_root[0] ^= 1;
		break;
	case FUTURE_HEAD:
		record.tree_size++;
		break;
	case OLD_HEAD: /* true, but from before its session */
		record.tree_size = 2;
		struct head head;
		assert_int_equal(ledger_head_at(f.ledger, 2, &head), 0);
		memcpy(record.tree_root, head.root, sizeof head.root);
		break;
	case OTHER_ROOM:
		record.room[0] ^= 1;
		break;
	case NO_SESSION:
		memcpy(record.session, record.actor, sizeof record.session);
		break;
	case OTHER_ACTOR:
		secret = f.session;
		memcpy(record.actor, f.actor.session, sizeof record.actor);
		break;
	default:
		break;
	}
	forge(&f, &record, secret, true);
	if (lie == TWIN)
		forge(&f, &record, secret, false);
	unsigned failed = verify(&f, &outcome);
	for (unsigned i = 0; i < VERIFY_CHECK_COUNT; i++) {
		if (failed != ~0u && failed & (1u << i))
			snprintf(why, size, "%s", outcome.why[i]);
	}
	record_release(&record);
	fixture_release(&f);
	return failed;
}

static void
every_lie_under_a_good_signature_is_found(void **state)
{
	static const struct {
		enum lie lie;
		unsigned must;
	} lies[] = {
		{ TRUTH, 0 },
		{ OTHER_KEY, 1u << VERIFY_SIGNATURES },
		{ OTHER_HEAD, 1u << VERIFY_HEADS },
		{ FUTURE_HEAD, 1u << VERIFY_HEADS },
		{ OLD_HEAD, 1u << VERIFY_SESSIONS },
		{ OTHER_ROOM, 1u << VERIFY_ORDER },
		{ NO_SESSION, 1u << VERIFY_SESSIONS },
		{ OTHER_ACTOR, 1u << VERIFY_SESSIONS },
		{ TWIN, 1u << VERIFY_ORDER },
	};
	char why[512] = "";

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		unsigned failed = verify_lie(lies[i].lie, why, sizeof why);
		if (failed != lies[i].must)
			fail_msg("lie %zu: %x instead of %x: %s", i, failed, lies[i].must, why);
	}
}

static int
judge_no_policies(void *ctx, struct db *db, const struct entry *entry)
{
	(void)ctx;
	(void)db;
	return entry->record.type == RECORD_POLICY ? err_set(ERR_REFUSED, "only on Sundays") : 0;
}

static int
project_policies(void *ctx, struct db *db, const struct entry *entry)
{
	(void)ctx;
	(void)db;
	if (entry->record.type == RECORD_POLICY)
		fail_msg("a void record is projected");
	return 0;
}

static void
a_void_record_is_told(void **state)
{
	static const struct ledger_hooks hooks = { judge_no_policies, project_policies, NULL };
	struct fixture f;
	struct outcome outcome;

	(void)state;
	make_room(&f, 4);
	f.hooks = &hooks;
	unsigned failed = verify(&f, &outcome);
	assert_int_equal(failed, 1u << VERIFY_ROLES | 1u << VERIFY_PROJECTIONS);
	assert_string_equal(outcome.why[VERIFY_ROLES], "record 6: only on Sundays");
	fixture_release(&f);
}

/* One byte of the file after the other: refused, found, or nothing that counts has changed. */
static void
no_flipped_byte_changes_what_is_accepted(void **state)
{
	struct fixture f;
	struct outcome outcome;
	struct buf good = BUF((size_t)1 << 22);
	struct head due, head;
	unsigned noticed = 0, harmless = 0;

	(void)state;
	make_room(&f, 2);
	assert_int_equal(ledger_head(f.ledger, &due), 0);
	ledger_close(f.ledger);
	f.ledger = NULL;
	assert_int_equal(fs_read(f.scratch.dir, "room.db", &good), 0);
	for (size_t at = 0; at < good.len; at += 37) {
		int fd = open(fixture_file(&f), O_WRONLY);
		good.data[at] ^= 0x11;
		assert_int_equal(pwrite(fd, good.data + at, 1, (off_t)at), 1);
		unsigned failed = verify(&f, &outcome);
		if (failed == 0) {
			assert_int_equal(ledger_head(f.ledger, &head), 0);
			assert_memory_equal(&head, &due, sizeof head);
			harmless++;
		} else {
			noticed++;
		}
		ledger_close(f.ledger);
		f.ledger = NULL;
		good.data[at] ^= 0x11;
		assert_int_equal(pwrite(fd, good.data + at, 1, (off_t)at), 1);
		close(fd);
	}
	print_message("%u flips noticed, %u in bytes that nothing uses\n", noticed, harmless);
	assert_true(noticed > 0);
	assert_int_equal(verify(&f, &outcome), 0);
	buf_release(&good);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_good_room_verifies),
	cmocka_unit_test(every_deed_is_found),
	cmocka_unit_test(every_lie_under_a_good_signature_is_found),
	cmocka_unit_test(a_void_record_is_told),
	cmocka_unit_test(no_flipped_byte_changes_what_is_accepted),
};

UNIT(tests)
