#include "annotations/asking.h"

#include "annotations/roster.h"
#include "annotations/thread.h"

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "no memory");
}

/* ---- releases ---- */

static int
copy(json_t *to, const json_t *from, size_t count, const char *const keys[])
{
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_object_get(from, keys[i]);
		if (value && json_object_set(to, keys[i], value) < 0)
			return no_memory();
	}
	return 0;
}

static int
add_release(struct keeper *keeper, struct asking *ask, uint64_t index)
{
	static const char *const keys[] = { "release", "kind", "commit", "tree", "sha256", "files", "blobs",
		"bytes", "odd", "source", "source_b64", "revision", "revision_b64", "stripped",
		"stripped_b64", "manifest" };
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	json_t *object = json_object();

	int r = object ? ledger_get(keeper->session->ledger, index, &leaf, &entry) : no_memory();
	if (r == 0)
		r = copy(object, entry.record.payload, sizeof keys / sizeof *keys, keys);
	if (r == 0)
		r = json_set_str(object, "imported", str_from(entry.record.time));
	if (r == 0)
		r = json_set_num(object, "index", index);
	if (r == 0)
		r = asking_add(ask, object);
	json_decref(object);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

int
ask_releases(struct keeper *keeper, struct asking *ask)
{
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(keeper->session->ledger), "SELECT idx FROM releases ORDER BY idx", &q, "");
	while (r == 0 && (next = query_next(q)) != 0)
		r = next < 0 ? next : add_release(keeper, ask, query_num(q, 0));
	query_end(q);
	return r;
}

/* ---- people, policy, keys ---- */

static int
add_person(void *ctx, const struct person *person)
{
	struct asking *ask = ctx;
	json_t *object = json_object();

	int r = object ? json_set_str(object, "name", buf_view(&person->name)) : no_memory();
	if (r == 0)
		r = json_set_str(object, "role", str_from(role_word(person->role)));
	if (r == 0)
		r = json_set_str(object, "fingerprint", str_from(person->print));
	if (r == 0)
		r = json_set_str(object, "key", buf_view(&person->line));
	if (r == 0 && person->box.len > 0)
		r = json_set_str(object, "box", buf_view(&person->box));
	if (r == 0)
		r = json_set_num(object, "from", person->since);
	if (r == 0 && person->until != AT_END)
		r = json_set_num(object, "until", person->until);
	if (r == 0)
		r = asking_add(ask, object);
	json_decref(object);
	return r;
}

/* "at" of the question; `none` without one. */
static uint64_t
position(const struct asking *ask, uint64_t none)
{
	return json_is_integer(json_object_get(ask->words, "at")) ? json_num(ask->words, "at") : none;
}

/* What waits for a second person: {pending: its record, name, role, fingerprint}; a name alone is a revocation. */
static int
add_pending(struct asking *ask, struct query *q)
{
	json_t *payload, *object = json_pack("{s:I}", "pending", (json_int_t)query_num(q, 0));
	struct public_key key;
	char print[FINGERPRINT_LEN];

	int r = object ? json_read(query_bytes(q, 2), &payload) : no_memory();
	if (r < 0) {
		json_decref(object);
		return r;
	}
	r = json_set_str(object, "change", query_bytes(q, 1));
	if (r == 0 && json_str(payload, "name").len > 0)
		r = json_set_str(object, "name", json_str(payload, "name"));
	if (r == 0 && json_str(payload, "role").len > 0)
		r = json_set_str(object, "role", json_str(payload, "role"));
	if (r == 0 && public_key_from_line(json_str(payload, "key"), &key, NULL) == 0) {
		public_key_fingerprint(&key, print);
		r = json_set_str(object, "fingerprint", str_from(print));
	}
	if (r == 0)
		r = asking_add(ask, object);
	json_decref(payload);
	json_decref(object);
	return r;
}

int
ask_roster(struct keeper *keeper, struct asking *ask)
{
	struct db *db = ledger_db(keeper->session->ledger);
	struct query *q = NULL;
	int next;

	int r = person_each(db, position(ask, AT_END), add_person, ask);
	if (r < 0 || position(ask, AT_END) != AT_END)
		return r;
	r = db_query(db, "SELECT idx, type, payload FROM pending ORDER BY idx", &q, "");
	while (r == 0 && (next = query_next(q)) != 0)
		r = next < 0 ? next : add_pending(ask, q);
	query_end(q);
	return r;
}

int
ask_roster_export(struct keeper *keeper, struct asking *ask)
{
	ask->bytes.max = ROSTER_MAX;
	return roster_export(keeper->session->ledger, position(ask, AT_END), &ask->bytes);
}

/* The record's own text; where there is none yet, the defaults written out. */
int
ask_policy(struct keeper *keeper, struct asking *ask)
{
	struct query *q = NULL;

	int r = db_query(
	    ledger_db(keeper->session->ledger), "SELECT text FROM policy ORDER BY idx DESC LIMIT 1", &q, "");
	if (r == 0)
		r = query_next(q);
	if (r > 0)
		r = buf_str(&ask->bytes, query_bytes(q, 0));
	else if (r == 0)
		r = policy_text(&keeper->session->policy, &ask->bytes);
	query_end(q);
	return r;
}

