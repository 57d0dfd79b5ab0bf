/*
 * What the walk over a syntax tree looks for, as tables: one a language, in terms of the
 * names that its grammar gives to nodes and fields.
 *
 * Walking down, every node gets a *context* from its parent's rules: what a name found
 * here would be.  A rule names the parent, and where it matters the field or the child's
 * own name; the first that fits counts, and where none does the context is empty.  What is
 * a name, and how stretches of text are coloured, the table of leaves says.
 */
#ifndef CARREL_INDEXER_INTAKE_GRAMMAR_H
#define CARREL_INDEXER_INTAKE_GRAMMAR_H

#include "base/segment.h"
#include "base/span.h"

#include <tree_sitter/api.h>

enum effect {
	E_NONE,     /* a name here means nothing in particular */
	E_KEEP,     /* what it would be in the node itself */
	E_KEEP_USE, /* the same, but only a use of role `value` */
	E_DEFINE,   /* the name of a symbol of kind `value`; the parent is its extent */
	E_USE,      /* a use in role `value` */
	E_CALLABLE, /* as kept, and there are parameters: a variable becomes a function */
	E_POINTER,  /* as kept, and undoes E_CALLABLE */
	E_SCOPE,    /* the name of the scope of what is defined in the parent, without being a symbol itself */
	E_LOCAL,    /* a parameter or the like: known in its function only */
	E_ADDRESS,  /* a use by its address if the parent begins with &; else as E_KEEP_USE */
	E_MEMBER,   /* as kept, and it is a member of something: no local of that name is meant */
	E_IGNORE,   /* no name: a label, the name of an argument */
	E_OUTER,    /* what the function at hand says lies outside it, whatever it assigns */
	E_TOKEN,    /* in the raw tokens of a macro's arguments: called if a ( follows, else read */
	E_TYPE,     /* as kept, else a use as a type */
	E_VARIABLE, /* as kept, else read; in functions only what E_OUTER named */
};

enum rule_flag {
	R_BODY = 1 << 0,     /* E_DEFINE only if the parent has a field "body"; else a use as a type */
	R_GLOBAL = 1 << 1,   /* E_DEFINE only outside functions, or of one by R_VALUE; else, with R_WRITE, a write */
	R_WRITE = 1 << 2,
	R_DECLARED = 1 << 3, /* a declaration */
	R_EXTERN = 1 << 4,   /* a declaration if the parent says "extern" and no value */
	R_VALUE = 1 << 5,    /* a function if the parent's value or right side is one */
	R_UNNAMED = 1 << 6,  /* E_DEFINE only if the parent has no field "name" or "declarator"; else a use as a type */
	R_SHALLOW = 1 << 7,  /* at most KEY_DEPTH of its kind within one another */
	R_ONLY = 1 << 8,     /* with R_VALUE: else it is a write */
	R_BEHIND = 1 << 9,   /* the name may be a macro, and what it names the error behind it */
	R_LAST = 1 << 10,    /* E_USE of a path: its last part is imported too */
	R_REQUIRE = 1 << 11, /* E_USE only if what the parent is given to is called require, or so */
	R_UPPER = 1 << 12,   /* what begins with a capital is read where this says E_LOCAL; and only that is an E_USE */
	R_ACCESS = 1 << 13,  /* E_DEFINE, besides being a parameter, if the parent says who may see it; else E_LOCAL */
	R_DEFINES = 1 << 14, /* E_DEFINE only of the first that is given to what is called define */
	R_NAMES = 1 << 15,   /* E_DEFINE only if the parent begins with id= or name= */
	R_LATER = 1 << 16,   /* not for the child that begins where its parent does */
	R_KEPT = 1 << 17,    /* only where there is nothing to be kept */
};

#define KEY_DEPTH 3

struct rule {
	const char *parent, *field, *child; /* field, child: NULL for any */
	enum effect effect;
	unsigned value, flags;
};

enum leaf_flag {
	L_NAME = 1 << 0,     /* a name, if its context makes it one */
	L_WHOLE = 1 << 1,    /* its children are not looked at */
	L_TYPE = 1 << 2,     /* without a context it is a use as a type */
	L_FUNCTION = 1 << 3, /* names in its body are local */
	L_QUALIFIES = 1 << 4, /* what stands before the name in it is the name's scope */
	L_QUOTED = 1 << 5,   /* the name is without the first and the last byte */
	L_WORDS = 1 << 6,    /* raw tokens: looked through by the plain lexer */
	L_VALUE = 1 << 7,    /* a function as a value: see R_VALUE */
	L_STRUCT = 1 << 8,   /* a type so defined is a struct ... */
	L_INTERFACE = 1 << 9, /* ... or an interface */
	L_MEMBERS = 1 << 10,  /* names in it are its members, even in a function */
	L_READ = 1 << 11,     /* without a context it is read, if it is not local */
	L_PARAMETERS = 1 << 12, /* in an error: what stands before them is the name of a function */
	L_CALLED = 1 << 13,   /* as L_READ, but called */
	L_SIGN = 1 << 14,     /* no node, but a word that the language itself has */
};

struct leaf {
	const char *node;
	enum span_class class;
	unsigned flags;
};

struct grammar {
	const TSLanguage *(*language)(void);
	const struct rule *rules;
	size_t rule_count;
	const struct leaf *leaves; /* before those that all languages share */
	size_t leaf_count;
};

/* NULL for a language without a grammar. */
const struct grammar *grammar_of(enum seg_language language);

extern const struct grammar grammar_bash, grammar_c, grammar_cpp, grammar_csharp, grammar_css, grammar_go,
    grammar_html, grammar_java, grammar_javascript, grammar_json, grammar_kotlin, grammar_lua,
    grammar_php, grammar_python, grammar_ruby, grammar_rust, grammar_sql, grammar_toml, grammar_tsx,
    grammar_typescript, grammar_xml, grammar_yaml;

/* A grammar's tables by the numbers of its nodes and fields. */
struct node_info {
	uint16_t first_rule, rule_count; /* in rules */
	uint16_t flags; /* enum leaf_flag */
	uint16_t same;  /* the first symbol of its name: grammars may have several */
	uint8_t class;
};

struct compiled_rule {
	uint16_t field, child; /* 0, UINT16_MAX: any */
	uint32_t flags;
	uint8_t effect, value;
};

struct grammar_table {
	const TSLanguage *language;
	struct node_info *nodes; /* by symbol */
	size_t node_count;
	struct node_info error;
	struct compiled_rule *rules;
	size_t rule_count;
	TSFieldId body, value, right, type, name, declarator;
};

void grammar_compile(const struct grammar *grammar, struct grammar_table *table);
void grammar_table_release(struct grammar_table *table);
static inline const struct node_info *
grammar_node(const struct grammar_table *table, TSSymbol symbol)
{
	return symbol < table->node_count ? &table->nodes[symbol] : &table->error;
}

#endif
