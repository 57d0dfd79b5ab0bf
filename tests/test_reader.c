#include "tests/unit.h"

#include "tests/index_room.h"

#include "base/anchor.h"
#include "base/span.h"
#include "indexer/index/text.h"
#include "indexer/intake/segment_write.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELLO \
	"#include <stdio.h>\n" \
	"/* greets the world */\n" \
	"static int\n" \
	"greet(const char *whom)\n" \
	"{\n" \
	"\treturn printf(\"hello greet %s\\n\", whom);\n" \
	"}\n" \
	"\n" \
	"int\n" \
	"main(void)\n" \
	"{\n" \
	"\treturn greet(\"world\"); // greet\n" \
	"}\n"
#define HELLO_NEW \
	"#include <stdio.h>\n" \
	"/* greets the world */\n" \
	"static int\n" \
	"greet(const char *whom)\n" \
	"{\n" \
	"\treturn whom ? printf(\"hello greet %s\\n\", whom) : -1;\n" \
	"}\n" \
	"\n" \
	"int\n" \
	"main(void)\n" \
	"{\n" \
	"\treturn greet(\"world\"); // greet\n" \
	"}\n"
#define NOTES "One\nTwo\nThree greet\nFour\nFive\nSix\nSeven\nEight\n"

static struct test {
	struct index_room room;
	struct asker asker;
	struct reply reply;
	struct buf long_line, many_lines;
} t;

static void
make_texts(void)
{
	t.long_line = BUF((size_t)1 << 20);
	t.many_lines = BUF((size_t)4 << 20);
	for (unsigned i = 0; i < 150000; i++)
		assert_int_equal(buf_text(&t.long_line, i % 1000 ? "a" : "\xc3\xa9"), 0);
	assert_int_equal(buf_text(&t.long_line, "\nlast"), 0);
	for (unsigned i = 1; i <= 20000; i++)
		assert_int_equal(buf_printf(&t.many_lines, "line %u of many that fill pages\n", i), 0);
}

static int
set_up(void **state)
{
	(void)state;
	make_texts();
	index_room_open(&t.room);
	const struct test_file first[] = {
		{ "bin", STR("a\0b\n"), 0 },
		{ "docs/notes.txt", STR(NOTES), 0 },
		{ "docs/old.txt", STR("alpha\nbeta\ngamma\ndelta\n"), 0 },
		{ "empty", STR(""), 0 },
		{ "long.txt", buf_view(&t.long_line), 0 },
		{ "many.txt", buf_view(&t.many_lines), 0 },
		{ "src/hello.c", STR(HELLO), 0 },
		{ "src/link", STR("hello.c"), 0120000 },
		{ "vendor", STR(""), 0160000 },
		{ "wide.txt",
		    STR("\xff\xfe"
			"a\0"),
		    0 },
	};
	const struct test_file second[] = {
		{ "bin", STR("a\0b\n"), 0 },
		{ "docs/new.txt", STR("alpha\nbeta\ngamma\ndelta\nepsilon\n"), 0 },
		{ "docs/notes.txt", STR(NOTES), 0100755 },
		{ "empty", STR(""), 0 },
		{ "moved/many.txt", buf_view(&t.many_lines), 0 },
		{ "src/hello.c", STR(HELLO_NEW), 0 },
	};
	index_room_add(&t.room, "1.0", first, sizeof first / sizeof *first);
	index_room_add(&t.room, "1.1", second, sizeof second / sizeof *second);
	asker_open(&t.asker, &t.room);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	int status = asker_close(&t.asker);
	index_room_close(&t.room);
	buf_release(&t.long_line);
	buf_release(&t.many_lines);
	return status;
}

/* Asks with fields "name=value ..." given pairwise, until F_COUNT; numbers as strings. */
static void
ask(enum verb verb, ...)
{
	struct row args = { 0 };
	va_list ap;
	int field;

	va_start(ap, verb);
	while ((field = va_arg(ap, int)) != F_COUNT) {
		if (field_kind((enum field)field) == FIELD_NUM)
			row_set_num(&args, (enum field)field, va_arg(ap, uint64_t));
		else
			row_set(&args, (enum field)field, str_from(va_arg(ap, const char *)));
	}
	va_end(ap);
	reply_release(&t.reply);
	asker_ask(&t.asker, verb, &args, &t.reply);
}

#define NUM(n) ((uint64_t)(n))
#define ASK(verb, ...) ask(VERB_##verb, __VA_ARGS__, F_COUNT)

static const struct row *
row(size_t i)
{
	assert_true(i < t.reply.count);
	return &t.reply.rows[i];
}

static void
is(size_t i, enum field field, const char *value)
{
	struct str s = row_get(row(i), field);
	if (!str_is(s, value))
		fail_msg("row %zu: %s is '%.*s', not '%s'", i, field_key(field), STR_ARG(s), value);
}

static void
is_num(size_t i, enum field field, uint64_t value)
{
	if (!row_has(row(i), field) || row_get_num(row(i), field) != value)
		fail_msg("row %zu: %s is %llu, not %llu", i, field_key(field),
		    (unsigned long long)row_get_num(row(i), field), (unsigned long long)value);
}

static void
rows(size_t count)
{
	if (t.reply.code != 0)
		fail_msg("failed: %s", t.reply.why);
	assert_int_equal(t.reply.count, count);
}

/* ---- files ---- */

