#include "annotations/model_parts.h"

#include "annotations/thread.h"
#include "base/mem.h"

#include <stdlib.h>

#define THREADS_MAX ((size_t)64 * 1024 * 1024) /* bytes of their names */

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "report: no memory");
}

/* ---- order ---- */

static const char *const kinds[] = { "finding", "question", "note" };
static const char *const severities[] = { "critical", "high", "medium", "low", "informational",
	"undetermined" };
#define KINDS (sizeof kinds / sizeof *kinds)
#define SEVERITIES (sizeof severities / sizeof *severities)

static size_t
rank(struct str word, size_t count, const char *const words[])
{
	size_t i = 0;

	while (i < count && !str_is(word, words[i]))
		i++;
	return i;
}

/* One without a severity has not been judged yet. */
static size_t
severity_of(const json_t *thread)
{
	size_t i = rank(json_str(thread, "severity"), SEVERITIES, severities);
	return i < SEVERITIES ? i : SEVERITIES - 1;
}

static int
by_weight(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	size_t kx = rank(json_str(x, "kind"), KINDS, kinds), ky = rank(json_str(y, "kind"), KINDS, kinds);

	if (kx != ky)
		return kx < ky ? -1 : 1;
	if (severity_of(x) != severity_of(y))
		return severity_of(x) < severity_of(y) ? -1 : 1;
	return json_num(x, "index") < json_num(y, "index") ? -1 : 1;
}

static int
sort(json_t *threads)
{
	size_t count = json_array_size(threads);
	json_t **list = mem_try_alloc(count + 1, sizeof(json_t *));
	int r = 0;

	if (!list)
		return no_memory();
	for (size_t i = 0; i < count; i++)
		list[i] = json_incref(json_array_get(threads, i));
	qsort(list, count, sizeof(json_t *), by_weight);
	json_array_clear(threads);
	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(threads, list[i]) < 0)
			r = no_memory();
	free(list);
	return r;
}

/* ---- summary ---- */

static int
add_row(json_t *rows, size_t severity, const uint64_t counts[static STATE_COUNT],
    const bool used[static STATE_COUNT])
{
	json_t *row = json_pack("{s:s,s:[]}", "severity", severities[severity], "counts");
	int r = row && json_array_append(rows, row) == 0 ? 0 : no_memory();

	for (unsigned s = 0; s < STATE_COUNT && r == 0; s++)
		if (used[s] &&
		    json_array_append_new(
			json_object_get(row, "counts"), json_integer((json_int_t)counts[s])) < 0)
			r = no_memory();
	json_decref(row);
	return r;
}

/* Findings alone: {states: [...], rows: [{severity, counts: [...]}]}, without empty rows and columns. */
static int
summarise(const json_t *threads, json_t *model)
{
	uint64_t counts[SEVERITIES][STATE_COUNT] = { 0 };
	bool rows[SEVERITIES] = { false }, columns[STATE_COUNT] = { false };
	json_t *summary = json_pack("{s:[],s:[]}", "states", "rows");
	int r = summary && json_object_set(model, "summary", summary) == 0 ? 0 : no_memory();

	for (size_t i = 0; i < json_array_size(threads); i++) {
		const json_t *thread = json_array_get(threads, i);
		enum thread_state state;
		if (!str_is(json_str(thread, "kind"), "finding") ||
		    !thread_state_find(json_str(thread, "state"), &state))
			continue;
		counts[severity_of(thread)][state]++;
		rows[severity_of(thread)] = columns[state] = true;
	}
	for (unsigned s = 0; s < STATE_COUNT && r == 0; s++)
		if (columns[s] &&
		    json_array_append_new(
			json_object_get(summary, "states"), json_string(thread_state_word(s))) < 0)
			r = no_memory();
	for (size_t i = 0; i < SEVERITIES && r == 0; i++)
		if (rows[i])
			r = add_row(json_object_get(summary, "rows"), i, counts[i], columns);
	json_decref(summary);
	return r;
}

/* ---- threads ---- */

static int
add_entry(void *ctx, json_t *entry)
{
	return json_array_append(ctx, entry) < 0 ? no_memory() : 0;
}

static bool
lies_in(const json_t *thread, struct str release)
{
	const json_t *anchors = json_object_get(thread, "anchors");

	for (size_t i = 0; i < json_array_size(anchors); i++)
		if (str_eq(json_str(json_array_get(anchors, i), "release"), release))
			return true;
	return false;
}

