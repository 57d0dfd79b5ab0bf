#include "annotations/visit.h"

#include <inttypes.h>

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

/* ---- the receipt ---- */

struct receipt {
	struct visit_totals *totals;
	struct buf said, files;
};

static int
add_said(struct receipt *receipt, const struct entry *entry)
{
	char hash[HEX_LEN(SHA256_LEN)];

	hex_from(entry->hash, sizeof entry->hash, hash);
	receipt->totals->said++;
	return buf_printf(&receipt->said, "  record %" PRIu64 "  %s  %s\n", entry->index,
	    record_type_word(entry->record.type), hash);
}

static int
add_file(struct receipt *receipt, const json_t *payload)
{
	receipt->totals->exported++;
	return buf_printf(&receipt->files, "  %.*s  %.*s\n", STR_ARG(json_str(payload, "sha256")),
	    STR_ARG(json_str(payload, "name")));
}

static int
add_entry(struct receipt *receipt, const struct entry *entry)
{
	struct visit_totals *t = receipt->totals;
	const json_t *payload = entry->record.payload;
	enum record_type type = entry->record.type;

	if (type == RECORD_PAGE || type == RECORD_SEARCH || type == RECORD_LIST || type == RECORD_DIFF) {
		t->pages += type == RECORD_PAGE;
		t->searches += type == RECORD_SEARCH;
		t->lists += type == RECORD_LIST;
		t->diffs += type == RECORD_DIFF;
		t->lines += json_num(payload, "lines");
		t->bytes += json_num(payload, "bytes");
		return 0;
	}
	if (type == RECORD_SESSION) {
		t->sessions++;
		return 0;
	}
	if (type == RECORD_VISIT || record_type_signer(type) != SIGNED_BY_PERSON)
		return 0;
	int r = add_said(receipt, entry);
	return r == 0 && type == RECORD_REPORT ? add_file(receipt, payload) : r;
}

/* All that counts of the person's own since. */
static int
add_entries(struct ledger *ledger, const struct person *person, uint64_t opened, struct receipt *receipt)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(ledger),
	    "SELECT idx FROM log WHERE idx > ?1 AND void = '' AND actor IN (SELECT print FROM person WHERE "
	    "name = ?2) "
	    "ORDER BY idx",
	    &q, "nt", opened, buf_view(&person->name));
	while (r == 0 && (next = query_next(q)) != 0) {
		struct entry entry = { 0 };
		buf_clear(&leaf);
		r = next < 0 ? next : ledger_get(ledger, query_num(q, 0), &leaf, &entry);
		if (r == 0)
			r = add_entry(receipt, &entry);
		record_release(&entry.record);
	}
	query_end(q);
	buf_release(&leaf);
	return r;
}

static int
write_head(struct ledger *ledger, struct str product, const struct person *person, uint64_t opened,
    const struct visit_totals *t, struct buf *out)
{
	char room[HEX_LEN(RECORD_ROOM_LEN)], hash[HEX_LEN(SHA256_LEN)];

	hex_from(ledger_room(ledger), RECORD_ROOM_LEN, room);
	hex_from(t->opened, sizeof t->opened, hash);
	int r = buf_printf(out, "carrel-receipt v1\nroom %s\nproduct %.*s\nvisitor %.*s\nkey %s\n", room,
	    STR_ARG(product), STR_ARG(buf_view(&person->name)), person->print);
	if (r == 0)
		r = buf_printf(out,
		    "opened record %" PRIu64 "  %s\n\nsessions %" PRIu64 "\npages %" PRIu64
		    "\nsearches %" PRIu64 "\nlists %" PRIu64 "\ndiffs %" PRIu64 "\nlines %" PRIu64
		    "\nbytes %" PRIu64 "\n",
		    opened, hash, t->sessions, t->pages, t->searches, t->lists, t->diffs, t->lines, t->bytes);
	return r;
}

int
visit_receipt(struct ledger *ledger, struct str product, const struct person *person, uint64_t opened,
    struct visit_totals *totals, struct buf *out)
{
	struct receipt receipt = { .totals = totals, .said = BUF(out->max), .files = BUF(out->max) };
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	/* the session in which a visit is opened is the visit's first, and its record lies before */
	*totals = (struct visit_totals){ .sessions = 1 };
	int r = ledger_get(ledger, opened, &leaf, &entry);
	if (r == 0)
		memcpy(totals->opened, entry.hash, sizeof totals->opened);
	record_release(&entry.record);
	buf_release(&leaf);
	if (r == 0)
		r = add_entries(ledger, person, opened, &receipt);
	if (r == 0)
		r = write_head(ledger, product, person, opened, totals, out);
	if (r == 0)
		r = buf_printf(out, "\nsaid %" PRIu64 "\n", totals->said);
	if (r == 0)
		r = buf_str(out, buf_view(&receipt.said));
	if (r == 0)
		r = buf_printf(out, "\nexported %" PRIu64 "\n", totals->exported);
	if (r == 0)
		r = buf_str(out, buf_view(&receipt.files));
	buf_release(&receipt.said);
	buf_release(&receipt.files);
	return r;
}