static void
ls_lists_a_level_or_all(void **state)
{
	(void)state;
	ASK(LS, F_RELEASE, "1.0", F_PATH, "");
	rows(8);
	is(0, F_PATH, "bin");
	is(0, F_STATUS, "binary");
	is(1, F_PATH, "docs");
	is(1, F_KIND, "directory");
	is(1, F_MODE, "040000");
	is_num(1, F_FILES, 2);
	is(2, F_PATH, "empty");
	is(5, F_PATH, "src");
	is(6, F_KIND, "submodule");
	is(7, F_STATUS, "utf-16");
	ASK(LS, F_RELEASE, "1.0", F_PATH, "", F_FLAGS, NUM(ORDER_RECURSE));
	rows(10);
	is(6, F_PATH, "src/hello.c");
	is(6, F_STATUS, "parsed");
	is(6, F_LANGUAGE, "c");
	is_num(6, F_LINES, 13);
	is(7, F_KIND, "link");
	ASK(LS, F_RELEASE, "1.0", F_PATH, "src/");
	rows(2);
	ASK(LS, F_RELEASE, "1.0", F_PATH, "src/hello.c");
	rows(1);
	ASK(LS, F_RELEASE, "1.0", F_PATH, "nowhere");
	assert_int_equal(t.reply.code, ERR_ABSENT);
	ASK(LS, F_RELEASE, "9.9", F_PATH, "");
	assert_int_equal(t.reply.code, ERR_ABSENT);
}

static void
find_is_fuzzy(void **state)
{
	(void)state;
	ASK(FIND, F_RELEASE, "1.0", F_PATTERN, "hello");
	rows(1);
	is(0, F_PATH, "src/hello.c");
	ASK(FIND, F_RELEASE, "1.0", F_PATTERN, "", F_LIMIT, NUM(3));
	rows(3);
}

static void
skipped_says_what_and_why(void **state)
{
	(void)state;
	ASK(SKIPPED, F_RELEASE, "1.0");
	rows(4);
	is(0, F_PATH, "bin");
	is(0, F_WHAT, "binary");
	is(1, F_WHAT, "submodule");
	is(2, F_WHAT, "utf-16");
	is(3, F_PATH, "odd");
	is(3, F_WHY, "a link out of the archive");
}

/* ---- pages ---- */

static void
page_gives_lines(void **state)
{
	(void)state;
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "docs/notes.txt", F_LINE, NUM(2), F_END_LINE, NUM(3));
	rows(1);
	is(0, F_TEXT, "Two\nThree greet\n");
	is_num(0, F_LINE, 2);
	is_num(0, F_END_LINE, 3);
	is_num(0, F_LINES, 8);
	assert_int_equal(t.reply.units[0].first, 2);
	assert_int_equal(t.reply.units[0].last, 3);
	assert_true(str_is(t.reply.units[0].path, "docs/notes.txt"));
	assert_true(str_eq(t.reply.units[0].blob, row_get(row(0), F_BLOB)));
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "docs/notes.txt", F_LINE, NUM(9));
	assert_int_equal(t.reply.code, ERR_ABSENT);
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "docs");
	assert_int_equal(t.reply.code, ERR_ABSENT);
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "empty");
	rows(1);
	is_num(0, F_LINES, 0);
	is(0, F_TEXT, "");
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "bin");
	rows(1);
	is(0, F_STATUS, "binary");
}

static struct str
whole_text(struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < t.reply.count; i++) {
		struct str text = row_get(row(i), F_TEXT);
		assert_true(text.len <= PAGE_BYTES);
		assert_int_equal(buf_str(out, text), 0);
	}
	return buf_view(out);
}

static void
pages_put_together_are_the_file(void **state)
{
	struct buf text = BUF((size_t)4 << 20);

	(void)state;
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "many.txt", F_LINE, NUM(1), F_END_LINE, UINT64_MAX);
	rows(79);
	assert_int_equal(t.reply.unit_count > 60, 1);
	assert_true(str_eq(whole_text(&text), buf_view(&t.many_lines)));
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "long.txt", F_LINE, NUM(1), F_END_LINE, UINT64_MAX);
	rows(4);
	is_num(1, F_LINE, 1);
	assert_true(row_get_num(row(1), F_OFFSET) == row_get(row(0), F_TEXT).len);
	assert_true(row_get_num(row(0), F_CUT) + row_get(row(0), F_TEXT).len == t.long_line.len - 4);
	is(3, F_TEXT, "last");
	is_num(3, F_LINE, 2);
	assert_true(str_eq(whole_text(&text), buf_view(&t.long_line)));
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "long.txt", F_LINE, NUM(1), F_OFFSET, NUM(150000));
	rows(1);
	assert_true(row_get(row(0), F_TEXT).len == t.long_line.len - 4 - 150000);
	assert_false(row_has(row(0), F_CUT));
	buf_release(&text);
}

static void
pages_come_with_highlights(void **state)
{
	uint64_t end = 0;
	struct span span;
	bool comment = false;

	(void)state;
	ASK(PAGE, F_RELEASE, "1.0", F_PATH, "src/hello.c", F_LINE, NUM(2), F_FLAGS, NUM(ORDER_SPANS));
	rows(1);
	struct dec dec = dec_of(row_get(row(0), F_SPANS));
	while (span_decode(&dec, &end, &span))
		comment |= span.class == SPAN_COMMENT && span.start == 0 &&
		    span.len == strlen("/* greets the world */");
	assert_int_equal(dec_end(&dec, "spans"), 0);
	assert_true(comment);
}

static void
an_anchor_names_its_function(void **state)
{
	struct anchor anchor, wanted = { .first = 6, .last = 6 };

	(void)state;
	ASK(ANCHOR, F_RELEASE, "1.0", F_PATH, "src/hello.c", F_LINE, NUM(6), F_END_LINE, NUM(6));
	rows(1);
	assert_int_equal(anchor_from_row(row(0), &anchor), 0);
	assert_int_equal(anchor_hash(&wanted, STR(HELLO)), 0);
	assert_string_equal(anchor.text, wanted.text);
	assert_string_equal(anchor.context, wanted.context);
	assert_true(str_is(anchor.symbol, "greet"));
	ASK(ANCHOR, F_RELEASE, "1.0", F_PATH, "src/hello.c", F_LINE, NUM(0), F_END_LINE, NUM(0));
	rows(1);
	ASK(ANCHOR, F_RELEASE, "1.0", F_PATH, "src/hello.c", F_LINE, NUM(14), F_END_LINE, NUM(14));
	assert_int_equal(t.reply.code, ERR_ABSENT);
}

