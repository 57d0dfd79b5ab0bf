#include "indexer/intake/gitdir.h"

#include "base/fs.h"
#include "indexer/intake/refs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL "import.journal"
#define JOURNAL_MAX ((size_t)64 * 1024 * 1024)
#define RELEASES "refs/releases"

static const char config[] = "[core]\n"
			     "\trepositoryformatversion = 0\n"
			     "\tfilemode = true\n"
			     "\tbare = true\n"
			     "\tlogallrefupdates = false\n"
			     "[gc]\n"
			     "\tauto = 0\n";

static int
make(int dir, const char *name, const char *text)
{
	return fs_exists(dir, name) ? 0 : fs_write(dir, name, str_from(text), 0600, FS_REPLACE);
}

static int
make_all(struct gitdir *git)
{
	static const char *const folders[] = { "objects", "objects/pack", "objects/info", "refs",
		"refs/heads", "refs/tags", RELEASES };
	int r = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders && r == 0; i++)
		r = fs_make_dir(git->dir, folders[i], 0700);
	if (r == 0)
		r = make(git->dir, "config", config);
	/* HEAD last: git takes the folder for a repository from then on */
	if (r == 0)
		r = make(git->dir, "HEAD", "ref: refs/heads/none\n");
	return r;
}

int
gitdir_init(struct gitdir *git, int room)
{
	*git = (struct gitdir){ -1, -1, -1 };
	int r = fs_make_dir(room, "source.git", 0700);
	if (r == 0)
		r = fs_open_dir(room, "source.git", &git->dir);
	if (r == 0)
		r = make_all(git);
	if (r == 0)
		r = fs_open_dir(git->dir, "objects/pack", &git->packs);
	if (r == 0)
		r = fs_open_dir(room, "run", &git->run);
	return r < 0 ? err_in(r, "room") : 0;
}

void
gitdir_release(struct gitdir *git)
{
	int fds[] = { git->dir, git->packs, git->run };

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*git = (struct gitdir){ -1, -1, -1 };
}

int
gitdir_lock(int room, int *fd)
{
	int lock;

	int r = fs_make_dir(room, "run", 0700);
	if (r == 0)
		r = fs_open(room, "run/import.lock", O_RDWR | O_CREAT, &lock);
	if (r < 0)
		return r;
	if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		r = errno == EWOULDBLOCK
		    ? err_set(
			  ERR_REFUSED, "another import is running in this room; try again when it has ended")
		    : err_sys("import.lock");
		close(lock);
		return r;
	}
	*fd = lock;
	return 0;
}

static int
write_id(int dir, const char *name, const char *hex)
{
	char line[OID_HEX + 1];

	snprintf(line, sizeof line, "%s\n", hex);
	return fs_write(dir, name, str_from(line), 0600, FS_REPLACE);
}

static int
set_ref(const struct gitdir *git, const char *name, const char *hex)
{
	char path[sizeof RELEASES + RELEASE_NAME_MAX + 2];

	snprintf(path, sizeof path, RELEASES "/%s", name);
	return write_id(git->dir, path, hex);
}

int
gitdir_point(const struct gitdir *git, const struct plan *plan)
{
	char hex[OID_HEX];

	hex_from(plan->ref, OID_LEN, hex);
	int r = set_ref(git, plan->name, hex);
	if (r < 0)
		return r;
	hex_from(plan->commit, OID_LEN, hex);
	return write_id(git->dir, "HEAD", hex);
}

/* ---- the journal ---- */

int
gitdir_journal(const struct gitdir *git, const char *pack, const struct plans *plans)
{
	struct buf text = BUF(JOURNAL_MAX);
	char commit[OID_HEX], ref[OID_HEX];

	int r = buf_printf(&text, "pack %s\n", pack);
	for (size_t i = 0; i < plans->count && r == 0; i++) {
		hex_from(plans->list[i].commit, OID_LEN, commit);
		hex_from(plans->list[i].ref, OID_LEN, ref);
		r = buf_printf(&text, "release %s %s %s\n", plans->list[i].name, commit, ref);
	}
	if (r == 0)
		r = fs_write(git->run, JOURNAL, buf_view(&text), 0600, FS_REPLACE);
	buf_release(&text);
	return r;
}

int
gitdir_journal_end(const struct gitdir *git)
{
	if (unlinkat(git->run, JOURNAL, 0) < 0 && errno != ENOENT)
		return err_sys(JOURNAL);
	return fs_sync_dir(git->run);
}

struct journal {
	struct buf text;
	struct str pack; /* or empty */
};

static bool
pack_name_ok(struct str name)
{
	uint8_t sum[OID_LEN];
	return str_starts(name, STR("pack-")) &&
	    hex_to((struct str){ name.data + 5, name.len - 5 }, sum, OID_LEN);
}

