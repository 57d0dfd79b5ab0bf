#include "tests/unit.h"

#include "tests/canned.h"

#include <stdio.h>

static const char old_auth[] =
    "#include <string.h>\n\nint auth_check(const char *user, const char *pw)\n{\n"
    "\tconst char *want = stored(user);\n\n\treturn strcmp(want, pw) == 0 ? 0 : -1;\n}\n";
static const char new_auth[] =
    "#include <string.h>\n#include \"ct.h\"\n\n/* \xe6\xbc\xa2\xe5\xad\x97 \xe2\x80\xae evil */\n"
    "int auth_check(const char *user, const char *pw)\n{\n"
    "\tconst char *want = stored(user);\n\n\treturn ct_equal(want, pw) ? 0 : -1;\n}\n";

struct file {
	const char *path, *old_text, *new_text;
};

static const struct file files[] = {
	{ "README", "acme\n", "acme\n" },
	{ "src/auth.c", old_auth, new_auth },
	{ "src/ct.c", NULL, "int ct_equal(const char *a, const char *b)\n{\n\treturn *a == *b;\n}\n" },
	{ "src/old.c", "int gone;\n", NULL },
	{ "src/tok.c", "int tok;\n", "int tok;\n" },
};
#define FILES_COUNT (sizeof files / sizeof *files)

/* ---- sending ---- */

static void
send_body(struct canned *room, enum message_kind kind, uint64_t order, struct str body)
{
	struct buf packet = BUF(MESSAGE_MAX);

	assert_int_equal(message_begin(&packet, kind, order), 0);
	assert_int_equal(buf_str(&packet, body), 0);
	assert_int_equal(wire_send(&room->wire, &packet), 0);
	buf_release(&packet);
}

static void
send_row(struct canned *room, uint64_t order, const struct row *row)
{
	struct buf body = BUF(MESSAGE_MAX);

	assert_int_equal(row_encode(&body, row), 0);
	send_body(room, MSG_PART, order, buf_view(&body));
	buf_release(&body);
}

static void
send_json(struct canned *room, enum message_kind kind, uint64_t order, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	assert_non_null(text);
	send_body(room, kind, order, str_from(text));
	free(text);
	json_decref(json);
}

static void
send_done(struct canned *room, uint64_t order)
{
	send_body(room, MSG_DONE, order, STR(""));
}

static void
send_fail(struct canned *room, uint64_t order, enum err code, const char *why)
{
	struct buf packet = BUF(MESSAGE_MAX);

	assert_int_equal(message_fail(&packet, order, code, why), 0);
	assert_int_equal(wire_send(&room->wire, &packet), 0);
	buf_release(&packet);
}

/* ---- the reader's part ---- */

static const struct file *
file_of(struct str path)
{
	for (size_t i = 0; i < FILES_COUNT; i++)
		if (str_is(path, files[i].path))
			return &files[i];
	return NULL;
}

static bool
is_old(const struct row *args)
{
	return str_is(row_get(args, F_RELEASE), "1.0");
}

