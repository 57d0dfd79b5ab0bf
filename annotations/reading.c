#include "annotations/reading.h"

#include "annotations/search_note.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdlib.h>

#define HELD_MAX (UNIT_MAX + (size_t)64 * 1024) /* rows, and the lengths before them */

void
reading_release(struct reading *reading)
{
	buf_release(&reading->held);
	buf_release(&reading->order);
	json_decref(reading->records);
}

/* What a search was for stays out of the ledger; this ties its record to the words, once salt and words are shown. */
static void
commit_to(struct reading *reading, struct str order)
{
	randombytes_buf(reading->salt, sizeof reading->salt);
	search_note_commitment(reading->salt, order, reading->commitment);
}

/* The size of the ledger, and how many records that the reader was not told of change the list of releases. */
static int
look_behind(struct keeper *keeper, uint64_t *size, uint64_t *news)
{
	struct query *q;

	int r = db_query(ledger_db(keeper->session->ledger),
	    "SELECT ifnull(max(idx) + 1, ?1), total(type IN ('import', 'index')) FROM log WHERE idx >= ?1",
	    &q, "n", keeper->told);
	if (r == 0)
		r = query_next(q);
	*size = r > 0 ? query_num(q, 0) : keeper->told;
	*news = r > 0 ? query_num(q, 1) : 0;
	query_end(q);
	return r < 0 ? r : 0;
}

/*
 * Before the first order, and again before one that follows an import, whose ever; not to the indexer, which asks
 * for the list itself.
 */
static int
tell_releases(struct keeper *keeper)
{
	uint64_t size, news = 0;

	if (keeper->is_ready || !keeper->has_next)
		return err_set(ERR_REFUSED, "there is no reader here");
	int r = keeper->is_told ? look_behind(keeper, &size, &news)
				: db_number(ledger_db(keeper->session->ledger),
				      "SELECT ifnull(max(idx) + 1, 0) FROM log", &size, "");
	if (r < 0 || (keeper->is_told && news == 0)) {
		keeper->told = r < 0 ? keeper->told : size;
		return r;
	}
	keeper->is_told = true;
	keeper->told = size;
	return keeper_send_releases(keeper);
}

int
reading_begin(struct keeper *keeper, struct job *job, struct str order, struct reading *reading)
{
	struct order decoded;

	reading->held = BUF(HELD_MAX);
	reading->order = BUF(MESSAGE_MAX);
	int r = session_require(keeper->session);
	if (r == 0)
		r = order_decode(order, &decoded);
	if (r < 0)
		return r;
	reading->verb = decoded.verb;
	reading->records = json_array();
	if (!reading->records)
		return err_set(ERR_MEMORY, "no memory");
	commit_to(reading, order);
	r = buf_str(&reading->order, order);
	if (r < 0)
		return r;
	sha256_init(&reading->sum);
	r = tell_releases(keeper);
	if (r == 0)
		r = keeper_send_next(keeper, MSG_READ, job->order, order);
	job->down = r == 0;
	return r;
}

static int
hold(struct reading *reading, struct str rows)
{
	uint32_t len = (uint32_t)rows.len;

	if (reading->sent + rows.len > UNIT_MAX)
		return err_set(ERR_FORMAT, "the reader sends more than a unit may hold");
	int r = buf_add(&reading->held, &len, sizeof len);
	if (r == 0)
		r = buf_str(&reading->held, rows);
	sha256_add(&reading->sum, rows.data, rows.len);
	reading->sent += rows.len;
	return r;
}

/* ---- the record of a unit ---- */

static int
set_hash(json_t *object, const char *key, const uint8_t hash[static SHA256_LEN])
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, SHA256_LEN, hex);
	return json_set_str(object, key, str_from(hex));
}

static int
set_releases(json_t *payload, struct str names)
{
	struct str name;

	if (names.len == 0)
		return 0;
	json_t *list = json_array();
	if (!list || json_object_set_new(payload, "releases", list) < 0)
		return err_set(ERR_MEMORY, "no memory");
	while (str_next(&names, ' ', &name)) {
		if (!release_name_ok(name))
			return err_set(ERR_FORMAT, "the reader names no release");
		if (json_array_append_new(list, json_stringn(name.data, name.len)) < 0)
			return err_set(ERR_MEMORY, "no memory");
	}
	return 0;
}

static int
set_counts(json_t *payload, const struct facts *facts)
{
	int r = json_set_num(payload, "rows", facts->rows);

	if (r == 0)
		r = json_set_num(payload, "files", facts->files);
	if (r == 0)
		r = json_set_num(payload, "lines", facts->lines);
	if (r == 0)
		r = json_set_num(payload, "bytes", facts->bytes);
	return r == 0 ? set_hash(payload, "root", facts->root) : r;
}

static int
set_place(json_t *payload, const struct facts *facts, bool page)
{
	int r = 0;

	if (page || facts->path.len > 0)
		r = json_set_foreign(payload, "path", facts->path);
	if (r == 0 && (page || facts->blob.len > 0))
		r = json_set_str(payload, "blob", facts->blob);
	if (r == 0 && (page || facts->last > 0))
		r = json_set_num(payload, "first", facts->first);
	if (r == 0 && (page || facts->last > 0))
		r = json_set_num(payload, "last", facts->last);
	return r;
}