/* ---- search ---- */

static void
search_gives_context(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "T(wo|hree)|Seven", F_GLOB, "docs/", F_CONTEXT, NUM(1),
	    F_AFTER, NUM(2));
	rows(9);
	for (size_t i = 0; i < 8; i++)
		is_num(i, F_LINE, i + 1);
	is(0, F_WHAT, "context");
	is(1, F_WHAT, "hit");
	is(2, F_WHAT, "hit");
	is(3, F_WHAT, "context");
	is(5, F_TEXT, "Six");
	is(6, F_WHAT, "hit");
	is(7, F_WHAT, "context");
	is_num(8, F_HITS, 3);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "One|Eight", F_CONTEXT, NUM(1));
	rows(5);
	is(1, F_TEXT, "Two");
	is(2, F_TEXT, "Seven");
	/* up to the limit, and the lines behind its last hit */
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "Two|Seven", F_LIMIT, NUM(1), F_CONTEXT, NUM(0), F_AFTER,
	    NUM(1));
	rows(3);
	is(1, F_TEXT, "Three greet");
	is(2, F_WHY, "1 binary, stopped at the limit of rows");
}

static void
search_over_several_lines(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "int\\s+greet\\([^)]*\\)\\s*\\{", F_FLAGS,
	    NUM(ORDER_MULTILINE));
	rows(2);
	is(0, F_PATH, "src/hello.c");
	is_num(0, F_LINE, 3);
	is_num(0, F_END_LINE, 5);
	is_num(0, F_COLUMN, 8);
	is(0, F_TEXT, "static int\ngreet(const char *whom)\n{");
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "Two\nThree", F_FLAGS, NUM(ORDER_MULTILINE | ORDER_LITERAL));
	rows(2);
	is(0, F_PATH, "docs/notes.txt");
	is_num(0, F_END_LINE, 3);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "Two\nThree", F_FLAGS, NUM(ORDER_LITERAL));
	assert_int_equal(t.reply.code, ERR_USAGE);
	/* each line but once, and nothing behind the last newline */
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "^[A-Z]", F_GLOB, "docs/notes.txt", F_FLAGS,
	    NUM(ORDER_MULTILINE));
	rows(9);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "x*", F_GLOB, "docs/notes.txt", F_FLAGS,
	    NUM(ORDER_MULTILINE));
	rows(9);
}

static void
search_in_several_releases(void **state)
{
	(void)state;
	ASK(SEARCH, F_PATTERN, "Three", F_FLAGS, NUM(ORDER_LITERAL));
	rows(3);
	is(0, F_RELEASE, "1.0");
	is(1, F_RELEASE, "1.1");
	is(1, F_PATH, "docs/notes.txt");
	is_num(2, F_FILES, 2);
	is_num(2, F_SEARCHED, 6 + 5);
	ASK(SEARCH, F_PATTERN, "no such thing", F_FLAGS, NUM(ORDER_LITERAL));
	rows(1);
	is_num(0, F_SEARCHED, 6 + 5);
}

static void
search_finds_lines_in_path_order(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(ORDER_LITERAL | ORDER_IN));
	rows(6);
	is(0, F_PATH, "docs/notes.txt");
	is_num(0, F_LINE, 3);
	is_num(0, F_COLUMN, 7);
	is(1, F_PATH, "src/hello.c");
	is_num(1, F_LINE, 2);
	is(1, F_IN, "comment");
	is_num(2, F_LINE, 4);
	is(2, F_IN, "code");
	is(3, F_IN, "string");
	is(4, F_TEXT, "\treturn greet(\"world\"); // greet");
	is(5, F_WHAT, "summary");
	is_num(5, F_HITS, 5);
	is_num(5, F_FILES, 2);
	is_num(5, F_SEARCHED, 6);
	is_num(5, F_NOT_SEARCHED, 2);
	is(5, F_WHY, "1 binary, 1 UTF-16");
	ASK(SEARCH, F_PATTERN, "whom\\b.*-1", F_FLAGS, NUM(0));
	rows(2);
	is(0, F_RELEASE, "1.1");
	is_num(0, F_LINE, 6);
}

static void
search_is_narrowed(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(ORDER_LITERAL | ORDER_COMMENTS));
	rows(2);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(ORDER_LITERAL | ORDER_WORD));
	rows(5);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "GREET", F_FLAGS, NUM(ORDER_NOCASE | ORDER_FILES));
	rows(3);
	assert_false(row_has(row(0), F_LINE));
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(0), F_GLOB, "*.c");
	rows(5);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(0), F_LANGUAGE, "c");
	rows(5);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(0), F_LIMIT, NUM(1));
	rows(2);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "greet", F_FLAGS, NUM(0), F_LANGUAGE, "klingon");
	assert_int_equal(t.reply.code, ERR_USAGE);
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "(", F_FLAGS, NUM(0));
	assert_int_equal(t.reply.code, ERR_USAGE);
}

static void
many_hits_come_in_units(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "of many", F_FLAGS, NUM(ORDER_LITERAL));
	rows(20001);
	assert_int_equal(t.reply.units[0].rows, HITS_FIRST);
	assert_int_equal(t.reply.units[1].rows, HITS_UNIT);
	assert_int_equal(t.reply.unit_count, 4);
	is_num(19999, F_LINE, 20000);
}

static void
a_hit_far_out_is_shown_cut(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN,
	    "\xc3\xa9"
	    "a+$",
	    F_FLAGS, NUM(0));
	rows(2);
	const struct row *hit = row(0);
	uint64_t column = row_get_num(hit, F_COLUMN), offset = row_get_num(hit, F_OFFSET);
	struct str text = row_get(hit, F_TEXT);
	assert_true(column > offset && column - offset <= text.len);
	assert_memory_equal(text.data + (column - 1 - offset), "\xc3\xa9", 2);
	assert_int_equal(offset + text.len + row_get_num(hit, F_CUT), t.long_line.len - 5);
}

