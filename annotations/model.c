#include "annotations/model.h"

#include "annotations/model_parts.h"
#include "annotations/thread.h"
#include "base/mem.h"

#include <stdlib.h>

#define FORMAT "carrel-report 1"
#define ODD_MAX ((size_t)256 * 1024 * 1024) /* bytes of the attachment */

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "report: no memory");
}

/* Gives `value` away, also on failure. */
static int
set_new(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? no_memory() : 0;
}

static int
set_hash(json_t *object, const char *key, const uint8_t *hash, size_t len)
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, len, hex);
	return json_set_str(object, key, str_from(hex));
}

int
model_position(struct ledger *ledger, const json_t *given, uint64_t *out)
{
	struct query *q = NULL;
	enum record_type type;
	struct head head;
	int next;

	int r = ledger_head(ledger, &head);
	if (r < 0)
		return r;
	if (json_is_integer(given)) {
		json_int_t at = json_integer_value(given);
		if (at < 0 || (uint64_t)at >= head.size)
			return err_set(ERR_ABSENT, "there is no record %lld", (long long)at);
		*out = (uint64_t)at;
		return 0;
	}
	*out = 0;
	r = db_query(ledger_db(ledger), "SELECT idx, type FROM log ORDER BY idx DESC", &q, "");
	while (r == 0 && (next = query_next(q)) != 0) {
		if (next < 0)
			r = next;
		else if (!record_type_find(query_bytes(q, 1), &type))
			r = err_set(ERR_FORMAT, "log: unknown type");
		else if (!record_type_quiet(type)) {
			*out = query_num(q, 0);
			break;
		}
	}
	query_end(q);
	return r;
}

/* ---- what was not parsed ---- */

int
skipped_init(struct skipped *skipped)
{
	*skipped = (struct skipped){
		.counts = json_array(), .files = json_array(), .classes = json_array(), .places = json_array()
	};
	return skipped->counts && skipped->files && skipped->classes && skipped->places ? 0 : no_memory();
}

void
skipped_release(struct skipped *skipped)
{
	json_decref(skipped->counts);
	json_decref(skipped->files);
	json_decref(skipped->classes);
	json_decref(skipped->places);
}

static int
count_what(json_t *counts, struct str what, const char *key)
{
	for (size_t i = 0; i < json_array_size(counts); i++) {
		json_t *count = json_array_get(counts, i);
		if (str_eq(json_str(count, "what"), what))
			return json_set_num(count, key, json_num(count, key) + 1);
	}
	json_t *count = json_pack("{s:i}", key, 1);
	int r = count ? json_set_str(count, "what", what) : no_memory();
	if (r == 0 && json_array_append(counts, count) < 0)
		r = no_memory();
	json_decref(count);
	return r;
}

static int
add_file(json_t *list, struct str path, struct str what, struct str why)
{
	json_t *file = json_object();

	int r = file ? json_set_foreign(file, "path", path) : no_memory();
	if (r == 0)
		r = json_set_foreign(file, "what", what);
	if (r == 0)
		r = json_set_foreign(file, "why", why);
	if (r == 0 && json_array_append(list, file) < 0)
		r = no_memory();
	json_decref(file);
	return r;
}

/* "line 21, column 11: <U+202E>; what it is" as the why of a place. */
static int
add_place(json_t *list, const struct row *row)
{
	struct buf why = BUF((size_t)64 * 1024);
	uint64_t line = row_get_num(row, F_LINE), column = row_get_num(row, F_COLUMN);
	struct str shown = row_get(row, F_SHOWN), more = row_get(row, F_WHY);
	int r = 0;

	if (line > 0)
		r = buf_printf(
		    &why, "line %llu, column %llu: ", (unsigned long long)line, (unsigned long long)column);
	if (r == 0)
		r = buf_str(&why, shown);
	if (r == 0 && shown.len > 0 && more.len > 0)
		r = buf_text(&why, "; ");
	if (r == 0)
		r = buf_str(&why, more);
	if (r == 0)
		r = add_file(list, row_get(row, F_PATH), row_get(row, F_CLASS), buf_view(&why));
	json_t *place = r == 0 ? json_array_get(list, json_array_size(list) - 1) : NULL;
	if (place && line > 0)
		r = json_set_num(place, "line", line);
	if (place && r == 0 && column > 0)
		r = json_set_num(place, "column", column);
	buf_release(&why);
	return r;
}