static uint64_t
count_lines(const char *text)
{
	uint64_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void
answer_ls(struct canned *room, uint64_t order, const struct row *args)
{
	for (size_t i = 0; i < FILES_COUNT; i++) {
		struct row row = { 0 };
		if (!(is_old(args) ? files[i].old_text : files[i].new_text))
			continue;
		row_set(&row, F_PATH, str_from(files[i].path));
		row_set(&row, F_MODE, STR("100644"));
		send_row(room, order, &row);
	}
	send_done(room, order);
}

static void
answer_page(struct canned *room, uint64_t order, const struct row *args)
{
	const struct file *file = file_of(row_get(args, F_PATH));
	const char *text = file ? is_old(args) ? file->old_text : file->new_text : NULL;
	struct buf spans = BUF(1000);
	struct span_writer writer = { 0 };
	struct row row = { 0 };

	if (!text) {
		send_fail(room, order, ERR_ABSENT, "no such file");
		return;
	}
	assert_int_equal(span_encode(&spans, &writer, (struct span){ 0, 8, SPAN_PREPROC }), 0);
	row_set(&row, F_PATH, row_get(args, F_PATH));
	row_set(&row, F_BLOB, STR("0123456789012345678901234567890123456789"));
	row_set_num(&row, F_LINE, 1);
	row_set_num(&row, F_LINES, count_lines(text));
	row_set_num(&row, F_END_LINE, count_lines(text));
	row_set(&row, F_TEXT, str_from(text));
	row_set(&row, F_SPANS, buf_view(&spans));
	row_set(&row, F_STATUS, STR("parsed"));
	send_row(room, order, &row);
	send_done(room, order);
	buf_release(&spans);
}

static void
send_symbol(
    struct canned *room, uint64_t order, const char *name, const char *path, uint64_t line, const char *role)
{
	struct row row = { 0 };

	row_set(&row, F_RELEASE, STR("1.1"));
	row_set(&row, F_PATH, str_from(path));
	row_set(&row, F_NAME, str_from(name));
	row_set(&row, F_KIND, STR("function"));
	row_set_num(&row, F_LINE, line);
	row_set_num(&row, F_COLUMN, 5);
	row_set_num(&row, F_END_LINE, line + 5);
	if (role)
		row_set(&row, F_ROLE, str_from(role));
	row_set(&row, F_SCOPE, STR("auth_check"));
	row_set(&row, F_TEXT, STR("\treturn ct_equal(want, pw) ? 0 : -1;"));
	send_row(room, order, &row);
}

static void
answer_diff_files(struct canned *room, uint64_t order)
{
	static const struct {
		const char *change, *old, *new;
		uint64_t added, removed;
	} rows[] = { { "changed", "src/auth.c", "src/auth.c", 3, 1 }, { "added", NULL, "src/ct.c", 4, 0 },
		{ "removed", "src/old.c", NULL, 0, 1 } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct row row = { 0 };
		row_set(&row, F_CHANGE, str_from(rows[i].change));
		if (rows[i].old)
			row_set(&row, F_OLD_PATH, str_from(rows[i].old));
		if (rows[i].new)
			row_set(&row, F_NEW_PATH, str_from(rows[i].new));
		row_set_num(&row, F_ADDED, rows[i].added);
		row_set_num(&row, F_REMOVED, rows[i].removed);
		send_row(room, order, &row);
	}
	send_done(room, order);
}

static void
answer_diff_lines(struct canned *room, uint64_t order)
{
	static const struct {
		const char *sign;
		uint64_t old_line, new_line;
		const char *text;
	} rows[] = {
		{ " ", 1, 1, "#include <string.h>\n" },
		{ "+", 0, 2, "#include \"ct.h\"\n" },
		{ " ", 2, 3, "\n" },
		{ "+", 0, 4, "/* \xe6\xbc\xa2\xe5\xad\x97 \xe2\x80\xae evil */\n" },
		{ " ", 3, 5, "int auth_check(const char *user, const char *pw)\n" },
		{ " ", 6, 8, "\n" },
		{ "-", 7, 0, "\treturn strcmp(want, pw) == 0 ? 0 : -1;\n" },
		{ "+", 0, 9, "\treturn ct_equal(want, pw) ? 0 : -1;\n" },
		{ " ", 8, 10, "}\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct row row = { 0 };
		row_set(&row, F_SIGN, str_from(rows[i].sign));
		if (rows[i].old_line)
			row_set_num(&row, F_OLD_LINE, rows[i].old_line);
		if (rows[i].new_line)
			row_set_num(&row, F_NEW_LINE, rows[i].new_line);
		row_set(&row, F_TEXT, str_from(rows[i].text));
		send_row(room, order, &row);
	}
	send_done(room, order);
}

static void
answer_search(struct canned *room, uint64_t order, const struct row *args)
{
	struct row row = { 0 };

	if (str_is(row_get(args, F_PATTERN), "nothing")) {
		send_fail(room, order, ERR_ABSENT, "nothing found");
		return;
	}
	row_set(&row, F_WHAT, STR("hit"));
	row_set(&row, F_PATH, STR("src/auth.c"));
	row_set_num(&row, F_LINE, 9);
	row_set_num(&row, F_COLUMN, 9);
	row_set_num(&row, F_LENGTH, 8);
	row_set(&row, F_TEXT, STR("\treturn ct_equal(want, pw) ? 0 : -1;"));
	send_row(room, order, &row);
	row_clear(&row);
	row_set(&row, F_WHAT, STR("summary"));
	row_set_num(&row, F_HITS, 1);
	row_set_num(&row, F_SEARCHED, 4);
	row_set_num(&row, F_NOT_SEARCHED, 1);
	send_row(room, order, &row);
	send_done(room, order);
}

static void
answer_find(struct canned *room, uint64_t order, const struct row *args)
{
	for (size_t i = 0; i < FILES_COUNT; i++) {
		struct row row = { 0 };
		if (files[i].new_text && strstr(files[i].path, "ct") && row_get(args, F_PATTERN).len) {
			row_set(&row, F_PATH, str_from(files[i].path));
			send_row(room, order, &row);
		}
	}
	send_done(room, order);
}

static void
answer_read(struct canned *room, uint64_t id, struct str body)
{
	struct order order;

	room->reads++;
	assert_int_equal(order_decode(body, &order), 0);
	if (room->die) {
		room->die = false;
		send_fail(room, id, ERR_SYSTEM, "the reader died (signal 9) and was restarted; ask again");
		send_json(room, MSG_EVENT, 0,
		    json_pack(
			"{s:s,s:s}", "event", "died", "why", "the reader died (signal 9) and was restarted"));
		return;
	}
	switch (order.verb) {
	case VERB_LS:
		answer_ls(room, id, &order.args);
		return;
	case VERB_PAGE:
		answer_page(room, id, &order.args);
		return;
	case VERB_OUTLINE:
		send_symbol(room, id, "auth_check", "src/auth.c", 5, NULL);
		send_done(room, id);
		return;
	case VERB_DEF:
		if (str_is(row_get(&order.args, F_NAME), "ct_equal"))
			send_symbol(room, id, "ct_equal", "src/ct.c", 1, NULL);
		send_done(room, id);
		return;
	case VERB_REFS:
		send_symbol(room, id, "ct_equal", "src/auth.c", 9, "call");
		send_symbol(room, id, "ct_equal", "src/ct.c", 1, "read");
		send_done(room, id);
		return;
	case VERB_DIFF_FILES:
		answer_diff_files(room, id);
		return;
	case VERB_DIFF_LINES:
		answer_diff_lines(room, id);
		return;
	case VERB_SEARCH:
		answer_search(room, id, &order.args);
		return;
	case VERB_FIND:
		answer_find(room, id, &order.args);
		return;
	default:
		send_done(room, id);
		return;
	}
}

/* ---- the ledger's part ---- */

static json_t *
a_thread(void)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:[{s:s,s:s,s:[i,i],s:s}],s:s,s:s,s:i,s:s}", "thread",
	    "abcdefghij", "kind", "finding", "state", "open", "title", "Compare leaks time", "severity",
	    "high", "anchors", "release", "1.1", "path", "src/auth.c", "lines", 9, 9, "blob",
	    "0123456789012345678901234567890123456789", "author", "anna", "opened", "2020-01-01T00:00:00Z",
	    "entries", 2, "last", "2020-01-02T00:00:00Z");
}

