/*
 * Symbols, references and highlight spans of one text.  Runs a parser on hostile bytes:
 * only a worker (worker.h) calls this.
 */
#ifndef CARREL_INDEXER_INTAKE_EXTRACT_H
#define CARREL_INDEXER_INTAKE_EXTRACT_H

#include "indexer/intake/parsed.h"

/* Limits that decide the same way each time; base/segment.h has the words for them. */
#define EXTRACT_BYTES ((size_t)16 * 1024 * 1024)
#define EXTRACT_LINE ((size_t)512 * 1024)
#define EXTRACT_DEPTH 4000                        /* of the syntax tree */
#define EXTRACT_NODES ((uint64_t)16 * 1024 * 1024)
#define EXTRACT_MEMORY ((size_t)128 * 1024 * 1024) /* of the parser */
/* Calls of the parser's progress function: one in a hundred of its steps. */
#define EXTRACT_STEPS(bytes) (20000 + (uint64_t)(bytes) / 16)
/* Processor time of one text: here the parser is asked to stop, and the process killed a few seconds later. */
#define EXTRACT_SECONDS 6

struct extractor;

struct extractor *extractor_new(void);
void extractor_free(struct extractor *extractor);
/* Parses, or where there is no grammar or a limit is met, lexes.  Fails only for want of memory. */
int extract_text(struct extractor *extractor, enum seg_language language, struct str text, struct parsed *out) MUST_USE;
/* Comments, strings, numbers and keywords by the plain lexer; `why`: the reason if there is a grammar. */
int extract_plain(enum seg_language language, struct str text, enum seg_why why, struct parsed *out) MUST_USE;

#endif
