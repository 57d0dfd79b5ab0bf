#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/heads.h"

/* ---- bundle make ---- */

int
run_bundle_make(struct call *call)
{
	uint64_t first = 0, last = 0;
	const char *name;
	json_t *words;

	int r = call_require(call, "output", &name);
	if (r == 0)
		r = call_number(call, "from", &first);
	last = first;
	if (r == 0)
		r = call_number(call, "to", &last);
	if (r == 0)
		r = ask_question(&words, "{s:s, s:s, s:I, s:I}", "say", "bundle", "name", name, "first",
		    (json_int_t)first, "last", (json_int_t)last);
	if (r == 0) {
		r = ask_publish(call, words, name);
		json_decref(words);
	}
	return r;
}

/* ---- bundle check ---- */

struct looking {
	struct ask *ask;
	struct table table;
};

static int
show_summary(struct looking *looking, const json_t *summary)
{
	const struct print *print = &looking->ask->print;

	table_print(print, &looking->table);
	print_style(print, STYLE_GOOD, "verifies");
	print_format(": records %llu to %llu of room ", (unsigned long long)json_num(summary, "first"),
	    (unsigned long long)json_num(summary, "last"));
	print_text(print, STYLE_NONE, json_str(summary, "room"));
	print_format(", and what they stand on\nsigned by ");
	print_text(print, STYLE_BOLD, json_str(summary, "signer"));
	print_format(" over the head ");
	print_text(print, STYLE_NONE, json_str(summary, "slip"));
	print_format(json_bool(summary, "compared") ? "\nwhich this room's ledger had\n"
						    : "\nwhich was compared with no ledger\n");
	return 0;
}

static int
show_record(void *ctx, const json_t *record)
{
	struct looking *looking = ctx;
	const json_t *summary = json_object_get(record, "summary");

	if (looking->ask->print.json)
		return print_object(record, "index hash type time actor role payload");
	if (summary)
		return show_summary(looking, summary);
	table_number(&looking->table, json_num(record, "index"));
	table_text(&looking->table, STYLE_DIM, json_str(record, "time"));
	table_text(&looking->table, STYLE_BOLD, json_str(record, "type"));
	table_text(&looking->table, STYLE_NONE, json_str(record, "actor"));
	table_text(&looking->table, STYLE_NONE, json_str(record, "role"));
	return 0;
}

/* In a room, to be compared with it; where there is none, in the folder of the file. */
static int
open_check(struct call *call, struct ask *ask)
{
	const char *path = call->arguments[0], *name;
	struct ask_how how = { .chain = CHAIN_LEDGER, .mode = "read", .source = path };
	struct room room;

	int r = room_open(call_get(call, "room", NULL), &room);
	if (r == ERR_USAGE && !call_has(call, "room")) {
		how.mode = "file";
		r = open_parent(path, &room, &name);
	}
	return r < 0 ? r : ask_open_in(ask, call, &room, &how);
}

int
run_bundle_check(struct call *call)
{
	static const char *const heads[] = { ">n", "time", "type", "actor", "role", NULL };
	struct ask ask;
	struct looking looking = { .ask = &ask };
	struct answers answers = { .object = show_record, .ctx = &looking };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "bundle");
	if (r < 0)
		return r;
	r = verify_set_host_key(call, question);
	if (r == 0)
		r = verify_set_given(call, question, "slip", "slips");
	if (r == 0)
		r = open_check(call, &ask);
	if (r == 0) {
		table_init(&looking.table, heads);
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}