static int
journal_read(const struct gitdir *git, struct journal *journal)
{
	struct str word, rest, line;

	*journal = (struct journal){ .text = BUF(JOURNAL_MAX) };
	int r = fs_read(git->run, JOURNAL, &journal->text);
	rest = buf_view(&journal->text);
	if (r == 0 && str_next(&rest, '\n', &line) && str_next(&line, ' ', &word) && str_is(word, "pack") &&
	    pack_name_ok(line))
		journal->pack = line;
	return r == ERR_ABSENT ? 0 : r;
}

/* The ref that the journal has for a release, or an empty string. */
static struct str
journal_ref(const struct journal *journal, const struct release *release)
{
	struct str rest = buf_view(&journal->text), line, word[4];

	while (rest.len > 0 && str_next(&rest, '\n', &line)) {
		size_t n = 0;
		while (n < 4 && str_next(&line, ' ', &word[n]))
			n++;
		uint8_t id[OID_LEN];
		if (n == 4 && str_is(word[0], "release") && str_eq(word[1], release->name) &&
		    str_eq(word[2], release->commit) && hex_to(word[3], id, OID_LEN))
			return word[3];
	}
	return STR("");
}

/* ---- repair ---- */

static void
remove_in_pack(const struct gitdir *git, const char *pack, const char *ending)
{
	char name[64];

	if (snprintf(name, sizeof name, "%s%s", pack, ending) < (int)sizeof name)
		unlinkat(git->packs, name, 0);
}

void
gitdir_remove_pack(const struct gitdir *git, const char *pack)
{
	if (!*pack)
		return;
	/* the index first: a pack without one is nothing to git */
	remove_in_pack(git, pack, ".idx");
	remove_in_pack(git, pack, ".pack");
	remove_in_pack(git, pack, ".sha256");
}

/* Calls drop(name) for every name in a folder, and removes those for which it says so. */
static int
sweep(int at, const char *path, bool (*drop)(const void *ctx, const char *name), const void *ctx)
{
	struct dirent *entry;
	int fd;

	int r = fs_open_dir(at, path, &fd);
	if (r < 0)
		return r;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys("%s: cannot list", path);
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && drop(ctx, entry->d_name))
			unlinkat(fd, entry->d_name, 0);
	closedir(dir);
	return 0;
}

static bool
is_temporary(const void *ctx, const char *name)
{
	struct str s = str_from(name);

	(void)ctx;
	return str_starts(s, STR("tmp_")) || str_ends(s, STR(".tmp"));
}

struct known {
	const struct release *releases;
	size_t count;
};

static bool
is_unknown(const void *ctx, const char *name)
{
	const struct known *known = ctx;

	for (size_t i = 0; i < known->count; i++)
		if (str_is(known->releases[i].name, name))
			return false;
	return true;
}

static int
point_release(const struct gitdir *git, const struct refs *refs, const struct journal *journal,
    const struct release *release)
{
	char name[RELEASE_NAME_MAX + 1], path[sizeof RELEASES + RELEASE_NAME_MAX + 2], hex[OID_HEX];
	struct str ref = journal_ref(journal, release);

	snprintf(name, sizeof name, "%.*s", STR_ARG(release->name));
	snprintf(path, sizeof path, RELEASES "/%s", name);
	/* without a journal what is there stands, for it may be a tag's */
	if (ref.len == 0 && refs_find(refs, str_from(path)))
		return 0;
	if (ref.len == 0)
		ref = release->commit;
	snprintf(hex, sizeof hex, "%.*s", STR_ARG(ref));
	return set_ref(git, name, hex);
}

int
gitdir_repair(const struct gitdir *git, const struct release *releases, size_t count)
{
	static const char *const folders[] = { ".", RELEASES, "objects/pack" };
	struct known known = { releases, count };
	struct journal journal;
	struct refs refs = { 0 };
	char pack[64], hex[OID_HEX];
	bool wanted = false;

	int r = journal_read(git, &journal);
	for (size_t i = 0; i < sizeof folders / sizeof *folders && r == 0; i++)
		r = sweep(git->dir, folders[i], is_temporary, NULL);
	if (r == 0)
		r = sweep(git->run, ".", is_temporary, NULL);
	if (r == 0)
		r = refs_read(git->dir, &refs);
	for (size_t i = 0; i < count && r == 0; i++) {
		wanted |= journal_ref(&journal, &releases[i]).len > 0;
		r = point_release(git, &refs, &journal, &releases[i]);
	}
	if (r == 0)
		r = sweep(git->dir, RELEASES, is_unknown, &known);
	if (r == 0 && count > 0) {
		snprintf(hex, sizeof hex, "%.*s", STR_ARG(releases[count - 1].commit));
		r = write_id(git->dir, "HEAD", hex);
	}
	if (r == 0 && !wanted && journal.pack.len > 0) {
		snprintf(pack, sizeof pack, "%.*s", STR_ARG(journal.pack));
		gitdir_remove_pack(git, pack);
	}
	if (r == 0)
		r = gitdir_journal_end(git);
	refs_release(&refs);
	buf_release(&journal.text);
	return r;
}
