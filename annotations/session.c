#include "annotations/session.h"

#include "annotations/clock.h"
#include "annotations/identity.h"
#include "annotations/issue.h"
#include "annotations/unclosed.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS_MAX 16
#define GIVEN_MAX \
	((size_t)65 * 1024 * 1024) /* bytes of a file that is looked at: a bundle with its signature */

void
session_init(struct session *session)
{
	*session = (struct session){
		.room = -1,
		.outbox = -1,
		.given = -1,
		.file = BUF(GIVEN_MAX),
		.agent = -1,
		.lock = -1,
		.unsealer = UNSEALER_NONE,
		.key_file = BUF(KEYFILE_MAX),
		.notebook = NOTEBOOK_NONE,
		.product = BUF(RECORD_MAX),
		.host = BUF(RECORD_MAX),
	};
}

void
session_release(struct session *session)
{
	unclosed_unlock(session);
	unsealer_stop(&session->unsealer);
	ledger_close(session->ledger);
	secret_free(session->secret);
	secret_free(session->own);
	unlocker_free(session->unlocker);
	secret_free(session->room_key);
	person_release(&session->person);
	buf_release(&session->key_file);
	buf_release(&session->file);
	sodium_free(session->pass);
	notebook_close(&session->notebook);
	buf_release(&session->product);
	buf_release(&session->host);
	json_decref(session->open);
	if (session->outbox >= 0)
		close(session->outbox);
}

/* ---- what is there before the seal closes ---- */

static int
find_mode(struct session *session)
{
	static const char *const words[] = { [MODE_INIT] = "init",
		[MODE_SESSION] = "session",
		[MODE_READ] = "read",
		[MODE_KEY] = "key",
		[MODE_FILE] = "file" };
	struct str mode = json_str(session->open, "mode");

	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(mode, words[i])) {
			session->mode = i;
			return 0;
		}
	return err_set(ERR_USAGE, "open: no mode '%.*s'", STR_ARG(mode));
}

/* Straight into locked memory; one newline at its end does not count. */
static int
read_pass(struct session *session, int fd)
{
	struct passphrase *pass = sodium_malloc(sizeof *pass);
	ssize_t n;

	if (!pass)
		return err_set(ERR_MEMORY, "no locked memory for a passphrase");
	session->pass = pass;
	pass->len = 0;
	do {
		n = read(fd, pass->text + pass->len, sizeof pass->text - pass->len);
		pass->len += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && pass->len < sizeof pass->text) || (n < 0 && errno == EINTR));
	if (n < 0)
		return err_sys("passphrase");
	if (pass->len > 0 && pass->text[pass->len - 1] == '\n')
		pass->len--;
	return pass->len <= PASSPHRASE_MAX
	    ? 0
	    : err_set(ERR_USAGE, "a passphrase has 1 to %d bytes", PASSPHRASE_MAX);
}

static int
read_genesis(struct session *session)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry;

	int r = ledger_get(session->ledger, 0, &leaf, &entry);
	if (r == 0) {
		r = buf_str(&session->product, json_str(entry.record.payload, "product"));
		if (r == 0)
			r = buf_str(&session->host, json_str(entry.record.payload, "host"));
		session->practice = json_bool(entry.record.payload, "practice");
		record_release(&entry.record);
	}
	buf_release(&leaf);
	return r;
}

