#include "tests/unit.h"

#include "tests/keeper_fixture.h"

#include "annotations/model.h"
#include "annotations/report/report.h"
#include "annotations/verify.h"
#include "base/fs.h"
#include "base/seal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *program;

static int
set_up(void **state)
{
	struct kept *k = calloc(1, sizeof *k);

	kept_make(k, program);
	*state = k;
	return 0;
}

static int
tear_down(void **state)
{
	kept_release(*state);
	free(*state);
	return 0;
}

static int
never_fails(void *ctx, enum verify_check check, bool ok, const char *detail)
{
	(void)ctx;
	if (!ok)
		fail_msg("verify: %s: %s", verify_check_name(check), detail);
	return 0;
}

/* Whatever a test did, the room verifies, its projections rebuilt. */
static void
assert_verifies(struct kept *k)
{
	struct verify_options options = { .hooks = &projection_hooks, .result = never_fails };
	struct verify_summary summary;
	struct ledger *ledger = kept_ledger(k);

	assert_int_equal(verify_run(ledger, &options, &summary), 0);
	assert_true(summary.failures == 0);
	ledger_close(ledger);
}

/* The payload of the last record of a type. */
static json_t *
last_payload(struct kept *k, const char *type)
{
	struct ledger *ledger = kept_ledger(k);
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry;
	uint64_t index;

	assert_int_equal(db_number(ledger_db(ledger), "SELECT max(idx) FROM log WHERE type = ?1", &index, "t",
			     str_from(type)),
	    0);
	assert_int_equal(ledger_get(ledger, index, &leaf, &entry), 0);
	json_t *payload = json_incref(entry.record.payload);
	record_release(&entry.record);
	buf_release(&leaf);
	ledger_close(ledger);
	return payload;
}

/* ---- opening ---- */

static void
a_session_says_who_acts_where(void **state)
{
	struct kept *k = *state;

	kept_start(k, INSPECTOR);
	json_t *answer = kept_open(k, "session");
	assert_non_null(answer);
	assert_true(str_is(json_str(answer, "product"), "acme-av"));
	assert_true(str_is(json_str(answer, "person"), "anna"));
	assert_true(str_is(json_str(answer, "role"), "inspector"));
	assert_true(json_bool(answer, "practice"));
	json_decref(answer);
	kept_close(k);
	json_t *payload = last_payload(k, "session");
	const json_t *seal = json_object_get(payload, "seal");
	assert_int_equal(json_num(json_object_get(seal, "keeper"), "refused"), SEAL_ALL);
	assert_int_equal(json_num(json_object_get(seal, "client"), "refused"), SEAL_ALL);
	assert_int_equal(json_num(json_object_get(seal, "reader"), "refused"), SEAL_ALL);
	assert_true(json_str(payload, "disk").len > 0);
	assert_null(json_object_get(payload, "accepted"));
	json_decref(payload);
	assert_verifies(k);
}

/* What a desk asks that locked itself: the passphrase of the session's key again, or nothing where it has none. */
static void
a_locked_desk_is_opened_by_its_key(void **state)
{
	struct kept *k = *state;

	kept_start(k, SEALED);
	kept_json(k, MSG_OPEN, "{\"mode\":\"session\",\"program\":\"" HASH "\",\"command\":\"desk\"}");
	kept_expect(k, MSG_NEED);
	kept_send(k, MSG_PASS, k->order, STR("open sesame"));
	kept_expect(k, MSG_DONE);
	for (int round = 0; round < 2; round++) {
		uint64_t order = kept_json(k, MSG_UNLOCK, "{}");
		json_t *need = kept_answer(k, MSG_NEED);
		assert_true(str_is(json_str(need, "need"), "passphrase"));
		assert_int_equal(json_str(need, "why").len, 0);
		json_decref(need);
		kept_send(k, MSG_PASS, order, STR("open sesam"));
		need = kept_answer(k, MSG_NEED);
		assert_true(str_is(json_str(need, "why"), "wrong passphrase"));
		json_decref(need);
		kept_send(k, MSG_PASS, order, STR("open sesame"));
		kept_expect(k, MSG_DONE);
	}
	kept_close(k);

	kept_session(k, INSPECTOR);
	kept_json(k, MSG_UNLOCK, "{}");
	kept_expect(k, MSG_DONE);
	kept_close(k);
}

/* Who guesses on and on is without a session; the next one notes how that ended. */
static void
guesses_end_the_session(void **state)
{
	struct kept *k = *state;

	kept_start(k, SEALED);
	kept_json(k, MSG_OPEN, "{\"mode\":\"session\",\"program\":\"" HASH "\",\"command\":\"desk\"}");
	kept_expect(k, MSG_NEED);
	kept_send(k, MSG_PASS, k->order, STR("open sesame"));
	kept_expect(k, MSG_DONE);
	uint64_t order = kept_json(k, MSG_UNLOCK, "{}");
	for (int guess = 0; guess < 10; guess++) {
		kept_expect(k, MSG_NEED);
		kept_send(k, MSG_PASS, order, STR("open sesame?"));
	}
	kept_wait(k);
	json_t *payload = last_payload(k, "close");
	assert_true(json_str(payload, "why").len > 0);
	json_decref(payload);
	assert_verifies(k);
}

static void
a_key_that_nobody_enrolled_opens_nothing(void **state)
{
	struct kept *k = *state;
	uint64_t size = kept_size(k);

	kept_start(k, STRANGER);
	assert_null(kept_open(k, "session"));
	assert_non_null(strstr(err_text(), "is not enrolled in this room"));
	assert_int_equal(kept_wait(k), 3);
	assert_int_equal(kept_size(k), size);
}

