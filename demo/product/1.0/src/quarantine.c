#include "acme.h"

#include <stdio.h>
#include <string.h>

#define VAULT "/var/lib/acme/vault"

static int
vault_path(char *out, size_t size, const char *name)
{
	int n = snprintf(out, size, VAULT "/%s", name);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

int
quarantine_put(const char *path)
{
	char to[512];
	const char *name = strrchr(path, '/');

	if (vault_path(to, sizeof to, name ? name + 1 : path) < 0)
		return -1;
	return rename(path, to);
}

int
quarantine_restore(const char *name)
{
	char from[512], to[512];

	if (strstr(name, "..") != NULL)
		return -1;
	if (vault_path(from, sizeof from, name) < 0)
		return -1;
	snprintf(to, sizeof to, "/tmp/%s", name);
	return rename(from, to);
}
