#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/hex.h"
#include "cli/place.h"

#include <ctype.h>

#define LIST_MAX ((size_t)64 * 1024) /* bytes of several release names */

#define SYMBOL_KEYS "name kind role scope release path line column end_line tier"

/* A reading order and what is made of its rows. */
struct reading {
	struct ask ask;
	struct order order;
	int (*row)(void *ctx, const struct row *row); /* ctx is the reading */
	uint64_t rows;                                /* the command's to count */
	struct table table;
	bool as_hex;
	struct hex hex;
	bool around;       /* search with context */
	struct buf before; /* path of the row before, whose next line is `next` */
	uint64_t next;
};

static int
read_rows(struct reading *reading, struct call *call)
{
	struct answers answers = { .row = reading->row, .ctx = reading };

	int r = ask_open(&reading->ask, call,
	    &(struct ask_how){ .chain = CHAIN_READER, .mode = "session", .shows_source = true });
	if (r < 0)
		return r;
	return ask_read(&reading->ask, &reading->order, &answers, NULL);
}

/* ---- ls ---- */

static int
list_entry(void *ctx, const struct row *row)
{
	struct reading *reading = ctx;
	bool folder = str_starts(row_get(row, F_MODE), STR("04"));
	char count[24] = "";
	struct str suspicious;

	reading->rows++;
	if (reading->ask.print.json)
		return print_row(row, "release path mode blob bytes lines language status files suspicious");
	if (row_has(row, F_SUSPICIOUS))
		snprintf(count, sizeof count, "!%llu", (unsigned long long)row_get_num(row, F_SUSPICIOUS));
	suspicious = str_from(count);
	table_text(&reading->table, STYLE_DIM, row_get(row, F_MODE));
	if (folder)
		table_text(&reading->table, STYLE_NONE, STR("-"));
	else
		table_number(&reading->table, row_get_num(row, F_SIZE));
	table_text(&reading->table, STYLE_NONE, row_get(row, F_LANGUAGE));
	table_text(&reading->table, STYLE_NONE, row_get(row, F_STATUS));
	table_text(&reading->table, STYLE_BAD, suspicious);
	struct buf name = BUF(SIZE_MAX / 2);
	int r = buf_str(&name, row_get(row, F_PATH));
	if (r == 0 && folder && !str_ends(buf_view(&name), STR("/")))
		r = buf_byte(&name, '/');
	table_text(&reading->table, folder ? STYLE_BOLD : STYLE_PATH, buf_view(&name));
	buf_release(&name);
	return r;
}

int
run_ls(struct call *call)
{
	static const char *const heads[] = { "mode", ">bytes", "language", "status", "!", "path", NULL };
	struct reading reading = { .order.verb = VERB_LS, .row = list_entry };
	struct str place = call_argument(call, 0), release;

	if (!str_next(&place, ':', &release) || release.len == 0)
		return err_set(ERR_USAGE, "ls: no release is named");
	if (place.data && place.len && place.data[place.len - 1] == '/')
		place.len--;
	row_set(&reading.order.args, F_RELEASE, release);
	row_set(&reading.order.args, F_PATH, place.data ? place : STR(""));
	row_set_num(
	    &reading.order.args, F_FLAGS, ORDER_COUNTS | (call_has(call, "recurse") ? ORDER_RECURSE : 0u));
	table_init(&reading.table, heads);
	int r = read_rows(&reading, call);
	if (reading.ask.call)
		table_print(&reading.ask.print, &reading.table);
	return reading.ask.call ? ask_close(&reading.ask, r) : r;
}

/* ---- cat ---- */

static int
print_page(void *ctx, const struct row *row)
{
	struct reading *reading = ctx;
	const struct print *print = &reading->ask.print;
	struct str text = row_get(row, F_TEXT), line;
	uint64_t number = row_get_num(row, F_LINE);

	if (print->json)
		return print_row(row, "release path blob line end_line offset cut text");
	if (!row_has(row, F_TEXT))
		return err_set(ERR_ABSENT, "%.*s: %.*s: its text is not in the room's index",
		    STR_ARG(row_get(row, F_PATH)), STR_ARG(row_get(row, F_STATUS)));
	if (reading->as_hex) {
		hex_print(&reading->hex, print, text);
		return 0;
	}
	if (!print->terminal) {
		print_bytes(text);
		return 0;
	}
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	for (uint64_t first = number; str_next(&text, '\n', &line); number++) {
		bool middle = first == number && row_get_num(row, F_OFFSET) > 0;
		print_style(print, STYLE_DIM, "%6llu%s ", (unsigned long long)number, middle ? "«" : " ");
		print_text(print, STYLE_NONE, line);
		print_format("\n");
	}
	return 0;
}