static void
answer_ask(struct canned *room, uint64_t order, struct str body, bool releases)
{
	json_t *ask;

	assert_int_equal(json_read(body, &ask), 0);
	struct str what = json_str(ask, "ask");
	for (int i = 0; str_is(what, "releases") && releases && i < 2; i++)
		send_json(room, MSG_JSON, order,
		    json_pack("{s:s,s:s,s:i,s:i}", "release", i ? "1.1" : "1.0", "kind", "archive", "files",
			4, "bytes", 1234));
	if (str_is(what, "threads"))
		send_json(room, MSG_JSON, order, a_thread());
	if (str_is(what, "show")) {
		send_json(room, MSG_JSON, order, a_thread());
		send_json(room, MSG_JSON, order,
		    json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "index", 12, "type", "annotate", "author",
			"anna", "role", "inspector", "time", "2020-01-01T00:00:00Z", "text",
			"strcmp stops early.\nUse ct_equal.", "signature", "good"));
	}
	json_decref(ask);
	send_done(room, order);
}

static void
answer(struct canned *room, const struct message *m)
{
	switch (m->kind) {
	case MSG_READ:
		answer_read(room, m->order, m->body);
		return;
	case MSG_ASK:
		answer_ask(room, m->order, m->body, room->app.model.product.len > 0);
		return;
	case MSG_SAY:
		snprintf(room->last_say, sizeof room->last_say, "%.*s", STR_ARG(m->body));
		send_body(room, MSG_DRAFT, m->order,
		    STR("carrel-record v1\ntype annotate\n\n{\"text\":\"words\"}"));
		return;
	case MSG_NOTE:
		send_fail(room, m->order, ERR_ABSENT, "nothing was kept");
		return;
	case MSG_SIGN:
		assert_int_equal(m->body.len, SHA256_LEN);
		hex_from((const uint8_t *)m->body.data, SHA256_LEN, room->signed_hex);
		send_json(room, MSG_DONE, m->order, json_pack("{s:i,s:s}", "index", 42, "hash", "00"));
		return;
	case MSG_CANCEL:
		room->cancels++;
		send_fail(room, m->order, ERR_CANCELLED, "cancelled");
		return;
	case MSG_CLOSE:
		send_done(room, m->order);
		return;
	default:
		fail_msg("message of kind %d", (int)m->kind);
	}
}

