/*
 * A unified diff out of the reader's line rows: hunks are found where line numbers leave
 * a gap.  Into a file or pipe the bytes are exact and heads as git writes them, so that
 * patch(1) and `git apply` take them, with names and modes.
 */
#ifndef CARREL_CLI_HUNK_H
#define CARREL_CLI_HUNK_H

#include "cli/print.h"

#define HUNK_MAX ((size_t)1 << 30) /* bytes of one */

/* What a file was and became; a path is empty where there is none, a mode also where it is not known. */
struct hunk_file {
	struct str old, new;
	struct str old_mode, new_mode; /* six octal digits */
	uint64_t score;                /* per cent of likeness, of a renamed one */
};

struct hunk_writer {
	const struct print *print;
	struct hunk_file file;
	bool headed, noted;  /* the file's head, or a note in place of lines, has been printed */
	struct buf lines;    /* of the hunk: sign, text, newline */
	uint64_t old_first, new_first, old_lines, new_lines;
	int64_t shift; /* new line less old line behind what came so far */
};

/* The file's strings are borrowed until hunk_end. */
void hunk_begin(struct hunk_writer *writer, const struct print *print, const struct hunk_file *file);
int hunk_add(struct hunk_writer *writer, const struct row *row) MUST_USE;
int hunk_end(struct hunk_writer *writer) MUST_USE;
void hunk_release(struct hunk_writer *writer);

#endif