int
run_cat(struct call *call)
{
	struct reading reading = { .order.verb = VERB_PAGE, .row = print_page };
	struct anchor place;

	int r = place_read(call_argument(call, 0), &place);
	reading.as_hex = call_has(call, "hex");
	if (r == 0 && reading.as_hex && place.first)
		r = err_set(ERR_USAGE, "cat: --hex shows a file from its first byte: leave the lines out");
	if (r < 0)
		return r;
	row_set(&reading.order.args, F_RELEASE, place.release);
	row_set(&reading.order.args, F_PATH, place.path);
	row_set_num(&reading.order.args, F_LINE, place.first ? place.first : 1);
	row_set_num(&reading.order.args, F_END_LINE, place.first ? place.last : UINT64_MAX);
	r = read_rows(&reading, call);
	if (reading.ask.call)
		hex_print_end(&reading.hex, &reading.ask.print);
	return reading.ask.call ? ask_close(&reading.ask, r) : r;
}

/* ---- search ---- */

static int
print_summary(struct reading *reading, const struct row *row)
{
	uint64_t missed = row_get_num(row, F_NOT_SEARCHED);

	if (reading->ask.print.json)
		return print_row_summary(row);
	if (reading->ask.print.terminal || missed) {
		fflush(stdout);
		fprintf(stderr, "%llu hits in %llu files; searched %llu",
		    (unsigned long long)row_get_num(row, F_HITS),
		    (unsigned long long)row_get_num(row, F_FILES),
		    (unsigned long long)row_get_num(row, F_SEARCHED));
		if (missed)
			fprintf(stderr, ", not searched %llu", (unsigned long long)missed);
		if (row_has(row, F_WHY))
			fprintf(stderr, ": %.*s", STR_ARG(row_get(row, F_WHY)));
		fputs("\n", stderr);
	}
	return 0;
}

/* REL:PATH:LINE; of a line of context REL-PATH-LINE. */
static void
print_place(const struct print *print, const struct row *row)
{
	const char *sep = str_is(row_get(row, F_WHAT), "context") ? "-" : ":";

	print_text(print, STYLE_DIM, row_get(row, F_RELEASE));
	print_format("%s", sep);
	print_text(print, STYLE_PATH, row_get(row, F_PATH));
	if (!row_has(row, F_LINE))
		return;
	print_format("%s", sep);
	print_style(print, STYLE_NUMBER, "%llu", (unsigned long long)row_get_num(row, F_LINE));
}

/* The line with its match marked, where it is known to lie within what is here. */
static void
print_match(const struct print *print, const struct row *row)
{
	struct str text = row_get(row, F_TEXT);
	uint64_t offset = row_get_num(row, F_OFFSET), column = row_get_num(row, F_COLUMN),
		 length = row_get_num(row, F_LENGTH);

	while (text.len && (text.data[text.len - 1] == '\n'))
		text.len--;
	if (offset)
		print_style(print, STYLE_DIM, "«");
	if (column > offset && column - 1 - offset <= text.len &&
	    length <= text.len - (column - 1 - offset)) {
		size_t at = (size_t)(column - 1 - offset);
		print_text(print, STYLE_NONE, (struct str){ text.data, at });
		print_text(print, STYLE_MATCH, (struct str){ text.data + at, (size_t)length });
		print_text(print, STYLE_NONE,
		    (struct str){ text.data + at + length, text.len - at - (size_t)length });
	} else {
		print_text(print, STYLE_NONE, text);
	}
	if (row_get_num(row, F_CUT))
		print_style(print, STYLE_DIM, "»");
}

