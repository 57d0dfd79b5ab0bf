#include "cli/ask.h"
#include "cli/commands.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdlib.h>

#define KEY_LINE_MAX ((size_t)16 * 1024)

/* One thing is said in a session of its own; `what` tells of it afterwards, unless it waits for a second person. */
static int
say_about(struct call *call, json_t *words, const char *what)
{
	struct ask ask;
	json_t *done = NULL;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r == 0) {
		r = ask_say(&ask, words, NULL, &done);
		if (r == 0 && ask.print.json)
			r = print_object(done, "index hash pending");
		else if (r == 0) {
			print_format("record %llu: ", (unsigned long long)json_num(done, "index"));
			print_text(&ask.print, STYLE_BOLD, str_from(call->arguments[0]));
			if (json_bool(done, "pending"))
				print_format(" waits for a second person: 'carrel confirm %llu'\n",
				    (unsigned long long)json_num(done, "index"));
			else
				print_format(" %s\n", what);
		}
		r = ask_close(&ask, r);
	}
	json_decref(done);
	return r;
}

/* ---- keys ---- */

int
open_parent(const char *path, struct room *parent, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_dup(path) : mem_dup(".");

	if (slash)
		folder[slash == path ? 1 : slash - path] = 0;
	*name = slash ? slash + 1 : path;
	*parent = (struct room){ .dir = -1, .path = folder };
	int r = **name ? fs_open_dir(AT_FDCWD, folder, &parent->dir)
		       : err_set(ERR_USAGE, "%s: names no file", path);
	if (r < 0)
		free(folder);
	return r;
}

int
run_key_new(struct call *call)
{
	const char *path = call->arguments[0], *name;
	struct room parent;
	struct ask ask;
	json_t *more;

	int r = open_parent(path, &parent, &name);
	if (r < 0)
		return r == ERR_ABSENT ? err_set(ERR_USAGE, "%s: no such directory", path) : r;
	r = ask_question(&more, "{s:s, s:s, s:b, s:b}", "name", name, "comment",
	    call_get(call, "comment", name), "bare", call_has(call, "no-passphrase"), "box",
	    call_has(call, "box"));
	if (r < 0) {
		room_release(&parent);
		return r;
	}
	r = ask_open_in(
	    &ask, call, &parent, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "key", .more = more });
	if (r == 0) {
		print_text(&ask.print, STYLE_BOLD, json_str(ask.session, "key"));
		print_format("\nkept in ");
		print_text(&ask.print, STYLE_PATH, str_from(path));
		print_format("; to be enrolled with ");
		print_text(&ask.print, STYLE_PATH, str_from(path));
		print_format(".pub\n");
		r = ask_close(&ask, 0);
	}
	json_decref(more);
	return r;
}

struct listing {
	struct ask *ask;
	struct table table;
};

static int
list_key(void *ctx, const json_t *key)
{
	struct listing *list = ctx;

	if (list->ask->print.json)
		return print_object(key, "fingerprint comment source who role");
	table_text(&list->table, STYLE_NONE, json_str(key, "fingerprint"));
	table_text(&list->table, STYLE_NONE, json_str(key, "source"));
	table_text(&list->table, STYLE_BOLD, json_str(key, "who"));
	table_text(&list->table, STYLE_NONE, json_str(key, "comment"));
	return 0;
}

static int
list_person(void *ctx, const json_t *person)
{
	struct listing *list = ctx;

	const json_t *pending = json_object_get(person, "pending");
	struct str change = json_str(person, "change");

	if (list->ask->print.json)
		return print_object(person, pending ? "pending change" : "name role fingerprint from until");
	table_text(&list->table, STYLE_BOLD, json_str(person, "name"));
	table_text(&list->table, STYLE_NONE,
	    pending && !str_is(change, "person") ? change : json_str(person, "role"));
	table_number(&list->table, json_num(person, pending ? "pending" : "from"));
	if (pending)
		table_text(&list->table, STYLE_BAD, STR("waits"));
	else if (json_is_integer(json_object_get(person, "until")))
		table_number(&list->table, json_num(person, "until"));
	else
		table_text(&list->table, STYLE_NONE, STR(""));
	table_text(&list->table, STYLE_DIM, json_str(person, "fingerprint"));
	return 0;
}

/* Asks, and prints each object as a row of a table with these heads. */
static int
list_answers(struct call *call, const json_t *question, const char *const *heads,
    int (*object)(void *ctx, const json_t *object))
{
	struct ask ask;
	struct listing list = { .ask = &ask };

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r < 0)
		return r;
	table_init(&list.table, heads);
	struct answers answers = { .object = object, .ctx = &list };
	r = ask_ledger(&ask, question, &answers, NULL);
	table_print(&ask.print, &list.table);
	return ask_close(&ask, r);
}

