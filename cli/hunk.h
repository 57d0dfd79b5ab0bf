/*
 * A unified diff out of the reader's line rows: hunks are found where line numbers leave
 * a gap.  Into a file or pipe the bytes are exact, so that patch(1) takes them.
 */
#ifndef CARREL_CLI_HUNK_H
#define CARREL_CLI_HUNK_H

#include "cli/print.h"

#define HUNK_MAX ((size_t)1 << 30) /* bytes of one */

struct hunk_writer {
	const struct print *print;
	struct str old, new; /* paths; empty: there is none */
	bool headed;         /* the file's head has been printed */
	struct buf lines;    /* of the hunk: sign, text, newline */
	uint64_t old_first, new_first, old_lines, new_lines;
	int64_t shift; /* new line less old line behind what came so far */
};

/* The paths are borrowed until hunk_end. */
void hunk_begin(struct hunk_writer *writer, const struct print *print, struct str old, struct str new);
int hunk_add(struct hunk_writer *writer, const struct row *row) MUST_USE;
int hunk_end(struct hunk_writer *writer) MUST_USE;
void hunk_release(struct hunk_writer *writer);

#endif
