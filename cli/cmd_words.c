#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/dialogue.h"
#include "cli/place.h"

#include "base/fs.h"

#include <unistd.h>

#define WORDS_MAX ((size_t)60 * 1024) /* a record holds 64 KiB */

#define THREAD_KEYS "thread kind state title severity cwe anchors author opened entries last"

/* ---- saying something ---- */

/* Lines end as ours do; nothing else of what acts on a terminal has a place in words. */
static int
clean_words(struct buf *words)
{
	size_t kept = 0;

	for (size_t i = 0; i < words->len; i++) {
		uint8_t c = words->data[i];
		if (c == '\r' && i + 1 < words->len && words->data[i + 1] == '\n')
			continue;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return err_set(
			    ERR_USAGE, "words must not hold control characters, and these hold U+%04X", c);
		words->data[kept++] = c;
	}
	words->len = kept;
	while (words->len && words->data[words->len - 1] == '\n')
		words->len--;
	return 0;
}

/* The words of -m, of standard input (-m -), or asked for at the terminal; absent where they need not be there. */
static int
read_words(const struct call *call, bool needed, struct buf *words)
{
	const char *given = call_get(call, "message", NULL);
	int terminal = dialogue_terminal();
	int r = 0;

	if (given && strcmp(given, "-") == 0)
		r = fs_read_fd(STDIN_FILENO, words);
	else if (given)
		r = buf_text(words, given);
	else if (needed && terminal < 0)
		r = err_set(ERR_USAGE, "%s: -m TEXT is missing, and there is no terminal to ask at",
		    call->command->name);
	else if (needed)
		r = dialogue_words(terminal, "Your words", words, call->stop);
	if (r < 0)
		return r == ERR_MEMORY || r == ERR_FORMAT
		    ? err_set(ERR_USAGE, "more than %zu bytes of words", WORDS_MAX)
		    : r;
	r = clean_words(words);
	if (r == 0 && needed && words->len == 0)
		r = err_set(ERR_USAGE, "%s: no words, nothing is said", call->command->name);
	return r;
}

static int
set_words(json_t *say, const struct buf *words)
{
	if (words->len == 0)
		return 0;
	int r = json_set_str(say, "text", buf_view(words));
	return r == ERR_FORMAT ? err_set(ERR_USAGE, "words must be UTF-8 text") : r;
}

/* Says it in a session of its own, and tells where it stands. */
static int
say(struct call *call, const json_t *words, enum chain chain)
{
	struct ask ask;
	json_t *done = NULL;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = chain, .mode = "session" });
	if (r < 0)
		return r;
	r = ask_say(&ask, words, NULL, &done);
	if (r == 0) {
		print_format("record %llu", (unsigned long long)json_num(done, "index"));
		if (json_str(done, "thread").len) {
			print_format(", thread ");
			print_text(&ask.print, STYLE_BOLD, json_str(done, "thread"));
		}
		print_format("\n");
	}
	json_decref(done);
	return ask_close(&ask, r);
}

static int
copy_option(const struct call *call, const char *option, json_t *words)
{
	const char *value = call_get(call, option, NULL);

	if (!value)
		return 0;
	int r = json_set_str(words, option, str_from(value));
	return r == ERR_FORMAT ? err_set(ERR_USAGE, "--%s: not UTF-8 text", option) : r;
}

/* "208", "cwe-208" and "CWE-208" are all CWE-208. */
static int
set_cwe(const struct call *call, json_t *words)
{
	const char *given = call_get(call, "cwe", NULL);
	uint64_t number;
	char text[32];

	if (!given)
		return 0;
	const char *digits = strncasecmp(given, "CWE-", 4) == 0 ? given + 4 : given;
	if (!str_u64(str_from(digits), &number) || number == 0 || number > 99999)
		return err_set(ERR_USAGE, "--cwe %s: not a weakness number", given);
	snprintf(text, sizeof text, "CWE-%llu", (unsigned long long)number);
	return json_set_str(words, "cwe", str_from(text));
}