static int
open_room(struct session *session, enum db_mode mode)
{
	struct stat st;

	int r = ledger_open(session->room, mode, &projection_hooks, &session->ledger);
	if (r == 0 && fstatat(session->room, "room.db", &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = err_sys("room.db");
	if (r < 0)
		return r;
	session->device = st.st_dev;
	session->inode = st.st_ino;
	r = read_genesis(session);
	if (r < 0)
		return r;
	policy_default(session->practice, &session->policy);
	return policy_at(ledger_db(session->ledger), AT_END, &session->policy);
}

int
session_prepare(struct session *session, struct str open, int key, int pass)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN); /* the seal hides where this is read */

	session->processors = processors < 1 ? 1
	    : processors > THREADS_MAX       ? THREADS_MAX
					     : (unsigned)processors;
	record_boot(session->boot);
	session->disk = disk_of(session->room, "/sys");
	int r = json_read(open, &session->open);
	if (r == 0)
		r = find_mode(session);
	if (r == 0)
		r = seals_add_client(&session->seals, session->open);
	session->wants_notebook = session->mode == MODE_SESSION &&
	    (json_bool(session->open, "notebook") || str_is(json_str(session->open, "command"), "desk"));
	if (r == 0 && key >= 0)
		r = fs_read_fd(key, &session->key_file);
	if (r == 0 && session->given >= 0)
		r = fs_read_fd(session->given, &session->file);
	if (r == 0 && pass >= 0)
		r = read_pass(session, pass);
	/* deriving a key needs a process of its own, which the seal would not let start as it must be */
	if (r == 0 && (session->key_file.len > 0 || session->mode == MODE_KEY || session->wants_notebook))
		r = unsealer_start(&session->unsealer, identity_seal_helper);
	if (r == 0 && session->mode == MODE_SESSION) {
		r = open_room(session, DB_WRITE);
		if (r == 0 && fs_open_dir(session->room, "outbox", &session->outbox) < 0)
			session->outbox = -1; /* said when something is to go there */
	}
	if (r == 0 && session->mode == MODE_READ)
		r = open_room(session, DB_READ);
	return r;
}

/* ---- modes ---- */

static int
agree(const struct session *session, struct str bytes)
{
	return session->agree ? session->agree(session->agree_ctx, bytes) : 0;
}

static int
open_init(struct session *session)
{
	struct genesis genesis = {
		.product = json_str(session->open, "product"),
		.host = json_str(session->open, "host"),
		.practice = json_bool(session->open, "practice"),
	};
	struct buf signature = BUF(SSHSIG_MAX);

	memcpy(genesis.boot, session->boot, sizeof genesis.boot);
	session->practice = genesis.practice;
	policy_default(session->practice, &session->policy);
	int r = identity_find_any(session);
	if (r == 0)
		r = identity_unseal(session);
	if (r != 0)
		return r;
	genesis.key = &session->key;
	r = genesis_draft(&genesis);
	if (r == 0)
		r = agree(session, buf_view(&genesis.record));
	if (r == 0)
		r = session_sign(session, NS_RECORD, buf_view(&genesis.record), &signature);
	if (r == 0)
		r = ledger_create(session->room, &genesis, buf_view(&signature), &projection_hooks);
	genesis_release(&genesis);
	buf_release(&signature);
	return r == 0 ? open_room(session, DB_READ) : r;
}

static int
set_if_any(json_t *object, const char *key, json_t *value)
{
	return value && json_object_set_new(object, key, value) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
}

/* "seal", "accepted" where something is, "disk". */
static int
set_seals(const struct session *session, json_t *object)
{
	json_t *seals = NULL, *accepted = NULL;

	int r = seals_json(&session->seals, &seals);
	if (r == 0)
		r = set_if_any(object, "seal", seals);
	if (r == 0)
		r = seals_accepted(&session->seals, policy_accepted(&session->policy), &accepted);
	if (r == 0)
		r = set_if_any(object, "accepted", accepted);
	return r == 0 ? json_set_str(object, "disk", str_from(disk_word(session->disk))) : r;
}

/* "last": the head with which this person's last session ended, if one did. */
static int
set_last(const struct session *session, json_t *payload)
{
	char root[HEX_LEN(SHA256_LEN)];
	struct head head;
	uint64_t closed;

	int r = db_number(ledger_db(session->ledger),
	    "SELECT max(closed) FROM session WHERE actor IN (SELECT print FROM person WHERE name = ?1)",
	    &closed, "t", buf_view(&session->person.name));
	if (r < 0 || closed == 0)
		return r;
	r = ledger_head_at(session->ledger, closed + 1, &head);
	if (r < 0)
		return r;
	hex_from(head.root, sizeof head.root, root);
	return set_if_any(
	    payload, "last", json_pack("{s:s,s:I}", "root", root, "size", (json_int_t)head.size));
}

