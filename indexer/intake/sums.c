#include "indexer/intake/sums.h"

#define MAGIC "crlsums1"
#define MAGIC_LEN 8

int
sums_begin(struct buf *out)
{
	return buf_add(out, MAGIC, MAGIC_LEN);
}

int
sums_add(struct buf *out, const uint8_t sum[static SHA256_LEN])
{
	return buf_add(out, sum, SHA256_LEN);
}

int
sums_end(struct buf *out)
{
	uint8_t all[SHA256_LEN];

	sha256(out->data, out->len, all);
	return buf_add(out, all, sizeof all);
}

int
sums_check(struct str file, size_t count)
{
	uint8_t all[SHA256_LEN];

	if (file.len != MAGIC_LEN + (count + 1) * SHA256_LEN || memcmp(file.data, MAGIC, MAGIC_LEN) != 0)
		return err_set(ERR_FORMAT, "the list of SHA-256 sums is damaged");
	sha256(file.data, file.len - SHA256_LEN, all);
	if (memcmp(all, file.data + file.len - SHA256_LEN, SHA256_LEN) != 0)
		return err_set(ERR_FORMAT, "the list of SHA-256 sums is damaged");
	return 0;
}

void
sums_get(struct str file, size_t at, uint8_t sum[static SHA256_LEN])
{
	memcpy(sum, file.data + MAGIC_LEN + at * SHA256_LEN, SHA256_LEN);
}