static void
a_dear_pattern_is_said(void **state)
{
	(void)state;
	ASK(SEARCH, F_RELEASE, "1.0", F_PATTERN, "(a|aa)+[xyz]$", F_FLAGS, NUM(0), F_GLOB, "long.txt");
	rows(1);
	is_num(0, F_NOT_SEARCHED, 1);
	is_num(0, F_SEARCHED, 0);
}

/* ---- names ---- */

static void
def_finds_the_definition(void **state)
{
	(void)state;
	ASK(DEF, F_RELEASE, "1.0", F_NAME, "greet");
	rows(1);
	is(0, F_PATH, "src/hello.c");
	is(0, F_KIND, "function");
	is(0, F_ROLE, "definition");
	is(0, F_TIER, "syntax");
	is_num(0, F_LINE, 4);
	is_num(0, F_COLUMN, 1);
	is_num(0, F_END_LINE, 7);
	is(0, F_TEXT, "greet(const char *whom)");
	ASK(DEF, F_NAME, "greet");
	rows(2);
	is(1, F_RELEASE, "1.1");
	ASK(DEF, F_RELEASE, "1.0", F_NAME, "nothing");
	rows(0);
	ASK(DEF, F_RELEASE, "1.0", F_NAME, "gr", F_FLAGS, NUM(ORDER_PREFIX));
	rows(1);
}

static void
refs_miss_nothing(void **state)
{
	bool lexical = false, call = false;

	(void)state;
	ASK(REFS, F_RELEASE, "1.0", F_NAME, "greet");
	rows(3);
	for (size_t i = 0; i < 3; i++) {
		bool notes = str_is(row_get(row(i), F_PATH), "docs/notes.txt");
		assert_int_equal(str_is(row_get(row(i), F_TIER), "lexical"), notes);
		lexical |= notes;
		if (row_get_num(row(i), F_LINE) == 12) {
			call = true;
			is(i, F_ROLE, "call");
			is(i, F_SCOPE, "main");
			is_num(i, F_COLUMN, 9);
		}
	}
	assert_true(lexical && call);
}

static void
callers_and_callees_are_calls(void **state)
{
	(void)state;
	ASK(CALLERS, F_RELEASE, "1.0", F_NAME, "greet");
	rows(1);
	is(0, F_PATH, "src/hello.c");
	is_num(0, F_LINE, 12);
	is(0, F_ROLE, "call");
	is(0, F_SCOPE, "main");
	is(0, F_TIER, "syntax");
	ASK(CALLEES, F_RELEASE, "1.0", F_NAME, "main");
	rows(1);
	is(0, F_NAME, "greet");
	is_num(0, F_LINE, 12);
	ASK(CALLEES, F_NAME, "greet");
	rows(2);
	is(1, F_RELEASE, "1.1");
	is(1, F_NAME, "printf");
	is(1, F_SCOPE, "greet");
	ASK(CALLEES, F_RELEASE, "1.0", F_NAME, "printf");
	rows(0);
}

static void
prose_calls_nothing(void **state)
{
	const struct test_file files[] = {
		{ "a.md", STR("How sing() is called: sing(1).\n"), 0 },
		{ "b.pod", STR("=head1 sing(3)\n\n    sing(1);\n"), 0 },
		{ "c.rst", STR("sing(1)\n"), 0 },
		{ "d.html", STR("<script>\nsing(1);\n</script>\n"), 0 },
		{ "e.awk", STR("{ sing(1) }\n"), 0 },
	};

	(void)state;
	index_room_add(&t.room, "2.2", files, sizeof files / sizeof *files);
	asker_releases(&t.asker, &t.room);
	ASK(CALLERS, F_RELEASE, "2.2", F_NAME, "sing");
	rows(2);
	is(0, F_PATH, "d.html");
	is_num(0, F_LINE, 2);
	is(1, F_PATH, "e.awk");
	ASK(REFS, F_RELEASE, "2.2", F_NAME, "sing");
	assert_true(t.reply.count >= 5);
}

/* A line in which every second byte is a span of its own: pages are shorter, and all of it is highlighted. */
static void
dense_highlights_are_not_cut(void **state)
{
	struct buf text = BUF((size_t)1 << 20);
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i < 40000; i++)
		assert_int_equal(buf_text(&text, "1+2;"), 0);
	const struct test_file files[] = { { "dense.js", buf_view(&text), 0 } };
	index_room_add(&t.room, "3.0", files, 1);
	asker_releases(&t.asker, &t.room);
	ASK(PAGE, F_RELEASE, "3.0", F_PATH, "dense.js", F_LINE, NUM(1), F_END_LINE, NUM(1), F_FLAGS,
	    NUM(ORDER_SPANS));
	assert_int_equal(t.reply.code, 0);
	for (size_t i = 0; i < t.reply.count; i++) {
		struct str part = row_get(row(i), F_TEXT);
		struct dec dec = dec_of(row_get(row(i), F_SPANS));
		struct span span;
		uint64_t end = 0;
		assert_memory_equal(text.data + at, part.data, part.len);
		at += part.len;
		while (span_decode(&dec, &end, &span))
			;
		assert_false(dec.bad);
		assert_true(end + 4 >= part.len);
	}
	assert_int_equal(at, text.len);
	buf_release(&text);
}

