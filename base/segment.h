/*
 * The files of ROOM/index, as carrel-segment(5) has them: what writer and reader share.
 * All numbers are little-endian and naturally aligned, so that a mapped file is read in
 * place; "number" and "string" in packed sections are those of base/codec.h.
 */
#ifndef CARREL_BASE_SEGMENT_H
#define CARREL_BASE_SEGMENT_H

#include "base/digest.h"

#include <assert.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "segments are read in place");

#define SEG_MAGIC "carrel-seg" /* 10 bytes, no NUL */
#define SEG_VERSION 5
#define SEG_HEAD ((size_t)4096)        /* bytes of the head; the file's name is their SHA-256 in hex */
#define SEG_CHUNK ((size_t)64 * 1024)  /* bytes that one hash of the chunk table covers */
#define SEG_BLOCK ((size_t)40 * 1024)  /* bytes of text in one LZ4 block */
#define SEG_SPAN_BLOCK ((size_t)128 * 1024) /* bytes of span data in one zstd frame */
#define SEG_LINE_STEP 64               /* every so many lines have their offset in SEG_LINES */
#define SEG_GROUP 16                   /* strings of a front-coded group */
#define SEG_NAME_BITS 12
#define SEG_NAME_BLOCK ((size_t)1 << SEG_NAME_BITS) /* bytes with which a block of names ends, behind a group */
#define SEG_NAME_MAX 255               /* bytes of a word or symbol; longer ones are left out */
/* What a block of names can hold: a group more than SEG_NAME_BLOCK, and what stands before and behind its strings. */
#define SEG_NAME_BLOCK_MAX (SEG_NAME_BLOCK + SEG_GROUP * (SEG_NAME_MAX + 32))
#define SEG_PATH_MAX 4096              /* bytes of a path */
#define SEG_BLOB_MAX ((uint64_t)128 * 1024 * 1024) /* bytes of a blob that is stored */
#define SEG_BINARY_LOOK 8000           /* a NUL in so many first bytes makes a blob binary */
#define SEG_ROLE_BITS 4                /* low bits of a reference that hold its role, or 0 where that follows */

enum seg_kind { SEG_TEXT = 1, SEG_SYNTAX, SEG_RELEASE, SEG_KINDS };

