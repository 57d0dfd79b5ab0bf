/*
 * A directory, walked breadth first: every folder is opened from the top, part by part,
 * never through a symbolic link.  Files are opened in their folder and read by the pack's threads.
 */
#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/snapshot.h"
#include "indexer/intake/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)1024 * 1024)
#define FOLDERS_OPEN 256 /* whose files wait to be read, at most */

struct walk {
	const struct source_job *job;
	struct snapshot *snapshot;
	struct stat room;
	struct folder {     /* yet to be read */
		char *path; /* clean; "" is the top */
	} * folders;
	size_t count, cap, next;
	size_t open;
	uint64_t files, bytes;
};

/* A folder whose files wait to be read. */
struct opened {
	struct walk *walk;
	int fd;
	size_t holders;
};

/* A file on its way: the pack's item frees it. */
struct reading {
	struct content *content;
	struct opened *folder; /* NULL: the bytes are there */
	char *path;
	struct buf bytes;
};

static void
add_folder(struct walk *walk, const char *path)
{
	if (walk->count == walk->cap) {
		walk->cap = walk->cap ? 2 * walk->cap : 64;
		walk->folders = mem_grow(walk->folders, walk->cap, sizeof *walk->folders);
	}
	walk->folders[walk->count++].path = mem_dup(path);
}

static int
open_folder(int top, const char *path, int *fd)
{
	struct str rest = str_from(path), piece;
	char name[PATH_BYTES + 1];
	int here;

	int r = fs_open_dir(top, ".", &here);
	while (r == 0 && rest.len > 0 && str_next(&rest, '/', &piece)) {
		int below;
		memcpy(name, piece.data, piece.len);
		name[piece.len] = 0;
		r = fs_open_dir(here, name, &below);
		close(here);
		if (r == 0)
			here = below;
	}
	if (r == 0)
		*fd = here;
	return r < 0 ? err_in(r, "%s", path) : 0;
}

static void
let_go(struct opened *folder)
{
	if (!folder || --folder->holders > 0)
		return;
	folder->walk->open--;
	close(folder->fd);
	free(folder);
}

