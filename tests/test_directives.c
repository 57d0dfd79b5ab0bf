#include "tests/unit.h"

#include "base/buf.h"
#include "base/fs.h"
#include "indexer/intake/directives.h"
#include "indexer/intake/language.h"
#include "indexer/intake/parser.h"
#include "tests/random.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * What is read without the parser is what the parser finds: of texts that are put together from pieces at random, and,
 * before a release, of all files in the folder that CARREL_DIRECTIVES names.
 */
struct both {
	struct parser *parser;
	struct parsed ours, parsers;
	struct buf our_bytes, parsers_bytes;
	uint64_t texts, taken, bytes;
	double our_seconds, parsers_seconds;
};

static struct both both;

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
both_init(void)
{
	both = (struct both){
		.parser = parser_new(), .our_bytes = BUF(SEG_BLOB_MAX), .parsers_bytes = BUF(SEG_BLOB_MAX)
	};
	parsed_init(&both.ours);
	parsed_init(&both.parsers);
}

static void
both_release(void)
{
	parser_free(both.parser);
	parsed_release(&both.ours);
	parsed_release(&both.parsers);
	buf_release(&both.our_bytes);
	buf_release(&both.parsers_bytes);
}

/* What stands in `what` if they differ, else NULL. */
static const char *
compare(enum seg_language language, struct str text)
{
	double start = seconds();
	bool taken = directives_read(language, text, &both.ours);

	both.texts++;
	if (!taken)
		return NULL;
	both.taken++;
	both.bytes += text.len;
	both.our_seconds += seconds() - start;
	start = seconds();
	enum seg_why why = parser_run(both.parser, language, text, &both.parsers);
	both.parsers_seconds += seconds() - start;
	if (why == SEG_WHY_MEMORY) /* of which less is taken here */
		return NULL;
	if (why != SEG_WHY_NONE)
		return seg_why_word(why);
	if (both.parsers.state.errors)
		return "the parser finds errors";
	buf_clear(&both.our_bytes);
	buf_clear(&both.parsers_bytes);
	if (both.ours.spans.len != both.parsers.spans.len ||
	    (both.ours.spans.len &&
		memcmp(both.ours.spans.data, both.parsers.spans.data, both.ours.spans.len) != 0))
		return "spans differ";
	assert_int_equal(parsed_encode(&both.ours, text, &both.our_bytes), 0);
	assert_int_equal(parsed_encode(&both.parsers, text, &both.parsers_bytes), 0);
	return str_eq(buf_view(&both.our_bytes), buf_view(&both.parsers_bytes)) ? NULL
										: "symbols or uses differ";
}

/* ---- texts at random ---- */

static const char *const lines[] = { "#define NAME 1\n", "#define NAME\n", "#define  SPACED\t\t0x0000FFFFL\n",
	"#define CALLS(x, y) f(x) + g ((y))\n", "#define EMPTY() \"text\"\n",
	"#define MORE(x, ...) __VA_ARGS__\n", "#  define indented 'a'\n", "\t#define tabbed 1.5e3\n",
	"#define int long\n", "#define A B // behind\n", "#define A B /* behind */\n",
	"#define A /* alone */\n", "#define A // alone\n", "#define A(x) /* alone */\n",
	"#define A 5 /* over\n * lines */\n", "#define A 5/* near */\n",
	"#define A if (x) return y(); else z\n", "#define A <stdio.h>\n", "#define A # x ## y\n",
	"#define A a / b /c\n", "#define A http://x //\n", "#define A sizeof(struct x)\n",
	"#define A \"//\"\n", "#define A f(\n", "#define A )(\n", "#define ( A )\n", "#define defined 1\n",
	"#define A 1 \n", "#define A(x) y \n", "#define A '\n", "#define A \"open\n", "#define A L\"wide\"\n",
	"#define A {\n", "#define A 1'000\n", "/* one line */\n", "/* several\n * lines\n */\n",
	"// rest of the line\n", "/* a */ /* b */\n", "/**/\n", "/***/\n", "  // indented\n",
	"\t/* indented */\n", "\n", "   \n", "/* two */ // kinds\n", "/* \n\n 'x' \"y */\n",
	"/* if then */\n", "//\n", "#include <linux/types.h>\n", "#include \"near.h\"\n",
	"#  include  <a/b.h>\n", "#include \"near.h\" /* why */\n", "#include <a.h> // why\n",
	"#include \"a b/../c.h\"\n" };

static const char *const conditions[] = { "#ifdef NAME\n", "#ifndef NAME\n", "#ifdef NAME /* why */\n",
	"# ifdef int\n", "#ifndef NAME // why\n", "\t#ifdef  true \n", "#ifdef NAME /* over\n lines */\n" };
static const char *const turns[] = { "#else\n", "#else /* why */\n", "# else // why\n", "#else \n" };
static const char *const ends[] = { "#endif\n", "#endif /* why */\n", "#endif // why\n", "# endif\n",
	"#endif \n" };

