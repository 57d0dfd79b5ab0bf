#include "tests/unit.h"

#include "tests/ledger_fixture.h"

#include "annotations/model.h"
#include "annotations/roster.h"
#include "annotations/thread.h"
#include "annotations/verify.h"
#include "base/fs.h"

#include <stdio.h>

#define ANCHOR \
	"{\"release\":\"1.0\",\"path\":\"src/a.c\",\"blob\":\"" OID_A \
	"\",\"first\":1,\"last\":2,\"text\":\"" HASH_A "\",\"context\":\"" HASH_A "\"}"

enum { HOST, ANNA, VIC, PEOPLE };

struct room {
	struct fixture f;
	struct secret *keys[PEOPLE];
};

static void
act_as(struct room *room, unsigned who)
{
	room->f.host = room->keys[who];
	public_key_fingerprint(secret_public(room->f.host), room->f.actor.actor);
	room->f.actor.session[0] = 0;
	fixture_session(&room->f);
}

static void
enrol(struct room *room, unsigned who, const char *name, const char *role)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);
	char payload[1024];

	assert_int_equal(public_key_line(secret_public(room->keys[who]), STR(""), &line), 0);
	snprintf(payload, sizeof payload, "{\"name\":\"%s\",\"role\":\"%s\",\"key\":\"%s\"}", name, role,
	    (const char *)line.data);
	assert_int_equal(fixture_say(&room->f, RECORD_PERSON, payload, NULL), 0);
	buf_release(&line);
}

static int
set_up(void **state)
{
	struct room *room = calloc(1, sizeof *room);

	fixture_make(&room->f, &projection_hooks);
	room->keys[HOST] = room->f.host;
	for (unsigned i = ANNA; i < PEOPLE; i++)
		assert_int_equal(secret_new(&room->keys[i]), 0);
	act_as(room, HOST);
	enrol(room, ANNA, "anna", "inspector");
	enrol(room, VIC, "vic", "vendor");
	*state = room;
	return 0;
}

static int
tear_down(void **state)
{
	struct room *room = *state;

	for (unsigned i = 0; i < PEOPLE; i++)
		secret_free(room->keys[i]);
	room->f.host = NULL;
	fixture_release(&room->f);
	free(room);
	return 0;
}

static uint64_t
size_of(struct room *room)
{
	struct head head;

	assert_int_equal(ledger_head(room->f.ledger, &head), 0);
	return head.size;
}

/* Opens a thread as anna; its name, and its hash in hex. */
static uint64_t
annotate(
    struct room *room, const char *more, char name[static THREAD_NAME], char hex[static HEX_LEN(SHA256_LEN)])
{
	struct appended appended;
	char payload[2048];

	snprintf(payload, sizeof payload,
	    "{\"kind\":\"finding\",\"text\":\"bad\",\"anchors\":[" ANCHOR "]%s}", more);
	if (fixture_say(&room->f, RECORD_ANNOTATE, payload, &appended) < 0)
		fail_msg("%s", err_text());
	thread_name(appended.hash, name);
	hex_from(appended.hash, SHA256_LEN, hex);
	return appended.index;
}

static int
say_in(struct room *room, enum record_type type, const char *hex, const char *more, struct appended *out)
{
	char payload[2048];

	snprintf(payload, sizeof payload, "{\"thread\":\"%s\",\"after\":[\"%s\"]%s}", hex, hex, more);
	return fixture_say(&room->f, type, payload, out);
}

static int
never_fails(void *ctx, enum verify_check check, bool ok, const char *detail)
{
	(void)ctx;
	if (!ok)
		fail_msg("verify: %s: %s", verify_check_name(check), detail);
	return 0;
}

static void
assert_verifies(struct room *room)
{
	struct verify_options options = { .hooks = &projection_hooks, .result = never_fails };
	struct verify_summary summary;

	assert_int_equal(verify_run(room->f.ledger, &options, &summary), 0);
	assert_true(summary.failures == 0);
}

/* ---- names ---- */

static void
names_are_base32_of_the_hash(void **state)
{
	uint8_t hash[SHA256_LEN], again[SHA256_LEN];
	char name[THREAD_NAME];

	(void)state;
	sha256("abc", 3, hash);
	thread_name(hash, name);
	/* RFC 4648 over ba7816bf..., in lower case, without padding */
	assert_string_equal(name, "xj4bnp4pahh6uqkbidpf3lrceoyagyndsylxvhfucd7wd4qacwwq");
	assert_true(thread_hash(str_from(name), again));
	assert_memory_equal(hash, again, sizeof hash);
	name[0] = 'X';
	assert_false(thread_hash(str_from(name), again));
	/* the last character has bits that no hash sets */
	thread_name(hash, name);
	name[THREAD_NAME - 2] = 'r';
	assert_false(thread_hash(str_from(name), again));
}

