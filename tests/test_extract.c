#include "tests/unit.h"

#include "base/buf.h"
#include "base/fs.h"
#include "indexer/intake/extract.h"
#include "indexer/intake/grammar.h"
#include "indexer/intake/language.h"
#include "indexer/intake/segment_syntax.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <stdio.h>

/*
 * tests/vectors/syntax/FILE is a sample, FILE.found what must be found in it: a line for
 * each symbol, "LINE-END:COLUMN KIND NAME [of SCOPE]" ("-" before the kind: declared),
 * and for each use, "LINE:COLUMN ROLE NAME".
 */
static const char *const samples[] = { "Roles.java", "Sample.java", "broken.c", "broken.java", "calls.c",
	"macros.cpp", "makers.c", "roles.cs", "roles.go", "roles.js", "roles.php", "roles.py", "roles.rb",
	"roles.rs", "roles.ts", "roles.tsx", "sample.c", "sample.cpp", "sample.cs", "sample.css", "sample.go",
	"sample.html", "sample.js", "sample.json", "sample.kt", "sample.lua", "sample.php", "sample.py",
	"sample.rb", "sample.rs", "sample.sh", "sample.sql", "sample.toml", "sample.ts", "sample.tsx",
	"sample.xml", "sample.yaml" };

static void
read_vector(const char *name, struct buf *out)
{
	char path[300];

	snprintf(path, sizeof path, "%s/tests/vectors/syntax/%s", SOURCE_ROOT, name);
	assert_int_equal(fs_read(AT_FDCWD, path, out), 0);
}

static void
print_scope(struct buf *out, const struct parsed *parsed, const struct parsed_symbol *symbol)
{
	const char *between = " of ";

	for (const struct parsed_symbol *s = symbol;; s = &parsed->symbols[s->parent]) {
		if (s->qualifier.len) {
			assert_int_equal(buf_printf(out, "%s%.*s", between, STR_ARG(s->qualifier)), 0);
			between = " < ";
		}
		if (s->parent < 0)
			break;
		assert_int_equal(
		    buf_printf(out, "%s%.*s", between, STR_ARG(parsed->symbols[s->parent].name)), 0);
		between = " < ";
	}
	assert_int_equal(buf_byte(out, '\n'), 0);
}

static void
print_found(struct buf *out, const struct parsed *parsed)
{
	for (size_t i = 0; i < parsed->symbol_count; i++) {
		const struct parsed_symbol *s = &parsed->symbols[i];
		if (s->kind == 0)
			continue;
		assert_int_equal(buf_printf(out, "%u-%u:%u %s%s %.*s", s->line, s->end_line, s->column,
				     s->declared ? "-" : "", seg_symbol_word(s->kind), STR_ARG(s->name)),
		    0);
		print_scope(out, parsed, s);
	}
	for (size_t i = 0; i < parsed->use_count; i++) {
		const struct parsed_use *u = &parsed->uses[i];
		assert_int_equal(buf_printf(out, "%u:%u %s %.*s\n", u->line, u->column,
				     seg_role_word(u->role), STR_ARG(u->name)),
		    0);
	}
}

static void
each_sample_gives_what_it_should(void **state)
{
	struct extractor *extractor = extractor_new();
	struct parsed parsed;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct buf text = BUF(1 << 20), want = BUF(1 << 20), got = BUF(1 << 20);
		char found[64];
		read_vector(samples[i], &text);
		snprintf(found, sizeof found, "%s.found", samples[i]);
		read_vector(found, &want);
		enum seg_language language = language_of(str_from(samples[i]), buf_view(&text));
		assert_int_equal(extract_text(extractor, language, buf_view(&text), &parsed), 0);
		assert_int_equal(parsed.state.status, SEG_PARSED);
		print_found(&got, &parsed);
		if (!str_eq(buf_view(&got), buf_view(&want))) {
			printf("%.*s", (int)got.len, (const char *)got.data);
			fail_msg("%s: found what stands above", samples[i]);
		}
		buf_release(&text);
		buf_release(&want);
		buf_release(&got);
	}
	parsed_release(&parsed);
	extractor_free(extractor);
}