static int
describe_annotation(const struct call *call, json_t *say, struct buf *words)
{
	static const char *const options[] = { "title", "severity", "difficulty", "cvss" };
	const char *kind;
	struct anchor place;

	int r = call_require(call, "kind", &kind);
	if (r == 0)
		r = place_read(call_argument(call, 0), &place);
	if (r < 0)
		return r;
	r = json_set_str(say, "kind", str_from(kind));
	if (r == 0)
		r = json_set_str(say, "release", place.release);
	if (r == 0)
		r = json_set_foreign(say, "path", place.path);
	if (r == 0 && place.first)
		r = json_set_num(say, "first", place.first);
	if (r == 0 && place.first)
		r = json_set_num(say, "last", place.last);
	for (size_t i = 0; r == 0 && i < sizeof options / sizeof *options; i++)
		r = copy_option(call, options[i], say);
	if (r == 0)
		r = set_cwe(call, say);
	if (r == 0)
		r = read_words(call, true, words);
	return r < 0 ? r : set_words(say, words);
}

int
run_annotate(struct call *call)
{
	struct buf words = BUF(WORDS_MAX);
	json_t *annotation;

	int r = ask_question(&annotation, "{s:s}", "say", "annotate");
	if (r < 0)
		return r;
	r = describe_annotation(call, annotation, &words);
	if (r == 0)
		r = say(call, annotation, CHAIN_READER);
	json_decref(annotation);
	buf_release(&words);
	return r;
}

int
run_reply(struct call *call)
{
	struct buf words = BUF(WORDS_MAX);
	json_t *reply;

	int r = ask_question(&reply, "{s:s, s:s}", "say", "reply", "thread", call->arguments[0]);
	if (r < 0)
		return r;
	r = read_words(call, true, &words);
	if (r == 0)
		r = set_words(reply, &words);
	if (r == 0)
		r = say(call, reply, CHAIN_LEDGER);
	json_decref(reply);
	buf_release(&words);
	return r;
}

/* States are of two words in places; on a command line a hyphen may stand for the space. */
static void
spell_state(char *out, size_t size, const char *typed)
{
	snprintf(out, size, "%s", typed);
	if (strcmp(typed, "re-opened") == 0)
		return;
	for (char *c = out; *c; c++)
		*c = *c == '-' ? ' ' : *c;
}

int
run_state(struct call *call)
{
	struct buf words = BUF(WORDS_MAX);
	char state[64];
	json_t *change;

	spell_state(state, sizeof state, call->arguments[1]);
	int r = ask_question(
	    &change, "{s:s, s:s, s:s}", "say", "state", "thread", call->arguments[0], "state", state);
	if (r < 0)
		return r;
	r = read_words(call, false, &words);
	if (r == 0)
		r = set_words(change, &words);
	if (r == 0)
		r = say(call, change, CHAIN_LEDGER);
	json_decref(change);
	buf_release(&words);
	return r;
}

/* ---- what was said ---- */

struct listing {
	struct ask *ask;
	struct table table;
	size_t found;
};

/* "1.0:src/a.c:12-14" of the first anchor. */
static int
add_place(struct buf *out, const json_t *thread)
{
	const json_t *anchor = json_array_get(json_object_get(thread, "anchors"), 0);
	const json_t *lines = json_object_get(anchor, "lines");
	uint64_t first = (uint64_t)json_integer_value(json_array_get(lines, 0));
	uint64_t last = (uint64_t)json_integer_value(json_array_get(lines, 1));

	if (!anchor)
		return 0;
	int r = buf_str(out, json_str(anchor, "release"));
	if (r == 0)
		r = buf_byte(out, ':');
	if (r == 0)
		r = buf_str(out, json_str(anchor, "path"));
	if (r == 0 && first)
		r = buf_printf(out, ":%llu", (unsigned long long)first);
	if (r == 0 && last > first)
		r = buf_printf(out, "-%llu", (unsigned long long)last);
	return r;
}

static int
list_thread(void *ctx, const json_t *thread)
{
	struct listing *list = ctx;
	struct buf place = BUF(WORDS_MAX);

	list->found++;
	if (list->ask->print.json)
		return print_object(thread, THREAD_KEYS);
	table_text(&list->table, STYLE_BOLD, json_str(thread, "thread"));
	table_text(&list->table, STYLE_NONE, json_str(thread, "kind"));
	table_text(&list->table, STYLE_NONE, json_str(thread, "state"));
	table_text(&list->table, STYLE_NONE, json_str(thread, "severity"));
	table_text(&list->table, STYLE_NONE, json_str(thread, "author"));
	table_number(&list->table, json_num(thread, "entries"));
	int r = add_place(&place, thread);
	table_text(&list->table, STYLE_PATH, buf_view(&place));
	table_text(&list->table, STYLE_NONE, json_str(thread, "title"));
	buf_release(&place);
	return r;
}

