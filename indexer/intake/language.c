#include "indexer/intake/language.h"

#include <ctype.h>

struct name_rule {
	const char *name;
	enum seg_language language;
};

/* File names, whole; a trailing '*' stands for any rest. */
static const struct name_rule names[] = {
	{ "Makefile*", LANG_MAKE },
	{ "makefile", LANG_MAKE },
	{ "GNUmakefile", LANG_MAKE },
	{ "Kbuild*", LANG_MAKE },
	{ "Kconfig*", LANG_KCONFIG },
	{ "CMakeLists.txt", LANG_CMAKE },
	{ "meson.build", LANG_MESON },
	{ "meson_options.txt", LANG_MESON },
	{ "meson.options", LANG_MESON },
	{ "Dockerfile*", LANG_DOCKER },
	{ "Containerfile", LANG_DOCKER },
	{ "SConstruct", LANG_PYTHON },
	{ "SConscript", LANG_PYTHON },
	{ "wscript", LANG_PYTHON },
	{ "Rakefile", LANG_RUBY },
	{ "Gemfile", LANG_RUBY },
	{ "Vagrantfile", LANG_RUBY },
	{ "Podfile", LANG_RUBY },
	{ "PKGBUILD", LANG_BASH },
	{ "APKBUILD", LANG_BASH },
	{ ".bashrc", LANG_BASH },
	{ ".profile", LANG_BASH },
	{ ".bash_profile", LANG_BASH },
	{ "configure.ac", LANG_M4 },
	{ "configure.in", LANG_M4 },
	{ "README", LANG_TEXT },
	{ "COPYING", LANG_TEXT },
	{ "LICENSE", LANG_TEXT },
	{ "ChangeLog", LANG_TEXT },
	{ "NEWS", LANG_TEXT },
	{ "AUTHORS", LANG_TEXT },
	{ "INSTALL", LANG_TEXT },
	{ "MAINTAINERS", LANG_TEXT },
	{ ".clang-format", LANG_YAML },
	{ ".editorconfig", LANG_INI },
	{ ".gitmodules", LANG_INI },
	{ ".gitconfig", LANG_INI },
	{ "Cargo.lock", LANG_TOML },
	{ "composer.lock", LANG_JSON },
	{ ".babelrc", LANG_JSON },
	{ ".eslintrc", LANG_JSON },
};

