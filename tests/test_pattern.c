#include "tests/unit.h"

#include "base/message.h"
#include "indexer/index/pattern.h"
#include "tests/random.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>

#define TEXT_MAX ((size_t)1024 * 1024)

/* ---- a second, slow way to search: every line on its own ---- */

struct slow {
	pcre2_code *code;
	pcre2_match_data *data;
};

static bool
slow_open(struct slow *slow, struct str pattern, unsigned flags, bool utf)
{
	int code;
	size_t where;
	uint32_t options =
	    (flags & ORDER_NOCASE ? PCRE2_CASELESS : 0) | (utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0);

	slow->code = pcre2_compile((const uint8_t *)pattern.data, pattern.len, options, &code, &where, NULL);
	slow->data = pcre2_match_data_create(1, NULL);
	return slow->code != NULL;
}

static void
slow_close(struct slow *slow)
{
	pcre2_code_free(slow->code);
	pcre2_match_data_free(slow->data);
}

static bool
slow_line(struct slow *slow, struct str line, size_t *column, size_t *length)
{
	if (pcre2_match(slow->code, (const uint8_t *)line.data, line.len, 0, 0, slow->data, NULL) < 0)
		return false;
	const size_t *ends = pcre2_get_ovector_pointer(slow->data);
	*column = ends[0];
	*length = ends[1] < ends[0] ? 0 : ends[1] - ends[0];
	return true;
}

/* All of `text` both ways: the same lines at the same columns, and what the analysis says holds of them. */
static void
check_both(struct str pattern, unsigned flags, struct str text, bool utf)
{
	struct pattern *compiled;
	struct matcher *matcher;
	struct match match;
	struct slow slow;

	if (!slow_open(&slow, pattern, flags, utf)) {
		assert_int_equal(pattern_new(pattern, flags, &compiled), ERR_USAGE);
		slow_close(&slow);
		return;
	}
	assert_int_equal(pattern_new(pattern, flags, &compiled), 0);
	assert_int_equal(matcher_new(compiled, &matcher), 0);
	matcher_begin(matcher, text, NULL);
	const struct gram_analysis *analysis = pattern_analysis(compiled);
	struct str rest = text, line;
	while (rest.len > 0 && str_next(&rest, '\n', &line)) {
		size_t column, length;
		if (!slow_line(&slow, line, &column, &length))
			continue;
		if (matcher_next(matcher, &match) != 1)
			fail_msg("'%.*s' misses '%.*s'", STR_ARG(pattern), STR_ARG(line));
		if (match.line.data != line.data)
			fail_msg("'%.*s' finds '%.*s' before '%.*s'", STR_ARG(pattern), STR_ARG(match.line),
			    STR_ARG(line));
		assert_int_equal(match.line.len, line.len);
		assert_int_equal(match.column, column);
		assert_int_equal(match.length, length);
		if (!gram_passes(analysis->query, line))
			fail_msg("'%.*s' asks too much of '%.*s'", STR_ARG(pattern), STR_ARG(line));
	}
	assert_int_equal(matcher_next(matcher, &match), 0);
	assert_int_equal(matcher_limited(matcher), 0);
	matcher_free(matcher);
	pattern_free(compiled);
	slow_close(&slow);
}

/* ---- random patterns and texts ---- */

static void
add(struct buf *out, const char *text)
{
	assert_int_equal(buf_text(out, text), 0);
}

static void random_expression(struct buf *out, struct random *random, unsigned depth);

static void
random_atom(struct buf *out, struct random *random, unsigned depth)
{
	static const char *atoms[] = { "a", "b", "k", "s", "_", "ab", "ska", "bas", "kab_s", "A", "K", "\\w",
		"\\d", "\\.", ".", "[ab]", "[^a]", "[a-c]", "[k-s]", "\\bk", "\\s", "^", "$", "\\Bs", "\\x61",
		"\\Qa.b\\E", "\\tb", "[\\w.]", "[[:alpha:]]", "\\S", "(?=s)", "(?<!a)", "é", "[é]", "(?i)k",
		"1", "[]a]", "[a\\]]", "\\N", "a{", "\\(", "(?i:sk)", "(?-i)b", "[ks]" };

	if (depth > 0 && random_below(random, 4) == 0) {
		static const char *opens[] = { "(", "(?:", "(?i:", "(?<n>", "(?=", "(?>" };
		add(out,
		    opens[random_below(random, 10) < 7 ? random_below(random, 2) : random_below(random, 6)]);
		random_expression(out, random, depth - 1);
		add(out, ")");
		return;
	}
	add(out, atoms[random_below(random, sizeof atoms / sizeof *atoms)]);
}

