#include "annotations/enrolment.h"

/* Roles whose people may stand behind another's record: as carrel-record(5) has them for confirm. */
#define CONFIRMERS "role IN ('host', 'auditor')"

static int
key_print(struct str line, char print[static FINGERPRINT_LEN])
{
	struct public_key key;

	int r = public_key_from_line(line, &key, NULL);
	if (r == 0)
		public_key_fingerprint(&key, print);
	return r;
}

static int
asks_for_two(struct db *db, bool *out)
{
	struct policy policy;

	policy_default(false, &policy); /* this key has one default */
	int r = policy_at(db, AT_END, &policy);
	*out = policy.allows[POLICY_TWO_PEOPLE];
	return r;
}

/* ---- judging ---- */

static int
judge_person(struct db *db, const json_t *payload)
{
	struct str name = json_str(payload, "name");
	char print[FINGERPRINT_LEN];
	uint64_t taken;

	int r = key_print(json_str(payload, "key"), print);
	/* a key that is enrolled may still be given another box */
	if (r == 0)
		r = db_number(db,
		    "SELECT count(*) FROM person WHERE print = ?1 AND until IS NULL AND NOT (name = ?2 AND "
		    "?3 != '' AND box != ?3)",
		    &taken, "ttt", str_from(print), name, json_str(payload, "box"));
	if (r == 0 && taken)
		return err_set(ERR_REFUSED, "that key is enrolled already");
	if (r == 0)
		r = db_number(db,
		    "SELECT count(*) FROM person WHERE name = ?1 AND until IS NULL AND role != ?2", &taken,
		    "tt", name, json_str(payload, "role"));
	if (r == 0 && taken)
		return err_set(ERR_REFUSED, "%.*s is enrolled in another role already", STR_ARG(name));
	return r;
}

/* Hosts, or people who may confirm, that are left without `name`, or without that one key of theirs. */
#define OTHERS(role) \
	"SELECT count(DISTINCT name) FROM person WHERE until IS NULL AND " role \
	" AND NOT (name = ?1 AND (?2 = '' OR print = ?2))"

static int
judge_revoke(struct db *db, const json_t *payload)
{
	struct str name = json_str(payload, "name"), print = json_str(payload, "key");
	uint64_t found, hosts, others;
	bool two;

	int r = db_number(db,
	    "SELECT count(*) FROM person WHERE name = ?1 AND until IS NULL AND (?2 = '' OR print = ?2)",
	    &found, "tt", name, print);
	if (r == 0)
		r = db_number(db, OTHERS("role = 'host'"), &hosts, "tt", name, print);
	if (r == 0)
		r = db_number(db, OTHERS(CONFIRMERS), &others, "tt", name, print);
	if (r == 0)
		r = asks_for_two(db, &two);
	if (r < 0)
		return r;
	if (found == 0 && print.len > 0)
		return err_set(ERR_REFUSED, "%.*s has no such key", STR_ARG(name));
	if (found == 0)
		return err_set(ERR_REFUSED, "nobody named %.*s is enrolled", STR_ARG(name));
	if (hosts == 0)
		return err_set(ERR_REFUSED, "%.*s is the room's only host", STR_ARG(name));
	if (two && others < 2)
		return err_set(ERR_REFUSED,
		    "policy has 'two-people yes', and only one person would be left who may confirm");
	return 0;
}

static int
judge_policy(struct db *db, const json_t *payload)
{
	struct policy policy;
	uint64_t people;

	policy_default(false, &policy);
	if (policy_parse(json_str(payload, "text"), &policy) < 0)
		return ERR_REFUSED;
	int r = db_number(
	    db, "SELECT count(DISTINCT name) FROM person WHERE until IS NULL AND " CONFIRMERS, &people, "");
	if (r == 0 && policy.allows[POLICY_TWO_PEOPLE] && people < 2)
		return err_set(ERR_REFUSED,
		    "'two-people yes' wants two people, hosts or auditors, who can confirm: enrol the second "
		    "first");
	return r;
}