static int
unit_payload(const struct job *job, struct reading *reading, const struct facts *facts, json_t **out)
{
	uint8_t sum[SHA256_LEN];
	json_t *payload = json_pack("{s:b}", "end", facts->last_unit);
	struct str type = str_from(verb_record(reading->verb));

	sha256_end(&reading->sum, sum);
	int r = payload ? json_set_num(payload, "order", job->order) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_num(payload, "unit", reading->units);
	if (r == 0)
		r = json_set_str(payload, "verb", str_from(verb_name(reading->verb)));
	if (r == 0)
		r = set_releases(payload, facts->releases);
	if (r == 0)
		r = set_counts(payload, facts);
	if (r == 0)
		r = json_set_num(payload, "sent", reading->sent);
	if (r == 0)
		r = set_hash(payload, "sha256", sum);
	if (r == 0 && str_is(type, "search"))
		r = set_hash(payload, "query", reading->commitment);
	else if (r == 0)
		r = set_place(payload, facts, str_is(type, "page"));
	if (r < 0) {
		json_decref(payload);
		return r;
	}
	*out = payload;
	return 0;
}

static void
count(struct served *served, enum record_type type, const struct facts *facts)
{
	served->pages += type == RECORD_PAGE;
	served->searches += type == RECORD_SEARCH;
	served->lists += type == RECORD_LIST;
	served->diffs += type == RECORD_DIFF;
	served->lines += facts->lines;
	served->bytes += facts->bytes;
}

/* What was searched for, and what was handed over, into the person's notebook: the ledger has neither. */
static int
keep_search(struct session *session, const struct reading *reading, const struct facts *facts,
    const struct appended *record)
{
	if (session->notebook.dir < 0)
		return 0;
	struct search_note note = {
		.record = record->hash,
		.salt = reading->salt,
		.order = buf_view(&reading->order),
		.root = facts->root,
	};
	return search_note_add(&session->notebook, &note, buf_view(&reading->held));
}

static int
record_unit(struct keeper *keeper, const struct job *job, struct reading *reading, const struct facts *facts)
{
	struct appended appended;
	enum record_type type;
	json_t *payload;

	if (!record_type_find(str_from(verb_record(reading->verb)), &type))
		return err_set(ERR_FORMAT, "no record is known for '%s'", verb_name(reading->verb));
	int r = unit_payload(job, reading, facts, &payload);
	if (r < 0)
		return r;
	r = session_append(keeper->session, type, payload, &appended);
	json_decref(payload);
	if (r < 0)
		return r;
	count(&keeper->session->served, type, facts);
	if (type == RECORD_SEARCH) {
		r = keep_search(keeper->session, reading, facts, &appended);
		if (r < 0)
			return r;
	}
	if (json_array_append_new(reading->records, json_integer((json_int_t)appended.index)) < 0)
		return err_set(ERR_MEMORY, "no memory");
	return 0;
}

static int
give_on(struct keeper *keeper, const struct job *job, const struct reading *reading)
{
	int r = 0;

	for (size_t at = 0; at < reading->held.len && r == 0;) {
		uint32_t len;
		memcpy(&len, reading->held.data + at, sizeof len);
		struct str rows = { (const char *)reading->held.data + at + sizeof len, len };
		r = reading->own ? reading->own(reading->ctx, rows)
				 : keeper_send(keeper, MSG_PART, job->order, rows);
		at += sizeof len + len;
	}
	return r;
}

/* No record, no pixels: the record is durable when record_unit returns, and not before it do rows go on from here. */
static int
let_through(struct keeper *keeper, const struct job *job, struct reading *reading, struct str body)
{
	struct facts facts;

	int r = facts_decode(body, &facts);
	if (r == 0)
		r = record_unit(keeper, job, reading, &facts);
	if (r == 0)
		r = give_on(keeper, job, reading);
	buf_clear(&reading->held);
	sha256_init(&reading->sum);
	reading->sent = 0;
	reading->units++;
	return r;
}

int
reading_take(struct keeper *keeper, struct job *job, struct reading *reading, const struct message *message)
{
	switch (message->kind) {
	case MSG_PART:
		return job->cancelled ? 0 : hold(reading, message->body);
	case MSG_FACTS:
		return job->cancelled ? 0 : let_through(keeper, job, reading, message->body);
	case MSG_FAIL:
		return message_failed(message->body);
	case MSG_DONE:
		if (job->cancelled)
			return err_set(ERR_CANCELLED, "cancelled");
		return reading->held.len == 0
		    ? 1
		    : err_set(ERR_FORMAT, "the reader left a unit without its facts");
	default:
		return err_set(ERR_FORMAT, "a message of kind %d is not for the keeper", (int)message->kind);
	}
}

/* ---- the client's own reading orders ---- */

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	struct session *session = keeper->session;

	if (!session->policy.allows[POLICY_READING_COMMANDS] &&
	    !str_is(json_str(session->open, "command"), "desk"))
		return err_set(ERR_REFUSED, "this room's policy has 'reading-commands no': read at the desk");
	job->state = mem_try_alloc(1, sizeof(struct reading));
	if (!job->state)
		return err_set(ERR_MEMORY, "no memory");
	return reading_begin(keeper, job, body, job->state);
}

static int
answer(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct reading *reading = job->state;

	int r = reading_take(keeper, job, reading, message);
	if (r <= 0)
		return r;
	json_t *done = json_pack("{s:O}", "records", reading->records);
	r = done ? 0 : err_set(ERR_MEMORY, "no memory");
	if (r == 0 && reading->verb == VERB_SEARCH)
		r = set_hash(done, "query_salt", reading->salt);
	if (r == 0)
		r = job_done(keeper, job, done);
	json_decref(done);
	return r;
}

static void
release(struct job *job)
{
	if (job->state)
		reading_release(job->state);
	free(job->state);
}

const struct job_class job_read = { .begin = begin, .answer = answer, .release = release };
