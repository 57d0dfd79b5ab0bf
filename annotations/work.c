#include "annotations/keeper.h"

#include "annotations/delivered.h"
#include "base/mem.h"

#include <stdlib.h>

/*
 * The indexer's work becomes records: it sends a release's attachments, then the
 * RESULT; the record of it is the import's commit point, and RECORDED lets the indexer
 * put the release in its place.
 */

struct working {
	struct buf order; /* struct work, as it came */
	enum work_kind kind;
	struct delivered attachments[ATTACHMENTS];
	size_t count;
};

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "no memory");
}

/* ---- what the ledger has, to the next program ---- */

static int
send_list(struct keeper *keeper, unsigned part, struct buf *list)
{
	int r = keeper_send_next(keeper, MSG_RELEASES, part, buf_view(list));
	buf_clear(list);
	return r;
}

static int
add_release(struct ledger *ledger, uint64_t index, struct str segment, struct buf *out)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	int r = ledger_get(ledger, index, &leaf, &entry);
	if (r == 0) {
		const json_t *p = entry.record.payload;
		struct release release = {
			.name = json_str(p, "release"),
			.kind = json_str(p, "kind"),
			.commit = json_str(p, "commit"),
			.tree = json_str(p, "tree"),
			.manifest = json_str(p, "manifest"),
			.segment = segment,
			.sha256 = json_str(p, "sha256"),
		};
		r = release_encode(out, &release);
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

#define RELEASE_BYTES 1024 /* one takes less */

int
keeper_send_releases(struct keeper *keeper)
{
	struct ledger *ledger = keeper->session->ledger;
	struct buf list = BUF(MESSAGE_BODY);
	struct query *q = NULL;
	unsigned part = LIST_WHOLE;
	int next;

	if (!keeper->has_next || keeper->next.closed)
		return 0;
	int r = db_query(ledger_db(ledger), "SELECT idx, segment FROM releases ORDER BY idx", &q, "");
	while (r == 0 && (next = query_next(q)) != 0) {
		r = next < 0 ? next : add_release(ledger, query_num(q, 0), query_bytes(q, 1), &list);
		if (r == 0 && list.len > MESSAGE_BODY - RELEASE_BYTES) {
			r = send_list(keeper, part | LIST_MORE, &list);
			part = LIST_NEXT;
		}
	}
	query_end(q);
	if (r == 0)
		r = send_list(keeper, part, &list);
	buf_release(&list);
	return r;
}

/* One of an import's attachments, as DATA named "NAME/RELEASE". */
static int
send_attachment(struct keeper *keeper, struct str release, const struct attached *attached)
{
	struct buf bytes = BUF((size_t)ATTACHMENT_MAX), body = BUF(MESSAGE_MAX), name = BUF(256);

	int r = ledger_attachment(keeper->session->ledger, attached->sha256, &bytes);
	if (r == 0)
		r = buf_printf(&name, "%.*s/%.*s", STR_ARG(attached->name), STR_ARG(release));
	for (size_t at = 0; r == 0 && at < bytes.len; at += MESSAGE_BODY / 2) {
		size_t len = bytes.len - at < MESSAGE_BODY / 2 ? bytes.len - at : MESSAGE_BODY / 2;
		buf_clear(&body);
		r = enc_str(&body, buf_view(&name));
		if (r == 0)
			r = buf_add(&body, bytes.data + at, len);
		if (r == 0)
			r = keeper_send_next(keeper, MSG_DATA, 0, buf_view(&body));
		/* these may be more than the queue holds, and the indexer does nothing but read them */
		if (r == 0 && wire_full(&keeper->next))
			r = wire_drain(&keeper->next);
	}
	buf_release(&bytes);
	buf_release(&body);
	buf_release(&name);
	return r;
}

/* What decided in the first import decides in the rebuild. */
static int
send_given(struct keeper *keeper, uint64_t index)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	int r = ledger_get(keeper->session->ledger, index, &leaf, &entry);
	const json_t *payload = entry.record.payload;
	for (size_t i = 0; r == 0 && i < record_attached_count(payload); i++) {
		struct attached attached;
		record_attached(payload, i, &attached);
		if (str_is(attached.name, "verdicts") || str_is(attached.name, "odd"))
			r = send_attachment(keeper, json_str(payload, "release"), &attached);
	}
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
send_all_given(struct keeper *keeper)
{
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(keeper->session->ledger),
	    "SELECT idx FROM log WHERE type IN ('import', 'index') AND void = '' ORDER BY idx", &q, "");
	while (r == 0 && (next = query_next(q)) != 0)
		r = next < 0 ? next : send_given(keeper, query_num(q, 0));
	query_end(q);
	return r;
}

