#include "annotations/thread.h"

#include "base/base32.h"

/* ---- names ---- */

void
thread_name(const uint8_t hash[static SHA256_LEN], char out[static THREAD_NAME])
{
	base32_from(hash, SHA256_LEN, out);
}

bool
thread_hash(struct str name, uint8_t out[static SHA256_LEN])
{
	return base32_to(name, out, SHA256_LEN);
}

int
thread_find(struct db *db, struct str prefix, char out[static THREAD_NAME])
{
	struct query *q = NULL;
	int found = 0, next;

	if (prefix.len == 0 || prefix.len >= THREAD_NAME)
		return err_set(ERR_USAGE, "'%.*s' is no thread's name", STR_ARG(prefix));
	int r = db_query(db,
	    "SELECT name FROM thread WHERE name >= ?1 AND substr(name, 1, ?2) = ?1 ORDER BY name LIMIT 2", &q,
	    "tn", prefix, (uint64_t)prefix.len);
	while (r == 0 && (next = query_next(q)) != 0) {
		struct str name = query_bytes(q, 0);
		r = next < 0                      ? next
		    : name.len == THREAD_NAME - 1 ? 0
						  : err_set(ERR_FORMAT, "thread: malformed name");
		if (r == 0 && found++ == 0) {
			memcpy(out, name.data, name.len);
			out[name.len] = 0;
		}
	}
	query_end(q);
	if (r == 0 && found == 0)
		return err_set(ERR_ABSENT, "there is no thread %.*s", STR_ARG(prefix));
	if (r == 0 && found > 1)
		return err_set(ERR_USAGE, "several threads begin with %.*s", STR_ARG(prefix));
	return r;
}

/* ---- records of a thread ---- */

int
record_author(struct db *db, const struct entry *entry, json_t *object, const char *key)
{
	struct person person = { 0 };

	int r = person_by_key(db, entry->record.actor, entry->index, &person);
	if (r == ERR_ABSENT)
		return json_set_str(object, key, str_from(entry->record.actor));
	if (r == 0)
		r = json_set_str(object, key, buf_view(&person.name));
	if (r == 0)
		r = json_set_str(object, "role", str_from(role_word(person.role)));
	person_release(&person);
	return r;
}

/* Positions of a thread's records up to `at`, as uint64_t in `out`. */
static int
positions(struct db *db, const char *name, uint64_t at, struct buf *out)
{
	struct query *q = NULL;
	int next;

	int r = db_query(db, "SELECT idx FROM entry WHERE thread = ?1 AND idx <= ?2 ORDER BY idx", &q, "tn",
	    str_from(name), at);
	while (r == 0 && (next = query_next(q)) != 0) {
		uint64_t index = next < 0 ? 0 : query_num(q, 0);
		r = next < 0 ? next : buf_add(out, &index, sizeof index);
	}
	query_end(q);
	return r == 0 && out->len == 0 ? err_set(ERR_ABSENT, "there is no thread %.*s", THREAD_SHORT, name)
				       : r;
}

#define POSITIONS_MAX ((size_t)16 * 1024 * 1024)

/* Every record of a thread up to `at`. */
static int
each_record(struct ledger *ledger, const char *name, uint64_t at,
    int (*each)(void *ctx, const struct entry *entry), void *ctx)
{
	struct buf list = BUF(POSITIONS_MAX), leaf = BUF(LEAF_MAX);

	int r = positions(ledger_db(ledger), name, at, &list);
	for (size_t i = 0; r == 0 && i < list.len; i += sizeof(uint64_t)) {
		struct entry entry;
		uint64_t index;
		memcpy(&index, list.data + i, sizeof index);
		buf_clear(&leaf);
		r = ledger_get(ledger, index, &leaf, &entry);
		if (r < 0)
			break;
		r = each(ctx, &entry);
		record_release(&entry.record);
	}
	buf_release(&list);
	buf_release(&leaf);
	return r;
}

struct entries {
	struct db *db;
	int (*each)(void *ctx, json_t *entry);
	void *ctx;
};

static int
set_hash(json_t *object, const char *key, const uint8_t hash[static SHA256_LEN])
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, SHA256_LEN, hex);
	return json_set_str(object, key, str_from(hex));
}

static int
give_entry(void *ctx, const struct entry *entry)
{
	const struct entries *entries = ctx;
	struct str state = json_str(entry->record.payload, "state");
	json_t *object = json_object();

	int r = object ? json_set_num(object, "index", entry->index) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = set_hash(object, "hash", entry->hash);
	if (r == 0)
		r = json_set_str(object, "type", str_from(record_type_word(entry->record.type)));
	if (r == 0)
		r = record_author(entries->db, entry, object, "author");
	if (r == 0)
		r = json_set_str(object, "key", str_from(entry->record.actor));
	if (r == 0)
		r = json_set_str(object, "time", str_from(entry->record.time));
	if (r == 0)
		r = json_set_str(object, "text", json_str(entry->record.payload, "text"));
	if (r == 0 && state.len > 0)
		r = json_set_str(object, "state", state);
	struct entry checked = *entry;
	if (r == 0)
		r = json_set_str(object, "signature", entry_check(&checked) == 0 ? STR("good") : STR("bad"));
	if (r == 0)
		r = entries->each(entries->ctx, object);
	json_decref(object);
	return r;
}

