#include "cli/ask.h"
#include "cli/commands.h"

#define REVS_MAX ((size_t)64 * 1024)

#define RELEASE_KEYS "release kind commit tree sha256 files blobs bytes imported"

/* ---- import ---- */

static int
print_imported(void *ctx, const json_t *object)
{
	const struct ask *ask = ctx;

	if (ask->print.json) {
		int r = print_object(object, RELEASE_KEYS);
		fflush(stdout); /* there is more to come, and who reads this need not wait for it */
		return r;
	}
	print_text(&ask->print, STYLE_BOLD, json_str(object, "release"));
	if (json_bool(object, "known"))
		print_format(": is here already, with the same content\n");
	else
		print_format(": record %llu, %llu files, %llu blobs, %llu bytes\n",
		    (unsigned long long)json_num(object, "index"),
		    (unsigned long long)json_num(object, "files"),
		    (unsigned long long)json_num(object, "blobs"),
		    (unsigned long long)json_num(object, "bytes"));
	fflush(stdout);
	return 0;
}

int
run_import(struct call *call)
{
	struct buf revs = BUF(REVS_MAX);
	struct ask ask;
	struct work work = {
		.kind = WORK_IMPORT,
		.source = call_argument(call, 0),
		.release = str_from(call_get(call, "release", "")),
	};

	int r = call_join(call, "rev", '\n', &revs, &work.revs);
	if (r == 0 && work.release.len && !release_name_ok(work.release))
		r = err_set(ERR_USAGE, "--release %s: at most %d letters, digits and . _ + -",
		    call_get(call, "release", ""), RELEASE_NAME_MAX);
	if (r == 0)
		r = ask_open(&ask, call,
		    &(struct ask_how){
			.chain = CHAIN_INDEXER, .mode = "session", .source = call->arguments[0] });
	if (r == 0) {
		struct answers answers = { .object = print_imported, .ctx = &ask };
		r = ask_close(&ask, ask_work(&ask, &work, &answers));
	}
	buf_release(&revs);
	return r;
}

int
run_index(struct call *call)
{
	struct ask ask;
	bool rebuild = call_has(call, "rebuild");
	struct work work = { .kind = rebuild ? WORK_REBUILD : WORK_FINISH };

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_INDEXER, .mode = "session" });
	if (r < 0)
		return r;
	r = ask_work(&ask, &work, NULL);
	if (r == 0)
		print_format(rebuild ? "the index is made anew, and as the ledger has it\n"
				     : "the index is complete\n");
	return ask_close(&ask, r);
}

/* ---- what there is ---- */

struct listing {
	struct ask *ask;
	struct table table;
	size_t found;
	uint64_t hits, files, looked, unread; /* suspicious: of the summary */
};

static int
list_release(void *ctx, const json_t *release)
{
	struct listing *list = ctx;

	list->found++;
	if (list->ask->print.json)
		return print_object(release, RELEASE_KEYS);
	table_text(&list->table, STYLE_BOLD, json_str(release, "release"));
	table_text(&list->table, STYLE_NONE, json_str(release, "kind"));
	table_number(&list->table, json_num(release, "files"));
	table_number(&list->table, json_num(release, "bytes"));
	table_text(&list->table, STYLE_NONE, json_str(release, "imported"));
	table_text(&list->table, STYLE_DIM, json_str(release, "commit"));
	return 0;
}

int
run_releases(struct call *call)
{
	static const char *const heads[] = { "release", "kind", ">files", ">bytes", "imported", "commit",
		NULL };
	struct ask ask;
	struct listing list = { .ask = &ask };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "releases");
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .object = list_release, .ctx = &list };
		table_init(&list.table, heads);
		r = ask_ledger(&ask, question, &answers, NULL);
		table_print(&ask.print, &list.table);
		if (r == 0 && list.found == 0)
			r = err_set(ERR_ABSENT, "no releases yet: 'carrel import' takes one in");
		r = ask_close(&ask, r);
	}
	json_decref(question);
	return r;
}

static int
list_skipped(void *ctx, const struct row *row)
{
	struct listing *list = ctx;

	list->found++;
	if (list->ask->print.json)
		return print_row(row, "release path what why");
	table_text(&list->table, STYLE_BOLD, row_get(row, F_WHAT));
	table_text(&list->table, STYLE_PATH, row_get(row, F_PATH));
	table_text(&list->table, STYLE_NONE, row_get(row, F_WHY));
	return 0;
}