/* Extensions, without their dot.  Those in upper case count before those folded to lower case. */
static const struct name_rule extensions[] = {
	{ "C", LANG_CPP },
	{ "H", LANG_CPP },
	{ "S", LANG_ASSEMBLY },
	{ "R", LANG_R },
	{ "c", LANG_C },
	{ "cc", LANG_CPP },
	{ "cpp", LANG_CPP },
	{ "cxx", LANG_CPP },
	{ "c++", LANG_CPP },
	{ "hpp", LANG_CPP },
	{ "hh", LANG_CPP },
	{ "hxx", LANG_CPP },
	{ "h++", LANG_CPP },
	{ "ipp", LANG_CPP },
	{ "tpp", LANG_CPP },
	{ "txx", LANG_CPP },
	{ "inl", LANG_CPP },
	{ "cu", LANG_CPP },
	{ "cuh", LANG_CPP },
	{ "ino", LANG_CPP },
	{ "mm", LANG_OBJC },
	{ "m", LANG_OBJC },
	{ "py", LANG_PYTHON },
	{ "pyi", LANG_PYTHON },
	{ "pyw", LANG_PYTHON },
	{ "pyx", LANG_PYTHON },
	{ "json", LANG_JSON },
	{ "jsonc", LANG_JSON },
	{ "json5", LANG_JSON },
	{ "ipynb", LANG_JSON },
	{ "geojson", LANG_JSON },
	{ "webmanifest", LANG_JSON },
	{ "sarif", LANG_JSON },
	{ "sh", LANG_BASH },
	{ "bash", LANG_BASH },
	{ "ksh", LANG_BASH },
	{ "zsh", LANG_BASH },
	{ "ebuild", LANG_BASH },
	{ "bats", LANG_BASH },
	{ "cs", LANG_CSHARP },
	{ "csx", LANG_CSHARP },
	{ "go", LANG_GO },
	{ "java", LANG_JAVA },
	{ "js", LANG_JAVASCRIPT },
	{ "mjs", LANG_JAVASCRIPT },
	{ "cjs", LANG_JAVASCRIPT },
	{ "jsx", LANG_JAVASCRIPT },
	{ "php", LANG_PHP },
	{ "php3", LANG_PHP },
	{ "php4", LANG_PHP },
	{ "php5", LANG_PHP },
	{ "phtml", LANG_PHP },
	{ "phpt", LANG_PHP },
	{ "rb", LANG_RUBY },
	{ "rake", LANG_RUBY },
	{ "gemspec", LANG_RUBY },
	{ "ru", LANG_RUBY },
	{ "rs", LANG_RUST },
	{ "ts", LANG_TYPESCRIPT },
	{ "mts", LANG_TYPESCRIPT },
	{ "cts", LANG_TYPESCRIPT },
	{ "tsx", LANG_TSX },
	{ "s", LANG_ASSEMBLY },
	{ "asm", LANG_ASSEMBLY },
	{ "nasm", LANG_ASSEMBLY },
	{ "pl", LANG_PERL },
	{ "pm", LANG_PERL },
	{ "t", LANG_PERL },
	{ "mk", LANG_MAKE },
	{ "mak", LANG_MAKE },
	{ "make", LANG_MAKE },
	{ "cmake", LANG_CMAKE },
	{ "sql", LANG_SQL },
	{ "lua", LANG_LUA },
	{ "kt", LANG_KOTLIN },
	{ "kts", LANG_KOTLIN },
	{ "swift", LANG_SWIFT },
	{ "scala", LANG_SCALA },
	{ "tcl", LANG_TCL },
	{ "awk", LANG_AWK },
	{ "m4", LANG_M4 },
	{ "ac", LANG_M4 },
	{ "yml", LANG_YAML },
	{ "yaml", LANG_YAML },
	{ "toml", LANG_TOML },
	{ "ini", LANG_INI },
	{ "cfg", LANG_INI },
	{ "cnf", LANG_INI },
	{ "conf", LANG_INI },
	{ "desktop", LANG_INI },
	{ "service", LANG_INI },
	{ "xml", LANG_XML },
	{ "xsd", LANG_XML },
	{ "xsl", LANG_XML },
	{ "xslt", LANG_XML },
	{ "svg", LANG_XML },
	{ "plist", LANG_XML },
	{ "vcxproj", LANG_XML },
	{ "csproj", LANG_XML },
	{ "html", LANG_HTML },
	{ "htm", LANG_HTML },
	{ "xhtml", LANG_HTML },
	{ "css", LANG_CSS },
	{ "scss", LANG_CSS },
	{ "less", LANG_CSS },
	{ "md", LANG_MARKDOWN },
	{ "markdown", LANG_MARKDOWN },
	{ "rst", LANG_RST },
	{ "tex", LANG_TEX },
	{ "sty", LANG_TEX },
	{ "pod", LANG_POD },
	{ "txt", LANG_TEXT },
	{ "dts", LANG_DTS },
	{ "dtsi", LANG_DTS },
	{ "dtso", LANG_DTS },
	{ "lds", LANG_LINKER },
	{ "ld", LANG_LINKER },
	{ "l", LANG_LEX },
	{ "ll", LANG_LEX },
	{ "lex", LANG_LEX },
	{ "y", LANG_YACC },
	{ "yy", LANG_YACC },
	{ "ypp", LANG_YACC },
	{ "proto", LANG_PROTOBUF },
	{ "asn1", LANG_ASN1 },
	{ "asn", LANG_ASN1 },
	{ "dockerfile", LANG_DOCKER },
	{ "ps1", LANG_POWERSHELL },
	{ "psm1", LANG_POWERSHELL },
	{ "bat", LANG_BATCH },
	{ "cmd", LANG_BATCH },
	{ "v", LANG_VERILOG },
	{ "sv", LANG_VERILOG },
	{ "svh", LANG_VERILOG },
	{ "vh", LANG_VERILOG },
	{ "vhd", LANG_VHDL },
	{ "vhdl", LANG_VHDL },
	{ "hs", LANG_HASKELL },
	{ "ml", LANG_OCAML },
	{ "mli", LANG_OCAML },
	{ "erl", LANG_ERLANG },
	{ "hrl", LANG_ERLANG },
	{ "dart", LANG_DART },
	{ "pas", LANG_PASCAL },
	{ "dpr", LANG_PASCAL },
	{ "f", LANG_FORTRAN },
	{ "for", LANG_FORTRAN },
	{ "f90", LANG_FORTRAN },
	{ "f95", LANG_FORTRAN },
	{ "yar", LANG_YARA },
	{ "yara", LANG_YARA },
	{ "diff", LANG_DIFF },
	{ "patch", LANG_DIFF },
	{ "el", LANG_LISP },
	{ "lisp", LANG_LISP },
	{ "scm", LANG_LISP },
	{ "clj", LANG_LISP },
	{ "r", LANG_R },
	{ "zig", LANG_ZIG },
};

