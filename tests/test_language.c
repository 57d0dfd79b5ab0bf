#include "tests/unit.h"

#include "indexer/intake/language.h"

struct expected {
	const char *path, *text, *language;
};

static void
check(const struct expected *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *got =
		    seg_language_word(language_of(str_from(table[i].path), str_from(table[i].text)));
		if (strcmp(got, table[i].language) != 0)
			fail_msg("%s: %s, not %s", table[i].path, got, table[i].language);
	}
}

static void
names_and_extensions_tell(void **state)
{
	static const struct expected table[] = {
		{ "a/b.c", "", "c" },
		{ "b.cc", "", "c++" },
		{ "X.C", "", "c++" },
		{ "X.CPP", "", "c++" },
		{ "x.py", "", "python" },
		{ "SConstruct", "", "python" },
		{ "package.json", "", "json" },
		{ "a.sh", "", "shell" },
		{ "a.cs", "", "c#" },
		{ "a.go", "", "go" },
		{ "A.java", "", "java" },
		{ "a.mjs", "", "javascript" },
		{ "a.php", "", "php" },
		{ "Rakefile", "", "ruby" },
		{ "a.rs", "", "rust" },
		{ "a.ts", "let x;", "typescript" },
		{ "a.tsx", "", "tsx" },
		{ "Makefile.am", "", "make" },
		{ "Kbuild", "", "make" },
		{ "a.S", "", "assembly" },
		{ "foo.h.in", "", "c" },
		{ "de.ts", "<?xml version='1.0'?>", "xml" },
		{ "drivers/Kconfig", "", "kconfig" },
		{ "c.d/file", "", "" },
		{ "noext", "", "" },
		{ "dir.py/noext", "", "" },
		{ "", "", "" },
		{ "a.", "", "" },
		{ "man/ls.1", ".Dd x", "roff" },
		{ "lib.so.1",
		    "\x7f"
		    "ELF",
		    "" },
	};

	(void)state;
	check(table, sizeof table / sizeof *table);
}

static void
text_tells_where_names_do_not(void **state)
{
	static const struct expected table[] = {
		{ "run", "#!/bin/sh\n", "shell" },
		{ "run", "#!/usr/bin/env python3\nx", "python" },
		{ "run", "#!/usr/bin/env -S python3.11 -u\n", "python" },
		{ "run", "#! /usr/bin/perl -w\n", "perl" },
		{ "run", "#!\n", "" },
		{ "run", "#!/usr/bin/env\n", "" },
		{ "run", "x #!/bin/sh\n", "" },
		{ "a.h", "struct a {\n\tint class;\n};\n", "c" },
		{ "a.h", "/* class of\n * class foo things */\nint x;\n", "c" },
		{ "a.h", "namespace a {\n}\n", "c++" },
		{ "a.h", "  class A : public B {\n", "c++" },
		{ "a.h", "class A;\n", "c++" },
		{ "a.h", "template <class T>\n", "c++" },
		{ "a.h", "struct A {\nprivate:\n", "c++" },
		{ "tab.inc", "/* generated */\n", "c" },
		{ "tab.inc", "<?php\n", "" },
		{ "tab.def", "#ifdef X\n", "c" },
	};

	(void)state;
	check(table, sizeof table / sizeof *table);
}

static void
every_grammar_has_a_lexis(void **state)
{
	(void)state;
#define X(number, id, name, grammar) \
	if (grammar[0] && !language_lexis(id)) \
		fail_msg("%s: no lexis", name);
	SEG_LANGUAGES(X)
#undef X
	assert_null(language_lexis(LANG_NONE));
	assert_null(language_lexis(LANG_TEXT));
	assert_null(language_lexis(LANG_END));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(names_and_extensions_tell),
	cmocka_unit_test(text_tells_where_names_do_not),
	cmocka_unit_test(every_grammar_has_a_lexis),
};

UNIT(tests)