static int
session_payload(const struct session *session, json_t **out)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);
	struct str command = json_str(session->open, "command");
	json_t *payload = json_object();

	int r = payload ? public_key_line(secret_public(session->own), STR(""), &line)
			: err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_str(payload, "key", buf_view(&line));
	if (r == 0)
		r = json_set_str(payload, "program", json_str(session->open, "program"));
	if (r == 0)
		r = json_set_str(payload, "command", command.len > 0 ? command : STR("unknown"));
	if (r == 0)
		r = set_last(session, payload);
	if (r == 0)
		r = set_seals(session, payload);
	buf_release(&line);
	if (r < 0) {
		json_decref(payload);
		return r;
	}
	*out = payload;
	return 0;
}

/* Both in one commit: the session's first act is to say over which head it works. */
static int
append_with_checkpoint(
    struct session *session, struct str record, struct str signature, struct appended *appended)
{
	int r = ledger_hold(session->ledger);

	if (r < 0)
		return r;
	r = ledger_append(session->ledger, record, signature, NULL, 0, appended);
	if (r == 0)
		r = issue_checkpoint(session, "open");
	return ledger_settle(session->ledger, r);
}

static int
append_session(struct session *session)
{
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	struct appended appended;
	json_t *payload = NULL;

	int r = session_payload(session, &payload);
	if (r == 0)
		r = ledger_draft(session->ledger, &session->actor, RECORD_SESSION, payload, &record);
	if (r == 0)
		r = agree(session, buf_view(&record));
	if (r == 0)
		r = session_sign(session, NS_RECORD, buf_view(&record), &signature);
	if (r == 0)
		r = append_with_checkpoint(session, buf_view(&record), buf_view(&signature), &appended);
	json_decref(payload);
	buf_release(&record);
	buf_release(&signature);
	if (r < 0)
		return r;
	session->index = appended.index;
	session->is_open = true;
	return 0;
}

static int
open_session(struct session *session)
{
	if (session->person.print[0] == 0) {
		int r = identity_find(session);
		if (r < 0)
			return r;
	}
	int r = identity_unseal(session);
	if (r == 0 && session->notebook.dir < 0)
		r = notebook_open(&session->notebook, session->room, buf_view(&session->person.box));
	if (r == 0)
		r = secret_new(&session->own);
	if (r != 0)
		return r;
	session->actor.secret = session->own;
	memcpy(session->actor.actor, session->person.print, sizeof session->actor.actor);
	public_key_fingerprint(secret_public(session->own), session->actor.session);
	r = unclosed_lock(session);
	if (r == 0)
		r = append_session(session);
	if (r == 0)
		r = unclosed_note(session);
	return r == 0 ? clock_begin(session) : r;
}

int
session_open(struct session *session)
{
	switch (session->mode) {
	case MODE_INIT:
		return open_init(session);
	case MODE_SESSION:
		return open_session(session);
	case MODE_KEY:
		return identity_new_key(session);
	case MODE_FILE:
		return 0;
	case MODE_READ:
		break;
	}
	if (session->policy.allows[POLICY_OPEN_LEDGER])
		return 0;
	return err_set(
	    ERR_REFUSED, "this room's policy has 'open-ledger no': the ledger is read at the desk");
}

static int
describe_person(const struct session *session, json_t *out)
{
	int r = json_set_str(out, "person", buf_view(&session->person.name));
	if (r == 0)
		r = json_set_str(out, "role", str_from(role_word(session->person.role)));
	return r == 0 ? json_set_num(out, "session", session->index) : r;
}