/* Whether lines were left out between this row and the one before. */
static bool
is_apart(struct reading *reading, const struct row *row)
{
	struct buf *before = &reading->before;
	uint64_t line = row_get_num(row, F_LINE);
	bool apart =
	    before->len > 0 && (line != reading->next || !str_eq(buf_view(before), row_get(row, F_PATH)));

	buf_clear(before);
	reading->next = (row_has(row, F_END_LINE) ? row_get_num(row, F_END_LINE) : line) + 1;
	return buf_str(before, row_get(row, F_PATH)) == 0 && apart;
}

static int
print_hit(void *ctx, const struct row *row)
{
	struct reading *reading = ctx;
	const struct print *print = &reading->ask.print;
	bool around = str_is(row_get(row, F_WHAT), "context");
	struct str text = row_get(row, F_TEXT), line;

	if (str_is(row_get(row, F_WHAT), "summary"))
		return print_summary(reading, row);
	reading->rows += !around;
	if (print->json)
		return print_row(row,
		    around ? "what release path line text offset cut"
			   : "release path line end_line column length text offset cut in");
	if (reading->around && is_apart(reading, row))
		print_format("--\n");
	print_place(print, row);
	if (!row_has(row, F_LINE)) {
		print_format("\n");
		return 0;
	}
	print_format(around ? "-" : ":");
	if (!row_has(row, F_END_LINE)) {
		print_match(print, row);
		print_format("\n");
		return 0;
	}
	/* a match over several lines, each under its number */
	struct row one = *row;
	for (uint64_t number = row_get_num(row, F_LINE); str_next(&text, '\n', &line); number++) {
		row_set_num(&one, F_LINE, number);
		if (number > row_get_num(row, F_LINE)) {
			print_place(print, &one);
			print_format(":");
		}
		print_text(print, STYLE_MATCH, line);
		print_format("\n");
	}
	return 0;
}

static uint64_t
search_flags(const struct call *call)
{
	static const struct {
		const char *option;
		enum order_flag flag;
	} flags[] = {
		{ "ignore-case", ORDER_NOCASE },
		{ "word", ORDER_WORD },
		{ "literal", ORDER_LITERAL },
		{ "files", ORDER_FILES },
		{ "code", ORDER_CODE },
		{ "comments", ORDER_COMMENTS },
		{ "strings", ORDER_STRINGS },
		{ "multiline", ORDER_MULTILINE },
		{ "json", ORDER_IN },
	};
	uint64_t set = 0;

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (call_has(call, flags[i].option))
			set |= flags[i].flag;
	return set;
}

/* Runs an order over the releases of --in; ERR_ABSENT with `nothing` if no row came. */
static int
find(struct reading *reading, struct call *call, const char *nothing)
{
	struct buf releases = BUF(LIST_MAX);
	struct str names;

	int r = call_join(call, "in", ' ', &releases, &names);
	if (r == 0 && names.len)
		row_set(&reading->order.args, F_RELEASE, names);
	if (r == 0)
		r = read_rows(reading, call);
	if (r == 0 && reading->rows == 0)
		r = err_set(ERR_ABSENT, "%s: %s", call->arguments[0], nothing);
	if (reading->ask.call)
		r = ask_close(&reading->ask, r);
	buf_release(&releases);
	return r;
}

/* -A, -B and -C; either of the first two overrides the third. */
static int
read_context(struct reading *reading, const struct call *call)
{
	uint64_t before = 0, after = 0;

	int r = call_number(call, "context", &before);
	after = before;
	if (r == 0)
		r = call_number(call, "before", &before);
	if (r == 0)
		r = call_number(call, "after", &after);
	reading->around = before + after > 0;
	row_set_num(&reading->order.args, F_CONTEXT, before);
	row_set_num(&reading->order.args, F_AFTER, after);
	return r;
}

int
run_search(struct call *call)
{
	struct reading reading = { .order.verb = VERB_SEARCH, .row = print_hit, .before = BUF(SIZE_MAX / 2) };
	struct row *args = &reading.order.args;
	uint64_t limit = UINT64_MAX;

	int r = call_number(call, "limit", &limit);
	if (r == 0)
		r = read_context(&reading, call);
	if (r == 0 && call_argument(call, 0).len == 0)
		r = err_set(ERR_USAGE, "search: the pattern is empty");
	if (r < 0)
		return r;
	row_set(args, F_PATTERN, call_argument(call, 0));
	row_set_num(args, F_FLAGS, search_flags(call));
	if (call_has(call, "path"))
		row_set(args, F_GLOB, str_from(call_get(call, "path", "")));
	if (call_has(call, "lang"))
		row_set(args, F_LANGUAGE, str_from(call_get(call, "lang", "")));
	if (limit != UINT64_MAX)
		row_set_num(args, F_LIMIT, limit);
	r = find(&reading, call, "not found");
	buf_release(&reading.before);
	return r;
}