/* number, enum, kind of segment, bytes of an element (1: packed or raw); what head's count says of packed ones */
#define SEG_SECTIONS(X) \
	X(1, SEG_BLOCKS, SEG_TEXT, 1)            /* LZ4 blocks; count: bytes of the text stream */ \
	X(2, SEG_BLOCK_ENDS, SEG_TEXT, 8)        /* u64: end of each block in SEG_BLOCKS */ \
	X(3, SEG_BLOBS, SEG_TEXT, 48)            /* struct seg_blob */ \
	X(4, SEG_IDS, SEG_TEXT, 4)               /* u32: blob numbers in order of their git ids */ \
	X(5, SEG_LINES, SEG_TEXT, 4)             /* u32: offset in its blob of every 64th line */ \
	X(6, SEG_GRAMS, SEG_TEXT, 8)             /* struct seg_gram, in order of trigrams */ \
	X(7, SEG_GRAM_BLOBS, SEG_TEXT, 1)        /* packed: blobs that hold the trigram; count: how many */ \
	X(8, SEG_NAME_GROUPS, SEG_TEXT, 8)       /* struct seg_group */ \
	X(9, SEG_NAMES, SEG_TEXT, 1)             /* blocks, zstd: words of code; count: words */ \
	X(10, SEG_NAME_LINES, SEG_TEXT, 1)       /* packed: blobs and lines of words; count: lines */ \
	X(11, SEG_NAME_BLOCK_ENDS, SEG_TEXT, 4)  /* u32: end of each block in SEG_NAMES */ \
	X(12, SEG_PARTS, SEG_TEXT, 4)            /* u32: end, in blobs, of each segment that it was merged from */ \
	X(13, SEG_SUSPECTS, SEG_TEXT, 24)        /* struct seg_suspects: of blobs that have any, rising */ \
	X(32, SEG_SPAN_BLOCKS, SEG_SYNTAX, 1)    /* zstd frames; count: bytes of the span stream */ \
	X(33, SEG_SPAN_BLOCK_ENDS, SEG_SYNTAX, 8) /* u64: end of each frame in SEG_SPAN_BLOCKS */ \
	X(34, SEG_SPAN_ENDS, SEG_SYNTAX, 8)      /* u64: end of each blob's spans in the span stream */ \
	X(35, SEG_TEXT_NAME, SEG_SYNTAX, 32)     /* digest of the text segment; one element */ \
	X(36, SEG_STATES, SEG_SYNTAX, 12)        /* struct seg_state */ \
	X(37, SEG_OUTLINE_ENDS, SEG_SYNTAX, 4)   /* u32: end of each blob's outline in SEG_OUTLINES */ \
	X(38, SEG_OUTLINES, SEG_SYNTAX, 1)       /* packed: definitions and declarations; count: how many */ \
	X(39, SEG_SYMBOL_GROUPS, SEG_SYNTAX, 8)  /* struct seg_group */ \
	X(40, SEG_SYMBOLS, SEG_SYNTAX, 1)        /* blocks, LZ4: names; count: names */ \
	X(41, SEG_USES, SEG_SYNTAX, 1)           /* packed: places of names; count: references */ \
	X(42, SEG_SYMBOL_BLOCK_ENDS, SEG_SYNTAX, 4) /* u32: end of each block in SEG_SYMBOLS */ \
	X(64, SEG_PAIRS, SEG_RELEASE, 72)        /* struct seg_pair */ \
	X(65, SEG_PATH_ENDS, SEG_RELEASE, 4)     /* u32: end of each group in SEG_PATHS */ \
	X(66, SEG_PATHS, SEG_RELEASE, 1)         /* packed: entries in path order; count: entries */ \
	X(67, SEG_OWNER_ENDS, SEG_RELEASE, 4)    /* u32: end of each blob's entries in SEG_OWNERS */ \
	X(68, SEG_OWNERS, SEG_RELEASE, 4)        /* u32: entry numbers */ \
	X(69, SEG_ODD, SEG_RELEASE, 1)           /* PATH NUL WHAT NUL WHY NUL ...; count: triples */

enum seg_section_id {
#define X(number, id, kind, size) id = number,
	SEG_SECTIONS(X)
#undef X
};

#define SEG_SECTIONS_MAX 13 /* of one file */

struct seg_section {
	uint32_t id;   /* enum seg_section_id */
	uint32_t zero;
	uint64_t offset; /* from the start of the file; a multiple of 8 */
	uint64_t length; /* bytes */
	uint64_t count;  /* elements; of packed sections as the table says */
};

struct seg_head {
	char magic[10];
	uint16_t version;
	uint32_t kind;     /* enum seg_kind */
	uint64_t length;   /* of the file */
	uint64_t table;    /* offset of the chunk table, which ends the file */
	uint8_t chunks[SHA256_LEN]; /* SHA-256 of the chunk table */
	struct seg_section sections[SEG_SECTIONS_MAX]; /* all of the kind, in order; zeros behind, up to SEG_HEAD */
};

/* number, enum, word in `status` and `skipped` */
#define SEG_CLASSES(X) \
	X(1, SEG_PLAIN_TEXT, "text")   \
	X(2, SEG_BINARY, "binary")     /* stored; neither searched nor parsed */ \
	X(3, SEG_UTF16, "utf-16")      /* a byte order mark of UTF-16; stored, neither searched nor parsed */ \
	X(4, SEG_LARGE, "too-large")   /* larger than SEG_BLOB_MAX; not stored */

enum seg_class {
#define X(number, id, word) id = number,
	SEG_CLASSES(X)
#undef X
	SEG_CLASS_END
};

/* Flags of a blob. */
#define SEG_SCAN 1u     /* too many trigrams for tables, so in none: look into the text itself */
#define SEG_BEYOND 2u   /* text with bytes other than printable ASCII, tab, form feed and line ends (LF, CR LF) */
#define SEG_WORDLESS 4u /* too many words: in no table of these */

