#include "annotations/visit.h"

/* ---- projection ---- */

int
visit_find(struct db *db, struct str name, uint64_t *opened)
{
	struct query *q = NULL;

	int r = db_query(db, "SELECT opened FROM visit WHERE name = ?1 AND closed IS NULL", &q, "t", name);
	if (r == 0)
		r = query_next(q);
	if (r > 0)
		*opened = query_num(q, 0);
	query_end(q);
	if (r == 0)
		return err_set(ERR_ABSENT, "%.*s is on no visit", STR_ARG(name));
	return r < 0 ? r : 0;
}

static bool
is_open_record(const struct entry *entry)
{
	return str_is(json_str(entry->record.payload, "what"), "open");
}

/* Whose visit it is, and which one of theirs is open: visit_find's result goes through. */
static int
find_own(struct db *db, const struct entry *entry, struct person *person, uint64_t *opened)
{
	int r = person_by_key(db, entry->record.actor, entry->index, person);

	return r == 0 ? visit_find(db, buf_view(&person->name), opened) : r;
}

static int
judge_close(struct db *db, const struct entry *entry, uint64_t opened)
{
	uint8_t hash[SHA256_LEN];
	uint64_t index;

	if (!hex_to(json_str(entry->record.payload, "opened"), hash, sizeof hash))
		return err_set(ERR_REFUSED, "a visit's close names the record that opened it");
	int r = db_number(db, "SELECT idx FROM position WHERE hash = ?1", &index, "b",
	    (struct str){ (const char *)hash, sizeof hash });
	if (r == 0 && index != opened)
		r = err_set(ERR_REFUSED, "that is not the record that opened the visit");
	return r;
}

int
visit_judge(struct db *db, const struct entry *entry)
{
	struct person person = { 0 };
	uint64_t opened = 0;

	int r = find_own(db, entry, &person, &opened);
	if (is_open_record(entry)) {
		if (r == 0)
			r = err_set(ERR_REFUSED,
			    "%.*s is on a visit already, since record %llu: close it first",
			    STR_ARG(buf_view(&person.name)), (unsigned long long)opened);
		else if (r == ERR_ABSENT)
			r = 0;
	} else if (r == ERR_ABSENT) {
		r = err_set(ERR_REFUSED, "%s", err_text());
	} else if (r == 0) {
		r = judge_close(db, entry, opened);
	}
	person_release(&person);
	return r;
}

int
visit_project(struct db *db, const struct entry *entry)
{
	struct person person = { 0 };
	uint64_t opened;

	int r = find_own(db, entry, &person, &opened);
	if (is_open_record(entry) && r == ERR_ABSENT)
		r = db_run(db, "INSERT INTO visit VALUES (?1, ?2, NULL)", "nt", entry->index,
		    buf_view(&person.name));
	else if (r == 0)
		r = db_run(db, "UPDATE visit SET closed = ?2 WHERE opened = ?1", "nn", opened, entry->index);
	person_release(&person);
	return r;
}
