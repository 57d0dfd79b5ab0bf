/* Orders to the person's notebook: base/message.h lists them. */
#include "annotations/keeper.h"
#include "annotations/search_note.h"
#include "annotations/settings.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdlib.h>

enum note_order {
#define X(id, word) NOTE_##id,
	NOTE_ORDERS(X)
#undef X
	    NOTE_COUNT
};

struct noting {
	enum note_order order;
	json_t *words;
};

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "no memory");
}

/* ---- notes ---- */

static int
note_id(const struct noting *noting, char id[static NOTE_ID])
{
	struct str given = json_str(noting->words, "id");

	if (given.len >= NOTE_ID)
		return err_set(ERR_USAGE, "that is no note's id");
	memcpy(id, given.data, given.len);
	id[given.len] = 0;
	return 0;
}

static int
save(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	struct record stamp = { 0 };
	char id[NOTE_ID] = "";
	json_t *head = json_object(), *done = NULL;

	record_stamp(&stamp, keeper->session->boot);
	int r = head ? json_set_str(head, "kind", json_str(noting->words, "kind")) : no_memory();
	if (r == 0)
		r = json_set_str(head, "name", json_str(noting->words, "name"));
	if (r == 0)
		r = json_set_str(head, "time", str_from(stamp.time));
	if (r == 0)
		r = note_id(noting, id);
	if (r == 0)
		r = notebook_save(&keeper->session->notebook, id, head, json_str(noting->words, "text"));
	if (r == 0 && !(done = json_pack("{s:s}", "id", id)))
		r = no_memory();
	if (r == 0)
		r = job_done(keeper, job, done);
	json_decref(head);
	json_decref(done);
	return r;
}

/* The head as it is told, with the id. *out is the caller's. */
static int
load_note(struct keeper *keeper, const char *id, struct buf *text, json_t **out)
{
	json_t *head;

	int r = notebook_load(&keeper->session->notebook, id, &head, text);
	if (r < 0)
		return r;
	r = json_set_str(head, "id", str_from(id));
	if (r < 0)
		json_decref(head);
	else
		*out = head;
	return r;
}

static int
load(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	struct buf text = BUF(NOTE_MAX);
	char id[NOTE_ID];
	json_t *note = NULL;

	int r = note_id(noting, id);
	if (r == 0)
		r = load_note(keeper, id, &text, &note);
	if (r == 0)
		r = json_set_str(note, "text", buf_view(&text));
	if (r == 0)
		r = job_done(keeper, job, note);
	json_decref(note);
	buf_wipe(&text);
	return r;
}

struct telling {
	struct keeper *keeper;
	struct job *job;
	const struct noting *noting;
};

static int
tell_note(void *ctx, const char *id)
{
	const struct telling *telling = ctx;
	struct str kind = json_str(telling->noting->words, "kind");
	struct buf text = BUF(NOTE_MAX);
	json_t *note = NULL;

	int r = load_note(telling->keeper, id, &text, &note);
	if (r == 0 && (kind.len == 0 || str_eq(kind, json_str(note, "kind")))) {
		r = json_set_num(note, "bytes", text.len);
		if (r == 0)
			r = keeper_send_json(telling->keeper, MSG_JSON, telling->job->order, note);
	}
	json_decref(note);
	buf_wipe(&text);
	return r == ERR_FORMAT || r == ERR_ABSENT ? 0
						  : r; /* spoilt, or dropped meanwhile by another session */
}

/* ---- searches ---- */

static int
set_hash(json_t *object, const char *key, const uint8_t *hash)
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(hash, SHA256_LEN, hex);
	return json_set_str(object, key, str_from(hex));
}

