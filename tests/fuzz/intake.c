#include "tests/fuzz/intake.h"

#include "base/fs.h"
#include "indexer/intake/source.h"
#include "tests/fuzz/fuzz.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch scratch;
static struct pool *pool;
static struct store *store;
static int packs = -1;

static void
remove_scratch(void)
{
	pool_free(pool);
	store_close(store);
	scratch_remove(&scratch);
}

const char *
intake_scratch(void)
{
	if (packs < 0) {
		scratch_make(&scratch);
		atexit(remove_scratch);
		assert(mkdirat(scratch.dir, "pack", 0700) == 0);
		packs = openat(scratch.dir, "pack", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert(packs >= 0 && store_open(packs, false, &store) == 0 && pool_new(1, &pool) == 0);
	}
	return scratch.path;
}

static int
no_report(void *ctx, const struct progress *progress)
{
	(void)ctx, (void)progress;
	return 0;
}

void
intake_run(int fd)
{
	struct watch watch = { .report = no_report };
	struct plans plans = { 0 };
	struct pack *pack;

	intake_scratch();
	if (pack_open(packs, store, pool, &pack) < 0)
		abort();
	struct source_job job = { .fd = fd,
		.room = scratch.dir,
		.source = STR("fuzz"),
		.release = STR(""),
		.revs = STR(""),
		.pack = pack,
		.pool = pool,
		.watch = &watch,
		.plans = &plans };
	if (source_import(&job) == 0)
		assert(plans.count > 0);
	plans_release(&plans);
	pack_close(pack);
}