/* The parser may make something of them, or nothing: never what is read without it. */
static const char *const others[] = { "#define A \n", "#define A(x) \n", "#define A 5 /* blank behind */ \n",
	"#define A 5 /* a */ 6\n", "#define A /* before */ 6\n", "#define A \\\n 5\n", "#define A 5 \\\n",
	"#define A(x\n", "#define A(x,) 1\n", "#define A(x...) 1\n", "#define A(,) 1\n", "#define 1 A\n",
	"#define\n", "#define A-1\n", "#define A\"x\"\n", "#define /* x */ A 1\n", "#define A /\n",
	"#define A a/\n", "#define A 5\r\n", "#define A 5\f\n", "#define A \x01\n", "#define \xc3\xa4 1\n",
	"#define A \xff\n", "#define A$ 1\n", "#undef A\n", "#pragma once\n", "#error 'text\n", "#if A\n",
	"#if defined(A)\n", "#elif B\n", "#elifdef B\n", "#else\n", "#endif\n", "#ifdef\n", "#ifdef A B\n",
	"#ifdef 1\n", "#endif A\n", "#else A\n", "#\n", "# 12 \"x.c\"\n", "#definer A\n", "#includes <x>\n",
	"#include MACRO\n", "#include <a.h> \n", "#include <a.h\n", "#include \"a.h\n",
	"#include \"a\\\"b.h\"\n", "#include <>\n", "#include \"\"\n", "int x;\n", ";\n", "x\n", "}\n", "{\n",
	"/* open\n", "*/\n", "/* x */ y\n", "// back\\\nslash\n", "/* x */ #define A 1\n",
	"/*\nstruct FOO bar {\n*/\n", "/*\nFOO\n*/\n", "// struct FOO bar {\n", "// FAR *x\n",
	"/*\n EXPORT int CALL f(int) ATTR;\n*/\n", "#define A struct FOO bar { int x; }\n",
	"#define A class EXPORT x { }\n", "\v\n", "\\\n", "#define A 5", "#include <x>", "#ifdef A", "// end",
	"#define", "/", "#" };

static void
put(struct buf *text, struct random *random, const char *const *from, size_t count)
{
	assert_int_equal(buf_text(text, from[random_below(random, (uint32_t)count)]), 0);
}

#define PUT(text, random, from) put(text, random, from, sizeof from / sizeof *from)

static void
block(struct buf *text, struct random *random, unsigned depth)
{
	for (uint32_t n = random_below(random, 6); n > 0; n--)
		PUT(text, random, lines);
	if (depth < 4 && random_below(random, 3) == 0) {
		PUT(text, random, conditions);
		block(text, random, depth + 1);
		if (random_below(random, 3) == 0) {
			PUT(text, random, turns);
			block(text, random, depth + 1);
		}
		PUT(text, random, ends);
		block(text, random, depth + 1);
	}
}

/* One byte becomes another, goes, or is doubled. */
static void
change_byte(struct buf *text, struct random *random)
{
	static const char bytes[] = "#/*\\\n \t()\"'<>,.x0;{}\r$";
	size_t at = random_below(random, (uint32_t)text->len);

	switch (random_below(random, 3)) {
	case 0:
		text->data[at] = (uint8_t)bytes[random_below(random, sizeof bytes - 1)];
		break;
	case 1:
		memmove(text->data + at, text->data + at + 1, text->len - at - 1);
		text->len--;
		break;
	default:
		assert_int_equal(buf_byte(text, 'x'), 0);
		memmove(text->data + at + 1, text->data + at, text->len - at - 1);
	}
}

static void
random_texts_give_the_same(void **state)
{
	struct random random = random_of(90125);
	struct buf text = BUF(1 << 20);

	(void)state;
	both_init();
	for (unsigned round = 0; round < 20000; round++) {
		buf_clear(&text);
		block(&text, &random, 0);
		if (round % 4 == 1)
			PUT(&text, &random, others);
		if (round % 8 == 1)
			block(&text, &random, 2);
		if (round % 4 == 2 && text.len)
			change_byte(&text, &random);
		enum seg_language language = round % 3 ? LANG_C : LANG_CPP;
		const char *why = compare(language, buf_view(&text));
		if (why)
			fail_msg("%s, %s:\n%.*s", seg_language_word(language), why, (int)text.len,
			    (const char *)text.data);
	}
	print_message("%lu of %lu taken\n", both.taken, both.texts);
	assert_true(both.taken > both.texts / 3); /* or nothing is shown */
	buf_release(&text);
	both_release();
}

static void
what_else_there_is_is_not_taken(void **state)
{
	struct parsed parsed;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (directives_read(LANG_C, str_from(others[i]), &parsed))
			fail_msg("taken: %s", others[i]);
	parsed_release(&parsed);
}

/* ---- the files of a folder ---- */

static int
compare_file(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	struct buf text = BUF(SEG_BLOB_MAX);

	(void)stat;
	(void)at;
	if (type == FTW_F && fs_read(AT_FDCWD, path, &text) == 0) {
		enum seg_language language = language_of(str_from(path), buf_view(&text));
		if (language == LANG_C || language == LANG_CPP) {
			const char *why = compare(language, buf_view(&text));
			if (why)
				fail_msg("%s: %s", path, why);
		}
	}
	buf_release(&text);
	return 0;
}

static void
files_give_the_same(void **state)
{
	const char *folder = getenv("CARREL_DIRECTIVES");

	(void)state;
	if (!folder)
		skip();
	both_init();
	assert_int_equal(nftw(folder, compare_file, 16, FTW_PHYS), 0);
	print_message("%lu of %lu taken, %lu bytes: %.2f s, the parser's %.2f s\n", both.taken, both.texts,
	    both.bytes, both.our_seconds, both.parsers_seconds);
	both_release();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(random_texts_give_the_same),
	cmocka_unit_test(what_else_there_is_is_not_taken),
	cmocka_unit_test(files_give_the_same),
};

UNIT(tests)