struct seg_blob {
	uint8_t id[OID_LEN];
	uint32_t lines;  /* newlines, and one if bytes stand behind the last; 0 of a blob that is not stored */
	uint64_t size;   /* bytes */
	uint64_t offset; /* in the text stream */
	uint32_t first;  /* its first element in SEG_LINES */
	uint8_t class;   /* enum seg_class */
	uint8_t flags;
	uint16_t language; /* enum seg_language */
};

#define SEG_SUSPECT_CLASSES 5 /* those of base/suspect.h that one blob alone can have */

struct seg_suspects {
	uint32_t blob;
	uint32_t places[SEG_SUSPECT_CLASSES]; /* that are suspicious, by class; not all 0 */
};

struct seg_gram {
	uint32_t gram;   /* low bits of its gaps << 24 | first byte << 16 | second << 8 | third */
	uint32_t offset; /* of its blobs in SEG_GRAM_BLOBS; they end where the next one's begin */
};

#define SEG_GRAM(entry) ((entry)->gram & 0xffffff)
#define SEG_GRAM_LOW(entry) ((entry)->gram >> 24) /* at most SEG_GRAM_LOW_MAX */
#define SEG_GRAM_LOW_MAX 31

struct seg_group {
	uint32_t text; /* offset of the group in the list of strings: block << SEG_NAME_BITS | offset in it */
	uint32_t data; /* offset, in the section of their data, of the first string's */
};

/* number, enum, word */
#define SEG_STATUSES(X) \
	X(0, SEG_NOT_TEXT, "")            /* see the class */ \
	X(1, SEG_PLAIN, "plain")          /* no grammar for it */ \
	X(2, SEG_PARSED, "parsed")        \
	X(3, SEG_NOT_PARSED, "not-parsed") /* there is a grammar, and a reason */

enum seg_status {
#define X(number, id, word) id = number,
	SEG_STATUSES(X)
#undef X
	SEG_STATUS_END
};

/* number, enum, word in verdicts, text */
#define SEG_WHYS(X) \
	X(0, SEG_WHY_NONE, "none", "")                                 \
	X(1, SEG_WHY_SIZE, "size", "larger than 16 MiB")                \
	X(2, SEG_WHY_LINE, "line", "a line longer than 512 KiB")       \
	X(3, SEG_WHY_DEPTH, "depth", "nested deeper than the limit")   \
	X(4, SEG_WHY_NODES, "nodes", "more syntax nodes than the limit") \
	X(5, SEG_WHY_STEPS, "steps", "more parser steps than the limit") \
	X(6, SEG_WHY_TIME, "time", "the parser ran out of time")       \
	X(7, SEG_WHY_MEMORY, "memory", "the parser ran out of memory") \
	X(8, SEG_WHY_KILLED, "killed", "the parser was killed")        \
	X(9, SEG_WHY_CONTROL, "control", "too many control bytes for source") \
	X(10, SEG_WHY_ERRORS, "errors", "the parser could make nothing of it") \
	X(11, SEG_WHY_PENDING, "pending", "not yet: the index is being completed")

enum seg_why {
#define X(number, id, word, text) id = number,
	SEG_WHYS(X)
#undef X
	SEG_WHY_END
};

struct seg_state {
	uint8_t status; /* enum seg_status */
	uint8_t why;    /* enum seg_why */
	uint16_t zero;
	uint32_t errors;      /* regions that the parser could not make sense of */
	uint32_t error_lines; /* lines in them */
};