static void
what_is_not_its_id_is_not_served(void **state)
{
	struct buf text = BUF((size_t)4 << 20);

	(void)state;
	while (text.len < 3 * TEXT_CHECK_SOON)
		assert_int_equal(buf_text(&text, "int line;\n"), 0);
	const struct test_file files[] = { { "large.c", buf_view(&text), 0, true },
		{ "small.c", STR("int small;\n"), 0, true } };
	index_room_add(&t.room, "4.0", files, 2);
	asker_releases(&t.asker, &t.room);
	ASK(PAGE, F_RELEASE, "4.0", F_PATH, "small.c", F_LINE, NUM(1));
	assert_int_equal(t.reply.code, ERR_FORMAT);
	assert_int_equal(t.reply.count, 0);
	/* the first page rests on the chunks' hashes; by its end it is known, and nothing follows */
	ASK(PAGE, F_RELEASE, "4.0", F_PATH, "large.c", F_LINE, NUM(1));
	assert_int_equal(t.reply.code, ERR_FORMAT);
	assert_non_null(strstr(t.reply.why, "is not what its id says"));
	assert_int_equal(t.reply.count, 1);
	for (unsigned line = 1; line < 3000; line += 2000) {
		ASK(PAGE, F_RELEASE, "4.0", F_PATH, "large.c", F_LINE, NUM(line));
		assert_int_equal(t.reply.code, ERR_FORMAT);
		assert_int_equal(t.reply.count, 0);
	}
	ASK(PAGE, F_RELEASE, "4.0", F_PATH, "large.c", F_LINE, NUM(1), F_END_LINE, NUM(2));
	assert_int_equal(t.reply.count, 0);
	buf_release(&text);
}

static void
definitions_are_ranked_from_a_file(void **state)
{
	static const char *const wanted[] = { "app/main.cpp", "util/near.h", "lib/deep.h.in", "app/other.c",
		"zzz/far.c", "a/far.py" };
	const struct test_file files[] = {
		{ "a/far.py", STR("def f():\n    return 1\n"), 0 },
		{ "app/main.cpp", STR("#include \"util/near.h\"\nstatic int f(void) { return 1; }\n"), 0 },
		{ "app/other.c", STR("static int f(void) { return 2; }\n"), 0 },
		{ "lib/deep.h.in", STR("static inline int f(void) { return 3; }\n"), 0 },
		{ "util/near.h", STR("#include <deep.h>\nstatic inline int f(void) { return 4; }\n"), 0 },
		{ "zzz/far.c", STR("static int f(void) { return 5; }\n"), 0 },
	};

	(void)state;
	index_room_add(&t.room, "2.0", files, sizeof files / sizeof *files);
	asker_releases(&t.asker, &t.room);
	ASK(DEF, F_RELEASE, "2.0", F_NAME, "f", F_PATH, "app/main.cpp");
	rows(6);
	for (size_t i = 0; i < 6; i++)
		is(i, F_PATH, wanted[i]);
	ASK(DEF, F_RELEASE, "2.0", F_NAME, "f");
	rows(6);
	is(0, F_PATH, "a/far.py");
}

/* Of each language, one method that calls another through a field. */
static void
callers_through_fields(void **state)
{
	const struct test_file files[] = {
		{ "a.java", STR("class A {\n\tvoid run() {\n\t\tstore.reach();\n\t}\n}\n"), 0 },
		{ "b.cs", STR("class B {\n\tvoid Run() {\n\t\tstore.reach();\n\t}\n}\n"), 0 },
		{ "c.py", STR("class C:\n    def run(self):\n        self.store.reach()\n"), 0 },
		{ "d.go", STR("package d\nfunc (d *D) run() {\n\td.store.reach()\n}\n"), 0 },
		{ "e.rs", STR("impl E {\nfn run(&self) {\n\tself.store.reach();\n}\n}\n"), 0 },
		{ "f.js", STR("class F {\n\trun() {\n\t\tthis.store.reach();\n\t}\n}\n"), 0 },
		{ "g.ts", STR("class G {\n\trun(): void {\n\t\tthis.store!.reach();\n\t}\n}\n"), 0 },
		{ "h.php", STR("<?php class H {\nfunction run() {\n\t$this->store->reach();\n}\n}\n"), 0 },
		{ "i.rb", STR("class I\n  def run\n    @store.reach\n  end\nend\n"), 0 },
		{ "j.kt", STR("class J {\n    fun run() {\n        store.reach()\n    }\n}\n"), 0 },
		{ "k.lua", STR("local K = {}\nfunction K:run()\n  self.store:reach()\nend\n"), 0 },
	};
	static const char *const scopes[] = { "A.run", "B.Run", "C.run", "D.run", "E::run", "F.run", "G.run",
		"H::run", "I::run", "J.run", "K.run" };
	size_t count = sizeof files / sizeof *files;

	(void)state;
	index_room_add(&t.room, "2.1", files, count);
	asker_releases(&t.asker, &t.room);
	ASK(CALLERS, F_RELEASE, "2.1", F_NAME, "reach");
	rows(count);
	for (size_t i = 0; i < count; i++) {
		is(i, F_PATH, files[i].path);
		is_num(i, F_LINE, 3);
		is(i, F_SCOPE, scopes[i]);
	}
	ASK(CALLEES, F_RELEASE, "2.1", F_NAME, "run");
	rows(count - 1);
}

static void
outline_is_in_line_order(void **state)
{
	(void)state;
	ASK(OUTLINE, F_RELEASE, "1.0", F_PATH, "src/hello.c");
	rows(2);
	is(0, F_NAME, "greet");
	is(1, F_NAME, "main");
	is_num(1, F_LEVEL, 0);
	ASK(OUTLINE, F_RELEASE, "1.0", F_PATH, "docs/notes.txt");
	rows(0);
	ASK(SYMBOLS, F_RELEASE, "1.0", F_PATTERN, "grt");
	rows(1);
	is(0, F_NAME, "greet");
}

/* ---- two releases ---- */