static int
start(struct keeper *keeper, struct job *job, struct working *work)
{
	int r = keeper_send_releases(keeper);
	if (r == 0 && work->kind == WORK_REBUILD)
		r = send_all_given(keeper);
	if (r == 0)
		r = keeper_send_next(keeper, MSG_WORK, job->order, buf_view(&work->order));
	job->down = r == 0;
	return r;
}

/* ---- a release arrives ---- */

static void
drop_attachments(struct working *work)
{
	for (size_t i = 0; i < work->count; i++)
		delivered_release(&work->attachments[i]);
	work->count = 0;
}

static int
take_data(struct keeper *keeper, struct working *work, struct str body)
{
	struct dec dec = dec_of(body);
	struct str name = dec_str(&dec);
	size_t i = 0;

	if (dec.bad)
		return err_set(ERR_FORMAT, "the indexer sent a malformed attachment");
	while (i < work->count && !str_eq(buf_view(&work->attachments[i].name), name))
		i++;
	if (i == ATTACHMENTS)
		return err_set(ERR_FORMAT, "the indexer sent more than %d attachments", ATTACHMENTS);
	if (i == work->count) {
		work->count++;
		int r = delivered_init(&work->attachments[i], name);
		if (r < 0)
			return r;
	}
	struct str piece = { (const char *)dec.at, (size_t)(dec.end - dec.at) };
	return delivered_add(&work->attachments[i], keeper->session->room, piece);
}

static int
segments_json(struct str encoded, json_t **out)
{
	struct dec dec = dec_of(encoded);
	json_t *list = json_array();
	int r = list ? 0 : no_memory();

	while (r == 0 && dec_more(&dec)) {
		struct str kind = dec_str(&dec), digest = dec_str(&dec);
		uint64_t bytes = dec_num(&dec);
		json_t *segment = json_object();
		r = segment ? json_set_str(segment, "kind", kind) : no_memory();
		if (r == 0)
			r = json_set_str(segment, "sha256", digest);
		if (r == 0)
			r = json_set_num(segment, "bytes", bytes);
		if (json_array_append_new(list, segment) < 0 && r == 0)
			r = no_memory();
	}
	if (r == 0)
		r = dec_end(&dec, "segments");
	if (r < 0) {
		json_decref(list);
		return r;
	}
	*out = list;
	return 0;
}

struct member {
	const char *key;
	struct str value;
};

static int
set_members(json_t *payload, size_t count, const struct member members[])
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		if (members[i].value.len > 0)
			r = json_set_str(payload, members[i].key, members[i].value);
	return r;
}

static int
set_numbers(json_t *payload, const struct import_result *result)
{
	int r = json_set_num(payload, "files", result->files);

	if (r == 0)
		r = json_set_num(payload, "blobs", result->blobs);
	if (r == 0)
		r = json_set_num(payload, "bytes", result->bytes);
	return r == 0 ? json_set_num(payload, "odd", result->odd) : r;
}

static int
import_payload(const struct import_result *result, json_t **out)
{
	const struct release *release = &result->release;
	const struct member members[] = {
		{ "release", release->name },
		{ "kind", release->kind },
		{ "commit", release->commit },
		{ "tree", release->tree },
		{ "manifest", release->manifest },
		{ "segment", release->segment },
		{ "sha256", release->sha256 },
	};
	json_t *payload = json_object(), *segments = NULL;

	int r = payload ? set_members(payload, sizeof members / sizeof *members, members) : no_memory();
	if (r == 0)
		r = json_set_foreign(payload, "source", result->source);
	if (r == 0 && result->revision.len > 0)
		r = json_set_foreign(payload, "revision", result->revision);
	if (r == 0 && result->stripped.len > 0)
		r = json_set_foreign(payload, "stripped", result->stripped);
	if (r == 0)
		r = set_numbers(payload, result);
	if (r == 0)
		r = segments_json(result->segments, &segments);
	if (r == 0 && json_array_size(segments) > 0 && json_object_set(payload, "segments", segments) < 0)
		r = no_memory();
	json_decref(segments);
	if (r < 0) {
		json_decref(payload);
		return r;
	}
	*out = payload;
	return 0;
}

