#include "annotations/saying.h"

#include "annotations/thread.h"
#include "base/anchor.h"
#include "base/mem.h"

#include <stdlib.h>

/* ---- payloads ---- */

static int
copy_member(struct saying *say, const char *key)
{
	json_t *value = json_object_get(say->words, key);

	if (!value || (json_is_string(value) && json_string_length(value) == 0))
		return 0;
	return json_object_set(say->payload, key, value) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
}

int
say_copy(struct saying *say, const char *const keys[])
{
	int r = 0;

	for (size_t i = 0; keys[i] && r == 0; i++)
		r = copy_member(say, keys[i]);
	return r;
}

/* "cwe" may come as one text or as a list. */
static int
copy_cwe(struct saying *say)
{
	json_t *cwe = json_object_get(say->words, "cwe");

	if (!json_is_string(cwe))
		return copy_member(say, "cwe");
	json_t *list = json_pack("[O]", cwe);
	if (!list || json_object_set_new(say->payload, "cwe", list) < 0)
		return err_set(ERR_MEMORY, "no memory");
	return 0;
}

static int
make_annotate(struct keeper *keeper, struct saying *say)
{
	(void)keeper;
	if (!say->anchor)
		return err_set(ERR_FORMAT, "the reader gave no anchor");
	int r = json_object_set_new(say->payload, "anchors", json_pack("[O]", say->anchor)) < 0
	    ? err_set(ERR_MEMORY, "no memory")
	    : 0;
	if (r == 0)
		r = SAY_COPY(say, "kind", "text", "title", "severity", "difficulty", "cvss", "impact",
		    "evidence", "recommendation", "recommendation_long", "references", "assisted");
	return r == 0 ? copy_cwe(say) : r;
}

/* "thread" and "after", from the beginning of a thread's name. */
static int
set_thread(struct keeper *keeper, struct saying *say)
{
	struct ledger *ledger = keeper->session->ledger;
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];
	json_t *after;

	int r = thread_find(ledger_db(ledger), json_str(say->words, "thread"), say->thread);
	if (r < 0)
		return r;
	if (!thread_hash(str_from(say->thread), hash))
		return err_set(ERR_FORMAT, "thread: malformed name");
	hex_from(hash, sizeof hash, hex);
	r = json_set_str(say->payload, "thread", str_from(hex));
	if (r == 0)
		r = thread_after(ledger, say->thread, &after);
	if (r == 0 && json_object_set_new(say->payload, "after", after) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	return r;
}

static int
make_in_thread(struct keeper *keeper, struct saying *say)
{
	int r = set_thread(keeper, say);
	return r == 0 ? SAY_COPY(say, "text", "state", "release") : r;
}

/* Figures, and not words that a person answers for: the session's own key signs them. */
static int
make_selftest(struct keeper *keeper, struct saying *say)
{
	/* every attempt, a JSON object a line */
	say->attachments[0] = (struct attachment){ STR("attempts"), buf_view(&say->data) };
	say->attached = say->data.len > 0;
	int r = json_set_str(say->payload, "program", json_str(keeper->session->open, "program"));
	return r == 0 ? SAY_COPY(say, "attempts", "denied", "not_possible", "worked", "layers") : r;
}

static int
make_check(struct keeper *keeper, struct saying *say)
{
	(void)keeper;
	return SAY_COPY(say, "release", "against", "result", "source", "source_b64", "sha256", "text");
}