static void
diff_files_says_what_changed(void **state)
{
	(void)state;
	ASK(DIFF_FILES, F_RELEASE, "1.0 1.1", F_FLAGS, NUM(ORDER_COUNTS));
	rows(8);
	is(0, F_CHANGE, "renamed");
	is(0, F_OLD_PATH, "docs/old.txt");
	is(0, F_NEW_PATH, "docs/new.txt");
	is_num(0, F_ADDED, 1);
	is_num(0, F_REMOVED, 0);
	is(1, F_CHANGE, "mode");
	is(1, F_NEW_MODE, "100755");
	is(2, F_CHANGE, "removed");
	is(2, F_OLD_PATH, "long.txt");
	is(3, F_CHANGE, "renamed");
	is(3, F_NEW_PATH, "moved/many.txt");
	is_num(3, F_SCORE, 100);
	is(4, F_CHANGE, "changed");
	is_num(4, F_ADDED, 1);
	is_num(4, F_REMOVED, 1);
	ASK(DIFF_FILES, F_RELEASE, "1.0 1.1", F_GLOB, "src/*.c");
	rows(1);
	ASK(DIFF_FILES, F_RELEASE, "1.1 1.1");
	rows(0);
	ASK(DIFF_FILES, F_RELEASE, "1.0");
	assert_int_equal(t.reply.code, ERR_USAGE);
}

static void
diff_lines_gives_hunks(void **state)
{
	(void)state;
	ASK(DIFF_LINES, F_RELEASE, "1.0 1.1", F_OLD_PATH, "src/hello.c", F_NEW_PATH, "src/hello.c", F_CONTEXT,
	    NUM(1), F_FLAGS, NUM(ORDER_SPANS));
	rows(4);
	is(0, F_SIGN, " ");
	is(0, F_TEXT, "{\n");
	is_num(0, F_OLD_LINE, 5);
	is(1, F_SIGN, "-");
	is_num(1, F_OLD_LINE, 6);
	is(2, F_SIGN, "+");
	is_num(2, F_NEW_LINE, 6);
	is(3, F_TEXT, "}\n");
	assert_true(row_get(row(2), F_SPANS).len > 0);
	ASK(DIFF_LINES, F_RELEASE, "1.0 1.1", F_NEW_PATH, "docs/new.txt");
	rows(5);
	is(4, F_SIGN, "+");
	ASK(DIFF_LINES, F_RELEASE, "1.0 1.1", F_OLD_PATH, "bin", F_NEW_PATH, "bin");
	rows(1);
	is(0, F_WHAT, "note");
}

/* ---- the loop, and what kills it ---- */

static void
orders_in_flight_are_answered_in_turn(void **state)
{
	struct row args = { 0 };
	struct message message;
	uint64_t first = t.asker.order + 1, last;

	(void)state;
	row_set(&args, F_RELEASE, STR("1.0"));
	row_set(&args, F_PATH, STR("many.txt"));
	row_set_num(&args, F_LINE, 1);
	row_set_num(&args, F_END_LINE, UINT64_MAX);
	for (int i = 0; i < MESSAGE_ORDERS; i++)
		last = asker_send(&t.asker, VERB_PAGE, &args);
	for (uint64_t order = first; order <= last;) {
		asker_next(&t.asker, &message);
		assert_int_equal(message.order, order);
		assert_int_not_equal(message.kind, MSG_FAIL);
		order += message.kind == MSG_DONE;
	}
}

static void
cancel(uint64_t order)
{
	struct buf packet = BUF(MESSAGE_MAX);

	assert_int_equal(message_begin(&packet, MSG_CANCEL, order), 0);
	assert_int_equal(wire_send(&t.asker.wire, &packet), 0);
	buf_release(&packet);
}

static void
an_order_can_be_cancelled(void **state)
{
	struct row args = { 0 };
	struct message message;

	(void)state;
	row_set(&args, F_PATTERN, STR("(a|aa|[line of]|\\w)+[#~]$"));
	uint64_t running = asker_send(&t.asker, VERB_SEARCH, &args);
	uint64_t waiting = asker_send(&t.asker, VERB_SEARCH, &args);
	cancel(running);
	cancel(waiting);
	for (uint64_t order = running; order <= waiting; order++) {
		do
			asker_next(&t.asker, &message);
		while (message.kind == MSG_PART || message.kind == MSG_FACTS);
		assert_int_equal(message.order, order);
		assert_int_equal(message.kind, MSG_FAIL);
		assert_int_equal(message_failed(message.body), ERR_CANCELLED);
	}
}

static void
an_order_that_is_none_is_refused(void **state)
{
	struct buf packet = BUF(MESSAGE_MAX);
	struct message message;

	(void)state;
	assert_int_equal(message_begin(&packet, MSG_READ, ++t.asker.order), 0);
	assert_int_equal(buf_text(&packet, "\x63\x01"), 0);
	assert_int_equal(wire_send(&t.asker.wire, &packet), 0);
	asker_next(&t.asker, &message);
	assert_int_equal(message.kind, MSG_FAIL);
	assert_int_equal(message_failed(message.body), ERR_FORMAT);
	buf_release(&packet);
}

/* The child of `parent`, from /proc. */
static pid_t
child_of(pid_t parent)
{
	char path[64];
	int child = 0;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	for (int tries = 0; child == 0 && tries < 10000; tries++) {
		FILE *file = fopen(path, "r");
		assert_non_null(file);
		if (fscanf(file, "%d", &child) != 1)
			child = 0;
		fclose(file);
	}
	assert_true(child > 0);
	return child;
}

/* What comes until the death is told: whole messages only. */
static void
until_death(void)
{
	struct message message;

	do
		asker_next(&t.asker, &message);
	while (message.kind != MSG_DIED);
	struct death death;
	assert_int_equal(death_decode(message.body, &death), 0);
	assert_int_equal(death.signal, SIGKILL);
	assert_true(str_is(death.process, "reader") && death.call.len == 0);
}

