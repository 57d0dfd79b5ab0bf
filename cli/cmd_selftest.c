#include "cli/ask.h"
#include "cli/commands.h"

#include "base/show.h"
#include "room/machine.h"
#include "room/selftest.h"

#include <stdlib.h>

/* One attempt under all profiles, and under each layer alone: a line of the table. */
struct tried {
	char name[64], control[64];
	unsigned rows, worked; /* under the whole seal */
	unsigned by;           /* bit i: columns[i] denied it there */
	unsigned holds;        /* bit i: columns[i] alone denied it */
	unsigned needs;        /* bit i: without columns[i] it worked in some profile */
	bool possible;
};

struct selftest {
	struct print print;
	struct table table;
	struct tried tried;
	struct buf lines; /* every row as JSON, for the record */
	bool layers;
};

#define LINES_MAX ((size_t)16 * 1024 * 1024)

static const char *const columns[] = { "process", "namespace", "landlock", "seccomp" };
#define COLUMNS (sizeof columns / sizeof *columns)

static void
add_names(char *out, size_t size, unsigned bits)
{
	*out = 0;
	for (size_t i = 0; i < COLUMNS; i++)
		if (bits & 1U << i)
			snprintf(out + strlen(out), size - strlen(out), "%s%s", *out ? " " : "", columns[i]);
}

/* The line of the attempt that has ended. */
static void
end_attempt(struct selftest *test)
{
	struct tried *t = &test->tried;
	char by[64];

	if (t->rows == 0)
		return;
	table_text(&test->table, STYLE_NONE, str_from(t->name));
	table_text(&test->table, STYLE_NONE, str_from(t->control));
	if (t->worked)
		table_text(&test->table, STYLE_BAD, STR("WORKED"));
	else
		table_text(&test->table, t->possible ? STYLE_GOOD : STYLE_DIM,
		    t->possible ? STR("denied") : STR("not possible on this machine anyway"));
	add_names(by, sizeof by, t->by);
	table_text(&test->table, STYLE_NONE, str_from(by));
	for (size_t i = 1; test->layers && i < COLUMNS; i++)
		table_text(&test->table, STYLE_NONE, t->holds & 1U << i ? STR("denied") : STR("-"));
	if (test->layers) {
		char needs[64];
		add_names(needs, sizeof needs, t->needs);
		table_text(&test->table, STYLE_NONE, str_from(needs));
	}
	*t = (struct tried){ 0 };
}

static void
note_row(struct tried *tried, const struct selftest_row *row)
{
	unsigned by = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		if (strcmp(row->by, columns[i]) == 0)
			by = 1U << i;
	if (row->layers != SEAL_ALL && row->layers & (row->layers - 1)) {
		for (size_t i = 0; i < COLUMNS; i++)
			if (row->end == SELFTEST_WORKED && i > 0 &&
			    strcmp(seal_layer_name(SEAL_ALL & ~row->layers), columns[i]) == 0)
				tried->needs |= 1U << i;
		return;
	}
	if (row->layers != SEAL_ALL) {
		for (size_t i = 0; i < COLUMNS; i++)
			if (row->end == SELFTEST_DENIED &&
			    strcmp(seal_layer_name(row->layers), columns[i]) == 0)
				tried->holds |= 1U << i;
		return;
	}
	tried->rows++;
	tried->by |= by;
	tried->worked += row->end == SELFTEST_WORKED;
	tried->possible = tried->possible || row->end == SELFTEST_DENIED;
	snprintf(tried->name, sizeof tried->name, "%s", row->attempt);
	snprintf(tried->control, sizeof tried->control, "%s", row->control);
}

static int
take(void *ctx, const struct selftest_row *row)
{
	struct selftest *test = ctx;
	json_t *object;

	int r = selftest_row_json(row, &object);
	if (r < 0)
		return r;
	r = json_write_line(&test->lines, object);
	if (r == 0)
		r = buf_byte(&test->lines, '\n');
	if (r == 0 && test->print.json)
		r = print_object(object, "attempt profile layers control sealed by ok");
	json_decref(object);
	if (r < 0 || test->print.json)
		return r;
	if (strcmp(test->tried.name, row->attempt) != 0)
		end_attempt(test);
	note_row(&test->tried, row);
	return 0;
}