static const struct say_kind kinds[] = {
	{ .word = "check", .type = RECORD_CHECK, .make = make_check },
	{ .word = "annotate", .type = RECORD_ANNOTATE, .has_place = true, .make = make_annotate },
	{ .word = "reply", .type = RECORD_REPLY, .make = make_in_thread },
	{ .word = "state", .type = RECORD_STATE, .make = make_in_thread },
	{ .word = "roster-add", .type = RECORD_PERSON, .make = say_person, .finish = say_keep_box },
	{ .word = "revoke", .type = RECORD_REVOKE, .make = say_revoke },
	{ .word = "confirm", .type = RECORD_CONFIRM, .make = say_confirm, .finish = say_renew_policy },
	{ .word = "reveal", .type = RECORD_REVEAL, .make = say_reveal },
	{ .word = "visit-open", .type = RECORD_VISIT, .make = say_visit_open },
	{ .word = "visit-close", .type = RECORD_VISIT, .make = say_visit_close },
	{ .word = "policy",
	    .type = RECORD_POLICY,
	    .has_data = true,
	    .make = say_policy,
	    .finish = say_renew_policy },
	{ .word = "cosign",
	    .type = RECORD_COSIGN,
	    .first = cosign_first,
	    .sign = cosign_sign,
	    .make = cosign_make },
	{ .word = "export", .type = RECORD_REQUEST, .make = export_make, .finish = export_finish },
	{ .word = "bundle",
	    .type = RECORD_REQUEST,
	    .first = say_bundle_first,
	    .sign = say_bundle_sign,
	    .make = say_bundle_make,
	    .finish = export_finish },
	{ .word = "roomkey", .type = RECORD_ROOMKEY, .make = roomkey_make, .finish = roomkey_take },
	{ .word = "selftest",
	    .type = RECORD_SELFTEST,
	    .has_data = true,
	    .by_session = true,
	    .make = make_selftest },
	{ .word = "publish",
	    .type = RECORD_REPORT,
	    .has_data = true,
	    .make = publish_make,
	    .finish = publish_write },
};

/* ---- the anchor ---- */

static int
anchor_json(const struct anchor *anchor, json_t **out)
{
	json_t *object = json_object();

	int r = object ? json_set_str(object, "release", anchor->release) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_foreign(object, "path", anchor->path);
	if (r == 0)
		r = json_set_str(object, "blob", anchor->blob);
	if (r == 0)
		r = json_set_num(object, "first", anchor->first);
	if (r == 0)
		r = json_set_num(object, "last", anchor->last);
	if (r == 0)
		r = json_set_str(object, "text", str_from(anchor->text));
	if (r == 0)
		r = json_set_str(object, "context", str_from(anchor->context));
	if (r == 0 && anchor->symbol.len > 0)
		r = json_set_foreign(object, "symbol", anchor->symbol);
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*out = object;
	return 0;
}

static int
take_anchor(void *ctx, struct str rows)
{
	struct saying *say = ctx;
	struct dec dec = dec_of(rows);
	struct anchor anchor;
	struct row row;

	if (say->anchor || !row_decode(&dec, &row))
		return err_set(ERR_FORMAT, "the reader gave no anchor");
	int r = dec_end(&dec, "anchor");
	if (r == 0)
		r = anchor_from_row(&row, &anchor);
	return r == 0 ? anchor_json(&anchor, &say->anchor) : r;
}

static int
ask_anchor(struct keeper *keeper, struct job *job, struct saying *say)
{
	struct order order = { .verb = VERB_ANCHOR };
	struct buf path = BUF(MESSAGE_BODY), body = BUF(MESSAGE_BODY);
	uint64_t first = json_num(say->words, "first"), last = json_num(say->words, "last");

	row_set(&order.args, F_RELEASE, json_str(say->words, "release"));
	int r = json_get_foreign(say->words, "path", &path);
	if (r == 0) {
		row_set(&order.args, F_PATH, buf_view(&path));
		row_set_num(&order.args, F_LINE, first);
		row_set_num(&order.args, F_END_LINE, last < first ? first : last);
		r = order_encode(&body, &order);
	}
	say->reading.own = take_anchor;
	say->reading.ctx = say;
	say->is_reading = true;
	if (r == 0)
		r = reading_begin(keeper, job, buf_view(&body), &say->reading);
	buf_release(&path);
	buf_release(&body);
	return r;
}

/* ---- draft, signature, record ---- */

/* What the append would refuse is refused before anybody signs it. */
static int
judge_draft(struct keeper *keeper, const struct saying *say)
{
	struct ledger *ledger = keeper->session->ledger;
	struct entry entry = { .bytes = buf_view(&say->draft) };
	struct head head;

	int r = ledger_head(ledger, &head);
	if (r < 0)
		return r;
	entry.index = head.size;
	record_hash(entry.bytes, entry.hash);
	r = record_parse(entry.bytes, &entry.record);
	if (r == 0)
		r = projection_hooks.judge(projection_hooks.ctx, ledger_db(ledger), &entry);
	record_release(&entry.record);
	return r;
}

