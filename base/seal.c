#include "base/seal.h"

#include "base/mem.h"
#include "base/seal_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MiB ((rlim_t)1024 * 1024)

/* 0: as the system has it. No limit on processes that fork; seccomp forbids it to the others. */
static const struct {
	const char *name;
	rlim_t files;     /* descriptors */
	rlim_t file_size; /* bytes; what is written through a descriptor that is open counts too */
} profiles[SEAL_PROFILES] = {
	[SEAL_KEEPER] = { "keeper", 128, 0 },
	[SEAL_SUPERVISOR] = { "supervisor", 1024, MiB },
	[SEAL_READER] = { "reader", 1024, MiB },
	[SEAL_UI] = { "ui", 64, MiB },
	[SEAL_GUARD] = { "guard", 64, MiB },
	[SEAL_COMMAND] = { "command", 64, 0 }, /* its standard output may be a file */
	[SEAL_INDEXER] = { "indexer", 1024, 0 },
	[SEAL_WORKER] = { "worker", 0, 0 },
};

const char *
seal_profile_name(enum seal_profile profile)
{
	return profiles[profile].name;
}

static int
limit(int resource, rlim_t most)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)resource, &now) < 0)
		return err_sys("seal: getrlimit");
	if (now.rlim_max > most)
		now.rlim_max = most;
	now.rlim_cur = now.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &now) < 0 ? err_sys("seal: setrlimit") : 0;
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes everything from 3 upwards but `keep`. */
static int
close_others(const int *keep, size_t count)
{
	int sorted[16];
	int next = 3;

	if (count > sizeof sorted / sizeof *sorted)
		return err_set(
		    ERR_USAGE, "seal: more than %zu descriptors to keep", sizeof sorted / sizeof *sorted);
	if (count)
		memcpy(sorted, keep, count * sizeof *keep);
	qsort(sorted, count, sizeof *sorted, by_number);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i] < next)
			continue;
		if (sorted[i] > next && close_range((unsigned)next, (unsigned)sorted[i] - 1, 0) < 0)
			return err_sys("seal: close_range");
		next = sorted[i] + 1;
	}
	return close_range((unsigned)next, ~0U, 0) < 0 ? err_sys("seal: close_range") : 0;
}

int
seal_prepare(enum seal_profile profile, const int *keep, size_t count)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys("seal: no_new_privs");
	if (!SEAL_FOR_SANITIZER && prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_sys("seal: dumpable");
	int r = close_others(keep, count);
	if (r == 0)
		r = limit(RLIMIT_CORE, 0);
	if (r == 0 && profiles[profile].files)
		r = limit(RLIMIT_NOFILE, profiles[profile].files);
	if (r == 0 && profiles[profile].file_size)
		r = limit(RLIMIT_FSIZE, profiles[profile].file_size);
	if (r == 0 && (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR))
		r = err_sys("seal: signals");
	umask(077);
	return r;
}

/* 0: it holds.  ERR_ABSENT: it is not to be had. */
static int
close_layer(enum seal_layer layer, enum seal_profile profile, const struct seal_paths *paths, int *abi)
{
	int r;

	if (layer == SEAL_SECCOMP)
		return filter_apply(profile, *abi);
	if (layer == SEAL_NAMESPACE) {
		r = namespace_apply();
		return r == 0 ? namespace_probe() : r;
	}
	r = landlock_apply(paths, abi);
	return r == 0 ? landlock_probe() : r;
}

int
seal_close(
    enum seal_profile profile, const struct seal_paths *paths, unsigned layers, struct seal_verdict *verdict)
{
	/* seccomp last: it forbids what closes the others */
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1) {
		if (!(layers & layer))
			continue;
		int r = close_layer(layer, profile, paths, &verdict->landlock_abi);
		if (r == ERR_ABSENT) {
			verdict->missing |= layer;
			continue;
		}
		if (r < 0)
			return err_set(
			    ERR_REFUSED, "seal: %s does not hold: %s", seal_layer_name(layer), err_text());
		verdict->applied |= layer;
		verdict->refused |= layer;
	}
	return 0;
}

bool
seal_widened(void)
{
	return SEAL_FOR_SANITIZER;
}

/* ---- environment ---- */

static const struct passing {
	const char *name;
	const char *also; /* characters beyond those of a plain word */
} passing[] = {
	{ "TERM", "" },
	{ "LANG", "" },
	{ "LC_ALL", "" },
	{ "LC_CTYPE", "" },
	{ "LC_MESSAGES", "" },
	{ "NO_COLOR", "" },
#if SEAL_FOR_SANITIZER
	{ "ASAN_OPTIONS", ":=/" },
	{ "UBSAN_OPTIONS", ":=/" },
	{ "LSAN_OPTIONS", ":=/" },
#endif
};
#define PASSING (sizeof passing / sizeof *passing)
#define VALUE_MAX 128

/* No path, no escape, nothing long: names of terminals and locales need no more. */
static bool
harmless(const char *value, const char *also)
{
	static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-";
	size_t len = 0;

	while (value[len] && (strchr(word, value[len]) || strchr(also, value[len])))
		len++;
	return value[len] == 0 && len < VALUE_MAX;
}

char **
seal_environment(void)
{
	char **list = mem_alloc((PASSING + 1) * sizeof *list + PASSING * (VALUE_MAX + 16));
	char *at = (char *)(list + PASSING + 1);
	size_t count = 0;

	for (size_t i = 0; i < PASSING; i++) {
		const char *value = getenv(passing[i].name);
		if (!value || !harmless(value, passing[i].also))
			continue;
		list[count++] = at;
		at += snprintf(at, VALUE_MAX + 16, "%s=%s", passing[i].name, value) + 1;
	}
	return list;
}