static void
a_reader_killed_while_paging_comes_back(void **state)
{
	struct row args = { 0 };
	struct message message;

	(void)state;
	row_set(&args, F_RELEASE, STR("1.0"));
	row_set(&args, F_PATH, STR("many.txt"));
	row_set_num(&args, F_LINE, 1);
	row_set_num(&args, F_END_LINE, UINT64_MAX);
	for (int round = 0; round < 5; round++) {
		uint64_t order = asker_send(&t.asker, VERB_PAGE, &args);
		asker_next(&t.asker, &message);
		assert_int_equal(message.kind, MSG_PART);
		assert_int_equal(message.order, order);
		kill(child_of(t.asker.pid), SIGKILL);
		until_death();
		/* meant for the reader that died: nobody answers it */
		asker_send(&t.asker, VERB_PAGE, &args);
		asker_releases(&t.asker, &t.room);
		ASK(PAGE, F_RELEASE, "1.0", F_PATH, "docs/notes.txt");
		rows(1);
	}
}

/* ---- while the syntax of a large release is not there yet ---- */

static void
renew(struct index_room *room)
{
	struct release release;
	struct dec dec = dec_of(buf_view(&room->releases));
	struct index_result result;
	uint8_t digest[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];
	struct buf releases = BUF(MESSAGE_MAX);

	assert_int_equal(index_unfinished(room->index), 1);
	assert_int_equal(index_finish(room->index), 0);
	assert_true(release_decode(&dec, &release));
	assert_true(hex_to(release.segment, digest, sizeof digest));
	assert_int_equal(index_release_renew(room->index, digest, &result), 0);
	assert_true(result.finished && result.count == 2);
	hex_from(result.segment, SHA256_LEN, hex);
	release.segment = str_from(hex);
	assert_int_equal(release_encode(&releases, &release), 0);
	index_result_release(&result);
	buf_release(&room->releases);
	room->releases = releases;
}

static void
words_answer_until_syntax_is_there(void **state)
{
	size_t len = INDEX_SMALL + 2;
	char *filler = malloc(len);
	struct test here = t; /* of the others' room */

	(void)state;
	assert_non_null(filler);
	memset(filler, 'x', len);
	for (size_t i = 0; i < len; i += 64)
		filler[i] = '\n';
	t = (struct test){ 0 };
	index_room_open(&t.room);
	struct test_file files[] = {
		{ .path = "a.c", .bytes = STR("int twice(int a)\n{\n\treturn 2 * a;\n}\n") },
		{ .path = "b.txt", .bytes = { filler, len } },
	};
	index_room_add(&t.room, "big", files, 2);
	asker_open(&t.asker, &t.room);
	ASK(SKIPPED, F_RELEASE, "big");
	rows(2); /* with the odd entry that every release of the tests has */
	is(0, F_PATH, "a.c");
	is(0, F_WHAT, "not-parsed");
	is(0, F_WHY, "not yet: the index is being completed");
	ASK(REFS, F_RELEASE, "big", F_NAME, "twice");
	rows(1);
	is(0, F_TIER, "lexical");
	ASK(PAGE, F_RELEASE, "big", F_PATH, "a.c", F_LINE, NUM(1), F_END_LINE, NUM(1));
	is(0, F_TEXT, "int twice(int a)\n");
	ASK(SEARCH, F_RELEASE, "big", F_PATTERN, "twice", F_FLAGS, NUM(ORDER_IN));
	rows(2);
	assert_false(row_has(row(0), F_IN));
	ASK(SEARCH, F_RELEASE, "big", F_PATTERN, "twice", F_FLAGS, NUM(ORDER_COMMENTS));
	rows(1);
	is_num(0, F_NOT_SEARCHED, 1);
	assert_true(str_starts(row_get(row(0), F_WHY), STR("1 not yet")));
	renew(&t.room);
	asker_releases(&t.asker, &t.room);
	ASK(DEF, F_RELEASE, "big", F_NAME, "twice");
	rows(1);
	is(0, F_TIER, "syntax");
	ASK(SEARCH, F_RELEASE, "big", F_PATTERN, "twice", F_FLAGS, NUM(ORDER_CODE));
	rows(2);
	is(0, F_IN, "code");
	ASK(SKIPPED, F_RELEASE, "big");
	rows(1);
	assert_int_equal(asker_close(&t.asker), 0);
	index_room_close(&t.room);
	reply_release(&t.reply);
	free(filler);
	t = here;
}

/* More than one packet holds; the list that was there before is gone. */
static void
a_thousand_releases_are_told_in_pieces(void **state)
{
	struct buf kept = t.room.releases;
	struct dec dec = dec_of(buf_view(&kept));
	struct release release;
	char name[16];

	(void)state;
	assert_true(release_decode(&dec, &release));
	t.room.releases = BUF((size_t)1 << 24);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "r%04d", i);
		release.name = str_from(name);
		assert_int_equal(release_encode(&t.room.releases, &release), 0);
	}
	assert_true(t.room.releases.len > MESSAGE_MAX);
	asker_releases(&t.asker, &t.room);
	ASK(LS, F_RELEASE, "r0000");
	assert_int_equal(t.reply.code, 0);
	size_t entries = t.reply.count;
	ASK(LS, F_RELEASE, "r0999");
	rows(entries);
	ASK(LS, F_RELEASE, "1.0");
	assert_int_not_equal(t.reply.code, 0);
	buf_release(&t.room.releases);
	t.room.releases = kept;
	asker_releases(&t.asker, &t.room);
	ASK(LS, F_RELEASE, "1.0");
	rows(entries);
	ASK(LS, F_RELEASE, "r0999");
	assert_int_not_equal(t.reply.code, 0);
}