/* ---- symbols ---- */

static int
print_symbol(void *ctx, const struct row *row)
{
	struct reading *reading = ctx;
	const struct print *print = &reading->ask.print;
	struct str text = row_get(row, F_TEXT);

	if (str_is(row_get(row, F_WHAT), "summary"))
		return print->json ? print_summary(reading, row) : 0;
	reading->rows++;
	if (print->json)
		return print_row(row, SYMBOL_KEYS);
	print_place(print, row);
	print_format(":%llu: ", (unsigned long long)row_get_num(row, F_COLUMN));
	struct str role = row_get(row, F_ROLE);
	bool use = role.len && !str_is(role, "definition");
	print_text(print, STYLE_DIM, use ? role : row_get(row, F_KIND));
	print_format(" ");
	print_text(print, STYLE_BOLD, row_get(row, F_NAME));
	if (row_get(row, F_SCOPE).len) {
		print_format(" in ");
		print_text(print, STYLE_NONE, row_get(row, F_SCOPE));
	}
	if (str_is(row_get(row, F_TIER), "lexical"))
		print_style(print, STYLE_DIM, " (lexical)");
	while (text.len && isspace((unsigned char)*text.data))
		text = (struct str){ text.data + 1, text.len - 1 };
	if (text.len) {
		print_format("  ");
		print_match(print, &(struct row){ .bytes[F_TEXT] = text, .present = (uint64_t)1 << F_TEXT });
	}
	print_format("\n");
	return 0;
}

static int
find_name(struct call *call, enum verb verb, const char *nothing)
{
	struct reading reading = { .order.verb = verb, .row = print_symbol };

	row_set(&reading.order.args, F_NAME, call_argument(call, 0));
	if (verb == VERB_DEF || verb == VERB_REFS)
		row_set_num(&reading.order.args, F_FLAGS, call_has(call, "prefix") ? ORDER_PREFIX : 0);
	if (verb == VERB_DEF && call_has(call, "from"))
		row_set(&reading.order.args, F_PATH, str_from(call_get(call, "from", "")));
	return find(&reading, call, nothing);
}

int
run_def(struct call *call)
{
	return find_name(call, VERB_DEF, "no definition found");
}

int
run_refs(struct call *call)
{
	return find_name(call, VERB_REFS, "no reference found");
}

int
run_callers(struct call *call)
{
	return find_name(call, VERB_CALLERS, "no call found");
}

int
run_callees(struct call *call)
{
	return find_name(call, VERB_CALLEES, "it calls nothing that was found");
}

/* ---- outline ---- */

static int
print_outline(void *ctx, const struct row *row)
{
	struct reading *reading = ctx;
	const struct print *print = &reading->ask.print;

	reading->rows++;
	if (print->json)
		return print_row(row, SYMBOL_KEYS " level");
	print_style(print, STYLE_NUMBER, "%6llu", (unsigned long long)row_get_num(row, F_LINE));
	print_format("  %*s", 2 * (int)(row_get_num(row, F_LEVEL) & 31), "");
	print_text(print, STYLE_DIM, row_get(row, F_KIND));
	print_format(" ");
	print_text(print, STYLE_BOLD, row_get(row, F_NAME));
	print_format("\n");
	return 0;
}

int
run_outline(struct call *call)
{
	struct reading reading = { .order.verb = VERB_OUTLINE, .row = print_outline };
	struct anchor place;

	int r = place_read(call_argument(call, 0), &place);
	if (r < 0)
		return r;
	row_set(&reading.order.args, F_RELEASE, place.release);
	row_set(&reading.order.args, F_PATH, place.path);
	r = read_rows(&reading, call);
	if (r == 0 && reading.rows == 0)
		r = err_set(ERR_ABSENT, "%s: defines nothing that was found", call->arguments[0]);
	return reading.ask.call ? ask_close(&reading.ask, r) : r;
}
