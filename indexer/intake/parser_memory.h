/*
 * The memory of one parse: a stretch of address space from which tree-sitter's pieces are
 * cut and which is emptied as a whole, so that a parse may be left at any point.
 */
#ifndef CARREL_INDEXER_INTAKE_PARSER_MEMORY_H
#define CARREL_INDEXER_INTAKE_PARSER_MEMORY_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

/* Takes over tree-sitter's allocator.  `full`: where to go, with 1, when `size` bytes are used up. */
void parser_memory_begin(size_t size, jmp_buf *full);
/* Everything that was given out since is gone. */
void parser_memory_end(void);
/* Gives the address space back. */
void parser_memory_release(void);

#endif