static void
a_passphrase_is_asked_for_until_it_is_right(void **state)
{
	struct kept *k = *state;

	kept_start(k, SEALED);
	kept_json(k, MSG_OPEN, "{\"mode\":\"session\",\"program\":\"" HASH "\",\"command\":\"desk\"}");
	json_t *need = kept_answer(k, MSG_NEED);
	assert_true(str_is(json_str(need, "need"), "passphrase"));
	assert_true(str_is(json_str(need, "name"), "ida"));
	json_decref(need);
	kept_send(k, MSG_PASS, k->order, STR("wrong"));
	kept_expect(k, MSG_NEED);
	kept_send(k, MSG_PASS, k->order, STR("open sesame"));
	kept_expect(k, MSG_DONE);
	kept_close(k);
}

static void
reading_the_ledger_leaves_no_record(void **state)
{
	struct kept *k = *state;
	uint64_t size = kept_size(k);

	kept_start(k, STRANGER);
	json_t *answer = kept_open(k, "read");
	assert_non_null(answer);
	json_decref(answer);
	kept_json(k, MSG_ASK, "{\"ask\":\"releases\"}");
	answer = kept_answer(k, MSG_JSON);
	assert_true(str_is(json_str(answer, "release"), "1.0"));
	json_decref(answer);
	kept_expect(k, MSG_DONE);
	kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	kept_json(k, MSG_SAY, "{\"say\":\"revoke\",\"name\":\"anna\"}");
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	kept_json(k, MSG_ASK, "{\"ask\":\"verify\"}");
	for (unsigned i = 0; i < VERIFY_CHECK_COUNT; i++)
		kept_expect_after_progress(k, MSG_JSON);
	answer = kept_answer(k, MSG_JSON);
	assert_true(json_bool(answer, "ok"));
	json_decref(answer);
	kept_expect(k, MSG_DONE);
	kept_close(k);
	assert_int_equal(kept_size(k), size);
}

/* ---- reading ---- */

static void
rows_arrive_after_their_record_is_durable(void **state)
{
	struct kept *k = *state;
	char hex[HEX_LEN(SHA256_LEN)];
	uint8_t sum[SHA256_LEN];

	kept_session(k, INSPECTOR);
	uint64_t order = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	assert_true(kept_next_expect(k, MSG_READ).order == order);
	kept_rows(k, order, "int secret;\n");
	kept_facts(k, order, true);
	struct message part = kept_expect(k, MSG_PART);
	/* the ledger has it while the rows are here */
	json_t *page = last_payload(k, "page");
	sha256(part.body.data, part.body.len, sum);
	hex_from(sum, sizeof sum, hex);
	assert_true(str_is(json_str(page, "sha256"), hex));
	assert_int_equal(json_num(page, "sent"), part.body.len);
	assert_int_equal(json_num(page, "last"), 9);
	assert_true(json_bool(page, "end"));
	assert_true(str_is(json_str(page, "path"), "src/a.c"));
	json_decref(page);
	kept_next_send(k, MSG_DONE, order, STR(""));
	json_t *done = kept_answer(k, MSG_DONE);
	assert_int_equal(json_array_size(json_object_get(done, "records")), 1);
	json_decref(done);
	kept_close(k);
	json_t *closed = last_payload(k, "close");
	assert_int_equal(json_num(closed, "pages"), 1);
	assert_int_equal(json_num(closed, "lines"), 9);
	json_decref(closed);
	assert_verifies(k);
}

static void
the_reader_is_told_of_releases_once_and_of_new_ones(void **state)
{
	struct kept *k = *state;

	kept_session(k, INSPECTOR);
	for (unsigned i = 0; i < 6; i++) {
		uint64_t order = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
		if (i == 0 || i == 3)
			kept_next_expect(k, MSG_RELEASES);
		assert_true(kept_next_expect(k, MSG_READ).order == order);
		kept_rows(k, order, "int secret;\n");
		kept_facts(k, order, true);
		kept_expect(k, MSG_PART);
		kept_next_send(k, MSG_DONE, order, STR(""));
		json_decref(kept_answer(k, MSG_DONE));
		if (i == 2)
			kept_import(k, "1.1");
	}
	kept_close(k);
}

static void
rows_without_facts_go_nowhere(void **state)
{
	struct kept *k = *state;

	kept_session(k, INSPECTOR);
	uint64_t order = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	kept_rows(k, order, "int secret;\n");
	kept_next_send(k, MSG_DONE, order, STR(""));
	assert_int_equal(kept_failure(k), ERR_FORMAT);
	kept_close(k);
	assert_int_equal(kept_count(k, "page"), 0);
}

static void
facts_that_cannot_be_recorded_let_nothing_through(void **state)
{
	struct kept *k = *state;
	struct facts facts = {
		.releases = STR("1.0"), .path = STR("src/a.c"), .blob = STR("no blob"), .rows = 1
	};
	struct buf body = BUF(MESSAGE_BODY);

	kept_session(k, INSPECTOR);
	uint64_t order = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	kept_rows(k, order, "int secret;\n");
	assert_int_equal(facts_encode(&body, &facts), 0);
	kept_next_send(k, MSG_FACTS, order, buf_view(&body));
	assert_int_equal(kept_failure(k), ERR_FORMAT);
	/* the reader is told to stop, and what it still says is dropped */
	kept_next_expect(k, MSG_CANCEL);
	kept_rows(k, order, "int secret;\n");
	kept_facts(k, order, true);
	kept_next_send(k, MSG_DONE, order, STR(""));
	kept_close(k);
	assert_int_equal(kept_count(k, "page"), 0);
	buf_release(&body);
}