static int
describe_room(struct session *session, json_t *out)
{
	char room[HEX_LEN(RECORD_ROOM_LEN)], root[HEX_LEN(SHA256_LEN)], slip[SLIP_MAX];
	struct head head;

	int r = ledger_head(session->ledger, &head);
	if (r < 0)
		return r;
	hex_from(ledger_room(session->ledger), RECORD_ROOM_LEN, room);
	hex_from(head.root, SHA256_LEN, root);
	slip_write(&head, slip);
	r = json_set_str(out, "room", str_from(room));
	if (r == 0)
		r = json_set_str(out, "product", buf_view(&session->product));
	if (r == 0)
		r = json_set_str(out, "host", buf_view(&session->host));
	if (r == 0)
		r = json_set_str(out, "root", str_from(root));
	if (r == 0)
		r = json_set_num(out, "size", head.size);
	if (r == 0)
		r = json_set_str(out, "slip", str_from(slip));
	if (r == 0 &&
	    (json_object_set_new(out, "practice", json_boolean(session->practice)) < 0 ||
		json_object_set_new(
		    out, "pipe_source", json_boolean(session->policy.allows[POLICY_PIPE_SOURCE])) < 0 ||
		json_object_set_new(out, "reading_commands",
		    json_boolean(session->policy.allows[POLICY_READING_COMMANDS])) < 0 ||
		json_object_set_new(out, "lock_after",
		    json_integer((json_int_t)session->policy.numbers[POLICY_LOCK_AFTER])) < 0))
		r = err_set(ERR_MEMORY, "no memory");
	return r;
}

int
session_describe(struct session *session, json_t **out)
{
	char print[FINGERPRINT_LEN];
	json_t *answer = json_object();

	int r = answer ? 0 : err_set(ERR_MEMORY, "no memory");
	if (r == 0 && session->ledger)
		r = describe_room(session, answer);
	if (r == 0 && session->is_open)
		r = describe_person(session, answer);
	if (r == 0 && session->mode != MODE_READ && session->mode != MODE_FILE) {
		public_key_fingerprint(&session->key, print);
		r = json_set_str(answer, "key", str_from(print));
	}
	if (r == 0)
		r = set_seals(session, answer);
	if (r < 0) {
		json_decref(answer);
		return r;
	}
	*out = answer;
	return 0;
}

int
session_require(const struct session *session)
{
	return session->is_open ? 0 : err_set(ERR_REFUSED, "there is no session: the ledger is only read");
}

int
session_check_room(const struct session *session)
{
	struct stat st;

	if (fstatat(session->room, "room.db", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == session->device && st.st_ino == session->inode)
		return 0;
	return err_set(ERR_SYSTEM,
	    "the room was removed or replaced under this session: nothing more is recorded, and so nothing "
	    "more is "
	    "shown or said");
}

int
session_append(struct session *session, enum record_type type, json_t *payload, struct appended *out)
{
	int r = session_require(session);

	if (r == 0)
		r = session_check_room(session);
	return r == 0 ? ledger_append_session(session->ledger, &session->actor, type, payload, out) : r;
}

static bool
is_revoked(struct session *session)
{
	struct person person = { 0 };

	int r = person_by_key(ledger_db(session->ledger), session->person.print, AT_END - 1, &person);
	person_release(&person);
	return r == ERR_ABSENT;
}

int
session_close(struct session *session, const char *why)
{
	const struct served *s = &session->served;
	struct appended appended;

	if (!session->is_open)
		return 0;
	json_t *payload = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s*}", "pages", (json_int_t)s->pages,
	    "searches", (json_int_t)s->searches, "lists", (json_int_t)s->lists, "diffs", (json_int_t)s->diffs,
	    "lines", (json_int_t)s->lines, "bytes", (json_int_t)s->bytes, "said", (json_int_t)s->said, "why",
	    why);
	int r = payload ? ledger_hold(session->ledger) : err_set(ERR_MEMORY, "no memory");
	if (r == 0) {
		r = issue_checkpoint(session, "close");
		if (r == 0)
			r = session_append(session, RECORD_CLOSE, payload, &appended);
		r = ledger_settle(session->ledger, r);
	}
	json_decref(payload);
	if (r == ERR_REFUSED && is_revoked(session))
		r = 0; /* whose session it was may write nothing any more: the next one notes it as not closed */
	session->is_open = false;
	unclosed_unlock(session);
	return r;
}
