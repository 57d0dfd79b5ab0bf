#include "annotations/identity.h"

#include "base/fs.h"

#include <sodium.h>
#include <stdio.h>

#define NOTEBOOK_TRIES 3 /* one may have been the key file's */

int
identity_seal_helper(void)
{
	struct seal_paths none = SEAL_PATHS_NONE;
	struct seal_verdict verdict = { 0 };

	return seal_close(SEAL_KEEPER, &none, SEAL_ALL, &verdict);
}

/* ---- finding ---- */

static int
take_file_key(struct session *session)
{
	struct keyfile file;

	int r = keyfile_read(buf_view(&session->key_file), &file);
	if (r == 0 && file.kind != KEYFILE_SIGN)
		r = err_set(ERR_USAGE, "it is a box key: it opens, and does not sign");
	if (r == 0 && !file.sealed && !session->policy.allows[POLICY_BARE_KEYS])
		r = err_set(ERR_REFUSED, "it has no passphrase, and this room's policy has 'bare-keys no'");
	if (r == 0)
		session->key = file.key;
	return r < 0 ? err_in(r, "key file") : 0;
}

static int
list_agent(const struct session *session, struct agent_key keys[static AGENT_KEYS], size_t *count)
{
	*count = 0;
	return session->agent < 0 ? 0 : agent_list(session->agent, AGENT_LIST_MS, keys, count);
}

static int
no_key(const struct session *session, size_t count)
{
	if (session->agent < 0)
		return err_set(ERR_REFUSED,
		    "no key at hand: name a key file with --key, or load your key into ssh-agent (there is "
		    "no "
		    "ssh-agent at $SSH_AUTH_SOCK)");
	if (count == 0)
		return err_set(ERR_REFUSED,
		    "ssh-agent shows no key: it is locked (ssh-add -X), empty (ssh-add FILE), or its keys "
		    "have "
		    "expired; or name a key file with --key");
	return err_set(ERR_REFUSED,
	    "no key at hand is enrolled in this room: name a key file with --key, or load your key into "
	    "ssh-agent");
}

/* Whether `person` may act as OPEN wants it. */
static bool
is_wanted(const struct session *session, const struct person *person)
{
	struct str as = json_str(session->open, "as");
	return as.len == 0 || str_eq(as, buf_view(&person->name));
}

static int
find_in_file(struct session *session)
{
	char print[FINGERPRINT_LEN];

	int r = take_file_key(session);
	if (r < 0)
		return r;
	public_key_fingerprint(&session->key, print);
	r = person_by_key(ledger_db(session->ledger), print, AT_END - 1, &session->person);
	if (r == ERR_ABSENT)
		return err_set(ERR_REFUSED, "the key %s is not enrolled in this room", print);
	if (r == 0 && !is_wanted(session, &session->person)) {
		r = err_set(
		    ERR_REFUSED, "the key file is that of %.*s", STR_ARG(buf_view(&session->person.name)));
		person_release(&session->person);
		session->person = (struct person){ 0 };
	}
	return r;
}

/* Takes the person of one of the agent's keys; of two different people, none. */
static int
consider(struct session *session, const struct agent_key *candidate)
{
	struct person person;
	char print[FINGERPRINT_LEN];

	public_key_fingerprint(&candidate->key, print);
	int r = person_by_key(ledger_db(session->ledger), print, AT_END - 1, &person);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r;
	if (!is_wanted(session, &person)) {
		person_release(&person);
		return 0;
	}
	if (session->person.print[0] == 0) {
		session->person = person;
		session->key = candidate->key;
		return 0;
	}
	if (!str_eq(buf_view(&session->person.name), buf_view(&person.name)))
		r = err_set(ERR_USAGE, "the agent holds the keys of %.*s and of %.*s: say which with --as",
		    STR_ARG(buf_view(&session->person.name)), STR_ARG(buf_view(&person.name)));
	person_release(&person);
	return r;
}

