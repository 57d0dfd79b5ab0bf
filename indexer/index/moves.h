/*
 * Blocks of lines that went from one file to another: removed there, added here, byte for byte.  Looked for
 * among the lines alone that comparisons of files found changed.  A block holds a line that was removed
 * once and added once in the whole release, so that what is said everywhere is not taken for moved.
 */
#ifndef CARREL_INDEXER_INDEX_MOVES_H
#define CARREL_INDEXER_INDEX_MOVES_H

#include "indexer/index/linediff.h"
#include "indexer/index/pulse.h"

#define MOVE_LINES 3 /* the shortest block */
#define MOVE_WORDS 40 /* letters and digits in it, at least */
#define MOVES_MAX ((size_t)1000 * 1000) /* lines of one side that are held against the other's */

struct changed_line {
	uint64_t hash;
	uint32_t line; /* from 1 */
	uint32_t file : 24;
	uint32_t words : 8; /* letters and digits, 255 at most */
};

struct changed_lines {
	struct changed_line *lines;
	size_t count, capacity;
	bool beyond; /* MOVES_MAX: none of them are here */
};

struct move {
	uint32_t old_file, old_line, new_file, new_line, lines;
};

struct moves {
	uint64_t key[2];
	struct changed_lines sides[2]; /* old, new */
	bool full;                     /* more than MOVES_MAX: no blocks are looked for */
	struct move *blocks;           /* result, by their new places */
	size_t count;
};

int moves_init(struct moves *moves) MUST_USE;
void moves_release(struct moves *moves);
/* The changed lines of a file, into two empty lists of the caller's: from any thread. */
void moves_gather(const struct moves *moves, const struct linediff *diff, struct changed_lines sides[2]);
/* Puts them behind those of the files before, as those of `file`, and empties the lists. */
void moves_add(struct moves *moves, uint32_t file, struct changed_lines sides[2]);
int moves_find(struct moves *moves, struct pulse *pulse) MUST_USE;

#endif