static int
view_attachments(struct working *work, struct attachment attachments[static ATTACHMENTS])
{
	int r = 0;

	for (size_t i = 0; i < work->count && r == 0; i++) {
		attachments[i].name = buf_view(&work->attachments[i].name);
		r = delivered_view(&work->attachments[i], &attachments[i].bytes);
	}
	return r;
}

/* What is named by its digest must be what was delivered. */
static int
check_manifest(struct working *work, const struct import_result *result)
{
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	for (size_t i = 0; i < work->count; i++) {
		struct delivered *a = &work->attachments[i];
		struct str bytes;
		if (!str_is(buf_view(&a->name), "manifest"))
			continue;
		int r = delivered_view(a, &bytes);
		if (r < 0)
			return r;
		sha256(bytes.data, bytes.len, hash);
		hex_from(hash, sizeof hash, hex);
		if (!str_is(result->release.manifest, hex))
			return err_set(ERR_FORMAT, "the indexer's manifest is not the one it names");
		return 0;
	}
	return err_set(ERR_FORMAT, "the indexer sent no manifest");
}

static int
append_import(
    struct keeper *keeper, struct job *job, struct working *work, json_t *payload, struct appended *out)
{
	struct session *session = keeper->session;
	struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
	struct attachment attachments[ATTACHMENTS];

	int r = view_attachments(work, attachments);
	if (r == 0)
		r = record_attach(payload, attachments, work->count);
	if (r == 0)
		r = ledger_draft(session->ledger, &session->actor, RECORD_IMPORT, payload, &record);
	if (r == 0 && session_touches(session)) {
		json_t *need = json_pack("{s:s,s:s}", "need", "touch", "key", session->actor.actor);
		r = need ? keeper_send_json(keeper, MSG_NEED, job->order, need) : no_memory();
		json_decref(need);
	}
	if (r == 0)
		r = session_sign(session, NS_RECORD, buf_view(&record), &signature);
	if (r == 0)
		r = ledger_append(
		    session->ledger, buf_view(&record), buf_view(&signature), attachments, work->count, out);
	buf_release(&record);
	buf_release(&signature);
	if (r == 0)
		session->served.said++;
	return r;
}

static int
tell_release(struct keeper *keeper, struct job *job, json_t *payload, const struct appended *appended)
{
	int r;

	json_object_del(payload, "attach");
	json_object_del(payload, "segments");
	if (appended)
		r = json_set_num(payload, "index", appended->index);
	else
		r = json_object_set_new(payload, "known", json_true()) < 0 ? no_memory() : 0;
	return r == 0 ? keeper_send_json(keeper, MSG_JSON, job->order, payload) : r;
}

/* The payload of an index record: the import it completes is named by its hash. */
static int
index_payload(struct keeper *keeper, const struct import_result *result, json_t **out)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	char hash[HEX_LEN(SHA256_LEN)];
	uint64_t index;
	json_t *segments = NULL, *payload = json_object();

	int r = payload ? db_number(ledger_db(keeper->session->ledger),
			      "SELECT idx FROM releases WHERE name = ?1", &index, "t", result->release.name)
			: no_memory();
	if (r == 0)
		r = ledger_get(keeper->session->ledger, index, &leaf, &entry);
	if (r == 0) {
		hex_from(entry.hash, SHA256_LEN, hash);
		const struct member members[] = { { "release", result->release.name },
			{ "record", str_from(hash) }, { "segment", result->release.segment } };
		r = set_members(payload, sizeof members / sizeof *members, members);
	}
	if (r == 0)
		r = segments_json(result->segments, &segments);
	if (r == 0 && json_array_size(segments) > 0 && json_object_set(payload, "segments", segments) < 0)
		r = no_memory();
	json_decref(segments);
	record_release(&entry.record);
	buf_release(&leaf);
	if (r < 0) {
		json_decref(payload);
		return r;
	}
	*out = payload;
	return 0;
}

/* Syntax that came after its import. */
static int
record_finished(
    struct keeper *keeper, struct job *job, struct working *work, const struct import_result *result)
{
	struct session *session = keeper->session;
	struct attachment attachments[ATTACHMENTS];
	struct appended appended;
	json_t *payload;

	int r = view_attachments(work, attachments);
	if (r == 0)
		r = index_payload(keeper, result, &payload);
	if (r < 0)
		return r;
	r = ledger_append_session_with(
	    session->ledger, &session->actor, RECORD_INDEX, payload, attachments, work->count, &appended);
	json_decref(payload);
	return r == 0 ? keeper_send_next(keeper, MSG_RECORDED, job->order, STR("")) : r;
}

