#include "annotations/asking.h"
#include "annotations/search_note.h"
#include "annotations/thread.h"

/* ---- what is recorded of a person ---- */

/* Whether a key was ever that of the session's person. */
static int
is_mine(struct keeper *keeper, struct str print, bool *out)
{
	uint64_t keys;

	int r = db_number(ledger_db(keeper->session->ledger),
	    "SELECT count(*) FROM person WHERE print = ?1 AND name = ?2", &keys, "tt", print,
	    buf_view(&keeper->session->person.name));
	*out = r == 0 && keys > 0;
	return r;
}

/* Whether the record that a confirm or a note names is by this person. */
static int
names_mine(struct keeper *keeper, const json_t *payload, bool *out)
{
	uint8_t hash[SHA256_LEN];
	struct query *q = NULL;

	*out = false;
	if (!hex_to(json_str(payload, "record"), hash, sizeof hash))
		return 0;
	int r = db_query(ledger_db(keeper->session->ledger),
	    "SELECT log.actor FROM position JOIN log ON log.idx = position.idx WHERE position.hash = ?1", &q,
	    "b", (struct str){ (const char *)hash, sizeof hash });
	if (r == 0)
		r = query_next(q);
	if (r > 0)
		r = is_mine(keeper, query_bytes(q, 0), out);
	query_end(q);
	return r;
}

int
ask_mine(struct keeper *keeper, const struct entry *entry, bool *out)
{
	const json_t *payload = entry->record.payload;

	int r = is_mine(keeper, str_from(entry->record.actor), out);
	if (r < 0 || *out)
		return r;
	switch (entry->record.type) {
	case RECORD_PERSON:
	case RECORD_REVOKE:
		*out = str_eq(json_str(payload, "name"), buf_view(&keeper->session->person.name));
		return 0;
	case RECORD_CONFIRM:
	case RECORD_NOTE:
		return names_mine(keeper, payload, out);
	default:
		return 0;
	}
}

/* ---- what people revealed ---- */

static int
read_search(
    struct ledger *ledger, const struct entry *reveal, json_t *object, uint8_t query[static SHA256_LEN])
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry search = { 0 };
	uint8_t hash[SHA256_LEN];
	uint64_t index = 0;

	int r = hex_to(json_str(reveal->record.payload, "record"), hash, sizeof hash)
	    ? ledger_find(ledger, hash, &index)
	    : err_set(ERR_FORMAT, "record: malformed hash");
	if (r == 0)
		r = json_set_num(object, "record", index);
	if (r == 0)
		r = ledger_get(ledger, index, &leaf, &search);
	if (r == 0 && !hex_to(json_str(search.record.payload, "query"), query, SHA256_LEN))
		r = err_set(ERR_FORMAT, "record: malformed hash");
	record_release(&search.record);
	buf_release(&leaf);
	return r;
}

/* Its attachment, in words if it holds. */
static int
read_order(
    struct ledger *ledger, const struct entry *reveal, const uint8_t query[static SHA256_LEN], json_t *object)
{
	struct buf bytes = BUF((size_t)ATTACHMENT_MAX);
	uint8_t salt[32], commitment[SHA256_LEN];
	struct attached attached;
	struct order order;
	json_t *row = NULL;
	int r = 0;

	for (size_t i = 0; i < record_attached_count(reveal->record.payload) && r == 0; i++) {
		record_attached(reveal->record.payload, i, &attached);
		if (str_is(attached.name, "order"))
			r = ledger_attachment(ledger, attached.sha256, &bytes);
	}
	if (r == 0 && !hex_to(json_str(reveal->record.payload, "salt"), salt, sizeof salt))
		r = err_set(ERR_FORMAT, "record: malformed hash");
	if (r == 0)
		search_note_commitment(salt, buf_view(&bytes), commitment);
	bool ok = r == 0 && memcmp(commitment, query, sizeof commitment) == 0;
	if (r == 0 && json_object_set_new(object, "ok", json_boolean(ok)) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (ok && order_decode(buf_view(&bytes), &order) == 0 && json_from_row(&order.args, &row) == 0 &&
	    json_object_set_new(object, "order", row) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	buf_release(&bytes);
	return r;
}

static int
add_reveal(struct keeper *keeper, struct asking *ask, uint64_t index)
{
	struct ledger *ledger = keeper->session->ledger;
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	uint8_t query[SHA256_LEN];
	json_t *object = json_object();

	int r = object ? ledger_get(ledger, index, &leaf, &entry) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_num(object, "index", index);
	if (r == 0)
		r = record_author(ledger_db(ledger), &entry, object, "actor");
	if (r == 0)
		r = read_search(ledger, &entry, object, query);
	if (r == 0)
		r = read_order(ledger, &entry, query, object);
	if (r == 0)
		r = asking_add(ask, object);
	json_decref(object);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

int
ask_reveals(struct keeper *keeper, struct asking *ask)
{
	(void)keeper;
	ask->from = 0;
	return 0;
}

int
ask_reveals_page(struct keeper *keeper, struct asking *ask)
{
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(keeper->session->ledger),
	    "SELECT idx FROM log WHERE type = 'reveal' AND void = '' AND idx >= ?1 ORDER BY idx LIMIT 32", &q,
	    "n", ask->from);
	while (r == 0 && (next = query_next(q)) != 0) {
		if (next < 0) {
			r = next;
			break;
		}
		ask->from = query_num(q, 0) + 1;
		r = add_reveal(keeper, ask, query_num(q, 0));
	}
	query_end(q);
	return r;
}
