/* Borrowed strings: bytes with a length, no NUL needed, nothing owned. */
#ifndef CARREL_BASE_STR_H
#define CARREL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *data;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* For printf: "%.*s" with STR_ARG(s). */
#define STR_ARG(s) (int)(s).len, (s).data

struct str str_from(const char *text); /* NUL-terminated; NULL gives the empty string */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *text);
int str_cmp(struct str a, struct str b); /* by bytes, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Takes the text up to `sep` off *rest; false when *rest is used up.  "a,,b" gives a, "", b. */
bool str_next(struct str *rest, char sep, struct str *piece);
/* Takes `len` bytes off *rest; false, nothing taken, if it has fewer. */
bool str_take(struct str *rest, size_t len, struct str *out);
size_t str_count(struct str s, char c);
/* A decimal number without sign, space or leading zero; false if it is anything else or too large. */
bool str_u64(struct str s, uint64_t *value);
/* The reverse, with a NUL behind it; its length. */
#define STR_U64_MAX 21
size_t str_from_u64(uint64_t value, char out[static STR_U64_MAX]);

#endif
