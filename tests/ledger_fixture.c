#include "tests/unit.h"

#include "tests/ledger_fixture.h"

#include <stdio.h>

void
fixture_make(struct fixture *f, const struct ledger_hooks *hooks)
{
	struct genesis genesis = { .product = STR("acme"), .host = STR("hans"), .practice = true };
	struct buf signature = BUF(SSHSIG_MAX);

	*f = (struct fixture){ .hooks = hooks };
	scratch_make(&f->scratch);
	assert_int_equal(secret_new(&f->host), 0);
	genesis.key = secret_public(f->host);
	public_key_fingerprint(genesis.key, f->actor.actor);
	record_boot(genesis.boot);
	assert_int_equal(genesis_draft(&genesis), 0);
	assert_int_equal(sshsig_make(f->host, NS_RECORD, buf_view(&genesis.record), &signature), 0);
	int r = ledger_create(f->scratch.dir, &genesis, buf_view(&signature), hooks);
	if (r < 0)
		fail_msg("%s", err_text());
	genesis_release(&genesis);
	buf_release(&signature);
	fixture_reopen(f, DB_WRITE);
}

void
fixture_reopen(struct fixture *f, enum db_mode mode)
{
	ledger_close(f->ledger);
	f->ledger = NULL;
	if (ledger_open(f->scratch.dir, mode, f->hooks, &f->ledger) < 0)
		fail_msg("%s", err_text());
}

void
fixture_release(struct fixture *f)
{
	ledger_close(f->ledger);
	secret_free(f->host);
	secret_free(f->session);
	scratch_remove(&f->scratch);
}

const char *
fixture_file(const struct fixture *f)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/room.db", f->scratch.path);
	return path;
}

json_t *
payload_of(const char *text)
{
	json_t *payload;

	assert_int_equal(json_read(str_from(text), &payload), 0);
	return payload;
}

int
fixture_say(struct fixture *f, enum record_type type, const char *payload, struct appended *out)
{
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	json_t *object = payload_of(payload);

	int r = ledger_draft(f->ledger, &f->actor, type, object, &record);
	if (r == 0)
		r = sshsig_make(f->host, NS_RECORD, buf_view(&record), &signature);
	if (r == 0)
		r = ledger_append(f->ledger, buf_view(&record), buf_view(&signature), NULL, 0, out);
	json_decref(object);
	buf_release(&record);
	buf_release(&signature);
	return r;
}

void
fixture_session(struct fixture *f)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);
	char payload[2048];

	secret_free(f->session);
	assert_int_equal(secret_new(&f->session), 0);
	f->actor.secret = f->session;
	public_key_fingerprint(secret_public(f->session), f->actor.session);
	assert_int_equal(public_key_line(secret_public(f->session), STR(""), &line), 0);
	snprintf(payload, sizeof payload,
	    "{\"key\":\"%.*s\",\"program\":\"" HASH_A
	    "\",\"command\":\"desk\",\"seal\":{\"keeper\":{\"applied\":7,\"refused\":7,"
	    "\"landlock\":7}}}",
	    STR_ARG(buf_view(&line)));
	buf_release(&line);
	if (fixture_say(f, RECORD_SESSION, payload, NULL) < 0)
		fail_msg("%s", err_text());
}

int
fixture_page(struct fixture *f, unsigned line, struct appended *out)
{
	char text[2048];

	snprintf(text, sizeof text,
	    "{\"order\":1,\"unit\":0,\"end\":true,\"verb\":\"page\",\"releases\":[\"1.0\"],\"rows\":1,"
	    "\"files\":1,\"lines\":256,"
	    "\"bytes\":9000,\"root\":\"" HASH_A "\",\"sent\":9100,\"sha256\":\"" HASH_A
	    "\",\"path\":\"src/a.c\",\"blob\":\"" OID_A "\",\"first\":%u,\"last\":%u}",
	    line, line + 255);
	json_t *payload = payload_of(text);
	int r = ledger_append_session(f->ledger, &f->actor, RECORD_PAGE, payload, out);
	json_decref(payload);
	return r;
}
