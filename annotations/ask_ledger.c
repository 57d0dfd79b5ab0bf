#include "annotations/asking.h"

#include "annotations/thread.h"

static int
set_hash(json_t *object, const char *key, const uint8_t hash[static SHA256_LEN])
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, SHA256_LEN, hex);
	return json_set_str(object, key, str_from(hex));
}

/* ---- log ---- */

int
ask_log(struct keeper *keeper, struct asking *ask)
{
	enum record_type type;
	struct str word = json_str(ask->words, "type");

	if (word.len > 0 && !record_type_find(word, &type))
		return err_set(ERR_USAGE, "there is no type of record '%.*s'", STR_ARG(word));
	if (json_bool(ask->words, "mine")) {
		int r = session_require(keeper->session);
		if (r < 0)
			return r;
	}
	ask->from = json_num(ask->words, "from");
	ask->to = json_object_get(ask->words, "to") ? json_num(ask->words, "to") : AT_END;
	return 0;
}

static struct str
signature_word(const struct entry *entry)
{
	struct entry checked = *entry;

	if (entry_check(&checked) < 0)
		return STR("bad");
	return record_type_signer(entry->record.type) == SIGNED_BY_SESSION ? STR("session") : STR("good");
}

static int
log_object(struct keeper *keeper, const struct entry *entry, struct str is_void, json_t *object)
{
	const struct record *record = &entry->record;

	int r = json_set_num(object, "index", entry->index);
	if (r == 0)
		r = set_hash(object, "hash", entry->hash);
	if (r == 0)
		r = json_set_str(object, "type", str_from(record_type_word(record->type)));
	if (r == 0)
		r = json_set_str(object, "time", str_from(record->time));
	if (r == 0)
		r = record_author(ledger_db(keeper->session->ledger), entry, object, "actor");
	if (r == 0)
		r = json_set_str(object, "key", str_from(record->actor));
	if (r == 0)
		r = json_set_str(object, "session", str_from(record->session));
	if (r == 0)
		r = json_set_str(object, "signature", signature_word(entry));
	if (r == 0 && is_void.len > 0)
		r = json_set_str(object, "void", is_void);
	if (r == 0 && json_object_set(object, "payload", record->payload) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	return r;
}

static int
add_record(struct keeper *keeper, struct asking *ask, uint64_t index, struct str is_void)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	json_t *object = json_object();

	int r = object ? ledger_get(keeper->session->ledger, index, &leaf, &entry)
		       : err_set(ERR_MEMORY, "no memory");
	bool wanted = true;
	if (r == 0 && json_bool(ask->words, "mine"))
		r = ask_mine(keeper, &entry, &wanted);
	if (r == 0 && wanted)
		r = log_object(keeper, &entry, is_void, object);
	if (r == 0 && wanted)
		r = asking_add(ask, object);
	json_decref(object);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
read_log(struct keeper *keeper, struct asking *ask, bool *any)
{
	struct query *q = NULL;
	int next = 0;

	*any = false;
	int r = db_query(ledger_db(keeper->session->ledger),
	    "SELECT idx, void FROM log WHERE idx >= ?1 AND idx <= ?2 AND (?3 = '' OR type = ?3) AND "
	    "(?4 = '' OR actor = ?4 OR actor IN (SELECT print FROM person WHERE name = ?4)) ORDER BY idx "
	    "LIMIT 64",
	    &q, "nntt", ask->from, ask->to, json_str(ask->words, "type"), json_str(ask->words, "actor"));
	while (r == 0 && (next = query_next(q)) != 0) {
		if (next < 0) {
			r = next;
			break;
		}
		*any = true;
		ask->from = query_num(q, 0) + 1;
		r = add_record(keeper, ask, query_num(q, 0), query_bytes(q, 1));
	}
	query_end(q);
	return r;
}

/* A page with nothing on it would be the end. */
int
ask_log_page(struct keeper *keeper, struct asking *ask)
{
	bool any = true;
	int r = 0;

	while (r == 0 && any && json_array_size(ask->list) == 0)
		r = read_log(keeper, ask, &any);
	return r;
}

/* ---- one record ---- */

static int
get_record(struct keeper *keeper, struct asking *ask, struct buf *leaf, struct entry *entry)
{
	const json_t *index = json_object_get(ask->words, "index");

	if (!json_is_integer(index) || json_integer_value(index) < 0)
		return err_set(ERR_USAGE, "which record?");
	return ledger_get(keeper->session->ledger, (uint64_t)json_integer_value(index), leaf, entry);
}

int
ask_record(struct keeper *keeper, struct asking *ask)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct str part = json_str(ask->words, "part");
	struct entry entry = { 0 };

	int r = get_record(keeper, ask, &leaf, &entry);
	if (r == 0 && str_is(part, "raw"))
		r = buf_str(&ask->bytes, entry.bytes);
	else if (r == 0 && str_is(part, "signature"))
		r = sshsig_armour(entry.signature, &ask->bytes);
	else if (r == 0 && str_is(part, "leaf"))
		r = buf_str(&ask->bytes, buf_view(&leaf));
	else if (r == 0)
		r = err_set(ERR_USAGE, "a record has no part '%.*s'", STR_ARG(part));
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

int
ask_attachment(struct keeper *keeper, struct asking *ask)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct str name = json_str(ask->words, "name");
	struct entry entry = { 0 };
	bool found = false;

	int r = get_record(keeper, ask, &leaf, &entry);
	for (size_t i = 0; r == 0 && !found && i < record_attached_count(entry.record.payload); i++) {
		struct attached attached;
		record_attached(entry.record.payload, i, &attached);
		found = str_eq(attached.name, name);
		if (found)
			r = ledger_attachment(keeper->session->ledger, attached.sha256, &ask->bytes);
	}
	if (r == 0 && !found)
		r = err_set(ERR_ABSENT, "the record has no attachment '%.*s'", STR_ARG(name));
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}
