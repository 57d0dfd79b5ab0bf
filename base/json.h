/*
 * JSON through jansson, the only file that knows it beside its callers' use of json_t.
 *
 * Canonical form: RFC 8785 on the subset that carrel-record(5) allows: ASCII keys,
 * integers within 2^53, no reals, valid UTF-8 strings without C0 (but \n and \t) and
 * DEL.  jansson writes that form exactly with sorted keys and no space.
 */
#ifndef CARREL_BASE_JSON_H
#define CARREL_BASE_JSON_H

#include "base/buf.h"

#include <jansson.h>

#define JSON_DEPTH 32 /* nesting that is read */

/* Parses exactly one value, refusing duplicate keys, NULs, deep nesting and trailing bytes.  *out is the caller's. */
int json_read(struct str text, json_t **out) MUST_USE;
/* As json_read, and the text must be the canonical form of what it says, to the byte. */
int json_read_canonical(struct str text, json_t **out) MUST_USE;
/* The canonical form; ERR_FORMAT if the value is outside the subset. */
int json_write_canonical(struct buf *out, const json_t *value) MUST_USE;
/* As that, but characters that show() would mark are escapes: for files that people look at. */
int json_write_report(struct buf *out, const json_t *value) MUST_USE;
/* One line, compact, keys in the order they were set: for --json.  Control and format characters are escaped. */
int json_write_line(struct buf *out, const json_t *value) MUST_USE;

/* Members; borrowed.  Absent or another type: the empty string, 0, false. */
struct str json_str(const json_t *object, const char *key);
uint64_t json_num(const json_t *object, const char *key);
bool json_bool(const json_t *object, const char *key);
/* Setters that cannot half-fail: ERR_MEMORY or ERR_FORMAT (invalid UTF-8). */
int json_set_str(json_t *object, const char *key, struct str value) MUST_USE;
int json_set_num(json_t *object, const char *key, uint64_t value) MUST_USE;
/* Foreign bytes: KEY holds them if they are UTF-8 without controls, else utf8_escape of them, KEY_b64 the truth. */
int json_set_foreign(json_t *object, const char *key, struct str bytes) MUST_USE;
/* The bytes that json_set_foreign stored, added to out. */
int json_get_foreign(const json_t *object, const char *key, struct buf *out) MUST_USE;
/*
 * A row of the reader as an object: keys of base/row.h; text as it is, bytes that are not UTF-8 as json_set_foreign.
 * *out is the caller's.
 */
struct row;
int json_from_row(const struct row *row, json_t **out) MUST_USE;

/* Standard base64 with padding (RFC 4648), strict in reading: only what the writer writes. */
int base64_write(struct buf *out, struct str bytes) MUST_USE;
int base64_read(struct buf *out, struct str text) MUST_USE;

#endif
