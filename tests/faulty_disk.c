#include "tests/faulty_disk.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/random.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 8
#define SECTOR 512
#define IMAGE_MAX ((size_t)64 * 1024 * 1024)

/* One write, or the cut to a length, that was not flushed. */
struct op {
	size_t at, len;
	uint8_t *bytes; /* NULL: a cut to `at` */
};

/* A file by its name, as the disk has it and what is on its way there. */
struct image {
	char *name;
	struct buf disk;
	bool named, gone; /* the name is on the disk; and was deleted since */
	struct op *ops;
	size_t count, room;
};

struct file {
	sqlite3_file base;
	struct image *image; /* NULL: not kept track of */
	sqlite3_file real[];
};

static struct faulty_plan plan;
static struct faulty_seen seen;
static struct image images[FILES];
static size_t image_count;
static sqlite3_vfs disk, *usual;

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return ((struct file *)(void *)file)->real;
}

static void
must(bool ok)
{
	if (!ok) {
		fputs("faulty disk: out of its depth\n", stderr);
		abort();
	}
}

/* ---- what is on the disk ---- */

static void
apply(struct image *image, const struct op *op, struct random *torn)
{
	struct buf *to = &image->disk;
	static const uint8_t zeros[SECTOR];

	if (!op->bytes) {
		if (op->at < to->len)
			to->len = op->at;
		return;
	}
	while (to->len < op->at + op->len) {
		size_t more = op->at + op->len - to->len;
		must(buf_add(to, zeros, more < SECTOR ? more : SECTOR) == 0);
	}
	for (size_t from = 0, len; from < op->len; from += len) {
		len = SECTOR - (op->at + from) % SECTOR;
		if (len > op->len - from)
			len = op->len - from;
		if (!torn || random_below(torn, 2))
			memcpy(to->data + op->at + from, op->bytes + from, len);
	}
}

static void
forget(struct image *image)
{
	for (size_t i = 0; i < image->count; i++)
		free(image->ops[i].bytes);
	image->count = 0;
}

static void
remember(struct image *image, size_t at, const void *bytes, size_t len)
{
	if (!image)
		return;
	if (image->count == image->room) {
		image->room = image->room ? 2 * image->room : 64;
		image->ops = mem_grow(image->ops, image->room, sizeof *image->ops);
	}
	struct op *op = &image->ops[image->count++];
	*op = (struct op){ .at = at, .len = len };
	if (bytes) {
		op->bytes = mem_alloc(len + 1);
		memcpy(op->bytes, bytes, len);
	}
}

static void
flushed(struct image *image)
{
	for (size_t i = 0; i < image->count; i++)
		apply(image, &image->ops[i], NULL);
	forget(image);
	image->named = true;
}

/* Puts on the disk what might be there: nothing, all, or some of what was on its way, in an order of its own. */
static void
leave(struct image *image, struct random *random)
{
	unsigned way = random_below(random, 4);

	for (size_t i = image->count; way == 3 && i > 1; i--) {
		size_t j = random_below(random, (uint32_t)i);
		struct op op = image->ops[i - 1];
		image->ops[i - 1] = image->ops[j];
		image->ops[j] = op;
	}
	for (size_t i = 0; way != 0 && i < image->count; i++)
		if (way == 1 || random_below(random, 3))
			apply(image, &image->ops[i], way == 1 ? NULL : random);
	unlink(image->name);
	if ((image->gone || !image->named) && random_below(random, 2))
		return;
	int fd = open(image->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, image->disk.data, image->disk.len) == (ssize_t)image->disk.len);
	close(fd);
}

static void
power(void)
{
	struct random random = random_of(plan.seed);

	if (plan.power < 0 || plan.power-- > 0)
		return;
	for (size_t i = 0; i < image_count; i++)
		leave(&images[i], &random);
	_exit(FAULTY_LOST);
}

static bool
fails(void)
{
	seen.calls++;
	if (plan.error < 0 || (seen.struck && !plan.for_good))
		return false;
	if (plan.error > 0 && !seen.struck) {
		plan.error--;
		return false;
	}
	seen.struck = true;
	return true;
}

static struct image *
image_of(const char *name)
{
	for (size_t i = 0; i < image_count; i++)
		if (strcmp(images[i].name, name) == 0)
			return &images[i];
	return NULL;
}

/* What is there when a file is first seen is on the disk. */
static struct image *
image_new(const char *name)
{
	struct image *image = &images[image_count++];
	struct stat st;

	must(image_count <= FILES);
	*image = (struct image){ .name = strdup(name), .disk = BUF(IMAGE_MAX) };
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return image;
	must(fstat(fd, &st) == 0 && buf_room(&image->disk, (size_t)st.st_size + 1) == 0);
	must(read(fd, image->disk.data, (size_t)st.st_size) == st.st_size);
	image->disk.len = (size_t)st.st_size;
	image->named = true;
	close(fd);
	return image;
}