static int
add_suspicious(struct skipped *skipped, const struct row *row)
{
	int r = count_what(skipped->classes, row_get(row, F_CLASS), "places");

	if (r == 0 && json_array_size(skipped->places) < MODEL_FILES)
		return add_place(skipped->places, row);
	if (r == 0)
		skipped->places_left_out++;
	return r;
}

int
skipped_add(struct skipped *skipped, const struct row *row)
{
	if (row_has(row, F_CLASS))
		return add_suspicious(skipped, row);
	if (row_has(row, F_HITS)) {
		/* of one file, what is beyond that file's share; or the sum, which says nothing new */
		if (!str_is(row_get(row, F_WHAT), "summary"))
			skipped->places_left_out += row_get_num(row, F_HITS);
		return 0;
	}
	int r = count_what(skipped->counts, row_get(row, F_WHAT), "files");

	if (r == 0 && json_array_size(skipped->files) < MODEL_FILES)
		return add_file(
		    skipped->files, row_get(row, F_PATH), row_get(row, F_WHAT), row_get(row, F_WHY));
	if (r == 0)
		skipped->left_out++;
	return r;
}

/* PATH NUL WHAT NUL WHY NUL ... */
static int
add_odd(struct str bytes, json_t *list, uint64_t *left_out)
{
	struct str path, what, why;
	int r = 0;

	*left_out = 0;
	while (bytes.len > 0 && r == 0) {
		if (!str_next(&bytes, 0, &path) || !str_next(&bytes, 0, &what) || !str_next(&bytes, 0, &why))
			return err_set(ERR_FORMAT, "an import's list of odd entries is malformed");
		if (json_array_size(list) < MODEL_FILES)
			r = add_file(list, path, what, why);
		else
			(*left_out)++;
	}
	return r;
}

static int
read_odd(struct ledger *ledger, const json_t *import, json_t *list, uint64_t *left_out)
{
	struct buf bytes = BUF(ODD_MAX);
	int r = 0;

	*left_out = 0;
	for (size_t i = 0; i < record_attached_count(import) && r == 0; i++) {
		struct attached attached;
		record_attached(import, i, &attached);
		if (!str_is(attached.name, "odd"))
			continue;
		r = ledger_attachment(ledger, attached.sha256, &bytes);
		if (r == 0)
			r = add_odd(buf_view(&bytes), list, left_out);
	}
	buf_release(&bytes);
	return r;
}

static int
build_scope(struct ledger *ledger, const json_t *import, const struct skipped *skipped, json_t *model)
{
	json_t *odd = json_array(),
	       *scope = json_pack("{s:O,s:O,s:O,s:O}", "counts", skipped->counts, "files", skipped->files,
		   "classes", skipped->classes, "suspicious", skipped->places);
	uint64_t left_out = 0;

	int r = odd && scope ? read_odd(ledger, import, odd, &left_out) : no_memory();
	if (r == 0)
		r = json_set_num(scope, "files_left_out", skipped->left_out);
	if (r == 0)
		r = json_set_num(scope, "suspicious_left_out", skipped->places_left_out);
	if (r == 0)
		r = json_set_num(scope, "odd_left_out", left_out);
	if (r == 0 && (json_object_set(scope, "odd", odd) < 0 || json_object_set(model, "scope", scope) < 0))
		r = no_memory();
	json_decref(odd);
	json_decref(scope);
	return r;
}

/* ---- room, release, ledger ---- */

struct building {
	struct ledger *ledger;
	uint64_t at;
	struct str release;
	json_t *model;
	json_t *import; /* the import record's payload */
};

static int
build_room(struct building *b)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	json_t *room = json_object();

	int r = room ? ledger_get(b->ledger, 0, &leaf, &entry) : no_memory();
	if (r == 0)
		r = set_hash(room, "id", entry.record.room, RECORD_ROOM_LEN);
	if (r == 0)
		r = json_set_str(room, "product", json_str(entry.record.payload, "product"));
	if (r == 0)
		r = json_set_str(room, "host", json_str(entry.record.payload, "host"));
	if (r == 0)
		r = set_new(room, "practice", json_boolean(json_bool(entry.record.payload, "practice")));
	if (r == 0 && json_object_set(b->model, "room", room) < 0)
		r = no_memory();
	json_decref(room);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
