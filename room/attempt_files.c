#include "room/attempt.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OUTSIDE(g, name) ground_path((char[GROUND_PATH]){ 0 }, (g)->outside, name)
#define INSIDE(g, name) ground_path((char[GROUND_PATH]){ 0 }, (g)->inside, name)
#define READABLE(g, name) ground_path((char[GROUND_PATH]){ 0 }, (g)->readable, name)

static int
open_it(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

/* A name of this process's own: what one try left must not fail the next. */
static const char *
fresh(const struct ground *g, const char *directory, char out[static GROUND_PATH])
{
	(void)g;
	snprintf(out, GROUND_PATH, "%s/new-%d", directory, (int)getpid());
	return out;
}

static int
read_file(const struct ground *g)
{
	return open_it(OUTSIDE(g, "file"), O_RDONLY);
}

static int
read_passwd(const struct ground *g)
{
	(void)g;
	return open_it("/etc/passwd", O_RDONLY);
}

static int
list_homes(const struct ground *g)
{
	(void)g;
	return open_it("/home", O_RDONLY | O_DIRECTORY);
}

static int
list_directory(const struct ground *g)
{
	return open_it(g->outside, O_RDONLY | O_DIRECTORY);
}

static int
write_file(const struct ground *g)
{
	return open_it(OUTSIDE(g, "file"), O_WRONLY | O_APPEND);
}

static int
create_file(const struct ground *g)
{
	char path[GROUND_PATH];
	return open_it(fresh(g, g->outside, path), O_WRONLY | O_CREAT | O_EXCL);
}

static int
unnamed_file(const struct ground *g)
{
	return open_it(g->outside, O_WRONLY | O_TMPFILE);
}

static int
create_shm(const struct ground *g)
{
	char path[GROUND_PATH];

	(void)g;
	snprintf(path, sizeof path, "/dev/shm/carrel-selftest-%d", (int)getpid());
	int r = open_it(path, O_WRONLY | O_CREAT | O_EXCL);
	if (r == 0)
		unlink(path);
	return r;
}

static int
write_where_it_reads(const struct ground *g)
{
	return open_it(READABLE(g, "file"), O_WRONLY | O_APPEND);
}

static int
create_where_it_reads(const struct ground *g)
{
	char path[GROUND_PATH];
	return open_it(fresh(g, g->readable, path), O_WRONLY | O_CREAT | O_EXCL);
}

static int
make_directory(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(mkdir(fresh(g, g->outside, path), 0700));
}

static int
truncate_file(const struct ground *g)
{
	return TRIED(truncate(OUTSIDE(g, "file"), 7));
}

static int
link_outside(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(link(INSIDE(g, "file"), fresh(g, g->outside, path)));
}

static int
symlink_outside(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(symlink("words that leave as a link's target", fresh(g, g->outside, path)));
}

static int
rename_outside(const struct ground *g)
{
	char path[GROUND_PATH];
	const char *from = INSIDE(g, "file");
	const char *to = fresh(g, g->outside, path);

	if (rename(from, to) < 0)
		return errno;
	(void)!rename(to, from);
	return 0;
}

static int
rename_within(const struct ground *g)
{
	char path[GROUND_PATH];
	const char *from = OUTSIDE(g, "empty");
	const char *to = fresh(g, g->outside, path);

	if (rename(from, to) < 0)
		return errno;
	(void)!rename(to, from);
	return 0;
}

/* What is to be removed is made before the seal closes. */
static int
make_prey(struct ground *g)
{
	char path[GROUND_PATH];

	int fd = open(fresh(g, g->outside, path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(unlink(fresh(g, g->outside, path)));
}

static int
change_mode(const struct ground *g)
{
	return TRIED(chmod(OUTSIDE(g, "file"), 0640));
}

static int
change_owner(const struct ground *g)
{
	return TRIED(chown(OUTSIDE(g, "file"), (uid_t)-1, getegid()));
}

static int
change_times(const struct ground *g)
{
	const struct timespec times[2] = { { .tv_sec = 1337 }, { .tv_sec = 1337 } };
	return TRIED(utimensat(AT_FDCWD, OUTSIDE(g, "file"), times, 0));
}

static int
set_attribute(const struct ground *g)
{
	return TRIED(setxattr(OUTSIDE(g, "file"), "user.carrel", "out", 3, 0));
}

static int
make_fifo(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(mkfifo(fresh(g, g->outside, path), 0600));
}

static int
make_device(const struct ground *g)
{
	char path[GROUND_PATH];
	return TRIED(mknod(fresh(g, g->outside, path), S_IFCHR | 0600, makedev(1, 3)));
}

static int
watch_directory(const struct ground *g)
{
	int fd = inotify_init1(IN_CLOEXEC);
	return fd < 0 ? errno : TRIED(inotify_add_watch(fd, g->outside, IN_OPEN));
}

static int
change_directory(const struct ground *g)
{
	return TRIED(chdir(g->outside));
}

static int
change_root(const struct ground *g)
{
	(void)g;
	return TRIED(chroot("/"));
}

static int
open_by_handle(const struct ground *g)
{
	_Alignas(struct file_handle) char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *handle = (struct file_handle *)space;
	int mount;

	handle->handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, OUTSIDE(g, "file"), handle, &mount, 0) < 0)
		return errno;
	int top = open(g->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return top < 0 ? errno : TRIED(open_by_handle_at(top, handle, O_RDONLY));
}

static int
memory_of_parent(const struct ground *g)
{
	char path[GROUND_PATH];

	snprintf(path, sizeof path, "/proc/%d/mem", (int)g->self);
	return open_it(path, O_RDWR);
}

static int
environment_of_parent(const struct ground *g)
{
	char path[GROUND_PATH];

	snprintf(path, sizeof path, "/proc/%d/environ", (int)g->self);
	return open_it(path, O_RDONLY);
}

/* Descriptors of another process are paths too. */
static int
descriptor_of_parent(const struct ground *g)
{
	char path[GROUND_PATH];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)g->self, g->leaked);
	return open_it(path, O_WRONLY);
}

