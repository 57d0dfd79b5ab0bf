#include "tests/unit.h"

#include "tests/keeper_fixture.h"

#include "annotations/keyfile.h"
#include "base/fs.h"
#include "base/inherit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const roles[PEOPLE] = { "host", "inspector", "vendor", NULL, "inspector" };
static const char *const names[PEOPLE] = { "hans", "anna", "vic", "sam", "ida" };
static const char *keeper_program;

#define OK(call) \
	do { \
		if ((call) < 0) \
			fail_msg("%s: %s", #call, err_text()); \
	} while (0)

/* ---- keys and the room ---- */

static void
make_keys(struct kept *k, struct public_key keys[PEOPLE])
{
	struct unsealer unsealer;

	OK(unsealer_start(&unsealer, NULL));
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct keyfile_set set = { 0 };
		struct str pass = i == SEALED ? STR("open sesame") : STR("");
		OK(keyfile_generate(&unsealer, str_from(names[i]), pass, false, &set));
		k->files[i] = BUF(KEYFILE_MAX);
		OK(buf_str(&k->files[i], buf_view(&set.file)));
		OK(public_key_from_line(buf_view(&set.pub), &keys[i], NULL));
		OK(fs_write(k->scratch.dir, names[i], buf_view(&set.file), 0600, FS_NEW));
		keyfile_set_release(&set);
	}
	unsealer_stop(&unsealer);
}

static void
say(struct ledger *ledger, const struct secret *host, enum record_type type, json_t *payload,
    const struct attachment *attachment)
{
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	struct actor actor = { .session = "" };

	public_key_fingerprint(secret_public(host), actor.actor);
	OK(record_attach(payload, attachment, attachment ? 1 : 0));
	OK(ledger_draft(ledger, &actor, type, payload, &record));
	OK(sshsig_make(host, NS_RECORD, buf_view(&record), &signature));
	OK(ledger_append(
	    ledger, buf_view(&record), buf_view(&signature), attachment, attachment ? 1 : 0, NULL));
	json_decref(payload);
	buf_release(&record);
	buf_release(&signature);
}

static void
enrol(struct ledger *ledger, const struct secret *host, const struct public_key keys[PEOPLE])
{
	for (unsigned i = 1; i < PEOPLE; i++) {
		struct buf line = BUF(PUBLIC_LINE_MAX);
		if (!roles[i])
			continue;
		OK(public_key_line(&keys[i], STR(""), &line));
		json_t *person = json_pack(
		    "{s:s,s:s,s:s}", "name", names[i], "role", roles[i], "key", (const char *)line.data);
		say(ledger, host, RECORD_PERSON, person, NULL);
		buf_release(&line);
	}
}

static void
import(struct ledger *ledger, const struct secret *host, const char *release)
{
	static const char odd[] = "../x\0traversal\0left out";
	struct attachment attachment = { STR("odd"), { odd, sizeof odd } };

	say(ledger, host, RECORD_IMPORT,
	    json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:s}", "release", release, "kind",
		"directory", "source", "acme/", "commit", OID, "tree", OID, "manifest", HASH, "files", 3,
		"blobs", 3, "bytes", 99, "odd", 1, "segment", HASH),
	    &attachment);
}

void
kept_make(struct kept *k, const char *program)
{
	struct genesis genesis = { .product = STR("acme-av"), .host = STR("hans"), .practice = true };
	struct public_key keys[PEOPLE];
	struct buf signature = BUF(SSHSIG_MAX);
	struct ledger *ledger;
	struct secret *host;

	keeper_program = program;
	*k = (struct kept){ .packet = BUF(MESSAGE_MAX), .client.fd = -1, .next.fd = -1 };
	scratch_make(&k->scratch);
	scratch_make(&k->room);
	make_keys(k, keys);
	OK(keyfile_open_bare(buf_view(&k->files[HOST]), &host));
	genesis.key = secret_public(host);
	record_boot(genesis.boot);
	OK(genesis_draft(&genesis));
	OK(sshsig_make(host, NS_RECORD, buf_view(&genesis.record), &signature));
	OK(ledger_create(k->room.dir, &genesis, buf_view(&signature), &projection_hooks));
	OK(fs_make_dir(k->room.dir, "outbox", 0700));
	OK(ledger_open(k->room.dir, DB_WRITE, &projection_hooks, &ledger));
	enrol(ledger, host, keys);
	import(ledger, host, "1.0");
	ledger_close(ledger);
	genesis_release(&genesis);
	secret_free(host);
	buf_release(&signature);
}