static void
a_search_commits_to_its_query_and_tells_only_the_person(void **state)
{
	struct kept *k = *state;
	struct order what = { .verb = VERB_SEARCH };
	struct buf body = BUF(MESSAGE_BODY), text = BUF(MESSAGE_BODY);
	uint8_t salt[32], hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	row_set(&what.args, F_RELEASE, STR("1.0"));
	row_set(&what.args, F_PATTERN, STR("strcmp"));
	assert_int_equal(order_encode(&body, &what), 0);
	kept_session(k, INSPECTOR);
	kept_send(k, MSG_READ, ++k->order, buf_view(&body));
	kept_next_expect(k, MSG_RELEASES);
	assert_true(str_eq(kept_next_expect(k, MSG_READ).body, buf_view(&body)));
	kept_rows(k, k->order, "a");
	kept_facts(k, k->order, false);
	kept_rows(k, k->order, "b");
	kept_facts(k, k->order, true);
	kept_next_send(k, MSG_DONE, k->order, STR(""));
	kept_expect(k, MSG_PART);
	kept_expect(k, MSG_PART);
	json_t *done = kept_answer(k, MSG_DONE), *record = last_payload(k, "search");
	assert_int_equal(json_array_size(json_object_get(done, "records")), 2);
	assert_true(hex_to(json_str(done, "query_salt"), salt, sizeof salt));
	assert_int_equal(buf_text(&text, "carrel-query v1\n"), 0);
	assert_int_equal(buf_add(&text, salt, sizeof salt), 0);
	assert_int_equal(buf_str(&text, buf_view(&body)), 0);
	sha256(text.data, text.len, hash);
	hex_from(hash, sizeof hash, hex);
	assert_true(str_is(json_str(record, "query"), hex));
	buf_clear(&text);
	assert_int_equal(json_write_canonical(&text, record), 0);
	assert_null(strstr((const char *)text.data, "strcmp"));
	json_decref(done);
	json_decref(record);
	buf_release(&body);
	buf_release(&text);
	kept_close(k);
	assert_verifies(k);
}

static void
a_cancel_goes_down_the_chain(void **state)
{
	struct kept *k = *state;
	struct buf fail = BUF(MESSAGE_MAX);
	struct message message;

	kept_session(k, INSPECTOR);
	uint64_t order = kept_read(k, VERB_SEARCH, "1.0", "x");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	kept_rows(k, order, "held back");
	kept_send(k, MSG_CANCEL, order, STR(""));
	assert_true(kept_next_expect(k, MSG_CANCEL).order == order);
	assert_int_equal(message_fail(&fail, order, ERR_CANCELLED, "cancelled"), 0);
	assert_int_equal(message_decode(buf_view(&fail), &message), 0);
	kept_next_send(k, MSG_FAIL, order, message.body);
	assert_int_equal(kept_failure(k), ERR_CANCELLED);
	kept_close(k);
	assert_int_equal(kept_count(k, "search"), 0);
	buf_release(&fail);
}

static void
a_dead_reader_is_told_noted_and_asked_again(void **state)
{
	struct kept *k = *state;
	struct buf died = BUF(MESSAGE_MAX);

	kept_session(k, INSPECTOR);
	uint64_t lost = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	assert_int_equal(death_encode(&died, &(struct death){ STR("reader"), 9, STR(""), STR("killed") }), 0);
	kept_next_send(k, MSG_DIED, 0, buf_view(&died));
	json_t *event = kept_answer(k, MSG_EVENT);
	assert_true(str_is(json_str(event, "event"), "died"));
	json_decref(event);
	struct message message = kept_expect(k, MSG_FAIL);
	assert_true(message.order == lost);
	assert_int_equal(message_failed(message.body), ERR_SYSTEM);
	assert_string_equal(err_text(), "the reader died (signal 9) and was restarted; ask again");
	kept_next_expect(k, MSG_RELEASES);
	uint64_t again = kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_READ);
	kept_rows(k, again, "int a;\n");
	kept_facts(k, again, true);
	kept_next_send(k, MSG_DONE, again, STR(""));
	kept_expect(k, MSG_PART);
	kept_expect(k, MSG_DONE);
	kept_close(k);
	json_t *note = last_payload(k, "note");
	assert_true(str_is(json_str(note, "what"), "died"));
	assert_true(str_is(json_str(note, "process"), "reader"));
	assert_int_equal(json_num(note, "signal"), 9);
	assert_null(json_object_get(note, "syscall"));
	json_decref(note);
	assert_verifies(k);
	buf_release(&died);
}

/* ---- a thousand orders ---- */

#define MANY 1000

struct flood {
	struct kept *k;
	unsigned begun, answered, parts;
	bool reads; /* whether the client takes its answers */
};

/* The reader's side: every order is answered with as much as a unit of four parts. */
static void
serve_one(struct flood *f)
{
	static char text[100 * 1024];
	struct message message;
	int r;

	memset(text, 'x', sizeof text - 1);
	while (!wire_full(&f->k->next) && (r = wire_read(&f->k->next, &message)) > 0) {
		uint64_t order = message.order;
		if (message.kind != MSG_READ)
			continue;
		f->begun++;
		for (int i = 0; i < 4; i++)
			kept_rows(f->k, order, text);
		kept_facts(f->k, order, true);
		kept_next_send(f->k, MSG_DONE, order, STR(""));
	}
}

static void
take_answers(struct flood *f)
{
	struct message message;

	while (f->reads && wire_read(&f->k->client, &message) > 0) {
		if (message.kind == MSG_FAIL)
			fail_msg("FAIL %d: %s", message_failed(message.body), err_text());
		f->parts += message.kind == MSG_PART;
		f->answered += message.kind == MSG_DONE;
	}
}

