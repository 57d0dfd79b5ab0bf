#include "room/layout.h"

#include "base/fs.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { ROOM_INDEX, ROOM_SOURCE, ROOM_PRIVATE, ROOM_OUTBOX, ROOM_RUN };
#define FOLDERS (sizeof folders / sizeof *folders)

/* SQLite's file head: https://www.sqlite.org/fileformat.html section 1.3 */
#define HEAD_LEN 100
#define HEAD_MAGIC "SQLite format 3"
#define HEAD_USER_VERSION 60

/* Judges room.db by its head; the keeper, who can read it, judges the rest. */
static int
check_format(int dir)
{
	uint8_t head[HEAD_LEN];
	int fd;

	int r = fs_open(dir, ROOM_DB, O_RDONLY, &fd);
	if (r < 0)
		return r;
	ssize_t len = pread(fd, head, sizeof head, 0);
	close(fd);
	if (len < 0)
		return err_sys("%s", ROOM_DB);
	if (len == 0)
		return 0;
	if (len < HEAD_LEN || memcmp(head, HEAD_MAGIC, sizeof HEAD_MAGIC) != 0)
		return err_set(ERR_FORMAT, "%s: not a ledger", ROOM_DB);
	const uint8_t *v = head + HEAD_USER_VERSION;
	uint32_t version = (uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3];
	if (version > ROOM_FORMAT)
		return err_set(ERR_FORMAT, "made by a newer carrel: format %u, and this one knows %u",
		    version, ROOM_FORMAT);
	return 0;
}

/* Opens `path` if it is a room; ERR_ABSENT if it is none. */
static int
open_at(const char *path, struct room *room)
{
	char *real = realpath(path, NULL);
	int dir;

	if (!real)
		return err_set(ERR_ABSENT, "%s: no such directory", path);
	int r = fs_open_dir(AT_FDCWD, real, &dir);
	if (r < 0) {
		if (errno == EACCES)
			r = err_set(
			    ERR_REFUSED, "%s: not yours to open; a real room is entered by its name", real);
		free(real);
		return r;
	}
	r = check_format(dir);
	if (r < 0) {
		close(dir);
		free(real);
		return r == ERR_ABSENT ? r : err_in(r, "%s", path);
	}
	*room = (struct room){ .dir = dir, .path = real };
	return 0;
}

/* ---- real rooms: CARREL_SYSCONFDIR/rooms/NAME, which root wrote, tells of the way in ---- */

#define ROOMS CARREL_SYSCONFDIR "/rooms"
#define CONFIG_MAX ((size_t)4096)

static int
read_enter(int rooms, const char *name, struct room *room)
{
	struct buf text = BUF(CONFIG_MAX);

	int r = fs_read(rooms, name, &text);
	struct str rest = buf_view(&text), line, key;
	char *enter = NULL;
	while (r == 0 && !enter && str_next(&rest, '\n', &line))
		if (str_next(&line, ' ', &key) && str_is(key, "enter") && line.len > 0) {
			enter = mem_alloc(line.len + 1);
			memcpy(enter, line.data, line.len);
		}
	buf_release(&text);
	if (r == 0 && !enter)
		r = err_set(ERR_FORMAT, ROOMS "/%s: has no line 'enter /...'", name);
	if (r < 0)
		return r;
	*room = (struct room){ .dir = -1, .path = mem_dup(name), .enter = enter };
	return 0;
}

/* ERR_ABSENT: there is no real room of this name. */
static int
open_real(const char *name, struct room *room)
{
	int rooms;

	if (strchr(name, '/') || name[0] == '.' || name[0] == 0)
		return err_set(ERR_ABSENT, "%s: no room's name", name);
	int r = fs_open_dir(AT_FDCWD, ROOMS, &rooms);
	if (r < 0)
		return ERR_ABSENT;
	r = read_enter(rooms, name, room);
	close(rooms);
	return r;
}