static bool
serve(struct canned *room)
{
	struct message m;
	bool any = false;
	int r = 0;

	while (!room->hold && (r = wire_read(&room->wire, &m)) > 0) {
		answer(room, &m);
		any = true;
	}
	assert_true(r >= 0);
	return any;
}

void
canned_settle(struct canned *room)
{
	for (bool more = true; more;) {
		app_draw(&room->app);
		if (orders_running(room->orders) > room->most)
			room->most = orders_running(room->orders);
		more = serve(room);
		assert_int_equal(orders_pump(room->orders), 0);
	}
	app_draw(&room->app);
}

static void
event(void *ctx, const json_t *json)
{
	struct canned *room = ctx;
	app_event(&room->app, json);
}

void
canned_start(struct canned *room, int rows, int cols, bool ascii, bool releases)
{
	struct client *client;
	int fds[2];

	*room = (struct canned){ 0 };
	assert_int_equal(wire_pair(fds), 0);
	assert_int_equal(wire_init(&room->wire, fds[1]), 0);
	assert_int_equal(client_new(fds[0], &client), 0);
	room->orders = orders_new(client, event, room);
	app_init(&room->app, room->orders, rows, cols, ascii, true);
	room->app.model.sealed = true;
	json_t *opened = json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:s,s:{s:{s:[s,s,s]},s:{s:[s,s,s]}}}", "product",
	    releases ? "acme-av" : "", "host", "host", "person", "anna", "role", "inspector", "practice", 1,
	    "size", 7, "root", "0011223344", "seal", "keeper", "refused", "namespace", "landlock", "seccomp",
	    "reader", "refused", "namespace", "landlock", "seccomp");
	assert_non_null(opened);
	app_start(&room->app, opened);
	json_decref(opened);
	canned_settle(room);
}

void
canned_end(struct canned *room)
{
	app_release(&room->app);
	wire_release(&room->wire);
	if (orders_free(room->orders) == 0)
		return; /* the keeper is gone before it answered CLOSE: an error is as good */
}

void
canned_key(struct canned *room, int code)
{
	app_key(&room->app, &(struct key){ .code = code });
	canned_settle(room);
}

void
canned_type(struct canned *room, const char *keys)
{
	for (; *keys; keys++)
		canned_key(room, *keys);
}

const char *
canned_screen(struct canned *room)
{
	static struct buf text = { .max = 1 << 20 };

	buf_clear(&text);
	for (int row = 0; row < room->app.grid.rows; row++) {
		assert_int_equal(grid_row(&room->app.grid, row, &text), 0);
		assert_int_equal(buf_byte(&text, '\n'), 0);
	}
	return (const char *)text.data;
}
