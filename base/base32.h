/* RFC 4648 base32 in lower case, without padding. */
#ifndef CARREL_BASE_BASE32_H
#define CARREL_BASE_BASE32_H

#include "base/str.h"

#define BASE32_LEN(bytes) (((bytes) * 8 + 4) / 5 + 1) /* with the NUL */

void base32_from(const uint8_t *bytes, size_t len, char *out);
/* Exactly what base32_from writes of `len` bytes; false otherwise. */
bool base32_to(struct str text, uint8_t *out, size_t len);

#endif