static void
a_unique_prefix_finds_a_thread(void **state)
{
	struct room *room = *state;
	char a[THREAD_NAME], b[THREAD_NAME], found[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];

	act_as(room, ANNA);
	annotate(room, "", a, hex);
	do
		annotate(room, ",\"title\":\"another\"", b, hex);
	while (a[0] != b[0] && size_of(room) < 400);
	size_t common = 0;
	while (a[common] == b[common])
		common++;
	assert_int_equal(thread_find(ledger_db(room->f.ledger), (struct str){ b, 20 }, found), 0);
	assert_string_equal(found, b);
	if (common > 0)
		assert_int_equal(
		    thread_find(ledger_db(room->f.ledger), (struct str){ b, common }, found), ERR_USAGE);
	assert_int_equal(thread_find(ledger_db(room->f.ledger), STR("0"), found), ERR_ABSENT);
	assert_int_equal(thread_find(ledger_db(room->f.ledger), STR(""), found), ERR_USAGE);
	assert_int_equal(thread_find(ledger_db(room->f.ledger), STR("%"), found), ERR_ABSENT);
}

/* ---- roles, in the append itself ---- */

static void
a_vendor_that_resolves_leaves_the_ledger_as_it_was(void **state)
{
	struct room *room = *state;
	char name[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];

	act_as(room, ANNA);
	annotate(room, "", name, hex);
	act_as(room, VIC);
	uint64_t size = size_of(room);
	assert_int_equal(say_in(room, RECORD_STATE, hex, ",\"state\":\"resolved\"", NULL), ERR_REFUSED);
	assert_int_equal(size_of(room), size);
	assert_int_equal(say_in(room, RECORD_STATE, hex, ",\"state\":\"answered\"", NULL), 0);
	assert_int_equal(say_in(room, RECORD_STATE, hex, ",\"state\":\"answered\"", NULL), ERR_REFUSED);
	act_as(room, HOST);
	assert_int_equal(say_in(room, RECORD_REPLY, hex, ",\"text\":\"x\"", NULL), ERR_REFUSED);
	act_as(room, ANNA);
	assert_int_equal(say_in(room, RECORD_STATE, hex, ",\"state\":\"resolved\"", NULL), 0);
	assert_verifies(room);
}

static void
a_record_of_another_thread_is_no_after(void **state)
{
	struct room *room = *state;
	char a[THREAD_NAME], b[THREAD_NAME], first[HEX_LEN(SHA256_LEN)], second[HEX_LEN(SHA256_LEN)],
	    payload[1024];

	act_as(room, ANNA);
	annotate(room, "", a, first);
	annotate(room, "", b, second);
	snprintf(
	    payload, sizeof payload, "{\"thread\":\"%s\",\"after\":[\"%s\"],\"text\":\"x\"}", first, second);
	assert_int_equal(fixture_say(&room->f, RECORD_REPLY, payload, NULL), ERR_REFUSED);
	assert_int_equal(say_in(room, RECORD_REPLY, HASH_A, ",\"text\":\"x\"", NULL), ERR_REFUSED);
}

static void
enrolment_holds_from_its_place_to_its_revocation(void **state)
{
	struct room *room = *state;
	struct db *db = ledger_db(room->f.ledger);
	struct person person;
	struct appended revoked;
	char print[FINGERPRINT_LEN], name[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];

	act_as(room, ANNA);
	uint64_t said = annotate(room, "", name, hex);
	act_as(room, HOST);
	assert_int_equal(fixture_say(&room->f, RECORD_REVOKE, "{\"name\":\"hans\"}", NULL), ERR_REFUSED);
	assert_int_equal(fixture_say(&room->f, RECORD_REVOKE, "{\"name\":\"nobody\"}", NULL), ERR_REFUSED);
	assert_int_equal(fixture_say(&room->f, RECORD_REVOKE, "{\"name\":\"anna\"}", &revoked), 0);
	public_key_fingerprint(secret_public(room->keys[ANNA]), print);
	assert_int_equal(person_by_key(db, print, 0, &person), ERR_ABSENT);
	assert_int_equal(person_by_key(db, print, said, &person), 0);
	assert_int_equal(person.role, ROLE_INSPECTOR);
	person_release(&person);
	assert_int_equal(person_by_key(db, print, revoked.index, &person), 0); /* the last for which it counts */
	person_release(&person);
	assert_int_equal(person_by_key(db, print, revoked.index + 1, &person), ERR_ABSENT);
	/* her key may not act any more, may be enrolled again, and her words stand */
	room->f.host = room->keys[ANNA];
	memcpy(room->f.actor.actor, print, sizeof print);
	room->f.actor.session[0] = 0;
	assert_int_equal(say_in(room, RECORD_REPLY, hex, ",\"text\":\"x\"", NULL), ERR_REFUSED);
	act_as(room, HOST);
	enrol(room, ANNA, "anna", "inspector");
	assert_verifies(room);
}

