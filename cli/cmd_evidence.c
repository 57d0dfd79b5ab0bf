#include "cli/ask.h"
#include "cli/cmd_log.h"
#include "cli/commands.h"

#include <stdlib.h>

#define PAYLOAD_MAX ((size_t)256 * 1024)

#define LOG_KEYS "index hash type time actor session signature void payload"

struct listing {
	struct ask *ask;
	struct table table;
	size_t found;
};

static enum style
signature_style(struct str signature)
{
	return str_is(signature, "bad") ? STYLE_BAD : STYLE_NONE;
}

/* ---- log ---- */

static int
list_record(void *ctx, const json_t *record)
{
	struct listing *list = ctx;
	struct buf payload = BUF(PAYLOAD_MAX);
	struct str reason = json_str(record, "void");
	const json_t *body = json_object_get(record, "payload");

	list->found++;
	if (list->ask->print.json)
		return print_object(record, LOG_KEYS);
	int r = body ? json_write_canonical(&payload, body) : 0;
	table_number(&list->table, json_num(record, "index"));
	table_text(&list->table, STYLE_DIM, json_str(record, "time"));
	table_text(&list->table, STYLE_BOLD, json_str(record, "type"));
	table_text(&list->table, STYLE_NONE, json_str(record, "actor"));
	table_text(
	    &list->table, signature_style(json_str(record, "signature")), json_str(record, "signature"));
	table_text(
	    &list->table, reason.len ? STYLE_BAD : STYLE_NONE, reason.len ? reason : buf_view(&payload));
	buf_release(&payload);
	return r;
}

static int
log_question(const struct call *call, json_t **out)
{
	static const char *const numbers[] = { "from", "to" }, *const words[] = { "type", "actor" };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "log");
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < 2; i++) {
		uint64_t n = UINT64_MAX;
		r = call_number(call, numbers[i], &n);
		if (r == 0 && n != UINT64_MAX)
			r = json_set_num(question, numbers[i], n);
		if (r == 0 && call_has(call, words[i]))
			r = json_set_str(question, words[i], str_from(call_get(call, words[i], "")));
	}
	if (r == 0 && call_has(call, "mine") && json_object_set_new(question, "mine", json_true()) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r < 0)
		json_decref(question);
	else
		*out = question;
	return r;
}

int
run_log(struct call *call)
{
	static const char *const heads[] = { ">n", "time", "type", "actor", "signature", "says", NULL };
	struct ask ask;
	struct listing list = { .ask = &ask };
	json_t *question;

	if (call_has(call, "searches"))
		return log_searches(call);
	if (call_has(call, "drafts"))
		return log_drafts(call);
	if (call_has(call, "reveal"))
		return log_reveal(call);
	if (call_has(call, "reveals"))
		return log_reveals(call);
	int r = log_question(call, &question);
	if (r < 0)
		return r;
	/* one's own is shown to whoever proves to be that person, and whatever policy says */
	r = ask_open(&ask, call,
	    &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = call_has(call, "mine") ? "session" : "read" });
	if (r == 0) {
		struct answers answers = { .object = list_record, .ctx = &list };
		table_init(&list.table, heads);
		r = ask_ledger(&ask, question, &answers, NULL);
		table_print(&ask.print, &list.table);
		if (r == 0 && list.found == 0)
			r = err_set(ERR_ABSENT, "no such records");
		r = ask_close(&ask, r);
	}
	json_decref(question);
	return r;
}

/* ---- record ---- */

static int
ask_part(struct ask *ask, uint64_t index, const char *part)
{
	struct answers answers = { .data = ask_print_data, .ctx = ask };
	json_t *question;

	int r = ask_question(
	    &question, "{s:s, s:I, s:s}", "ask", "record", "index", (json_int_t)index, "part", part);
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

int
run_record(struct call *call)
{
	bool raw = call_has(call, "raw"), signature = call_has(call, "signature");
	uint64_t index;
	struct ask ask;

	if (!str_u64(call_argument(call, 0), &index) || index > (uint64_t)1 << 53)
		return err_set(ERR_USAGE, "record: %s is no record's number", call->arguments[0]);
	if (raw && signature)
		return err_set(ERR_USAGE, "record: either --raw or --signature, please");
	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r < 0)
		return r;
	if (!signature)
		r = ask_part(&ask, index, "raw");
	if (r == 0 && !raw && !signature)
		print_format("\n");
	if (r == 0 && !raw)
		r = ask_part(&ask, index, "signature");
	return ask_close(&ask, r);
}
