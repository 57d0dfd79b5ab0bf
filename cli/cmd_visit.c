/* A visit begins and ends: the slip that was brought, and what is taken home. */
#include "cli/commands.h"
#include "cli/heads.h"

#define RECEIPT_MAX ((size_t)1024 * 1024)

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

static int
collect(void *ctx, struct str bytes)
{
	return buf_str(ctx, bytes);
}

/* Adds an answer in bytes as a member of `done`, for --json. */
static int
add_answer(struct ask *ask, const json_t *question, json_t *done, const char *key)
{
	struct buf text = BUF(RECEIPT_MAX);
	struct answers answers = { .data = collect, .ctx = &text };

	int r = ask_ledger(ask, question, &answers, NULL);
	if (r == 0)
		r = json_set_foreign(done, key, buf_view(&text));
	buf_release(&text);
	return r;
}

static int
print_opened(struct ask *ask, const char *slip, json_t *done)
{
	json_t *question;
	int r = 0;

	if (*slip) {
		r = ask_question(&question, "{s:s, s:s}", "ask", "prove", "from", slip);
		if (r == 0)
			r = add_answer(ask, question, done, "proof");
		json_decref(r == 0 ? question : NULL);
	}
	return r == 0 ? print_object(done, "index hash proof") : r;
}

static int
say_opened(struct ask *ask, const char *slip, const json_t *done)
{
	print_format("record %llu: the visit is open%s\n", (unsigned long long)json_num(done, "index"),
	    *slip ? ", and this ledger goes on from the slip; the proof, for checking elsewhere:" : "");
	return *slip ? heads_prove(ask, slip) : 0;
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
		r = ask.print.json ? print_opened(&ask, slip, done) : say_opened(&ask, slip, done);
	json_decref(done);
	return ask_close(&ask, r);
}

static int
ask_receipt(uint64_t index, json_t **out)
{
	return ask_question(
	    out, "{s:s, s:I, s:s}", "ask", "attachment", "index", (json_int_t)index, "name", "receipt");
}

/* Two objects: the record with its receipt, and the checkpoint. */
static int
print_closed(struct ask *ask, uint64_t index, json_t *done)
{
	json_t *question;

	int r = ask_receipt(index, &question);
	if (r < 0)
		return r;
	r = add_answer(ask, question, done, "receipt");
	json_decref(question);
	if (r == 0)
		r = print_object(done, "index hash receipt");
	return r == 0 ? heads_show(ask, index + 1, false, false) : r;
}

static int
say_closed(struct ask *ask, uint64_t index, bool qr)
{
	struct answers answers = { .data = ask_print_data, .ctx = ask };
	unsigned long long number = (unsigned long long)index;
	json_t *question;

	int r = ask_receipt(index, &question);
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	if (r == 0) {
		print_format("\nsigned by the visitor in record %llu; the other side signs with 'carrel "
			     "confirm %llu'\n\n",
		    number, number);
		r = heads_show(ask, index + 1, false, false);
	}
	if (r == 0) {
		print_format("\n");
		r = heads_show(ask, index + 1, true, qr);
	}
	return r;
}

int
run_visit_close(struct call *call)
{
	json_t *done = NULL;
	struct ask ask;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r < 0)
		return r;
	r = say(&ask, call, "visit-close", "", &done);
	if (r == 0) {
		uint64_t index = json_num(done, "index");
		r = ask.print.json ? print_closed(&ask, index, done)
				   : say_closed(&ask, index, !call_has(call, "no-qr"));
	}
	json_decref(done);
	return ask_close(&ask, r);
}