/* Until nothing moves for a while, or all is answered. */
static void
flood_run(struct flood *f)
{
	struct kept *k = f->k;

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = k->client.fd,
			    .events =
				(short)((f->reads ? POLLIN : 0) | (wire_waiting(&k->client) ? POLLOUT : 0)) },
			{ .fd = k->next.fd,
			    .events = (short)((wire_full(&k->next) ? 0 : POLLIN) |
				(wire_waiting(&k->next) ? POLLOUT : 0)) },
		};
		if (f->answered == MANY || poll(fds, 2, f->reads ? WAIT_MS : 1000) <= 0)
			return;
		assert_false((fds[0].revents | fds[1].revents) & (POLLHUP | POLLERR));
		assert_int_equal(wire_flush(&k->client), 0);
		assert_int_equal(wire_flush(&k->next), 0);
		serve_one(f);
		take_answers(f);
	}
}

static void
a_thousand_orders_without_reading_answers(void **state)
{
	struct kept *k = *state;
	struct flood flood = { .k = k };

	kept_session(k, INSPECTOR);
	for (int i = 0; i < MANY; i++)
		kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	flood_run(&flood);
	/* the keeper took what fits and then waited for its client */
	assert_in_range(flood.begun, 1, 100);
	assert_int_equal(flood.answered, 0);
	flood.reads = true;
	flood_run(&flood);
	assert_int_equal(flood.answered, MANY);
	assert_int_equal(flood.parts, 4 * MANY);
	kept_close(k);
	assert_int_equal(kept_count(k, "page"), MANY);
}

/* ---- words ---- */

static void
answer_anchor(struct kept *k)
{
	struct order order;
	struct row row = { 0 };
	struct buf body = BUF(MESSAGE_BODY);

	kept_next_expect(k, MSG_RELEASES);
	struct message message = kept_next_expect(k, MSG_READ);
	assert_int_equal(order_decode(message.body, &order), 0);
	assert_int_equal(order.verb, VERB_ANCHOR);
	row_set(&row, F_RELEASE, STR("1.0"));
	row_set(&row, F_PATH, STR("src/a.c"));
	row_set(&row, F_BLOB, STR(OID));
	row_set(&row, F_NAME, STR("main"));
	row_set_num(&row, F_LINE, 3);
	row_set_num(&row, F_END_LINE, 4);
	row_set(&row, F_TEXT_HASH, STR(HASH));
	row_set(&row, F_CONTEXT_HASH, STR(HASH));
	assert_int_equal(row_encode(&body, &row), 0);
	uint64_t number = message.order;
	kept_next_send(k, MSG_PART, number, buf_view(&body));
	kept_facts(k, number, true);
	kept_next_send(k, MSG_DONE, number, STR(""));
	buf_release(&body);
}

/* Agrees to the draft that comes; the answer's JSON. */
static json_t *
sign(struct kept *k)
{
	uint8_t hash[SHA256_LEN];
	struct message draft = kept_expect(k, MSG_DRAFT);

	sha256(draft.body.data, draft.body.len, hash);
	kept_send(k, MSG_SIGN, draft.order, (struct str){ (const char *)hash, sizeof hash });
	return kept_answer(k, MSG_DONE);
}

/* An inspector's finding; its thread in `thread`. */
static void
find(struct kept *k, const char *title, char thread[static 16])
{
	kept_json(k, MSG_SAY,
	    "{\"say\":\"annotate\",\"release\":\"1.0\",\"path\":\"src/"
	    "a.c\",\"first\":3,\"last\":4,\"kind\":\"finding\","
	    "\"title\":\"%s\",\"severity\":\"high\",\"cwe\":\"CWE-208\",\"text\":\"It is *bad*.\"}",
	    title);
	answer_anchor(k);
	json_t *done = sign(k);
	struct str name = json_str(done, "thread");
	assert_int_equal(name.len, THREAD_SHORT);
	memcpy(thread, name.data, name.len);
	thread[name.len] = 0;
	json_decref(done);
}

static void
a_finding_is_drafted_signed_and_shown(void **state)
{
	struct kept *k = *state;
	char thread[16];

	kept_session(k, INSPECTOR);
	find(k, "strcmp on a secret", thread);
	kept_json(k, MSG_ASK,
	    "{\"ask\":\"threads\",\"path\":\"src\",\"release\":\"1.0\",\"kind\":\"finding\",\"author\":"
	    "\"anna\"}");
	json_t *found = kept_answer(k, MSG_JSON);
	assert_true(str_is(json_str(found, "thread"), thread));
	assert_true(str_is(json_str(found, "state"), "open"));
	assert_true(str_is(json_str(found, "cwe"), "CWE-208"));
	const json_t *anchor = json_array_get(json_object_get(found, "anchors"), 0);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(anchor, "lines"), 1)), 4);
	assert_true(str_is(json_str(anchor, "symbol"), "main"));
	json_decref(found);
	kept_expect(k, MSG_DONE);
	kept_json(k, MSG_ASK, "{\"ask\":\"threads\",\"path\":\"sr\"}");
	kept_expect(k, MSG_DONE);
	kept_json(k, MSG_ASK, "{\"ask\":\"show\",\"thread\":\"%.4s\"}", thread);
	kept_expect(k, MSG_JSON);
	json_t *entry = kept_answer(k, MSG_JSON);
	assert_true(str_is(json_str(entry, "signature"), "good"));
	assert_true(str_is(json_str(entry, "author"), "anna"));
	json_decref(entry);
	kept_expect(k, MSG_DONE);
	kept_close(k);
	assert_verifies(k);
}

