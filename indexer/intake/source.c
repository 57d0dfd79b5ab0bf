#include "indexer/intake/source.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/snapshot.h"

#include <stdlib.h>
#include <sys/stat.h>

#define TEXT_MAX ((size_t)64 * 1024 * 1024)
#define BLOBS_MAX ((size_t)SNAPSHOT_ENTRIES * OID_LEN)

struct plan *
plans_add(struct plans *plans, const char *kind)
{
	plans->list = mem_grow(plans->list, plans->count + 1, sizeof *plans->list);
	struct plan *plan = &plans->list[plans->count++];
	*plan = (struct plan){
		.kind = kind,
		.revision = BUF(4096),
		.stripped = BUF(PATH_BYTES),
		.odds = BUF(TEXT_MAX),
		.fsck = BUF(TEXT_MAX),
		.blobs = BUF(BLOBS_MAX),
	};
	return plan;
}

void
plans_release(struct plans *plans)
{
	for (size_t i = 0; i < plans->count; i++) {
		buf_release(&plans->list[i].revision);
		buf_release(&plans->list[i].stripped);
		buf_release(&plans->list[i].odds);
		buf_release(&plans->list[i].fsck);
		buf_release(&plans->list[i].blobs);
	}
	free(plans->list);
	*plans = (struct plans){ 0 };
}

int
plan_name(struct plan *plan, struct str asked, struct str from)
{
	struct str name = asked.len ? asked : from;
	size_t len = name.len < RELEASE_NAME_MAX ? name.len : RELEASE_NAME_MAX;

	if (asked.len > 0) {
		if (!release_name_ok(asked) || !name_is_ref(asked))
			return err_set(ERR_USAGE,
			    "%.*s: no name for a release: 1 to %d of A-Z a-z 0-9 . _ + -, without "
			    "'..', '.' at either end or '.lock' at the end",
			    STR_ARG(asked), RELEASE_NAME_MAX);
	}
	memcpy(plan->name, name.data, len);
	plan->name[len] = 0;
	for (size_t i = 0; i < len; i++) {
		bool after_dot = i == 0 || plan->name[i - 1] == '.';
		if (!release_name_ok((struct str){ plan->name + i, 1 }) ||
		    (plan->name[i] == '.' && after_dot))
			plan->name[i] = '-';
	}
	struct str made = { plan->name, len };
	if (len > 0 && (plan->name[len - 1] == '.' || str_ends(made, STR(".lock"))))
		plan->name[len - 1] = '-';
	if (len == 0)
		return err_set(ERR_USAGE, "the source has no name of its own: say --release NAME");
	return 0;
}

struct str
source_stem(struct str source)
{
	static const char *const endings[] = { ".gz", ".bz2", ".xz", ".zst", ".lzma", ".tar", ".tgz", ".tbz2",
		".txz", ".tzst", ".zip" };

	while (source.len > 1 && source.data[source.len - 1] == '/')
		source.len--;
	const char *slash = memrchr(source.data, '/', source.len);
	if (slash)
		source = (struct str){ slash + 1, source.len - (size_t)(slash + 1 - source.data) };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct str ending = str_from(endings[i]);
		if (source.len > ending.len && str_ends(source, ending))
			source.len -= ending.len;
	}
	return str_is(source, ".") || str_is(source, "..") || str_is(source, "/") ? STR("") : source;
}

static bool
is_git(int dir)
{
	return fs_exists(dir, ".git") ||
	    (fs_exists(dir, "HEAD") && fs_exists(dir, "objects") && fs_exists(dir, "refs"));
}

int
source_import(const struct source_job *job)
{
	struct stat st;

	if (fstat(job->fd, &st) < 0)
		return err_sys("no source");
	if (S_ISDIR(st.st_mode) && is_git(job->fd))
		return source_git_import(job);
	if (job->revs.len > 0)
		return err_set(ERR_USAGE, "not a git repository: it has no revisions");
	if (S_ISDIR(st.st_mode))
		return source_dir_import(job);
	if (S_ISREG(st.st_mode))
		return source_archive_import(job);
	return err_set(ERR_USAGE, "neither a directory nor a regular file");
}