/* What is nested as deeply as there is room for ends at a limit, or is nonsense; a line of megabytes is not parsed. */
static void
deep_and_long_texts_meet_a_limit(void **state)
{
	static const struct {
		enum seg_language language;
		const char *unit;
	} texts[] = { { LANG_CSS, "a{" }, { LANG_CSS, "@media (" }, { LANG_HTML, "<b>" },
		{ LANG_HTML, "<b a='" }, { LANG_XML, "<a>" }, { LANG_XML, "<!-- <![CDATA[" },
		{ LANG_YAML, "[" }, { LANG_YAML, "- " }, { LANG_YAML, "{a: " }, { LANG_TOML, "x = [" },
		{ LANG_TOML, "[[[" }, { LANG_LUA, "(" }, { LANG_LUA, "function() " }, { LANG_KOTLIN, "{" },
		{ LANG_KOTLIN, "f(" }, { LANG_SQL, "(" }, { LANG_SQL, "select (case when " } };
	struct extractor *extractor = extractor_new();
	struct parsed parsed;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf text = BUF(8 << 20);
		while (text.len < 12000)
			assert_int_equal(
			    buf_printf(&text, "%s%s", texts[i].unit, text.len % 50 ? "" : "\n"), 0);
		assert_int_equal(extract_text(extractor, texts[i].language, buf_view(&text), &parsed), 0);
		while (text.len < 4 << 20)
			assert_int_equal(buf_printf(&text, "%s", texts[i].unit), 0);
		assert_int_equal(extract_text(extractor, texts[i].language, buf_view(&text), &parsed), 0);
		assert_int_equal(parsed.state.status, SEG_NOT_PARSED);
		assert_int_equal(parsed.state.why, SEG_WHY_LINE);
		buf_release(&text);
	}
	parsed_release(&parsed);
	extractor_free(extractor);
}

/* A rule or leaf for a node that the grammar does not have would never be missed. */
static void
tables_name_nodes_that_exist(void **state)
{
	(void)state;
	for (unsigned language = 0; language < LANG_END; language++) {
		const struct grammar *grammar = grammar_of((enum seg_language)language);
		if (!grammar)
			continue;
		struct grammar_table table;
		grammar_compile(grammar, &table);
		for (size_t i = 0; i < grammar->rule_count + grammar->leaf_count; i++) {
			const char *name = i < grammar->rule_count
			    ? grammar->rules[i].parent
			    : grammar->leaves[i - grammar->rule_count].node;
			bool found = strcmp(name, "ERROR") == 0;
			for (TSSymbol s = 0; s < table.node_count && !found; s++)
				found = strcmp(ts_language_symbol_name(table.language, s), name) == 0;
			if (!found)
				fail_msg("%s: no node %s", seg_language_word(language), name);
		}
		grammar_table_release(&table);
	}
}

static const struct span *
span_at(struct str spans, uint64_t at, struct span *span)
{
	struct dec dec = dec_of(spans);
	uint64_t end = 0;

	while (span_decode(&dec, &end, span))
		if (span->start <= at && at < end)
			return span;
	return NULL;
}