static int
judge_change(struct db *db, enum record_type type, const json_t *payload)
{
	switch (type) {
	case RECORD_PERSON:
		return judge_person(db, payload);
	case RECORD_REVOKE:
		return judge_revoke(db, payload);
	case RECORD_POLICY:
		return judge_policy(db, payload);
	default:
		return 0;
	}
}

/* What waits under this hash: 1 with its type and payload, 0 where nothing does. */
static int
find_pending(struct db *db, struct str hash, enum record_type *type, json_t **payload)
{
	struct query *q = NULL;

	int r = db_query(db, "SELECT type, payload FROM pending WHERE hash = ?1", &q, "b", hash);
	if (r == 0)
		r = query_next(q);
	if (r > 0 && !record_type_find(query_bytes(q, 0), type))
		r = err_set(ERR_FORMAT, "pending: unknown type");
	if (r > 0) {
		int read = json_read(query_bytes(q, 1), payload);
		r = read < 0 ? read : 1;
	}
	query_end(q);
	return r;
}

/* Whose record it is that has this hash, into `name`; ERR_REFUSED where it cannot be confirmed at all. */
static int
find_confirmed(struct db *db, struct str hash, struct buf *name)
{
	struct query *q = NULL;

	int r = db_query(db,
	    "SELECT log.type, log.void, person.name, (SELECT count(*) FROM visit WHERE closed = log.idx) "
	    "FROM position JOIN log ON log.idx = position.idx JOIN person ON person.print = log.actor AND "
	    "(person.since < log.idx OR person.since = 0) AND (person.until IS NULL OR person.until >= "
	    "log.idx) WHERE position.hash = ?1",
	    &q, "b", hash);
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(ERR_REFUSED, "there is no such record to confirm");
	if (r > 0 && query_bytes(q, 1).len > 0)
		r = err_set(ERR_REFUSED, "a void record cannot be confirmed");
	else if (r > 0 && str_is(query_bytes(q, 0), "visit") && query_num(q, 3) == 0)
		r = err_set(ERR_REFUSED, "of a visit, its close is confirmed");
	else if (r > 0)
		r = buf_str(name, query_bytes(q, 2));
	query_end(q);
	return r;
}

static int
hash_of(const struct entry *entry, uint8_t hash[static SHA256_LEN])
{
	return hex_to(json_str(entry->record.payload, "record"), hash, SHA256_LEN)
	    ? 0
	    : err_set(ERR_FORMAT, "record: malformed hash");
}

/* Two people: not the same one twice, neither as signer and confirmer nor in confirming. */
static int
judge_second(struct db *db, const struct entry *entry, struct str hash, struct str author)
{
	struct person person = { 0 };
	uint64_t again;

	int r = person_by_key(db, entry->record.actor, entry->index, &person);
	if (r < 0)
		return r;
	if (str_eq(buf_view(&person.name), author))
		r = err_set(ERR_REFUSED, "it is one's own record: another person confirms it");
	if (r == 0)
		r = db_number(db, "SELECT count(*) FROM confirm WHERE record = ?1 AND name = ?2", &again,
		    "bt", hash, buf_view(&person.name));
	if (r == 0 && again)
		r = err_set(ERR_REFUSED, "%.*s has confirmed that already", STR_ARG(buf_view(&person.name)));
	person_release(&person);
	return r;
}

static int
judge_confirm(struct db *db, const struct entry *entry)
{
	struct buf author = BUF(RECORD_MAX);
	uint8_t bytes[SHA256_LEN];
	struct str hash = { (const char *)bytes, sizeof bytes };
	enum record_type type = RECORD_CONFIRM;
	json_t *payload = NULL;
	uint64_t visits;

	int r = hash_of(entry, bytes);
	if (r == 0)
		r = find_confirmed(db, hash, &author);
	if (r == 0)
		r = judge_second(db, entry, hash, buf_view(&author));
	buf_release(&author);
	if (r == 0)
		r = find_pending(db, hash, &type, &payload);
	if (r == 1) {
		r = judge_change(db, type, payload);
		json_decref(payload);
		return r;
	}
	if (r == 0)
		r = db_number(db,
		    "SELECT count(*) FROM visit JOIN position ON position.idx = visit.closed WHERE "
		    "position.hash = ?1",
		    &visits, "b", hash);
	if (r == 0 && visits == 0)
		r = err_set(ERR_REFUSED, "that record waits for no second person");
	return r;
}