void
kept_import(struct kept *k, const char *release)
{
	struct ledger *ledger;
	struct secret *host;

	OK(keyfile_open_bare(buf_view(&k->files[HOST]), &host));
	OK(ledger_open(k->room.dir, DB_WRITE, &projection_hooks, &ledger));
	import(ledger, host, release);
	ledger_close(ledger);
	secret_free(host);
}

static void
forget(struct kept *k)
{
	wire_release(&k->client);
	wire_release(&k->next);
	if (k->keeper > 0) {
		kill(k->keeper, SIGKILL);
		waitpid(k->keeper, NULL, 0);
	}
	k->keeper = 0;
}

void
kept_release(struct kept *k)
{
	forget(k);
	for (unsigned i = 0; i < PEOPLE; i++)
		buf_release(&k->files[i]);
	buf_release(&k->packet);
	scratch_remove(&k->scratch);
	scratch_remove(&k->room);
}

/* ---- the process ---- */

/* Everything moves above the numbers it is wanted on before it is put there. */
static _Noreturn void
run(int client, int room, int next, int key)
{
	const int from[] = { client, room, next, key }, to[] = { FD_PEER, FD_ROOM, FD_NEXT, FD_KEY };
	int high[4];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < 4; i++)
		high[i] = fcntl(from[i], F_DUPFD, 100);
	for (size_t i = 0; i < 4; i++)
		if (dup2(high[i], to[i]) < 0)
			_exit(90);
	close(FD_AGENT);
	close(FD_PASS);
	execl(keeper_program, "carrel-keeper", (char *)NULL);
	_exit(91);
}

void
kept_start(struct kept *k, enum who who)
{
	kept_start_sealed(k, who, &KEPT_WHOLE);
}

void
kept_start_sealed(struct kept *k, enum who who, const struct seal_verdict *reader)
{
	int client[2], next[2], key = -1;

	forget(k);
	OK(wire_pair(client));
	OK(wire_pair(next));
	OK(fs_open(k->scratch.dir, names[who], O_RDONLY, &key));
	k->keeper = fork();
	assert_true(k->keeper >= 0);
	if (k->keeper == 0)
		run(client[1], k->room.dir, next[1], key);
	close(client[1]);
	close(next[1]);
	close(key);
	/* the other end of next is the test's; the keeper's own is what it was given */
	OK(wire_init(&k->client, client[0]));
	OK(wire_init(&k->next, next[0]));
	k->order = 0;
	kept_next_sealed(k, "reader", reader);
}

void
kept_next_sealed(struct kept *k, const char *process, const struct seal_verdict *verdict)
{
	struct buf body = BUF(MESSAGE_BODY);

	OK(sealed_encode(&body, process, verdict));
	kept_next_send(k, MSG_SEALED, 0, buf_view(&body));
	buf_release(&body);
}

json_t *
kept_open(struct kept *k, const char *mode)
{
	json_t *answer;

	kept_json(k, MSG_OPEN,
	    "{\"mode\":\"%s\",\"program\":\"" HASH
	    "\",\"command\":\"desk\",\"seal\":{\"applied\":[\"namespace\",\"landlock\",\"seccomp\"],"
	    "\"refused\":[\"namespace\",\"landlock\",\"seccomp\"],\"landlock\":7}}",
	    mode);
	OK(wire_wait(&k->client, WAIT_MS));
	struct message message;
	int r = wire_read(&k->client, &message);
	if (r <= 0)
		fail_msg("the keeper said nothing to OPEN");
	if (message.kind == MSG_FAIL) {
		message_failed(message.body);
		return NULL;
	}
	assert_int_equal(message.kind, MSG_DONE);
	OK(json_read(message.body, &answer));
	return answer;
}

void
kept_session(struct kept *k, enum who who)
{
	kept_start(k, who);
	json_t *answer = kept_open(k, "session");
	if (!answer)
		fail_msg("%s", err_text());
	json_decref(answer);
}