/* Interpreters of "#!" lines, without version. */
static const struct name_rule interpreters[] = {
	{ "sh", LANG_BASH },
	{ "bash", LANG_BASH },
	{ "dash", LANG_BASH },
	{ "ksh", LANG_BASH },
	{ "zsh", LANG_BASH },
	{ "ash", LANG_BASH },
	{ "python", LANG_PYTHON },
	{ "pypy", LANG_PYTHON },
	{ "perl", LANG_PERL },
	{ "ruby", LANG_RUBY },
	{ "node", LANG_JAVASCRIPT },
	{ "nodejs", LANG_JAVASCRIPT },
	{ "deno", LANG_TYPESCRIPT },
	{ "php", LANG_PHP },
	{ "lua", LANG_LUA },
	{ "tclsh", LANG_TCL },
	{ "wish", LANG_TCL },
	{ "expect", LANG_TCL },
	{ "awk", LANG_AWK },
	{ "gawk", LANG_AWK },
	{ "make", LANG_MAKE },
	{ "Rscript", LANG_R },
	{ "pwsh", LANG_POWERSHELL },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum seg_language
rule_find(const struct name_rule *rules, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		struct str rule = str_from(rules[i].name);
		bool open = rule.len > 1 && rule.data[rule.len - 1] == '*';

		rule.len -= open;
		if (open ? str_starts(name, rule) : str_eq(name, rule))
			return rules[i].language;
	}
	return LANG_NONE;
}

static struct str
tail_behind(struct str s, char mark)
{
	const char *at = s.len ? memrchr(s.data, mark, s.len) : NULL;

	return at ? (struct str){ at + 1, s.len - (size_t)(at + 1 - s.data) } : (struct str){ s.data, 0 };
}

static enum seg_language
by_extension(struct str extension)
{
	char low[16];

	if (extension.len == 0 || extension.len > sizeof low)
		return LANG_NONE;
	enum seg_language language = rule_find(extensions, COUNT(extensions), extension);
	if (language != LANG_NONE)
		return language;
	for (size_t i = 0; i < extension.len; i++)
		low[i] = (char)tolower((unsigned char)extension.data[i]);
	return rule_find(extensions, COUNT(extensions), (struct str){ low, extension.len });
}

static struct str
first_line(struct str text)
{
	struct str rest = text, line = { text.data, 0 };

	str_next(&rest, '\n', &line);
	return line;
}

