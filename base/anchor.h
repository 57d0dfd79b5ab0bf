/*
 * An anchor ties words to source: release, path, blob, lines, the enclosing symbol,
 * a hash of the lines and a hash of their surroundings.  It holds no source.
 *
 * text = SHA-256 of the bytes of lines first..last, newlines included;
 * context = SHA-256 of up to ANCHOR_CONTEXT lines before first and as many behind last.
 * A whole file has first = last = 0, text over all its bytes, context over none.
 */
#ifndef CARREL_BASE_ANCHOR_H
#define CARREL_BASE_ANCHOR_H

#include "base/digest.h"
#include "base/row.h"

#define ANCHOR_CONTEXT 3 /* lines on each side */

struct anchor {
	struct str release, path, blob, symbol; /* blob: git id in hex; symbol: empty if none */
	uint64_t first, last;
	char text[HEX_LEN(SHA256_LEN)], context[HEX_LEN(SHA256_LEN)];
};

/* REL:PATH[:A[-B]] split at the first colon and at a last ":N" or ":N-M".  Borrows from `text`. */
int anchor_parse(struct str text, struct anchor *anchor) MUST_USE;
/* Hashes of lines first..last of a whole text; ERR_ABSENT if it has no such lines. */
int anchor_hash(struct anchor *anchor, struct str text) MUST_USE;
/* To and from a row of the reader (VERB_ANCHOR): RELEASE PATH BLOB NAME LINE END_LINE TEXT_HASH CONTEXT_HASH. */
void anchor_to_row(const struct anchor *anchor, struct row *row);
int anchor_from_row(const struct row *row, struct anchor *anchor) MUST_USE;

#endif
