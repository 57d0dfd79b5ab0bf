#include "acme.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE_LEN 64

static int
verify_signature(const uint8_t *package, size_t len)
{
	uint8_t sum = 0;

	if (len < SIGNATURE_LEN)
		return -1;
	for (size_t i = SIGNATURE_LEN; i < len; i++)
		sum ^= package[i];
	return package[0] == sum ? 0 : -1;
}

static int
install(const uint8_t *package, size_t len)
{
	FILE *file = fopen("/var/lib/acme/rules.new", "wb");
	if (!file)
		return -1;
	size_t written = fwrite(package, 1, len, file);
	return fclose(file) == 0 && written == len ? 0 : -1;
}

int
update_apply(const uint8_t *package, size_t len)
{
	if (verify_signature(package, len) < 0)
		return -1;
	return install(package + SIGNATURE_LEN, len - SIGNATURE_LEN);
}
