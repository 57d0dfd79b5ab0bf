#include "annotations/projection.h"

#include "annotations/enrolment.h"
#include "annotations/visit.h"

/* ---- judging: against what the records before made of the tables ---- */

static int
judge_release(struct db *db, const struct entry *entry)
{
	struct str name = json_str(entry->record.payload, "release");
	uint64_t there;

	int r = db_number(db, "SELECT count(*) FROM releases WHERE name = ?1", &there, "t", name);
	if (r < 0)
		return r;
	if (entry->record.type == RECORD_IMPORT && there)
		return err_set(ERR_REFUSED, "there is a release %.*s already", STR_ARG(name));
	if (entry->record.type == RECORD_INDEX && !there)
		return err_set(ERR_REFUSED, "there is no release %.*s", STR_ARG(name));
	return 0;
}

/* "after" names records of this very thread. */
static int
judge_after(struct db *db, struct str thread, const json_t *after)
{
	for (size_t i = 0; i < json_array_size(after); i++) {
		uint8_t hash[SHA256_LEN];
		uint64_t found;
		struct str hex = str_from(json_string_value(json_array_get(after, i)));
		if (!hex_to(hex, hash, sizeof hash))
			return err_set(ERR_FORMAT, "record: malformed hash");
		int r = db_number(db,
		    "SELECT count(*) FROM position JOIN entry ON entry.idx = position.idx "
		    "WHERE position.hash = ?1 AND entry.thread = ?2",
		    &found, "bt", (struct str){ (const char *)hash, sizeof hash }, thread);
		if (r < 0)
			return r;
		if (found == 0)
			return err_set(ERR_REFUSED, "'after' names a record that is not in the thread");
	}
	return 0;
}

static int
judge_state(struct query *thread, const struct entry *entry, enum role role)
{
	enum thread_state from, to;
	struct str word = query_bytes(thread, 1);

	if (!thread_state_find(word, &from) ||
	    !thread_state_find(json_str(entry->record.payload, "state"), &to))
		return err_set(ERR_FORMAT, "thread: unknown state");
	return role_may_state(role, query_bytes(thread, 0), from, to);
}

static int
judge_thread(struct db *db, const struct entry *entry, enum role role)
{
	uint8_t hash[SHA256_LEN];
	char name[THREAD_NAME];
	struct query *q = NULL;

	if (!hex_to(json_str(entry->record.payload, "thread"), hash, sizeof hash))
		return err_set(ERR_FORMAT, "record: malformed hash");
	thread_name(hash, name);
	int r = db_query(db, "SELECT kind, state FROM thread WHERE name = ?1", &q, "t", str_from(name));
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(ERR_REFUSED, "there is no thread %.*s", THREAD_SHORT, name);
	else if (r > 0)
		r = entry->record.type == RECORD_STATE ? judge_state(q, entry, role) : 0;
	query_end(q);
	return r < 0 ? r : judge_after(db, str_from(name), json_object_get(entry->record.payload, "after"));
}

static int
judge_by_type(struct db *db, const struct entry *entry, enum role role)
{
	switch (entry->record.type) {
	case RECORD_ROOM:
		return err_set(ERR_REFUSED, "a room has one genesis");
	case RECORD_PERSON:
	case RECORD_REVOKE:
	case RECORD_POLICY:
	case RECORD_CONFIRM:
		return enrolment_judge(db, entry);
	case RECORD_VISIT:
		return visit_judge(db, entry);
	case RECORD_IMPORT:
	case RECORD_INDEX:
		return judge_release(db, entry);
	case RECORD_AMEND:
	case RECORD_REPLY:
	case RECORD_STATE:
	case RECORD_CARRY:
	case RECORD_VERDICT:
		return judge_thread(db, entry, role);
	default:
		return 0;
	}
}

static int
judge(void *ctx, struct db *db, const struct entry *entry)
{
	struct person person = { 0 };

	(void)ctx;
	if (entry->record.type == RECORD_ROOM && entry->index == 0)
		return 0;
	int r = person_by_key(db, entry->record.actor, entry->index, &person);
	if (r == ERR_ABSENT)
		r = err_set(ERR_REFUSED, "the key %s is not enrolled", entry->record.actor);
	if (r == 0)
		r = role_may(person.role, entry->record.type);
	if (r == 0)
		r = judge_by_type(db, entry, person.role);
	person_release(&person);
	return r;
}

/* ---- projecting ---- */

static int
project_roomkey(struct db *db, const struct entry *entry)
{
	return db_run(db, "INSERT INTO roomkey VALUES (?1, ?2)", "nt", entry->index,
	    json_str(entry->record.payload, "room_key"));
}

static int
add_entry(struct db *db, const struct entry *entry, const char *thread, struct str state)
{
	return db_run(db, "INSERT INTO entry VALUES (?1, ?2, ?3, ?4)", "tntt", str_from(thread), entry->index,
	    str_from(record_type_word(entry->record.type)), state);
}

static int
add_places(struct db *db, const char *thread, const json_t *anchors)
{
	struct buf path = BUF(RECORD_MAX);
	int r = 0;

	for (size_t i = 0; i < json_array_size(anchors) && r == 0; i++) {
		const json_t *anchor = json_array_get(anchors, i);
		buf_clear(&path);
		r = json_get_foreign(anchor, "path", &path);
		if (r == 0)
			r = db_run(db, "INSERT INTO place VALUES (?1, ?2, ?3, ?4)", "tntb", str_from(thread),
			    (uint64_t)i, json_str(anchor, "release"), buf_view(&path));
	}
	buf_release(&path);
	return r;
}