static void
only_the_draft_that_was_shown_is_signed(void **state)
{
	struct kept *k = *state;
	uint8_t other[SHA256_LEN] = { 0 };

	kept_session(k, HOST);
	uint64_t order = kept_json(k, MSG_SAY, "{\"say\":\"revoke\",\"name\":\"vic\"}");
	kept_expect(k, MSG_DRAFT);
	kept_send(k, MSG_SIGN, order, (struct str){ (const char *)other, sizeof other });
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	order = kept_json(k, MSG_SAY, "{\"say\":\"revoke\",\"name\":\"vic\"}");
	kept_expect(k, MSG_DRAFT);
	kept_send(k, MSG_CANCEL, order, STR(""));
	assert_int_equal(kept_failure(k), ERR_CANCELLED);
	kept_close(k);
	assert_int_equal(kept_count(k, "revoke"), 0);
}

static void
a_vendor_answers_but_may_not_resolve(void **state)
{
	struct kept *k = *state;
	char thread[16];

	kept_session(k, INSPECTOR);
	find(k, "strcmp on a secret", thread);
	kept_close(k);
	uint64_t size = kept_size(k), checkpoints = kept_count(k, "checkpoint");
	kept_session(k, VENDOR);
	kept_json(k, MSG_SAY, "{\"say\":\"state\",\"thread\":\"%s\",\"state\":\"resolved\"}", thread);
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	assert_string_equal(err_text(), "a vendor may not set 'resolved': that is the inspector's to decide");
	kept_json(k, MSG_SAY,
	    "{\"say\":\"annotate\",\"release\":\"1.0\",\"path\":\"src/"
	    "a.c\",\"kind\":\"note\",\"text\":\"x\"}");
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	kept_close(k);
	/* nothing new but the session, its close and their checkpoints */
	assert_int_equal(kept_count(k, "checkpoint"), checkpoints + 2);
	assert_int_equal(kept_size(k), size + 4);
	kept_session(k, VENDOR);
	kept_json(k, MSG_SAY, "{\"say\":\"reply\",\"thread\":\"%s\",\"text\":\"Fixed in 1.1.\"}", thread);
	json_decref(sign(k));
	kept_json(k, MSG_SAY, "{\"say\":\"state\",\"thread\":\"%s\",\"state\":\"fix promised\"}", thread);
	json_decref(sign(k));
	kept_close(k);
	kept_session(k, INSPECTOR);
	kept_json(k, MSG_SAY,
	    "{\"say\":\"state\",\"thread\":\"%s\",\"state\":\"resolved\",\"text\":\"Seen.\"}", thread);
	json_decref(sign(k));
	kept_json(k, MSG_ASK, "{\"ask\":\"threads\",\"state\":\"resolved\"}");
	json_t *found = kept_answer(k, MSG_JSON);
	assert_int_equal(json_num(found, "entries"), 4);
	json_decref(found);
	kept_expect(k, MSG_DONE);
	kept_close(k);
	assert_verifies(k);
}

static void
words_that_are_off_are_usage_errors(void **state)
{
	static const char *const off[] = { "{\"say\":\"shout\"}", "{\"say\":\"revoke\"}",
		"{\"say\":\"roster-add\",\"name\":\"x\"}", "{\"say\":\"publish\",\"name\":\"../x\"}",
		"{\"say\":\"publish\",\"name\":\".x\"}", "{\"say\":\"publish\",\"name\":\"x.sig\"}" };
	struct kept *k = *state;

	kept_session(k, HOST);
	for (size_t i = 0; i < 3; i++) {
		kept_json(k, MSG_SAY, "%s", off[i]);
		assert_int_equal(kept_failure(k), ERR_USAGE);
	}
	kept_close(k);
	kept_session(k, INSPECTOR);
	for (size_t i = 3; i < sizeof off / sizeof *off; i++) {
		kept_json(k, MSG_SAY, "%s", off[i]);
		assert_int_equal(kept_failure(k), ERR_USAGE);
	}
	kept_json(k, MSG_SAY, "{\"say\":\"reply\",\"thread\":\"zzzz\",\"text\":\"x\"}");
	assert_int_equal(kept_failure(k), ERR_ABSENT);
	kept_json(k, MSG_ASK, "{\"ask\":\"why\"}");
	assert_int_equal(kept_failure(k), ERR_USAGE);
	kept_close(k);
}

/* A reader, a supervisor, a client that made a call they may not: each is a record with the call's name. */
static void
a_forbidden_call_is_a_record_with_its_name(void **state)
{
	static const struct {
		const char *process;
		bool from_client;
	} cases[] = { { "reader", false }, { "supervisor", false }, { "indexer", false }, { "ui", true } };
	struct kept *k = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf died = BUF(MESSAGE_MAX);
		char digits[8];
		kept_session(k, INSPECTOR);
		snprintf(digits, sizeof digits, "%04d", SYS_socket);
		assert_int_equal(
		    death_encode(
			&died, &(struct death){ str_from(cases[i].process), 31, str_from(digits), STR("") }),
		    0);
		if (cases[i].from_client)
			kept_send(k, MSG_DIED, 0, buf_view(&died));
		else
			kept_next_send(k, MSG_DIED, 0, buf_view(&died));
		if (i == 0)
			kept_expect(k, MSG_EVENT);
		kept_json(
		    k, MSG_ASK, "{\"ask\":\"policy\"}"); /* an order behind it: what came before is taken */
		kept_expect(k, MSG_DATA);
		kept_expect(k, MSG_DONE);
		kept_close(k);
		json_t *note = last_payload(k, "note");
		assert_true(str_is(json_str(note, "process"), cases[i].process));
		assert_true(str_is(json_str(note, "syscall"), "socket"));
		assert_int_equal(json_num(note, "signal"), 31);
		json_decref(note);
		buf_release(&died);
	}
	assert_verifies(k);
}

