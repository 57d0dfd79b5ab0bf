/*
 * What long work says of itself on standard error: on a terminal one line that is
 * rewritten, else a line every ten seconds.
 */
#ifndef CARREL_CLI_PROGRESS_H
#define CARREL_CLI_PROGRESS_H

#include "base/message.h"

struct progress_line {
	bool terminal;
	bool drawn;             /* a line stands on the terminal */
	size_t width;           /* columns; 0: unknown */
	uint64_t started, last; /* milliseconds; 0: not yet */
	char what[64];          /* stage that is timed */
};

/* Looks at standard error; before the seal closes. */
void progress_init(struct progress_line *line);
void progress_show(struct progress_line *line, const struct progress *now);
/* Takes the line away, so that other words may be written. */
void progress_clear(struct progress_line *line);

/* The words alone, pure: "indexing 1234 of 5678 files, 411/s, 0:10 left". */
int progress_words(struct buf *out, const struct progress *now, uint64_t elapsed_ms) MUST_USE;

#endif