/* Symbols: number, enum, word */
#define SEG_SYMBOL_KINDS(X) \
	X(1, SYM_FUNCTION, "function")     \
	X(2, SYM_METHOD, "method")         \
	X(3, SYM_CLASS, "class")           \
	X(4, SYM_STRUCT, "struct")         \
	X(5, SYM_UNION, "union")           \
	X(6, SYM_ENUM, "enum")             \
	X(7, SYM_ENUMERATOR, "enumerator") \
	X(8, SYM_TYPE, "type")             \
	X(9, SYM_INTERFACE, "interface")   \
	X(10, SYM_TRAIT, "trait")          \
	X(11, SYM_MACRO, "macro")          \
	X(12, SYM_VARIABLE, "variable")    \
	X(13, SYM_CONSTANT, "constant")    \
	X(14, SYM_FIELD, "field")          \
	X(15, SYM_PROPERTY, "property")    \
	X(16, SYM_NAMESPACE, "namespace")  \
	X(17, SYM_MODULE, "module")        \
	X(18, SYM_PACKAGE, "package")      \
	X(19, SYM_KEY, "key")              /* of JSON and the like */ \
	X(20, SYM_LABEL, "label")          \
	X(21, SYM_TARGET, "target")        /* of a makefile */

enum seg_symbol_kind {
#define X(number, id, word) id = number,
	SEG_SYMBOL_KINDS(X)
#undef X
	SYM_KIND_END
};

/* References: number, enum, word; below 1 << SEG_ROLE_BITS */
#define SEG_ROLES(X) \
	X(1, ROLE_CALL, "call")           \
	X(2, ROLE_TYPE, "type")           /* as the type of something */ \
	X(3, ROLE_READ, "read")           \
	X(4, ROLE_WRITE, "write")         /* target of an assignment, increment or decrement */ \
	X(5, ROLE_INCLUDE, "include")     /* a file or module taken in */ \
	X(6, ROLE_IMPORT, "import")       /* a name taken in from another module */ \
	X(7, ROLE_INHERIT, "inherit")     /* base class, implemented interface or trait */ \
	X(8, ROLE_ANNOTATION, "annotation") /* decorator, attribute */ \
	X(9, ROLE_MACRO, "macro")         /* tested or undefined by the preprocessor; expanded */ \
	X(10, ROLE_ADDRESS, "address")    /* its address is taken */

enum seg_role {
#define X(number, id, word) id = number,
	SEG_ROLES(X)
#undef X
	ROLE_END
};

static_assert(ROLE_END <= 1 << SEG_ROLE_BITS, "a role fits its bits");

/* Low bits of an outline entry's kind number: kind << SEG_SYMBOL_BITS | flags. */
#define SEG_SYMBOL_BITS 3
#define SEG_DECLARED 1u  /* a declaration: the definition is elsewhere */
#define SEG_QUALIFIED 2u /* a scope that is not in this outline is named behind it */
#define SEG_SHORT 4u     /* one line and no parent: neither is written */

/* One text segment that a release draws on, and its syntax segment. */
struct seg_pair {
	uint8_t text[SHA256_LEN], syntax[SHA256_LEN];
	uint32_t blobs; /* of that text segment */
	uint32_t first; /* its blob 0 in SEG_OWNER_ENDS */
};

static_assert(sizeof(struct seg_section) == 32 && sizeof(struct seg_head) == 64 + 32 * SEG_SECTIONS_MAX, "head");
static_assert(sizeof(struct seg_blob) == 48 && sizeof(struct seg_suspects) == 24, "blobs");
static_assert(sizeof(struct seg_gram) == 8 && sizeof(struct seg_group) == 8, "tables");
static_assert(sizeof(struct seg_state) == 12 && sizeof(struct seg_pair) == 72, "syntax and release");

/*
 * Languages: number (of the format, never reused), enum, name in `--lang` and `language`,
 * grammar or empty.  How files are told apart and lexed is in indexer/intake/language.
 */