static void
a_policy_holds_from_its_record_on(void **state)
{
	struct kept *k = *state;

	kept_session(k, HOST);
	uint64_t order = kept_json(k, MSG_SAY, "{\"say\":\"policy\"}");
	kept_send(k, MSG_DATA, order, STR("open-ledger no\n"));
	kept_send(k, MSG_DATA, order, STR(""));
	json_decref(sign(k));
	order = kept_json(k, MSG_SAY, "{\"say\":\"policy\"}");
	kept_send(k, MSG_DATA, order, STR("open-ledger perhaps\n"));
	kept_send(k, MSG_DATA, order, STR(""));
	assert_int_equal(kept_failure(k), ERR_USAGE);
	kept_json(k, MSG_ASK, "{\"ask\":\"policy\"}");
	assert_true(str_is(kept_expect(k, MSG_DATA).body, "open-ledger no\n"));
	kept_expect(k, MSG_DONE);
	kept_close(k);
	kept_start(k, STRANGER);
	assert_null(kept_open(k, "read"));
	assert_int_equal(kept_wait(k), 3);
}

static void
make_policy(struct kept *k, const char *text)
{
	kept_session(k, HOST);
	uint64_t order = kept_json(k, MSG_SAY, "{\"say\":\"policy\"}");
	kept_send(k, MSG_DATA, order, str_from(text));
	kept_send(k, MSG_DATA, order, STR(""));
	json_decref(sign(k));
	kept_close(k);
}

#define NO_LANDLOCK ((struct seal_verdict){ 5, 5, SEAL_LANDLOCK, 0 })
#define OPEN_SECCOMP ((struct seal_verdict){ 7, 3, 0, 7 })

/* The reader's seal lacks a layer: nothing is opened, until the policy names the layer; then the record says so. */
static void
a_layer_may_be_missing_where_the_policy_says_so(void **state)
{
	struct kept *k = *state;

	kept_start(k, INSPECTOR);
	kept_next_sealed(k, "reader", &NO_LANDLOCK);
	json_t *answer = kept_open(k, "session"); /* the keeper has judged the first word, which was whole */
	assert_non_null(answer);
	json_decref(answer);
	assert_int_equal(kept_wait(k), 3);

	kept_start_sealed(k, INSPECTOR, &NO_LANDLOCK);
	uint64_t size = kept_size(k);
	assert_null(kept_open(k, "session"));
	assert_non_null(strstr(err_text(), "this machine has no landlock for the reader"));
	assert_non_null(strstr(err_text(), "without-landlock yes"));
	assert_int_equal(kept_wait(k), 3);
	assert_int_equal(kept_size(k), size);

	make_policy(k, "without-landlock yes\n");
	kept_start_sealed(k, INSPECTOR, &NO_LANDLOCK);
	answer = kept_open(k, "session");
	assert_non_null(answer);
	assert_int_equal(json_array_size(json_object_get(answer, "accepted")), 1);
	json_decref(answer);
	kept_close(k);
	json_t *payload = last_payload(k, "session");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(payload, "accepted"), 0)), "landlock");
	assert_int_equal(json_num(json_object_get(json_object_get(payload, "seal"), "reader"), "refused"),
	    SEAL_ALL & ~SEAL_LANDLOCK);
	json_decref(payload);

	/* a layer that is there and does not hold is no matter of policy */
	kept_start_sealed(k, INSPECTOR, &OPEN_SECCOMP);
	assert_null(kept_open(k, "session"));
	assert_non_null(strstr(err_text(), "seccomp does not hold in the reader"));
	assert_int_equal(kept_wait(k), 3);
	assert_verifies(k);
}

/* ---- reports ---- */

static void
publish(struct kept *k, const char *name, struct str bytes)
{
	uint64_t order = kept_json(k, MSG_SAY,
	    "{\"say\":\"publish\",\"release\":\"1.0\",\"format\":\"html\",\"name\":\"%s\"}", name);

	kept_send(k, MSG_DATA, order, bytes);
	kept_send(k, MSG_DATA, order, STR(""));
}

static void
a_report_is_recorded_signed_and_written_once(void **state)
{
	struct kept *k = *state;
	struct buf there = BUF(1000);

	kept_session(k, INSPECTOR);
	publish(k, "r.html", STR("<p>bytes</p>"));
	json_decref(sign(k));
	publish(k, "r.html", STR("<p>bytes</p>"));
	json_decref(sign(k));
	publish(k, "r.html", STR("<p>other</p>"));
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	kept_json(k, MSG_ASK, "{\"ask\":\"roster-export\"}");
	struct message data = kept_expect(k, MSG_DATA);
	assert_int_equal(fs_write(k->scratch.dir, "signers", data.body, 0600, FS_NEW), 0);
	kept_expect(k, MSG_DONE);
	kept_close(k);
	assert_int_equal(kept_count(k, "report"), 2);
	assert_int_equal(scratch_run(&k->scratch,
			     "ssh-keygen -q -Y verify -f signers -I anna -n report@carrel -s "
			     "%s/outbox/r.html.sig < %s/outbox/r.html",
			     k->room.path, k->room.path),
	    0);
	assert_int_not_equal(scratch_run(&k->scratch,
				 "ssh-keygen -q -Y verify -f signers -I vic -n report@carrel -s "
				 "%s/outbox/r.html.sig < %s/outbox/r.html",
				 k->room.path, k->room.path),
	    0);
	buf_release(&there);
	assert_verifies(k);
}

