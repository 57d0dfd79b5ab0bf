#include "tests/scratch.h"

#include <assert.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTINGS \
	"export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent LC_ALL=C " \
	"GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_AUTHOR_DATE='1700000000 +0100' " \
	"GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t GIT_COMMITTER_DATE='1700000000 +0100' " \
	"GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=init.defaultBranch GIT_CONFIG_VALUE_0=main " \
	"GIT_CONFIG_KEY_1=protocol.file.allow GIT_CONFIG_VALUE_1=always; "

void
scratch_make(struct scratch *scratch)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch->path, sizeof scratch->path, "%.40s/carrel-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(scratch->path))
		abort();
	scratch->dir = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(scratch->dir >= 0);
}

static __attribute__((format(printf, 2, 0))) FILE *
start(const struct scratch *scratch, const char *command, va_list ap)
{
	char *words, *line;

	if (vasprintf(&words, command, ap) < 0 ||
	    asprintf(&line, SETTINGS "cd '%s' && { %s\n} 2>&1", scratch->path, words) < 0)
		abort();
	FILE *out = popen(line, "re");
	assert(out);
	free(words);
	free(line);
	return out;
}

static char *
finish(FILE *out, size_t *len, int *status)
{
	char *text = NULL;
	size_t cap = 0, n;

	*len = 0;
	do {
		if (cap < *len + 65536)
			text = realloc(text, cap = 2 * *len + 65536 + 1);
		assert(text);
		n = fread(text + *len, 1, 65536, out);
		*len += n;
	} while (n > 0);
	text[*len] = 0;
	int ended = pclose(out);
	*status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
	return text;
}

int
scratch_run(const struct scratch *scratch, const char *command, ...)
{
	size_t len;
	va_list ap;
	int status;

	va_start(ap, command);
	FILE *out = start(scratch, command, ap);
	va_end(ap);
	char *text = finish(out, &len, &status);
	if (status != 0)
		fprintf(stderr, "%s\nended %d: %s\n", command, status, text);
	free(text);
	return status;
}

char *
scratch_output(const struct scratch *scratch, size_t *len, const char *command, ...)
{
	size_t unwanted;
	va_list ap;
	int status;

	va_start(ap, command);
	FILE *out = start(scratch, command, ap);
	va_end(ap);
	char *text = finish(out, len ? len : &unwanted, &status);
	if (status != 0) {
		fprintf(stderr, "%s\nended %d: %s\n", command, status, text);
		abort();
	}
	return text;
}

void
scratch_remove(struct scratch *scratch)
{
	char command[256];

	close(scratch->dir);
	snprintf(command, sizeof command, "chmod -R u+rwX '%s'; rm -rf '%s'", scratch->path, scratch->path);
	if (system(command) != 0)
		abort();
}
