#define OPENSSL_SUPPRESS_DEPRECATED /* the low-level calls: no providers, no configuration, no allocation */
#include "base/digest.h"

#include <assert.h>
#include <openssl/sha.h>
#include <stdio.h>

static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "struct sha256 holds libcrypto's state");
static_assert(sizeof(SHA_CTX) <= sizeof(struct sha1), "struct sha1 holds libcrypto's state");

void
sha256_init(struct sha256 *ctx)
{
	SHA256_Init((SHA256_CTX *)ctx->state);
}

void
sha256_add(struct sha256 *ctx, const void *data, size_t len)
{
	SHA256_Update((SHA256_CTX *)ctx->state, data, len);
}

void
sha256_end(struct sha256 *ctx, uint8_t out[static SHA256_LEN])
{
	SHA256_Final(out, (SHA256_CTX *)ctx->state);
}

void
sha256(const void *data, size_t len, uint8_t out[static SHA256_LEN])
{
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_add(&ctx, data, len);
	sha256_end(&ctx, out);
}

void
sha512(const void *data, size_t len, uint8_t out[static SHA512_LEN])
{
	SHA512_CTX ctx;

	SHA512_Init(&ctx);
	SHA512_Update(&ctx, data, len);
	SHA512_Final(out, &ctx);
}

void
sha1_init(struct sha1 *ctx)
{
	SHA1_Init((SHA_CTX *)ctx->state);
}

void
sha1_add(struct sha1 *ctx, const void *data, size_t len)
{
	SHA1_Update((SHA_CTX *)ctx->state, data, len);
}

void
sha1_end(struct sha1 *ctx, uint8_t out[static OID_LEN])
{
	SHA1_Final(out, (SHA_CTX *)ctx->state);
}

void
git_oid(const char *type, const void *data, size_t len, uint8_t out[static OID_LEN])
{
	char head[48];
	struct sha1 ctx;

	int head_len = snprintf(head, sizeof head, "%s %zu", type, len);
	sha1_init(&ctx);
	sha1_add(&ctx, head, (size_t)head_len + 1);
	sha1_add(&ctx, data, len);
	sha1_end(&ctx, out);
}

void
hex_from(const uint8_t *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = 0;
}

/* Digits and one: 0 is none. */
static const uint8_t hex_digits[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
};

bool
hex_to(struct str hex, uint8_t *out, size_t len)
{
	const uint8_t *digits = (const uint8_t *)hex.data;

	if (hex.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned high = hex_digits[digits[2 * i]], low = hex_digits[digits[2 * i + 1]];
		if (high == 0 || low == 0)
			return false;
		out[i] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	return true;
}
