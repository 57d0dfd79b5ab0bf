#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_failed(const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(ERR_ABSENT, "%s: no such file or directory", name);
	if (errno == ELOOP)
		return err_set(ERR_FORMAT, "%s: is a symbolic link", name);
	return err_sys("%s", name);
}

int
fs_open(int dir, const char *name, int flags, int *fd)
{
	struct stat st;

	/* O_NONBLOCK: opening a fifo that stands in a file's place must not wait */
	int f = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (f < 0)
		return open_failed(name);
	if (fstat(f, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(f);
		return err_set(ERR_FORMAT, "%s: not a regular file", name);
	}
	*fd = f;
	return 0;
}

int
fs_open_dir(int dir, const char *name, int *fd)
{
	int f = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (f < 0)
		return open_failed(name);
	*fd = f;
	return 0;
}

int
fs_make_dir(int dir, const char *name, mode_t mode)
{
	struct stat st;

	if (mkdirat(dir, name, mode) == 0)
		return 0;
	if (errno == EEXIST && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return err_sys("%s: cannot make the directory", name);
}

bool
fs_exists(int dir, const char *name)
{
	struct stat st;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int
fs_read_fd(int fd, struct buf *out)
{
	for (;;) {
		size_t left = out->max - out->len;
		/* who made room knows how much is to come; the last byte of it is for the NUL */
		size_t room = out->cap > out->len ? out->cap - out->len - 1 : 0,
		       want = room ? room : 64 * 1024;
		uint8_t over;
		/* one byte more than may be kept tells a file that ends here from one that is too large */
		if (left == 0) {
			ssize_t n = read(fd, &over, 1);
			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return err_sys("cannot read");
			return n == 0 ? 0 : err_set(ERR_FORMAT, "larger than %zu bytes", out->max);
		}
		if (want > left)
			want = left;
		int r = buf_room(out, want);
		if (r < 0)
			return r;
		ssize_t n = read(fd, out->data + out->len, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys("cannot read");
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->data[out->len] = 0;
	}
}

int
fs_read(int dir, const char *name, struct buf *out)
{
	int fd;
	int r = fs_open(dir, name, O_RDONLY, &fd);
	if (r < 0)
		return r;
	r = fs_read_fd(fd, out);
	close(fd);
	return r < 0 ? err_in(r, "%s", name) : 0;
}

int
fs_write_fd(int fd, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys("cannot write");
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

void
fs_write_back(int fd)
{
	(void)!sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int
fs_sync_dir(int dir)
{
	return fsync(dir) < 0 ? err_sys("cannot sync the directory") : 0;
}

/* A name beside `name` that nobody else uses. */
static int
beside(int dir, const char *name, mode_t mode, char *out, size_t size, int *fd)
{
	for (int tries = 0; tries < 100; tries++) {
		uint64_t random;
		if (getrandom(&random, sizeof random, 0) != sizeof random)
			return err_sys("%s: no random bytes", name);
		if (snprintf(out, size, "%s.%016llx.tmp", name, (unsigned long long)random) >= (int)size)
			return err_set(ERR_USAGE, "%s: name too long", name);
		int f = openat(dir, out, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (f >= 0) {
			*fd = f;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return err_sys("%s: cannot write beside it", name);
}

static int
put_in_place(int dir, const char *from, const char *name, enum fs_replace how)
{
	if (how == FS_REPLACE)
		return renameat(dir, from, dir, name) < 0 ? err_sys("%s: cannot rename", name) : 0;
	if (renameat2(dir, from, dir, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(ERR_REFUSED, "%s: exists already", name);
	return err_sys("%s: cannot rename", name);
}

int
fs_write(int dir, const char *name, struct str bytes, mode_t mode, enum fs_replace how)
{
	char temporary[512];
	int fd;

	int r = beside(dir, name, mode, temporary, sizeof temporary, &fd);
	if (r < 0)
		return r;
	r = fs_write_fd(fd, bytes.data, bytes.len);
	if (r == 0 && fsync(fd) < 0)
		r = err_sys("cannot sync");
	if (close(fd) < 0 && r == 0)
		r = err_sys("cannot close");
	if (r < 0)
		r = err_in(r, "%s", name);
	else
		r = put_in_place(dir, temporary, name, how);
	if (r < 0) {
		unlinkat(dir, temporary, 0);
		return r;
	}
	return fs_sync_dir(dir);
}

int
fs_inherit(int fd, bool inherit)
{
	int flags = fcntl(fd, F_GETFD);
	if (flags < 0 || fcntl(fd, F_SETFD, inherit ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC) < 0)
		return err_sys("descriptor %d", fd);
	return 0;
}
