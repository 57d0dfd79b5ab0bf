/* UTF-8 as The Unicode Standard 3.9 D92 has it: no surrogates, no long forms, at most U+10FFFF. */
#ifndef CARREL_BASE_UTF8_H
#define CARREL_BASE_UTF8_H

#include "base/buf.h"

#define UTF8_MAX 4 /* bytes of one code point */

/*
 * The code point at s[at], its length in *len; -1 and *len = 1 where the bytes are not
 * UTF-8 (so that a caller can show one byte and go on).  `at` < s.len.
 */
int32_t utf8_next(struct str s, size_t at, size_t *len);
bool utf8_ok(struct str s);
size_t utf8_put(int32_t code, char out[static UTF8_MAX]); /* bytes written; code must be a scalar value */
/* C0, DEL and bytes that are not UTF-8 as ^X and <FF>; all else as it is.  For where no Unicode table is at hand. */
int utf8_escape(struct buf *out, struct str s) MUST_USE;

#endif
