/*
 * SHA-1 (for git's object ids alone), SHA-256 and SHA-512 (for signatures), by OpenSSL's libcrypto.  Programs
 * that may not load libcrypto take the same code from its static archive.
 */
#ifndef CARREL_BASE_DIGEST_H
#define CARREL_BASE_DIGEST_H

#include "base/str.h"

#define SHA256_LEN 32
#define OID_LEN 20 /* bytes of a git object id */
#define HEX_LEN(bytes) (2 * (bytes) + 1) /* with the NUL */

struct sha256 {
	_Alignas(8) uint8_t state[128]; /* libcrypto's SHA256_CTX */
};

void sha256_init(struct sha256 *ctx);
void sha256_add(struct sha256 *ctx, const void *data, size_t len);
void sha256_end(struct sha256 *ctx, uint8_t out[static SHA256_LEN]);
void sha256(const void *data, size_t len, uint8_t out[static SHA256_LEN]);

#define SHA512_LEN 64

void sha512(const void *data, size_t len, uint8_t out[static SHA512_LEN]);

struct sha1 {
	_Alignas(8) uint8_t state[112]; /* libcrypto's SHA_CTX */
};

void sha1_init(struct sha1 *ctx);
void sha1_add(struct sha1 *ctx, const void *data, size_t len);
void sha1_end(struct sha1 *ctx, uint8_t out[static OID_LEN]);
/* A git object's id: SHA-1 of "TYPE LEN\0" and the bytes.  `type` is "blob", "tree", ... */
void git_oid(const char *type, const void *data, size_t len, uint8_t out[static OID_LEN]);

/* Lower-case hexadecimal.  `out` has HEX_LEN(len) bytes. */
void hex_from(const uint8_t *bytes, size_t len, char *out);
/* Exactly 2 * len lower-case digits; false otherwise. */
bool hex_to(struct str hex, uint8_t *out, size_t len);

#endif