static void
spans_tell_what_text_is(void **state)
{
	static const struct {
		const char *name, *text, *at;
		int class;
	} table[] = {
		{ "a.c", "int f(void) { return 12; /* x */ }", "f(", SPAN_FUNCTION },
		{ "a.c", "int f(void) { return 12; /* x */ }", "12", SPAN_NUMBER },
		{ "a.c", "int f(void) { return 12; /* x */ }", "x */", SPAN_COMMENT },
		{ "a.c", "int f(void) { return 12; /* x */ }", "return", SPAN_KEYWORD },
		{ "a.c", "#define A \"s\"\n", "\"s\"", SPAN_STRING },
		{ "a.c", "#define A \"s\"\n", "#define", SPAN_PREPROC },
		{ "a.py", "x = f'a{b}c'\n", "a{", SPAN_STRING },
		{ "a.py", "x = f'a{b}c'\n", "b}", -1 },
		{ "a.mk", "a: b # c\n", "c\n", SPAN_COMMENT },
		{ "a.lua", "f('x') -- y", "y", SPAN_COMMENT },
		{ "a.txt", "'x' # y", "y", -1 },
	};
	struct extractor *extractor = extractor_new();
	struct parsed parsed;
	struct span span;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str text = str_from(table[i].text);
		assert_int_equal(
		    extract_text(extractor, language_of(str_from(table[i].name), text), text, &parsed), 0);
		const struct span *found = span_at(buf_view(&parsed.spans),
		    (uint64_t)(strstr(table[i].text, table[i].at) - table[i].text), &span);
		int class = found ? (int)found->class : -1;
		if (class != table[i].class)
			fail_msg(
			    "%s in %s: class %d, not %d", table[i].at, table[i].text, class, table[i].class);
	}
	parsed_release(&parsed);
	extractor_free(extractor);
}

/* `piece` so often that it makes `size` bytes. */
static struct str
repeated(struct buf *buf, const char *piece, size_t size)
{
	*buf = BUF(1 << 26);
	while (buf->len < size)
		assert_int_equal(buf_text(buf, piece), 0);
	return buf_view(buf);
}

static void
limits_hold(void **state)
{
	static const struct {
		const char *name, *piece;
		size_t size;
		enum seg_why why; /* SEG_WHY_NONE: parsed all the same */
	} table[] = {
		{ "a.c", "int a;\n", 17 << 20, SEG_WHY_SIZE },
		{ "a.c", "int a; ", 1 << 20, SEG_WHY_LINE },
		{ "a.c", "\x01\x02 a;\n", 4096, SEG_WHY_CONTROL },
		{ "a.c", "{", 200000, SEG_WHY_ERRORS },
		{ "a.py", "(0)", 20000, SEG_WHY_DEPTH },
		{ "a.c", "f(x);\n", 1 << 16, SEG_WHY_NONE },
	};
	struct extractor *extractor = extractor_new();
	struct parsed parsed;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf buf;
		struct str text = repeated(&buf, table[i].piece, table[i].size);
		assert_int_equal(
		    extract_text(extractor, language_of(str_from(table[i].name), text), text, &parsed), 0);
		if (parsed.state.why != table[i].why)
			fail_msg("%s: %s, not %s", table[i].piece, seg_why_word(parsed.state.why),
			    seg_why_word(table[i].why));
		assert_int_equal(parsed.state.status, table[i].why ? SEG_NOT_PARSED : SEG_PARSED);
		buf_release(&buf);
	}
	parsed_release(&parsed);
	extractor_free(extractor);
}

/* Too much for a parser as it stands: a million numbers, and what is around them is found all the same. */
static void
tables_of_numbers_leave_room(void **state)
{
	enum { LINES = 125000 };
	static const struct {
		const char *name, *before, *row, *behind;
	} table[] = {
		{ "a.go", "package p\nvar first int\nvar list = []uint16{\n",
		    "\t0: 0x12, 1: 0x0f, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8,\n", "}\nfunc last() {}\n" },
		{ "a.c", "#include <a.h>\nint first;\nunsigned list[][8] = {\n",
		    "\t{ 0x12u, 0x0f, 3, 4, -5, 6, 7, 8 },\n", "};\nvoid last(void) {}\n" },
		{ "a.js", "// numbers\nvar first;\nvar list = [\n", "\t[1e-5, 2.5, 3, 4, 5, 6, 7, 8],\n",
		    "];\nfunction last() {}\n" },
	};
	struct extractor *extractor = extractor_new();
	struct parsed parsed;

	(void)state;
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf text = BUF(EXTRACT_BYTES);
		assert_int_equal(buf_text(&text, table[i].before), 0);
		for (unsigned line = 0; line < LINES; line++)
			assert_int_equal(buf_text(&text, table[i].row), 0);
		assert_int_equal(buf_text(&text, table[i].behind), 0);
		assert_int_equal(
		    extract_text(extractor, language_of(str_from(table[i].name), buf_view(&text)),
			buf_view(&text), &parsed),
		    0);
		assert_int_equal(parsed.state.status, SEG_PARSED);
		assert_int_equal(parsed.state.errors, 0);
		const struct parsed_symbol *list = NULL, *last = NULL;
		for (size_t s = 0; s < parsed.symbol_count; s++) {
			if (str_is(parsed.symbols[s].name, "list"))
				list = &parsed.symbols[s];
			else if (str_is(parsed.symbols[s].name, "last"))
				last = &parsed.symbols[s];
		}
		assert_true(list && list->line == 3 && list->end_line == LINES + 4);
		assert_true(last && last->line == LINES + 5);
		buf_release(&text);
	}
	parsed_release(&parsed);
	extractor_free(extractor);
}

