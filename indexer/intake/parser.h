/* Parses one text with tree-sitter, within limits, and walks the tree.  See extract.h for the limits. */
#ifndef CARREL_INDEXER_INTAKE_PARSER_H
#define CARREL_INDEXER_INTAKE_PARSER_H

#include "indexer/intake/grammar.h"
#include "indexer/intake/parsed.h"

struct parser;

/* One at a time: tree-sitter's allocator is one for the process. */
struct parser *parser_new(void);
void parser_free(struct parser *parser);
/* SEG_WHY_NONE, and `out` holds what was found; else the limit that was met, and `out` is not to be used. */
enum seg_why parser_run(struct parser *parser, enum seg_language language, struct str text, struct parsed *out);
/* The text as the last run gave it to the grammar: see mask.h. */
struct str parser_shown(const struct parser *parser, struct str text);

#endif
