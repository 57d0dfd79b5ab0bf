/* `log` as a person's own: --mine, --searches, --reveal, --reveals. */
#include "cli/ask.h"
#include "cli/cmd_log.h"

/* A session in which the notebook can be read. */
static int
open_own(struct ask *ask, const struct call *call)
{
	json_t *more;

	int r = ask_question(&more, "{s:b}", "notebook", 1);
	if (r < 0)
		return r;
	r = ask_open(ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session", .more = more });
	json_decref(more);
	return r;
}

struct searches {
	const struct print *print;
	size_t found;
};

/* What was asked for, without what the shell of an order adds. */
static void
print_order(const struct print *print, const json_t *order)
{
	struct str release = json_str(order, "release"), glob = json_str(order, "glob");

	print_text(print, STYLE_MATCH, json_str(order, "pattern"));
	if (release.len) {
		print_format("  in ");
		print_text(print, STYLE_NONE, release);
	}
	if (glob.len) {
		print_format("  path ");
		print_text(print, STYLE_PATH, glob);
	}
	print_format("\n");
}

static int
print_search(void *ctx, const json_t *search)
{
	struct searches *searches = ctx;

	searches->found++;
	if (searches->print->json)
		return print_object(search, "record hash entries order");
	print_format("record %llu  %llu entries  ", (unsigned long long)json_num(search, "record"),
	    (unsigned long long)json_num(search, "entries"));
	print_order(searches->print, json_object_get(search, "order"));
	return 0;
}

int
log_searches(struct call *call)
{
	struct ask ask;
	struct searches searches = { .print = &ask.print };
	json_t *order, *done = NULL;

	int r = ask_question(&order, "{s:s}", "note", "searches");
	if (r < 0)
		return r;
	r = open_own(&ask, call);
	if (r == 0) {
		struct answers answers = { .object = print_search, .ctx = &searches };
		r = ask_note(&ask, order, &answers, &done);
		if (r == 0 && json_num(done, "spoilt") > 0)
			r = err_set(ERR_FORMAT, "%llu entries of the notebook are spoilt",
			    (unsigned long long)json_num(done, "spoilt"));
		else if (r == 0 && searches.found == 0)
			r = err_set(ERR_ABSENT, "your notebook has no searches");
		r = ask_close(&ask, r);
	}
	json_decref(order);
	json_decref(done);
	return r;
}

/* ---- drafts ---- */

static int
keep_id(void *ctx, const json_t *note)
{
	json_t *ids = ctx;

	return json_array_append_new(ids, json_incref(json_object_get(note, "id"))) < 0
	    ? err_set(ERR_MEMORY, "no memory")
	    : 0;
}

static int
print_draft(struct ask *ask, const json_t *id)
{
	json_t *order, *draft = NULL;

	int r = ask_question(&order, "{s:s, s:s}", "note", "load", "id", json_string_value(id));
	if (r < 0)
		return r;
	r = ask_note(ask, order, NULL, &draft);
	if (r == 0 && ask->print.json) {
		r = print_object(draft, "id kind name time text");
	} else if (r == 0) {
		print_text(&ask->print, STYLE_DIM, json_str(draft, "time"));
		print_format("  ");
		print_text(&ask->print, STYLE_BOLD, json_str(draft, "name"));
		print_format("\n");
		print_block(&ask->print, json_str(draft, "text"), 2);
		print_format("\n");
	}
	json_decref(order);
	json_decref(draft);
	return r;
}

int
log_drafts(struct call *call)
{
	json_t *order, *ids = json_array();
	struct ask ask;

	int r = ask_question(&order, "{s:s, s:s}", "note", "list", "kind", "draft");
	if (r < 0) {
		json_decref(ids);
		return r;
	}
	r = open_own(&ask, call);
	if (r == 0) {
		struct answers answers = { .object = keep_id, .ctx = ids };
		r = ask_note(&ask, order, &answers, NULL);
		for (size_t i = 0; r == 0 && i < json_array_size(ids); i++)
			r = print_draft(&ask, json_array_get(ids, i));
		if (r == 0 && json_array_size(ids) == 0)
			r = err_set(ERR_ABSENT, "your notebook has no drafts");
		r = ask_close(&ask, r);
	}
	json_decref(order);
	json_decref(ids);
	return r;
}

/* One entry's proof, for whoever is to see it: nothing is recorded of that. */
static int
prove_entry(struct ask *ask, uint64_t record, uint64_t entry)
{
	json_t *order, *done = NULL;

	int r = ask_question(&order, "{s:s, s:I, s:I}", "note", "prove", "record", (json_int_t)record,
	    "entry", (json_int_t)entry);
	if (r < 0)
		return r;
	r = ask_note(ask, order, NULL, &done);
	if (r == 0)
		r = print_object(done, "record hash entry size leaf root proof");
	json_decref(order);
	json_decref(done);
	return r;
}

static int
sign_reveal(struct ask *ask, const struct call *call, uint64_t record)
{
	const char *text = call_get(call, "text", NULL);
	json_t *unlock, *words, *done = NULL;

	int r = ask_question(&unlock, "{s:s}", "note", "unlock");
	if (r < 0)
		return r;
	r = ask_note(ask, unlock, NULL, NULL);
	json_decref(unlock);
	if (r == 0)
		r = ask_question(&words, "{s:s, s:I, s:s}", "say", "reveal", "record", (json_int_t)record,
		    "text", text ? text : "");
	if (r < 0)
		return r;
	r = ask_say(ask, words, NULL, &done);
	if (r == 0)
		print_format("record %llu: search %llu is revealed\n",
		    (unsigned long long)json_num(done, "index"), (unsigned long long)record);
	json_decref(words);
	json_decref(done);
	return r;
}

int
log_reveal(struct call *call)
{
	uint64_t record = 0, entry = UINT64_MAX;
	struct ask ask;

	int r = call_number(call, "reveal", &record);
	if (r == 0)
		r = call_number(call, "entry", &entry);
	if (r == 0)
		r = open_own(&ask, call);
	if (r < 0)
		return r;
	r = entry == UINT64_MAX ? sign_reveal(&ask, call, record) : prove_entry(&ask, record, entry);
	return ask_close(&ask, r);
}

static int
print_reveal(void *ctx, const json_t *reveal)
{
	struct searches *searches = ctx;
	bool ok = json_bool(reveal, "ok");

	searches->found++;
	if (searches->print->json)
		return print_object(reveal, "index actor record ok order");
	print_format("record %llu  ", (unsigned long long)json_num(reveal, "index"));
	print_text(searches->print, STYLE_BOLD, json_str(reveal, "actor"));
	print_format("  search %llu  ", (unsigned long long)json_num(reveal, "record"));
	if (ok)
		print_order(searches->print, json_object_get(reveal, "order"));
	else
		print_style(searches->print, STYLE_BAD, "is not what that record commits to\n");
	return 0;
}

int
log_reveals(struct call *call)
{
	struct ask ask;
	struct searches searches = { .print = &ask.print };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "reveals");
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .object = print_reveal, .ctx = &searches };
		r = ask_ledger(&ask, question, &answers, NULL);
		if (r == 0 && searches.found == 0)
			r = err_set(ERR_ABSENT, "nothing was revealed");
		r = ask_close(&ask, r);
	}
	json_decref(question);
	return r;
}
