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
/* From the position behind the record that enrolled it, but for the genesis, to that of the one that revoked it. */
#define VALID(at) "(since < " at " OR since = 0) AND (until IS NULL OR until >= " at ")"

int
person_by_key(struct db *db, const char *print, uint64_t at, struct person *out)
{
	struct query *q = NULL;

	int r = db_query(db, COLUMNS "WHERE print = ?1 AND " VALID("?2"), &q, "tn", str_from(print), at);
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

	int r = db_query(db, COLUMNS "WHERE ?1 = ?2 OR (" VALID("?1") ") ORDER BY since, name, print", &q,
	    "nn", at, AT_END);
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
export_key(struct buf *out, struct str name, const char *namespaces, struct str line)
{
	struct public_key key;

	int r = public_key_from_line(line, &key, NULL);
	if (r == 0)
		r = buf_printf(out, "%.*s namespaces=\"%s\" ", STR_ARG(name), namespaces);
	if (r == 0)
		r = public_key_line(&key, STR(""), out);
	return r == 0 ? buf_byte(out, '\n') : r;
}

static int
export_line(void *ctx, const struct person *person)
{
	return export_key(ctx, buf_view(&person->name), NAMESPACES, buf_view(&person->line));
}

/* The line of a session's key, from the session's own record at `index`. */
static int
export_session(struct ledger *ledger, uint64_t index, struct buf *out)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct person person = { 0 };
	struct entry entry = { 0 };

	int r = ledger_get(ledger, index, &leaf, &entry);
	if (r == 0)
		r = person_by_key(ledger_db(ledger), entry.record.actor, index, &person);
	if (r == 0)
		r = export_key(out, buf_view(&person.name), NS_RECORD, json_str(entry.record.payload, "key"));
	person_release(&person);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

/* Where a session's key signed record `at`: that key, as the person's whose key vouches for it. */
static int
export_signer(struct ledger *ledger, uint64_t at, struct buf *out)
{
	struct query *q = NULL;
	enum record_type type;

	int r = db_query(ledger_db(ledger),
	    "SELECT session.idx, log.type FROM log JOIN session ON session.key = log.session WHERE log.idx = "
	    "?1",
	    &q, "n", at);
	if (r == 0)
		r = query_next(q);
	uint64_t index = r > 0 ? query_num(q, 0) : 0;
	bool wanted = r > 0 && record_type_find(query_bytes(q, 1), &type) &&
	    record_type_signer(type) == SIGNED_BY_SESSION;
	query_end(q);
	if (r < 0 || !wanted)
		return r < 0 ? r : 0;
	r = export_session(ledger, index, out);
	return r == ERR_ABSENT ? 0 : r; /* a void session vouches for nobody */
}

int
roster_export(struct ledger *ledger, uint64_t at, struct buf *out)
{
	/* AT_END asks person_each for everyone ever enrolled: the next record's position is meant here */
	int r = person_each(ledger_db(ledger), at == AT_END ? AT_END - 1 : at, export_line, out);
	return r == 0 && at != AT_END ? export_signer(ledger, at, out) : r;
}