static uint32_t
count_lines(struct str text)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n' || i + 1 == text.len;
	return lines;
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Cuts a stretch out, puts a few telling bytes in, or cuts the end off. */
static void
mutilate(struct buf *text, uint32_t *seed)
{
	static const char bytes[] = "{}()\"'`#\n\\/*<;=";
	size_t at = next_random(seed) % text->len, n = next_random(seed) % (text->len - at) % 60;

	switch (next_random(seed) % 3) {
	case 0:
		memmove(text->data + at, text->data + at + n, text->len - at - n);
		text->len -= n;
		break;
	case 1:
		for (size_t i = 0; i < 3; i++)
			text->data[(at + i) % text->len] =
			    (uint8_t)bytes[next_random(seed) % (sizeof bytes - 1)];
		break;
	default:
		text->len = at + 1;
	}
}

/* Whatever the text, what is found of it is well formed: the segment's writer takes it. */
static void
broken_samples_give_sound_results(void **state)
{
	static const uint8_t name[SHA256_LEN];
	struct extractor *extractor = extractor_new();
	struct syntax_writer *writer;
	struct scratch scratch;
	struct parsed parsed;
	uint32_t seed = 4711;

	(void)state;
	print_message("seed %u\n", seed);
	scratch_make(&scratch);
	assert_int_equal(syntax_writer_new(scratch.dir, name, &writer), 0);
	parsed_init(&parsed);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct buf whole = BUF(1 << 20);
		read_vector(samples[i], &whole);
		enum seg_language language = language_of(str_from(samples[i]), buf_view(&whole));
		for (unsigned round = 0; round < 60; round++) {
			struct buf text = BUF(1 << 20), out = BUF(1 << 20);
			assert_int_equal(buf_str(&text, buf_view(&whole)), 0);
			for (unsigned k = 0; k <= round % 4; k++)
				mutilate(&text, &seed);
			assert_int_equal(extract_text(extractor, language, buf_view(&text), &parsed), 0);
			assert_int_equal(parsed_encode(&parsed, buf_view(&text), &out), 0);
			struct seg_blob blob = { .size = text.len, .lines = count_lines(buf_view(&text)) };
			if (syntax_writer_add(writer, &blob, buf_view(&out)) < 0)
				fail_msg("%s: %s:\n%.*s", samples[i], err_text(), (int)text.len,
				    (const char *)text.data);
			buf_release(&text);
			buf_release(&out);
		}
		buf_release(&whole);
	}
	parsed_release(&parsed);
	syntax_writer_free(writer);
	scratch_remove(&scratch);
	extractor_free(extractor);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_sample_gives_what_it_should),
	cmocka_unit_test(tables_name_nodes_that_exist),
	cmocka_unit_test(deep_and_long_texts_meet_a_limit),
	cmocka_unit_test(spans_tell_what_text_is),
	cmocka_unit_test(limits_hold),
	cmocka_unit_test(tables_of_numbers_leave_room),
	cmocka_unit_test(broken_samples_give_sound_results),
};

UNIT(tests)