/* More words than one block of names or one shard of the tables holds, in files before, between and behind others. */
static void
every_word_of_many_is_found(void **state)
{
	struct test here = t;
	struct buf one = BUF((size_t)1 << 22), two = BUF((size_t)1 << 22);
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 9000; i++) {
		assert_int_equal(buf_printf(&one, "%c_%x_word\n", "_AZaz"[i % 5], i * 2654435761u), 0);
		if (i % 3 == 0)
			assert_int_equal(
			    buf_printf(&two, "\n%c_%x_word\n", "_AZaz"[i % 5], i * 2654435761u), 0);
	}
	t = (struct test){ 0 };
	index_room_open(&t.room);
	struct test_file files[] = { { .path = "a", .bytes = STR("first\n") },
		{ .path = "b", .bytes = buf_view(&one) }, { .path = "c", .bytes = STR("between\n") },
		{ .path = "d", .bytes = buf_view(&two) } };
	index_room_add(&t.room, "many", files, 4);
	asker_open(&t.asker, &t.room);
	for (unsigned i = 0; i < 9000; i += 61) {
		snprintf(name, sizeof name, "%c_%x_word", "_AZaz"[i % 5], i * 2654435761u);
		ASK(REFS, F_RELEASE, "many", F_NAME, name);
		rows(i % 3 ? 1 : 2);
		is(0, F_PATH, "b");
		is_num(0, F_LINE, i + 1);
		if (i % 3 == 0)
			is_num(1, F_LINE, i / 3 * 2 + 2);
		ASK(SEARCH, F_RELEASE, "many", F_PATTERN, name, F_FLAGS, NUM(ORDER_LITERAL));
		rows(i % 3 ? 2 : 3);
		snprintf(name, sizeof name, "%c_%x_wor", "_AZaz"[i % 5], i * 2654435761u);
		ASK(REFS, F_RELEASE, "many", F_NAME, name);
		rows(0);
	}
	assert_int_equal(asker_close(&t.asker), 0);
	index_room_close(&t.room);
	reply_release(&t.reply);
	buf_release(&one);
	buf_release(&two);
	t = here;
}

/* Lists of trigrams are written in other ways by how many files there are to one that has the trigram. */
static void
what_a_share_of_files_holds_is_found(void **state)
{
	static const unsigned shares[] = { 1, 2, 3, 5, 9, 17, 40, 70, 150, 299 };
	enum { FILES = 300, SHARES = sizeof shares / sizeof *shares };
	struct test here = t;
	struct test_file files[FILES];
	struct arena arena = { 0 };
	char word[32];

	(void)state;
	t = (struct test){ 0 };
	for (unsigned i = 0; i < FILES; i++) {
		struct buf text = BUF(1000), path = BUF(16);
		assert_int_equal(buf_printf(&path, "%03u", i), 0);
		assert_int_equal(buf_printf(&text, "%u\n", i), 0);
		for (unsigned s = 0; s < SHARES; s++)
			if (i % shares[s] == shares[s] - 1)
				assert_int_equal(buf_printf(&text, "%c_one_in_%u\n", 'a' + s, shares[s]), 0);
		files[i] = (struct test_file){ .path = arena_copy(&arena, path.data, path.len),
			.bytes = { arena_copy(&arena, text.data, text.len), text.len } };
		buf_release(&text);
		buf_release(&path);
	}
	index_room_open(&t.room);
	index_room_add(&t.room, "shares", files, FILES);
	asker_open(&t.asker, &t.room);
	for (unsigned s = 0; s < SHARES; s++) {
		snprintf(word, sizeof word, "%c_one_in_%u", 'a' + s, shares[s]);
		ASK(SEARCH, F_RELEASE, "shares", F_PATTERN, word, F_FLAGS, NUM(ORDER_LITERAL));
		rows(FILES / shares[s] + 1);
		snprintf(word, sizeof word, "%c_One_In_%u", 'A' + s, shares[s]);
		ASK(SEARCH, F_RELEASE, "shares", F_PATTERN, word, F_FLAGS, NUM(ORDER_LITERAL | ORDER_NOCASE));
		rows(FILES / shares[s] + 1);
		snprintf(word, sizeof word, "%c_[on]+e_in_%u$", 'a' + s, shares[s]);
		ASK(SEARCH, F_RELEASE, "shares", F_PATTERN, word);
		rows(FILES / shares[s] + 1);
	}
	assert_int_equal(asker_close(&t.asker), 0);
	index_room_close(&t.room);
	reply_release(&t.reply);
	arena_release(&arena);
	t = here;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(ls_lists_a_level_or_all),
	cmocka_unit_test(find_is_fuzzy),
	cmocka_unit_test(skipped_says_what_and_why),
	cmocka_unit_test(page_gives_lines),
	cmocka_unit_test(pages_put_together_are_the_file),
	cmocka_unit_test(pages_come_with_highlights),
	cmocka_unit_test(an_anchor_names_its_function),
	cmocka_unit_test(search_gives_context),
	cmocka_unit_test(search_over_several_lines),
	cmocka_unit_test(search_in_several_releases),
	cmocka_unit_test(search_finds_lines_in_path_order),
	cmocka_unit_test(search_is_narrowed),
	cmocka_unit_test(many_hits_come_in_units),
	cmocka_unit_test(a_hit_far_out_is_shown_cut),
	cmocka_unit_test(a_dear_pattern_is_said),
	cmocka_unit_test(def_finds_the_definition),
	cmocka_unit_test(refs_miss_nothing),
	cmocka_unit_test(callers_and_callees_are_calls),
	cmocka_unit_test(prose_calls_nothing),
	cmocka_unit_test(outline_is_in_line_order),
	cmocka_unit_test(diff_files_says_what_changed),
	cmocka_unit_test(diff_lines_gives_hunks),
	cmocka_unit_test(orders_in_flight_are_answered_in_turn),
	cmocka_unit_test(an_order_can_be_cancelled),
	cmocka_unit_test(an_order_that_is_none_is_refused),
	cmocka_unit_test(a_reader_killed_while_paging_comes_back),
	cmocka_unit_test(definitions_are_ranked_from_a_file),
	cmocka_unit_test(callers_through_fields),
	cmocka_unit_test(dense_highlights_are_not_cut),
	cmocka_unit_test(words_answer_until_syntax_is_there),
	cmocka_unit_test(every_word_of_many_is_found),
	cmocka_unit_test(what_a_share_of_files_holds_is_found),
	cmocka_unit_test(a_thousand_releases_are_told_in_pieces),
	cmocka_unit_test(what_is_not_its_id_is_not_served),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
