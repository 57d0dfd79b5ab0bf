/* Words that begin and end a visit; the end's receipt. */
#include "annotations/checkpoint.h"
#include "annotations/issue.h"
#include "annotations/saying.h"
#include "annotations/visit.h"

#include <inttypes.h>

/* ---- open ---- */

/* A slip that is no head of this ledger is worth a record: whoever holds it can show that something was rewritten. */
static int
note_strange_slip(struct keeper *keeper, const struct head *slip)
{
	char why[128];
	struct appended appended;

	snprintf(why, sizeof why, "a slip of size %" PRIu64 " was shown that is no head of this ledger",
	    slip->size);
	json_t *note = json_pack("{s:s,s:s}", "what", "other", "why", why);
	int r = note ? session_append(keeper->session, RECORD_NOTE, note, &appended)
		     : err_set(ERR_MEMORY, "no memory");
	json_decref(note);
	if (r < 0)
		return r;
	return err_set(ERR_ABSENT,
	    "this ledger never had the head on that slip: it was mistyped, is of another room, or the ledger "
	    "was "
	    "rewritten (record %llu notes it)",
	    (unsigned long long)appended.index);
}

static int
check_slip(struct keeper *keeper, const struct head *slip)
{
	struct head head;

	int r = ledger_head_at(keeper->session->ledger, slip->size, &head);
	if (r == ERR_ABSENT || (r == 0 && memcmp(head.root, slip->root, sizeof head.root) != 0))
		return note_strange_slip(keeper, slip);
	return r;
}

static int
set_head(json_t *payload, const char *key, const struct head *head)
{
	char root[HEX_LEN(SHA256_LEN)];

	hex_from(head->root, sizeof head->root, root);
	json_t *object = json_pack("{s:s,s:I}", "root", root, "size", (json_int_t)head->size);
	return object && json_object_set_new(payload, key, object) == 0 ? 0
									: err_set(ERR_MEMORY, "no memory");
}

int
say_visit_open(struct keeper *keeper, struct saying *say)
{
	struct str text = json_str(say->words, "slip");
	struct head slip;

	int r = json_set_str(say->payload, "what", STR("open"));
	if (r == 0 && text.len > 0) {
		r = slip_read(text, &slip);
		if (r == 0)
			r = check_slip(keeper, &slip);
		if (r == 0)
			r = set_head(say->payload, "slip", &slip);
	}
	return r == 0 ? SAY_COPY(say, "text") : r;
}

/* ---- close ---- */

static int
set_totals(json_t *payload, const struct visit_totals *t)
{
	const struct {
		const char *key;
		uint64_t number;
	} totals[] = {
		{ "pages", t->pages },
		{ "searches", t->searches },
		{ "lists", t->lists },
		{ "diffs", t->diffs },
		{ "lines", t->lines },
		{ "bytes", t->bytes },
		{ "said", t->said },
		{ "exported", t->exported },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof totals / sizeof *totals && r == 0; i++)
		r = json_set_num(payload, totals[i].key, totals[i].number);
	return r;
}

int
say_visit_close(struct keeper *keeper, struct saying *say)
{
	struct session *session = keeper->session;
	struct visit_totals totals;
	char hex[HEX_LEN(SHA256_LEN)];
	uint64_t opened;

	int r = visit_find(ledger_db(session->ledger), buf_view(&session->person.name), &opened);
	if (r == ERR_ABSENT)
		r = err_set(ERR_REFUSED, "%s", err_text());
	if (r == 0)
		r = visit_receipt(session->ledger, buf_view(&session->product), &session->person, opened,
		    &totals, &say->order);
	if (r == 0)
		r = json_set_str(say->payload, "what", STR("close"));
	if (r == 0) {
		hex_from(totals.opened, sizeof totals.opened, hex);
		r = json_set_str(say->payload, "opened", str_from(hex));
	}
	if (r == 0)
		r = set_totals(say->payload, &totals);
	if (r == 0)
		r = SAY_COPY(say, "text");
	say->attachments[0] = (struct attachment){ STR("receipt"), buf_view(&say->order) };
	say->attached = 1;
	return r == 0 ? record_attach(say->payload, say->attachments, say->attached) : r;
}
