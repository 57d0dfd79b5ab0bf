/*
 * Files, always relative to a directory descriptor, never through a symbolic link,
 * never beyond a size the caller names.
 */
#ifndef CARREL_BASE_FS_H
#define CARREL_BASE_FS_H

#include "base/buf.h"

#include <sys/types.h>

/* Descriptors are O_CLOEXEC; `*fd` is untouched on failure. A missing file is ERR_ABSENT. */
int fs_open(int dir, const char *name, int flags, int *fd) MUST_USE;        /* O_NOFOLLOW added; regular files only */
int fs_open_dir(int dir, const char *name, int *fd) MUST_USE;               /* AT_FDCWD and an absolute name will do */
int fs_make_dir(int dir, const char *name, mode_t mode) MUST_USE;           /* 0 as well if it is there already */
bool fs_exists(int dir, const char *name);
/* The whole file, at most out->max bytes, added to `out`. */
int fs_read(int dir, const char *name, struct buf *out) MUST_USE;
int fs_read_fd(int fd, struct buf *out) MUST_USE;
int fs_write_fd(int fd, const void *data, size_t len) MUST_USE; /* all of it, EINTR and short writes seen to */
/* Lets the disk begin with what was written, so that a sync at the end has less to wait for.  A hint: nothing fails. */
void fs_write_back(int fd);
/*
 * Puts the bytes under `name` all at once: a new file beside it, fsync, rename, fsync of
 * the directory.  A file that is there is replaced; with FS_NEW it is ERR_REFUSED instead.
 */
enum fs_replace { FS_REPLACE, FS_NEW };
int fs_write(int dir, const char *name, struct str bytes, mode_t mode, enum fs_replace how) MUST_USE;
int fs_sync_dir(int dir) MUST_USE;
/* Marks or unmarks a descriptor to survive exec. */
int fs_inherit(int fd, bool inherit) MUST_USE;

#endif