static int
run_attempts(const struct call *call, struct selftest_summary *summary, struct buf *lines)
{
	static const char *const heads[] = { "ATTEMPT", "CONTROL", "SEALED", "BY", NULL };
	static const char *const heads_layers[] = { "ATTEMPT", "CONTROL", "SEALED", "BY", "NAMESPACE",
		"LANDLOCK", "SECCOMP", "WORKS WITHOUT", NULL };
	struct selftest test = { .layers = call_has(call, "layers"), .lines = BUF(LINES_MAX) };

	print_init(&test.print, call_has(call, "json"));
	if (!test.print.json)
		table_init(&test.table, test.layers ? heads_layers : heads);
	int r = selftest_run(test.layers, take, &test, summary);
	*lines = test.lines;
	if (test.print.json)
		return r;
	end_attempt(&test);
	table_print(&test.print, &test.table);
	if (r == 0)
		print_format("\n%u attempts: %u denied, %u not possible on this machine anyway, %u worked\n",
		    summary->attempts, summary->denied, summary->not_possible, summary->worked);
	return r;
}

static int
print_summary(json_t *counts)
{
	json_t *object = json_pack("{s:O}", "summary", counts);

	if (!object)
		return err_set(ERR_MEMORY, "no memory");
	int r = print_object(object, "summary");
	json_decref(object);
	return r;
}

static int
print_machine(void *ctx, const struct machine_row *row)
{
	const struct print *print = ctx;
	char found[256];

	if (!print->json) {
		print_format("%-16s  %s%s%s\n", row->what, show_in(found, sizeof found, str_from(row->found)),
		    *row->advice ? ": " : "", row->advice);
		return 0;
	}
	json_t *object = json_object();
	int r =
	    object ? json_set_str(object, "machine", str_from(row->what)) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_foreign(object, "found", str_from(row->found));
	if (r == 0)
		r = json_set_str(object, "advice", str_from(row->advice));
	if (r == 0)
		r = print_object(object, "machine found advice");
	json_decref(object);
	return r;
}

static void
warn_of_missing(unsigned missing)
{
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
		if (missing & layer)
			fprintf(stderr,
			    "carrel: selftest: this machine has no %s: tried without it; see "
			    "carrel-seal(7)\n",
			    seal_layer_name(layer));
}

/* What came of it, in the ledger of the room that we stand in. */
static int
record(const struct call *call, struct room *room, const json_t *counts, struct str lines)
{
	json_t *words, *done = NULL;
	struct ask ask;

	int r = ask_question(&words, "{s:s}", "say", "selftest");
	if (r < 0)
		return r;
	/* json_object_update does not change what it takes members from */
	if (json_object_update(words, (json_t *)(uintptr_t)counts) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = ask_open_in(
		    &ask, call, room, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r == 0) {
		r = ask_say(&ask, words, &lines, &done);
		if (r == 0 && !ask.print.json)
			print_format("record %llu\n", (unsigned long long)json_num(done, "index"));
		r = ask_close(&ask, r);
	}
	json_decref(words);
	json_decref(done);
	return r < 0 ? err_in(r, "the result is not recorded") : 0;
}

static int
find_room(const struct call *call, struct room *room, bool *found)
{
	const char *given = call_get(call, "room", NULL), *variable = getenv("CARREL_ROOM");

	int r = room_open(given, room);
	*found = r == 0;
	/* in no room, and with none named, the result is for the eye alone */
	return r == ERR_USAGE && !given && (!variable || *variable == 0) ? 0 : r;
}

int
run_selftest(struct call *call)
{
	struct selftest_summary summary;
	struct buf lines = BUF(LINES_MAX);
	json_t *counts = NULL;
	struct room room;
	bool in_room;

	int r = find_room(call, &room, &in_room);
	if (r < 0)
		return r;
	r = run_attempts(call, &summary, &lines);
	if (r == 0) {
		struct print print;
		print_init(&print, call_has(call, "json"));
		r = machine_look("", print_machine, &print);
		warn_of_missing(summary.missing);
	}
	if (r == 0)
		r = selftest_summary_json(&summary, &counts);
	if (r == 0 && call_has(call, "json"))
		r = print_summary(counts);
	if (r == 0 && in_room)
		r = record(call, &room, counts, buf_view(&lines));
	else if (in_room)
		room_release(&room);
	json_decref(counts);
	buf_release(&lines);
	if (r == 0)
		r = print_end();
	if (r == 0 && summary.worked > 0)
		r = err_set(ERR_REFUSED, "selftest: %u attempts worked under the seal", summary.worked);
	return r;
}
