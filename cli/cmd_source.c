#include "cli/ask.h"
#include "cli/commands.h"

#define REVS_MAX ((size_t)64 * 1024)

#define RELEASE_KEYS "release kind commit tree sha256 files blobs bytes imported"

/* ---- import ---- */

static int
print_imported(void *ctx, const json_t *object)
{
	const struct ask *ask = ctx;

	if (ask->print.json)
		return print_object(object, RELEASE_KEYS);
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

int
run_skipped(struct call *call)
{
	static const char *const heads[] = { "what", "path", "why", NULL };
	struct ask ask;
	struct listing list = { .ask = &ask };
	struct order order = { .verb = VERB_SKIPPED };

	row_set(&order.args, F_RELEASE, call_argument(call, 0));
	int r = ask_open(
	    &ask, call, &(struct ask_how){ .chain = CHAIN_READER, .mode = "session", .shows_source = true });
	if (r < 0)
		return r;
	struct answers answers = { .row = list_skipped, .ctx = &list };
	table_init(&list.table, heads);
	r = ask_read(&ask, &order, &answers, NULL);
	table_print(&ask.print, &list.table);
	return ask_close(&ask, r);
}
