#include "annotations/disk.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fscrypt.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef ECRYPTFS_SUPER_MAGIC
#define ECRYPTFS_SUPER_MAGIC 0xf15f
#endif

#define DEPTH_MAX 16 /* of devices on devices */
#define CRYPT "CRYPT-"
#define MOUNTS_MAX ((size_t)4 * 1024 * 1024)

const char *
disk_word(enum disk disk)
{
	static const char *const words[DISK_KINDS] = { "unknown", "plain", "encrypted" };
	return words[disk];
}

static bool
is_crypt(const char *device)
{
	char path[512], uuid[sizeof CRYPT] = "";

	snprintf(path, sizeof path, "%s/dm/uuid", device);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, uuid, sizeof uuid - 1);
	close(fd);
	return n == sizeof uuid - 1 && memcmp(uuid, CRYPT, sizeof CRYPT - 1) == 0;
}

static enum disk of_device(const char *device, int depth);

/* Encrypted if every one of the devices that it lies on is. */
static enum disk
of_slaves(const char *device, int depth)
{
	char path[512];
	const struct dirent *entry;
	unsigned count = 0;
	enum disk all = DISK_ENCRYPTED;

	snprintf(path, sizeof path, "%s/slaves", device);
	DIR *list = opendir(path);
	while (list && (entry = readdir(list))) {
		char slave[768];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(slave, sizeof slave, "%s/%s", path, entry->d_name);
		enum disk disk = of_device(slave, depth + 1);
		all = disk < all ? disk : all;
		count++;
	}
	if (list)
		closedir(list);
	return count > 0 ? all : DISK_PLAIN;
}

static enum disk
of_device(const char *device, int depth)
{
	char path[512];

	if (depth > DEPTH_MAX || access(device, F_OK) < 0)
		return DISK_UNKNOWN;
	if (is_crypt(device))
		return DISK_ENCRYPTED;
	/* a partition lies on the device whose folder holds its own */
	snprintf(path, sizeof path, "%s/partition", device);
	if (access(path, F_OK) == 0) {
		snprintf(path, sizeof path, "%s/..", device);
		return of_device(path, depth + 1);
	}
	return of_slaves(device, depth);
}

enum disk
disk_of_device(unsigned major, unsigned minor, const char *sys)
{
	char path[256];

	snprintf(path, sizeof path, "%s/dev/block/%u:%u", sys, major, minor);
	return of_device(path, 0);
}

/* The device that a mount names, for file systems (btrfs) whose files have a number of no device. */
static bool
find_mount(dev_t number, dev_t *out)
{
	struct buf text = BUF(MOUNTS_MAX);
	struct str rest, line;
	char want[32];
	bool found = false;

	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fs_read_fd(fd, &text) < 0)
		buf_clear(&text);
	if (fd >= 0)
		close(fd);
	snprintf(want, sizeof want, " %u:%u ", major(number), minor(number));
	for (rest = buf_view(&text); !found && str_next(&rest, '\n', &line);) {
		const char *dash = memmem(line.data, line.len, " - ", 3);
		char source[256];
		struct stat st;
		if (!dash || !memmem(line.data, (size_t)(dash - line.data), want, strlen(want)))
			continue;
		if (sscanf(dash, " - %*s %255s", source) != 1 || stat(source, &st) < 0 ||
		    !S_ISBLK(st.st_mode))
			continue;
		*out = st.st_rdev;
		found = true;
	}
	buf_release(&text);
	return found;
}

enum disk
disk_of(int dir, const char *sys)
{
	struct fscrypt_get_policy_ex_arg policy = { .policy_size = sizeof policy.policy };
	struct statfs fs;
	struct stat st;

	if (fstat(dir, &st) < 0 || fstatfs(dir, &fs) < 0)
		return DISK_UNKNOWN;
	if (ioctl(dir, FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) == 0 ||
	    (unsigned long)fs.f_type == ECRYPTFS_SUPER_MAGIC)
		return DISK_ENCRYPTED;
	dev_t device = st.st_dev;
	if (major(device) == 0 && !find_mount(device, &device))
		return DISK_UNKNOWN;
	return disk_of_device(major(device), minor(device), sys);
}