int
enrolment_judge(struct db *db, const struct entry *entry)
{
	if (entry->record.type == RECORD_CONFIRM)
		return judge_confirm(db, entry);
	return judge_change(db, entry->record.type, entry->record.payload);
}

/* ---- projecting ---- */

static int
enrol(struct db *db, uint64_t index, struct str name, struct str role, struct str line, struct str box)
{
	char print[FINGERPRINT_LEN];

	int r = key_print(line, print);
	if (r == 0)
		r = db_run(db, "UPDATE person SET until = ?2 WHERE print = ?1 AND until IS NULL", "tn",
		    str_from(print), index);
	return r < 0 ? r
		     : db_run(db, "INSERT INTO person VALUES (?1, ?2, NULL, ?3, ?4, ?5, ?6)", "tntttt",
			   str_from(print), index, name, role, line, box);
}

static int
project_room(struct db *db, const struct entry *entry)
{
	const json_t *payload = entry->record.payload, *keys = json_object_get(payload, "keys");
	int r = 0;

	for (size_t i = 0; i < json_array_size(keys) && r == 0; i++)
		r = enrol(db, entry->index, json_str(payload, "host"), STR("host"),
		    str_from(json_string_value(json_array_get(keys, i))), json_str(payload, "box"));
	return r;
}

static int
apply(struct db *db, enum record_type type, const json_t *payload, uint64_t index)
{
	switch (type) {
	case RECORD_PERSON:
		return enrol(db, index, json_str(payload, "name"), json_str(payload, "role"),
		    json_str(payload, "key"), json_str(payload, "box"));
	case RECORD_REVOKE:
		return db_run(db,
		    "UPDATE person SET until = ?3 WHERE name = ?1 AND until IS NULL AND (?2 = '' OR print = "
		    "?2)",
		    "ttn", json_str(payload, "name"), json_str(payload, "key"), index);
	case RECORD_POLICY:
		return db_run(
		    db, "INSERT INTO policy VALUES (?1, ?2)", "nt", index, json_str(payload, "text"));
	default:
		return 0;
	}
}

static int
project_change(struct db *db, const struct entry *entry)
{
	struct buf payload = BUF(RECORD_MAX);
	bool two;

	int r = asks_for_two(db, &two);
	if (r == 0 && !two)
		return apply(db, entry->record.type, entry->record.payload, entry->index);
	if (r == 0)
		r = json_write_canonical(&payload, entry->record.payload);
	if (r == 0)
		r = db_run(db, "INSERT INTO pending VALUES (?1, ?2, ?3, ?4)", "bntt",
		    (struct str){ (const char *)entry->hash, SHA256_LEN }, entry->index,
		    str_from(record_type_word(entry->record.type)), buf_view(&payload));
	buf_release(&payload);
	return r;
}

static int
project_confirm(struct db *db, const struct entry *entry)
{
	struct person person = { 0 };
	uint8_t bytes[SHA256_LEN];
	struct str hash = { (const char *)bytes, sizeof bytes };
	enum record_type type = RECORD_CONFIRM;
	json_t *payload = NULL;

	int r = hash_of(entry, bytes);
	if (r == 0)
		r = person_by_key(db, entry->record.actor, entry->index, &person);
	if (r == 0)
		r = db_run(db, "INSERT INTO confirm VALUES (?1, ?2, ?3)", "btn", hash, buf_view(&person.name),
		    entry->index);
	person_release(&person);
	if (r == 0)
		r = find_pending(db, hash, &type, &payload);
	if (r <= 0)
		return r;
	r = apply(db, type, payload, entry->index);
	json_decref(payload);
	return r == 0 ? db_run(db, "DELETE FROM pending WHERE hash = ?1", "b", hash) : r;
}

int
enrolment_project(struct db *db, const struct entry *entry)
{
	switch (entry->record.type) {
	case RECORD_ROOM:
		return project_room(db, entry);
	case RECORD_CONFIRM:
		return project_confirm(db, entry);
	default:
		return project_change(db, entry);
	}
}