/* "#!/usr/bin/env -S python3.11 -u" gives python. */
static enum seg_language
by_interpreter(struct str text)
{
	struct str line = first_line(text), word;

	if (!str_starts(line, STR("#!")))
		return LANG_NONE;
	line.data += 2;
	line.len -= 2;
	while (str_next(&line, ' ', &word)) {
		struct str base = memchr(word.data, '/', word.len) ? tail_behind(word, '/') : word;

		if (base.len == 0 || base.data[0] == '-' || str_is(base, "env"))
			continue;
		while (base.len &&
		    (isdigit((unsigned char)base.data[base.len - 1]) || base.data[base.len - 1] == '.' ||
			base.data[base.len - 1] == '\r'))
			base.len--;
		return rule_find(interpreters, COUNT(interpreters), base);
	}
	return LANG_NONE;
}

static struct str
skip_blank(struct str s)
{
	while (s.len && (s.data[0] == ' ' || s.data[0] == '\t')) {
		s.data++;
		s.len--;
	}
	return s;
}

/* What a line says only in C++: "class X {", "namespace", "template <", "public:". */
static bool
line_is_cpp(struct str line)
{
	static const char *const access[] = { "public:", "private:", "protected:" };

	line = skip_blank(line);
	if (line.len < 7 || !strchr("cntpu", line.data[0]))
		return false;
	for (size_t i = 0; i < COUNT(access); i++)
		if (str_starts(line, str_from(access[i])))
			return true;
	if (str_starts(line, STR("template<")) || str_starts(line, STR("template <")) ||
	    str_starts(line, STR("using namespace ")))
		return true;
	if (str_starts(line, STR("namespace ")))
		return memchr(line.data, '{', line.len) || line.len < 40;
	if (!str_starts(line, STR("class ")))
		return false;
	char last = line.data[line.len - 1];
	return last == '{' || last == ';' || memchr(line.data, ':', line.len);
}

#define HEADER_LOOK ((size_t)64 * 1024)

static enum seg_language
header_language(struct str text)
{
	struct str rest = { text.data, text.len < HEADER_LOOK ? text.len : HEADER_LOOK }, line;

	while (str_next(&rest, '\n', &line))
		if (line_is_cpp(line))
			return LANG_CPP;
	return LANG_C;
}

static bool
begins_as_c(struct str text)
{
	static const char *const starts[] = { "/*", "//", "#include", "#if", "#define", "#ifndef", "#ifdef" };

	while (text.len && isspace((unsigned char)text.data[0])) {
		text.data++;
		text.len--;
	}
	for (size_t i = 0; i < COUNT(starts); i++)
		if (str_starts(text, str_from(starts[i])))
			return true;
	return false;
}

/* A page of manual: foo.1 .. foo.8, foo.3ssl */
static bool
is_roff(struct str extension, struct str text)
{
	return extension.len && extension.data[0] >= '1' && extension.data[0] <= '9' && text.len &&
	    (text.data[0] == '.' || text.data[0] == '\'');
}

static enum seg_language
by_name(struct str name, struct str text)
{
	enum seg_language language = rule_find(names, COUNT(names), name);

	if (language != LANG_NONE)
		return language;
	struct str extension = tail_behind(name, '.');
	if (str_is(extension, "in") && name.len > 3)
		return by_name((struct str){ name.data, name.len - 3 }, text);
	if (str_is(extension, "h"))
		return header_language(text);
	if ((str_is(extension, "inc") || str_is(extension, "def")) && begins_as_c(text))
		return header_language(text);
	if (is_roff(extension, text))
		return LANG_ROFF;
	language = by_extension(extension);
	if (language == LANG_TYPESCRIPT && text.len && text.data[0] == '<')
		return LANG_XML;
	return language;
}

enum seg_language
language_of(struct str path, struct str text)
{
	struct str name = memchr(path.data, '/', path.len) ? tail_behind(path, '/') : path;
	enum seg_language language = by_name(name, text);

	return language != LANG_NONE ? language : by_interpreter(text);
}