build_ledger(struct building *b)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	struct head head;
	json_t *ledger = json_object();

	int r = ledger ? ledger_get(b->ledger, b->at, &leaf, &entry) : no_memory();
	if (r == 0)
		r = ledger_head_at(b->ledger, b->at + 1, &head);
	if (r == 0)
		r = json_set_num(ledger, "index", b->at);
	if (r == 0)
		r = set_hash(ledger, "hash", entry.hash, sizeof entry.hash);
	if (r == 0)
		r = json_set_str(ledger, "time", str_from(entry.record.time));
	if (r == 0)
		r = json_set_num(ledger, "size", head.size);
	if (r == 0)
		r = set_hash(ledger, "root", head.root, sizeof head.root);
	if (r == 0 && json_object_set(b->model, "ledger", ledger) < 0)
		r = no_memory();
	json_decref(ledger);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
find_import(struct building *b, uint64_t *index)
{
	struct query *q = NULL;

	int r = db_query(ledger_db(b->ledger), "SELECT idx FROM releases WHERE name = ?1 AND idx <= ?2", &q,
	    "tn", b->release, b->at);
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(ERR_ABSENT, "there is no release %.*s", STR_ARG(b->release));
	if (r > 0)
		*index = query_num(q, 0);
	query_end(q);
	return r < 0 ? r : 0;
}

static int
build_release(struct building *b)
{
	static const char *const keys[] = { "kind", "source", "source_b64", "revision", "revision_b64",
		"commit", "tree", "sha256", "manifest", "stripped", "stripped_b64", "files", "blobs", "bytes",
		"odd", "segment" };
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	json_t *release = json_object();
	uint64_t index;

	int r = release ? find_import(b, &index) : no_memory();
	if (r == 0)
		r = ledger_get(b->ledger, index, &leaf, &entry);
	if (r == 0)
		r = json_set_str(release, "name", b->release);
	for (size_t i = 0; i < sizeof keys / sizeof *keys && r == 0; i++) {
		json_t *value = json_object_get(entry.record.payload, keys[i]);
		if (value && json_object_set(release, keys[i], value) < 0)
			r = no_memory();
	}
	if (r == 0)
		r = json_set_num(release, "index", index);
	if (r == 0)
		r = set_hash(release, "hash", entry.hash, sizeof entry.hash);
	if (r == 0)
		r = json_set_str(release, "imported", str_from(entry.record.time));
	if (r == 0 && json_object_set(b->model, "release", release) < 0)
		r = no_memory();
	if (r == 0)
		b->import = json_incref(entry.record.payload);
	json_decref(release);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

/* ---- people ---- */

static int
add_person(void *ctx, const struct person *person)
{
	struct building *b = ctx;
	json_t *object;

	if (person->since > b->at)
		return 0;
	object = json_object();
	int r = object ? json_set_str(object, "name", buf_view(&person->name)) : no_memory();
	if (r == 0)
		r = json_set_str(object, "role", str_from(role_word(person->role)));
	if (r == 0)
		r = json_set_str(object, "fingerprint", str_from(person->print));
	if (r == 0)
		r = json_set_str(object, "line", buf_view(&person->line));
	if (r == 0)
		r = json_set_num(object, "since", person->since);
	if (r == 0 && person->until <= b->at)
		r = json_set_num(object, "until", person->until);
	if (r == 0 && json_array_append(json_object_get(b->model, "people"), object) < 0)
		r = no_memory();
	json_decref(object);
	return r;
}

/* ---- the whole ---- */

int
model_build(
    struct ledger *ledger, struct str release, uint64_t at, const struct skipped *skipped, json_t **out)
{
	struct building b = { .ledger = ledger, .at = at, .release = release };

	b.model = json_pack("{s:s,s:s,s:[]}", "format", FORMAT, "program", CARREL_VERSION, "people");
	int r = b.model ? build_room(&b) : no_memory();
	if (r == 0)
		r = build_ledger(&b);
	if (r == 0)
		r = build_release(&b);
	if (r == 0)
		r = build_scope(ledger, b.import, skipped, b.model);
	if (r == 0)
		r = model_seal(ledger, at, b.model);
	if (r == 0)
		r = model_threads(ledger, release, at, b.model);
	if (r == 0)
		r = person_each(ledger_db(ledger), AT_END, add_person, &b);
	if (r == 0)
		r = model_check(b.model);
	json_decref(b.import);
	if (r < 0) {
		json_decref(b.model);
		return r;
	}
	*out = b.model;
	return 0;
}