static char *
model_text(struct kept *k, const char *at)
{
	struct buf text = BUF(MODEL_MAX);
	struct buf body = BUF(MESSAGE_BODY);
	struct row row = { 0 };

	uint64_t order = kept_json(k, MSG_ASK, "{\"ask\":\"report\",\"release\":\"1.0\"%s}", at);
	struct message message = kept_next_expect(k, MSG_READ);
	row_set(&row, F_PATH, STR("src/b\n.bin"));
	row_set(&row, F_WHAT, STR("binary"));
	row_set(&row, F_WHY, STR("a NUL byte"));
	assert_int_equal(row_encode(&body, &row), 0);
	assert_true(message.order == order);
	kept_next_send(k, MSG_PART, order, buf_view(&body));
	kept_facts(k, order, true);
	kept_next_send(k, MSG_DONE, order, STR(""));
	assert_int_equal(buf_str(&text, kept_expect(k, MSG_DATA).body), 0);
	kept_expect(k, MSG_DONE);
	buf_release(&body);
	return buf_take(&text);
}

static void
the_same_ledger_gives_the_same_report(void **state)
{
	struct kept *k = *state;
	char thread[16], at[64];
	json_t *model;

	kept_session(k, INSPECTOR);
	find(k, "strcmp on a secret", thread);
	char *first = model_text(k, "");
	assert_int_equal(json_read_canonical(str_from(first), &model), 0);
	snprintf(at, sizeof at, ",\"at\":%llu",
	    (unsigned long long)json_num(json_object_get(model, "ledger"), "index"));
	kept_close(k);
	kept_session(k, INSPECTOR);
	kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	kept_facts(k, k->order, true);
	kept_next_send(k, MSG_DONE, k->order, STR(""));
	kept_expect(k, MSG_DONE);
	char *again = model_text(k, "");
	assert_string_equal(first, again);
	kept_json(k, MSG_SAY, "{\"say\":\"state\",\"thread\":\"%s\",\"state\":\"resolved\"}", thread);
	json_decref(sign(k));
	char *later = model_text(k, ""), *earlier = model_text(k, at);
	assert_string_not_equal(first, later);
	assert_string_equal(first, earlier);
	kept_close(k);

	const json_t *found = json_array_get(json_object_get(model, "threads"), 0);
	assert_true(str_is(json_str(found, "thread"), thread));
	const json_t *entry = json_array_get(json_object_get(found, "entries"), 0);
	assert_true(str_is(json_str(entry, "signature"), "good"));
	const json_t *scope = json_object_get(model, "scope");
	assert_int_equal(json_array_size(json_object_get(scope, "files")), 1);
	assert_true(str_is(json_str(json_array_get(json_object_get(scope, "odd"), 0), "path"), "../x"));
	const json_t *seal = json_object_get(model, "seal");
	assert_true(json_num(seal, "sessions") > 0);
	assert_int_equal(json_num(seal, "whole"), json_num(seal, "sessions"));
	for (unsigned format = 0; format < REPORT_FORMATS; format++) {
		struct buf out = BUF(REPORT_MAX);
		assert_int_equal(report_render(format, model, &out), 0);
		buf_release(&out);
	}
	json_decref(model);
	free(first);
	free(again);
	free(later);
	free(earlier);
}

/* ---- imports ---- */

static void
send_result(struct kept *k, uint64_t order, const char *name, struct str manifest, bool known)
{
	struct buf body = BUF(MESSAGE_BODY), segments = BUF(1000);
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	sha256(manifest.data, manifest.len, hash);
	hex_from(hash, sizeof hash, hex);
	assert_int_equal(enc_str(&segments, STR("release")), 0);
	assert_int_equal(enc_str(&segments, STR(HASH)), 0);
	assert_int_equal(enc_num(&segments, 4096), 0);
	struct import_result result = {
		.release = { str_from(name), STR("archive"), STR(OID), STR(OID), str_from(hex), STR(HASH),
		    STR(HASH) },
		.source = STR("acme \xff.tar"),
		.segments = buf_view(&segments),
		.files = 1,
		.blobs = 1,
		.bytes = 2,
		.known = known,
	};
	assert_int_equal(import_result_encode(&body, &result), 0);
	kept_next_send(k, MSG_RESULT, order, buf_view(&body));
	buf_release(&body);
	buf_release(&segments);
}

static void
send_attachment(struct kept *k, uint64_t order, const char *name, struct str bytes)
{
	struct buf body = BUF(MESSAGE_BODY);

	assert_int_equal(enc_str(&body, str_from(name)), 0);
	assert_int_equal(buf_str(&body, bytes), 0);
	kept_next_send(k, MSG_DATA, order, buf_view(&body));
	buf_release(&body);
}

static uint64_t
begin_import(struct kept *k)
{
	struct work work = { .kind = WORK_IMPORT, .source = STR("acme.tar") };
	struct buf body = BUF(MESSAGE_BODY);

	assert_int_equal(work_encode(&body, &work), 0);
	kept_send(k, MSG_WORK, ++k->order, buf_view(&body));
	buf_release(&body);
	return k->order;
}

