/* A text cut into lines.  A line ends with its '\n', which belongs to it; the last may have none. */
#ifndef CARREL_INDEXER_INDEX_LINES_H
#define CARREL_INDEXER_INDEX_LINES_H

#include "base/err.h"
#include "base/str.h"

#define LINES_MAX ((size_t)UINT32_MAX) /* bytes of a text that can be cut */

struct lines {
	struct str text;  /* borrowed */
	uint32_t *start;  /* of each line, and one past the last: the length of the text */
	size_t count;
};

/* ERR_MEMORY where there is none, or the text is longer than LINES_MAX. */
int lines_init(struct lines *lines, struct str text) MUST_USE;
void lines_release(struct lines *lines);
/* Line `index`, from 0, with its newline. */
struct str lines_get(const struct lines *lines, size_t index);
/* Lines first..first+count-1 as one stretch. */
struct str lines_range(const struct lines *lines, size_t first, size_t count);
/* Without its newline, if it has one. */
struct str line_bare(struct str line);

/* A line's hash, keyed at random so that nobody can write lines that collide. */
int line_key(uint64_t key[static 2]) MUST_USE;
uint64_t line_hash(const uint64_t key[static 2], struct str line);

#endif