/* A listing of the reader's rows about the release that the call names. */
static int
list_rows(struct call *call, struct order *order, const char *const *heads,
    int (*row)(void *ctx, const struct row *row))
{
	struct ask ask;
	struct listing list = { .ask = &ask };

	row_set(&order->args, F_RELEASE, call_argument(call, 0));
	int r = ask_open(
	    &ask, call, &(struct ask_how){ .chain = CHAIN_READER, .mode = "session", .shows_source = true });
	if (r < 0)
		return r;
	struct answers answers = { .row = row, .ctx = &list };
	table_init(&list.table, heads);
	r = ask_read(&ask, order, &answers, NULL);
	table_print(&ask.print, &list.table);
	if (r == 0 && list.looked + list.unread > 0 && !ask.print.json) {
		fflush(stdout);
		fprintf(stderr,
		    "%llu places in %llu files; looked at %llu, not read: %llu (see 'carrel skipped')\n",
		    (unsigned long long)list.hits, (unsigned long long)list.files,
		    (unsigned long long)list.looked, (unsigned long long)list.unread);
	}
	return ask_close(&ask, r);
}

int
run_skipped(struct call *call)
{
	static const char *const heads[] = { "what", "path", "why", NULL };
	struct order order = { .verb = VERB_SKIPPED };

	return list_rows(call, &order, heads, list_skipped);
}

/* ---- suspicious ---- */

static int
list_suspicious(void *ctx, const struct row *row)
{
	struct listing *list = ctx;
	char place[32] = "";

	if (str_is(row_get(row, F_WHAT), "summary")) {
		list->files = row_get_num(row, F_FILES);
		list->looked = row_get_num(row, F_SEARCHED);
		list->unread = row_get_num(row, F_NOT_SEARCHED);
		list->hits = row_get_num(row, F_HITS);
		return list->ask->print.json ? print_row_summary(row) : 0;
	}
	list->found++;
	if (list->ask->print.json)
		return print_row(row, "release path line column class codepoint shown in length why hits");
	if (row_has(row, F_COLUMN))
		snprintf(place, sizeof place, "%llu:%llu", (unsigned long long)row_get_num(row, F_LINE),
		    (unsigned long long)row_get_num(row, F_COLUMN));
	table_text(&list->table, STYLE_BOLD, row_get(row, F_CLASS));
	table_text(&list->table, STYLE_PATH, row_get(row, F_PATH));
	table_text(&list->table, STYLE_NUMBER, str_from(place));
	table_text(&list->table, STYLE_NONE, row_get(row, F_CODEPOINT));
	table_text(&list->table, STYLE_BAD, row_get(row, F_SHOWN));
	table_text(&list->table, STYLE_NONE, row_get(row, F_WHY));
	return 0;
}

int
run_suspicious(struct call *call)
{
	static const char *const heads[] = { "class", "path", "place", "codepoint", "shown", "why", NULL };
	struct order order = { .verb = VERB_SUSPICIOUS };
	uint64_t limit = UINT64_MAX;

	if (call_has(call, "alike"))
		row_set_num(&order.args, F_FLAGS, ORDER_ALIKE);

	int r = call_number(call, "limit", &limit);
	if (r < 0)
		return r;
	if (call_has(call, "path"))
		row_set(&order.args, F_GLOB, str_from(call_get(call, "path", "")));
	if (limit != UINT64_MAX)
		row_set_num(&order.args, F_LIMIT, limit);
	return list_rows(call, &order, heads, list_suspicious);
}

/* ---- census ---- */

static int
list_census(void *ctx, const struct row *row)
{
	struct listing *list = ctx;

	list->found++;
	if (list->ask->print.json)
		return print_row(row, "release by name files bytes lines suspicious");
	table_text(&list->table, STYLE_DIM, row_get(row, F_BY));
	table_number(&list->table, row_get_num(row, F_FILES));
	table_number(&list->table, row_get_num(row, F_SIZE));
	table_number(&list->table, row_get_num(row, F_LINES));
	table_number(&list->table, row_get_num(row, F_SUSPICIOUS));
	table_text(&list->table, STYLE_BOLD, row_get(row, F_NAME));
	return 0;
}

int
run_census(struct call *call)
{
	static const char *const heads[] = { "by", ">files", ">bytes", ">lines", ">suspicious", "name",
		NULL };
	struct order order = { .verb = VERB_CENSUS };

	return list_rows(call, &order, heads, list_census);
}
