#include "acme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern acme_engine *engine_load(const char *path);

static uint8_t *
read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	uint8_t *data = malloc(1 << 20);
	*len = data ? fread(data, 1, 1 << 20, file) : 0;
	fclose(file);
	return data;
}

static int
restore(const char *name)
{
	char pw[128];

	if (!fgets(pw, sizeof pw, stdin))
		return 1;
	pw[strcspn(pw, "\n")] = 0;
	if (auth_check("admin", pw) < 0) {
		fprintf(stderr, "wrong password\n");
		return 1;
	}
	return quarantine_restore(name) < 0;
}

static int
scan(const char *path)
{
	size_t len = 0;
	acme_engine *engine = engine_load("/var/lib/acme/rules");
	uint8_t *data = read_file(path, &len);

	if (!engine || !data)
		return 2;
	enum acme_verdict verdict = scan_buffer(engine, data, len);
	if (verdict == ACME_INFECTED) {
		puts(locale_text("infected"));
		quarantine_put(path);
	}
	free(data);
	return verdict == ACME_CLEAN ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "restore") == 0)
		return restore(argv[2]);
	if (argc == 2)
		return scan(argv[1]);
	fprintf(stderr, "usage: acme-av FILE | restore NAME\n");
	return 64;
}