int
run_key_list(struct call *call)
{
	static const char *const heads[] = { "key", "source", "who", "comment", NULL };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "keys");
	if (r < 0)
		return r;
	r = list_answers(call, question, heads, list_key);
	json_decref(question);
	return r;
}

/* ---- the roster ---- */

static int
set_file(json_t *words, const char *key, const char *path)
{
	struct buf line = BUF(KEY_LINE_MAX);

	int r = call_file(path, &line);
	struct str text = buf_view(&line);
	while (text.len && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
		text.len--;
	if (r == 0 && memchr(text.data ? text.data : "", '\n', text.len))
		r = err_set(ERR_FORMAT, "%s: more than one line", path);
	if (r == 0) {
		r = json_set_str(words, key, text);
		if (r == ERR_FORMAT)
			r = err_set(ERR_FORMAT, "%s: not a line of text", path);
	}
	buf_release(&line);
	return r;
}

/* The sealed file, whole. */
static int
set_box(json_t *words, const char *path)
{
	struct buf file = BUF(KEY_LINE_MAX);

	int r = call_file(path, &file);
	if (r == 0) {
		r = json_set_str(words, "box", buf_view(&file));
		if (r == ERR_FORMAT)
			r = err_set(ERR_FORMAT, "%s: no box key", path);
	}
	buf_release(&file);
	return r;
}

int
run_roster_add(struct call *call)
{
	const char *role, *pub, *box = call_get(call, "box", NULL);
	json_t *words;
	char what[64];

	int r = call_require(call, "role", &role);
	if (r == 0)
		r = call_require(call, "pub", &pub);
	if (r == 0)
		r = ask_question(
		    &words, "{s:s, s:s, s:s}", "say", "roster-add", "name", call->arguments[0], "role", role);
	if (r < 0)
		return r;
	r = set_file(words, "pub", pub);
	if (r == 0 && box)
		r = set_box(words, box);
	snprintf(what, sizeof what, "is enrolled as %s", role);
	if (r == 0)
		r = say_about(call, words, what);
	json_decref(words);
	return r;
}

/* --only takes a fingerprint or a public key's file: the keeper knows keys by their fingerprints. */
static int
set_only(json_t *words, const char *only)
{
	if (!only)
		return 0;
	return strncmp(only, "SHA256:", 7) == 0 ? json_set_str(words, "key", str_from(only))
						: set_file(words, "pub", only);
}

int
run_roster_revoke(struct call *call)
{
	const char *only = call_get(call, "only", NULL), *why = call_get(call, "why", NULL);
	json_t *words;

	int r = ask_question(&words, "{s:s, s:s}", "say", "revoke", "name", call->arguments[0]);
	if (r < 0)
		return r;
	r = set_only(words, only);
	if (r == 0 && why)
		r = json_set_str(words, "why", str_from(why));
	if (r == 0)
		r = say_about(
		    call, words, only ? "has one key less from here on" : "is revoked from here on");
	json_decref(words);
	return r;
}

int
run_confirm(struct call *call)
{
	const char *text = call_get(call, "text", NULL);
	json_t *words = NULL;

	int r = ask_question(&words, "{s:s, s:s}", "say", "confirm", "record", call->arguments[0]);
	if (r == 0 && text)
		r = json_set_str(words, "text", str_from(text));
	if (r == 0)
		r = say_about(call, words, "is confirmed");
	json_decref(words);
	return r;
}

/* A question with "at" where the call has one. */
static int
question_at(const struct call *call, const char *what, json_t **out)
{
	uint64_t at = UINT64_MAX;
	json_t *question;

	int r = call_number(call, "at", &at);
	if (r == 0)
		r = ask_question(&question, "{s:s}", "ask", what);
	if (r < 0)
		return r;
	if (at != UINT64_MAX)
		r = json_set_num(question, "at", at);
	if (r < 0)
		json_decref(question);
	else
		*out = question;
	return r;
}

int
run_roster_list(struct call *call)
{
	static const char *const heads[] = { "name", "role", ">from", ">until", "key", NULL };
	json_t *question;

	int r = question_at(call, "roster", &question);
	if (r < 0)
		return r;
	r = list_answers(call, question, heads, list_person);
	json_decref(question);
	return r;
}

int
run_roster_export(struct call *call)
{
	struct ask ask;
	json_t *question;

	int r = question_at(call, "roster-export", &question);
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