static void
a_key_is_one_persons_and_a_person_has_one_role(void **state)
{
	struct room *room = *state;
	struct buf line = BUF(PUBLIC_LINE_MAX);
	struct secret *other;
	char payload[1024];

	assert_int_equal(public_key_line(secret_public(room->keys[VIC]), STR(""), &line), 0);
	snprintf(payload, sizeof payload, "{\"name\":\"v2\",\"role\":\"vendor\",\"key\":\"%s\"}",
	    (const char *)line.data);
	assert_int_equal(fixture_say(&room->f, RECORD_PERSON, payload, NULL), ERR_REFUSED);
	assert_int_equal(secret_new(&other), 0);
	buf_clear(&line);
	assert_int_equal(public_key_line(secret_public(other), STR(""), &line), 0);
	snprintf(payload, sizeof payload, "{\"name\":\"vic\",\"role\":\"inspector\",\"key\":\"%s\"}",
	    (const char *)line.data);
	assert_int_equal(fixture_say(&room->f, RECORD_PERSON, payload, NULL), ERR_REFUSED);
	snprintf(payload, sizeof payload, "{\"name\":\"vic\",\"role\":\"vendor\",\"key\":\"%s\"}",
	    (const char *)line.data);
	assert_int_equal(fixture_say(&room->f, RECORD_PERSON, payload, NULL), 0);
	secret_free(other);
	buf_release(&line);
}

/* ---- what ssh-keygen says ---- */

/* FILE and FILE.sig of a record, and "signers" as of its position. */
static void
put_record(struct room *room, uint64_t index)
{
	struct buf leaf = BUF(LEAF_MAX), armour = BUF(SSHSIG_ARMOUR_MAX), signers = BUF(ROSTER_MAX);
	struct entry entry;
	int dir = room->f.scratch.dir;

	assert_int_equal(ledger_get(room->f.ledger, index, &leaf, &entry), 0);
	assert_int_equal(sshsig_armour(entry.signature, &armour), 0);
	assert_int_equal(roster_export(room->f.ledger, index, &signers), 0);
	assert_int_equal(fs_write(dir, "record", entry.bytes, 0600, FS_REPLACE), 0);
	assert_int_equal(fs_write(dir, "record.sig", buf_view(&armour), 0600, FS_REPLACE), 0);
	assert_int_equal(fs_write(dir, "signers", buf_view(&signers), 0600, FS_REPLACE), 0);
	record_release(&entry.record);
	buf_release(&leaf);
	buf_release(&armour);
	buf_release(&signers);
}

static int
ssh_keygen(struct room *room, const char *who)
{
	return scratch_run(&room->f.scratch,
	    "ssh-keygen -q -Y verify -f signers -I %s -n record@carrel -s record.sig < record", who);
}

static void
ssh_keygen_judges_a_record_by_the_roster_of_its_place(void **state)
{
	struct room *room = *state;
	char name[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];

	act_as(room, ANNA);
	uint64_t said = annotate(room, "", name, hex);
	act_as(room, HOST);
	assert_int_equal(fixture_say(&room->f, RECORD_REVOKE, "{\"name\":\"anna\"}", NULL), 0);
	put_record(room, said);
	assert_int_equal(ssh_keygen(room, "anna"), 0);
	assert_int_not_equal(ssh_keygen(room, "vic"), 0);
	struct buf signers = BUF(ROSTER_MAX);
	assert_int_equal(roster_export(room->f.ledger, AT_END, &signers), 0);
	assert_null(strstr((const char *)signers.data, "anna "));
	assert_non_null(strstr((const char *)signers.data, "vic namespaces=\"record@carrel,"));
	buf_release(&signers);
}

/* ---- threads at a position, and the model ---- */