int
kept_wait(struct kept *k)
{
	int status;

	assert_int_equal(waitpid(k->keeper, &status, 0), k->keeper);
	k->keeper = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

void
kept_close(struct kept *k)
{
	kept_send(k, MSG_CLOSE, ++k->order, STR(""));
	kept_expect(k, MSG_DONE);
	assert_int_equal(kept_wait(k), 0);
	forget(k);
}

/* ---- messages ---- */

static void
send_on(struct kept *k, struct wire *wire, enum message_kind kind, uint64_t order, struct str body)
{
	OK(message_begin(&k->packet, kind, order));
	OK(buf_str(&k->packet, body));
	OK(wire_send(wire, &k->packet));
}

void
kept_send(struct kept *k, enum message_kind kind, uint64_t order, struct str body)
{
	send_on(k, &k->client, kind, order, body);
}

void
kept_next_send(struct kept *k, enum message_kind kind, uint64_t order, struct str body)
{
	send_on(k, &k->next, kind, order, body);
}

uint64_t
kept_json(struct kept *k, enum message_kind kind, const char *format, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, format);
	int len = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	assert_in_range(len, 1, sizeof text - 1);
	kept_send(k, kind, ++k->order, str_from(text));
	return k->order;
}

uint64_t
kept_read(struct kept *k, enum verb verb, const char *release, const char *path)
{
	struct order order = { .verb = verb };
	struct buf body = BUF(MESSAGE_BODY);

	row_set(&order.args, F_RELEASE, str_from(release));
	row_set(&order.args, verb == VERB_SEARCH ? F_PATTERN : F_PATH, str_from(path));
	OK(order_encode(&body, &order));
	kept_send(k, MSG_READ, ++k->order, buf_view(&body));
	buf_release(&body);
	return k->order;
}

void
kept_rows(struct kept *k, uint64_t order, const char *text)
{
	struct buf body = BUF(MESSAGE_BODY);
	struct row row = { 0 };

	row_set(&row, F_TEXT, str_from(text));
	OK(row_encode(&body, &row));
	kept_next_send(k, MSG_PART, order, buf_view(&body));
	buf_release(&body);
}

void
kept_facts(struct kept *k, uint64_t order, bool last)
{
	struct buf body = BUF(MESSAGE_BODY);
	struct facts facts = {
		.releases = STR("1.0"),
		.path = STR("src/a.c"),
		.blob = STR(OID),
		.first = 1,
		.last = 9,
		.rows = 1,
		.files = 1,
		.lines = 9,
		.bytes = 90,
		.last_unit = last,
	};

	OK(facts_encode(&body, &facts));
	kept_next_send(k, MSG_FACTS, order, buf_view(&body));
	buf_release(&body);
}

static struct message
expect_on(struct wire *wire, enum message_kind kind, const char *side)
{
	struct message message = { 0 };
	int r = 0;

	while (r == 0 && !wire->closed) {
		OK(wire_wait(wire, WAIT_MS));
		r = wire_read(wire, &message);
		if (r < 0)
			fail_msg("%s", err_text());
	}
	if (r == 0)
		fail_msg("the keeper is gone, message %d was due to the %s", (int)kind, side);
	if (message.kind != kind && message.kind == MSG_FAIL)
		fail_msg("FAIL %d instead of %d: %s", message_failed(message.body), (int)kind, err_text());
	assert_int_equal(message.kind, kind);
	return message;
}

struct message
kept_expect(struct kept *k, enum message_kind kind)
{
	return expect_on(&k->client, kind, "client");
}

struct message
kept_expect_after_progress(struct kept *k, enum message_kind kind)
{
	struct message message;

	for (;;) {
		OK(wire_wait(&k->client, WAIT_MS));
		int r = wire_read(&k->client, &message);
		assert_int_equal(r, 1);
		if (message.kind != MSG_PROGRESS)
			break;
	}
	assert_int_equal(message.kind, kind);
	return message;
}

struct message
kept_next_expect(struct kept *k, enum message_kind kind)
{
	return expect_on(&k->next, kind, "next program");
}

int
kept_failure(struct kept *k)
{
	return message_failed(kept_expect(k, MSG_FAIL).body);
}

json_t *
kept_answer(struct kept *k, enum message_kind kind)
{
	json_t *answer;

	OK(json_read(kept_expect(k, kind).body, &answer));
	return answer;
}

/* ---- the room ---- */

struct ledger *
kept_ledger(struct kept *k)
{
	struct ledger *ledger;

	OK(ledger_open(k->room.dir, DB_READ, &projection_hooks, &ledger));
	return ledger;
}

uint64_t
kept_size(struct kept *k)
{
	struct ledger *ledger = kept_ledger(k);
	struct head head;

	OK(ledger_head(ledger, &head));
	ledger_close(ledger);
	return head.size;
}

uint64_t
kept_count(struct kept *k, const char *type)
{
	struct ledger *ledger = kept_ledger(k);
	uint64_t count;

	OK(db_number(
	    ledger_db(ledger), "SELECT count(*) FROM log WHERE type = ?1", &count, "t", str_from(type)));
	ledger_close(ledger);
	return count;
}