static int
in_entry(int r, const char *path)
{
	return r < 0 && r != ERR_CANCELLED ? err_in(r, "%s", path) : r;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* On any thread.  A file may have changed since it was listed; the maximum holds whatever it does. */
static int
read_file(struct pack_item *item)
{
	struct reading *reading = item->handle;
	int fd, r = 0;

	if (reading->folder) {
		r = fs_open(reading->folder->fd, last_part(reading->path), O_RDONLY, &fd);
		if (r == 0) {
			r = buf_room(&reading->bytes, item->size < PACK_LARGE ? item->size + 1 : 1);
			if (r == 0)
				r = fs_read_fd(fd, &reading->bytes);
			close(fd);
		}
	}
	item->bytes = buf_view(&reading->bytes);
	item->size = item->bytes.len;
	return in_entry(r, reading->path);
}

static int
file_done(struct pack_item *item)
{
	struct reading *reading = item->handle;

	memcpy(reading->content->id, item->id, OID_LEN);
	reading->content->size = item->bytes.len;
	return 0;
}

static void
drop_file(struct pack_item *item)
{
	struct reading *reading = item->handle;

	let_go(reading->folder);
	free(reading->path);
	buf_release(&reading->bytes);
	free(reading);
}

static int
put(struct walk *walk, const struct reading *from, uint64_t size)
{
	struct reading *reading = mem_new(struct reading);

	*reading = *from;
	return pack_put(walk->job->pack,
	    &(struct pack_item){ .type = OBJECT_BLOB,
		.size = size,
		.handle = reading,
		.load = read_file,
		.done = file_done,
		.drop = drop_file });
}

static int
stream_file(struct walk *walk, int fd, uint64_t size, struct content *content)
{
	uint8_t *piece = mem_alloc(PIECE);
	uint64_t done = 0;
	ssize_t n = 1;

	int r = pack_large_begin(walk->job->pack, size);
	while (r == 0 && n != 0) {
		n = read(fd, piece, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = err_sys("cannot read");
		else if (n > 0)
			r = pack_large_add(walk->job->pack, piece, (size_t)n);
		done += n > 0 ? (uint64_t)n : 0;
		if (r == 0)
			r = watch_tick(walk->job->watch, walk->bytes + done, 0, "bytes", "reading");
	}
	if (r == 0)
		r = pack_large_end(walk->job->pack, content->id);
	content->size = size;
	free(piece);
	return r;
}

static int
add_large(struct walk *walk, int dir, const char *path, uint64_t size, struct content *content)
{
	int fd;

	/* what waits is not this file's affair */
	int r = pack_flush(walk->job->pack);
	if (r < 0)
		return r;
	r = fs_open(dir, last_part(path), O_RDONLY, &fd);
	if (r == 0) {
		r = stream_file(walk, fd, size, content);
		close(fd);
	}
	return in_entry(r, path);
}

static int
add_file(struct walk *walk, struct opened *folder, const struct stat *st, const char *path)
{
	struct content *content = snapshot_content(walk->snapshot);
	uint64_t size = (uint64_t)st->st_size;

	int r =
	    snapshot_add(walk->snapshot, str_from(path), st->st_mode & 0100 ? MODE_EXEC : MODE_FILE, content);
	if (r < 0)
		return in_entry(r, path);
	if (size > PACK_LARGE)
		return add_large(walk, folder->fd, path, size, content);
	folder->holders++;
	return put(walk, &(struct reading){ content, folder, mem_dup(path), BUF(PACK_LARGE) }, size);
}

static int
add_link(struct walk *walk, int dir, const char *path)
{
	char target[PATH_BYTES + 1];

	ssize_t len = readlinkat(dir, last_part(path), target, sizeof target);
	if (len < 0)
		return in_entry(err_sys("cannot read the link"), path);
	if ((size_t)len == sizeof target)
		return in_entry(err_set(ERR_FORMAT, "the link is longer than %d bytes", PATH_BYTES), path);
	struct content *content = snapshot_content(walk->snapshot);
	struct reading reading = { content, NULL, mem_dup(path), BUF(PATH_BYTES) };
	int r = snapshot_add(walk->snapshot, str_from(path), MODE_LINK, content);
	if (r == 0 && link_leads_out(str_from(path), (struct str){ target, (size_t)len }))
		r = snapshot_odd(walk->snapshot, str_from(path), ODD_LINK_OUT);
	if (r == 0)
		r = buf_add(&reading.bytes, target, (size_t)len);
	if (r < 0) {
		free(reading.path);
		buf_release(&reading.bytes);
		return in_entry(r, path);
	}
	return put(walk, &reading, (uint64_t)len);
}

static enum odd
odd_kind(mode_t mode)
{
	if (S_ISFIFO(mode))
		return ODD_FIFO;
	if (S_ISSOCK(mode))
		return ODD_SOCKET;
	return S_ISBLK(mode) || S_ISCHR(mode) ? ODD_DEVICE : ODD_UNKNOWN;
}

static int
add_folder_of(struct walk *walk, const struct stat *st, const char *path)
{
	size_t depth = 1;

	for (const char *p = path; *p; p++)
		depth += *p == '/';
	if (st->st_dev == walk->room.st_dev && st->st_ino == walk->room.st_ino)
		return snapshot_odd(walk->snapshot, str_from(path), ODD_ROOM);
	if (depth >= PATH_DEPTH)
		return snapshot_odd(walk->snapshot, str_from(path), ODD_TOO_DEEP);
	add_folder(walk, path);
	return 0;
}

static int
add_entry(struct walk *walk, struct opened *folder, const struct buf *path)
{
	const char *text = (const char *)path->data, *name = last_part(text);
	struct str clean = buf_view(path);
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return in_entry(err_sys("cannot read"), text);
	if (name_is_git(str_from(name)))
		return snapshot_odd(
		    walk->snapshot, clean, S_ISDIR(st.st_mode) ? ODD_GIT_FOLDER : ODD_GIT_NAME);
	if (clean.len > PATH_BYTES)
		return snapshot_odd(walk->snapshot, clean, ODD_TOO_LONG);
	if (S_ISDIR(st.st_mode))
		return add_folder_of(walk, &st, text);
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return snapshot_odd(walk->snapshot, clean, odd_kind(st.st_mode));
	walk->files++;
	walk->bytes += (uint64_t)st.st_size;
	if (walk->bytes > SOURCE_BYTES)
		return err_set(
		    ERR_FORMAT, "the source holds more than %llu bytes", (unsigned long long)SOURCE_BYTES);
	return S_ISLNK(st.st_mode) ? add_link(walk, folder->fd, text) : add_file(walk, folder, &st, text);
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int
read_names(struct walk *walk, struct opened *folder, const char *path)
{
	struct buf full = BUF(PATH_BYTES + 512);
	struct dirent **entries;
	int r = 0;

	int count = scandirat(folder->fd, ".", &entries, not_dots, by_bytes);
	if (count < 0)
		return err_sys("%s: cannot list", path);
	for (int i = 0; i < count; i++) {
		buf_clear(&full);
		if (r == 0)
			r = buf_printf(&full, "%s%s%s", path, *path ? "/" : "", entries[i]->d_name);
		if (r == 0)
			r = add_entry(walk, folder, &full);
		if (r == 0)
			r = watch_tick(walk->job->watch, walk->files, 0, "files", "reading");
		free(entries[i]);
	}
	free(entries);
	buf_release(&full);
	return r;
}

static int
read_folder(struct walk *walk, const char *path)
{
	struct opened *folder;
	int fd, r = 0;

	if (walk->open == FOLDERS_OPEN)
		r = pack_flush(walk->job->pack);
	if (r == 0)
		r = open_folder(walk->job->fd, path, &fd);
	if (r < 0)
		return r;
	folder = mem_new(struct opened);
	*folder = (struct opened){ walk, fd, 1 };
	walk->open++;
	r = read_names(walk, folder, path);
	let_go(folder);
	return r;
}

static int
finish(struct walk *walk, struct plan *plan)
{
	struct snapshot_result result;

	int r = pack_flush(walk->job->pack);
	if (r < 0)
		return r;
	r = snapshot_finish(walk->snapshot, walk->job->pack, false, &result);
	memcpy(plan->commit, result.commit, OID_LEN);
	memcpy(plan->ref, result.commit, OID_LEN);
	memcpy(plan->tree, result.tree, OID_LEN);
	plan->odds = result.odds;
	return r;
}

int
source_dir_import(const struct source_job *job)
{
	struct walk walk = { .job = job };
	struct stat top;
	struct plan *plan = plans_add(job->plans, "directory");

	int r = plan_name(plan, job->release, source_stem(job->source));
	if (r < 0)
		return r;
	if (fstat(job->room, &walk.room) < 0 || fstat(job->fd, &top) < 0)
		return err_sys("no room");
	if (top.st_dev == walk.room.st_dev && top.st_ino == walk.room.st_ino)
		return err_set(ERR_USAGE, "this is the room itself");
	walk.snapshot = snapshot_new();
	add_folder(&walk, "");
	r = watch_stage(job->watch, 0, "files", "reading");
	while (r == 0 && walk.next < walk.count)
		r = read_folder(&walk, walk.folders[walk.next++].path);
	if (r == 0)
		r = finish(&walk, plan);
	for (size_t i = 0; i < walk.count; i++)
		free(walk.folders[i].path);
	free(walk.folders);
	snapshot_free(walk.snapshot);
	return r;
}