static void
a_thread_is_what_its_records_made_of_it_up_to_a_position(void **state)
{
	struct room *room = *state;
	char name[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];
	struct appended amended, answered;
	json_t *thread;

	act_as(room, ANNA);
	uint64_t said = annotate(
	    room, ",\"title\":\"first\",\"severity\":\"low\",\"cwe\":[\"CWE-1\",\"CWE-2\"]", name, hex);
	assert_int_equal(say_in(room, RECORD_AMEND, hex, ",\"severity\":\"high\"", &amended), 0);
	act_as(room, VIC);
	assert_int_equal(
	    say_in(room, RECORD_STATE, hex, ",\"state\":\"disputed\",\"text\":\"no\"", &answered), 0);

	assert_int_equal(thread_load(room->f.ledger, name, said, &thread), 0);
	assert_true(str_is(json_str(thread, "severity"), "low"));
	assert_true(str_is(json_str(thread, "state"), "open"));
	assert_int_equal(json_num(thread, "entries"), 1);
	json_decref(thread);
	assert_int_equal(thread_load(room->f.ledger, name, amended.index, &thread), 0);
	assert_true(str_is(json_str(thread, "severity"), "high"));
	assert_true(str_is(json_str(thread, "title"), "first"));
	assert_true(str_is(json_str(thread, "state"), "open"));
	json_decref(thread);
	assert_int_equal(thread_load(room->f.ledger, name, AT_END, &thread), 0);
	assert_true(str_is(json_str(thread, "state"), "disputed"));
	assert_true(str_is(json_str(thread, "author"), "anna"));
	assert_int_equal(thread_brief(thread), 0);
	assert_true(str_is(json_str(thread, "cwe"), "CWE-1, CWE-2"));
	json_decref(thread);
	assert_int_equal(thread_load(room->f.ledger, name, said - 1, &thread), ERR_ABSENT);
}

static char *
model(struct room *room, uint64_t at)
{
	struct buf text = BUF(MODEL_MAX);
	struct skipped skipped;
	json_t *built;

	assert_int_equal(skipped_init(&skipped), 0);
	if (model_build(room->f.ledger, STR("1.0"), at, &skipped, &built) < 0)
		fail_msg("%s", err_text());
	assert_int_equal(json_write_canonical(&text, built), 0);
	json_decref(built);
	skipped_release(&skipped);
	return buf_take(&text);
}

static void
a_model_is_a_function_of_the_ledger_up_to_a_record(void **state)
{
	struct room *room = *state;
	char name[THREAD_NAME], hex[HEX_LEN(SHA256_LEN)];
	struct skipped skipped;
	uint64_t at, again;
	json_t *built;

	assert_int_equal(
	    fixture_say(&room->f, RECORD_IMPORT,
		"{\"release\":\"1.0\",\"kind\":\"archive\",\"source\":\"x.tar\",\"commit\":\"" OID_A
		"\",\"tree\":\"" OID_A "\",\"manifest\":\"" HASH_A
		"\",\"files\":1,\"blobs\":1,\"bytes\":1,\"odd\":0,\"segment\":\"" HASH_A "\"}",
		NULL),
	    0);
	act_as(room, ANNA);
	annotate(room, ",\"severity\":\"low\",\"title\":\"a\"", name, hex);
	annotate(room, ",\"severity\":\"critical\",\"title\":\"b\"", name, hex);
	assert_int_equal(model_position(room->f.ledger, NULL, &at), 0);
	assert_int_equal(at, size_of(room) - 1);
	char *first = model(room, at);
	assert_true(strstr(first, "\"title\":\"b\"") < strstr(first, "\"title\":\"a\""));
	act_as(room, VIC); /* a session says nothing that a report holds */
	assert_int_equal(fixture_page(&room->f, 1, NULL), 0);
	assert_int_equal(model_position(room->f.ledger, NULL, &again), 0);
	assert_int_equal(again, at);
	assert_int_equal(say_in(room, RECORD_REPLY, hex, ",\"text\":\"no\"", NULL), 0);
	act_as(room, HOST);
	assert_int_equal(fixture_say(&room->f, RECORD_REVOKE, "{\"name\":\"anna\"}", NULL), 0);
	char *second = model(room, at);
	assert_string_equal(first, second);
	free(first);
	free(second);
	assert_int_equal(skipped_init(&skipped), 0);
	assert_int_equal(model_build(room->f.ledger, STR("2.0"), at, &skipped, &built), ERR_ABSENT);
	assert_int_equal(model_build(room->f.ledger, STR("1.0"), 2, &skipped, &built), ERR_ABSENT);
	skipped_release(&skipped);
	json_t *beyond = json_integer(9999);
	assert_int_equal(model_position(room->f.ledger, beyond, &at), ERR_ABSENT);
	json_decref(beyond);
	assert_verifies(room);
}

#define WITH_ROOM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(names_are_base32_of_the_hash),
	WITH_ROOM(a_unique_prefix_finds_a_thread),
	WITH_ROOM(a_vendor_that_resolves_leaves_the_ledger_as_it_was),
	WITH_ROOM(a_record_of_another_thread_is_no_after),
	WITH_ROOM(enrolment_holds_from_its_place_to_its_revocation),
	WITH_ROOM(a_key_is_one_persons_and_a_person_has_one_role),
	WITH_ROOM(ssh_keygen_judges_a_record_by_the_roster_of_its_place),
	WITH_ROOM(a_thread_is_what_its_records_made_of_it_up_to_a_position),
	WITH_ROOM(a_model_is_a_function_of_the_ledger_up_to_a_record),
};

UNIT(tests)
