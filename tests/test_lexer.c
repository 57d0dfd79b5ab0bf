#include "tests/unit.h"

#include "base/buf.h"
#include "indexer/intake/lexer.h"

/* Tokens as "w:name k:if s:"x" ..." with an @LINE where the line is not the one before. */
static void
tokens(enum seg_language language, struct str text, struct buf *out)
{
	static const char letters[] = "ewkdnsc";
	struct lexer lexer;
	struct lex_token token;
	uint32_t line = 1;
	size_t end = 0;

	buf_clear(out);
	lexer_init(&lexer, language, text);
	while (lexer_next(&lexer, &token)) {
		assert_true(token.start >= end && token.len > 0 && token.start + token.len <= text.len);
		end = token.start + token.len;
		assert_int_equal(buf_printf(out, "%s%c:%.*s", out->len ? " " : "", letters[token.kind],
				     (int)token.len, text.data + token.start),
		    0);
		if (token.line != line)
			assert_int_equal(buf_printf(out, "@%u", token.line), 0);
		line = token.line;
	}
}

static void
expect(enum seg_language language, const char *text, const char *want)
{
	struct buf out = BUF(1 << 20);

	tokens(language, str_from(text), &out);
	if (!str_is(buf_view(&out), want))
		fail_msg(
		    "\n%s\ngave %.*s\n not %s", text, (int)out.len, out.data ? (char *)out.data : "", want);
	buf_release(&out);
}

static void
c_is_cut_into_words(void **state)
{
	(void)state;
	expect(LANG_C, "int a = 0x1F; /* b\nc */ d(\"e\\\"f\", 'g'); // h\ni",
	    "k:int w:a n:0x1F c:/* b\nc */ w:d@2 s:\"e\\\"f\" s:'g' c:// h w:i@3");
	expect(LANG_C, "#include <stdio.h>\n# define A(x) x##_y\n#ifdef B\na < b",
	    "d:include s:<stdio.h> d:define@2 w:A w:x w:x w:_y d:ifdef@3 w:B w:a@4 w:b");
	expect(LANG_C, "// a \\\nb\nc", "c:// a \\\nb w:c@3");
	expect(LANG_C, "L\"a\" u8\"b\" Lb", "s:L\"a\" s:u8\"b\" w:Lb");
	expect(LANG_C, "\"a\\\nb\" c", "s:\"a\\\nb\" w:c@2");
}

static void
what_is_not_closed_is_code(void **state)
{
	(void)state;
	expect(LANG_C, "don't stop\n\"open\nx", "w:don w:t w:stop w:open@2 w:x@3");
	expect(LANG_C, "a /* b c", "w:a w:b w:c");
	expect(LANG_GO, "a `b\nc", "w:a w:b w:c@2");
	expect(LANG_PYTHON, "'''a\nb", "s:'' w:a w:b@2");
	expect(LANG_C, "\"\\", "");
}

static void
other_languages_have_their_strings(void **state)
{
	(void)state;
	expect(LANG_CPP, "R\"x(a)\"b)x\" 1'000'000 'c' d", "s:R\"x(a)\"b)x\" n:1'000'000 s:'c' w:d");
	expect(LANG_PYTHON, "rb'a' f\"\"\"b\n\"c\" \"\"\" d # e",
	    "s:rb'a' s:f\"\"\"b\n\"c\" \"\"\" w:d@2 c:# e");
	expect(LANG_RUST, "&'a str r#\"x\"y\"# b'c' '\\n' \"d\ne\" /* f /* g */ h */ i",
	    "w:a w:str s:r#\"x\"y\"# w:b s:'c' s:'\\n' s:\"d\ne\" c:/* f /* g */ h */@2 w:i");
	expect(LANG_BASH, "a=$#; b=${#c} # d\n#e", "w:a w:b w:c c:# d c:#e@2");
	expect(LANG_CSHARP, "@\"a\"\"b\nc\" d", "s:@\"a\"\"b\nc\" w:d@2");
	expect(LANG_PERL, "a\n=pod\n\nb\n\n=cut\nc", "w:a c:=pod\n\nb\n\n=cut@2 w:c@7");
	expect(LANG_SQL, "'it''s' -- a", "s:'it' s:'s' c:-- a");
	expect(LANG_XML, "<!-- a --> b", "c:<!-- a --> w:b");
	expect(LANG_NONE, "don't \"a\" 1b 2", "w:don w:t w:a n:1b n:2");
	expect(LANG_C, "\xc3\xa9t\xc3\xa9 \xff", "w:\xc3\xa9t\xc3\xa9 w:\xff");
}

/* Every language on every small mixture of the bytes that matter: tokens stay in order and in the text. */
static void
nothing_makes_it_stumble(void **state)
{
	static const char alphabet[] = "ab1 \n\t\\\"'`/*#<>=@-!(){}Rr;%\x80";
	uint32_t seed = 20240211;
	char text[40];
	struct buf out = BUF(1 << 20);

	(void)state;
	print_message("seed %u\n", seed);
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = round % sizeof text;
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
		}
		tokens((enum seg_language)(round % LANG_END), (struct str){ text, len }, &out);
	}
	buf_release(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(c_is_cut_into_words),
	cmocka_unit_test(what_is_not_closed_is_code),
	cmocka_unit_test(other_languages_have_their_strings),
	cmocka_unit_test(nothing_makes_it_stumble),
};

UNIT(tests)