static int
search_object(const struct telling *telling, const struct search_note *note, uint64_t index, json_t *object)
{
	struct search_leaf leaf;
	struct order order;
	json_t *row = NULL;

	int r = json_set_num(object, "record", index);
	if (r == 0)
		r = set_hash(object, "hash", note->record);
	if (r == 0 && search_note_prove(note, UINT64_MAX, &leaf) < 0) /* for the number of entries */
		r = json_set_num(object, "entries", leaf.size);
	if (r == 0)
		r = order_decode(note->order, &order);
	if (r == 0)
		r = json_from_row(&order.args, &row);
	if (r == 0 && json_object_set_new(object, "order", row) < 0)
		r = no_memory();
	return r == 0 ? keeper_send_json(telling->keeper, MSG_JSON, telling->job->order, object) : r;
}

static int
tell_search(void *ctx, const struct search_note *note)
{
	const struct telling *telling = ctx;
	uint64_t index;

	int r = ledger_find(telling->keeper->session->ledger, note->record, &index);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r; /* a restored room, or an entry that somebody slipped in */
	json_t *object = json_object();
	r = object ? search_object(telling, note, index, object) : no_memory();
	json_decref(object);
	return r == ERR_FORMAT ? 0 : r;
}

static int
tell_searches(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	struct telling telling = { keeper, job, noting };
	size_t spoilt = 0;

	int r = search_note_each(&keeper->session->notebook, tell_search, &telling, &spoilt);
	if (r < 0)
		return r;
	json_t *done = json_pack("{s:I}", "spoilt", (json_int_t)spoilt);
	r = done ? job_done(keeper, job, done) : no_memory();
	json_decref(done);
	return r;
}

static int
proof_json(const struct search_leaf *leaf, const struct search_note *note, uint64_t index, json_t *out)
{
	json_t *proof = json_array();

	int r = proof && json_object_set_new(out, "proof", proof) == 0 ? 0 : no_memory();
	for (size_t i = 0; i < leaf->proof.count && r == 0; i++) {
		char hex[HEX_LEN(SHA256_LEN)];
		hex_from(leaf->proof.hash[i], SHA256_LEN, hex);
		if (json_array_append_new(proof, json_string(hex)) < 0)
			r = no_memory();
	}
	if (r == 0)
		r = json_set_num(out, "record", index);
	if (r == 0)
		r = set_hash(out, "hash", note->record);
	if (r == 0)
		r = json_set_num(out, "entry", leaf->index);
	if (r == 0)
		r = json_set_num(out, "size", leaf->size);
	if (r == 0)
		r = json_set_str(out, "leaf", str_from(leaf->text));
	return r == 0 ? set_hash(out, "root", note->root) : r;
}

static int
prove(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	struct buf leaf_room = BUF(LEAF_MAX), room = BUF(NOTE_ENTRY_MAX);
	uint64_t index = json_num(noting->words, "record");
	struct search_note note;
	struct search_leaf leaf;
	struct entry entry = { 0 };
	json_t *done = json_object();

	int r = done ? ledger_get(keeper->session->ledger, index, &leaf_room, &entry) : no_memory();
	if (r == 0)
		r = search_note_find(&keeper->session->notebook, entry.hash, &room, &note);
	if (r == 0)
		r = search_note_prove(&note, json_num(noting->words, "entry"), &leaf);
	if (r == 0)
		r = proof_json(&leaf, &note, index, done);
	if (r == 0)
		r = job_done(keeper, job, done);
	json_decref(done);
	record_release(&entry.record);
	buf_release(&leaf_room);
	buf_wipe(&room);
	return r;
}

/* ---- what is kept in the open ---- */

static int
keep(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	const struct session *session = keeper->session;
	struct buf text = BUF(SETTINGS_MAX);

	int r = json_get_foreign(noting->words, "text", &text);
	if (r == 0)
		r = settings_save(
		    session->room, &session->key, json_str(noting->words, "name"), buf_view(&text));
	buf_release(&text);
	return r == 0 ? job_done(keeper, job, NULL) : r;
}

static int
tell_kept(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	const struct session *session = keeper->session;
	struct buf text = BUF(SETTINGS_MAX);
	json_t *done = json_object();

	int r = done ? settings_load(session->room, &session->key, json_str(noting->words, "name"), &text)
		     : no_memory();
	if (r == 0)
		r = json_set_foreign(done, "text", buf_view(&text));
	if (r == 0)
		r = job_done(keeper, job, done);
	json_decref(done);
	buf_release(&text);
	return r;
}

