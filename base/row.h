/*
 * Rows: what the reader answers, as (field, value) pairs from one table.  A row is
 * encoded as field numbers in rising order, each with a number or bytes behind it,
 * and a 0 at the end.  The same table names the keys of `--json`.
 */
#ifndef CARREL_BASE_ROW_H
#define CARREL_BASE_ROW_H

#include "base/codec.h"

enum field_kind { FIELD_NUM, FIELD_BYTES };

/* number, enum name, --json key, kind; what it means */
#define FIELDS(X) \
	X(1, WHAT, "what", FIELD_BYTES)          /* sort of row: entry, hit, symbol, ... */ \
	X(2, RELEASE, "release", FIELD_BYTES)    \
	X(3, PATH, "path", FIELD_BYTES)          /* bytes as the release has them */ \
	X(4, OLD_PATH, "old", FIELD_BYTES)       \
	X(5, NEW_PATH, "new", FIELD_BYTES)       \
	X(6, BLOB, "blob", FIELD_BYTES)          /* git id, 40 hex digits */ \
	X(7, OLD_BLOB, "old_blob", FIELD_BYTES)  \
	X(8, NEW_BLOB, "new_blob", FIELD_BYTES)  \
	X(9, MODE, "mode", FIELD_BYTES)          /* six octal digits, as git has them */ \
	X(10, OLD_MODE, "old_mode", FIELD_BYTES) \
	X(11, NEW_MODE, "new_mode", FIELD_BYTES) \
	X(12, SIZE, "bytes", FIELD_NUM)          \
	X(13, LINES, "lines", FIELD_NUM)         /* of the whole file */ \
	X(14, LINE, "line", FIELD_NUM)           /* from 1 */ \
	X(15, COLUMN, "column", FIELD_NUM)       /* byte in the line, from 1 */ \
	X(16, END_LINE, "end_line", FIELD_NUM)   \
	X(17, OLD_LINE, "old_line", FIELD_NUM)   \
	X(18, NEW_LINE, "new_line", FIELD_NUM)   \
	X(19, ADDED, "added", FIELD_NUM)         /* lines */ \
	X(20, REMOVED, "removed", FIELD_NUM)     \
	X(21, NAME, "name", FIELD_BYTES)         \
	X(22, KIND, "kind", FIELD_BYTES)         /* of a symbol: function, macro, ... */ \
	X(23, ROLE, "role", FIELD_BYTES)         /* of a reference: call, type, ... */ \
	X(24, SCOPE, "scope", FIELD_BYTES)       /* the enclosing symbol */ \
	X(25, TIER, "tier", FIELD_BYTES)         /* lexical, syntax */ \
	X(26, CHANGE, "change", FIELD_BYTES)     /* added, removed, changed, renamed, mode */ \
	X(27, LABEL, "label", FIELD_BYTES)       /* formatting, comment, none */ \
	X(28, SCORE, "similarity", FIELD_NUM)    /* per cent */ \
	X(29, TEXT, "text", FIELD_BYTES)         /* source: a line, or a page's lines with their newlines */ \
	X(30, IN, "in", FIELD_BYTES)             /* code, comment, string */ \
	X(31, LANGUAGE, "language", FIELD_BYTES) \
	X(32, STATUS, "status", FIELD_BYTES)     /* of a file: parsed, plain, not-parsed, binary, ... */ \
	X(33, WHY, "why", FIELD_BYTES)           \
	X(34, SIGN, "sign", FIELD_BYTES)         /* of a diff line: " ", "-", "+" */ \
	X(35, SPANS, "spans", FIELD_BYTES)       /* highlight of TEXT: see base/span.h; never in --json */ \
	X(36, FILES, "files", FIELD_NUM)         \
	X(37, HITS, "hits", FIELD_NUM)           \
	X(38, SEARCHED, "searched", FIELD_NUM)   /* files */ \
	X(39, NOT_SEARCHED, "not_searched", FIELD_NUM) \
	X(40, MS, "ms", FIELD_NUM)               /* milliseconds */ \
	X(41, LENGTH, "length", FIELD_NUM)       /* bytes of the match */ \
	X(42, CUT, "cut", FIELD_NUM)             /* bytes of TEXT left out behind what is here */ \
	X(43, OFFSET, "offset", FIELD_NUM)       /* bytes of the line left out before TEXT */ \
	X(44, BLOBS, "blobs", FIELD_NUM)         \
	X(45, LEVEL, "level", FIELD_NUM)         /* depth in an outline, from 0 */ \
	/* of orders alone */ \
	X(46, PATTERN, "pattern", FIELD_BYTES)   \
	X(47, FLAGS, "flags", FIELD_NUM)         /* enum order_flag */ \
	X(48, LIMIT, "limit", FIELD_NUM)         /* rows; absent: all */ \
	X(49, CONTEXT, "context", FIELD_NUM)     /* lines before and behind */ \
	X(50, GLOB, "glob", FIELD_BYTES)         /* of paths */ \
	/* of an anchor alone: base/anchor.h */ \
	X(51, TEXT_HASH, "text_sha256", FIELD_BYTES) \
	X(52, CONTEXT_HASH, "context_sha256", FIELD_BYTES) \
	/* of what is not what it seems: base/suspect.h */ \
	X(53, CLASS, "class", FIELD_BYTES)       \
	X(54, CODEPOINT, "codepoint", FIELD_BYTES) /* "U+202E"; "0xFF" of a byte that is not UTF-8 */ \
	X(55, SHOWN, "shown", FIELD_BYTES)       \
	X(56, SUSPICIOUS, "suspicious", FIELD_NUM) /* places in the file or files */ \
	X(57, BY, "by", FIELD_BYTES)             /* of a census: language, directory, class, ... */ \
	X(58, AFTER, "after", FIELD_NUM)         /* of orders: lines behind, where CONTEXT is those before alone */ \
	X(59, OLD_NAME, "old_name", FIELD_BYTES) /* of a definition that was renamed */

enum field {
#define X(number, id, key, kind) F_##id = number,
	FIELDS(X)
#undef X
	F_COUNT /* one past the last */
};

struct row {
	uint64_t present; /* bit F_x set: the row has that field */
	uint64_t num[F_COUNT];
	struct str bytes[F_COUNT]; /* borrowed */
};

const char *field_key(enum field field);
enum field_kind field_kind(enum field field);

void row_clear(struct row *row);
void row_set(struct row *row, enum field field, struct str value);
void row_set_num(struct row *row, enum field field, uint64_t value);
static inline bool
row_has(const struct row *row, enum field field)
{
	return row->present >> field & 1;
}
static inline struct str
row_get(const struct row *row, enum field field) /* empty if absent */
{
	return row_has(row, field) ? row->bytes[field] : (struct str){ "", 0 };
}
static inline uint64_t
row_get_num(const struct row *row, enum field field) /* 0 if absent */
{
	return row_has(row, field) ? row->num[field] : 0;
}

int row_encode(struct buf *out, const struct row *row) MUST_USE;
/* Reads one row; its strings point into what dec reads.  Marks dec bad on anything row_encode would not write. */
bool row_decode(struct dec *dec, struct row *row);

#endif