#define SEG_LANGUAGES(X) \
	X(0, LANG_NONE, "", "")                       \
	X(1, LANG_C, "c", "c")                        \
	X(2, LANG_CPP, "c++", "cpp")                  \
	X(3, LANG_PYTHON, "python", "python")         \
	X(4, LANG_JSON, "json", "json")               \
	X(5, LANG_BASH, "shell", "bash")              \
	X(6, LANG_CSHARP, "c#", "c_sharp")            \
	X(7, LANG_GO, "go", "go")                     \
	X(8, LANG_JAVA, "java", "java")               \
	X(9, LANG_JAVASCRIPT, "javascript", "javascript") \
	X(10, LANG_PHP, "php", "php")                 \
	X(11, LANG_RUBY, "ruby", "ruby")              \
	X(12, LANG_RUST, "rust", "rust")              \
	X(13, LANG_TYPESCRIPT, "typescript", "typescript") \
	X(14, LANG_TSX, "tsx", "tsx")                 \
	X(15, LANG_ASSEMBLY, "assembly", "")          \
	X(16, LANG_PERL, "perl", "")                  \
	X(17, LANG_MAKE, "make", "")                  \
	X(18, LANG_CMAKE, "cmake", "")                \
	X(19, LANG_MESON, "meson", "")                \
	X(20, LANG_SQL, "sql", "sql")                 \
	X(21, LANG_LUA, "lua", "lua")                 \
	X(22, LANG_KOTLIN, "kotlin", "kotlin")        \
	X(23, LANG_SWIFT, "swift", "")                \
	X(24, LANG_SCALA, "scala", "")                \
	X(25, LANG_TCL, "tcl", "")                    \
	X(26, LANG_AWK, "awk", "")                    \
	X(27, LANG_M4, "m4", "")                      \
	X(28, LANG_YAML, "yaml", "yaml")              \
	X(29, LANG_TOML, "toml", "toml")              \
	X(30, LANG_INI, "ini", "")                    \
	X(31, LANG_XML, "xml", "xml")                 \
	X(32, LANG_HTML, "html", "html")              \
	X(33, LANG_CSS, "css", "css")                 \
	X(34, LANG_MARKDOWN, "markdown", "")          \
	X(35, LANG_RST, "rst", "")                    \
	X(36, LANG_TEX, "tex", "")                    \
	X(37, LANG_ROFF, "roff", "")                  \
	X(38, LANG_POD, "pod", "")                    \
	X(39, LANG_TEXT, "text", "")                  \
	X(40, LANG_DTS, "devicetree", "")             \
	X(41, LANG_KCONFIG, "kconfig", "")            \
	X(42, LANG_LINKER, "linker-script", "")       \
	X(43, LANG_LEX, "lex", "")                    \
	X(44, LANG_YACC, "yacc", "")                  \
	X(45, LANG_PROTOBUF, "protobuf", "")          \
	X(46, LANG_ASN1, "asn.1", "")                 \
	X(47, LANG_DOCKER, "dockerfile", "")          \
	X(48, LANG_POWERSHELL, "powershell", "")      \
	X(49, LANG_BATCH, "batch", "")                \
	X(50, LANG_VERILOG, "verilog", "")            \
	X(51, LANG_VHDL, "vhdl", "")                  \
	X(52, LANG_OBJC, "objective-c", "")           \
	X(53, LANG_HASKELL, "haskell", "")            \
	X(54, LANG_OCAML, "ocaml", "")                \
	X(55, LANG_ERLANG, "erlang", "")              \
	X(56, LANG_DART, "dart", "")                  \
	X(57, LANG_PASCAL, "pascal", "")              \
	X(58, LANG_FORTRAN, "fortran", "")            \
	X(59, LANG_YARA, "yara", "")                  \
	X(60, LANG_DIFF, "diff", "")                  \
	X(61, LANG_LISP, "lisp", "")                  \
	X(62, LANG_R, "r", "")                        \
	X(63, LANG_ZIG, "zig", "")

enum seg_language {
#define X(number, id, name, grammar) id = number,
	SEG_LANGUAGES(X)
#undef X
	LANG_END
};

/* Words of the tables above; "" for a number that is none. */
const char *seg_class_word(unsigned class);
const char *seg_status_word(unsigned status);
const char *seg_why_word(unsigned why);
const char *seg_why_text(unsigned why);
const char *seg_symbol_word(unsigned kind);
const char *seg_role_word(unsigned role);
const char *seg_language_word(unsigned language);
/* Whether words there are a people's, not a programmer's: prose, be it marked up. */
bool seg_is_prose(unsigned language);
/* Bytes of an element of a section, 0 if the number is none; the segment kind it belongs to in *kind. */
size_t seg_section_size(unsigned id, enum seg_kind *kind);

#endif