static void
random_expression(struct buf *out, struct random *random, unsigned depth)
{
	static const char *repeats[] = { "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "??", "?+" };
	unsigned atoms = 1 + random_below(random, 5);

	for (unsigned i = 0; i < atoms; i++) {
		random_atom(out, random, depth);
		if (random_below(random, 5) == 0)
			add(out, repeats[random_below(random, sizeof repeats / sizeof *repeats)]);
		if (random_below(random, 8) == 0)
			add(out, "|");
	}
}

static void
random_line(struct buf *out, struct random *random, bool wild)
{
	static const char *pieces[] = { "a", "b", "k", "s", "_", "A", "B", "K", "S", "1", " ", ".", "\t",
		"ab", "ska", "bas", "kab_s", "a.b", "{", "(", "]", "\r" };
	static const char *wilds[] = { "é", "É", "\xe2\x84\xaa", "\xc5\xbf", "\xff", "\xc3", "\xe6\xbc\xa2" };

	for (unsigned i = random_below(random, 9); i > 0; i--) {
		if (wild && random_below(random, 6) == 0)
			add(out, wilds[random_below(random, sizeof wilds / sizeof *wilds)]);
		else
			add(out, pieces[random_below(random, sizeof pieces / sizeof *pieces)]);
	}
}

static void
random_text(struct buf *out, struct random *random, unsigned lines)
{
	buf_clear(out);
	for (unsigned i = 0; i < lines; i++) {
		random_line(out, random, random_below(random, 4) == 0);
		if (i + 1 < lines || random_below(random, 2))
			add(out, "\n");
	}
}

static void
random_patterns_miss_nothing(void **state)
{
	struct random random = random_of(20260201);
	struct buf pattern = BUF(TEXT_MAX), text = BUF(TEXT_MAX);

	(void)state;
	for (unsigned round = 0; round < 30000; round++) {
		buf_clear(&pattern);
		random_expression(&pattern, &random, 2);
		random_text(&text, &random, 12);
		unsigned flags = random_below(&random, 3) == 0 ? ORDER_NOCASE : 0;
		if (pattern.len > 0)
			check_both(buf_view(&pattern), flags, buf_view(&text), true);
	}
	buf_release(&pattern);
	buf_release(&text);
}

/* ---- the words of the contract, one by one ---- */

/* Lines (from 1) and columns (from 1) of all matches: "1:3 4:1". */
static const char *
matches(const char *words, unsigned flags, struct str text)
{
	static char out[1000];
	struct pattern *pattern;
	struct matcher *matcher;
	struct match match;
	int len = 0;

	assert_int_equal(pattern_new(str_from(words), flags, &pattern), 0);
	assert_int_equal(matcher_new(pattern, &matcher), 0);
	matcher_begin(matcher, text, NULL);
	out[0] = 0;
	while (matcher_next(matcher, &match) == 1) {
		size_t line = 1;
		for (size_t i = 0; i < match.start; i++)
			line += text.data[i] == '\n';
		len += snprintf(
		    out + len, sizeof out - (size_t)len, "%s%zu:%zu", len ? " " : "", line, match.column + 1);
	}
	matcher_free(matcher);
	pattern_free(pattern);
	return out;
}

static void
literals(void **state)
{
	struct str text = STR("foo bar\nfoobar foo\nFoo.\n\xff"
			      "foo\nx");

	(void)state;
	assert_string_equal(matches("foo", ORDER_LITERAL, text), "1:1 2:1 4:2");
	assert_string_equal(matches("foo", ORDER_LITERAL | ORDER_WORD, text), "1:1 2:8 4:2");
	assert_string_equal(matches("foo", ORDER_LITERAL | ORDER_NOCASE, text), "1:1 2:1 3:1 4:2");
	assert_string_equal(matches("FOO.", ORDER_LITERAL | ORDER_NOCASE, text), "3:1");
	assert_string_equal(matches("x", ORDER_LITERAL, text), "5:1");
	assert_string_equal(matches("o", ORDER_LITERAL | ORDER_WORD, text), "");
	assert_string_equal(
	    matches("\xc3\xa9", ORDER_LITERAL | ORDER_NOCASE, STR("\xc3\x89t\xc3\xa9\n")), "1:1");
	/* the long s and the Kelvin sign */
	assert_string_equal(matches("ask", ORDER_LITERAL | ORDER_NOCASE,
				STR("A\xc5\xbf"
				    "k\nASK\nas\xe2\x84\xaa\nash\n")),
	    "1:1 2:1 3:1");
}

static void
expressions(void **state)
{
	(void)state;
	assert_string_equal(matches("^$", 0, STR("a\n\nb\n")), "2:1");
	assert_string_equal(matches("a*", 0, STR("b\n\na\n")), "1:1 2:1 3:1");
	assert_string_equal(matches("b$", 0, STR("ab\r\nab\n")), "2:2");
	assert_string_equal(matches("a.b", 0,
				STR("a\xc3\xa9"
				    "b\na\xff"
				    "b\nacb\na\nb\n")),
	    "1:1 3:1");
	assert_string_equal(matches("a..b", 0,
				STR("a\xc3\xa9"
				    "b\n")),
	    "");
	assert_string_equal(matches("a\\s+b", 0, STR("a\nb\na \tb\n")), "3:1");
	assert_string_equal(matches("[^x]y", 0, STR("x\ny\nzy\n")), "3:1");
	assert_string_equal(matches("a\\z", 0, STR("a\nba\nab\n")), "1:1 2:2");
	assert_string_equal(matches("\\w+oo", ORDER_WORD, STR("afoob foo\nxoo\n")), "1:7 2:1");
	assert_string_equal(matches("\xff", 0, STR("a\xff\n\xc3\xbf\n")), "1:2");
}

static void
a_pattern_that_is_none_is_refused(void **state)
{
	static const char *bad[] = { "", "(", "a\nb", "[", "*a", "\\C" };
	struct pattern *pattern;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(pattern_new(str_from(bad[i]), 0, &pattern), ERR_USAGE);
}

static void
a_dear_pattern_ends_and_says_so(void **state)
{
	struct pattern *pattern;
	struct matcher *matcher;
	struct match match;
	struct buf text = BUF(TEXT_MAX);

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		add(&text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n");
	assert_int_equal(pattern_new(STR("(a+)+$"), 0, &pattern), 0);
	assert_int_equal(matcher_new(pattern, &matcher), 0);
	matcher_begin(matcher, buf_view(&text), NULL);
	assert_int_equal(matcher_next(matcher, &match), 0);
	assert_int_equal(matcher_limited(matcher), LIMITED_MAX);
	matcher_free(matcher);
	pattern_free(pattern);
	buf_release(&text);
}

static int
stop(void *ctx)
{
	(void)ctx;
	return err_set(ERR_CANCELLED, "stopped");
}

static void
a_search_can_be_stopped(void **state)
{
	struct pattern *pattern;
	struct matcher *matcher;
	struct match match;
	struct pulse pulse;

	(void)state;
	pulse_init(&pulse, stop, NULL);
	assert_int_equal(pattern_new(STR("b"), ORDER_LITERAL, &pattern), 0);
	assert_int_equal(matcher_new(pattern, &matcher), 0);
	matcher_begin(matcher, STR("a\nb\n"), &pulse);
	assert_int_equal(matcher_next(matcher, &match), ERR_CANCELLED);
	matcher_free(matcher);
	pattern_free(pattern);
}

static void
literals_and_rare_expressions_have_a_query(void **state)
{
	static const struct {
		const char *pattern;
		unsigned flags;
	} selective[] = { { "tcp_v4_connect", ORDER_LITERAL }, { "spin_lock", ORDER_LITERAL | ORDER_NOCASE },
		{ "kmalloc\\(.*GFP_ATOMIC", 0 }, { "(foo|bar)_init", 0 }, { "x(abc)+y", 0 },
		{ "[ab]cde", ORDER_NOCASE } };

	(void)state;
	for (size_t i = 0; i < sizeof selective / sizeof *selective; i++) {
		struct pattern *pattern;
		assert_int_equal(
		    pattern_new(str_from(selective[i].pattern), selective[i].flags, &pattern), 0);
		assert_int_not_equal(pattern_analysis(pattern)->query->op, GRAM_ANY);
		assert_false(gram_passes(pattern_analysis(pattern)->query, STR("int main(void)")));
		pattern_free(pattern);
	}
}

static size_t
trigrams_asked(const struct gram_query *query)
{
	size_t count = query->gram_count;

	for (size_t i = 0; i < query->sub_count; i++)
		count += trigrams_asked(query->sub[i]);
	return count;
}

static void
a_trigram_is_asked_for_once(void **state)
{
	static const struct {
		const char *pattern;
		unsigned flags;
		size_t trigrams;
	} asked[] = { { "tcp_v4_connect", ORDER_LITERAL, 12 }, { "(abcd)", 0, 2 }, { "abc|defg", 0, 3 },
		{ "12a", ORDER_LITERAL | ORDER_NOCASE, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct pattern *pattern;
		assert_int_equal(pattern_new(str_from(asked[i].pattern), asked[i].flags, &pattern), 0);
		assert_int_equal(trigrams_asked(pattern_analysis(pattern)->query), asked[i].trigrams);
		pattern_free(pattern);
	}
}

/* ---- git itself ---- */

static void
git_grep(const char *directory, const char *options, const char *pattern, struct buf *out)
{
	char command[1000], line[1000];

	snprintf(command, sizeof command,
	    "cd %s && LC_ALL=C.UTF-8 git grep --no-index -n --column -a %s -e '%s' t 2>/dev/null", directory,
	    options, pattern);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof line, pipe)) {
		unsigned long number, column;
		if (sscanf(line, "t:%lu:%lu:", &number, &column) == 2)
			assert_int_equal(
			    buf_printf(out, "%s%lu:%lu", out->len ? " " : "", number, column), 0);
	}
	pclose(pipe);
}

static void
git_finds_the_same(void **state)
{
	static const struct {
		const char *options, *pattern;
		unsigned flags;
	} cases[] = { { "-F", "ska", ORDER_LITERAL }, { "-F -w", "ska", ORDER_LITERAL | ORDER_WORD },
		{ "-F -i", "ab", ORDER_LITERAL | ORDER_NOCASE },
		{ "-F -i", "sk", ORDER_LITERAL | ORDER_NOCASE }, { "-P", "a.b", 0 }, { "-P", "[^a]b$", 0 },
		{ "-P -w", "k\\w*", ORDER_WORD }, { "-P -i", "SKA|bas", ORDER_NOCASE },
		{ "-P", "^\\s*\\w+\\(", 0 }, { "-P", "b\\r$", 0 }, { "-P -w", "a|ab", ORDER_WORD },
		{ "-P", "(ab|ska)+1?", 0 } };
	struct random random = random_of(20260202);
	struct buf text = BUF(TEXT_MAX), git = BUF(TEXT_MAX);
	char directory[] = "/tmp/pattern.XXXXXX", path[64];
	unsigned found = 0;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/t", directory);
	for (unsigned round = 0; round < 4; round++) {
		buf_clear(&text);
		for (unsigned i = 0; i < 80; i++) {
			random_line(&text, &random, false);
			add(&text, "\n");
		}
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
		fclose(file);
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			buf_clear(&git);
			git_grep(directory, cases[i].options, cases[i].pattern, &git);
			assert_string_equal(matches(cases[i].pattern, cases[i].flags, buf_view(&text)),
			    git.len ? (char *)git.data : "");
			found += git.len > 0;
		}
	}
	remove(path);
	remove(directory);
	assert_true(found > 20);
	buf_release(&text);
	buf_release(&git);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(random_patterns_miss_nothing),
	cmocka_unit_test(literals),
	cmocka_unit_test(expressions),
	cmocka_unit_test(a_pattern_that_is_none_is_refused),
	cmocka_unit_test(a_dear_pattern_ends_and_says_so),
	cmocka_unit_test(a_search_can_be_stopped),
	cmocka_unit_test(literals_and_rare_expressions_have_a_query),
	cmocka_unit_test(a_trigram_is_asked_for_once),
	cmocka_unit_test(git_finds_the_same),
};

UNIT(tests)
