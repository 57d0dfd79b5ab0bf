/* What the parts of the walk over a syntax tree share: extract_walk.c goes down, extract_name.c says what names are. */
#ifndef CARREL_INDEXER_INTAKE_WALK_PRIVATE_H
#define CARREL_INDEXER_INTAKE_WALK_PRIVATE_H

#include "indexer/intake/descent.h"
#include "indexer/intake/extract_walk.h"
#include "indexer/intake/lexer.h"
#include "indexer/intake/locals.h"

struct context {
	uint8_t effect; /* E_NONE, E_DEFINE, E_USE, E_SCOPE */
	uint8_t value;
	bool callable;    /* parameters were seen on the way to the name */
	bool member;      /* of something: no local */
	uint32_t flags;   /* enum rule_flag */
	uint32_t owner;   /* depth of the frame whose rule this comes from */
	uint32_t qualify; /* byte + 1 where a scope written before the name begins; 0: none */
};

struct frame {
	TSNode node;
	uint32_t start, end; /* bytes */
	const struct node_info *info;
	struct context context;
	int32_t symbol;       /* that this node is, or -1 */
	struct str scope;     /* of E_SCOPE, or what a typedef gives the members of an unnamed struct */
	int32_t first_symbol; /* how many there were before this node */
	bool function;        /* in the body of a function */
};

struct walk {
	const struct grammar_table *table;
	enum seg_language language;
	struct str text;
	const struct extract_limits *limits;
	struct parsed *out;
	struct frame *frames;
	uint32_t depth; /* of the frame at hand */
	uint32_t room;
	uint64_t nodes;
	uint32_t last_error_line;
	struct loose {
		uint32_t depth; /* of the error in which they stand; 0: there is none */
		uint8_t kind;   /* of what a keyword announces: class, enum, ... */
		TSNode name;    /* that was the last, if `named` */
		bool named;
	} loose;
	struct descent *descent;
	int failed;           /* spans that cannot be kept */
	struct locals locals; /* of the function at hand */
	struct lexer lexer;   /* for the bodies of macros */
};

struct str node_text(const struct walk *walk, TSNode node);
/* The last line of a node, a newline at its end not counted. */
uint32_t last_line(TSNode node);
/* A name in its context: a symbol, a use, a scope or nothing; gives its colour. */
enum span_class meet_name(struct walk *walk, TSNode node, const struct node_info *info, const struct context *context);
/* What parameters, the frame at hand, follow in an error is the name of a function. */
void meet_loose(struct walk *walk, TSNode name);
/* Whether what the node defines is a function: its value or right side is one. */
bool is_function_value(const struct walk *walk, TSNode owner);
/* Whether one of the first children is the word, and no name. */
bool has_word(const struct walk *walk, TSNode node, const char *word);

#endif