int
thread_entries(
    struct ledger *ledger, const char *name, uint64_t at, int (*each)(void *ctx, json_t *entry), void *ctx)
{
	struct entries entries = { ledger_db(ledger), each, ctx };
	return each_record(ledger, name, at, give_entry, &entries);
}

/* ---- a thread ---- */

struct loading {
	struct db *db;
	json_t *thread;
	uint64_t entries;
};

static bool
of_record_alone(const char *key)
{
	static const char *const keys[] = { "thread", "after", "why", "attach" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* What opened the thread, or amends it: the latest words on each point hold. */
static int
take_words(json_t *thread, json_t *payload)
{
	const char *key;
	json_t *value;

	json_object_foreach (payload, key, value) {
		if (of_record_alone(key))
			continue;
		if (json_object_set(thread, key, value) < 0)
			return err_set(ERR_MEMORY, "no memory");
	}
	return 0;
}

static int
load_first(struct loading *loading, const struct entry *entry)
{
	json_t *thread = loading->thread;

	int r = json_set_num(thread, "index", entry->index);
	if (r == 0)
		r = set_hash(thread, "id", entry->hash);
	if (r == 0)
		r = json_set_str(thread, "opened", str_from(entry->record.time));
	if (r == 0)
		r = json_set_str(thread, "state", str_from(thread_state_word(STATE_OPEN)));
	return r == 0 ? record_author(loading->db, entry, thread, "author") : r;
}

static int
load_record(void *ctx, const struct entry *entry)
{
	struct loading *loading = ctx;
	json_t *thread = loading->thread;
	int r = 0;

	if (loading->entries++ == 0)
		r = load_first(loading, entry);
	if (r == 0 && (entry->record.type == RECORD_ANNOTATE || entry->record.type == RECORD_AMEND))
		r = take_words(thread, entry->record.payload);
	if (r == 0 && entry->record.type == RECORD_STATE)
		r = json_set_str(thread, "state", json_str(entry->record.payload, "state"));
	return r == 0 ? json_set_str(thread, "last", str_from(entry->record.time)) : r;
}

int
thread_load(struct ledger *ledger, const char *name, uint64_t at, json_t **out)
{
	struct loading loading = { .db = ledger_db(ledger), .thread = json_object() };

	int r = loading.thread ? each_record(ledger, name, at, load_record, &loading)
			       : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_str(loading.thread, "thread", (struct str){ name, THREAD_SHORT });
	if (r == 0)
		r = json_set_num(loading.thread, "entries", loading.entries);
	if (r < 0) {
		json_decref(loading.thread);
		return r;
	}
	json_object_del(loading.thread, "role");
	*out = loading.thread;
	return 0;
}

static int
join_cwe(json_t *thread)
{
	const json_t *list = json_object_get(thread, "cwe");
	struct buf text = BUF(RECORD_MAX);
	int r = 0;

	for (size_t i = 0; i < json_array_size(list) && r == 0; i++)
		r = buf_printf(&text, "%s%s", i > 0 ? ", " : "", json_string_value(json_array_get(list, i)));
	if (r == 0 && list)
		r = json_set_str(thread, "cwe", buf_view(&text));
	buf_release(&text);
	return r;
}

int
thread_brief(json_t *thread)
{
	json_t *anchors = json_object_get(thread, "anchors");
	int r = join_cwe(thread);

	for (size_t i = 0; i < json_array_size(anchors) && r == 0; i++) {
		json_t *anchor = json_array_get(anchors, i);
		json_t *lines = json_pack(
		    "[I,I]", (json_int_t)json_num(anchor, "first"), (json_int_t)json_num(anchor, "last"));
		r = json_object_set_new(anchor, "lines", lines) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
		json_object_del(anchor, "first");
		json_object_del(anchor, "last");
	}
	return r;
}

int
thread_after(struct ledger *ledger, const char *name, json_t **out)
{
	struct buf leaf = BUF(LEAF_MAX);
	char hex[HEX_LEN(SHA256_LEN)];
	struct entry entry;
	uint64_t last;

	int r = db_number(
	    ledger_db(ledger), "SELECT last FROM thread WHERE name = ?1", &last, "t", str_from(name));
	if (r == 0)
		r = ledger_get(ledger, last, &leaf, &entry);
	if (r < 0)
		goto out;
	hex_from(entry.hash, SHA256_LEN, hex);
	record_release(&entry.record);
	json_t *list = json_pack("[s]", hex);
	r = list ? 0 : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		*out = list;
out:
	buf_release(&leaf);
	return r;
}
