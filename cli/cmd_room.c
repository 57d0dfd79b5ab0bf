#include "cli/apart.h"
#include "cli/ask.h"
#include "cli/commands.h"

#define POLICY_MAX ((size_t)64 * 1024)

struct making {
	const struct call *call;
	struct room room;
	json_t *more; /* what OPEN says of the room */
};

static int
make_ledger(void *ctx)
{
	struct making *making = ctx;
	struct ask_how how = { .chain = CHAIN_LEDGER, .mode = "init", .more = making->more };
	struct ask ask;

	int r = ask_open_in(&ask, making->call, &making->room, &how);
	if (r < 0)
		return r;
	print_format("made the room ");
	print_text(&ask.print, STYLE_PATH, str_from(ask.room.path));
	print_format(": product ");
	print_text(&ask.print, STYLE_BOLD, json_str(ask.session, "product"));
	print_format(", host ");
	print_text(&ask.print, STYLE_BOLD, json_str(ask.session, "host"));
	print_format("%s\n", json_bool(ask.session, "practice") ? ", for practice" : "");
	return ask_close(&ask, 0);
}

int
run_init(struct call *call)
{
	struct making making = { .call = call };
	const char *product, *host;

	int r = call_require(call, "product", &product);
	if (r == 0)
		r = call_require(call, "host", &host);
	if (r == 0)
		r = ask_question(&making.more, "{s:s, s:s, s:b}", "product", product, "host", host,
		    "practice", call_has(call, "practice"));
	if (r < 0)
		return r;
	r = room_make(call->arguments[0], &making.room);
	if (r == 0) {
		/* whoever closes the seal cannot take the room away again */
		r = apart(make_ledger, &making);
		if (r < 0)
			room_unmake(&making.room);
		room_release(&making.room);
	}
	json_decref(making.more);
	return r;
}

/* ---- status ---- */

static void
print_value(const struct print *print, const json_t *value)
{
	struct buf line = BUF(POLICY_MAX);

	if (json_is_string(value))
		print_text(
		    print, STYLE_NONE, (struct str){ json_string_value(value), json_string_length(value) });
	else if (json_is_integer(value))
		print_format("%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		print_format("%s", json_is_true(value) ? "yes" : "no");
	else if (json_write_canonical(&line, value) == 0)
		print_text(print, STYLE_NONE, buf_view(&line));
	buf_release(&line);
}

static int
print_status(void *ctx, const json_t *object)
{
	const struct ask *ask = ctx;
	const char *key;
	json_t *value;

	if (ask->print.json)
		return print_object(object, "room product host practice size root");
	/* json_object_foreach wants an object that it may change, and does not */
	json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
		struct str name = str_from(key);
		char label[32];

		snprintf(label, sizeof label, "%.*s", STR_ARG(name));
		for (char *c = label; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		print_style(&ask->print, STYLE_DIM, "%-16s", label);
		print_format("  ");
		print_value(&ask->print, value);
		print_format("\n");
	}
	return 0;
}

int
run_status(struct call *call)
{
	struct ask ask;
	json_t *question, *done = NULL;

	int r = ask_question(&question, "{s:s}", "ask", "status");
	if (r == 0) {
		r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
		if (r == 0) {
			struct answers answers = { .object = print_status, .ctx = &ask };
			r = ask_ledger(&ask, question, &answers, &done);
			r = ask_close(&ask, r);
		}
		json_decref(question);
	}
	json_decref(done);
	return r;
}

/* ---- policy ---- */

int
run_policy(struct call *call)
{
	struct ask ask;
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "policy");
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .data = ask_print_data, .ctx = &ask };
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}

int
run_policy_set(struct call *call)
{
	struct buf text = BUF(POLICY_MAX);
	struct ask ask;
	json_t *words = NULL, *done = NULL;
	struct str view;

	int r = call_file(call->arguments[0], &text);
	if (r == 0)
		r = ask_question(&words, "{s:s}", "say", "policy");
	if (r == 0)
		r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r == 0) {
		view = buf_view(&text);
		r = ask_say(&ask, words, &view, &done);
		unsigned long long index = (unsigned long long)json_num(done, "index");
		if (r == 0 && json_bool(done, "pending"))
			print_format(
			    "record %llu: the new policy waits for a second person: 'carrel confirm %llu'\n",
			    index, index);
		else if (r == 0)
			print_format("record %llu: the new policy holds\n", index);
		r = ask_close(&ask, r);
	}
	buf_release(&text);
	json_decref(words);
	json_decref(done);
	return r;
}
