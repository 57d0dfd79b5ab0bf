/* Comments, strings and keywords of languages: what the plain lexer needs to know of each. */
#include "indexer/intake/language.h"

#define C_WORDS \
	"auto break case char const continue default do double else enum extern float for goto if inline " \
	"int long register " \
	"restrict return short signed sizeof static struct switch typedef union unsigned void volatile " \
	"while _Bool"

#define CPP_WORDS \
	C_WORDS " bool catch class const_cast constexpr decltype delete dynamic_cast explicit false final " \
		"friend mutable " \
		"namespace new noexcept nullptr operator override private protected public " \
		"reinterpret_cast static_assert " \
		"static_cast template this throw true try typeid typename using virtual"

#define JS_WORDS \
	"async await break case catch class const continue debugger default delete do else export extends " \
	"false finally for " \
	"function if import in instanceof let new null of return static super switch this throw true try " \
	"typeof undefined var " \
	"void while with yield"

#define C_LIKE .line = { "//" }, .open = "/*", .close = "*/"
#define HASH_LINES .line = { "#" }, .quotes = "\"'", .flags = LEXIS_SPACED

static const struct lexis table[LANG_END] = {
	[LANG_C] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_CPP, .keywords = C_WORDS },
	[LANG_CPP] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_CPP | LEXIS_RAW_CPP, .keywords = CPP_WORDS },
	[LANG_OBJC] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_CPP, .keywords = C_WORDS },
	[LANG_LEX] = { C_LIKE, .quotes = "\"'", .keywords = C_WORDS },
	[LANG_YACC] = { C_LIKE, .quotes = "\"'", .keywords = C_WORDS },
	[LANG_PYTHON] = { .line = { "#" },
	    .quotes = "\"'",
	    .flags = LEXIS_TRIPLE,
	    .keywords = "False None True and as assert async await break class continue def del elif else "
			"except finally for "
			"from global if import in is lambda nonlocal not or pass raise return try while with "
			"yield self" },
	[LANG_JSON] = { C_LIKE, .quotes = "\"", .keywords = "true false null" },
	[LANG_BASH] = { HASH_LINES,
	    .keywords = "if then else elif fi case esac for select while until do done in function local "
			"return export" },
	[LANG_CSHARP] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_VERBATIM | LEXIS_TRIPLE,
	    .keywords =
		"abstract as base bool break byte case catch char checked class const continue decimal "
		"default delegate "
		"do double else enum event explicit extern false finally fixed float for foreach goto if "
		"implicit in int "
		"interface internal is lock long namespace new null object operator out override params "
		"private protected "
		"public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch "
		"this throw "
		"true try typeof uint ulong unchecked unsafe ushort using var virtual void volatile while" },
	[LANG_GO] = { C_LIKE, .quotes = "\"'", .across = "`",
	    .keywords = "break case chan const continue default defer else fallthrough false for func go "
			"goto if import "
			"interface map nil package range return select struct switch true type var" },
	[LANG_JAVA] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_TRIPLE,
	    .keywords = "abstract assert boolean break byte case catch char class const continue default do "
			"double else enum "
			"extends false final finally float for goto if implements import instanceof int "
			"interface long native "
			"new null package private protected public return short static strictfp super switch "
			"synchronized this "
			"throw throws transient true try void volatile while" },
	[LANG_JAVASCRIPT] = { C_LIKE, .quotes = "\"'", .across = "`", .keywords = JS_WORDS },
	[LANG_TYPESCRIPT] = { C_LIKE, .quotes = "\"'", .across = "`", .keywords = JS_WORDS },
	[LANG_TSX] = { C_LIKE, .quotes = "\"'", .across = "`", .keywords = JS_WORDS },
	[LANG_PHP] = { .line = { "//", "#" },
	    .open = "/*",
	    .close = "*/",
	    .quotes = "\"'",
	    .keywords = "abstract and array as break callable case catch class clone const continue declare "
			"default do echo else "
			"elseif empty endfor endforeach endif endswitch endwhile extends final finally fn "
			"for foreach function "
			"global goto if implements include include_once instanceof insteadof interface isset "
			"list namespace new "
			"null or print private protected public require require_once return static switch "
			"this throw trait try "
			"unset use var while xor yield true false" },
	[LANG_RUBY] = { HASH_LINES,
	    .keywords = "BEGIN END alias and begin break case class def defined do else elsif end ensure "
			"false for if in module "
			"next nil not or redo rescue retry return self super then true undef unless until "
			"when while yield" },
	[LANG_RUST] = { C_LIKE, .quotes = "'", .across = "\"",
	    .flags = LEXIS_NEST | LEXIS_RAW_RUST | LEXIS_CHAR,
	    .keywords = "as async await break const continue crate dyn else enum extern false fn for if impl "
			"in let loop match "
			"mod move mut pub ref return self Self static struct super trait true type unsafe "
			"use where while" },
	[LANG_ASSEMBLY] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_CPP | LEXIS_CHAR },
	[LANG_PERL] = { .line = { "#" },
	    .quotes = "\"'",
	    .flags = LEXIS_SPACED | LEXIS_POD,
	    .keywords = "my our local sub if elsif else unless while until for foreach return use no require "
			"package last next "
			"redo and or not eq ne lt gt le ge cmp undef" },
	[LANG_MAKE] = { .line = { "#" } },
	[LANG_CMAKE] = { .line = { "#" }, .across = "\"" },
	[LANG_MESON] = { .line = { "#" }, .quotes = "'", .flags = LEXIS_TRIPLE },
	[LANG_SQL] = { .line = { "--" },
	    .open = "/*",
	    .close = "*/",
	    .quotes = "\"'",
	    .flags = LEXIS_DOUBLED },
	[LANG_LUA] = { .line = { "--" },
	    .quotes = "\"'",
	    .keywords = "and break do else elseif end false for function goto if in local nil not or repeat "
			"return then true "
			"until while" },
	[LANG_KOTLIN] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_TRIPLE | LEXIS_NEST },
	[LANG_SWIFT] = { C_LIKE, .quotes = "\"", .flags = LEXIS_TRIPLE | LEXIS_NEST },
	[LANG_SCALA] = { C_LIKE, .quotes = "\"", .flags = LEXIS_TRIPLE | LEXIS_NEST },
	[LANG_TCL] = { .line = { "#" }, .quotes = "\"", .flags = LEXIS_SPACED },
	[LANG_AWK] = { .line = { "#" }, .quotes = "\"" },
	[LANG_YAML] = { HASH_LINES },
	[LANG_TOML] = { .line = { "#" }, .quotes = "\"'", .flags = LEXIS_TRIPLE },
	[LANG_INI] = { .line = { "#", ";" }, .flags = LEXIS_SPACED },
	[LANG_XML] = { .open = "<!--", .close = "-->" },
	[LANG_HTML] = { .open = "<!--", .close = "-->" },
	[LANG_CSS] = { .open = "/*", .close = "*/", .quotes = "\"'" },
	[LANG_TEX] = { .line = { "%" } },
	[LANG_DTS] = { C_LIKE, .quotes = "\"", .flags = LEXIS_CPP },
	[LANG_KCONFIG] = { .line = { "#" }, .quotes = "\"", .flags = LEXIS_SPACED },
	[LANG_LINKER] = { .open = "/*", .close = "*/", .quotes = "\"", .flags = LEXIS_CPP },
	[LANG_PROTOBUF] = { C_LIKE, .quotes = "\"'" },
	[LANG_ASN1] = { .line = { "--" }, .quotes = "\"" },
	[LANG_DOCKER] = { HASH_LINES },
	[LANG_POWERSHELL] = { .line = { "#" }, .open = "<#", .close = "#>", .quotes = "\"'" },
	[LANG_VERILOG] = { C_LIKE, .quotes = "\"" },
	[LANG_VHDL] = { .line = { "--" }, .quotes = "\"" },
	[LANG_HASKELL] = { .line = { "--" },
	    .open = "{-",
	    .close = "-}",
	    .quotes = "\"",
	    .flags = LEXIS_NEST },
	[LANG_OCAML] = { .open = "(*", .close = "*)", .quotes = "\"", .flags = LEXIS_NEST },
	[LANG_ERLANG] = { .line = { "%" }, .quotes = "\"" },
	[LANG_DART] = { C_LIKE, .quotes = "\"'", .flags = LEXIS_TRIPLE },
	[LANG_PASCAL] = { .line = { "//" },
	    .open = "(*",
	    .close = "*)",
	    .quotes = "'",
	    .flags = LEXIS_DOUBLED },
	[LANG_FORTRAN] = { .line = { "!" }, .quotes = "\"'", .flags = LEXIS_DOUBLED },
	[LANG_YARA] = { C_LIKE, .quotes = "\"" },
	[LANG_LISP] = { .line = { ";" }, .across = "\"" },
	[LANG_R] = { .line = { "#" }, .quotes = "\"'" },
	[LANG_ZIG] = { .line = { "//" }, .quotes = "\"'", .flags = LEXIS_CHAR },
};

const struct lexis *
language_lexis(enum seg_language language)
{
	const struct lexis *lexis = &table[language];

	return (unsigned)language < LANG_END && (lexis->line[0] || lexis->open) ? lexis : NULL;
}
