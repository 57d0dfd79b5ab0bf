/*
 * The objects of an import alone, without the index: `bench_objects DIR SOURCE...` puts one
 * source after the other into DIR/source.git and prints what each took.
 */
#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/gitdir.h"
#include "indexer/intake/odb.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
open_source(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? err_sys("%s", path) : 0;
}

static int
take(int room, const struct gitdir *git, struct pool *pool, const char *source)
{
	struct store *store = NULL;
	struct pack *pack = NULL;
	struct watch watch = { 0 };
	struct plans plans = { 0 };
	int fd;

	int r = open_source(source, &fd);
	if (r < 0)
		return r;
	struct source_job job = { .fd = fd,
		.room = room,
		.source = str_from(source),
		.pool = pool,
		.watch = &watch,
		.plans = &plans };
	(void)!fchdir(fd); /* an archive is no folder */
	r = store_open(git->packs, false, &store);
	if (r == 0)
		r = pack_open(git->packs, store, pool, &pack);
	job.pack = pack;
	if (r == 0)
		r = source_import(&job);
	if (r == 0)
		r = pack_finish(pack, store);
	if (r == 0)
		r = pack_publish(pack);
	if (r == 0)
		printf("%zu releases, %zu new objects, %.1f MB of pack\n", plans.count, pack_count(pack),
		    (double)pack_bytes(pack) / 1e6);
	pack_close(pack);
	store_close(store);
	plans_release(&plans);
	close(fd);
	return r;
}

static int
measured(int room, const struct gitdir *git, struct pool *pool, const char *source)
{
	struct rusage before, after;
	double start = now();

	getrusage(RUSAGE_SELF, &before);
	int r = take(room, git, pool, source);
	getrusage(RUSAGE_SELF, &after);
	printf("%s: %.2f s, user %.2f s, system %.2f s, at most %.0f MiB so far\n", source, now() - start,
	    seconds(after.ru_utime) - seconds(before.ru_utime),
	    seconds(after.ru_stime) - seconds(before.ru_stime), (double)after.ru_maxrss / 1024);
	return r;
}

int
main(int argc, char **argv)
{
	struct gitdir git = { -1, -1, -1 };
	struct pool *pool = NULL;
	int room = -1;

	if (argc < 3) {
		fputs("bench_objects DIR SOURCE... (absolute paths)\n", stderr);
		return 2;
	}
	int r = odb_library_init();
	if (r == 0)
		r = fs_make_dir(AT_FDCWD, argv[1], 0700);
	if (r == 0)
		r = fs_open_dir(AT_FDCWD, argv[1], &room);
	if (r == 0)
		r = fs_make_dir(room, "run", 0700);
	if (r == 0)
		r = gitdir_init(&git, room);
	if (r == 0)
		r = pool_new(0, &pool);
	for (int i = 2; i < argc && r == 0; i++)
		r = measured(room, &git, pool, argv[i]);
	if (r < 0)
		fprintf(stderr, "bench_objects: %s\n", err_text());
	pool_free(pool);
	gitdir_release(&git);
	return err_exit(r);
}