static int
project_annotate(struct db *db, const struct entry *entry)
{
	const json_t *payload = entry->record.payload;
	struct str state = str_from(thread_state_word(STATE_OPEN));
	char name[THREAD_NAME];

	thread_name(entry->hash, name);
	int r = db_run(db, "INSERT INTO thread VALUES (?1, ?2, ?3, ?4, ?5, ?2)", "tnttt", str_from(name),
	    entry->index, json_str(payload, "kind"), state, str_from(entry->record.actor));
	if (r == 0)
		r = add_entry(db, entry, name, state);
	return r == 0 ? add_places(db, name, json_object_get(payload, "anchors")) : r;
}

static int
project_in_thread(struct db *db, const struct entry *entry)
{
	const json_t *payload = entry->record.payload, *anchors = json_object_get(payload, "anchors");
	struct str state = entry->record.type == RECORD_STATE ? json_str(payload, "state") : STR("");
	uint8_t hash[SHA256_LEN];
	char name[THREAD_NAME];

	if (!hex_to(json_str(payload, "thread"), hash, sizeof hash))
		return err_set(ERR_FORMAT, "record: malformed hash");
	thread_name(hash, name);
	int r = add_entry(db, entry, name, state);
	if (r == 0)
		r = db_run(db,
		    "UPDATE thread SET last = ?2, state = CASE ?3 WHEN '' THEN state ELSE ?3 END WHERE name "
		    "= ?1",
		    "tnt", str_from(name), entry->index, state);
	if (r < 0 || entry->record.type != RECORD_AMEND || json_array_size(anchors) == 0)
		return r;
	r = db_run(db, "DELETE FROM place WHERE thread = ?1", "t", str_from(name));
	return r == 0 ? add_places(db, name, anchors) : r;
}

static int
project_import(struct db *db, const struct entry *entry)
{
	struct str name = json_str(entry->record.payload, "release"),
		   segment = json_str(entry->record.payload, "segment");

	if (entry->record.type == RECORD_INDEX)
		return db_run(db, "UPDATE releases SET segment = ?2 WHERE name = ?1", "tt", name, segment);
	return db_run(db, "INSERT INTO releases VALUES (?1, ?2, ?3)", "tnt", name, entry->index, segment);
}

static int
project_checkpoint(struct db *db, const struct entry *entry)
{
	const json_t *payload = entry->record.payload;
	uint64_t size = json_num(json_object_get(payload, "head"), "size");

	if (entry->record.type == RECORD_CHECKPOINT)
		return db_run(db, "INSERT INTO checkpoint VALUES (?1, ?2)", "nn", entry->index, size);
	return db_run(
	    db, "INSERT INTO cosign VALUES (?1, ?2, ?3)", "nnt", entry->index, size, json_str(payload, "by"));
}

/* A note that a session was never closed keeps later ones from noting it again. */
static int
project_note(struct db *db, const struct entry *entry)
{
	const json_t *payload = entry->record.payload;
	uint8_t hash[SHA256_LEN];

	if (!str_is(json_str(payload, "what"), "unclosed") ||
	    !hex_to(json_str(payload, "record"), hash, sizeof hash))
		return 0;
	return db_run(db,
	    "INSERT OR IGNORE INTO noted SELECT session.key, ?2 FROM session JOIN position ON session.idx = "
	    "position.idx "
	    "WHERE position.hash = ?1",
	    "bn", (struct str){ (const char *)hash, sizeof hash }, entry->index);
}

static int
project_by_type(struct db *db, const struct entry *entry)
{
	int r;

	switch (entry->record.type) {
	case RECORD_ROOMKEY:
		return project_roomkey(db, entry);
	case RECORD_CHECKPOINT:
	case RECORD_COSIGN:
		return project_checkpoint(db, entry);
	case RECORD_ROOM:
		r = project_roomkey(db, entry);
		return r == 0 ? enrolment_project(db, entry) : r;
	case RECORD_PERSON:
	case RECORD_REVOKE:
	case RECORD_POLICY:
	case RECORD_CONFIRM:
		return enrolment_project(db, entry);
	case RECORD_VISIT:
		return visit_project(db, entry);
	case RECORD_IMPORT:
	case RECORD_INDEX:
		return project_import(db, entry);
	case RECORD_ANNOTATE:
		return project_annotate(db, entry);
	case RECORD_AMEND:
	case RECORD_REPLY:
	case RECORD_STATE:
	case RECORD_CARRY:
	case RECORD_VERDICT:
		return project_in_thread(db, entry);
	case RECORD_NOTE:
		return project_note(db, entry);
	default:
		return 0;
	}
}

static int
project(void *ctx, struct db *db, const struct entry *entry)
{
	(void)ctx;
	return project_by_type(db, entry);
}

const struct ledger_hooks projection_hooks = { .judge = judge, .project = project };

/* ---- policy ---- */

int
policy_at(struct db *db, uint64_t at, struct policy *out)
{
	struct query *q = NULL;

	int r =
	    db_query(db, "SELECT text FROM policy WHERE idx <= ?1 ORDER BY idx DESC LIMIT 1", &q, "n", at);
	if (r == 0)
		r = query_next(q);
	if (r > 0)
		r = policy_parse(query_bytes(q, 0), out);
	query_end(q);
	return r;
}