static int
open_only_real(struct room *room)
{
	char name[256] = "";
	const struct dirent *entry;
	size_t count = 0;

	DIR *list = opendir(ROOMS);
	if (!list)
		return ERR_ABSENT;
	while ((entry = readdir(list)))
		if (entry->d_name[0] != '.' && ++count)
			snprintf(name, sizeof name, "%s", entry->d_name);
	closedir(list);
	return count == 1 ? open_real(name, room) : ERR_ABSENT;
}

static int
open_nearest(struct room *room)
{
	char *path = realpath(".", NULL);

	if (!path)
		return err_sys("working directory");
	int r = open_at(path, room);
	while ((r == ERR_ABSENT || r == ERR_REFUSED) && path[1] != 0) {
		char *slash = strrchr(path, '/');
		slash[slash == path] = 0;
		r = open_at(path, room);
	}
	free(path);
	if (r == ERR_ABSENT || r == ERR_REFUSED)
		r = open_only_real(room);
	if (r == ERR_ABSENT)
		return err_set(ERR_USAGE,
		    "no room here: name one with -C ROOM or $CARREL_ROOM, or make one with 'carrel init'");
	return r;
}

int
room_open(const char *given, struct room *room)
{
	const char *path = given ? given : getenv("CARREL_ROOM");

	if (!path || *path == 0)
		return open_nearest(room);
	int r = open_real(path, room);
	if (r == ERR_ABSENT)
		r = open_at(path, room);
	if (r == ERR_ABSENT)
		return err_set(ERR_USAGE, "%s is not a room: it has no %s", path, ROOM_DB);
	return r;
}

static int
require_empty(int dir, const char *path)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);

	if (!list) {
		if (copy >= 0)
			close(copy);
		return err_sys("%s", path);
	}
	const struct dirent *entry = readdir(list);
	while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0))
		entry = readdir(list);
	bool room = fs_exists(dir, ROOM_DB);
	bool empty = !entry;
	closedir(list);
	if (room)
		return err_set(ERR_REFUSED, "%s: is a room already", path);
	return empty ? 0 : err_set(ERR_REFUSED, "%s: is not empty", path);
}

static int
make_folders(int dir, const char *path)
{
	if (fchmod(dir, 0700) < 0)
		return err_sys("%s", path);
	for (size_t i = 0; i < FOLDERS; i++) {
		int r = fs_make_dir(dir, folders[i], 0700);
		if (r < 0)
			return err_in(r, "%s", path);
	}
	return fs_sync_dir(dir);
}

int
room_make(const char *path, struct room *room)
{
	int dir;
	int real_room = open_real(path, room);
	if (real_room != ERR_ABSENT)
		return real_room;
	bool new = mkdir(path, 0700) == 0;

	if (!new &&errno != EEXIST)
		return err_sys("%s: cannot make the directory", path);
	int r = fs_open_dir(AT_FDCWD, path, &dir);
	if (r < 0)
		return r;
	r = require_empty(dir, path);
	if (r == 0)
		r = make_folders(dir, path);
	char *real = r < 0 ? NULL : realpath(path, NULL);
	if (r == 0 && !real)
		r = err_sys("%s", path);
	if (r < 0) {
		close(dir);
		if (new)
			rmdir(path);
		return r;
	}
	*room = (struct room){ .dir = dir, .path = real, .made = new };
	return 0;
}

void
room_unmake(const struct room *room)
{
	if (room->enter || fs_exists(room->dir, ROOM_DB))
		return;
	for (size_t i = 0; i < FOLDERS; i++)
		unlinkat(room->dir, folders[i], AT_REMOVEDIR);
	if (room->made)
		rmdir(room->path);
}

void
room_release(struct room *room)
{
	if (room->dir >= 0)
		close(room->dir);
	free(room->path);
	free(room->enter);
	*room = (struct room){ .dir = -1 };
}