int
identity_find(struct session *session)
{
	struct agent_key keys[AGENT_KEYS];
	size_t count;

	if (session->key_file.len > 0)
		return find_in_file(session);
	int r = list_agent(session, keys, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = consider(session, &keys[i]);
	if (r == 0 && session->person.print[0] == 0)
		r = no_key(session, count);
	return r;
}

int
identity_find_any(struct session *session)
{
	struct agent_key keys[AGENT_KEYS];
	size_t count;

	if (session->key_file.len > 0)
		return take_file_key(session);
	int r = list_agent(session, keys, &count);
	if (r < 0)
		return r;
	if (count != 1)
		return err_set(ERR_USAGE, "name the host's key file with --key");
	session->key = keys[0].key;
	return 0;
}

/* ---- unsealing ---- */

static struct str
known(const struct session *session)
{
	return session->pass ? (struct str){ session->pass->text, session->pass->len } : STR("");
}

int
session_know(struct session *session, struct str passphrase)
{
	sodium_free(session->pass);
	session->pass = NULL;
	if (passphrase.len == 0)
		return 0;
	if (passphrase.len > PASSPHRASE_MAX)
		return err_set(ERR_USAGE, "a passphrase has 1 to %d bytes", PASSPHRASE_MAX);
	session->pass = sodium_malloc(sizeof *session->pass);
	if (!session->pass)
		return err_set(ERR_MEMORY, "no locked memory for a passphrase");
	memcpy(session->pass->text, passphrase.data, passphrase.len);
	session->pass->len = passphrase.len;
	return 0;
}

int
identity_unseal(struct session *session)
{
	struct keyfile file;

	if (session->key_file.len == 0 || session->secret)
		return 0;
	int r = keyfile_read(buf_view(&session->key_file), &file);
	if (r < 0)
		return r;
	if (file.sealed && !session->pass)
		return 1;
	r = keyfile_open(&session->unsealer, buf_view(&session->key_file), known(session), &session->secret);
	if (r == 0 && file.sealed)
		r = unlocker_new(known(session), &session->unlocker);
	if (r < 0)
		return err_in(r, "key file");
	if (session->wants_notebook)
		return 0; /* whose key has the same passphrase as a rule, and needs the helper */
	unsealer_stop(&session->unsealer);
	return session_know(session, STR(""));
}

int
session_unlock_notebook(struct session *session)
{
	if (!session->wants_notebook)
		return err_set(ERR_REFUSED, "this session was opened without its notebook");
	int r = notebook_unlock(&session->notebook, &session->unsealer, known(session));
	if (r == 0) {
		unsealer_stop(&session->unsealer);
		return session_know(session, STR(""));
	}
	if (r == ERR_REFUSED && session->pass && session->tries++ < NOTEBOOK_TRIES) {
		int forgotten = session_know(session, STR(""));
		return forgotten < 0 ? forgotten : 1;
	}
	return r;
}

static bool
makes_key(const struct session *session)
{
	return session->mode == MODE_KEY;
}

int
session_need(const struct session *session, json_t **out)
{
	char print[FINGERPRINT_LEN] = "";
	json_t *need = json_pack("{s:s}", "need", "passphrase");

	if (!makes_key(session))
		public_key_fingerprint(&session->key, print);
	int r = need ? json_set_str(need, "key", str_from(print)) : err_set(ERR_MEMORY, "no memory");
	if (r == 0 && session->person.print[0])
		r = json_set_str(need, "name", buf_view(&session->person.name));
	if (r == 0 && session->tries > 0)
		r = json_set_str(need, "why", STR("wrong passphrase"));
	if (r == 0 && makes_key(session)) {
		r = json_set_str(need, "name", json_str(session->open, "name"));
		if (r == 0 && json_object_set_new(need, "new", json_true()) < 0)
			r = err_set(ERR_MEMORY, "no memory");
	}
	if (r < 0) {
		json_decref(need);
		return r;
	}
	*out = need;
	return 0;
}

int
session_pass(struct session *session, struct str passphrase)
{
	if (passphrase.len == 0)
		return err_set(ERR_USAGE, "a passphrase has 1 to %d bytes", PASSPHRASE_MAX);
	int r = session_know(session, passphrase);
	if (r < 0 || makes_key(session))
		return r;
	r = identity_unseal(session);
	if (r == ERR_REFUSED) {
		sodium_free(session->pass);
		session->pass = NULL;
		if (++session->tries >= PASSPHRASE_TRIES)
			return err_set(ERR_USAGE, "%s, %d times", err_text(), PASSPHRASE_TRIES);
	}
	return r;
}

/* ---- signing ---- */

bool
session_touches(const struct session *session)
{
	return !session->secret && session->key.type == KEY_SK_ED25519;
}

int
session_sign(struct session *session, const char *ns, struct str message, struct buf *out)
{
	if (session->secret)
		return sshsig_make(session->secret, ns, message, out);
	if (session->agent < 0)
		return err_set(ERR_REFUSED, "the agent is gone");
	return err_in(
	    agent_sign(session->agent, AGENT_SIGN_MS, &session->key, ns, message, out), "ssh-agent");
}

/* ---- listing ---- */

static int
give_key(struct session *session, const struct public_key *key, struct str comment, const char *source,
    int (*each)(void *ctx, json_t *key), void *ctx)
{
	struct person person = { 0 };
	char print[FINGERPRINT_LEN];
	json_t *object = json_object();

	public_key_fingerprint(key, print);
	int r =
	    object ? json_set_str(object, "fingerprint", str_from(print)) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_foreign(object, "comment", comment);
	if (r == 0)
		r = json_set_str(object, "source", str_from(source));
	if (r == 0 && session->ledger) {
		r = person_by_key(ledger_db(session->ledger), print, AT_END - 1, &person);
		if (r == 0)
			r = json_set_str(object, "who", buf_view(&person.name));
		if (r == 0)
			r = json_set_str(object, "role", str_from(role_word(person.role)));
		if (r == ERR_ABSENT)
			r = 0;
		person_release(&person);
	}
	if (r == 0)
		r = each(ctx, object);
	json_decref(object);
	return r;
}

int
session_keys(struct session *session, int (*each)(void *ctx, json_t *key), void *ctx)
{
	struct agent_key keys[AGENT_KEYS];
	struct keyfile file;
	size_t count;

	int r = list_agent(session, keys, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = give_key(session, &keys[i].key, str_from(keys[i].comment), "agent", each, ctx);
	if (r < 0 || session->key_file.len == 0)
		return r;
	r = keyfile_read(buf_view(&session->key_file), &file);
	return r == 0 ? give_key(session, &file.key, file.comment, "file", each, ctx) : err_in(r, "key file");
}

/* ---- a new key ---- */

static int
write_key(struct session *session, struct str name, const char *ending, const struct buf *bytes, mode_t mode)
{
	struct buf path = BUF(512);

	int r = buf_str(&path, name);
	if (r == 0)
		r = buf_text(&path, ending);
	if (r == 0)
		r = fs_write(session->room, (const char *)path.data, buf_view(bytes), mode, FS_NEW);
	buf_release(&path);
	return r;
}

/* Looked for before anything is derived, and again, for good, by FS_NEW. */
static int
check_free(const struct session *session, struct str name)
{
	static const char *const endings[] = { "", ".pub", ".box" };
	struct buf path = BUF(512);
	int r = 0;

	if (name.len == 0 || name.len > 200 || memchr(name.data, '/', name.len) ||
	    memchr(name.data, 0, name.len))
		return err_set(ERR_USAGE, "that is no file's name");
	for (size_t i = 0; i < 3 && r == 0; i++) {
		if (i == 2 && !json_bool(session->open, "box"))
			break;
		buf_clear(&path);
		r = buf_printf(&path, "%.*s%s", STR_ARG(name), endings[i]);
		if (r == 0 && fs_exists(session->room, (const char *)path.data))
			r = err_set(ERR_REFUSED, "%s is there already", (const char *)path.data);
	}
	buf_release(&path);
	return r;
}

int
identity_new_key(struct session *session)
{
	struct keyfile_set set = { 0 };
	struct str name = json_str(session->open, "name"), comment = json_str(session->open, "comment");
	bool box = json_bool(session->open, "box");

	int r = check_free(session, name);
	if (r < 0)
		return r;
	if (!json_bool(session->open, "bare") && !session->pass)
		return 1;
	r = keyfile_generate(&session->unsealer, comment, known(session), box, &set);
	if (r < 0)
		return r;
	struct public_key key;
	r = public_key_from_line(buf_view(&set.pub), &key, NULL);
	if (r == 0)
		r = write_key(session, name, "", &set.file, 0600);
	if (r == 0)
		r = write_key(session, name, ".pub", &set.pub, 0644);
	if (r == 0 && box)
		r = write_key(session, name, ".box", &set.box, 0600);
	if (r == 0)
		session->key = key;
	keyfile_set_release(&set);
	return r;
}