static void
an_import_is_recorded_before_it_is_put_in_place(void **state)
{
	struct kept *k = *state;

	kept_session(k, HOST);
	uint64_t order = begin_import(k);
	kept_next_send(k, MSG_READY, 0, STR(""));
	struct message list = kept_next_expect(k, MSG_RELEASES);
	struct dec dec = dec_of(list.body);
	struct release release;
	assert_true(release_decode(&dec, &release));
	assert_true(str_is(release.name, "1.0"));
	assert_false(dec_more(&dec));
	assert_true(kept_next_expect(k, MSG_WORK).order == order);
	send_attachment(k, order, "manifest", STR("100644 "));
	send_attachment(k, order, "manifest", STR("blob\0"));
	send_result(k, order, "1.1", STR("100644 blob\0"), false);
	kept_next_expect(k, MSG_RECORDED);
	json_t *import = last_payload(k, "import");
	assert_true(str_is(json_str(import, "release"), "1.1"));
	assert_true(json_object_get(import, "source_b64") != NULL);
	assert_int_equal(json_array_size(json_object_get(import, "attach")), 1);
	json_decref(import);
	json_t *told = kept_answer(k, MSG_JSON);
	assert_true(json_object_get(told, "index") != NULL);
	json_decref(told);
	send_result(k, order, "1.0", STR(""), true);
	told = kept_answer(k, MSG_JSON);
	assert_true(json_bool(told, "known"));
	json_decref(told);
	kept_next_send(k, MSG_DONE, order, STR(""));
	kept_expect(k, MSG_DONE);
	kept_json(k, MSG_ASK, "{\"ask\":\"attachment\",\"index\":%llu,\"name\":\"manifest\"}",
	    (unsigned long long)kept_size(k) - 1);
	assert_true(str_eq(kept_expect(k, MSG_DATA).body, STR("100644 blob\0")));
	kept_expect(k, MSG_DONE);
	kept_close(k);
	assert_int_equal(kept_count(k, "import"), 2);
	assert_verifies(k);
}

static void
an_import_that_is_not_what_it_says_is_refused(void **state)
{
	struct kept *k = *state;

	kept_session(k, HOST);
	uint64_t order = begin_import(k);
	kept_next_send(k, MSG_READY, 0, STR(""));
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_WORK);
	send_attachment(k, order, "manifest", STR("one thing"));
	send_result(k, order, "1.1", STR("another"), false);
	assert_int_equal(kept_failure(k), ERR_FORMAT);
	/* the indexer, which waits, hears the refusal */
	kept_next_expect(k, MSG_FAIL);
	kept_close(k);
	assert_int_equal(kept_count(k, "import"), 1);
	kept_session(k, INSPECTOR);
	begin_import(k);
	assert_int_equal(kept_failure(k), ERR_REFUSED);
	kept_close(k);
}

/* ---- ends ---- */

static void
a_client_that_vanishes_leaves_a_closed_session(void **state)
{
	struct kept *k = *state;

	kept_session(k, INSPECTOR);
	kept_read(k, VERB_PAGE, "1.0", "src/a.c");
	kept_next_expect(k, MSG_RELEASES);
	kept_next_expect(k, MSG_READ);
	wire_release(&k->client);
	kept_next_expect(k, MSG_CANCEL);
	kept_wait(k);
	json_t *closed = last_payload(k, "close");
	assert_true(str_is(json_str(closed, "why"), "the client is gone"));
	json_decref(closed);
	assert_verifies(k);
}

static void
a_killed_session_is_noted_by_the_next(void **state)
{
	struct kept *k = *state;

	kept_session(k, INSPECTOR);
	kill(k->keeper, SIGKILL);
	waitpid(k->keeper, NULL, 0);
	k->keeper = 0;
	kept_session(k, VENDOR);
	kept_close(k);
	json_t *note = last_payload(k, "note");
	assert_true(str_is(json_str(note, "what"), "unclosed"));
	json_decref(note);
	kept_session(k, VENDOR);
	kept_close(k);
	assert_int_equal(kept_count(k, "note"), 1);
	assert_verifies(k);
}

static void
nonsense_ends_the_session(void **state)
{
	struct kept *k = *state;

	kept_session(k, INSPECTOR);
	kept_send(k, (enum message_kind)77, ++k->order, STR("?"));
	assert_int_equal(kept_failure(k), ERR_FORMAT);
	assert_int_equal(kept_wait(k), 4);
	assert_int_equal(kept_count(k, "close"), 1);
}

#define WITH_ROOM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_ROOM(a_session_says_who_acts_where),
	WITH_ROOM(a_key_that_nobody_enrolled_opens_nothing),
	WITH_ROOM(a_locked_desk_is_opened_by_its_key),
	WITH_ROOM(guesses_end_the_session),
	WITH_ROOM(a_passphrase_is_asked_for_until_it_is_right),
	WITH_ROOM(reading_the_ledger_leaves_no_record),
	WITH_ROOM(rows_arrive_after_their_record_is_durable),
	WITH_ROOM(the_reader_is_told_of_releases_once_and_of_new_ones),
	WITH_ROOM(rows_without_facts_go_nowhere),
	WITH_ROOM(facts_that_cannot_be_recorded_let_nothing_through),
	WITH_ROOM(a_search_commits_to_its_query_and_tells_only_the_person),
	WITH_ROOM(a_cancel_goes_down_the_chain),
	WITH_ROOM(a_dead_reader_is_told_noted_and_asked_again),
	WITH_ROOM(a_thousand_orders_without_reading_answers),
	WITH_ROOM(a_finding_is_drafted_signed_and_shown),
	WITH_ROOM(only_the_draft_that_was_shown_is_signed),
	WITH_ROOM(a_vendor_answers_but_may_not_resolve),
	WITH_ROOM(words_that_are_off_are_usage_errors),
	WITH_ROOM(a_forbidden_call_is_a_record_with_its_name),
	WITH_ROOM(a_policy_holds_from_its_record_on),
	WITH_ROOM(a_layer_may_be_missing_where_the_policy_says_so),
	WITH_ROOM(a_report_is_recorded_signed_and_written_once),
	WITH_ROOM(the_same_ledger_gives_the_same_report),
	WITH_ROOM(an_import_is_recorded_before_it_is_put_in_place),
	WITH_ROOM(an_import_that_is_not_what_it_says_is_refused),
	WITH_ROOM(a_client_that_vanishes_leaves_a_closed_session),
	WITH_ROOM(a_killed_session_is_noted_by_the_next),
	WITH_ROOM(nonsense_ends_the_session),
};

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: test_keeper CARREL-KEEPER\n", stderr);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