/* Only what the report speaks of: the opening's text stands in its entry. */
static int
add_thread(struct ledger *ledger, const char *name, struct str release, uint64_t at, json_t *threads)
{
	json_t *thread, *entries = json_array();

	int r = entries ? thread_load(ledger, name, at, &thread) : no_memory();
	if (r < 0) {
		json_decref(entries);
		return r;
	}
	if (lies_in(thread, release)) {
		r = thread_entries(ledger, name, at, add_entry, entries);
		json_object_del(thread, "text");
		if (r == 0 &&
		    (json_object_set(thread, "entries", entries) < 0 ||
			json_array_append(threads, thread) < 0))
			r = no_memory();
	}
	json_decref(thread);
	json_decref(entries);
	return r;
}

static int
list_names(struct db *db, uint64_t at, struct buf *out)
{
	struct query *q = NULL;
	int next;

	int r = db_query(db, "SELECT name FROM thread WHERE opened <= ?1", &q, "n", at);
	while (r == 0 && (next = query_next(q)) != 0) {
		struct str name = next < 0 ? STR("") : query_bytes(q, 0);
		r = next < 0                      ? next
		    : name.len == THREAD_NAME - 1 ? buf_str(out, name)
						  : err_set(ERR_FORMAT, "thread: malformed name");
		if (r == 0)
			r = buf_byte(out, 0);
	}
	query_end(q);
	return r;
}

int
model_threads(struct ledger *ledger, struct str release, uint64_t at, json_t *model)
{
	struct buf names = BUF(THREADS_MAX);
	json_t *threads = json_array();

	int r = threads && json_object_set(model, "threads", threads) == 0 ? 0 : no_memory();
	if (r == 0)
		r = list_names(ledger_db(ledger), at, &names);
	for (size_t i = 0; i < names.len && r == 0; i += THREAD_NAME)
		r = add_thread(ledger, (const char *)names.data + i, release, at, threads);
	if (r == 0)
		r = sort(threads);
	if (r == 0)
		r = summarise(threads, model);
	buf_release(&names);
	json_decref(threads);
	return r;
}

/* ---- how to check ---- */

static const struct {
	const char *text, *command;
} steps[] = {
	{ "Beside this report, REPORT, lies its signature, REPORT.sig, and the ledger holds a record N of "
	  "type report with the "
	  "report's digest. Have the host export the keys that were valid there, compare their fingerprints "
	  "with what each person "
	  "tells you, and check the signature with OpenSSH alone. NAME is whoever published the report.",
	    "carrel roster export --at N > allowed_signers\n"
	    "ssh-keygen -Y verify -f allowed_signers -I NAME -n report@carrel -s REPORT.sig < REPORT" },
	{ "The digest of the report stands in a record of its own in the ledger, of type report.",
	    "sha256sum REPORT" },
	{ "Every entry above names its record, the record's hash and who signed it. The hash is the SHA-256 "
	  "of the record's bytes.",
	    "carrel record N --raw > record\n"
	    "carrel record N --signature > record.sig\n"
	    "sha256sum record\n"
	    "ssh-keygen -Y verify -f allowed_signers -I NAME -n record@carrel -s record.sig < record" },
	{ "The release is what its commit and tree say, in the room's source.git; an archive also by its "
	  "SHA-256.",
	    "git -C source.git fsck --strict\n"
	    "git -C source.git rev-parse COMMIT^{tree}\n"
	    "sha256sum ARCHIVE" },
	{ "The whole ledger, every signature and role in it, and this report made once more give the same "
	  "answer and the same bytes.",
	    "carrel verify\n"
	    "carrel report RELEASE --at N --format FORMAT -o NAME" },
};

int
model_check(json_t *model)
{
	json_t *list = json_array();
	int r = list && json_object_set(model, "check", list) == 0 ? 0 : no_memory();

	for (size_t i = 0; i < sizeof steps / sizeof *steps && r == 0; i++) {
		json_t *step = json_pack("{s:s,s:s}", "text", steps[i].text, "command", steps[i].command);
		if (json_array_append_new(list, step) < 0)
			r = no_memory();
	}
	json_decref(list);
	return r;
}