/* ---- what SQLite calls ---- */

static int
do_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int
do_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
	sqlite3_file *real = real_of(file);
	return fails() ? SQLITE_IOERR_READ : real->pMethods->xRead(real, out, len, at);
}

static int
do_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)(void *)file;

	power();
	if (fails()) { /* and half of it is there */
		remember(f->image, (size_t)at, bytes, (size_t)len / 2);
		f->real->pMethods->xWrite(f->real, bytes, len / 2, at);
		return seen.calls % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	}
	remember(f->image, (size_t)at, bytes, (size_t)len);
	return f->real->pMethods->xWrite(f->real, bytes, len, at);
}

static int
do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = (struct file *)(void *)file;

	power();
	if (fails())
		return SQLITE_IOERR_TRUNCATE;
	remember(f->image, (size_t)size, NULL, 0);
	return f->real->pMethods->xTruncate(f->real, size);
}

static int
do_sync(sqlite3_file *file, int flags)
{
	struct file *f = (struct file *)(void *)file;

	(void)flags;
	power();
	if (fails())
		return SQLITE_IOERR_FSYNC;
	if (f->image && !plan.never_flushes)
		flushed(f->image);
	return SQLITE_OK;
}

static int
do_size(sqlite3_file *file, sqlite3_int64 *out)
{
	sqlite3_file *real = real_of(file);
	return fails() ? SQLITE_IOERR_FSTAT : real->pMethods->xFileSize(real, out);
}

static int
do_lock(sqlite3_file *file, int kind)
{
	sqlite3_file *real = real_of(file);
	return fails() ? SQLITE_IOERR_LOCK : real->pMethods->xLock(real, kind);
}

static int
do_unlock(sqlite3_file *file, int kind)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xUnlock(real, kind);
}

static int
do_check_lock(sqlite3_file *file, int *out)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xCheckReservedLock(real, out);
}

static int
do_control(sqlite3_file *file, int op, void *argument)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xFileControl(real, op, argument);
}

static int
do_sector(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

static int
do_character(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xDeviceCharacteristics(real);
}

static int
do_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	sqlite3_file *real = real_of(file);
	return fails() ? SQLITE_IOERR_SHMMAP : real->pMethods->xShmMap(real, page, size, extend, out);
}

static int
do_shm_lock(sqlite3_file *file, int at, int count, int flags)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xShmLock(real, at, count, flags);
}

static void
do_shm_barrier(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	real->pMethods->xShmBarrier(real);
}

static int
do_shm_unmap(sqlite3_file *file, int delete)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xShmUnmap(real, delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = do_close,
	.xRead = do_read,
	.xWrite = do_write,
	.xTruncate = do_truncate,
	.xSync = do_sync,
	.xFileSize = do_size,
	.xLock = do_lock,
	.xUnlock = do_unlock,
	.xCheckReservedLock = do_check_lock,
	.xFileControl = do_control,
	.xSectorSize = do_sector,
	.xDeviceCharacteristics = do_character,
	.xShmMap = do_shm_map,
	.xShmLock = do_shm_lock,
	.xShmBarrier = do_shm_barrier,
	.xShmUnmap = do_shm_unmap,
};

static int
do_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct file *f = (struct file *)(void *)file;

	(void)vfs;
	f->base.pMethods = NULL;
	f->real->pMethods = NULL;
	f->image = NULL;
	if (fails())
		return SQLITE_CANTOPEN;
	if (name && plan.power >= 0 && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) {
		f->image = image_of(name);
		if (!f->image)
			f->image = image_new(name);
		else if (f->image->gone) /* another file of that name */
			remember(f->image, 0, NULL, 0);
		f->image->gone = false;
	}
	int r = usual->xOpen(usual, name, f->real, flags, out);
	if (f->real->pMethods)
		f->base.pMethods = &methods;
	return r;
}

static int
do_delete(sqlite3_vfs *vfs, const char *name, int flush)
{
	struct image *image = image_of(name);

	(void)vfs;
	power();
	if (fails())
		return SQLITE_IOERR_DELETE;
	if (image)
		image->gone = true;
	if (image && flush)
		image->named = false;
	return usual->xDelete(usual, name, flush);
}

void
faulty_install(const struct faulty_plan *new)
{
	plan = *new;
	seen = (struct faulty_seen){ 0 };
	if (!usual)
		usual = sqlite3_vfs_find(NULL);
	disk = *usual;
	disk.zName = "faulty";
	disk.szOsFile = (int)sizeof(struct file) + usual->szOsFile;
	disk.xOpen = do_open;
	disk.xDelete = do_delete;
	must(sqlite3_vfs_register(&disk, 1) == SQLITE_OK);
}

struct faulty_seen
faulty_seen(void)
{
	return seen;
}

void
faulty_remove(void)
{
	sqlite3_vfs_unregister(&disk);
}