static int
add_key(void *ctx, json_t *key)
{
	return asking_add(ctx, key);
}

int
ask_keys(struct keeper *keeper, struct asking *ask)
{
	return session_keys(keeper->session, add_key, ask);
}

/* ---- status ---- */

static int
set_count(struct db *db, json_t *status, const char *key, const char *sql)
{
	uint64_t count;

	int r = db_number(db, sql, &count, "");
	return r == 0 ? json_set_num(status, key, count) : r;
}

int
ask_status(struct keeper *keeper, struct asking *ask)
{
	struct db *db = ledger_db(keeper->session->ledger);
	char words[SEALS_WORDS];
	json_t *status;

	int r = session_describe(keeper->session, &status);
	if (r < 0)
		return r;
	json_object_del(status, "key");
	r = json_set_str(status, "seal", str_from(seals_words(&keeper->session->seals, words)));
	if (r == 0)
		r = set_count(db, status, "releases", "SELECT count(*) FROM releases");
	if (r == 0)
		r = set_count(db, status, "threads", "SELECT count(*) FROM thread");
	if (r == 0)
		r = set_count(db, status, "findings_open",
		    "SELECT count(*) FROM thread WHERE kind = 'finding' AND state NOT IN ('resolved', 'risk "
		    "accepted', 'withdrawn')");
	if (r == 0)
		r = set_count(
		    db, status, "people", "SELECT count(DISTINCT name) FROM person WHERE until IS NULL");
	if (r == 0)
		r = asking_add(ask, status);
	json_decref(status);
	return r;
}

/* ---- threads ---- */

static int
add_thread(struct keeper *keeper, struct asking *ask, const char *name)
{
	json_t *thread;

	int r = thread_load(keeper->session->ledger, name, AT_END, &thread);
	if (r < 0)
		return r;
	r = thread_brief(thread);
	if (r == 0)
		r = asking_add(ask, thread);
	json_decref(thread);
	return r;
}

int
ask_threads(struct keeper *keeper, struct asking *ask)
{
	enum thread_state state;
	struct str word = json_str(ask->words, "state");

	(void)keeper;
	if (word.len > 0 && !thread_state_find(word, &state))
		return err_set(ERR_USAGE, "there is no state '%.*s'", STR_ARG(word));
	ask->from = 0;
	return 0;
}

int
ask_threads_page(struct keeper *keeper, struct asking *ask)
{
	struct query *q = NULL;
	struct buf path = BUF(MESSAGE_BODY);
	int next;

	int r = json_get_foreign(ask->words, "path", &path);
	if (r == 0)
		r = db_query(ledger_db(keeper->session->ledger),
		    "SELECT name, opened FROM thread WHERE opened >= ?1 AND (?2 = '' OR kind = ?2) AND (?3 = "
		    "'' OR state = ?3) AND "
		    "(?4 = '' OR author = ?4 OR author IN (SELECT print FROM person WHERE name = ?4)) AND "
		    "((?5 = '' AND length(?6) = 0) OR EXISTS (SELECT 1 FROM place WHERE place.thread = "
		    "thread.name AND "
		    "(?5 = '' OR place.release = ?5) AND (length(?6) = 0 OR place.path = ?6 OR "
		    "substr(place.path, 1, length(?6) + 1) = CAST(?6 || '/' AS BLOB)))) ORDER BY opened "
		    "LIMIT 32",
		    &q, "nttttb", ask->from, json_str(ask->words, "kind"), json_str(ask->words, "state"),
		    json_str(ask->words, "author"), json_str(ask->words, "release"),
		    path.len > 0 ? buf_view(&path) : STR(""));
	while (r == 0 && (next = query_next(q)) != 0) {
		struct str found = next < 0 ? STR("") : query_bytes(q, 0);
		char name[THREAD_NAME];
		if (next < 0 || found.len != THREAD_NAME - 1) {
			r = next < 0 ? next : err_set(ERR_FORMAT, "thread: malformed name");
			break;
		}
		memcpy(name, found.data, found.len);
		name[found.len] = 0;
		ask->from = query_num(q, 1) + 1;
		r = add_thread(keeper, ask, name);
	}
	query_end(q);
	buf_release(&path);
	return r;
}

static int
add_entry(void *ctx, json_t *entry)
{
	return asking_add(ctx, entry);
}

int
ask_show(struct keeper *keeper, struct asking *ask)
{
	struct ledger *ledger = keeper->session->ledger;
	char name[THREAD_NAME];

	int r = thread_find(ledger_db(ledger), json_str(ask->words, "thread"), name);
	if (r == 0)
		r = add_thread(keeper, ask, name);
	return r == 0 ? thread_entries(ledger, name, AT_END, add_entry, ask) : r;
}