static int
threads_question(const struct call *call, json_t **out)
{
	static const char *const filters[] = { "release", "kind", "path", "author" };
	const char *state = call_get(call, "state", NULL);
	char spelt[64];
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "threads");
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < sizeof filters / sizeof *filters; i++)
		r = copy_option(call, filters[i], question);
	if (r == 0 && state) {
		spell_state(spelt, sizeof spelt, state);
		r = json_set_str(question, "state", str_from(spelt));
	}
	if (r < 0)
		json_decref(question);
	else
		*out = question;
	return r;
}

int
run_threads(struct call *call)
{
	static const char *const heads[] = { "thread", "kind", "state", "severity", "author", ">entries",
		"place", "title", NULL };
	struct ask ask;
	struct listing list = { .ask = &ask };
	json_t *question;

	int r = threads_question(call, &question);
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .object = list_thread, .ctx = &list };
		table_init(&list.table, heads);
		r = ask_ledger(&ask, question, &answers, NULL);
		table_print(&ask.print, &list.table);
		if (r == 0 && list.found == 0)
			r = err_set(ERR_ABSENT, "no such threads");
		r = ask_close(&ask, r);
	}
	json_decref(question);
	return r;
}

static void
show_head(const struct print *print, const json_t *thread)
{
	static const char *const members[] = { "kind", "state", "severity", "difficulty", "cwe", "cvss",
		NULL };
	struct buf place = BUF(WORDS_MAX);

	print_text(print, STYLE_BOLD, json_str(thread, "thread"));
	print_format("  ");
	print_text(print, STYLE_BOLD, json_str(thread, "title"));
	print_format("\n");
	for (const char *const *m = members; *m; m++) {
		if (json_str(thread, *m).len == 0)
			continue;
		print_format("%-10s  ", *m);
		print_text(print, STYLE_NONE, json_str(thread, *m));
		print_format("\n");
	}
	if (add_place(&place, thread) == 0 && place.len) {
		print_format("%-10s  ", "at");
		print_text(print, STYLE_PATH, buf_view(&place));
		print_format("\n");
	}
	buf_release(&place);
}

static void
show_entry(const struct print *print, const json_t *entry)
{
	struct str signature = json_str(entry, "signature");

	print_format("\n");
	print_style(print, STYLE_NUMBER, "record %llu", (unsigned long long)json_num(entry, "index"));
	print_format("  ");
	print_text(print, STYLE_NONE, json_str(entry, "time"));
	print_format("  ");
	print_text(print, STYLE_BOLD, json_str(entry, "author"));
	print_format(" (");
	print_text(print, STYLE_NONE, json_str(entry, "role"));
	print_format(")  ");
	print_text(print, STYLE_NONE, json_str(entry, "type"));
	if (json_str(entry, "state").len) {
		print_format(": ");
		print_text(print, STYLE_BOLD, json_str(entry, "state"));
	}
	print_format("  signature ");
	print_text(print, str_is(signature, "bad") ? STYLE_BAD : STYLE_GOOD, signature);
	print_format("\n");
	if (json_str(entry, "text").len)
		print_block(print, json_str(entry, "text"), 4);
}

static int
show_object(void *ctx, const json_t *object)
{
	struct listing *list = ctx;
	const struct print *print = &list->ask->print;
	bool first = list->found++ == 0;

	if (print->json)
		return print_object(
		    object, first ? THREAD_KEYS : "index hash type time author role state text signature");
	if (first)
		show_head(print, object);
	else
		show_entry(print, object);
	return 0;
}

int
run_show(struct call *call)
{
	struct ask ask;
	struct listing list = { .ask = &ask };
	json_t *question;

	int r = ask_question(&question, "{s:s, s:s}", "ask", "show", "thread", call->arguments[0]);
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .object = show_object, .ctx = &list };
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}
