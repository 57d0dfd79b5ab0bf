#include "annotations/roster.h"

#define NAMESPACES NS_RECORD "," NS_CHECKPOINT "," NS_REPORT "," NS_BUNDLE

void
person_release(struct person *person)
{
	buf_release(&person->name);
	buf_release(&person->line);
	buf_release(&person->box);
}

/* A row of print, since, until, name, role, line, box. */
static int
read_person(struct query *q, struct person *out)
{
	struct str print = query_bytes(q, 0);

	*out = (struct person){
		.name = BUF(RECORD_MAX),
		.line = BUF(RECORD_MAX),
		.box = BUF(RECORD_MAX),
		.since = query_num(q, 1),
		.until = query_null(q, 2) ? AT_END : query_num(q, 2),
	};
	if (print.len >= sizeof out->print)
		return err_set(ERR_FORMAT, "roster: malformed fingerprint");
	memcpy(out->print, print.data, print.len);
	int r = buf_str(&out->name, query_bytes(q, 3));
	if (r == 0 && !role_find(query_bytes(q, 4), &out->role))
		r = err_set(ERR_FORMAT, "roster: unknown role");
	if (r == 0)
		r = buf_str(&out->line, query_bytes(q, 5));
	if (r == 0)
		r = buf_str(&out->box, query_bytes(q, 6));
	if (r < 0)
		person_release(out);
	return r;
}

#define COLUMNS "SELECT print, since, until, name, role, line, box FROM person "

int
person_by_key(struct db *db, const char *print, uint64_t at, struct person *out)
{
	struct query *q = NULL;

	int r = db_query(db, COLUMNS "WHERE print = ?1 AND since <= ?2 AND (until IS NULL OR until > ?2)", &q,
	    "tn", str_from(print), at);
	if (r == 0)
		r = query_next(q);
	if (r > 0)
		r = read_person(q, out);
	else if (r == 0)
		r = err_set(ERR_ABSENT, "the key %s is not enrolled", print);
	query_end(q);
	return r;
}

int
person_each(struct db *db, uint64_t at, int (*each)(void *ctx, const struct person *person), void *ctx)
{
	struct query *q = NULL;
	int next;

	int r = db_query(db,
	    COLUMNS
	    "WHERE ?1 = ?2 OR (since <= ?1 AND (until IS NULL OR until > ?1)) ORDER BY since, name, print",
	    &q, "nn", at, AT_END);
	while (r == 0 && (next = query_next(q)) != 0) {
		struct person person;
		r = next < 0 ? next : read_person(q, &person);
		if (r < 0)
			break;
		r = each(ctx, &person);
		person_release(&person);
	}
	query_end(q);
	return r;
}

static int
export_line(void *ctx, const struct person *person)
{
	struct buf *out = ctx;
	struct public_key key;

	int r = public_key_from_line(buf_view(&person->line), &key, NULL);
	if (r == 0)
		r = buf_str(out, buf_view(&person->name));
	if (r == 0)
		r = buf_text(out, " namespaces=\"" NAMESPACES "\" ");
	if (r == 0)
		r = public_key_line(&key, STR(""), out);
	return r == 0 ? buf_byte(out, '\n') : r;
}

int
roster_export(struct db *db, uint64_t at, struct buf *out)
{
	/* AT_END asks person_each for everyone ever enrolled: the next record's position is meant here */
	return person_each(db, at == AT_END ? AT_END - 1 : at, export_line, out);
}