/* ---- the job ---- */

/* Orders that read nothing that is sealed. */
static bool
is_open(enum note_order order)
{
	return order == NOTE_SAVE || order == NOTE_DROP || order == NOTE_KEEP || order == NOTE_KEPT;
}

static int
carry_out(struct keeper *keeper, struct job *job, const struct noting *noting)
{
	struct telling telling = { keeper, job, noting };
	struct notebook *notebook = &keeper->session->notebook;
	char id[NOTE_ID];
	int r;

	switch (noting->order) {
	case NOTE_SAVE:
		return save(keeper, job, noting);
	case NOTE_LOAD:
		return load(keeper, job, noting);
	case NOTE_LIST:
		r = notebook_ids(notebook, tell_note, &telling);
		return r == 0 ? job_done(keeper, job, NULL) : r;
	case NOTE_DROP:
		r = note_id(noting, id);
		if (r == 0)
			r = notebook_drop(notebook, id);
		return r == 0 ? job_done(keeper, job, NULL) : r;
	case NOTE_SEARCHES:
		return tell_searches(keeper, job, noting);
	case NOTE_KEEP:
		return keep(keeper, job, noting);
	case NOTE_KEPT:
		return tell_kept(keeper, job, noting);
	case NOTE_PROVE:
		return prove(keeper, job, noting);
	default:
		return job_done(keeper, job, NULL);
	}
}

static int
ask_passphrase(struct keeper *keeper, const struct job *job)
{
	json_t *need = json_pack("{s:s,s:s,s:s}", "need", "passphrase", "for", "notebook", "key", "");
	int r = need ? json_set_str(need, "name", buf_view(&keeper->session->person.name)) : no_memory();

	if (r == 0)
		r = keeper->session->tries > 0 ? json_set_str(need, "why", STR("wrong passphrase")) : 0;
	if (r == 0)
		r = keeper_send_json(keeper, MSG_NEED, job->order, need);
	json_decref(need);
	return r;
}

static int
go_on(struct keeper *keeper, struct job *job)
{
	const struct noting *noting = job->state;

	if (!is_open(noting->order)) {
		int r = session_unlock_notebook(keeper->session);
		if (r != 0)
			return r < 0 ? r : ask_passphrase(keeper, job);
	}
	return carry_out(keeper, job, noting);
}

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	static const char *const orders[NOTE_COUNT] = {
#define X(id, word) [NOTE_##id] = word,
		NOTE_ORDERS(X)
#undef X
	};
	struct noting *noting = mem_try_alloc(1, sizeof *noting);

	if (!noting)
		return no_memory();
	job->state = noting;
	int r = session_require(keeper->session);
	if (r == 0)
		r = json_read(body, &noting->words);
	struct str word = r == 0 ? json_str(noting->words, "note") : STR("");
	while (r == 0 && noting->order < NOTE_COUNT && !str_is(word, orders[noting->order]))
		noting->order++;
	if (r == 0 && noting->order == NOTE_COUNT)
		r = err_set(ERR_USAGE, "note: no order '%.*s'", STR_ARG(word));
	return r == 0 ? go_on(keeper, job) : r;
}

static int
take(struct keeper *keeper, struct job *job, const struct message *message)
{
	if (message->kind != MSG_PASS)
		return err_set(ERR_USAGE, "note: nothing of that kind is awaited");
	int r = message->body.len > 0 ? session_know(keeper->session, message->body)
				      : err_set(ERR_REFUSED, "the notebook stays locked");
	/* what was typed stays in no buffer */
	sodium_memzero(keeper->client.packet.data, keeper->client.packet.len);
	return r == 0 ? go_on(keeper, job) : r;
}

static void
release(struct job *job)
{
	struct noting *noting = job->state;

	if (!noting)
		return;
	json_decref(noting->words);
	free(noting);
}

const struct job_class job_note = { .begin = begin, .take = take, .release = release };