static int
make_draft(struct keeper *keeper, struct job *job, struct saying *say)
{
	int r = say->kind->make(keeper, say);
	if (r < 0)
		return r;
	r = record_check_payload(say->kind->type, say->payload);
	if (r < 0)
		return err_set(ERR_USAGE, "%s: %s", say->kind->word, err_text());
	r = ledger_draft(
	    keeper->session->ledger, &keeper->session->actor, say->kind->type, say->payload, &say->draft);
	if (r == 0)
		r = judge_draft(keeper, say);
	return r == 0 ? keeper_send(keeper, MSG_DRAFT, job->order, buf_view(&say->draft)) : r;
}

/* The agent asks for no touch itself; this reaches the client before the signature is waited for. */
static int
ask_touch(struct keeper *keeper, const struct job *job)
{
	char print[FINGERPRINT_LEN];

	if (!session_touches(keeper->session))
		return 0;
	public_key_fingerprint(&keeper->session->key, print);
	json_t *need = json_pack("{s:s,s:s}", "need", "touch", "key", print);
	int r = need ? json_set_str(need, "name", buf_view(&keeper->session->person.name))
		     : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = keeper_send_json(keeper, MSG_NEED, job->order, need);
	json_decref(need);
	return r;
}

static int
tell_done(struct keeper *keeper, struct job *job, struct saying *say, const struct appended *appended)
{
	char hash[HEX_LEN(SHA256_LEN)];

	hex_from(appended->hash, sizeof appended->hash, hash);
	if (say->kind->type == RECORD_ANNOTATE)
		thread_name(appended->hash, say->thread);
	json_t *done = json_pack("{s:I,s:s}", "index", (json_int_t)appended->index, "hash", hash);
	uint64_t pending = 0;
	int r = done ? db_number(ledger_db(keeper->session->ledger),
			   "SELECT count(*) FROM pending WHERE idx = ?1", &pending, "n", appended->index)
		     : err_set(ERR_MEMORY, "no memory");
	if (r == 0 && pending)
		r = json_object_set_new(done, "pending", json_true()) < 0 ? err_set(ERR_MEMORY, "no memory")
									  : 0;
	if (r == 0 && say->thread[0])
		r = json_set_str(done, "thread", (struct str){ say->thread, THREAD_SHORT });
	if (r == 0)
		r = job_done(keeper, job, done);
	json_decref(done);
	return r;
}

/* Another thing to sign, before the record is drafted. */
static int
begin_first(struct keeper *keeper, struct job *job, struct saying *say)
{
	int r = say->kind->first(keeper, say);

	if (r < 0)
		return r;
	say->is_first = say->draft.len > 0;
	if (!say->is_first)
		return make_draft(keeper, job, say);
	return keeper_send(keeper, MSG_DRAFT, job->order, buf_view(&say->draft));
}

static int
sign_first(struct keeper *keeper, struct job *job, struct saying *say)
{
	int r = ask_touch(keeper, job);

	if (r == 0)
		r = say->kind->sign(keeper, say);
	say->is_first = false;
	buf_clear(&say->draft);
	return r == 0 ? make_draft(keeper, job, say) : r;
}

/* Words that could not be signed are not lost to whoever has a notebook. */
static int
keep_words(struct keeper *keeper, const struct saying *say, int r)
{
	struct buf text = BUF(NOTE_MAX);
	struct record stamp = { 0 };
	char why[ERR_TEXT_MAX], id[NOTE_ID] = "";

	if (keeper->session->notebook.dir < 0 || json_str(say->words, "text").len == 0)
		return r;
	snprintf(why, sizeof why, "%s", err_text());
	record_stamp(&stamp, keeper->session->boot);
	json_t *head =
	    json_pack("{s:s,s:s,s:s}", "kind", "draft", "name", say->kind->word, "time", stamp.time);
	int kept = head ? json_write_canonical(&text, say->words) : ERR_MEMORY;
	if (kept == 0)
		kept = notebook_save(&keeper->session->notebook, id, head, buf_view(&text));
	json_decref(head);
	buf_wipe(&text);
	return err_set((enum err)r, "%s%s", why,
	    kept == 0 ? "; your words are kept in your notebook: carrel log --drafts" : "");
}

