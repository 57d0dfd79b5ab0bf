#include "cli/ask.h"
#include "cli/commands.h"

static int
print_piece(void *ctx, struct str bytes)
{
	(void)ctx;
	print_bytes(bytes);
	return 0;
}

static int
export_here(struct call *call)
{
	struct ask ask;
	json_t *question;

	int r = ask_question(&question, "{s:s, s:b}", "ask", "export", "public", call_has(call, "public"));
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0 && ask.print.terminal)
		r = ask_close(&ask,
		    err_set(
			ERR_USAGE, "ledger export: not onto a terminal: give -o NAME or send it to a file"));
	else if (r == 0) {
		struct answers answers = { .data = print_piece };
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}

static int
export_into_outbox(struct call *call, const char *name)
{
	json_t *words;

	int r = ask_question(
	    &words, "{s:s, s:s, s:b}", "say", "export", "name", name, "public", call_has(call, "public"));
	if (r == 0) {
		r = ask_publish(call, words, name);
		json_decref(words);
	}
	return r;
}

int
run_ledger_export(struct call *call)
{
	const char *name = call_get(call, "output", NULL);

	return name ? export_into_outbox(call, name) : export_here(call);
}
