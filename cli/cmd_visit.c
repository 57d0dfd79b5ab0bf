/* A visit begins and ends: the slip that was brought, and what is taken home. */
#include "cli/commands.h"
#include "cli/heads.h"

static int
say(struct ask *ask, const struct call *call, const char *what, const char *slip, json_t **done)
{
	json_t *words;

	int r = ask_question(
	    &words, "{s:s, s:s, s:s}", "say", what, "slip", slip, "text", call_get(call, "text", ""));
	if (r < 0)
		return r;
	r = ask_say(ask, words, NULL, done);
	json_decref(words);
	return r;
}

int
run_visit_open(struct call *call)
{
	const char *slip = call_get(call, "slip", "");
	json_t *done = NULL;
	struct ask ask;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r < 0)
		return r;
	r = say(&ask, call, "visit-open", slip, &done);
	if (r == 0)
		print_format("record %llu: the visit is open%s\n",
		    (unsigned long long)json_num(done, "index"),
		    *slip ? ", and this ledger goes on from the slip; the proof, for checking elsewhere:"
			  : "");
	if (r == 0 && *slip)
		r = heads_prove(&ask, slip);
	json_decref(done);
	return ask_close(&ask, r);
}

/* On a terminal nothing in it may act on that. */
static int
print_receipt(void *ctx, struct str bytes)
{
	const struct ask *ask = ctx;

	if (ask->print.terminal)
		print_block(&ask->print, bytes, 0);
	else
		print_bytes(bytes);
	return 0;
}

static int
show_receipt(struct ask *ask, uint64_t index)
{
	struct answers answers = { .data = print_receipt, .ctx = ask };
	json_t *question;

	int r = ask_question(
	    &question, "{s:s, s:I, s:s}", "ask", "attachment", "index", (json_int_t)index, "name", "receipt");
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

int
run_visit_close(struct call *call)
{
	unsigned long long index = 0;
	json_t *done = NULL;
	struct ask ask;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r < 0)
		return r;
	r = say(&ask, call, "visit-close", "", &done);
	if (r == 0) {
		index = (unsigned long long)json_num(done, "index");
		r = show_receipt(&ask, index);
	}
	if (r == 0) {
		print_format("\nsigned by the visitor in record %llu; the other side signs with 'carrel "
			     "confirm %llu'\n\n",
		    index, index);
		r = heads_show(&ask, index + 1, false, false);
	}
	if (r == 0) {
		print_format("\n");
		r = heads_show(&ask, index + 1, true, !call_has(call, "no-qr"));
	}
	json_decref(done);
	return ask_close(&ask, r);
}