static int
sign_and_append(struct keeper *keeper, struct job *job, struct saying *say)
{
	struct session *session = keeper->session;
	struct buf signature = BUF(SSHSIG_MAX);
	struct appended appended;

	int r = session_check_room(session);
	if (r == 0)
		r = ask_touch(keeper, job);
	if (r == 0)
		r = session_sign(session, NS_RECORD, buf_view(&say->draft), &signature);
	if (r == 0 && say->kind->type == RECORD_REPORT)
		r = publish_sign(keeper, say);
	if (r == 0)
		r = ledger_append(session->ledger, buf_view(&say->draft), buf_view(&signature),
		    say->attachments, say->attached, &appended);
	buf_release(&signature);
	if (r < 0)
		return keep_words(keeper, say, r);
	session->served.said++;
	if (say->kind->finish)
		r = say->kind->finish(keeper, say);
	return r == 0 ? tell_done(keeper, job, say, &appended) : r;
}

static int
append_at_once(struct keeper *keeper, struct job *job, struct saying *say)
{
	struct appended appended;

	int r = say->kind->make(keeper, say);
	if (r == 0)
		r = record_check_payload(say->kind->type, say->payload);
	if (r == 0)
		r = ledger_append_session_with(keeper->session->ledger, &keeper->session->actor,
		    say->kind->type, say->payload, say->attachments, say->attached, &appended);
	return r == 0 ? tell_done(keeper, job, say, &appended) : r;
}

/* ---- the job ---- */

static int
find_kind(struct saying *say)
{
	struct str word = json_str(say->words, "say");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(word, kinds[i].word)) {
			say->kind = &kinds[i];
			return 0;
		}
	return err_set(ERR_USAGE, "say: no words '%.*s'", STR_ARG(word));
}

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	struct saying *say = mem_try_alloc(1, sizeof *say);

	if (!say)
		return err_set(ERR_MEMORY, "no memory");
	job->state = say;
	say->job = job;
	say->data = BUF(SAID_MAX);
	say->draft = BUF(RECORD_MAX);
	say->signature = BUF(SSHSIG_MAX);
	say->order = BUF(SAID_MAX);
	say->payload = json_object();
	if (!say->payload)
		return err_set(ERR_MEMORY, "no memory");
	int r = session_require(keeper->session);
	if (r == 0)
		r = json_read(body, &say->words);
	if (r == 0)
		r = find_kind(say);
	if (r == 0)
		r = role_may(keeper->session->person.role, say->kind->type);
	if (r == 0 && say->kind->type == RECORD_REPORT)
		r = publish_check(keeper, say);
	if (r < 0 || say->kind->has_data)
		return r;
	if (say->kind->by_session)
		return append_at_once(keeper, job, say);
	if (say->kind->first)
		return begin_first(keeper, job, say);
	return say->kind->has_place ? ask_anchor(keeper, job, say) : make_draft(keeper, job, say);
}

static int
take_data(struct keeper *keeper, struct job *job, struct saying *say, struct str bytes)
{
	if (!say->kind->has_data || say->draft.len > 0)
		return err_set(ERR_USAGE, "%s: no data is wanted", say->kind->word);
	if (bytes.len > 0)
		return buf_str(&say->data, bytes);
	return say->kind->by_session ? append_at_once(keeper, job, say) : make_draft(keeper, job, say);
}

static int
take(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct saying *say = job->state;
	uint8_t hash[SHA256_LEN];

	if (message->kind == MSG_DATA)
		return take_data(keeper, job, say, message->body);
	if (message->kind != MSG_SIGN || say->draft.len == 0)
		return err_set(ERR_USAGE, "%s: nothing of that kind is awaited", say->kind->word);
	sha256(say->draft.data, say->draft.len, hash);
	if (!str_eq(message->body, (struct str){ (const char *)hash, sizeof hash }))
		return err_set(ERR_REFUSED, "what was agreed to is not what would be signed");
	return say->is_first ? sign_first(keeper, job, say) : sign_and_append(keeper, job, say);
}

static int
answer(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct saying *say = job->state;

	int r = reading_take(keeper, job, &say->reading, message);
	return r > 0 ? make_draft(keeper, job, say) : r;
}

static void
release(struct job *job)
{
	struct saying *say = job->state;

	if (!say)
		return;
	json_decref(say->words);
	json_decref(say->payload);
	json_decref(say->anchor);
	buf_release(&say->data);
	buf_release(&say->draft);
	buf_release(&say->signature);
	buf_release(&say->order);
	if (say->is_reading)
		reading_release(&say->reading);
	free(say);
}

const struct job_class job_say = {
	.alone = true, .begin = begin, .take = take, .answer = answer, .release = release
};