static int
kernel_memory(const struct ground *g)
{
	(void)g;
	return open_it("/dev/mem", O_RDONLY);
}

static int
kernel_log(const struct ground *g)
{
	(void)g;
	return open_it("/dev/kmsg", O_WRONLY);
}

static int
virtual_console(const struct ground *g)
{
	(void)g;
	return open_it("/dev/tty1", O_WRONLY);
}

static int
new_terminal(const struct ground *g)
{
	(void)g;
	return open_it("/dev/ptmx", O_RDWR);
}

static int
file_system_device(const struct ground *g)
{
	(void)g;
	return open_it("/dev/fuse", O_RDWR);
}

/* A terminal of its own as 0, its other side as 1, as the guard's and the ui's are. */
static int
hold_terminal(struct ground *g)
{
	int outer, inner;

	(void)g;
	if (setsid() < 0 || openpty(&outer, &inner, NULL, NULL, NULL) < 0)
		return -1;
	if (dup2(inner, 0) < 0 || dup2(outer, 1) < 0)
		return -1;
	return ioctl(0, TIOCSCTTY, 0);
}

static int
push_input(const struct ground *g)
{
	(void)g;
	return TRIED(ioctl(0, TIOCSTI, "x"));
}

static int
own_terminal_by_name(const struct ground *g)
{
	(void)g;
	return open_it("/dev/tty", O_RDWR);
}

static int
leaked_descriptor(const struct ground *g)
{
	return TRIED(write(g->leaked, "out", 3));
}

const struct attempt attempts_files[] = {
	{ "read a file elsewhere", read_file, NULL },
	{ "read /etc/passwd", read_passwd, NULL },
	{ "list the home directories", list_homes, NULL },
	{ "list a directory elsewhere", list_directory, NULL },
	{ "write a file elsewhere", write_file, NULL },
	{ "create a file elsewhere", create_file, NULL },
	{ "create a file without a name", unnamed_file, NULL },
	{ "create a file in /dev/shm", create_shm, NULL },
	{ "write a file that it may only read", write_where_it_reads, NULL },
	{ "create a file beside those it may only read", create_where_it_reads, NULL },
	{ "make a directory elsewhere", make_directory, NULL },
	{ "truncate a file elsewhere", truncate_file, NULL },
	{ "link a file of the room elsewhere", link_outside, NULL },
	{ "make a symbolic link elsewhere", symlink_outside, NULL },
	{ "move a file of the room elsewhere", rename_outside, NULL },
	{ "rename elsewhere", rename_within, NULL },
	{ "remove a file elsewhere", remove_file, make_prey },
	{ "change a mode elsewhere", change_mode, NULL },
	{ "change an owner elsewhere", change_owner, NULL },
	{ "change a file's times elsewhere", change_times, NULL },
	{ "set an extended attribute elsewhere", set_attribute, NULL },
	{ "make a named pipe", make_fifo, NULL },
	{ "make a device node", make_device, NULL },
	{ "watch a directory", watch_directory, NULL },
	{ "change directory", change_directory, NULL },
	{ "change root", change_root, NULL },
	{ "open a file by its handle", open_by_handle, NULL },
	{ "open another process's memory", memory_of_parent, NULL },
	{ "read another process's environment", environment_of_parent, NULL },
	{ "open another process's descriptor", descriptor_of_parent, NULL },
	{ "open the kernel's memory", kernel_memory, NULL },
	{ "write to the kernel's log", kernel_log, NULL },
	{ "open a virtual console", virtual_console, NULL },
	{ "make a pseudo-terminal", new_terminal, NULL },
	{ "open a device of file systems", file_system_device, NULL },
	{ "open the controlling terminal by name", own_terminal_by_name, hold_terminal },
	{ "push input into the terminal", push_input, hold_terminal },
	{ "use a descriptor left open by mistake", leaked_descriptor, NULL },
	{ NULL, NULL, NULL },
};