static int
record_result(
    struct keeper *keeper, struct job *job, struct working *work, const struct import_result *result)
{
	struct appended appended;
	json_t *payload;

	int r = import_payload(result, &payload);
	if (r < 0)
		return r;
	if (result->known) {
		r = tell_release(keeper, job, payload, NULL);
		json_decref(payload);
		return r;
	}
	r = check_manifest(work, result);
	if (r == 0)
		r = append_import(keeper, job, work, payload, &appended);
	if (r == 0)
		r = keeper_send_next(keeper, MSG_RECORDED, job->order, STR(""));
	if (r == 0)
		r = tell_release(keeper, job, payload, &appended);
	json_decref(payload);
	return r;
}

/* A rebuilt release must be the one that the ledger names. */
static int
compare_result(struct keeper *keeper, struct job *job, const struct import_result *result)
{
	struct query *q = NULL;
	struct str name = result->release.name;

	int r = db_query(ledger_db(keeper->session->ledger), "SELECT segment FROM releases WHERE name = ?1",
	    &q, "t", name);
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(
		    ERR_FORMAT, "the indexer rebuilt %.*s, which the ledger does not have", STR_ARG(name));
	else if (r > 0)
		r = str_eq(query_bytes(q, 0), result->release.segment)
		    ? 0
		    : err_set(ERR_FORMAT, "the rebuilt index of %.*s is not the one that the ledger names",
			  STR_ARG(name));
	query_end(q);
	return r == 0 && !result->known ? keeper_send_next(keeper, MSG_RECORDED, job->order, STR("")) : r;
}

/* It waits to hear whether its release is recorded: a refusal must reach it as one. */
static void
refuse(struct keeper *keeper, struct job *job, int code)
{
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof why, "%s", err_text());
	if (message_fail(&keeper->packet, job->order, (enum err)code, why) == 0)
		(void)!wire_send(&keeper->next, &keeper->packet);
	err_set((enum err)code, "%s", why);
}

static int
take_result(struct keeper *keeper, struct job *job, struct working *work, struct str body)
{
	struct import_result result;
	int r = import_result_decode(body, &result);

	if (r == 0 && job->cancelled)
		r = err_set(ERR_CANCELLED, "cancelled");
	if (r == 0 && result.finished)
		r = record_finished(keeper, job, work, &result);
	else if (r == 0 && work->kind == WORK_REBUILD)
		r = compare_result(keeper, job, &result);
	else if (r == 0)
		r = record_result(keeper, job, work, &result);
	drop_attachments(work);
	if (r < 0)
		refuse(keeper, job, r);
	return r;
}

/* ---- the job ---- */

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	struct working *work = mem_try_alloc(1, sizeof *work);
	struct work decoded;

	if (!work)
		return no_memory();
	job->state = work;
	work->order = BUF(MESSAGE_MAX);
	int r = session_require(keeper->session);
	if (r == 0 && !keeper->has_next)
		r = err_set(ERR_REFUSED, "there is no indexer here");
	if (r == 0)
		r = role_may(keeper->session->person.role, RECORD_IMPORT);
	if (r == 0)
		r = work_decode(body, &decoded);
	if (r < 0)
		return r;
	work->kind = decoded.kind;
	r = buf_str(&work->order, body);
	return r == 0 && keeper->is_ready ? start(keeper, job, work) : r;
}

static int
answer(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct working *work = job->state;

	switch (message->kind) {
	case MSG_READY:
		return job->down ? 0 : start(keeper, job, work);
	case MSG_PROGRESS:
		return keeper_full(&keeper->client)
		    ? 0
		    : keeper_send(keeper, MSG_PROGRESS, job->order, message->body);
	case MSG_DATA:
		return take_data(keeper, work, message->body);
	case MSG_RESULT:
		return take_result(keeper, job, work, message->body);
	case MSG_DONE:
		return job_done(keeper, job, NULL);
	case MSG_FAIL:
		return message_failed(message->body);
	default:
		return err_set(ERR_FORMAT, "a message of kind %d is not for the keeper", (int)message->kind);
	}
}

static void
release(struct job *job)
{
	struct working *work = job->state;

	if (!work)
		return;
	drop_attachments(work);
	buf_release(&work->order);
	free(work);
}

const struct job_class job_work = { .alone = true, .begin = begin, .answer = answer, .release = release };
